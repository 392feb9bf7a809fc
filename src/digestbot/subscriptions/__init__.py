"""Who gets which digest: what a subscription wants, when it is due, and how it is written down. Pure."""
