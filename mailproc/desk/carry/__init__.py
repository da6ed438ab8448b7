"""Mail in and letters out: mailboxes polled and listened to, the outbox delivered."""
