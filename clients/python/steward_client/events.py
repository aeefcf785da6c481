"""Events as they happen."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from .problem import ProblemError


@dataclass(frozen=True)
class Event:
    """Something that happened to a record, in the order of commits."""

    position: int
    #: Such as `vendors.contract.signed`.
    event: str
    collection: str
    subject_id: str
    at: str
    #: The event as it came, with `actor_id`, `reason` and `changes`.
    document: dict[str, Any]


def events(
    client: Any, *, after: int | None = None, collection: str | None = None, subject_id: str | None = None
) -> Iterator[Event]:
    """Yields events without end; an interrupted feed is opened again behind the last event that came."""
    query: dict[str, Any] = {"after": after, "collection": collection, "subject_id": subject_id}
    wait = 0.5
    while True:
        try:
            sent = {name: value for name, value in query.items() if value is not None}
            headers = {"Accept": "text/event-stream"}
            # A comment comes every 15 seconds: a longer silence is a lost connection.
            with client.get_httpx_client().stream("GET", "/api/v1/platform/events", params=sent, headers=headers, timeout=45) as answer:
                if answer.is_error:
                    answer.read()
                    raise ProblemError.of(answer)
                for event in parse(answer.iter_lines()):
                    query["after"] = event.position
                    wait = 0.5
                    yield event
        except ProblemError as problem:
            if problem.status < 500 and problem.status != 429:
                raise
        except httpx.TransportError:
            pass
        time.sleep(wait)
        wait = min(wait * 2, 15)


def parse(lines: Iterable[str]) -> Iterator[Event]:
    """The events of a stream."""
    data: list[str] = []
    for line in lines:
        if line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif line == "" and data:
            document = json.loads("\n".join(data))
            data = []
            yield Event(*(document[name] for name in ("position", "event", "collection", "subject_id", "at")), document=document)
