"""A wire: how one family of clients speaks. The contract.

Each file in `wires/` has one value `WIRE`. It names the paths that its clients ask for, decodes a
request, finds the key in it, turns it into events, and words the reply as the clients want it. The
HTTP edge does the rest for all wires alike: reading and unpacking the body, checking the key,
running the pipeline, waiting for the disk.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
from multipart import MultipartError, MultipartParser, parse_options_header

from sojourn.collection import Webhook
from sojourn.drop_reason import Dropped
from sojourn.errors import BadBody, SojournError, Unavailable
from sojourn.event import NO_SIGNALS, Event, Identifier, Signals
from sojourn.policy.facts.regions import country_of_code

FORM_FIELDS_MAX = 10_000
BATCH_MAX = 10_000
"""Messages in one body: far more than the size limit leaves room for in practice."""
AGE_YEARS_MAX = 150
"""Nobody is older; a larger number is a year, or no age at all."""
CHANGE_DEPTH_MAX = 6
"""Deeper objects are documents, which the pipeline refuses."""
UNSET_IDS = ("", "null", "undefined", "None", "NaN", "[object Object]")
"""What clients send for an id when they have none."""
PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAAAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")
"""A transparent GIF of one pixel, for clients that ask for an image."""
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
    person's device, where the client runs on it. `is_proven` is whether its key has a secret, which
    it showed, so that what it tells of others can be believed. `webhook` is what the project says
    of the bodies that come under this key."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    received_ms: int
    address: str = ""
    is_proven: bool = False
    webhook: Webhook | None = None

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


def json_in(text: str) -> Any:
    """The JSON that a parameter holds, None where it holds none."""
    try:
        return msgspec.json.decode(text) if text else None
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError):
        return None


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


def data_of(request: Request) -> Any:
    """The JSON of a body, or of the field `data` of a query or a form, plain or in base64."""
    if request.method == "GET":
        text = request.query.get("data", "")
    elif request.body.lstrip()[:1] in (b"{", b"["):
        return json_of(request)
    else:
        text = form_of(request).get("data", "")
    if text.lstrip()[:1] in ("{", "["):
        return decode_json(text.encode())
    # What is not encoded once more for the address turns each “+” of base64 into a space.
    code = text.replace(" ", "+").rstrip("=")
    try:
        return decode_json(base64.b64decode(code + "=" * (-len(code) % 4), validate=True))
    except (binascii.Error, ValueError):
        raise BadBody(
            "The field “data” is neither JSON nor base64", where="data", mend="Send JSON."
        ) from None


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


def id_of(given: Any) -> str:
    """An id that a client gives, as text; "" where it is none, or a word that means none."""
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        return ""
    text = text_of(given).strip()
    return "" if text in UNSET_IDS else text


def identifiers_of(**given: Any) -> tuple[Identifier, ...]:
    """The identifiers that are given, by type, without those that are none."""
    named = ((kind, id_of(value)) for kind, value in given.items())
    return tuple(Identifier(kind, value) for kind, value in named if value)


def email_of(given: Any) -> str:
    """The e-mail address that is given, in lower case; "" where it is none."""
    return given.strip().lower() if isinstance(given, str) and "@" in given else ""


def age_of(given: Any) -> float | None:
    """The age in years that is given, as a number or as its text, None where it is none."""
    age: Any = number_of(given) if isinstance(given, str) else given
    is_number = isinstance(age, int | float) and not isinstance(age, bool)
    return float(age) if is_number and 0 <= age < AGE_YEARS_MAX else None


def country_of(given: Any) -> str:
    """The country whose code is given, by its two letters of ISO 3166-1; "" where it is none's."""
    return country_of_code(given) if isinstance(given, str) else ""


def changes_of(
    message: Mapping[str, Any], operators: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """The traits that a message tells under each of the `operators` (what clients call it → one of
    `TRAIT_CHANGES`, "" where the trait is simply set), and how those that are not set change. Of
    one that is told twice, the operator that comes first in `operators` counts."""
    traits: dict[str, Any] = {}
    how: dict[str, str] = {}
    for operator, change in operators.items():
        told = message.get(operator)
        if isinstance(told, list):
            told = dict.fromkeys((name for name in told if isinstance(name, str)), True)
        for name, value in told.items() if isinstance(told, dict) else ():
            for inner, item in _flat(name, value) if change else ((name, value),):
                if inner not in traits and item is not None:
                    traits[inner] = item
                    if change:
                        how[inner] = change
    return traits, how


def _flat(name: str, value: Any, depth: int = 1) -> Iterator[tuple[str, Any]]:
    # Each trait of a nested object changes by itself, under the name that it will have.
    if not isinstance(value, dict) or depth == CHANGE_DEPTH_MAX:
        yield name, value
        return
    for inner, item in value.items():
        yield from _flat(f"{name}.{inner}", item, depth + 1)


def texts_of(given: Any) -> dict[str, str]:
    """The fields of an object as text, as a form has them; without what is nested or null."""
    if not isinstance(given, dict):
        return {}
    return {
        name: str(value) for name, value in given.items() if isinstance(value, str | int | float)
    }


def said_of(given: Mapping[str, str], **parameters: str) -> dict[str, Any]:
    """What some parameters say, by our names for them; without those that say nothing."""
    return {ours: given[theirs] for ours, theirs in parameters.items() if given.get(theirs)}


def numbers_of(given: Mapping[str, str], **parameters: str) -> dict[str, Any]:
    """The numbers in some parameters, by our names for them; without those that are none."""
    numbers = ((ours, number_of(given.get(theirs, ""))) for ours, theirs in parameters.items())
    return {ours: number for ours, number in numbers if number is not None}


def number_of(text: str) -> float | None:
    """The number that a text is, None where it is none."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def require_batch(messages: Any, where: str) -> list[Any]:
    """The messages of a body, which must be a list of no more than `BATCH_MAX`."""
    if not isinstance(messages, list):
        raise BadBody("The body has no list of messages", where=where, mend="Send a list of them.")
    if len(messages) > BATCH_MAX:
        raise BadBody(
            "The batch has too many messages",
            detail=f"It has {len(messages):,}; {BATCH_MAX:,} are allowed.",
            where=where,
            mend="Send several smaller ones.",
        )
    return messages


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


def failure_reply(failure: SojournError, told: Any) -> Reply:
    """A failure in the words of a client that reads the body; the status says it to the others."""
    again = {"Retry-After": str(failure.retry_after_s)} if isinstance(failure, Unavailable) else {}
    return Reply(msgspec.json.encode(told), failure.status, headers=again)


def image_reply() -> Reply:
    """A reply that is an image, which no browser and no proxy may keep."""
    return Reply(PIXEL, media_type="image/gif", headers={"Cache-Control": "no-store"})


def receipt_reply(request: Request, receipt: Receipt) -> Reply:
    """Our own reply: how many are on disk, and what was refused and why."""
    refused = refusals_of(receipt)
    return json_reply({"success": True, "accepted": receipt.accepted, "refused": refused})


def refusals_of(receipt: Receipt) -> list[dict[str, Any]]:
    """What was refused: its place in the request, the reason, and a sentence."""
    return [
        {"index": index, "reason": dropped.reason.value, "detail": dropped.detail}
        for index, dropped in receipt.refused.items()
    ]


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
