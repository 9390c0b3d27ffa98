"""Which funnels cannot be answered, where the mistake is, and what can be done about it."""

from __future__ import annotations

from sojourn.counting.attempts.definition import FunnelCell, FunnelDefinition, choices, overlapping
from sojourn.errors import BadQuestion
from sojourn.kernels.funnel import STEPS_MAX
from sojourn.period import duration_ms

CORRELATIONS_MAX = 200
PROPERTIES_MAX = 20


def check(definition: FunnelDefinition) -> None:
    """Refuse a funnel that cannot be answered."""
    if not 1 <= len(definition.steps) <= STEPS_MAX:
        raise BadQuestion(
            "A funnel has 1 to 60 steps",
            detail=f"This one has {len(definition.steps)}.",
            where="steps",
            mend="Add a step." if not definition.steps else "Leave some steps out.",
        )
    _check_events(definition)
    duration_ms(definition.within, "within")
    _check_steps(definition)
    _check_exclusions(definition)
    _check_any(definition)
    _check_details(definition)


def check_cell(definition: FunnelDefinition, cell: FunnelCell) -> None:
    """Refuse a cell that the answer does not have."""
    if (cell.step is None) == (cell.correlation is None):
        raise BadQuestion(
            "A cell is one of a step or one of a correlation",
            where="cell",
            mend="Name the step or the correlation, and not both.",
        )
    if cell.correlation is not None:
        _check_correlation(definition, cell)
        return
    assert cell.step is not None
    if not (1 if cell.reached else 2) <= cell.step <= len(definition.steps):
        raise BadQuestion(
            "This funnel has no such step",
            detail=f"Step {cell.step} was asked for; it has {len(definition.steps)}.",
            where="cell.step",
            mend="Those who did not reach a step are those of the step before: ask from step 2 on."
            if cell.step == 1
            else "Count steps from 1.",
        )
    if cell.value is not None and definition.breakdown is None:
        raise BadQuestion(
            "This funnel has no breakdown",
            where="cell.value",
            mend="Leave the value out, or ask with a breakdown.",
        )
    if cell.interval is not None and definition.every is None:
        raise BadQuestion(
            "This funnel has no intervals",
            where="cell.interval",
            mend="Leave the interval out, or ask with “every”.",
        )


def _check_correlation(definition: FunnelDefinition, cell: FunnelCell) -> None:
    own, correlate = cell.correlation, definition.correlate
    assert own is not None
    if correlate is None:
        raise BadQuestion(
            "This funnel has no correlations",
            where="cell.correlation",
            mend="Ask with “correlate”.",
        )
    if (cell.reached, cell.value, cell.interval) != (True, None, None):
        raise BadQuestion(
            "Correlations are of all attempts at once",
            detail="They are not told apart by step, value or interval.",
            where="cell",
            mend="Give nothing but the correlation.",
        )
    if (own.event is None, own.property is None, own.value is None) not in (
        (False, True, True),
        (True, False, False),
    ):
        raise BadQuestion(
            "A correlation is that of an event, or that of a value of a property",
            where="cell.correlation",
            mend="Name the event, or the property and its value.",
        )
    if own.event in definition.own_events:
        raise BadQuestion(
            "The steps of a funnel have no correlation with it",
            detail=f"“{own.event}” is one of them.",
            where="cell.correlation.event",
            mend="Name another event.",
        )
    if own.property is not None and own.property not in correlate.properties:
        raise BadQuestion(
            "This funnel does not correlate that property",
            detail=f"“{own.property[:60]}” is not among those asked for.",
            where="cell.correlation.property",
            mend="Name it in “correlate.properties”.",
        )


def _check_events(definition: FunnelDefinition) -> None:
    own = list(choices(definition))
    for where, choice in own:
        if not choice.event:
            excluded = where.startswith("exclude")
            raise BadQuestion(
                "An exclusion needs an event" if excluded else "A step needs an event",
                where=f"{where}.event",
                mend="Name the event that is excluded."
                if excluded
                else "Name the event that fulfils it.",
            )
    if len(own) > STEPS_MAX:
        raise BadQuestion(
            "A funnel names up to 60 events",
            detail=f"With alternatives and exclusions this one names {len(own)}.",
            where="steps",
            mend="Leave some out.",
        )


