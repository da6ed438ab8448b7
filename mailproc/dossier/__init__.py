"""PURE: what a group file is made of: links, pieces and needs; a whole file, and how the house lays one out."""
