"""Health, metrics and overload: what is wrong is told, and nothing beyond the bounds is taken."""

from __future__ import annotations

import gzip
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from litestar.testing import TestClient
from litestar.types import ASGIApp, Receive, Scope, Send
from prometheus_client.parser import text_string_to_metric_families

from sojourn.api import intake
from sojourn.api.application import application
from sojourn.application import Sojourn
from sojourn.health import KINDS, Health
from sojourn.ingest import inbox as inbox_module
from sojourn.ingest.watch import MIB, Watch
from sojourn.metrics import Pace
from sojourn.settings import Settings
from tests.conftest import Keys, make_project
from tests.opened import Clock

HERE = ("127.0.0.1", 50_000)
AWAY = ("203.0.113.9", 50_000)
PAGE = Path(__file__).parents[2] / "docs/reference/operations.md"


def asking(app: ASGIApp, address: tuple[str, int]) -> TestClient[ASGIApp]:
    """A client whose connections come from an address."""

    async def seen_from(scope: Scope, receive: Receive, send: Send) -> None:
        scope["client"] = address
        await app(scope, receive, send)

    return TestClient(seen_from)


class Shop:
    """An open folder behind its HTTP application; nothing runs by itself."""

    def __init__(self, data: Path, **settings: Any) -> None:
        self.keys: Keys = make_project(data, "shop")
        self.clock = Clock()
        self.sojourn = Sojourn(Settings(data=data, **settings), clock_ms=self.clock)
        self.application = application(self.sojourn)
        self.client = asking(self.application, HERE)

    def send(self, *names: str, **more: Any) -> Any:
        batch = [{"type": "track", "event": name, "userId": "ann"} for name in names]
        return self.client.post("/v1/batch", json={"batch": batch, "writeKey": self.keys.write})

    def metrics(self) -> dict[str, float]:
        answer = self.client.get("/metrics")
        assert answer.status_code == 200, answer.text
        return {
            ",".join([sample.name, *sample.labels.values()]): sample.value
            for family in text_string_to_metric_families(answer.text)
            for sample in family.samples
        }

    def status(self) -> dict[str, Any]:
        bearer = {"Authorization": f"Bearer {self.keys.read}"}
        return dict(self.client.get("/api/v1/projects/shop/status", headers=bearer).json())

    def health(self) -> tuple[int, dict[str, Any]]:
        answer = self.client.get("/health")
        return answer.status_code, answer.json()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    with made.sojourn:
        yield made


def test_metrics_count_what_came_and_what_waits(shop: Shop) -> None:
    assert shop.send("a", "b").status_code == 200
    assert shop.send("c", "").status_code == 200
    shop.clock.now_ms += 7_000
    before = shop.metrics()
    assert before["sojourn_events_accepted_total,shop"] == 3
    assert before["sojourn_inbox_rows"] == 2
    assert before["sojourn_inbox_events"] == 3
    assert before["sojourn_lag_seconds"] == 7
    status = shop.status()
    assert (status["lag_rows"], status["lag_events"], status["lag_seconds"]) == (2, 3, 7)

    shop.sojourn.apply_all()
    after = shop.metrics()
    assert after["sojourn_inbox_events"] == after["sojourn_lag_seconds"] == 0
    assert after["sojourn_events_stored_total,shop"] == 3
    assert after["sojourn_events_refused_total,shop,no_event_name"] == 1
    assert after["sojourn_uncommitted_events,shop"] == 3
    assert after["sojourn_requests_total,200"] >= 4
    assert after["sojourn_disk_free_bytes"] > 0
    assert after["process_resident_memory_bytes"] > MIB
    assert sum(value for name, value in after.items() if name.startswith("sojourn_trouble")) == 0


def test_every_metric_is_on_the_page(shop: Shop) -> None:
    shop.send("a")
    shop.sojourn.metrics.job_failures.labels("x").inc()
    shop.sojourn.metrics.job_success.labels("x").set(1)
    shop.sojourn.apply_all()
    page = PAGE.read_text()
    families = text_string_to_metric_families(shop.client.get("/metrics").text)
    for name in (family.name for family in families):
        assert f"`{name}" in page or name.startswith("process_"), name


def test_every_trouble_is_on_the_page() -> None:
    for name in KINDS:
        assert f"| `{name}` |" in PAGE.read_text(), name


def test_metrics_are_for_this_machine_or_for_who_shows_the_key(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "one")
    with shop.sojourn:
        away = asking(shop.application, AWAY)
        assert away.get("/metrics").status_code == 401
        bearer = {"Authorization": f"Bearer {shop.keys.read}"}
        assert away.get("/metrics", headers=bearer).status_code == 401
        proxied = shop.client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"})
        assert proxied.status_code == 401
        assert shop.client.get("/metrics").status_code == 200
    shop = Shop(tmp_path / "two", metrics_key="quokka")
    with shop.sojourn:
        for client in (asking(shop.application, AWAY), shop.client):
            assert client.get("/metrics").status_code == 401
            for shown, status in (("quokka", 200), ("wombat", 401)):
                answer = client.get("/metrics", headers={"Authorization": f"Bearer {shown}"})
                assert answer.status_code == status


def test_the_rate_is_that_of_the_last_complete_seconds() -> None:
    now_s = 100.0
    pace = Pace(lambda: now_s)
    for now_s in (100.0, 101.5, 109.9):  # noqa: B007 - the clock looks at it
        pace.add("shop", 20)
    now_s = 110.2
    assert pace.now("shop") == 6
    assert pace.now("club") == 0
    now_s = 111.0
    assert pace.now("shop") == 4


