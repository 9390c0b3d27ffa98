"""Bad input, to the real server: a clear problem document or a counted refusal, never a loss.

A body that cannot be read at all is answered by a problem document (what, where, what now). A
message that cannot be kept is refused by itself, counted in the project's status, and the others
of its batch are kept. After each test a normal event is still accepted and counted.
"""

from __future__ import annotations

import gzip
import json
import socket
import zlib
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from sojourn.api.collect import BODY_BYTES_MAX, UNPACKED_BYTES_MAX
from sojourn.ingest.pipeline import EVENT_NAMES_MAX
from sojourn.wire import BATCH_MAX
from tests.conftest import Keys, Served, outside

PROJECT = "bad-input"
JSON = {"Content-Type": "application/json"}
GZIP = JSON | {"Content-Encoding": "gzip"}
sentinels = count()


@pytest.fixture(scope="module")
def server(serve: Callable[[], Served]) -> Served:
    """A server of our own: others need not wait for all the names it is sent."""
    return serve()


@pytest.fixture(scope="module")
def keys(server: Served) -> Keys:
    return server.make_project(PROJECT)


@pytest.fixture(autouse=True)
def _still_well(server: Served, keys: Keys) -> Iterator[None]:
    """After whatever a test sends, a normal event is accepted, counted and shown."""
    before = stored(server)
    yield
    name = f"normal {next(sentinels) % 7}"
    answer = server.send_to(keys.write, track(event=name))
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)
    assert stored(server) > before
    assert server.get("status", PROJECT)["trouble"] == ""
    assert outside.get(f"{server.url}/health").json()["status"] == "ok"
    funnel = server.ask("funnel", PROJECT, steps=[{"event": name}])
    assert funnel["steps"][0]["people"] >= 1


def stored(server: Served) -> int:
    return int(server.applied(PROJECT)["stored"])


def track(**fields: Any) -> dict[str, object]:
    return {"type": "track", "event": "seen", "userId": "u1", **fields}


def post(server: Served, keys: Keys, body: bytes, headers: dict[str, str]) -> httpx.Response:
    return outside.post(
        f"{server.url}/v1/batch", content=body, headers=headers, auth=(keys.write, "")
    )


def batch_of(*messages: object) -> bytes:
    return json.dumps({"batch": messages}).encode()


