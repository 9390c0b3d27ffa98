"""Who receives data, and being told when that changes: the page with its form, the page of one
subscription, the feed, and for members what became of the mails.

The form answers the same whether or not an address is known. What a mail's link opens changes
nothing before a button is pressed, for programs follow links as well; a mail program that stops it
for its person (RFC 8058) presses it, so to say.
"""

from __future__ import annotations

import asyncio
from ipaddress import IPv6Address, ip_address, ip_network

from litestar import Response, get, post
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from sojourn.api.access import AnyRequest, open_project
from sojourn.api.connection import address_of
from sojourn.api.public import PAGE_SECURITY, SHUT_CACHE, Shown, in_force, respond, shown_to
from sojourn.api.rate import Rate
from sojourn.application import Sojourn
from sojourn.egress.mailings import Told
from sojourn.egress.subscriptions import Subscriptions
from sojourn.errors import NotFound
from sojourn.ingest.project import Project
from sojourn.mail import is_address
from sojourn.policy import feed, show, subscribing
from sojourn.policy.documents import recipients
from sojourn.policy.subscribing import ACT, FIELD, FORM, Standing

FORM_BYTES_MAX = 4 * 1024
HOUR_MS = 3_600_000
ASKED_MAX, ASKED_PERIOD_MS = 3, 24 * HOUR_MS
"""Mails that an address which confirmed none is sent: one, and two for who did not find it."""
GIVEN_MAX, GIVEN_PERIOD_MS = 10, HOUR_MS
"""Addresses taken from one connection."""
FORM_SECURITY = PAGE_SECURITY.replace("form-action 'none'", "form-action 'self'")
"""A page with a form sends it to this server only."""


class Rates:
    """How often an address is written to that did not confirm, and how many a connection gives."""

    def __init__(self, sojourn: Sojourn) -> None:
        self.asked = Rate(ASKED_MAX, ASKED_PERIOD_MS, sojourn.clock_ms)
        self.given = Rate(GIVEN_MAX, GIVEN_PERIOD_MS, sojourn.clock_ms)


@get(
    "/p/{project:str}/recipients",
    sync_to_thread=True,
    operation_id="show_public_recipients",
    summary="Show what the policy says: who receives data",
)
def show_recipients(request: AnyRequest, state: State, project: FromPath[str]) -> Response[bytes]:
    return _recipients(state.sojourn, shown_to(request, state.sojourn, project))


@get(
    "/p/{project:str}/changes.xml",
    sync_to_thread=True,
    operation_id="show_changes_feed",
    summary="Show the versions of the policy as an Atom feed",
)
def show_feed(request: AnyRequest, state: State, project: FromPath[str]) -> Response[bytes]:
    shown = shown_to(request, state.sojourn, project)
    if shown.draft:
        raise NotFound("Nothing was public yet", mend="A policy without `draft` is public.")
    return respond(feed.atom(shown.history, shown.zone), "atom", shown)


@post(
    f"/p/{{project:str}}/{FORM}",
    status_code=200,
    operation_id="subscribe_to_recipients",
    summary="Ask that an address be told when recipients change",
    request_max_body_size=FORM_BYTES_MAX,
)
async def ask(request: AnyRequest, state: State, project: FromPath[str]) -> Response[bytes]:
    sojourn, rates = state.sojourn, state.rates
    shown = await asyncio.to_thread(shown_to, request, sojourn, project)
    if shown.draft or sojourn.send_mail is None:
        raise NotFound("No mail is sent here", mend="Follow /p/{project}/changes.xml.")
    given = (await request.form()).get(FIELD, "")
    address = given.strip() if isinstance(given, str) else ""
    if not is_address(address):
        return _recipients(sojourn, shown, wrong=address)
    if not rates.given.allows(_connection(request, sojourn)):
        return _standing(shown, "too many", status=429)
    if rates.asked.allows(_mailbox(address)):
        await asyncio.to_thread(sojourn.subscriptions(sojourn.project(project)).ask, address)
    return _standing(shown, "asked")


