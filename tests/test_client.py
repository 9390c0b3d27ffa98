"""The client against a real server: whatever happens to either, each event is stored once."""

from __future__ import annotations

import gzip
import json
import os
import re
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from sojourn import Client, courier
from sojourn.errors import BadBody, NotRecognised, SojournError, Unavailable
from sojourn.outbox import Outbox
from tests.conftest import Keys, Served, soon
from tests.relaying import relaying

NOWHERE = "http://127.0.0.1:9"
"""Nobody listens there."""
Opened = Callable[..., Client]


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courier, "FIRST_PAUSE_S", 0.02)


@pytest.fixture
def keys(server: Served, request: pytest.FixtureRequest) -> Keys:
    plain = re.sub("[^a-z0-9]+", "-", request.node.name.removeprefix("test_"))
    return server.make_project(plain.strip("-")[-60:])


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """Opens clients on the test's own outbox; `told` collects their problems."""
    clients: list[Client] = []

    def open_(key: str, endpoint: str, **options: Any) -> Client:
        client = Client(key, endpoint, queue=tmp_path, exit_s=0.2, **options)
        clients.append(client)
        return client

    yield open_
    for client in clients:
        client.close()


def stored(server: Served, keys: Keys, events: int) -> None:
    """Wait until so many events are stored; fail where there are others."""
    soon(lambda: server.get("status", keys.project)["stored"], lambda now: now >= events)
    assert server.applied(keys.project)["stored"] == events


