"""What comes over the wire, turned into values: feeds, pages, addresses, compressed bodies. Opens no connection."""
