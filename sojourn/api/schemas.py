"""The schema of a project: its events and properties, and what people say of them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Lock
from urllib.parse import unquote

from litestar import delete, get, post, put
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from sojourn import schema
from sojourn.api.access import AnyRequest, open_project, require_owner
from sojourn.application import Sojourn
from sojourn.errors import NotFound
from sojourn.ingest.planning import Kind, Planning
from sojourn.ingest.project import Project
from sojourn.policy.model import Policy
from sojourn.schema import Counted, EventDetail, Known, PropertyDetail
from sojourn.tracking_plan import EventEntry, PropertyEntry, TrackingPlan

COUNTED_FOR_S = 60.0
"""How long counts will do: going through every column of a long history takes its time."""
SAYING = "Log in and say it there."
"""What to do instead with a read key."""


@dataclass(frozen=True, slots=True)
class _Remembered:
    """What was counted under a version of the policy, and until when it will do."""

    until: float
    number: int
    counted: Counted
    policy: Policy


class Schemas:
    """The schemas of all projects, counted when somebody looks and then remembered for a while."""

    def __init__(self, sojourn: Sojourn) -> None:
        self._sojourn = sojourn
        self._lock = Lock()
        self._known: dict[int, _Remembered] = {}

    def of(self, project: Project) -> Known:
        """All that is known of a project's names."""
        with self._lock:
            known = self._known.get(project.id)
            now, number = time.monotonic(), project.rules.number
            if known is None or known.until < now or known.number != number:
                counted, policy = schema.look(self._sojourn.governance(project))
                known = _Remembered(now + COUNTED_FOR_S, number, counted, policy)
                self._known[project.id] = known
        plan = planning(self._sojourn, project).plan()
        return Known(known.counted, known.policy, plan, project.rules)


def planning(sojourn: Sojourn, project: Project) -> Planning:
    """What is said of a project's names."""
    return Planning(project, sojourn.engine, sojourn.clock_ms)


def routes() -> list[HTTPRouteHandler]:
    """Every route of the schema but the summary of it."""
    return [
        list_events,
        show_event,
        describe_event,
        forget_event,
        list_properties,
        show_property,
        describe_property,
        forget_property,
        show_plan,
        take_over_plan,
    ]


@get(
    "/api/v1/projects/{project:str}/schema/events",
    sync_to_thread=True,
    operation_id="list_schema_events",
    summary="List the events that were received, planned or blocked, with what is said of them",
)
def list_events(request: AnyRequest, state: State, project: FromPath[str]) -> list[EventDetail]:
    return _known(request, state, project).events()


@get(
    "/api/v1/projects/{project:str}/schema/events/{name:path}",
    sync_to_thread=True,
    operation_id="show_schema_event",
    summary="Show what is known and said of an event, and the properties it comes with",
)
def show_event(
    request: AnyRequest, state: State, project: FromPath[str], name: FromPath[str]
) -> EventDetail:
    known, name = _known(request, state, project), _name(request, name)
    if name not in known.counted.events and name not in known.plan.events:
        raise _unheard("event", name)
    return known.event(name, whole=True)


@put(
    "/api/v1/projects/{project:str}/schema/events/{name:path}",
    sync_to_thread=True,
    operation_id="describe_event",
    summary="Say this of an event, in place of what was said",
)
def describe_event(
    request: AnyRequest,
    state: State,
    project: FromPath[str],
    name: FromPath[str],
    data: JSONBody[EventEntry],
) -> EventDetail:
    name = _name(request, name)
    opened = _say(request, state, project, TrackingPlan(events={name: data}))
    return _schemas(state).of(opened).event(name)


@delete(
    "/api/v1/projects/{project:str}/schema/events/{name:path}",
    sync_to_thread=True,
    operation_id="forget_event",
    summary="Forget what is said of an event",
)
def forget_event(
    request: AnyRequest, state: State, project: FromPath[str], name: FromPath[str]
) -> None:
    _forget(request, state, project, "event", name)


