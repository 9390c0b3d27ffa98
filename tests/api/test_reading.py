"""A request on which a wire fails is refused, told and gone: no client sends it for ever, and no
other request notices. Everything else about a poison body is real; only the mistake is put in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from litestar.testing import TestClient

from sojourn import tables
from sojourn.api import collect
from sojourn.api.application import served
from sojourn.application import WIRES, Sojourn
from sojourn.settings import Settings
from sojourn.wire import Request, Wire
from tests.conftest import make_project
from tests.opened import Clock

POISON = "quokka"


def failing(part: Callable[..., Any], failure: Exception) -> Callable[..., Any]:
    """A wire's function that fails on a request with that word in it."""

    def fails(request: Request, *rest: Any) -> Any:
        if POISON in f"{request.query} {request.body!r}":
            raise failure
        return part(request, *rest)

    return fails


@dataclass
class Served:
    """A folder behind its HTTP application, of whose wires some fail."""

    sojourn: Sojourn
    client: TestClient[Any]
    write: str

    def track(self, name: str) -> Any:
        message = {"event": name, "userId": "ann", "writeKey": self.write, "messageId": name}
        return self.client.post("/v1/track", json=message)

    def stored(self) -> dict[str, int]:
        self.sojourn.apply_all()
        table = tables.tallies
        with self.sojourn.engine.begin() as connection:
            found = connection.execute(sa.select(table.c.what, table.c.events)).all()
        return dict(map(tuple, found))


@contextmanager
def serving(data: Path, monkeypatch: pytest.MonkeyPatch, **wires: Wire) -> Iterator[Served]:
    key = make_project(data, "shop").write
    monkeypatch.setattr(collect, "WIRES", WIRES | wires)
    with Sojourn(Settings(data=data), clock_ms=Clock()) as sojourn:
        yield Served(sojourn, TestClient(served(sojourn), raise_server_exceptions=False), key)


@pytest.mark.parametrize("part", ["content", "key", "secret", "events", "reply"])
def test_it_harms_nothing_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, part: str
) -> None:
    segment = WIRES["segment"]
    changed: dict[str, Any] = {part: failing(getattr(segment, part), KeyError("ann@x.test"))}
    with serving(tmp_path, monkeypatch, segment=replace(segment, **changed)) as shop:
        assert shop.track("a").json()["accepted"] == 1
        assert shop.client.get("/health").json()["troubles"] == []
        for _ in range(2):
            answer = shop.track(POISON)
            assert answer.status_code == 200
            kept = part == "reply"
            assert answer.json()["accepted"] == kept
            reasons = [refused["reason"] for refused in answer.json()["refused"]]
            assert reasons == ([] if kept else ["poison"])
        assert shop.track("b").json()["accepted"] == 1

        told = shop.client.get("/health").json()
        assert (told["status"], [one["name"] for one in told["troubles"]]) == (
            "warning",
            ["poison_body"],
        )
        assert "KeyError at test_reading.py:" in told["troubles"][0]["detail"]
        logged = [one.getMessage() for one in caplog.records if one.name == "sojourn"]
        assert len(logged) == 1, "once, not for each request"
        assert "ann@x.test" not in f"{told} {logged} {answer.text}"
        tallies = shop.stored()
        assert tallies["stored"] == 2 + kept
        assert tallies.get("refused poison", 0) == 2 * (part == "events")


@pytest.mark.parametrize("part", ["content", "events"])
def test_every_client_hears_what_makes_it_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    def fails(*_: Any) -> Any:
        raise ValueError(POISON)

    changed: dict[str, Any] = {"content": lambda _: None, "key": lambda *_: POISON, part: fails}
    made = {name: replace(wire, **changed) for name, wire in WIRES.items()}
    with serving(tmp_path, monkeypatch, **made) as shop:
        project = shop.sojourn.project("shop")
        for name, wire in made.items():
            shop.sojourn.create_key(project, "write", wire=name, name=POISON)
            path = next(path for path in wire.paths if len(collect.paths()[path]) == 1)
            path = path.replace("{kind:str}", "x").replace("{key:str}", POISON)
            answer = shop.client.request(wire.methods[-1], path, json={})
            assert 200 <= answer.status_code < 300, (name, answer.text)
            (trouble,) = shop.sojourn.health.troubles()
            assert wire.title in trouble.detail
            shop.sojourn.health.right("poison_body")
        assert "refused poison" in shop.stored() or part == "content"


def test_a_wire_that_fails_at_a_path_it_shares_leaves_it_to_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Countly's SDKs and Snowplow's trackers ask for the same path; the first would try for ever
    what the other does not know."""
    broken = replace(WIRES["countly"], content=failing(WIRES["countly"].content, ValueError()))
    with serving(tmp_path, monkeypatch, countly=broken) as shop:
        project = shop.sojourn.project("shop")
        shop.sojourn.create_key(project, "write", wire="snowplow", name=POISON)
        view = {"e": "pv", "aid": POISON, "eid": "1", "uid": "ann", "url": "https://x.test/"}
        assert shop.client.get("/i", params=view).headers["content-type"] == "image/gif"
        assert shop.stored() == {"stored": 1}
        answer = shop.client.get("/i", params={"app_key": POISON, "device_id": "ann"})
        assert (answer.status_code, answer.json()) == (200, {"result": "Success"})


@pytest.mark.parametrize("failure", [MemoryError(), OSError(28, "No space left on device")])
def test_what_is_no_bodys_fault_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    segment = WIRES["segment"]
    broken = replace(segment, events=failing(segment.events, failure))
    with serving(tmp_path, monkeypatch, segment=broken) as shop:
        assert shop.track(POISON).status_code == 500
        assert shop.sojourn.health.troubles() == []
