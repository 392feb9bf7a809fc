"""How a document's own links and statements are: what is judged of an answer, and what is proposed for it; pure."""
