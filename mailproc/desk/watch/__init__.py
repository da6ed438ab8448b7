"""Looking at the desk without changing it: health, previews, rehearsals."""
