"""One file a revision, oldest first; what has been released is never changed."""