def test_trouble_is_told_with_what_to_do_and_logged_once(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    assert shop.health()[0] == 200
    for _ in range(3):
        shop.sojourn.health.wrong("applier_stopped", "OSError: gone")
    code, told = shop.health()
    assert (code, told["status"]) == (503, "trouble")
    (trouble,) = told["troubles"]
    assert trouble["name"] == "applier_stopped"
    assert trouble["since_ms"] == shop.clock.now_ms
    assert trouble["mend"]
    assert shop.status()["troubles"] == [trouble]
    assert shop.metrics()["sojourn_trouble,applier_stopped"] == 1
    shop.sojourn.health.right("applier_stopped")
    assert shop.health()[0] == 200
    levels = [one.levelno for one in caplog.records if one.name == "sojourn"]
    assert levels == [logging.ERROR, logging.WARNING], "when it begins, and when it is over"


def test_what_stops_no_events_is_a_warning(shop: Shop) -> None:
    shop.sojourn.health.wrong("job_fails", "To settle: OSError")
    code, told = shop.health()
    assert (code, told["status"], told["trouble"]) == (200, "warning", "")


def test_trouble_that_lasts_for_a_while_is_over_by_itself() -> None:
    now_s = 0.0
    health = Health(Clock(), lambda: now_s)
    health.wrong("inbox_full", lasts_s=10)
    now_s = 9.0
    assert health.trouble()
    now_s = 11.0
    assert not health.trouble()


def watch(shop: Shop, **limits: int) -> Watch:
    made = shop.sojourn._watch()
    for name, value in limits.items():
        setattr(made, name, value)
    return made


@pytest.mark.parametrize("limit", [{"free_min": 1 << 60}, {"behind_max": 1}])
def test_beyond_a_bound_senders_are_told_to_come_back(shop: Shop, limit: dict[str, int]) -> None:
    assert shop.send("a", "b").status_code == 200
    watch(shop, **limit).look()
    answer = shop.send("c")
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert answer.headers["content-type"] == "application/problem+json"
    assert shop.health()[0] == 503
    watch(shop).look()
    assert shop.health()[0] == 200
    assert shop.send("d").status_code == 200
    shop.sojourn.apply_all()
    assert shop.status()["stored"] == 3, "nothing of what was refused is kept"


def test_a_clock_that_goes_back_is_told_and_holds_nothing_up(shop: Shop) -> None:
    looking = watch(shop)
    looking.look()
    shop.send("a")
    shop.sojourn.apply_all()
    shop.clock.now_ms -= 3_600_000
    looking.look()
    assert shop.health()[1]["troubles"][0]["name"] == "clock_went_back"
    shop.send("b")
    shop.sojourn.apply_all()
    assert shop.sojourn.inbox.last() == 0, "a commit does not wait for the clock"
    assert shop.status()["stored"] == 2
    shop.clock.now_ms += 3_600_000
    looking.look()
    assert shop.health()[0] == 200


def test_a_lock_that_somebody_removed_stops_all_writing(shop: Shop) -> None:
    lock = shop.sojourn.settings.data / "lock"
    lock.rename(lock.with_name("gone"))
    lock.touch()
    watch(shop).look()
    assert shop.send("a").status_code == 503
    with pytest.raises(Exception, match="lock is gone"):
        shop.sojourn._round()
    assert shop.health()[1]["troubles"][0]["name"] == "lock_lost"


def test_bodies_together_are_bounded_and_let_go(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "BODIES_BYTES_MAX", 1_000)
    bounded = intake.Intake(shop.sojourn.metrics)
    assert bounded.hold(5_000), "alone, any has room"
    assert not bounded.hold(1)
    bounded.hold(-5_000)
    assert bounded.hold(600)
    assert not bounded.hold(600)
    for _ in range(20):
        assert shop.send("a", "b", "c").status_code == 200
    assert shop.metrics()["sojourn_bodies_bytes"] == 0
    assert shop.metrics()["sojourn_requests_open"] == 1, "the one that asks"


def test_a_packed_body_counts_for_what_it_may_hold(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = gzip.compress(msgspec.json.encode({"batch": [], "writeKey": shop.keys.write}))
    seen: list[float] = []
    monkeypatch.setattr(shop.sojourn.metrics.bodies_bytes, "set", seen.append)
    shop.client.post("/v1/batch", content=body, headers={"Content-Encoding": "gzip"})
    assert max(seen) == intake.PACKED * len(body)


def test_what_waits_for_the_disk_is_bounded_for_all_and_for_each(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_module, "WAITING_BYTES_MAX", 4_000)
    waiting = inbox_module._Waiting()
    assert waiting.enter(1, 9_000) is None, "alone, any has room"
    waiting.leave(1, 9_000)
    assert waiting.enter(1, 2_900) is None
    refused = waiting.enter(1, 500)
    assert refused is not None
    assert refused.status == 429
    assert waiting.enter(2, 500) is None
    refused = waiting.enter(2, 700)
    assert refused is not None
    assert refused.status == 503
    assert refused.retry_after_s > 0
    waiting.leave(1, 2_900)
    assert waiting.enter(1, 500) is None
    assert (waiting.count, waiting.size) == (2, 1_000)


def test_an_inbox_of_an_earlier_version_gets_its_columns(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    with shop.sojourn, shop.sojourn.inbox._writing.begin() as connection:
        for name in ("events", "total"):
            connection.exec_driver_sql(f"ALTER TABLE inbox DROP COLUMN {name}")
    sojourn = Sojourn(Settings(data=tmp_path), clock_ms=Clock(), random=os.urandom)
    with sojourn:
        assert sojourn.inbox.backlog(0).events == 0
