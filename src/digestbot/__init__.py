"""digestbot keeps a living learning roadmap current."""

__version__ = "0.1.0"
