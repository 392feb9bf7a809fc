"""A double of Discord on loopback, REST and gateway, that discord.py talks to as it is. No part of the product."""