def problem(answer: httpx.Response, status: int, title: str) -> dict[str, Any]:
    """The answer's problem document, which says what, and what now."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    found = dict(answer.json())
    assert (answer.status_code, found["title"]) == (status, title), found
    assert found["status"] == status
    assert found["mend"], found
    return found


# Bodies that cannot be read


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (b"", "The body is not JSON"),
        (b"{", "The body is not JSON"),
        (b'{"batch": [}', "The body is not JSON"),
        (b"\xff\xfe{}", "The body is not JSON"),
        (b'{"batch": [NaN]}', "The body is not JSON"),
        (b'{"batch": ["\\ud800"]}', "The body is not JSON"),
        (b'{"batch": ["\xed\xa0\x80"]}', "The body is not JSON"),
        (b'{"batch": [' + b"[" * 100_000 + b"]" * 100_000 + b"]}", "The body is not JSON"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "The body is not JSON"),
        (b"[]", "The body is not a JSON object"),
        (b"null", "The body is not a JSON object"),
        (b"{}", "The body has no list of messages"),
        (b'{"batch": {}}', "The body has no list of messages"),
        (batch_of(*[0] * (BATCH_MAX + 1)), "The batch has too many messages"),
    ],
    ids=range(14),
)
def test_a_body_that_cannot_be_read_is_a_problem_with_status_400(
    server: Served, keys: Keys, body: bytes, title: str
) -> None:
    problem(post(server, keys, body, JSON), 400, title)


def test_gzip_that_is_not_is_a_problem_that_names_the_header(server: Served, keys: Keys) -> None:
    found = problem(post(server, keys, batch_of(track()), GZIP), 400, "The body is not gzip")
    assert found["where"] == "Content-Encoding"


def test_gzip_that_breaks_off_is_a_problem(server: Served, keys: Keys) -> None:
    packed = gzip.compress(batch_of(track()))
    for length in (1, 5, len(packed) // 2, len(packed) - 1):
        problem(post(server, keys, packed[:length], GZIP), 400, "The gzip body breaks off")


def test_gzip_is_known_by_its_first_bytes_whatever_the_headers_say(
    server: Served, keys: Keys
) -> None:
    answer = post(server, keys, gzip.compress(batch_of(track())), JSON)
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)


def test_an_address_with_a_slash_at_its_end_is_the_same(server: Served, keys: Keys) -> None:
    body = {"batch": [track()], "writeKey": keys.write}
    answer = outside.post(f"{server.url}/v1/batch/", json=body)
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)


def test_a_gzip_bomb_is_refused_before_it_is_unpacked(server: Served, keys: Keys) -> None:
    assert server.process is not None
    memory = psutil.Process(server.process.pid)
    before = memory.memory_info().rss
    packer = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    bomb = b"".join(packer.compress(bytes(1024**2)) for _ in range(400)) + packer.flush()
    assert len(bomb) < BODY_BYTES_MAX

    problem(post(server, keys, bomb, GZIP), 413, "The body unpacks to too much")

    assert memory.memory_info().rss - before < 8 * UNPACKED_BYTES_MAX


def test_an_event_of_ten_megabytes_is_a_body_too_large(server: Served, keys: Keys) -> None:
    body = batch_of(track(properties={"note": "x" * 10_000_000}))
    problem(post(server, keys, body, JSON), 413, "The body is too large")


def test_a_body_without_a_length_is_cut_off_at_the_limit(server: Served, keys: Keys) -> None:
    def endless() -> Iterator[bytes]:
        yield b'{"batch": ["'
        for _ in range(10):
            yield b"x" * 1_000_000

    answer = outside.post(f"{server.url}/v1/batch", content=endless(), auth=(keys.write, ""))
    problem(answer, 413, "The body is too large")


def test_a_batch_of_three_megabytes_is_taken(server: Served, keys: Keys) -> None:
    note = {"note": "x" * 20_000}
    answer = server.send_to(keys.write, *(track(properties=note) for _ in range(150)))
    assert (answer.status_code, answer.json()["accepted"]) == (200, 150)


def test_the_content_type_does_not_matter_if_the_body_is_json(server: Served, keys: Keys) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "image/png", ""):
        answer = post(server, keys, batch_of(track()), {"Content-Type": kind})
        assert (answer.status_code, answer.json()["accepted"]) == (200, 1)


# Keys


def test_an_unknown_or_missing_write_key_is_status_401(server: Served, keys: Keys) -> None:
    address, body = f"{server.url}/v1/batch", {"batch": [track()]}
    title = "The write key is missing or unknown"
    for answer in (
        outside.post(address, json=body),
        outside.post(address, json=body | {"writeKey": "wk_unknown"}),
        outside.post(address, json=body | {"writeKey": 7}),
        outside.post(address, json=body, auth=("wk_unknown", "")),
        outside.post(address, json=body, headers={"Authorization": "Basic !!!"}),
        outside.post(address, json=body, headers={"Authorization": "Basic /////w=="}),
        outside.post(address, json=body, headers={"Authorization": ""}),
    ):
        found = problem(answer, 401, title)
        assert found["where"] == "Authorization"


def test_a_read_key_cannot_write(server: Served, keys: Keys) -> None:
    answer = server.send_to(keys.read, track())
    problem(answer, 403, "A read key cannot write")


# Messages that are refused one by one


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (track(properties={"note": "x" * 40_000}), "too_large"),
        (track(timestamp="+40000-01-01T00:00:00Z"), "bad_timestamp"),
        (track(timestamp="40000-01-01T00:00:00Z"), "bad_timestamp"),
        (track(timestamp=1_200_000_000_000_000_000), "timestamp_out_of_range"),
        (track(timestamp="9999-12-31T23:59:59Z"), "timestamp_out_of_range"),
        (track(timestamp="1970-01-01T00:00:00Z"), "timestamp_out_of_range"),
        (track(timestamp="yesterday"), "bad_timestamp"),
        (track(timestamp=True), "bad_timestamp"),
        (track(event="a\0b"), "bad_text"),
        (track(userId="a\0b"), "bad_text"),
        (track(properties={"a\0b": 1}), "bad_text"),
        (track(properties={"a": "b\0c"}), "bad_text"),
        (track(event="x" * 201), "too_long"),
        (track(userId="x" * 501), "too_long"),
        (track(properties={"x" * 201: 1}), "too_long"),
        (track(properties={f"p{number}": 1 for number in range(257)}), "too_many_properties"),
        (track(event=""), "no_event_name"),
        (track(event=None), "no_event_name"),
        (track(event=7), "no_event_name"),
        (track(userId=None), "no_identifier"),
        (track(userId="", anonymousId="undefined"), "no_identifier"),
        ({"type": "alias", "userId": "u1"}, "no_identifier"),
        ({"type": "dance", "userId": "u1"}, "not_an_event"),
        ({"userId": "u1"}, "not_an_event"),
        ("hello", "not_an_event"),
        (None, "not_an_event"),
    ],
    ids=range(26),
)
def test_a_message_that_cannot_be_kept_is_counted_and_the_others_are_kept(
    server: Served, keys: Keys, message: Any, reason: str
) -> None:
    refused = {one["reason"]: one["events"] for one in server.get("status", PROJECT)["refused"]}

    answer = server.send_to(keys.write, track(), message, track())

    assert answer.status_code == 200
    receipt = answer.json()
    assert receipt["accepted"] == 2
    assert [(one["index"], one["reason"]) for one in receipt["refused"]] == [(1, reason)]
    assert receipt["refused"][0]["detail"]
    server.refused(PROJECT, reason, refused.get(reason, 0) + 1)


def nested(depth: int, *, lists: bool = False) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value] if lists else {"a": value}
    return value


@pytest.mark.parametrize("depth", [7, 20, 300, 700])
@pytest.mark.parametrize("lists", [False, True])
@pytest.mark.parametrize("kind", ["track", "identify"])
def test_a_deeply_nested_property_is_refused_by_itself(
    server: Served, keys: Keys, depth: int, lists: bool, kind: str
) -> None:
    place = "properties" if kind == "track" else "traits"
    message = track(type=kind) | {place: {"deep": nested(depth, lists=lists)}}
    answer = server.send_to(keys.write, track(), message)
    assert answer.json()["accepted"] == 1
    assert answer.json()["refused"][0]["reason"] == "too_deep"


def test_text_in_odd_places_is_refused_or_kept_and_never_stops_the_others(
    server: Served, keys: Keys
) -> None:
    """Whatever stands where a text, number or object is expected, the server stays well."""
    odd: list[Any] = [
        None,
        True,
        0,
        -1.5,
        2**70,
        "",
        "\0",
        "🏺",
        [],
        {},
        [[1], {"a": 2}],
        "x" * 600,
    ]
    places = [
        "type",
        "userId",
        "anonymousId",
        "previousId",
        "groupId",
        "event",
        "name",
        "category",
        "properties",
        "traits",
        "context",
        "integrations",
        "timestamp",
        "messageId",
        "sentAt",
    ]
    kinds = ("track", "identify", "page", "screen", "group", "alias")
    messages = [
        {"type": kind, "event": "odd", "userId": "u1", "previousId": "u0", place: value}
        for kind in kinds
        for place in places
        for value in odd
    ]
    for context in odd:
        for place in ("page", "campaign", "library", "traits"):
            messages.append(track(context={place: context}))
            messages.append(track(context={place: {"name": context, "url": context}}))

    answer = server.send_to(keys.write, *messages)

    assert answer.status_code == 200
    for sent_at in odd:
        assert server.send_to(keys.write, track(), sentAt=sent_at).status_code == 200
    server.applied(PROJECT)


def test_properties_named_like_columns_or_like_each_other_are_kept_apart(
    server: Served, keys: Keys
) -> None:
    names = (
        "person ts order event alias source purposes sealed month bucket p_a P_A a A p-a 日本 🏺"
    )
    for value in ("text", 1, True):
        properties = dict.fromkeys(names.split(), value)
        assert server.send_to(keys.write, track(event="named", properties=properties)).json() == {
            "success": True,
            "accepted": 1,
            "refused": [],
        }
    server.applied(PROJECT)
    for name in names.split():
        for value in ("text", 1, True):
            where = [{"property": name, "is": value}]
            series = [{"event": "named", "measure": "events", "where": where}]
            points = server.ask("trend", PROJECT, series=series, every="day")["series"][0]["points"]
            assert sum(number for _, number in points) == 1, (name, value)


def test_a_million_distinct_event_names_stop_at_the_limit_and_known_names_still_work(
    server: Served,
) -> None:
    """Names are refused from the limit on, so a million of them cost no more than the limit."""
    keys = server.make_project("many-names")
    assert server.process is not None
    memory = psutil.Process(server.process.pid)
    sent = size = 0
    for begin in range(0, 3 * EVENT_NAMES_MAX, 5_000):
        messages = [track(event=f"name {number}") for number in range(begin, begin + 5_000)]
        answer = server.send_to(keys.write, *messages)
        assert answer.status_code == 200
        sent += answer.json()["accepted"]
        if begin == EVENT_NAMES_MAX:
            size = memory.memory_info().rss
    grown = memory.memory_info().rss - size

    assert sent == EVENT_NAMES_MAX
    assert grown < 64 * 1024**2
    server.refused("many-names", "too_many_event_names", 2 * EVENT_NAMES_MAX)
    known, new = track(event="name 17"), track(event="another name")
    receipt = server.send_to(keys.write, known, new).json()
    assert receipt["accepted"] == 1
    assert [one["reason"] for one in receipt["refused"]] == ["too_many_event_names"]
    assert server.applied("many-names")["stored"] == EVENT_NAMES_MAX + 1
    assert len(server.get("schema", "many-names")["events"]) == EVENT_NAMES_MAX


def test_more_property_names_than_the_limit_are_refused(server: Served) -> None:
    keys = server.make_project("many-properties")
    messages = [
        track(properties={f"p{number}-{place}": 1 for place in range(100)}) for number in range(30)
    ]
    receipt = server.send_to(keys.write, *messages).json()
    assert receipt["accepted"] == 20
    assert {one["reason"] for one in receipt["refused"]} == {"too_many_property_names"}
    assert server.applied("many-properties")["stored"] == 20


# Requests that fit nothing


def test_an_unknown_address_and_a_wrong_method_are_problems(server: Served, keys: Keys) -> None:
    here = "There is nothing here"
    problem(outside.get(f"{server.url}/nowhere"), 404, here)
    problem(outside.post(f"{server.url}/v1/dance", json={}), 404, here)
    problem(outside.get(f"{server.url}/api/v1/projects/{PROJECT}/nowhere"), 404, here)
    wrong = "This method does not fit the address"
    problem(outside.get(f"{server.url}/sdk/batch"), 405, wrong)
    problem(outside.put(f"{server.url}/api/v1/session"), 405, wrong)
    problem(server.client.get(f"/api/v1/projects/{PROJECT}/reports/funnel"), 405, wrong)


def test_a_huge_header_does_not_reach_the_application(server: Served, keys: Keys) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(b"POST /v1/batch HTTP/1.1\r\nHost: x\r\n")
        try:
            for _ in range(64):
                connection.sendall(b"X-Long: " + b"x" * 65_536 + b"\r\n")
            answer = connection.recv(100)
        except (BrokenPipeError, ConnectionResetError):
            answer = b""
    assert answer == b"" or answer.startswith((b"HTTP/1.1 431", b"HTTP/1.1 400"))


# Questions that cannot be answered


@pytest.mark.parametrize(
    ("kind", "definition", "where"),
    [
        ("funnel", {"steps": []}, "steps"),
        ("funnel", {"steps": [{"event": "seen"}] * 200}, "steps"),
        ("funnel", {}, ""),
        ("funnel", {"steps": "seen"}, "steps"),
        ("funnel", {"steps": [{"event": "seen"}, {"event": "never"}]}, "steps[1].event"),
        ("funnel", {"steps": [{"event": "seen"}], "within": "a while"}, "within"),
        ("funnel", {"steps": [{"event": "seen"}], "within": "0 days"}, "within"),
        ("funnel", {"steps": [{"event": "seen"}], "order": "random"}, "order"),
        ("funnel", {"steps": [{"event": "seen"}], "period": {"from": "soon"}}, "period.from"),
        (
            "funnel",
            {"steps": [{"event": "seen"}], "period": {"from": "2026-02-01", "to": "2026-01-01"}},
            "period",
        ),
        ("funnel", {"steps": [{"event": "seen"}], "purpose": "advertising"}, "purpose"),
        ("funnel", {"steps": [{"event": "seen"}], "unknown": 1}, ""),
        ("trend", {"series": [], "every": "day"}, "series"),
        ("trend", {"series": [{"event": "seen"}], "every": "fortnight"}, "every"),
        ("retention", {"start": {"event": "never"}}, "start.event"),
        ("paths", {"period": {"to": "31.12.2026"}}, "period.to"),
    ],
    ids=range(16),
)
def test_a_bad_question_is_a_problem_that_says_where(
    server: Served, keys: Keys, kind: str, definition: dict[str, Any], where: str
) -> None:
    server.send_to(keys.write, track())
    server.applied(PROJECT)
    answer = server.client.post(f"/api/v1/projects/{PROJECT}/reports/{kind}", json=definition)
    assert answer.status_code == 422, answer.text
    found = problem(answer, 422, answer.json()["title"])
    assert found.get("where", "").startswith(where), found
    assert found["detail"]


def test_a_question_that_is_no_json_is_a_problem(server: Served, keys: Keys) -> None:
    address = f"/api/v1/projects/{PROJECT}/reports/funnel"
    for body in (b"", b"{", b"[1]", b"[" * 100_000, b"\xff"):
        answer = server.client.post(address, content=body, headers=JSON)
        assert answer.status_code in (400, 422), answer.text
        problem(answer, answer.status_code, answer.json()["title"])
    answer = server.client.post(address, content=b" " * 2_000_000, headers=JSON)
    problem(answer, 413, "The body is too large")


def test_bad_addresses_of_people_are_problems(server: Served, keys: Keys) -> None:
    here = f"/api/v1/projects/{PROJECT}/people"
    for person in ("0", "-1", "999999999", str(2**63), str(2**200)):
        problem(server.client.get(f"{here}/{person}"), 404, f"There is no person {person}")
    for query in ("limit=many", "after=x", f"after={2**70}", "after=-5"):
        answer = server.client.get(f"{here}?{query}")
        assert answer.status_code in (200, 422), answer.text
    assert server.client.get(f"{here}?limit=-1").status_code in (200, 422)
    assert server.client.get(f"{here}?search=%00").json()["total"] == 0
    assert server.client.get(f"{here}?search={'x' * 5_000}").json()["total"] == 0
    problem(server.client.get(f"{here}/1/timeline?before=x"), 422, "This is no page")


def test_nothing_bad_was_written_beside_the_data(server: Served) -> None:
    """Names that look like paths make no files."""
    keys = server.make_project("paths")
    evil = "../../../evil"
    message = track(event=evil, userId=f"{evil}/user", properties={evil: evil})
    assert server.send_to(keys.write, message).json()["accepted"] == 1
    server.applied("paths")
    where = [{"property": evil, "is": evil}]
    answer = server.ask("funnel", "paths", steps=[{"event": evil, "where": where}])
    assert (answer["steps"][0]["event"], answer["steps"][0]["people"]) == (evil, 1)
    assert not list(Path(server.data).parent.rglob("*evil*"))
