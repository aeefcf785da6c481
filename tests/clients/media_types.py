"""What the generator of requests writes in media types that it does not know."""

import json

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def lines(context, value):
    """A line for each row."""
    if isinstance(value, (bytes, str)):
        return value if isinstance(value, bytes) else value.encode()
    rows = value if isinstance(value, list) else [value]
    return "".join(json.dumps(row) + "\n" for row in rows).encode()
