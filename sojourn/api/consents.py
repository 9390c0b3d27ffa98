"""Consent over HTTP: decisions come in with the write key, as events do; proof goes out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import msgspec
from litestar import HttpMethod, Response, delete, get, post, route
from litestar.datastructures import State
from litestar.params import FromPath

from sojourn.api.access import AnyRequest, caller_of, open_project
from sojourn.api.collect import asked_of, cors, project_of
from sojourn.consent import records
from sojourn.consent.consents import Decision
from sojourn.consent.records import ConsentRecord
from sojourn.errors import BadBody, BadQuestion, NotAllowed
from sojourn.policy import agreeing
from sojourn.policy.rules import Rules
from sojourn.wire import json_of
from sojourn.wires.segment import WIRE


class Taken(msgspec.Struct, frozen=True):
    """A decision that is on disk; `record` names it for good. `kept_off` are the purposes that were
    agreed to and are left out of it, and why."""

    record: str
    kept_off: dict[str, str]


@route(
    "/v1/consents",
    http_method=[HttpMethod.POST, HttpMethod.OPTIONS],
    summary="Take down what a person decided",
    status_code=200,
    raises=[],
    request_max_body_size=None,  # `read` has a limit of its own
)
async def record_consent(request: AnyRequest, state: State) -> Response[bytes]:
    if request.method == "OPTIONS":
        return Response(b"", status_code=204, headers=cors(request.headers))
    asked = await asked_of(request, state.sojourn)
    body = json_of(asked)
    project = project_of(WIRE, asked, body, state.sojourn, state.grants)
    if isinstance(body, dict):
        body.pop("writeKey", None)
    try:
        decision = msgspec.convert(body, Decision)
    except msgspec.ValidationError as failure:
        raise BadBody(
            "The decision cannot be read",
            detail=f"{failure}.",
            mend="Send identifiers, purposes and how; see docs/reference/http.md.",
        ) from None
    decision, off = heed(decision, asked.headers, project.rules)
    record = await asyncio.to_thread(state.sojourn.governance(project).record, decision)
    taken = msgspec.json.encode(Taken(record.record, off))
    return Response(taken, media_type="application/json", headers=cors(request.headers))


def heed(
    decision: Decision, headers: Mapping[str, str], rules: Rules
) -> tuple[Decision, dict[str, str]]:
    """The decision without what the browser it came from says no to, and what is told of that.
    Raises `BadQuestion` for what is no consent, and where nothing of the decision is left."""
    given = [purpose for purpose, state in decision.purposes.items() if state == "given"]
    agreeing.check_consent(given, decision.how, decision.granted_by, rules)
    off = agreeing.kept_off(given, headers, rules)
    left = {name: state for name, state in decision.purposes.items() if name not in off}
    if off and not left:
        raise BadQuestion(
            "Nothing was taken down",
            detail=" ".join(f"“{purpose}” is {why}." for purpose, why in off.items()),
            where="purposes",
            mend="Who means yes here switches the signal off for this site.",
        )
    return msgspec.structs.replace(decision, purposes=left), off


@get(
    "/api/v1/projects/{project:str}/people/{person:int}/consents",
    sync_to_thread=True,
    operation_id="list_consents",
    summary="Show what a person decided, as proof",
)
def list_consents(
    request: AnyRequest, state: State, project: FromPath[str], person: FromPath[int]
) -> list[ConsentRecord]:
    sojourn = state.sojourn
    opened = open_project(request, sojourn, project)
    members = opened.parts.members(opened.parts.today(person))
    with sojourn.engine.begin() as connection:
        return records.of_people(connection, opened.id, members)


@post(
    "/api/v1/projects/{project:str}/people/{person:int}/restriction",
    sync_to_thread=True,
    operation_id="restrict_person",
    summary="Restrict a person: nobody sees them in any answer",
    status_code=204,
)
def restrict_person(
    request: AnyRequest, state: State, project: FromPath[str], person: FromPath[int]
) -> None:
    _restrict(request, state, project, person, lift=False)


@delete(
    "/api/v1/projects/{project:str}/people/{person:int}/restriction",
    sync_to_thread=True,
    operation_id="lift_restriction",
    summary="Lift a restriction",
)
def lift_restriction(
    request: AnyRequest, state: State, project: FromPath[str], person: FromPath[int]
) -> None:
    _restrict(request, state, project, person, lift=True)


def _restrict(request: AnyRequest, state: State, project: str, person: int, *, lift: bool) -> None:
    if not caller_of(request, state.sojourn).is_owner:
        raise NotAllowed("A key cannot restrict a person", mend="Log in and do it there.")
    opened = open_project(request, state.sojourn, project)
    state.sojourn.governance(opened).restrict(person, actor="owner", lift=lift)