def _check_steps(definition: FunnelDefinition) -> None:
    for number, step in enumerate(definition.steps):
        if step.within is not None:
            where = f"steps[{number}].within"
            duration_ms(step.within, where)
            if number == 0 or definition.order == "any":
                raise BadQuestion(
                    "This step has no step before it",
                    detail="A step's own window counts from the step before; the first has none, "
                    "and in any order there is no before.",
                    where=where,
                    mend="Use the window of the whole funnel.",
                )
        if step.optional and (number == 0 or definition.order != "ordered"):
            raise BadQuestion(
                "This step cannot be optional",
                detail="The first step opens the attempt; in strict order nothing lies between "
                "two steps, and in any order no step lies between two others.",
                where=f"steps[{number}].optional",
                mend="Require the step, or ask for it in order.",
            )


def _check_exclusions(definition: FunnelDefinition) -> None:
    required = {number + 1 for number in definition.required}
    for number, excluded in enumerate(definition.exclude):
        where = f"exclude[{number}]"
        if definition.order != "ordered":
            raise BadQuestion(
                "Only a funnel in order has exclusions",
                detail="In strict order nothing lies between two steps anyway; in any order no "
                "step is known to come before another.",
                where=where,
                mend="Leave it out, or ask in order.",
            )
        if excluded.from_ >= excluded.to or not {excluded.from_, excluded.to} <= required:
            raise BadQuestion(
                "An exclusion lies between two required steps, the earlier one first",
                detail=f"This one lies between {excluded.from_} and {excluded.to}.",
                where=where,
                mend="Count steps from 1; optional steps do not bound an exclusion.",
            )


def _check_any(definition: FunnelDefinition) -> None:
    if definition.order != "any":
        return
    if definition.count == "attempts":
        raise BadQuestion(
            "Attempts in any order cannot be counted",
            detail="Attempts follow each other by their first step, and here any may be first.",
            where="count",
            mend="Count people or visits, or ask in order.",
        )
    if (definition.detailed or not definition.plain) and overlapping(definition):
        raise BadQuestion(
            "In any order, steps that share an event can only be counted",
            detail="An event that could fulfil two steps leaves open which one it fulfilled, so "
            "there are no anchors, breakdowns, intervals, times or correlations of it.",
            where="steps",
            mend="Tell the steps apart by different events or by different values of a property.",
        )


def _check_details(definition: FunnelDefinition) -> None:
    value_of, correlate = definition.value_of, definition.correlate
    if isinstance(value_of, int) and not 1 <= value_of <= len(definition.steps):
        raise BadQuestion(
            "The breakdown takes its value from a step that does not exist",
            detail=f"Step {value_of} was named; there are {len(definition.steps)}.",
            where="value_of",
            mend="Count steps from 1, or say first, last or every.",
        )
    if definition.hold == "":
        raise BadQuestion(
            "A funnel holds a property constant by its name",
            where="hold",
            mend="Name the property, or leave it out.",
        )
    if correlate is None:
        return
    if correlate.watch is not None:
        _check_watch(definition, correlate.watch)
    if not 1 <= correlate.limit <= CORRELATIONS_MAX:
        raise BadQuestion(
            f"Between 1 and {CORRELATIONS_MAX} correlations are shown",
            detail=f"{correlate.limit} were asked for.",
            where="correlate.limit",
            mend="They are sorted, the strongest first: 20 will do.",
        )
    if len(correlate.properties) > PROPERTIES_MAX or "" in correlate.properties:
        raise BadQuestion(
            f"Correlations go by up to {PROPERTIES_MAX} properties, each with a name",
            where="correlate.properties",
            mend="Leave some out.",
        )


def _check_watch(definition: FunnelDefinition, watch: str) -> None:
    if duration_ms(watch, "correlate.watch") >= definition.window_ms:
        raise BadQuestion(
            "Attempts are watched for less than their window",
            detail=f"After {watch} nobody converts any more, so nothing could go with it.",
            where="correlate.watch",
            mend="Watch for a shorter time, or leave it out.",
        )
