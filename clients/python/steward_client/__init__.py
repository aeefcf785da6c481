"""Helpers for what every collection of the Steward API does. `steward_client.{domain}` has the operations of a domain."""

from .call import call, change, edit, etag, every, remove
from .events import Event, events
from .login import Login
from .problem import FieldProblem, ProblemError

__all__ = ["Event", "FieldProblem", "Login", "ProblemError", "call", "change", "edit", "etag", "events", "every", "remove"]
