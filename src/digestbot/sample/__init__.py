"""One week of feeds that the package carries, and a small web server on loopback that serves them.

Titles, links, ids and authors are real; every abstract, post and description was written for this sample, and all
dates were moved into the week of 2026-04-06 .. 2026-04-12. `world.serve` is the way in.
"""
