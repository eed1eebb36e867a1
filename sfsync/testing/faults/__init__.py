"""Faults as data: what shall go wrong, on which requests, and how often.

`fault` says when a fault acts, `actions` what it does, `book` keeps those of one org. The HTTP layer carries
them out.
"""

from .book import Faults, Target
from .dropping import ConnectionDropped
from .fault import Fault, FaultError

__all__ = ["ConnectionDropped", "Fault", "FaultError", "Faults", "Target"]
