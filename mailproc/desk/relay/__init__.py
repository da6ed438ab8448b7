"""How an enquiry is answered: claimed, worded by a member, passed on without their address. Names only."""
