"""What a mail says to the desk: a new item, a later mail on one, a member's reply, a wish about oneself."""
