"""The policy of a project over HTTP: the version in force, those there were, and a new one."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec
from litestar import get, put
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody

from sojourn.api.access import AnyRequest, caller_of, open_project
from sojourn.application import Sojourn
from sojourn.errors import NotAllowed
from sojourn.policy import versions
from sojourn.policy.change import Change
from sojourn.policy.compile import compile
from sojourn.policy.finding import Finding
from sojourn.policy.versions import Summary


class PolicyInForce(msgspec.Struct, frozen=True):
    """The version in force, and what the compiler has to say of it today."""

    version: Summary
    text: str
    findings: tuple[Finding, ...]


class PolicyText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A policy as it is written; `from` is the day from which it is to hold, at once without it."""

    text: str
    from_: date | None = msgspec.field(default=None, name="from")


class PolicyPublished(msgspec.Struct, frozen=True):
    """What became of it: its version, whether that is `new`, and what it changes."""

    version: Summary
    new: bool
    changes: tuple[Change, ...]


@get(
    "/api/v1/projects/{project:str}/policy",
    sync_to_thread=True,
    operation_id="show_policy",
    summary="Show the policy that is in force",
)
def show_policy(request: AnyRequest, state: State, project: FromPath[str]) -> PolicyInForce:
    sojourn: Sojourn = state.sojourn
    version = sojourn.governance(open_project(request, sojourn, project)).in_force()
    today = datetime.fromtimestamp(sojourn.clock_ms() / 1000, UTC).date()
    findings = compile(version.text, today).findings
    return PolicyInForce(versions.summary(version), version.text, findings)


@get(
    "/api/v1/projects/{project:str}/policy/versions",
    sync_to_thread=True,
    operation_id="list_policy_versions",
    summary="List the versions of the policy, the first published first",
)
def list_policy_versions(
    request: AnyRequest, state: State, project: FromPath[str]
) -> list[Summary]:
    sojourn: Sojourn = state.sojourn
    found = sojourn.governance(open_project(request, sojourn, project)).history()
    return [versions.summary(version) for version in found]


@put(
    "/api/v1/projects/{project:str}/policy",
    sync_to_thread=True,
    operation_id="publish_policy",
    summary="Publish a policy, from today or a later day on",
)
def publish_policy(
    request: AnyRequest, state: State, project: FromPath[str], data: JSONBody[PolicyText]
) -> PolicyPublished:
    sojourn: Sojourn = state.sojourn
    if not caller_of(request, sojourn).is_owner:
        raise NotAllowed("A read key changes nothing", mend="Log in and publish it there.")
    opened = open_project(request, sojourn, project)
    published = sojourn.governance(opened).publish(data.text, begin=data.from_, actor="owner")
    version = versions.summary(published.version)
    return PolicyPublished(version, published.new, published.changes)
