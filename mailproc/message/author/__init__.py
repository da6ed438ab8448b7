"""Who wrote: Authentication-Results, DKIM, and where our own servers end. Pure."""
