"""What is said to a chat model and what is believed of its replies, as values; the calls are in `adapters`."""
