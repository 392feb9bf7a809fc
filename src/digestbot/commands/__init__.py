"""What the commands of the terminal do; `__main__` says how they are called."""
