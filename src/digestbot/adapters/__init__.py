"""One module per outside thing; they fulfil the protocols of `ports` and never import one another."""
