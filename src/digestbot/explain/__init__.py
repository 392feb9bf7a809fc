"""Answers a learner's question from what was read, every statement with the source that shows it."""