def run(script: str, *arguments: str) -> subprocess.Popen[str]:
    """A program of somebody who uses the client, in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments], stdout=subprocess.PIPE, text=True
    )


def bodies(outbox: Path) -> list[dict[str, Any]]:
    """The messages that wait in an outbox."""
    box = Outbox(outbox, messages_max=1, bytes_max=1)
    found = [json.loads(message.body) for message in box.claim(100_000, 1 << 40)]
    box.close()
    return found


def test_every_call_arrives_as_it_was_meant(server: Served, keys: Keys, opened: Opened) -> None:
    with opened(keys.write, server.url) as client:
        then = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2)))
        assert client.track("Ordered", {"total": Decimal("37.5")}, user_id="42", timestamp=then)
        assert client.page("Home", {"url": "https://shop.example/"}, anonymous_id="a1")
        assert client.identify(42, {"team": "red"}, anonymous_id="a1")
        assert client.group("acme", {"seats": 3}, user_id=42)
        assert client.alias("old-42", 42)
        assert client.flush()
        assert client.waiting() == 0
    stored(server, keys, 5)
    found = server.get("people", keys.project)["people"]
    assert len(found) == 1, "all of it is one person's"
    timeline = server.get(f"people/{found[0]['id']}/timeline", keys.project)["events"]
    happened = {one["event"]: one for one in timeline}
    assert happened["Ordered"]["properties"]["total"] == 37.5
    assert happened["Ordered"]["ts"].startswith("2026-01-02T01:04:05")
    assert {"Ordered", "Page Viewed"} <= happened.keys()


def test_it_loads_nothing_that_answers_questions() -> None:
    script = (
        "import sys; from sojourn import Client; print(*{n.split('.')[0] for n in sys.modules})"
    )
    out, _ = run(script).communicate(timeout=30)
    loaded = set(out.split())
    assert "httpx" in loaded
    assert not loaded & {"numba", "numpy", "pyarrow", "msgspec", "sqlalchemy", "litestar"}


def test_what_was_told_survives_a_kill(server: Served, keys: Keys, tmp_path: Path) -> None:
    script = (
        "import sys; from sojourn import Client\n"
        "client = Client(sys.argv[1], sys.argv[2], queue=sys.argv[3])\n"
        "number = 0\n"
        "while client.track('step', {'n': number}, user_id='u', message_id=f'm{number}'):\n"
        "    print(number, flush=True); number += 1\n"
    )
    program = run(script, keys.write, server.url, str(tmp_path))
    assert program.stdout is not None
    told = [int(program.stdout.readline()) for _ in range(300)]
    program.send_signal(signal.SIGKILL)
    told += [int(line) for line in program.stdout]
    program.wait()
    with Client(keys.write, server.url, queue=tmp_path) as after:
        assert after.flush(20), "what the killed process was sending is not waited for"
    status = soon(lambda: server.applied(keys.project), lambda now: now["stored"] >= len(told))
    # The last message may have been on disk before its number was printed.
    assert status["stored"] - len(told) in (0, 1)


def test_ten_thousand_events_arrive_exactly_once(
    server: Served, keys: Keys, opened: Opened
) -> None:
    with relaying(server.url, *[(503, {})] * 2) as relay:
        client = opened(keys.write, relay.url)
        kept: list[bool] = []

        def tell(thread: int) -> None:
            kept.extend(
                client.track("step", {"n": n}, user_id=f"u{thread}-{n % 50}") for n in range(625)
            )

        threads = [threading.Thread(target=tell, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert kept == [True] * 10_000
        assert client.flush(30)
    stored(server, keys, 10_000)


def test_two_processes_share_an_outbox(server: Served, keys: Keys, tmp_path: Path) -> None:
    script = (
        "import sys; from sojourn import Client\n"
        "with Client(sys.argv[1], sys.argv[2], queue=sys.argv[3]) as client:\n"
        "    assert all(client.track('step', user_id=f'u{n}') for n in range(200))\n"
        "    print(client.flush(20))\n"
    )
    programs = [run(script, keys.write, server.url, str(tmp_path)) for _ in range(2)]
    assert [one.communicate(timeout=60)[0] for one in programs] == ["True\n"] * 2
    stored(server, keys, 400)
    assert server.get("status", keys.project)["duplicates"] == 0, "each is sent by one of them"


def test_what_is_told_while_the_server_is_down_arrives_when_it_is_up(
    server: Served, keys: Keys, opened: Opened
) -> None:
    server.kill()
    problems: list[SojournError] = []
    client = opened(keys.write, server.url, on_problem=problems.append)
    assert all(client.track("step", {"n": n}, user_id="u") for n in range(20))
    assert not client.flush(0.3)
    assert [type(one) for one in problems] == [Unavailable], "it is told once, not at each try"
    server.start()
    server.log_in()
    assert client.flush(20)
    stored(server, keys, 20)


@pytest.mark.parametrize("status", [503, 429, 408])
def test_a_server_that_asks_to_wait_is_left_alone(
    server: Served, keys: Keys, opened: Opened, status: int
) -> None:
    in_two_seconds = format_datetime(datetime.now(UTC) + timedelta(seconds=2.9), usegmt=True)
    refusals = ((status, {"Retry-After": "1"}), (status, {"Retry-After": in_two_seconds}))
    with relaying(server.url, *refusals) as relay:
        client = opened(keys.write, relay.url)
        client.track("step", user_id="u")
        assert client.flush(20)
        first, second, third = relay.asked
    assert second - first >= 1
    assert third - second >= 0.5, "a date is understood"
    stored(server, keys, 1)


def slowly(problems: list[SojournError]) -> Callable[[SojournError], None]:
    """A listener that takes its time: who waits for the client has heard of a problem by then."""

    def listen(problem: SojournError) -> None:
        time.sleep(0.2)
        problems.append(problem)

    return listen


def test_a_wrong_key_is_told_and_keeps_what_was_told(
    server: Served, keys: Keys, opened: Opened
) -> None:
    problems: list[SojournError] = []
    wrong = opened("wk_wrong", server.url, on_problem=slowly(problems))
    wrong.track("step", user_id="u")
    assert not wrong.flush(10)
    assert [type(one) for one in problems] == [NotRecognised]
    assert "401" in problems[0].detail
    assert wrong.waiting() == 1
    wrong.track("step", user_id="u")
    time.sleep(0.1)
    assert len(problems) == 1, "it is not tried again"
    wrong.close()
    assert opened(keys.write, server.url).flush(10)
    stored(server, keys, 2)


def test_a_message_that_no_server_can_read_does_not_stop_the_others(
    server: Served, keys: Keys, tmp_path: Path, opened: Opened
) -> None:
    with opened(keys.write, NOWHERE) as before:
        assert all(before.track("step", user_id=f"u{n}") for n in range(20))
    box = Outbox(tmp_path, messages_max=100, bytes_max=10_000)
    box.put(b"this is no JSON")
    box.close()
    problems: list[SojournError] = []
    client = opened(keys.write, server.url, on_problem=slowly(problems))
    assert all(client.track("step", user_id=f"v{n}") for n in range(20))
    assert client.flush(20)
    assert [type(one) for one in problems] == [BadBody]
    stored(server, keys, 40)


def test_a_refused_event_is_told_with_its_reason(
    server: Served, keys: Keys, opened: Opened
) -> None:
    problems: list[SojournError] = []
    client = opened(keys.write, server.url, on_problem=slowly(problems))
    client.track("n" * 201, user_id="u")
    client.track("fine", user_id="u")
    assert client.flush(20)
    assert ["too_long" in one.title for one in problems] == [True]
    stored(server, keys, 1)


def test_a_full_outbox_is_told_and_loses_nothing_that_it_kept(
    server: Served, keys: Keys, opened: Opened
) -> None:
    problems: list[SojournError] = []
    client = opened(keys.write, NOWHERE, messages_max=5, on_problem=problems.append)
    kept = [client.track("step", {"n": n}, user_id="u") for n in range(7)]
    assert kept == [True] * 5 + [False] * 2
    assert [one.title for one in problems].count("The outbox is full") == 2
    client.close()
    small = opened(keys.write, NOWHERE, bytes_max=100, strict=True)
    with pytest.raises(Unavailable, match="outbox is full"):
        small.track("step", user_id="u")
    small.close()
    assert opened(keys.write, server.url).flush(20)
    stored(server, keys, 5)


def test_a_full_disk_is_told_and_loses_nothing_that_it_kept(
    server: Served, keys: Keys, tmp_path: Path
) -> None:
    script = (
        "import resource, sys; from sojourn import Client\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))\n"
        "client = Client(sys.argv[1], sys.argv[2], queue=sys.argv[3], exit_s=0)\n"
        "text = 'x' * 5_000\n"
        "print([client.track('step', {'t': text}, user_id='u') for _ in range(100)].count(True))\n"
    )
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    out, _ = run(script, keys.write, NOWHERE, str(tmp_path)).communicate(timeout=60)
    kept = int(out)
    assert 0 < kept < 100
    with Client(keys.write, server.url, queue=tmp_path) as client:
        assert client.flush(20)
    stored(server, keys, kept)


def test_an_outbox_that_cannot_be_opened_harms_nobody(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file where a folder should be")
    problems: list[SojournError] = []
    client = Client("wk", NOWHERE, queue=taken / "deeper", on_problem=problems.append)
    assert client.track("step", user_id="u") is False
    assert not client.flush(0.1)
    assert {one.title for one in problems} == {"The outbox cannot be opened"}
    client.close()


@pytest.mark.parametrize(
    ("told", "title"),
    [
        ({"event": "step"}, "names nobody"),
        ({"event": "", "user_id": "u"}, "has no name"),
        ({"event": "step", "user_id": "u", "properties": {"n": float("nan")}}, "cannot say"),
        ({"event": "step", "user_id": "u", "properties": {"n": object()}}, "cannot say"),
        ({"event": "step", "user_id": "u", "properties": {"n": "\ud800"}}, "cannot say"),
        ({"event": "step", "user_id": "u", "properties": {"n": "x" * 300_000}}, "too large"),
        ({"event": "step", "user_id": "u", "timestamp": "today"}, "was not kept"),
    ],
)
def test_a_wrong_call_raises_only_where_that_was_asked_for(
    opened: Opened, tmp_path: Path, told: dict[str, Any], title: str
) -> None:
    problems: list[SojournError] = []
    client = opened("wk", NOWHERE, on_problem=problems.append)
    assert client.track(**told) is False
    assert title in problems[0].title
    with pytest.raises(SojournError, match=title):
        opened("wk", NOWHERE, strict=True).track(**told)
    assert bodies(tmp_path) == []


def test_a_callback_that_fails_harms_nobody(opened: Opened) -> None:
    def fail(_: SojournError) -> None:
        raise RuntimeError("mine")

    client = opened("wk", NOWHERE, on_problem=fail)
    assert client.track("", user_id="u") is False
    assert client.track("step", user_id="u") is True


def test_a_message_is_of_segments_form(opened: Opened, tmp_path: Path) -> None:
    client = opened("wk", NOWHERE)
    number, day = UUID(int=7), datetime(2026, 1, 1, tzinfo=UTC)
    values = {"id": number, "day": day, "date": day.date(), "set": {1}, "none": None}
    client.track("step", values, user_id="u", context={"ip": "203.0.113.9"}, message_id="mine")
    client.close()
    (message,) = bodies(tmp_path)
    assert datetime.fromisoformat(message.pop("timestamp")).tzinfo is not None
    assert message == {
        "type": "track",
        "event": "step",
        "properties": {
            "id": str(number),
            "day": "2026-01-01T00:00:00+00:00",
            "date": "2026-01-01",
            "set": [1],
            "none": None,
        },
        "userId": "u",
        "messageId": "mine",
        "context": {"library": {"name": "sojourn-python"}, "ip": "203.0.113.9"},
    }


def test_messages_are_on_disk_for_their_owner_only(opened: Opened, tmp_path: Path) -> None:
    opened("wk", NOWHERE).track("step", user_id="u")
    for path in tmp_path.iterdir():
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_fork_tells_for_itself(server: Served, keys: Keys, opened: Opened) -> None:
    client = opened(keys.write, server.url)
    assert client.track("parent", user_id="u")
    child = os.fork()
    if child == 0:
        told = client.track("child", user_id="u") and client.flush(20)
        os._exit(0 if told else 1)
    assert client.track("parent", user_id="u")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert client.flush(20)
    stored(server, keys, 3)


def test_the_end_of_a_program_delivers_what_it_told(server: Served, keys: Keys) -> None:
    script = (
        "import sys, tempfile; from sojourn import Client\n"
        "client = Client(sys.argv[1], sys.argv[2], queue=tempfile.mkdtemp())\n"
        "client.track('step', user_id='u')\n"
    )
    run(script, keys.write, server.url).communicate(timeout=30)
    stored(server, keys, 1)


def test_a_batch_says_when_it_was_sent(opened: Opened) -> None:
    with relaying("") as relay:
        client = opened("wk", relay.url)
        client.track("step", user_id="u")
        assert client.flush(10), "another server's 200 is enough"
    sent = json.loads(gzip.decompress(relay.bodies[0]))
    moments = (sent["batch"][0]["timestamp"], sent["sentAt"])
    told, carried = (datetime.fromisoformat(moment) for moment in moments)
    assert timedelta() <= carried - told < timedelta(seconds=10)
