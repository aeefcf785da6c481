"""Calls of generated operations. An operation is its module, such as `vendors.api.contracts.list_contracts`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx

from .problem import ProblemError

#: How often an edit begins again where somebody else was faster.
ATTEMPTS = 5


def call(operation: Any, *arguments: Any, client: Any, **parameters: Any) -> Any:
    """The answer of an operation; a refusal is raised as a ProblemError."""
    answer = operation.sync_detailed(*arguments, client=client, **parameters)
    if answer.status_code >= 400:
        raise ProblemError.of(httpx.Response(int(answer.status_code), headers=_plain(answer.headers), content=answer.content))
    return answer.parsed


def every(operation: Any, *, client: Any, **query: Any) -> Iterator[Any]:
    """Every record of a list, page by page as they are asked for."""
    while True:
        page = call(operation, client=client, **query)
        yield from page.data
        if not page.next_cursor:
            return
        query["cursor"] = page.next_cursor


def etag(record: Any) -> str:
    """The ETag of a record that was read, from a list as well."""
    return f'"{record.revision}"'


def change(operation: Any, record: Any, body: Any, *, client: Any, reason: str | None = None, **parameters: Any) -> Any:
    """Updates or moves a record if it is still the version that was read; `ProblemError.stale` where it is not."""
    return call(operation, record.id, client=client, body=body, if_match=etag(record), **_reason(reason), **parameters)


def remove(operation: Any, record: Any, *, client: Any, reason: str | None = None, **parameters: Any) -> None:
    """Deletes a record if it is still the version that was read."""
    call(operation, record.id, client=client, if_match=etag(record), **_reason(reason), **parameters)


def edit(get: Any, update: Any, id: Any, patch: Callable[[Any], Any], *, client: Any, reason: str | None = None) -> Any:
    """Reads a record, changes it by what `patch` makes of it, and begins again where somebody else was faster."""
    for attempt in range(1, ATTEMPTS + 1):
        record = call(get, id, client=client)
        try:
            return change(update, record, patch(record), client=client, reason=reason)
        except ProblemError as problem:
            if not problem.stale or attempt == ATTEMPTS:
                raise
    raise AssertionError("unreachable")


def _reason(reason: str | None) -> dict[str, str]:
    return {} if reason is None else {"change_reason": reason}


def _plain(headers: Any) -> dict[str, str]:
    """The headers without those that tell how the content was packed: it is unpacked."""
    return {name: value for name, value in headers.items() if name.lower() not in ("content-encoding", "content-length", "transfer-encoding")}
