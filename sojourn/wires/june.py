"""June's tracking API: Segment's messages at addresses of its own.

Its Python client takes every status but 200 for a failure, and reads `code` and `message` then.
"""

from __future__ import annotations

from sojourn.wire import Wire
from sojourn.wires import segment

WIRE = Wire(
    name="june",
    title="June",
    paths=("/sdk/{kind:str}",),
    key=segment.key,
    events=segment.events,
    failure=segment.failure,
)
