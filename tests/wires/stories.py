"""The story that Python's clients of Segment's family tell, see `test_segment_clients.py`.

`python -m tests.wires.stories HOST KEY` tells it by june-analytics-python, which needs a process of
its own: it is installed beside an older library than the other clients'.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any


def tell_with(client: Any) -> None:
    """Make a client send the story, and wait until it has."""
    client.track(anonymous_id="a1", event="Opened")
    client.track(anonymous_id="a1", event="Opened")
    page = {"url": "https://x.test/pricing"}
    client.page(anonymous_id="a1", name="Pricing", properties=page)
    client.identify("u1", anonymous_id="a1", traits={"email": "ann@x.test", "plan": "pro"})
    client.track("u1", "Signed Up", {"plan": "pro", "price": 12.5})
    client.screen("u1", name="Home", properties={"tab": 2})
    client.group("u1", "g1", {"seats": 5})
    client.track("old-1", "Opened")
    client.alias("old-1", "u1")
    client.track("u2", "Opened", timestamp=datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC))
    client.flush()
    client.join()


if __name__ == "__main__":
    from june.analytics.client import Client

    failures: list[object] = []
    host, key = sys.argv[1:]
    tell_with(Client(key, host=host, upload_size=4, on_error=lambda *told: failures.append(told)))
    sys.exit(str(failures) if failures else 0)
