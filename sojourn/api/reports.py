"""Questions: a definition in, an answer out; one pair of routes for each report.

A caller who gives a question a name, in the header `Question-Name`, can cancel it by that name.
"""

from __future__ import annotations

from typing import Any, get_type_hints

import msgspec
from litestar import delete, post
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from sojourn.api.access import AnyRequest, open_project
from sojourn.api.people import PersonPage, page_of
from sojourn.asking import REPORTS
from sojourn.ingest.project import Project
from sojourn.report import Report

NAME_HEADER = "question-name"

# Which type a route takes is known only at run time, so the checker is not asked.
body: Any = JSONBody


def routes() -> list[Any]:
    """The routes of every report."""
    asking = [_ask(report) for report in REPORTS.values()]
    return [*asking, *(_people(report) for report in REPORTS.values()), cancel_question]


def _ask(report: Report[Any, Any]) -> HTTPRouteHandler:
    def ask(request: AnyRequest, state: State, project: FromPath[str], data: Any) -> Any:
        opened = open_project(request, state.sojourn, project)
        return state.sojourn.ask(opened, data, name=_name(request, opened))

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
        name = _name(request, opened)
        found = sojourn.questions.people_behind(opened, data.definition, data.cell, name=name)
        purpose = data.definition.purpose
        return page_of(sojourn, opened, found, data.limit, data.after, purpose)

    people.__annotations__["data"] = body[question]
    return post(
        f"/api/v1/projects/{{project:str}}/reports/{report.kind}/people",
        sync_to_thread=True,
        operation_id=f"people_behind_{report.kind}",
        summary=f"List the people behind one cell of a {report.kind} report",
        status_code=200,
    )(people)


@delete(
    "/api/v1/projects/{project:str}/questions/{name:str}",
    sync_to_thread=True,
    operation_id="cancel_question",
    summary="Cancel a question that was asked under a name, if it is still being answered",
)
def cancel_question(
    request: AnyRequest, state: State, project: FromPath[str], name: FromPath[str]
) -> None:
    opened = open_project(request, state.sojourn, project)
    state.sojourn.questions.cancel(f"{opened.id}/{name}")


def _name(request: AnyRequest, project: Project) -> str:
    """The question's name, within its project; empty when it has none."""
    given = request.headers.get(NAME_HEADER, "")
    return f"{project.id}/{given}" if given else ""
