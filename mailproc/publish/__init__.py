"""How work goes up: bundles and the wanted list, as plain files that any web server or person can read."""
