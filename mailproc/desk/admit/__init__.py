"""Who may come in to the site: a secret by letter, the files that its server asks, the command that is told."""
