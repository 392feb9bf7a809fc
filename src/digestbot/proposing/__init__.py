"""What is proposed for a roadmap, and what is not: rules over values; nothing here reads, writes or asks."""
