"""PostHog's capture API: batches of servers, single messages of browsers and phones.

PostHog has one id for a person, `distinct_id`, which is the client's own until the person is
identified. What says that nobody is identified makes it an anonymous id; otherwise it is the
user's, and `$identify` joins the two. A page view carries the address of the page; properties that
begin with `$` are PostHog's own, and of those only what describes the visit is kept. What its
clients tell of themselves (flags they asked for, timings) tells of no person and is passed over.

Source: https://posthog.com/docs/api/capture, and the clients' sources.
"""

from __future__ import annotations

from typing import Any

from sojourn.drop_reason import Dropped, DropReason
from sojourn.errors import BadBody
from sojourn.event import (
    NO_SIGNALS,
    PAGE_VIEWED,
    SCREEN_VIEWED,
    Event,
    Identifier,
    Kind,
    Signals,
)
from sojourn.instant import instant_ms
from sojourn.wire import (
    UTM,
    Receipt,
    Reply,
    Request,
    Wire,
    age_of,
    changes_of,
    data_of,
    email_of,
    id_of,
    identifiers_of,
    json_reply,
    page_of,
    require_batch,
    signals_of,
    skew_ms,
)

NEWER = "/i/v1/analytics/events"
"""Clients ask this one only when told to; it answers for each event."""
LEAVE = "$pageleave"
VIEWS = {"$pageview": PAGE_VIEWED, "$screen": SCREEN_VIEWED, LEAVE: "Page Left"}
PROFILES = ("$identify", "$set", "$set_once", "$unset", "$groupidentify")
ALIASES = ("$create_alias", "$merge_dangerously")
OF_THE_CLIENT = (
    "$experiment_exposure",
    "$feature_flag_called",
    "$opt_in",
    "$performance_event",
    "$snapshot",
    "$snapshot_items",
    "$web_vitals",
    "$$client_ingestion_warning",
    "$$heatmap",
)
"""Events in which a client tells of itself, or of a page rather than of the person."""
OPERATORS = {"$set": "", "$set_once": "once", "$unset": "unset"}
NAMES = {
    "$app_version": "app_version",
    "$browser": "browser",
    "$browser_language": "language",
    "$device_type": "device",
    "$el_text": "text",
    "$event_type": "action",
    "$exception_level": "level",
    "$external_click_url": "link",
    "$groups": "groups",
    "$locale": "language",
    "$os": "os",
    "$pathname": "path",
    "$screen_name": "name",
    "$timezone": "timezone",
} | {f"utm_{theirs}": f"campaign.{ours}" for theirs, ours in UTM.items()}
"""Properties that PostHog names, and what they are called here."""
OF_THE_PAGE_LEFT = {
    "$prev_pageview_duration": "duration",
    "$prev_pageview_max_scroll_percentage": "scroll_depth",
}
"""What is said of a page when it is left, in seconds and from 0 to 1, and of the one before it too
when the next is seen."""
OF_THE_SERVER = ("$browser", "$device_type", "$locale", "$os", "$timezone")
"""What a server's library says of the server, and a device's of the device."""
PLUMBING = ("distinct_id", "token", "locally_evaluated")
NOWHERE = "$direct"
"""The referrer of a page that was opened directly."""
NOBODY = (
    *("anonymous", "guest", "distinctid", "distinct_id", "id", "not_authenticated", "email"),
    *("undefined", "true", "false", "null", "none", "nan", "0"),
)
"""Ids that PostHog refuses to join people by, in lower case: they stand for whom nobody knows."""
COOKIELESS = "$posthog_cookieless"
"""The id of everybody who is counted without cookies."""
PHONES = ("posthog-android", "posthog-flutter", "posthog-ios", "posthog-react-native")
"""Libraries that run on the person's own device, and are no browser."""


def key(request: Request, content: Any) -> str:
    """The project's API key: of the body, of its first message, or the bearer's."""
    if isinstance(content, dict) and "events" in content:
        return ""
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    if request.path.startswith(NEWER) and scheme.lower() == "bearer":
        return bearer
    return _token(content) or next(map(_token, _given(content)), "")


def _token(message: Any) -> str:
    if not isinstance(message, dict):
        return ""
    properties = _object(message, "properties")
    named = (message.get("api_key"), message.get("token"), properties.get("token"))
    return next((token for token in named if isinstance(token, str) and token), "")


def _given(content: Any) -> list[Any]:
    """The messages of a body: a batch, a list, or one message."""
    if isinstance(content, dict) and "batch" in content:
        return require_batch(content["batch"], "batch")
    return require_batch(content if isinstance(content, list) else [content], "")


def _messages(content: Any) -> list[Any]:
    """The messages that tell of a person."""
    return [one for one in _given(content) if not _is_of_the_client(one)]


def _is_of_the_client(message: Any) -> bool:
    return isinstance(message, dict) and message.get("event") in OF_THE_CLIENT


