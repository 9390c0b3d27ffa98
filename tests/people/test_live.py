"""The ring of what happens now: bounded, honest about what was lost, and quick to forget."""

from __future__ import annotations

from pathlib import Path

from sojourn.people.live import KEPT, ONLINE_MS
from tests.gated import Shop
from tests.opened import NOON_MS, Clock, event, open_shop, send


def test_slow_listener_loses_the_oldest_and_is_told(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        send(sojourn, project, [event("first", 0, user="ann")])
        place = project.live.after(0, NOON_MS).place
        for batch in range(4):
            send(
                sojourn, project, [event(f"n{batch}", number, user="ann") for number in range(300)]
            )
        news = project.live.after(place, NOON_MS)
        assert len(news.rows) + news.lost == 1_200
        assert KEPT <= len(news.rows) < KEPT + 300
        assert news.rows[-1]["event"] == "n3"
        assert project.live.after(news.place, NOON_MS).rows == []


def test_old_events_are_no_news_and_what_was_news_is_let_go(tmp_path: Path) -> None:
    clock = Clock()
    sojourn, project = open_shop(tmp_path, clock)
    with sojourn:
        send(sojourn, project, [event("old", -ONLINE_MS - 1, user="old")])
        assert project.live.after(0, clock()).rows == []
        assert project.live.online(1, clock()) == {}
        send(sojourn, project, [event("look", -1_000, user="ann"), event("look", 0, user="ann")])
        (person,) = project.live.online(~0, clock())
        assert project.live.online(~0, clock()) == {person: NOON_MS}
        assert [row["event"] for row in project.live.after(0, clock()).rows] == ["look", "look"]
        clock.now_ms += ONLINE_MS + 1
        assert project.live.online(~0, clock()) == {}
        assert project.live.after(0, clock()).rows == []


def test_each_purpose_sees_its_own_who_are_online(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    with shop.sojourn:
        live, clock = shop.project.live, shop.sojourn.clock_ms
        now = clock() - NOON_MS
        shop.tell(event("asked", now, user="u1"), event("cart", now, user="u4"))
        bits = shop.project.rules.bits
        assert set(live.online(bits["analytics"], clock())) == {shop.person("u4")}
        assert set(live.online(bits["service"], clock())) == {shop.person("u1"), shop.person("u4")}
        assert all("sealed" not in row for row in live.after(0, clock()).rows)
