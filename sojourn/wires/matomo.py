"""Matomo's tracking API: `/matomo.php`, one request by GET or form, or many in a JSON body.

The number of the site is the key, and `token_auth` its secret. A request names a page view unless
it tells of something else: an event goes by its action, with its category, name and value as
properties. Who sends neither a user nor a visitor is counted without cookies. Where the request
comes from (`cip`, `ua`) and when it was (`cdt`) are believed of those who show the secret.

Source: https://developer.matomo.org/api-reference/tracking-api
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from sojourn.drop_reason import Dropped, DropReason
from sojourn.errors import BadBody
from sojourn.event import NO_SIGNALS, PAGE_VIEWED, Event, Identifier, Signals
from sojourn.instant import instant_ms
from sojourn.message_id import message_ids
from sojourn.wire import (
    FORM_FIELDS_MAX,
    Receipt,
    Reply,
    Request,
    Wire,
    form_of,
    id_of,
    identifiers_of,
    image_reply,
    json_in,
    json_of,
    json_reply,
    number_of,
    numbers_of,
    page_of,
    require_batch,
    said_of,
    signals_of,
    texts_of,
)

BACKDATED_MS_MAX = 24 * 3_600_000
"""How far back an event may lie whose sender does not show the secret, as in Matomo."""
OF_THE_CALL = ("rand", "cdt")
"""What differs from call to call, where it is said: a random number, or when it was."""
OF_THE_SENDING = ("cdo", "token_auth")
"""What differs each time that one request is sent: how long ago it was, and who may send it."""
ORDER = "0"
"""The number of the goal that stands for orders and carts."""
DIMENSION = "dimension"
CAMPAIGN = ("name", "keyword:term", "source", "medium", "content", "cid:id")
"""What Matomo's own campaign parameters (`mtm_…`, before `pk_…`) are called here."""
PLUGINS = ("ma_id", "fa_id", "hsr_vid", "cra", "hsr_ev")
"""What plugins for media, forms, recordings and crashes send; they tell of no page and no event."""


def content(request: Request) -> list[dict[str, str]]:
    """The parameters of each request that a request holds."""
    if request.method == "GET":
        return [dict(request.query)]
    if not request.body.lstrip().startswith(b"{"):
        return [dict(request.query) | form_of(request)]
    body = json_of(request)
    given = require_batch(body.get("requests"), "requests")
    shared = texts_of({"token_auth": body.get("token_auth")})
    return [shared | _parameters(one) for one in given]


def _parameters(given: Any) -> dict[str, str]:
    """Of one request in a body: an address, its query alone, or an object."""
    if not isinstance(given, str):
        return texts_of(given)
    try:
        return dict(parse_qsl(given.partition("?")[2] or given, max_num_fields=FORM_FIELDS_MAX))
    except ValueError:
        return {}


def key(request: Request, requests: list[dict[str, str]]) -> str:
    """The number of the site, of the first request that says it."""
    return next((one["idsite"] for one in requests if one.get("idsite")), "")


def secret(request: Request) -> str:
    """The token of a request, or of the first in a body that has one."""
    try:
        requests = content(request)
    except BadBody:
        return ""
    return next((one["token_auth"] for one in requests if one.get("token_auth")), "")


def events(request: Request, requests: list[dict[str, str]]) -> list[Event | Dropped]:
    """The events of a body, one for each request but those that only say that a page is open."""
    site = key(request, requests)
    told = [one for one in requests if not _is_heartbeat(one)]
    ids = message_ids(map(_own_words, told))
    return [_event(one, own, site, request) for one, own in zip(told, ids, strict=True)]


def _own_words(given: dict[str, str]) -> dict[str, str] | None:
    """What a request is recognised by when it is sent again, None where nothing tells it from the
    next of its kind."""
    if not any(given.get(name) for name in OF_THE_CALL):
        return None
    return {name: value for name, value in given.items() if name not in OF_THE_SENDING}


def _is_heartbeat(given: dict[str, str]) -> bool:
    return given.get("ping") == "1"


def _event(given: dict[str, str], own: str, site: str, request: Request) -> Event | Dropped:
    if given.get("idsite", site) != site:
        detail = f"It is of site {given['idsite'][:60]}, the others of {site[:60]}."
        return Dropped(DropReason.NOT_AN_EVENT, detail)
    if given.get("rec") != "1":
        return Dropped(DropReason.NOT_AN_EVENT, "It does not ask to be recorded (rec=1).")
    if any(name in given for name in PLUGINS):
        return Dropped(DropReason.NOT_AN_EVENT, "It is of a plugin, for media, forms or crashes.")
    ts = _instant(given, request)
    if isinstance(ts, Dropped):
        return ts
    if given.get("cip") and not request.is_proven:
        return Dropped(DropReason.NOT_AN_EVENT, "An address (cip) needs the site's token_auth.")
    identifiers = identifiers_of(
        user_id=given.get("uid"), anonymous_id=id_of(given.get("cid")) or given.get("_id")
    )
    name, told = _happened(given)
    if name == PAGE_VIEWED and given.get("ca") == "1":
        return Dropped(DropReason.NOT_AN_EVENT, "A custom action (ca=1) without an event.")
    return Event(
        name=name,
        ts=ts,
        identifiers=identifiers,
        properties=_page(given) | told | _custom(given),
        message_id=own,
        source="matomo",
        signals=_signals(given, identifiers, request),
    )