def events(request: Request, content: Any) -> list[Event | Dropped]:
    """The events of a body, one for each message that tells of a person."""
    if not isinstance(content, dict | list):
        raise BadBody("The body is not a JSON object", mend="Send one event, or a batch of them.")
    told = content.get("sent_at") if isinstance(content, dict) else None
    sent = told or request.headers.get("posthog-request-timestamp")
    skew = skew_ms(instant_ms(sent), request.received_ms)
    token = key(request, content)
    return [_event(message, token, skew, request) for message in _messages(content)]


def _event(message: Any, token: str, skew: int, request: Request) -> Event | Dropped:
    name = message.get("event") if isinstance(message, dict) else None
    if not isinstance(name, str):
        return Dropped(DropReason.NOT_AN_EVENT, "It is no object with an “event”.")
    if _token(message) not in ("", token):
        return Dropped(DropReason.NOT_AN_EVENT, "It is of another project than the first one.")
    properties = _options(message) | _object(message, "properties")
    skew = 0 if message.get("timestamp") is None else skew
    ts = _instant(message, skew, request.received_ms)
    if isinstance(ts, Dropped):
        return ts
    kind = _kind(name)
    traits, how = changes_of(
        {of: _object(properties, of) | _object(message, of) for of in ("$set", "$set_once")}
        | {"$unset": properties.get("$unset")},
        OPERATORS,
    )
    identifiers = _identifiers(message, properties, kind, traits)
    group = _group(properties)
    return Event(
        kind=kind,
        name=VIEWS.get(name, name) if kind is Kind.EVENT else "",
        ts=ts,
        identifiers=identifiers,
        properties=_properties(name, properties) if kind is Kind.EVENT else {},
        traits=_own(traits) | group,
        how=_own(how),
        previous=_previous(properties) if kind is Kind.ALIAS else None,
        message_id=id_of(message.get("uuid") or properties.get("$insert_id")),
        source=_source(properties, request),
        signals=_signals(properties, traits, identifiers, skew, request),
    )


def _kind(name: str) -> Kind:
    if name in ALIASES:
        return Kind.ALIAS
    return Kind.PROFILE if name in PROFILES else Kind.EVENT


def _options(message: dict[str, Any]) -> dict[str, Any]:
    """What the newer form puts beside the properties, under the names it has among them."""
    return {f"${name}": value for name, value in _object(message, "options").items()}


def _instant(message: dict[str, Any], skew: int, received_ms: int) -> int | Dropped:
    """When it was: its instant by our clock, so many ms ago, or now."""
    stamp: Any = message.get("timestamp")
    ago: Any = message.get("offset")
    if stamp is None:
        is_number = isinstance(ago, int | float) and not isinstance(ago, bool)
        return received_ms - (int(ago) if is_number and abs(ago) < received_ms else 0)
    ts = instant_ms(stamp)
    if ts is None:
        return Dropped(DropReason.BAD_TIMESTAMP, f"“{str(stamp)[:60]}” is no instant.")
    return ts + skew


def _identifiers(
    message: dict[str, Any], properties: dict[str, Any], kind: Kind, traits: dict[str, Any]
) -> tuple[Identifier, ...]:
    given = _someone(message.get("distinct_id") or properties.get("distinct_id"))
    if given == COOKIELESS or (given.startswith("$") and "$group_key" in properties):
        return ()
    if _is_anonymous(given, properties):
        return identifiers_of(anonymous_id=given)
    return identifiers_of(
        user_id=given,
        email=email_of(traits.get("email")) if kind is Kind.PROFILE else "",
        anonymous_id=_someone(properties.get("$anon_distinct_id")),
    )


def _is_anonymous(given: str, properties: dict[str, Any]) -> bool:
    """Whether an id is the client's own, for a person whom nobody has identified."""
    return (
        properties.get("$is_identified") is False
        or properties.get("$process_person_profile") is False
        or given == properties.get("$device_id")
    )


def _someone(given: Any) -> str:
    """An id that stands for one person, "" where it stands for all who are not known."""
    text = id_of(given)
    return "" if text.lower() in NOBODY else text


def _previous(properties: dict[str, Any]) -> Identifier | None:
    alias = _someone(properties.get("alias"))
    return Identifier("user_id", alias) if alias else None


def _group(properties: dict[str, Any]) -> dict[str, Any]:
    """The organisation a person belongs to: the one that is told of, or the first of an event's."""
    kind, group = properties.get("$group_type"), id_of(properties.get("$group_key"))
    if not group:
        groups = _object(properties, "$groups").items()
        kind, group = next(((one, id_of(value)) for one, value in groups if id_of(value)), ("", ""))
    if not group:
        return {}
    told = _object(properties, "$group_set")
    return {"group": ({"type": kind} if isinstance(kind, str) else {}) | told | {"id": group}}


