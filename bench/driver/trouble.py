"""What can keep a contestant from a sample."""

from __future__ import annotations


class Refused(Exception):
    """The contestant is not installed, or cannot do the case; its words are the reason."""


class Failed(Exception):
    """The contestant tried and failed; its words say how."""


class Stopped(BaseException):
    """A signal asked the run to end."""
