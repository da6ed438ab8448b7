"""What kind of mail is this? Rules, conditions, a verdict. Pure."""
