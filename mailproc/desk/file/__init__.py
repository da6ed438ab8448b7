"""What a group's file holds and lacks, how it is laid out, and how it leaves as a package."""
