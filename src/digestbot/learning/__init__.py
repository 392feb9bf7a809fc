"""What decisions teach: how much of what is proposed is taken, and how likely the next one is. Pure."""
