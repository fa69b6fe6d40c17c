"""The exception for everything that ends the demo."""


class DemoError(Exception):
    """What the demo cannot go on with; the message is for people."""
