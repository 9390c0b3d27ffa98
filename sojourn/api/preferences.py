"""Consent, as people meet it: what the banner asks for, the preference centre, and their decisions.

No key is needed, for anybody may decide for themselves; who decides is named by an anonymous id
that only their browser knows. A draft is no more there than any other of its public pages.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

import msgspec
from litestar import HttpMethod, Response, get, route
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Meta

from sojourn.api.access import AnyRequest
from sojourn.api.collect import cors
from sojourn.api.connection import address_of
from sojourn.api.consents import heed
from sojourn.api.public import SHUT_CACHE, Shown, respond, shown_to
from sojourn.application import Sojourn
from sojourn.consent import records
from sojourn.consent.consents import Decision
from sojourn.consent.records import ConsentRecord, Notice
from sojourn.errors import BadBody, BadQuestion
from sojourn.geography import country_of
from sojourn.policy import preferences, show
from sojourn.policy.choices import Choice, choices
from sojourn.policy.page import STYLE_HASH
from sojourn.policy.rules import PURPOSES_MAX
from sojourn.wire import decode_json

DECISION_BYTES_MAX = 16 * 1024
"""Each purpose that there can be, by the longest name, and room to spare."""
PAGE_SECURITY = (
    f"default-src 'none'; style-src {STYLE_HASH}; script-src 'self'; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""The preference centre runs its own script, and speaks to this server only."""
OWN_CACHE = "private, max-age=300"
"""What may be decided depends on where somebody is, so no cache keeps it for others."""


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody is asked, and under which version of the policy; `country` has two letters, or
    none where it is not known and the strictest rule holds."""

    project: str
    organisation: str
    version: str
    sha256: str
    country: str
    choices: tuple[Choice, ...]


class Chosen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody decided, and the hash of the policy that they were shown."""

    anonymous_id: Annotated[str, Meta(min_length=8, max_length=200)]
    purposes: Annotated[dict[str, records.State], Meta(min_length=1, max_length=PURPOSES_MAX)]
    how: Literal["banner", "preferences"]
    sha256: str


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """The record of a decision as the person gets it: all of it but who they are here. `kept_off`
    are the purposes that they agreed to and their browser says no to: they are not in it."""

    schema: str
    record: str
    notice: Notice
    controller: str
    purposes: dict[str, records.State]
    at_ms: int
    until_ms: int | None
    how: str
    granted_by: records.Granter
    kept_off: dict[str, str]


@get(
    "/p/{project:str}/consent.json",
    sync_to_thread=True,
    operation_id="show_choices",
    summary="Show what a person may decide, for the banner",
)
def show_choices(request: AnyRequest, state: State, project: FromPath[str]) -> Response[bytes]:
    shown = shown_to(request, state.sojourn, project)
    country = _country(request, state.sojourn, project)
    organisation = show.read(shown.version.text, shown.today).policy.organisation.name
    offer = Offer(
        project=project,
        organisation=organisation or project,
        version=shown.version.version,
        sha256=shown.version.digest.hex(),
        country=country,
        choices=_choices(state.sojourn, project, shown, country),
    )
    headers = {**cors(request.headers), "Cache-Control": SHUT_CACHE if shown.draft else OWN_CACHE}
    body = msgspec.json.encode(offer)
    return Response(body, media_type="application/json", headers=headers)


@get(
    "/p/{project:str}/preferences",
    sync_to_thread=True,
    operation_id="show_preferences",
    summary="Show the preference centre",
)
def show_preferences(request: AnyRequest, state: State, project: FromPath[str]) -> Response[bytes]:
    shown = shown_to(request, state.sojourn, project)
    country = _country(request, state.sojourn, project)
    compiled = show.read(shown.version.text, shown.today)
    offered = _choices(state.sojourn, project, shown, country)
    text = preferences.html(compiled, shown.today, offered)
    return respond(text, "html", shown, None if shown.draft else OWN_CACHE, PAGE_SECURITY)


@route(
    "/p/{project:str}/consents",
    http_method=[HttpMethod.POST, HttpMethod.OPTIONS],
    summary="Take down what somebody decided for themselves",
    status_code=200,
    raises=[],
    request_max_body_size=DECISION_BYTES_MAX,
)
async def decide(request: AnyRequest, state: State, project: FromPath[str]) -> Response[bytes]:
    if request.method == "OPTIONS":
        return Response(b"", status_code=204, headers=cors(request.headers))
    sojourn: Sojourn = state.sojourn
    shown = await asyncio.to_thread(shown_to, request, sojourn, project)
    chosen = _read(await request.body())
    if chosen.sha256 != shown.version.digest.hex():
        raise BadQuestion(
            "The policy is not the one that was shown",
            detail=f"Version {shown.version.version} is in force.",
            where="sha256",
            mend="Ask for /p/{project}/consent.json again, and show that.",
        )
    identifiers = {"anonymous_id": chosen.anonymous_id}
    decision = Decision(identifiers=identifiers, purposes=chosen.purposes, how=chosen.how)
    opened = sojourn.project(project)
    decision, off = heed(decision, request.headers, opened.rules)
    record = await asyncio.to_thread(sojourn.governance(opened).record, decision)
    body = msgspec.json.encode(_receipt(record, off))
    return Response(body, media_type="application/json", headers=cors(request.headers))


def routes() -> list[HTTPRouteHandler]:
    """What everybody may call."""
    return [show_choices, show_preferences, decide]


def _read(body: bytes) -> Chosen:
    try:
        return msgspec.convert(decode_json(body), Chosen)
    except msgspec.ValidationError as failure:
        raise BadBody(
            "The decision cannot be read",
            detail=f"{failure}.",
            mend="Send anonymous_id, purposes, how and sha256; see docs/reference/http.md.",
        ) from None


def _receipt(record: ConsentRecord, off: dict[str, str]) -> Receipt:
    own = {name: getattr(record, name) for name in Receipt.__struct_fields__ if name != "kept_off"}
    return Receipt(**own, kept_off=off)


def _choices(sojourn: Sojourn, project: str, shown: Shown, country: str) -> tuple[Choice, ...]:
    policy = show.read(shown.version.text, shown.today).policy
    rules = sojourn.project(project).rules
    return choices(policy, rules, country, shown.today, sojourn.clock_ms())


def _country(request: AnyRequest, sojourn: Sojourn, project: str) -> str:
    """Where a connection comes from, looked up only where it makes a difference."""
    makes_a_difference = bool(sojourn.project(project).rules.regions)
    address = address_of(request, sojourn.settings.trusted_proxies) if makes_a_difference else ""
    return country_of(address) if address else ""
