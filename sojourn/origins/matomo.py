"""Matomo's log of visits: what the API `Live.getLastVisitsDetails` answers with, as JSON. A row is
a visit with all that was done in it.

Source: https://developer.matomo.org/api-reference/reporting-api (Live), and Matomo's own plugin.
"""

from __future__ import annotations

from typing import Any

import msgspec

from sojourn.drop_reason import Dropped, DropReason
from sojourn.event import Event
from sojourn.origin import Origin, Reading, as_sent, without_instant
from sojourn.wire import country_of, texts_of
from sojourn.wires.matomo import ORDER, WIRE

ACTIONS: dict[str, dict[str, str]] = {
    "action": {"action_name": "pageTitle", "url": "url"},
    "event": {
        "e_c": "eventCategory",
        "e_a": "eventAction",
        "e_n": "eventName",
        "e_v": "eventValue",
        "url": "url",
    },
    "search": {
        "search": "siteSearchKeyword",
        "search_cat": "siteSearchCategory",
        "search_count": "siteSearchCount",
        "url": "url",
    },
    "download": {"download": "url"},
    "outlink": {"link": "url"},
    "goal": {"idgoal": "goalId", "revenue": "revenue", "url": "url"},
    "ecommerceOrder": {
        "ec_id": "orderId",
        "revenue": "revenue",
        "ec_st": "revenueSubTotal",
        "ec_tx": "revenueTax",
        "ec_sh": "revenueShipping",
        "ec_dt": "revenueDiscount",
    },
    "ecommerceAbandonedCart": {"revenue": "revenue"},
}
"""What is done in a visit, and which of its fields are what parameter of a tracking request."""
ITEM = ("itemSKU", "itemName", "itemCategory", "price", "quantity")
VISIT = {"browser": "browserName", "os": "operatingSystemName", "device": "deviceType"}


def events(row: dict[str, Any], reading: Reading) -> list[Event | Dropped]:
    """The events of a visit, in their order."""
    actions = row.get("actionDetails")
    if not isinstance(actions, list):
        return [Dropped(DropReason.BAD_ROW, "The visit has no actionDetails.")]
    visit = texts_of(row)
    said = {ours: visit[theirs] for ours, theirs in VISIT.items() if visit.get(theirs)}
    country = visit.get("countryCode", "")
    found: list[Event | Dropped] = []
    for place, action in enumerate(actions):
        for event in _events(action, visit, reading, is_first=place == 0):
            found.append(_of_the_visit(event, said, country))
    return found


def _events(
    action: Any, visit: dict[str, str], reading: Reading, *, is_first: bool
) -> list[Event | Dropped]:
    told = texts_of(action)
    fields = ACTIONS.get(told.get("type", ""))
    if fields is None:
        kind = told.get("type", "")[:60]
        return [Dropped(DropReason.NOT_AN_EVENT, f"“{kind}” is nothing that a person does.")]
    sent = {parameter: told[name] for parameter, name in fields.items() if told.get(name)}
    sent |= {
        "rec": "1",
        "idsite": visit.get("idSite", "1"),
        "uid": visit.get("userId", ""),
        "_id": visit.get("visitorId", ""),
        "cdt": told.get("timestamp", ""),
        "lang": visit.get("languageCode", ""),
        "res": visit.get("resolution", ""),
        "urlref": visit.get("referrerUrl", "") if is_first else "",
    }
    if told["type"].startswith("ecommerce"):
        items = action.get("itemDetails")
        listed = [[_field(item, name) for name in ITEM] for item in items or () if item]
        sent |= {"idgoal": ORDER, "ec_items": msgspec.json.encode(listed).decode()}
    return without_instant(sent["cdt"]) or as_sent(
        WIRE, "/matomo.php", [sent], reading, has_ids=False
    )


def _field(item: Any, name: str) -> Any:
    return item.get(name) if isinstance(item, dict) else None


def _of_the_visit(event: Event | Dropped, said: dict[str, str], country: str) -> Event | Dropped:
    """An event with what is known of the visit as a whole."""
    if isinstance(event, Dropped):
        return event
    signals = msgspec.structs.replace(event.signals, country=country_of(country), cookieless=False)
    return msgspec.structs.replace(event, properties=said | event.properties, signals=signals)


ORIGIN = Origin(title="Matomo (Live.getLastVisitsDetails)", events=events)