def _instant(given: dict[str, str], request: Request) -> int | Dropped:
    """When it was: `cdt`, or `cdo` seconds ago, or now."""
    told, ago_s = given.get("cdt"), number_of(given.get("cdo", ""))
    ts = instant_ms(told) if told else request.received_ms
    if ts is None:
        return Dropped(DropReason.BAD_TIMESTAMP, f"“{told:.60}” is no instant.")
    if not told and ago_s is not None and ago_s > 0:
        ts -= int(ago_s * 1000)
    if ts < request.received_ms - BACKDATED_MS_MAX and not request.is_proven:
        detail = "An instant (cdt) over a day ago needs the site's token_auth."
        return Dropped(DropReason.TIMESTAMP_OUT_OF_RANGE, detail)
    return ts


def _happened(given: dict[str, str]) -> tuple[str, dict[str, Any]]:
    """What a request tells of: the name of the event, and what is said of it alone."""
    if given.get("e_a") or given.get("e_c"):
        return given.get("e_a") or given["e_c"], _event_of(given)
    if given.get("idgoal") == ORDER:
        return ("Order Completed" if given.get("ec_id") else "Cart Updated"), _order(given)
    if given.get("idgoal"):
        return "Goal Completed", said_of(given, goal="idgoal") | numbers_of(
            given, revenue="revenue"
        )
    if given.get("search"):
        found = said_of(given, query="search", category="search_cat")
        return "Searched", found | numbers_of(given, results="search_count")
    for parameter, name in (("download", "download"), ("link", "outgoing")):
        if given.get(parameter):
            # `url` is where it leads, as with our own script; the page it was on is the referrer.
            return name, page_of(given[parameter], referrer=given.get("url", ""))
    if given.get("c_n"):
        name = "Content Clicked" if given.get("c_i") else "Content Viewed"
        return name, said_of(given, name="c_n", piece="c_p", target="c_t", interaction="c_i")
    product = said_of(given, product_id="_pks", product="_pkn", category="_pkc")
    return PAGE_VIEWED, product | numbers_of(given, price="_pkp")


def _event_of(given: dict[str, str]) -> dict[str, Any]:
    return said_of(given, category="e_c", label="e_n") | numbers_of(given, value="e_v")


def _order(given: dict[str, str]) -> dict[str, Any]:
    """An order or a cart; each of its items is a list: SKU, name, category, price, quantity."""
    amounts = numbers_of(
        given,
        revenue="revenue",
        subtotal="ec_st",
        tax="ec_tx",
        shipping="ec_sh",
        discount="ec_dt",
    )
    fields = ("sku", "name", "category", "price", "quantity")
    items = json_in(given.get("ec_items", ""))
    products = [
        dict(zip(fields, item, strict=False))
        for item in (items if isinstance(items, list) else [])
        if isinstance(item, list)
    ]
    return said_of(given, order_id="ec_id") | amounts | ({"products": products} if products else {})


def _page(given: dict[str, str]) -> dict[str, Any]:
    url = given.get("url", "")
    page = page_of(url, given.get("action_name", ""), given.get("urlref", ""))
    seen = said_of(given, screen="res", language="lang")
    return dict(_campaign(url)) | _said_of_campaign(given) | page | seen


def _campaign(url: str) -> Iterator[tuple[str, str]]:
    """The campaign that an address names in Matomo's own parameters."""
    given = _parameters(url) if "?" in url else {}
    for pair in CAMPAIGN:
        theirs, _, ours = pair.partition(":")
        old = {"name": "pk_campaign", "keyword": "pk_kwd"}.get(theirs, f"pk_{theirs}")
        new = "mtm_campaign" if theirs == "name" else f"mtm_{theirs}"
        value = given.get(new) or given.get(old)
        if value:
            yield f"campaign.{ours or theirs}", value


def _said_of_campaign(given: dict[str, str]) -> dict[str, Any]:
    named = {"campaign.name": given.get("_rcn"), "campaign.term": given.get("_rck")}
    return {name: value for name, value in named.items() if value}


def _custom(given: dict[str, str]) -> dict[str, Any]:
    """Custom dimensions under their numbers, and custom variables under their names."""
    found: dict[str, Any] = {
        name: value
        for name, value in given.items()
        if name.startswith(DIMENSION) and name[len(DIMENSION) :].isdigit()
    }
    for field in ("_cvar", "cvar"):
        variables = json_in(given.get(field, ""))
        for pair in variables.values() if isinstance(variables, dict) else ():
            if isinstance(pair, list) and len(pair) == 2 and id_of(pair[0]):
                found[id_of(pair[0])] = pair[1]
    return found


def _signals(
    given: dict[str, str], identifiers: tuple[Identifier, ...], request: Request
) -> Signals:
    """Address and agent, where they are the person's: those that the request tells, or those of a
    browser. Without an identifier they are all there is to tell people apart by, for a day."""
    own = signals_of(request) if request.is_browsers else NO_SIGNALS
    ip, agent = given.get("cip") or own.ip, given.get("ua") or own.agent
    if not ip and not agent:
        return NO_SIGNALS
    return Signals(ip=ip, agent=agent, cookieless=bool(ip) and not identifiers)


def reply(request: Request, receipt: Receipt) -> Reply:
    """An image, nothing where none is wanted, or the numbers of a body of many."""
    requests = content(request)
    if request.body.lstrip().startswith(b"{"):
        places = [place for place, one in enumerate(requests) if not _is_heartbeat(one)]
        invalid = [places[index] for index in receipt.refused]
        told = {"tracked": receipt.accepted, "invalid": len(invalid), "invalid_indices": invalid}
        return json_reply({"status": "success", **told})
    if requests[0].get("send_image") == "0":
        return Reply(b"", status=204)
    return image_reply()


WIRE = Wire(
    name="matomo",
    title="Matomo",
    paths=("/matomo.php", "/piwik.php"),
    methods=("GET", "POST"),
    content=content,
    key=key,
    secret=secret,
    events=events,
    reply=reply,
)
