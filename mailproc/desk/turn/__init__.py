"""One message's turn: what it is examined for, what happens in it, and how that becomes rows and pages."""
