"""The HTTP application: every route, and how failures leave it."""

from __future__ import annotations

from typing import Any

from litestar import Litestar, Router
from litestar.datastructures import MutableScopeHeaders, State
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from litestar.types import ASGIApp, Message, Scope

from sojourn.api import (
    accounts,
    collect,
    collecting,
    consents,
    identities,
    live,
    metrics,
    organisations,
    pages,
    people,
    policies,
    preferences,
    problems,
    projects,
    public,
    quarantine,
    reports,
    sample,
    schemas,
    segments,
    subscriptions,
    transfers,
)
from sojourn.api.access import Grants, require_caller
from sojourn.api.door import Door
from sojourn.api.gathering import Gathering
from sojourn.api.intake import Intake
from sojourn.application import Sojourn
from sojourn.errors import SojournError

QUESTION_BYTES_MAX = 1024 * 1024
"""A definition is a sentence; a megabyte leaves room for the longest list of values."""


def served(sojourn: Sojourn) -> ASGIApp:
    """All that is served over an open data folder."""
    grants, gathering = Grants(sojourn), Gathering(sojourn.accept)
    intake = Intake(sojourn.metrics)
    routed = application(sojourn, grants, gathering, intake)
    return Door(routed, sojourn, grants, gathering, intake)


def application(
    sojourn: Sojourn | None,
    grants: Grants | None = None,
    gathering: Gathering | None = None,
    intake: Intake | None = None,
) -> Litestar:
    """The routes over an open data folder; without one, only their schema is of use."""
    state = State()
    if sojourn is not None:
        state = State(
            {
                "sojourn": sojourn,
                "grants": grants or Grants(sojourn),
                "gathering": gathering or Gathering(sojourn.accept),
                "rates": subscriptions.Rates(sojourn),
                "schemas": schemas.Schemas(sojourn),
            }
        )
    return Litestar(
        route_handlers=[
            *collect.routes(),
            consents.record_consent,
            _guarded(),
            *public.open_routes(),
            *preferences.routes(),
            *subscriptions.routes(),
            accounts.login,
            accounts.show_session,
            accounts.end_session,
            pages.show_health,
            metrics.show_metrics,
            pages.show_app,
            pages.show_room,
            pages.show_tracker,
            pages.show_interactions_script,
            pages.show_banner_script,
            pages.show_preferences_script,
            *(sample.routes(sojourn.settings.data) if sojourn is not None else []),
            *([pages.assets] if (pages.WEB / "assets").exists() else []),
        ],
        state=state,
        exception_handlers={
            SojournError: problems.refuse,
            HTTPException: problems.refuse_request,
            RecursionError: problems.refuse_nesting,
            Exception: problems.fail,
        },
        middleware=[intake or Intake(sojourn.metrics)] if sojourn is not None else [],
        before_send=[_secure],
        openapi_config=OpenAPIConfig(
            title="Sojourn", version="0.1.0", path="/schema", render_plugins=[]
        ),
        request_max_body_size=QUESTION_BYTES_MAX,
        logging_config=None,
    )


def _guarded() -> Router:
    """Everything that is about a project: shut to strangers, whatever they send."""
    return Router(
        path="/",
        guards=[require_caller],
        route_handlers=[
            *reports.routes(),
            *public.member_routes(),
            people.list_people,
            people.show_person,
            people.show_timeline,
            people.reveal_person,
            live.follow_live,
            organisations.list_organisations,
            organisations.show_organisation,
            identities.split_person,
            identities.list_blocked_merges,
            identities.show_hierarchy,
            identities.change_hierarchy,
            consents.list_consents,
            consents.restrict_person,
            consents.lift_restriction,
            segments.list_segments,
            segments.save_segment,
            segments.forget_segment,
            segments.list_segment_people,
            transfers.send_person,
            transfers.list_transfers,
            subscriptions.list_mailings,
            policies.show_policy,
            policies.list_policy_versions,
            policies.publish_policy,
            collecting.show_collection,
            collecting.change_collection,
            quarantine.list_quarantine,
            quarantine.open_quarantined,
            quarantine.replay_quarantine,
            quarantine.drop_quarantined,
            projects.show_schema,
            *schemas.routes(),
            projects.show_status,
        ],
    )


async def _secure(message: Message, scope: Scope) -> None:
    """Send the security headers with every response, whatever made it."""
    if message["type"] != "http.response.start":
        return
    if "sojourn" in (state := scope["app"].state):
        state.sojourn.metrics.requests.labels(message["status"]).inc()
    headers = MutableScopeHeaders.from_message(message)
    for name, value in pages.SECURITY.items():
        headers.setdefault(name, value)
    if headers.get("content-type", "").startswith("application/json"):
        # Answers may be about people: no cache on the way, or on a shared machine, keeps them.
        headers.setdefault("Cache-Control", "no-store")


def schema() -> dict[str, Any]:
    """The OpenAPI schema of every route."""
    return application(None).openapi_schema.to_schema()
