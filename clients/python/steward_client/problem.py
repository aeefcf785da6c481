"""Refusals of the service."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx


@dataclass(frozen=True)
class FieldProblem:
    """One broken field: a JSON pointer into the body, the rule's name, the expected value in words, and the rule's limits."""

    pointer: str
    code: str
    detail: str
    params: dict[str, Any] = field(default_factory=dict)


class ProblemError(Exception):
    """An answer of 400 or above."""

    def __init__(self, status: int, document: dict[str, Any], retry_after: str | None = None) -> None:
        self.status = status
        #: The problem document as it came (RFC 9457), such as `document["allowed"]` after a refused transition.
        self.document = document
        #: Seconds to wait before the next try, where the service says so.
        self.retry_after = int(retry_after) if retry_after and retry_after.isdigit() else None
        self.errors = [
            FieldProblem(error["pointer"], error["code"], error["detail"], error.get("params") or {})
            for error in document.get("errors", [])
        ]
        super().__init__(document.get("detail") or document.get("error_description") or f"The answer is {status}.")

    @property
    def stale(self) -> bool:
        """The record has changed since it was read: read it again."""
        return self.status == 412

    def at(self, name: str) -> list[FieldProblem]:
        """The broken rules of one field, by JSON pointer or by the name of a top-level field."""
        pointer = name if name == "" or name.startswith("/") else f"/{name}"
        return [error for error in self.errors if error.pointer == pointer]

    @classmethod
    def of(cls, response: httpx.Response) -> ProblemError:
        """Reads a failed answer, a problem document or not: a proxy may have answered."""
        try:
            document = response.json()
        except ValueError:
            document = {}
        return cls(int(response.status_code), document if isinstance(document, dict) else {}, response.headers.get("Retry-After"))
