"""What was written is what is published: articles as mail programs send them, through the whole desk."""
