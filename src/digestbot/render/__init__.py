"""What digestbot shows: digests as text, Markdown, HTML, mail and Discord messages; pure, and escapes everything."""
