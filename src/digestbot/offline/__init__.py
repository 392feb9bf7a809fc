"""What digestbot does without a chat model: filing, relevance, extraction, sameness; plain functions over numpy."""
