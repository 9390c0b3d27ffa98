"""Doors: everything but collection needs a key or the login link's cookie, and each opens its own.

The first test walks every route of the OpenAPI schema, so that a route added later is shut to
strangers, to write keys and to other projects' read keys, or is red here.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import sqlalchemy as sa
from litestar.testing import TestClient

from sojourn import audit, control, tables
from sojourn.accounts import sessions
from sojourn.accounts.keys import revoke
from sojourn.api.application import application, schema
from sojourn.application import Sojourn
from sojourn.control import writing
from sojourn.settings import Settings, from_environment
from tests.conftest import Keys, Served, make_project, outside, run_sojourn, soon

DOCUMENTS = ("privacy", "recipients", "cookies", "policy", "changes", "gpc.json")
DOCUMENTS += ("preferences", "consent.json", "consents")
PUBLIC = {"/health", "/login/{token}", "/.well-known/gpc.json"}
PUBLIC |= {f"/p/{{project}}/{document}" for document in DOCUMENTS}
PUBLIC |= {f"/p/{{project}}/{place}" for place in ("subscription", "subscriptions", "changes.xml")}
"""What holds nothing about people; collection (below /v1) has write keys of its own."""
SEEN: dict[str, Any] = {"event": "seen"}
TODAY = datetime.now(UTC).date().isoformat()
BODIES: dict[str, dict[str, Any]] = {
    "funnel": {"steps": [SEEN]},
    "trend": {"series": [SEEN], "every": "day"},
    "retention": {"start": SEEN, "every": "day", "periods": 2},
    "paths": {},
    "journey": {"steps": [SEEN]},
    "cohort": {"start": SEEN, "every": "day"},
    "lifecycle": {"every": "day"},
    "stickiness": {},
    "attribution": {"conversion": SEEN, "touches": [SEEN]},
    "visits": {},
    "people": {},
    "activity": {},
}
CELLS: dict[str, dict[str, Any]] = {
    "funnel": {"step": 1},
    "trend": {"series": 0},
    "retention": {"cohort": TODAY},
    "paths": {"event": "seen"},
    "journey": {"step": 1},
    "cohort": {"cohort": TODAY},
    "lifecycle": {"interval": TODAY, "state": "new"},
    "stickiness": {"intervals": 1},
}
OTHERS = {
    "save_segment": {"segment": {"did": SEEN}},
    "list_segment_people": {"segment": {"did": SEEN}},
    "send_person": {"recipient": "warehouse", "purpose": "analytics", "person": 1},
    "publish_policy": {"text": "sojourn: 1"},
    "split_person": {},
    "change_hierarchy": {"types": ["user_id"]},
    "change_collection": {},
    "replay_quarantine": {},
    "drop_quarantined": {},
    "describe_event": {},
    "describe_property": {},
    "take_over_plan": {},
}
ABSENT = ("show_schema_event", "show_schema_property", "open_quarantined")
"""What asks for something by its name, of which there is none called “1”."""
START_MS = 1_790_000_000_000


@dataclass(frozen=True)
class Route:
    """A route of the schema, with an address and a body that fit it."""

    method: str
    address: str
    body: dict[str, Any] | None
    name: str = ""

    @property
    def is_for_the_owner(self) -> bool:
        return self.name in (
            *("reveal_person", "save_segment", "forget_segment", "publish_policy"),
            *("restrict_person", "lift_restriction", "send_person", "split_person"),
            *("change_hierarchy", "show_collection", "change_collection", "list_quarantine"),
            *("open_quarantined", "replay_quarantine", "drop_quarantined"),
            *("describe_event", "forget_event", "describe_property", "forget_property"),
            *("take_over_plan",),
        )

    @property
    def is_of_a_project(self) -> bool:
        return "/projects/" in self.address or self.address.startswith("/p/")


def routes(project: str) -> list[Route]:
    """Every guarded route of the schema, asking about this project."""
    found = []
    for path, methods in schema()["paths"].items():
        if path in PUBLIC or path.startswith("/v1/"):
            continue
        address = re.sub(r"\{\w+\}", "1", path.replace("{project}", project))
        for method, described in methods.items():
            if described["summary"].startswith("Collect:"):
                continue
            name = described["operationId"]
            body = OTHERS.get(name)
            kind = name.rsplit("_", 1)[-1]
            if name.startswith("ask_"):
                body = BODIES[kind]
            elif name.startswith("people_behind_"):
                body = {"definition": BODIES[kind], "cell": CELLS.get(kind, {})}
            found.append(Route(method.upper(), address, body, name))
    return found


@pytest.fixture(scope="module")
def mine(server: Served) -> Keys:
    keys = server.make_project("mine")
    sent = {"type": "identify", "userId": "u1", "traits": {"email": "a@x.test", "name": "Ann"}}
    server.send_to(keys.write, sent, {"type": "track", "event": "seen", "userId": "u1"})
    server.send_to(keys.write, {"type": "group", "groupId": "g1", "userId": "u1"})
    server.applied("mine")
    return keys


@pytest.fixture(scope="module")
def other(server: Served) -> Keys:
    return server.make_project("other")


def ask(server: Served, route: Route, **credentials: Any) -> httpx.Response:
    where = f"{server.url}{route.address}"
    if not route.address.endswith("/live"):
        return outside.request(route.method, where, json=route.body, **credentials)
    # What it gives to those whom it opens to has no end.
    with outside.stream(route.method, where, **credentials) as answer:
        if answer.is_error:
            answer.read()
        return answer


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def test_every_route_of_the_schema_is_shut_to_strangers_and_to_the_wrong_key(
    server: Served, mine: Keys, other: Keys
) -> None:
    walked = routes("mine")
    assert len(walked) >= 13
    for route in walked:
        for headers in ({}, bearer("x"), bearer("rk_unknown"), {"Cookie": "sojourn=unknown"}):
            answer = ask(server, route, headers=headers)
            assert answer.status_code == 401, (route, headers, answer.text)
            assert answer.json()["mend"]
        basic = ask(server, route, auth=(mine.read, ""))
        assert basic.status_code == 401, route
        answer = ask(server, route, headers=bearer(mine.write))
        assert answer.status_code == 403, (route, answer.text)
        if route.is_of_a_project:
            expected = (403, 404) if route.is_for_the_owner else (404,)
            answer = ask(server, route, headers=bearer(other.read))
            assert answer.status_code in expected, (route, answer.text)


def test_every_route_of_a_project_but_the_owner_s_opens_to_its_read_key(
    server: Served, mine: Keys
) -> None:
    person = server.get("people", "mine", search="u1")["people"][0]["id"]
    for route in routes("mine"):
        if route.is_of_a_project and not route.is_for_the_owner:
            own = str(person) if "/people/" in route.address else "1"
            here = Route(route.method, route.address.replace("/1", f"/{own}"), route.body)
            answer = ask(server, here, headers=bearer(mine.read))
            expected = {"cancel_question": 204, **dict.fromkeys(ABSENT, 404)}.get(route.name, 200)
            assert answer.status_code == expected, (here, answer.text)


def test_another_project_looks_just_like_one_that_does_not_exist(
    server: Served, mine: Keys, other: Keys
) -> None:
    for route in routes("mine"):
        if route.is_of_a_project and not route.is_for_the_owner:
            theirs = ask(server, route, headers=bearer(other.read))
            nowhere = Route(route.method, route.address.replace("/mine", "/nowhere"), route.body)
            none = ask(server, nowhere, headers=bearer(other.read))
            assert (theirs.status_code, none.status_code) == (404, 404)
            assert theirs.json()["title"].replace("mine", "nowhere") == none.json()["title"]
            assert theirs.json()["mend"] == none.json()["mend"]


def test_a_read_key_sees_its_own_project_in_the_list_and_no_other(
    server: Served, mine: Keys, other: Keys
) -> None:
    seen = outside.get(f"{server.url}/api/v1/session", headers=bearer(mine.read)).json()
    assert seen["member"] == "key"
    assert [project["name"] for project in seen["projects"]] == ["mine"]
    owner = server.client.get("/api/v1/session").json()
    assert {"mine", "other"} <= {project["name"] for project in owner["projects"]}


def test_a_write_key_writes_to_its_own_project_only(
    server: Served, mine: Keys, other: Keys
) -> None:
    before = server.applied("mine")["stored"], server.applied("other")["stored"]
    server.send_to(other.write, {"type": "track", "event": "elsewhere", "userId": "u1"})
    assert server.applied("other")["stored"] == before[1] + 1
    assert server.applied("mine")["stored"] == before[0]
    assert "elsewhere" not in str(server.get("schema", "mine"))


def test_a_read_key_cannot_reveal_and_the_session_can_which_the_audit_log_tells(
    server: Served, mine: Keys
) -> None:
    person = server.get("people", "mine", search="u1")["people"][0]["id"]
    reveal = Route("POST", f"/api/v1/projects/mine/people/{person}/reveal", None)
    written = audited(server.data)

    assert ask(server, reveal, headers=bearer(mine.read)).status_code == 403
    assert audited(server.data) == written
    # An address is not for analytics, which a page is for that names no purpose.
    assert server.client.post(reveal.address).json()["traits"] == {"group.id": 1.0, "name": "Ann"}
    written = audited(server.data)
    answer = server.client.post(reveal.address, params={"purpose": "service"})
    assert answer.json() == {
        "identifiers": [
            {"type": "user_id", "value": "u1"},
            {"type": "email", "value": "a@x.test"},
        ],
        "traits": {"email": "a@x.test", "group.id": 1.0, "name": "Ann"},
    }
    assert audited(server.data) == [*written, ("owner", "reveal", f"mine/person {person}")]


def audited(data: Path) -> list[tuple[str, str, str]]:
    """The entries of the audit log, whose chain must hold."""
    with control.connect(control.sqlite_url(data / "control.db")).begin() as connection:
        audit.verify(connection)
        table = tables.audit
        rows = connection.execute(
            sa.select(table.c.actor, table.c.action, table.c.subject).order_by(table.c.number)
        )
        return [(actor, action, subject) for actor, action, subject in rows]


# Logging in and out, by a clock of our own


@dataclass
class Clock:
    now_ms: int = START_MS

    def __call__(self) -> int:
        return self.now_ms


@dataclass
class Door:
    """An application in this process, whose clock can be set."""

    sojourn: Sojourn
    clock: Clock
    visit: Callable[[], TestClient[Any]]

    def token(self) -> str:
        return self.sojourn.login_link().rsplit("/", 1)[-1]

    def enter(self) -> TestClient[Any]:
        client = self.visit()
        assert client.get(f"/login/{self.token()}", follow_redirects=False).status_code == 303
        return client


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    make_project(tmp_path, "shop")
    clock = Clock()
    with Sojourn(Settings(data=tmp_path), clock_ms=clock) as sojourn:
        app = application(sojourn)
        yield Door(sojourn, clock, lambda: TestClient(app, base_url="http://sojourn.test:8000"))


def test_a_login_link_works_once(door: Door) -> None:
    token = door.token()
    first, second = door.visit(), door.visit()
    assert first.get(f"/login/{token}", follow_redirects=False).status_code == 303
    assert first.get("/api/v1/session").status_code == 200
    answer = second.get(f"/login/{token}", follow_redirects=False)
    assert answer.status_code == 401
    assert answer.json()["mend"] == "`sojourn login` prints a new one."
    assert second.get("/api/v1/session").status_code == 401


def test_a_login_link_ends_after_a_day(door: Door) -> None:
    token = door.token()
    door.clock.now_ms += sessions.LINK_MS
    assert door.visit().get(f"/login/{token}", follow_redirects=False).status_code == 401


def test_a_login_link_is_no_session_and_a_session_is_no_login_link(door: Door) -> None:
    token = door.token()
    client = door.visit()
    client.cookies.set("sojourn", token)
    assert client.get("/api/v1/session").status_code == 401
    cookie = door.enter().cookies["sojourn"]
    assert door.visit().get(f"/login/{cookie}", follow_redirects=False).status_code == 401


def test_a_session_ends_by_itself(door: Door) -> None:
    client = door.enter()
    door.clock.now_ms += sessions.SESSION_MS - 1
    assert client.get("/api/v1/session").status_code == 200
    door.clock.now_ms += 1
    assert client.get("/api/v1/session").status_code == 401


def test_logging_out_ends_the_session_for_every_copy_of_the_cookie(door: Door) -> None:
    client, copy, friend = door.enter(), door.visit(), door.enter()
    copy.cookies.set("sojourn", client.cookies["sojourn"])
    assert copy.get("/api/v1/session").status_code == 200
    assert client.delete("/api/v1/session").status_code == 204
    assert client.get("/api/v1/session").status_code == 401
    assert copy.get("/api/v1/session").status_code == 401
    assert friend.get("/api/v1/session").status_code == 200


def test_the_cookie_is_kept_from_scripts_and_from_other_sites(door: Door) -> None:
    answer = door.visit().get(f"/login/{door.token()}", follow_redirects=False)
    cookie = SimpleCookie(answer.headers["set-cookie"])["sojourn"]
    assert cookie["httponly"]
    assert cookie["samesite"].lower() == "strict"
    assert cookie["path"] == "/"
    assert cookie["domain"] == ""
    assert answer.headers["location"] == "/"


def test_a_page_of_another_origin_may_not_use_the_cookie(door: Door) -> None:
    client = door.enter()
    address, body = "/api/v1/projects/shop/reports/paths", BODIES["paths"]
    for origin in ("http://sojourn.test:3000", "https://evil.test", "null", "http://x"):
        for answer in (
            client.post(address, json=body, headers={"Origin": origin}),
            client.get("/api/v1/session", headers={"Origin": origin}),
            client.delete("/api/v1/session", headers={"Origin": origin}),
        ):
            assert answer.status_code == 403, origin
            assert "access-control-allow-origin" not in answer.headers
    own = {"Origin": "http://sojourn.test:8000"}
    assert client.post(address, json=body, headers=own).status_code == 200


def test_collection_is_open_to_pages_of_any_origin_and_asking_is_not(server: Served) -> None:
    asking = {"Origin": "https://shop.test", "Access-Control-Request-Method": "POST"}
    collection = outside.options(f"{server.url}/v1/batch", headers=asking)
    assert collection.status_code == 204
    assert collection.headers["access-control-allow-origin"] == "https://shop.test"
    assert "access-control-allow-credentials" not in collection.headers
    question = outside.options(f"{server.url}/api/v1/session", headers=asking)
    assert "access-control-allow-origin" not in question.headers


# Keys that are taken back, and where secrets stand


def test_a_key_that_is_taken_back_stops_within_seconds(server: Served) -> None:
    keys = server.make_project("left")
    event = {"type": "track", "event": "seen", "userId": "u1"}
    here = f"{server.url}/api/v1/projects/left/status"
    assert server.send_to(keys.write, event).status_code == 200
    assert outside.get(here, headers=bearer(keys.read)).status_code == 200

    with Sojourn(Settings(data=server.data)) as beside:
        project = beside.project("left")
        with writing(beside.engine).begin() as connection:
            for key in (keys.write, keys.read):
                assert revoke(connection, project.id, key[:8]) == 1

    assert outside.get(here, headers=bearer(keys.read)).status_code == 401
    soon(lambda: server.send_to(keys.write, event).status_code, lambda status: status == 401)


def test_the_server_listens_on_loopback_unless_told(server: Served) -> None:
    assert from_environment({}).host == "127.0.0.1"
    assert server.process is not None
    listening = [
        connection.laddr
        for connection in psutil.Process(server.process.pid).net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert [(place.ip, place.port) for place in listening] == [("127.0.0.1", server.port)]


def test_keys_tokens_and_cookies_stand_nowhere_in_the_data_folder(
    server: Served, mine: Keys
) -> None:
    printed = run_sojourn("login", data=server.data).strip()
    token = printed.rsplit("/", 1)[-1]
    used = server.login_url.rsplit("/", 1)[-1]
    cookie = server.client.cookies["sojourn"]
    secrets = [mine.write, mine.read, server.write_key, token, used, cookie]
    assert all(len(secret) > 20 for secret in secrets)

    for path in server.data.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for secret in secrets:
                assert secret.encode() not in content, path
                assert secret[10:].encode() not in content, path


def test_the_master_key_is_readable_by_its_owner_only(server: Served) -> None:
    assert (server.data / "master.key").stat().st_mode & 0o077 == 0


def test_security_headers_come_with_every_answer(server: Served) -> None:
    for answer in (
        outside.get(f"{server.url}/health"),
        outside.get(f"{server.url}/api/v1/session"),
        outside.get(f"{server.url}/nowhere"),
        outside.post(f"{server.url}/v1/batch", content=b"{"),
        server.client.get("/api/v1/session"),
    ):
        assert answer.headers["x-content-type-options"] == "nosniff", answer.url
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"], answer.url
        assert answer.headers["referrer-policy"] == "no-referrer", answer.url


def test_what_a_person_may_see_is_not_kept_by_caches_on_the_way(server: Served, mine: Keys) -> None:
    for address in ("people", "schema", "status"):
        answer = server.client.get(f"/api/v1/projects/mine/{address}")
        assert answer.headers.get("cache-control") == "no-store", address


def test_the_control_database_holds_no_identifier_in_the_clear(server: Served, mine: Keys) -> None:
    with sqlite3.connect(f"file:{server.data / 'control.db'}?mode=ro", uri=True) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master")]
        assert "identifiers" in tables
        text = "\n".join(database.iterdump())
    assert "a@x.test" not in text
    assert b"a@x.test".hex().upper() not in text.upper()
