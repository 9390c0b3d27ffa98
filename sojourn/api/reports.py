"""Questions: a definition in, an answer out; one pair of routes for each report."""

from __future__ import annotations

from typing import Any, get_type_hints

import msgspec
from litestar import post
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from sojourn.api.access import AnyRequest, open_project
from sojourn.api.people import PersonPage
from sojourn.application import REPORTS
from sojourn.report import Report

PAGE_MAX = 1_000

# Which type a route takes is known only at run time, so the checker is not asked.
body: Any = JSONBody


def routes() -> list[HTTPRouteHandler]:
    """The routes of every report."""
    asking = [_ask(report) for report in REPORTS.values()]
    return [*asking, *(_people(report) for report in REPORTS.values() if report.cell)]


def _ask(report: Report[Any, Any]) -> HTTPRouteHandler:
    def ask(request: AnyRequest, state: State, project: FromPath[str], data: Any) -> Any:
        opened = open_project(request, state.sojourn, project)
        return state.sojourn.ask(opened, data)

    ask.__annotations__["data"] = body[report.definition]
    ask.__annotations__["return"] = get_type_hints(report.answer)["return"]
    return post(
        f"/api/v1/projects/{{project:str}}/reports/{report.kind}",
        sync_to_thread=True,
        operation_id=f"ask_{report.kind}",
        summary=f"Ask a {report.kind} report",
        status_code=200,
    )(ask)


def _people(report: Report[Any, Any]) -> HTTPRouteHandler:
    question = msgspec.defstruct(
        f"{report.kind.capitalize()}CellQuestion",
        [
            ("definition", report.definition),
            ("cell", report.cell),
            ("limit", int, 100),
            ("after", int | None, None),
        ],
        frozen=True,
        forbid_unknown_fields=True,
        module=__name__,
    )

    def people(request: AnyRequest, state: State, project: FromPath[str], data: Any) -> PersonPage:
        sojourn = state.sojourn
        opened = open_project(request, sojourn, project)
        found = sojourn.people_behind(opened, data.definition, data.cell)
        left = [person for person in found if data.after is None or person > data.after]
        page = left[: max(1, min(data.limit, PAGE_MAX))]
        with sojourn.engine.begin() as connection:
            directory = sojourn.directory(opened)
            lines = directory.summaries(connection, opened.parts.now(), page)
        return PersonPage(len(found), lines, page[-1] if len(left) > len(page) else None)

    people.__annotations__["data"] = body[question]
    return post(
        f"/api/v1/projects/{{project:str}}/reports/{report.kind}/people",
        sync_to_thread=True,
        operation_id=f"people_behind_{report.kind}",
        summary=f"List the people behind one cell of a {report.kind} report",
        status_code=200,
    )(people)