@get(
    "/api/v1/projects/{project:str}/schema/properties",
    sync_to_thread=True,
    operation_id="list_schema_properties",
    summary="List the properties that were received, planned or blocked, with what is said of them",
)
def list_properties(
    request: AnyRequest, state: State, project: FromPath[str]
) -> list[PropertyDetail]:
    return _known(request, state, project).properties()


@get(
    "/api/v1/projects/{project:str}/schema/properties/{name:path}",
    sync_to_thread=True,
    operation_id="show_schema_property",
    summary="Show what is known and said of a property, and the events it comes with",
)
def show_property(
    request: AnyRequest, state: State, project: FromPath[str], name: FromPath[str]
) -> PropertyDetail:
    known, name = _known(request, state, project), _name(request, name)
    if name not in known.counted.properties and name not in known.plan.properties:
        raise _unheard("property", name)
    return known.property(name)


@put(
    "/api/v1/projects/{project:str}/schema/properties/{name:path}",
    sync_to_thread=True,
    operation_id="describe_property",
    summary="Say this of a property, in place of what was said",
)
def describe_property(
    request: AnyRequest,
    state: State,
    project: FromPath[str],
    name: FromPath[str],
    data: JSONBody[PropertyEntry],
) -> PropertyDetail:
    name = _name(request, name)
    opened = _say(request, state, project, TrackingPlan(properties={name: data}))
    return _schemas(state).of(opened).property(name)


@delete(
    "/api/v1/projects/{project:str}/schema/properties/{name:path}",
    sync_to_thread=True,
    operation_id="forget_property",
    summary="Forget what is said of a property",
)
def forget_property(
    request: AnyRequest, state: State, project: FromPath[str], name: FromPath[str]
) -> None:
    _forget(request, state, project, "property", name)


@get(
    "/api/v1/projects/{project:str}/schema/plan",
    sync_to_thread=True,
    operation_id="show_plan",
    summary="Show the tracking plan: all that is said of events and properties",
)
def show_plan(request: AnyRequest, state: State, project: FromPath[str]) -> TrackingPlan:
    sojourn: Sojourn = state.sojourn
    return planning(sojourn, open_project(request, sojourn, project)).plan()


@post(
    "/api/v1/projects/{project:str}/schema/plan",
    sync_to_thread=True,
    operation_id="take_over_plan",
    summary="Say all this of the names in a tracking plan, in place of what was said of them",
    status_code=200,
)
def take_over_plan(
    request: AnyRequest, state: State, project: FromPath[str], data: JSONBody[TrackingPlan]
) -> TrackingPlan:
    return planning(state.sojourn, _say(request, state, project, data)).plan()


def _schemas(state: State) -> Schemas:
    schemas: Schemas = state.schemas
    return schemas


def _known(request: AnyRequest, state: State, project: str) -> Known:
    return _schemas(state).of(open_project(request, state.sojourn, project))


def _say(request: AnyRequest, state: State, project: str, said: TrackingPlan) -> Project:
    sojourn: Sojourn = state.sojourn
    opened = open_project(request, sojourn, project)
    require_owner(request, sojourn, SAYING)
    planning(sojourn, opened).say(said, actor="owner")
    return opened


def _forget(request: AnyRequest, state: State, project: str, kind: Kind, name: str) -> None:
    sojourn: Sojourn = state.sojourn
    opened = open_project(request, sojourn, project)
    require_owner(request, sojourn, SAYING)
    planning(sojourn, opened).forget(kind, _name(request, name), actor="owner")


def _name(request: AnyRequest, matched: str) -> str:
    """The name that ends an address. It may hold slashes, which arrive as such, or escaped."""
    raw: bytes | None = request.scope.get("raw_path")
    last = raw.decode("ascii", "replace").rpartition("/")[2] if raw else ""
    return unquote(last) if "%2f" in last.lower() else matched.removeprefix("/")


def _unheard(kind: Kind, name: str) -> NotFound:
    return NotFound(
        f"The {kind} “{name[:60]}” is unknown",
        where="name",
        mend="It was neither received nor planned; the schema lists those there are.",
    )
