"""Pictures of answers with matplotlib, for notebooks; the web app draws its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sojourn.errors import SojournError

ACCENT = "#3b6fb6"
TRANSITIONS_SHOWN = 20
"""More bars than this cannot be read; the table has them all."""


def draw(answer: Any, rows: list[dict[str, Any]]) -> Axes:
    """The picture of an answer on axes of its own."""
    kind = answer.__struct_config__.tag
    if kind not in PICTURES:
        raise SojournError(
            f"There is no picture of a {kind}", mend="Take its table: to_pandas(), to_polars()."
        )
    _, axes = plt.subplots()
    PICTURES[kind](axes, rows)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def _funnel(axes: Axes, rows: list[dict[str, Any]]) -> None:
    labels = [f"{row['step']}. {row['event']}" for row in rows]
    bars = axes.bar(labels, [row["people"] for row in rows], color=ACCENT)
    axes.bar_label(bars, [f"{row['people']:,}\n{row['conversion']:.1%}" for row in rows])
    axes.set_ylabel("people")


def _trend(axes: Axes, rows: list[dict[str, Any]]) -> None:
    series: dict[tuple[str, str, str], list[tuple[str, float]]] = {}
    for row in rows:
        name = (row["name"] or row["event"] or "any event", row["measure"], row["value"])
        series.setdefault(name, []).append((row["interval"], row["count"]))
    for (event, measure, value), points in series.items():
        label = f"{event} ({measure})" + (f", {value}" if value else "")
        axes.plot(*zip(*points, strict=True), label=label)
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)


def _retention(axes: Axes, rows: list[dict[str, Any]]) -> None:
    _cohorts(axes, rows, "share")
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")


def _cohort(axes: Axes, rows: list[dict[str, Any]]) -> None:
    _cohorts(axes, rows, "per_person")
    axes.set_ylabel("per person, so far")


def _cohorts(axes: Axes, rows: list[dict[str, Any]], shown: str) -> None:
    cohorts: dict[str, list[float]] = {}
    for row in rows:
        name = f"{row['cohort']} {row['value']}".strip()
        cohorts.setdefault(name, []).append(row[shown])
    for cohort, values in cohorts.items():
        axes.plot(range(len(values)), values, label=cohort, marker=".")
    axes.set_xlabel("period")
    axes.legend(frameon=False, title="cohort")


def _lifecycle(axes: Axes, rows: list[dict[str, Any]]) -> None:
    """Those there are stand above zero, on each other; those who went, below."""
    intervals = list(dict.fromkeys(row["interval"] for row in rows))
    heights = dict.fromkeys(intervals, 0)
    for state in ("returning", "resurrecting", "new", "dormant"):
        counts = Counter[str]()
        for row in rows:
            counts[row["interval"]] += row[state]
        away = state == "dormant"
        values = [-counts[one] if away else counts[one] for one in intervals]
        bottom = [0 if away else heights[one] for one in intervals]
        axes.bar(intervals, values, bottom=bottom, label=state)
        if not away:
            heights = {one: heights[one] + counts[one] for one in intervals}
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.set_ylabel("people")
    axes.legend(frameon=False)


def _stickiness(axes: Axes, rows: list[dict[str, Any]]) -> None:
    axes.bar([row["intervals"] for row in rows], [row["people"] for row in rows], color=ACCENT)
    axes.set_xlabel("intervals")
    axes.set_ylabel("people")


def _attribution(axes: Axes, rows: list[dict[str, Any]]) -> None:
    model = rows[0]["model"]
    shown = [row for row in rows if row["model"] == model and row["value"] is not None]
    shown = shown[:TRANSITIONS_SHOWN][::-1]
    axes.barh([row["value"] for row in shown], [row["credit"] for row in shown], color=ACCENT)
    axes.set_xlabel(f"credit ({model})")


def _paths(axes: Axes, rows: list[dict[str, Any]]) -> None:
    shown = [row for row in rows if row["from"] and row["to"]][:TRANSITIONS_SHOWN][::-1]
    labels = [f"{row['from']} → {row['to']}" for row in shown]
    axes.barh(labels, [row["count"] for row in shown], color=ACCENT)
    axes.set_xlabel("times")


PICTURES: dict[str, Callable[[Axes, list[dict[str, Any]]], None]] = {
    "funnel": _funnel,
    "trend": _trend,
    "retention": _retention,
    "cohort": _cohort,
    "lifecycle": _lifecycle,
    "stickiness": _stickiness,
    "attribution": _attribution,
    "paths": _paths,
}
"""The pictures by the kind of answer; lists, visits and journeys are better read as tables."""
