"""`sojourn hold`: place legal holds, list them, and lift them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from cyclopts import App
from rich.console import Console
from rich.table import Table

from sojourn import audit, settings
from sojourn.application import Sojourn
from sojourn.control import writing
from sojourn.errors import BadQuestion, NotFound
from sojourn.period import to_ms
from sojourn.policy import holds
from sojourn.policy.compile import compile
from sojourn.policy.holds import Hold

app = App(name="hold")
ACTOR = "command line"


@app.command
def place(
    reference: str,
    *,
    project: str,
    category: tuple[str, ...] = (),
    until: date | None = None,
    data: Path | None = None,
) -> None:
    """Hold what is stored of some categories, or of all, from now on.

    Parameters
    ----------
    reference
        Of the order or the dispute that asks for it.
    project
        The project.
    category
        A category of the policy; say it again for more. Without it, all are held.
    until
        The last day of the hold, such as 2027-01-31. Without it, it stands until it is lifted.
    data
        The data folder.
    """
    with Sojourn(settings.from_environment(data=data)) as sojourn:
        opened, now = sojourn.project(project), sojourn.clock_ms()
        if category:
            _check(category, sojourn.governance(opened).in_force().text)
        end = None
        if until is not None:
            after = until + timedelta(days=1)
            end = to_ms(datetime(after.year, after.month, after.day, tzinfo=opened.zone))
            if end <= now:
                raise BadQuestion(f"{until} has passed", where="until", mend="Name a later day.")
        with writing(sojourn.engine).begin() as connection:
            holds.place(
                connection,
                opened.id,
                reference=reference,
                categories=category,
                placed_ms=now,
                until_ms=end,
                actor=ACTOR,
            )
            subject = f"project {opened.id}, {reference}: {', '.join(category) or 'everything'}"
            audit.write(connection, now, ACTOR, "place hold", subject)
    print(f"Held from now on: {', '.join(category) or 'everything'}.")


@app.command(name="list")
def show(*, project: str, data: Path | None = None) -> None:
    """List the holds of a project, those that have ended among them.

    Parameters
    ----------
    project
        The project.
    data
        The data folder.
    """
    with Sojourn(settings.from_environment(data=data)) as sojourn:
        opened, now = sojourn.project(project), sojourn.clock_ms()
        with sojourn.engine.begin() as connection:
            known = holds.history(connection, opened.id)
    table = Table("reference", "categories", "placed", "until", "by", "")
    for one in known:
        categories = ", ".join(one.categories) or "everything"
        until = _day(one.until_ms, "lifted")
        table.add_row(
            one.reference, categories, _day(one.placed_ms), until, one.actor, _state(one, now)
        )
    Console().print(table if known else f"Project {project} has no holds.")


@app.command
def lift(reference: str, *, project: str, data: Path | None = None) -> None:
    """Lift the hold of a reference: what is due goes with the next run.

    Parameters
    ----------
    reference
        The reference it was placed under.
    project
        The project.
    data
        The data folder.
    """
    with Sojourn(settings.from_environment(data=data)) as sojourn:
        opened, now = sojourn.project(project), sojourn.clock_ms()
        with writing(sojourn.engine).begin() as connection:
            lifted = holds.lift(connection, opened.id, reference, now)
            if not lifted:
                raise NotFound(
                    f"No hold “{reference[:60]}” stands",
                    mend="`sojourn hold list` shows those there are.",
                )
            subject = f"project {opened.id}, {reference}"
            audit.write(connection, now, ACTOR, "lift hold", subject)
    print(f"{lifted} hold{'' if lifted == 1 else 's'} lifted.")


def _check(categories: tuple[str, ...], text: str) -> None:
    known = compile(text, datetime.now(UTC).date()).policy.categories
    for category in categories:
        if category not in known:
            raise BadQuestion(
                f"The policy has no category “{category[:60]}”",
                where="category",
                mend=f"It has {', '.join(known)}.",
            )


def _day(instant: int | None, otherwise: str = "") -> str:
    return otherwise if instant is None else f"{datetime.fromtimestamp(instant / 1000, UTC):%F}"


def _state(one: Hold, now_ms: int) -> str:
    if one.lifted_ms is not None:
        return f"lifted {_day(one.lifted_ms)}"
    return "stands" if one.stands(now_ms) else "ended"
