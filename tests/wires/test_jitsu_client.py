"""Jitsu's published client, unmodified, as a server has it, against a real server.

Ann is the device `a1`, then `u1`.
"""

from __future__ import annotations

import pytest

from tests.conftest import Served
from tests.wires.driving import failing_first, run_node, tell

EVENTS = {"Opened": 1, "Page Viewed": 1, "Signed Up": 1}


@pytest.mark.parametrize("kind", ["s2s", "device"])
def test_every_call_arrives_once_as_what_it_is(server: Served, kind: str) -> None:
    project = tell(server, f"jitsu-{kind}", "jitsu")
    assert run_node("jitsu.js", server.url, f"{project.key}:any", kind) == ""
    assert project.names() == EVENTS
    assert server.get("status", project.project)["refused"] == []
    assert project.person("a1") == project.person("u1")
    shown = project.shown("u1")
    assert shown["Opened"]["size"] == 4
    page = {"name": "Pricing", "url": "https://x.test/pricing"}
    assert page.items() <= shown["Page Viewed"].items()
    known = {"plan": "pro", "group.seats": 5.0}
    traits = project.traits("u1")
    assert known.items() <= traits.items()
    assert traits["group.id"]
    assert {event["source"] for event in project.timeline("u1")} == {"@jitsu/js"}


def test_a_key_with_a_secret_lets_in_who_shows_it(server: Served) -> None:
    project = tell(server, "jitsu-secret", "jitsu", secret="open sesame")
    wrong = f"{project.key}:guessed"
    assert "asks for its secret" in run_node("jitsu.js", server.url, wrong, "s2s")
    assert project.names() == {}
    assert run_node("jitsu.js", server.url, f"{project.key}:open sesame", "s2s") == ""
    assert project.names() == EVENTS


def test_the_client_hears_what_did_not_arrive(server: Served) -> None:
    assert "write key is missing or unknown" in run_node(
        "jitsu.js", server.url, "unknown:any", "s2s"
    )
    project = tell(server, "jitsu-away", "jitsu")
    with failing_first(server.url, away=1) as proxy:
        assert "503" in run_node("jitsu.js", proxy.url, f"{project.key}:any", "s2s")
    assert project.names() == {"Page Viewed": 1, "Signed Up": 1}
