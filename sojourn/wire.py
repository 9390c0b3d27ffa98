"""A wire: how one family of clients speaks. The contract.

Each file in `wires/` has one value `WIRE`. It names the paths that its clients ask for, decodes a
request, finds the key in it, turns it into events, and words the reply as the clients want it. The
HTTP edge does the rest for all wires alike: reading and unpacking the body, checking the key,
running the pipeline, waiting for the disk.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
from multipart import MultipartError, MultipartParser, parse_options_header

from sojourn.drop_reason import Dropped
from sojourn.errors import BadBody, SojournError
from sojourn.event import NO_SIGNALS, Event, Signals

FORM_FIELDS_MAX = 10_000
UTM = {
    "campaign": "name",
    "source": "source",
    "medium": "medium",
    "term": "term",
    "content": "content",
    "id": "id",
}
"""The parameters of an address that name a campaign, and what we call them."""
SKEW_MS_MIN = 10_000
"""A smaller difference is the time that the request took. It differs from request to request, so
correcting by it would put the events of one person out of order."""
BROWSER_HEADERS = ("sec-fetch-mode", "origin", "referer")
"""What browsers send by themselves, and the libraries of servers and phones do not."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request of a client. Names of headers are in lower case; `query` has the last value of
    each name; `body` is unpacked. `address` and `agent` are those of the connection: of the
    person's device, where the client runs on it."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    received_ms: int
    address: str = ""

    @property
    def agent(self) -> str:
        """The user agent, "" when none is said."""
        return self.headers.get("user-agent", "")

    @property
    def is_browsers(self) -> bool:
        """Whether a browser sent it, so that the connection is the person's own."""
        return any(name in self.headers for name in BROWSER_HEADERS)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of the events of a request: `accepted` are on disk; of the refused each has its
    place in the request."""

    accepted: int
    refused: Mapping[int, Dropped]


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered. A redirect (`Location`) only goes to hosts that the project allows."""

    body: bytes
    status: int = 200
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


def json_of(request: Request) -> Any:
    """The JSON of a request's body."""
    return decode_json(request.body)


def decode_json(body: bytes) -> Any:
    """The JSON of some bytes; what is wrong with it is told with its place."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as failure:
        raise BadBody(
            "The body is not JSON", detail=f"{failure}.", mend="Nothing of it was kept; mend it."
        ) from None


def form_of(request: Request) -> dict[str, str]:
    """The fields of a form, urlencoded or multipart without files; of a repeated one the last."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    try:
        if kind == "multipart/form-data":
            return _multipart(request.body, options.get("boundary", ""))
        fields = parse_qsl(
            request.body.decode(), keep_blank_values=True, max_num_fields=FORM_FIELDS_MAX
        )
    except (MultipartError, UnicodeDecodeError, ValueError) as failure:
        raise BadBody("The body is no form", detail=f"{failure}.", mend="Mend it.") from None
    return dict(fields)


def _multipart(body: bytes, boundary: str) -> dict[str, str]:
    parser = MultipartParser(
        BytesIO(body), boundary, content_length=len(body), memory_limit=len(body) + 1
    )
    return {part.name: part.value for part in parser if not part.filename}


def basic_of(request: Request) -> tuple[str, str]:
    """Name and password of HTTP Basic, two times "" when there is none that can be read."""
    scheme, _, code = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        name, _, password = base64.b64decode(code, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, password


def skew_ms(sent_ms: int | None, received_ms: int) -> int:
    """By how much a client's clock is behind ours, in ms: received minus sent, where it says when
    it sent; to be added to its instants."""
    skew = 0 if sent_ms is None else received_ms - sent_ms
    return skew if abs(skew) >= SKEW_MS_MIN else 0


def text_of(identifier: Any) -> str:
    """An id as text: the numbers 42 and 42.0 are the person “42”."""
    whole = isinstance(identifier, float) and identifier.is_integer()
    return str(int(identifier)) if whole else str(identifier)


def page_of(url: str, title: str = "", referrer: str = "") -> dict[str, Any]:
    """The properties of a page that was seen: `url`, `path`, `search`, `title`, `referrer`, and
    `campaign.*` from the utm parameters of the address; without those that are empty."""
    try:
        parts = urlsplit(url)
        given = dict(parse_qsl(parts.query, max_num_fields=FORM_FIELDS_MAX))
    except ValueError:
        return {name: value for name, value in _named(url, "", "", title, referrer) if value}
    found = _named(url, parts.path, f"?{parts.query}" if parts.query else "", title, referrer)
    campaign = ((f"campaign.{ours}", given.get(f"utm_{theirs}")) for theirs, ours in UTM.items())
    return {name: value for name, value in (*found, *campaign) if value}


def _named(*values: str) -> tuple[tuple[str, str], ...]:
    return tuple(zip(("url", "path", "search", "title", "referrer"), values, strict=True))


def signals_of(request: Request) -> Signals:
    """What a request from the person's own device says of the person's situation."""
    return Signals(ip=request.address, agent=request.agent) if request.address else NO_SIGNALS


def json_reply(value: Any, status: int = 200) -> Reply:
    """A reply in JSON."""
    return Reply(msgspec.json.encode(value), status)


def receipt_reply(request: Request, receipt: Receipt) -> Reply:
    """Our own reply: how many are on disk, and what was refused and why."""
    refused = [
        {"index": index, "reason": dropped.reason.value, "detail": dropped.detail}
        for index, dropped in receipt.refused.items()
    ]
    return json_reply({"success": True, "accepted": receipt.accepted, "refused": refused})


@dataclass(frozen=True, slots=True)
class Wire:
    """One family of clients.

    `paths` are the routes they ask for with one of `methods`, with parameters as `{kind:str}`; two
    wires may share a path, where their keys stand at different places. `content` decodes a
    request, and raises `BadBody` when it is not what the wire speaks. `key` finds what says whose
    project it is, "" when nothing does: a random key, or a name such as a domain or the number of a
    site, where clients have no other. `events` gives the events, in order, with a `Dropped` in the
    place of what is none. `secret` finds the password of a client that has one. `reply` is the
    answer when all is on disk; `failure` the answer to what the edge refused, where clients do not
    understand problem documents. `asides` answers, by path, what clients ask for besides and what
    collects nothing. `credentials` is for browser clients that ask as if they had cookies, which
    nobody reads.
    """

    name: str
    title: str
    paths: tuple[str, ...]
    key: Callable[[Request, Any], str]
    events: Callable[[Request, Any], list[Event | Dropped]]
    methods: tuple[str, ...] = ("POST",)
    content: Callable[[Request], Any] = json_of
    secret: Callable[[Request], str] = lambda request: basic_of(request)[1]
    reply: Callable[[Request, Receipt], Reply] = receipt_reply
    failure: Callable[[Request, SojournError], Reply] | None = None
    asides: Mapping[str, Callable[[Request], Reply]] = field(default_factory=dict)
    credentials: bool = False
