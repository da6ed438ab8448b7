"""What is kept stays whole: backup, rebuild, verify, reconcile."""
