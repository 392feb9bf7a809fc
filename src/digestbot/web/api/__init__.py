"""What was read, for programs: JSON under /api with an OpenAPI document; reading for all, votes with a token."""