def _properties(name: str, properties: dict[str, Any]) -> dict[str, Any]:
    """The page, what PostHog names under our names, and the client's own properties."""
    url, title, referrer = (
        value if isinstance(value, str) and value != NOWHERE else ""
        for value in map(properties.get, ("$current_url", "title", "$referrer"))
    )
    mine = {
        ours: properties[theirs]
        for theirs, ours in (NAMES | (OF_THE_PAGE_LEFT if name == LEAVE else {})).items()
        if properties.get(theirs) not in (None, "", {})
        and not (theirs in OF_THE_SERVER and properties.get("$is_server"))
    }
    screen = [_whole(properties.get(f"$screen_{side}")) for side in ("width", "height")]
    if all(screen):
        mine["screen"] = "x".join(screen)
    if name == "$exception":
        mine["type"] = _failure(properties.get("$exception_list"))
    return page_of(url, title, referrer) | mine | _own(properties)


def _whole(given: Any) -> str:
    is_number = isinstance(given, int) and not isinstance(given, bool)
    return str(given) if is_number and 0 < given < 100_000 else ""


def _failure(causes: Any) -> str:
    """The type of an exception; its text and its frames may hold anything, and are not kept."""
    first = causes[0] if isinstance(causes, list) and causes else None
    kind = first.get("type") if isinstance(first, dict) else None
    return kind if isinstance(kind, str) else ""


def _own(given: dict[str, Any]) -> dict[str, Any]:
    """What the client's own program says."""
    return {
        name: value
        for name, value in given.items()
        if not name.startswith("$") and name not in PLUMBING and name not in NAMES
    }


def _source(properties: dict[str, Any], request: Request) -> str:
    """The library: “web” for PostHog's own script."""
    newer, _, _ = request.headers.get("posthog-sdk-info", "").partition("/")
    library = properties.get("$lib") or newer
    return library[:100] if isinstance(library, str) and library else "posthog"


def _signals(
    properties: dict[str, Any],
    traits: dict[str, Any],
    identifiers: tuple[Identifier, ...],
    skew: int,
    request: Request,
) -> Signals:
    """The device's address and agent, where the client runs on it or tells them on purpose."""
    on_device = signals_of(request) if request.is_browsers else NO_SIGNALS
    on_phone = request.address if properties.get("$lib") in PHONES else ""
    ip, agent = properties.get("$ip"), properties.get("$raw_user_agent")
    found = Signals(
        ip=ip if isinstance(ip, str) else on_device.ip or on_phone,
        agent=agent if isinstance(agent, str) else on_device.agent,
        age=age_of(traits.get("age")),
        cookieless=not identifiers and properties.get("$cookieless_mode") is True,
        skew_ms=skew,
    )
    return NO_SIGNALS if found == NO_SIGNALS else found


def _object(given: dict[str, Any], name: str) -> dict[str, Any]:
    found = given.get(name)
    return found if isinstance(found, dict) else {}


def reply(request: Request, receipt: Receipt) -> Reply:
    """That all is well; in the newer form, what was refused, by the event's own id."""
    if not request.path.startswith(NEWER):
        return json_reply({"status": 1})
    messages = _messages(data_of(request)) if receipt.refused else []
    refused = {
        id_of(messages[index].get("uuid")): {"result": "drop", "details": dropped.detail}
        for index, dropped in receipt.refused.items()
        if isinstance(messages[index], dict)
    }
    return json_reply({"results": refused})


def no_flags(request: Request) -> Reply:
    """No feature flag, and nothing that the browser's script would load or record."""
    return json_reply(
        {
            "config": {},
            "featureFlags": {},
            "featureFlagPayloads": {},
            "flags": {},
            "errorsWhileComputingFlags": False,
            **SWITCHED_OFF,
        }
    )


def configuration(request: Request) -> Reply:
    """What the browser's script asks for at start: everything besides events is off."""
    return json_reply(SWITCHED_OFF)


def no_script(request: Request) -> Reply:
    """An empty script in the place of one that would carry the configuration."""
    return Reply(b"", media_type="text/javascript")


SWITCHED_OFF: dict[str, Any] = {
    "autocapture_opt_out": False,
    "autocaptureExceptions": False,
    "capturePerformance": False,
    "defaultIdentifiedOnly": True,
    "hasFeatureFlags": False,
    "heatmaps": False,
    "sessionRecording": False,
    "siteApps": [],
    "supportedCompression": ["gzip-js", "base64"],
}
"""What is asked for at start. Surveys are left out, for their script is fetched even to be off."""

WIRE = Wire(
    name="posthog",
    title="PostHog",
    paths=("/batch", "/e", "/capture", "/i/v0/e", "/i/v0/ai/batch", NEWER),
    methods=("GET", "POST"),
    content=data_of,
    key=key,
    events=events,
    reply=reply,
    asides={
        "/flags": no_flags,
        "/decide": no_flags,
        "/array/{key:str}/config": configuration,
        "/array/{key:str}/config.js": no_script,
    },
)