@get(
    "/p/{project:str}/subscription",
    operation_id="show_subscription",
    summary="Show how the subscription of a mail's link stands",
)
async def show_subscription(
    state: State, project: FromPath[str], link: FromQuery[str] = ""
) -> Response[bytes]:
    return await asyncio.to_thread(_subscription, state.sojourn, project, link)


@post(
    "/p/{project:str}/subscription",
    status_code=200,
    operation_id="change_subscription",
    summary="Confirm the subscription of a mail's link, or stop it",
    request_max_body_size=FORM_BYTES_MAX,
)
async def change_subscription(
    request: AnyRequest, state: State, project: FromPath[str], link: FromQuery[str] = ""
) -> Response[bytes]:
    form = await request.form()
    confirms = form.get(ACT) == "confirm"
    if not confirms and form.get(ACT) != "stop" and form.get("List-Unsubscribe") != "One-Click":
        return await asyncio.to_thread(_subscription, state.sojourn, project, link)
    subscriptions, shown = await asyncio.to_thread(_open, state.sojourn, project)
    change = subscriptions.confirm if confirms else subscriptions.stop
    if not await asyncio.to_thread(change, link):
        return _standing(shown, "unknown", status=404)
    return _standing(shown, "confirmed", link) if confirms else _standing(shown, "stopped")


@get(
    "/api/v1/projects/{project:str}/privacy/mailings",
    sync_to_thread=True,
    operation_id="list_mailings",
    summary="Tell how far those who asked have been told of each version",
)
def list_mailings(request: AnyRequest, state: State, project: FromPath[str]) -> list[Told]:
    opened = open_project(request, state.sojourn, project)
    told: list[Told] = state.sojourn.mailings(opened).told()
    return told


def routes() -> list[HTTPRouteHandler]:
    """What everybody may call."""
    return [show_recipients, show_feed, ask, show_subscription, change_subscription]


def _recipients(sojourn: Sojourn, shown: Shown, wrong: str | None = None) -> Response[bytes]:
    compiled = show.read(shown.version.text, shown.today)
    form = sojourn.send_mail is not None and not shown.draft
    section = subscribing.section(compiled, shown.today, form=form, wrong=wrong)
    text = recipients.html(compiled, shown.today, section)
    security = FORM_SECURITY if form else PAGE_SECURITY
    response = respond(text, "html", shown, None if wrong is None else SHUT_CACHE, security)
    response.status_code = 200 if wrong is None else 422
    return response


def _subscription(sojourn: Sojourn, project: str, link: str) -> Response[bytes]:
    subscriptions, shown = _open(sojourn, project)
    confirmed = subscriptions.is_confirmed(link)
    if confirmed is None:
        return _standing(shown, "unknown", status=404)
    return _standing(shown, "confirmed" if confirmed else "waiting", link)


def _standing(
    shown: Shown, standing: Standing, link: str = "", status: int = 200
) -> Response[bytes]:
    compiled = show.read(shown.version.text, shown.today)
    text = subscribing.html(compiled, shown.today, standing, link)
    response = respond(text, "html", shown, SHUT_CACHE, FORM_SECURITY)
    response.status_code = status
    return response


def _open(sojourn: Sojourn, name: str) -> tuple[Subscriptions, Shown]:
    """The subscriptions of a project, also of one whose policy is a draft again: whoever wants no
    more is not made to wait."""
    project: Project = sojourn.project(name)
    shown = in_force(sojourn, project)
    if shown is None:
        raise NotFound("No policy is in force yet", mend="`sojourn policy publish` makes one.")
    return sojourn.subscriptions(project), shown


def _connection(request: AnyRequest, sojourn: Sojourn) -> str:
    """What counts as one connection: an address, or the network that a household is given."""
    address = address_of(request, sojourn.settings.trusted_proxies)
    try:
        known = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((known, 64), strict=False) if isinstance(known, IPv6Address) else known)


def _mailbox(address: str) -> str:
    """Whose mailbox it is: `ann+shop@` and `ann@` are one."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
