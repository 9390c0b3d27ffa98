"""The tail is visible: an event is in the next answer within a second, long before any commit.

It is so for the server itself, for another process that opens the folder to read beside it, and for
what another process brings into the inbox (`sojourn import`) while the server runs.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import sojourn
from tests.conftest import Served, run_sojourn

VISIBLE_S_MAX = 1.0
FUNNEL = {"kind": "funnel", "steps": [{"event": "sent"}]}


@pytest.fixture(scope="module")
def served(serve: Callable[[], Served]) -> Served:
    """A server of our own: nobody else's events may cause a commit."""
    server = serve()
    server.send(track(0))
    server.applied()
    return server


def track(number: int, event: str = "sent") -> dict[str, object]:
    return {"type": "track", "event": event, "userId": f"u{number}", "messageId": f"m{number}"}


def people(server: Served) -> int:
    return int(server.ask("funnel", steps=[{"event": "sent"}])["steps"][0]["people"])


def has_committed(server: Served) -> bool:
    return any(server.data.rglob("_delta_log"))


def test_an_event_is_in_the_next_answer_within_a_second_before_any_commit(served: Served) -> None:
    known = people(served)
    for number in range(1, 21):
        begin = time.monotonic()
        assert served.send(track(number)).status_code == 200
        while people(served) < known + number:
            assert time.monotonic() - begin < VISIBLE_S_MAX
            time.sleep(0.005)
    assert not has_committed(served)


def test_a_process_that_reads_beside_the_server_sees_the_tail(served: Served) -> None:
    asked = json.dumps(FUNNEL)
    printed = run_sojourn(
        "report", "-", "--project", "shop", "--format", "json", data=served.data, stdin=asked
    )
    assert json.loads(printed)["steps"][0]["people"] == people(served)
    with sojourn.open(served.data) as library:
        assert library.project("shop").funnel(["sent"]).rows[0]["people"] == people(served)
    assert not has_committed(served)


def test_reading_beside_the_server_takes_nothing_from_it(served: Served) -> None:
    known = people(served)
    for number in range(100, 110):
        with sojourn.open(served.data) as library:
            served.send(track(number))
            assert library.project("shop").funnel(["sent"]).rows[0]["people"] >= known
    served.applied()
    assert people(served) == known + 10
    assert served.get("status")["trouble"] == ""


def test_an_import_while_the_server_runs_is_in_its_answers(served: Served, tmp_path: Path) -> None:
    known = people(served)
    file = tmp_path / "some.csv"
    rows = [f"i{number},2026-01-01T00:00:{number:02}Z,sent" for number in range(30)]
    file.write_text("\n".join(["user,time,event", *rows, "broken", "x,never,sent"]) + "\n")

    printed = run_sojourn("import", str(file), "--project", "shop", data=served.data)

    assert "32 rows read · 30 stored · 0 known already · 2 refused" in printed
    assert people(served) == known + 30
    assert not has_committed(served)
    served.refused("shop", "bad_row", 1)
    served.refused("shop", "bad_timestamp", 1)


def test_a_stopped_server_has_committed_what_it_accepted(served: Served) -> None:
    known = people(served)
    served.stop()
    assert has_committed(served)
    with sojourn.open(served.data) as library:
        assert library.project("shop").funnel(["sent"]).rows[0]["people"] == known
