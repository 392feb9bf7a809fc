"""The Discord surface: what people type and click, answered from the ledger. Digests go out elsewhere, over REST."""
