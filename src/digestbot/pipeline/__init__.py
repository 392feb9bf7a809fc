"""The main job: one module per verb, and `line`, which puts them in order."""
