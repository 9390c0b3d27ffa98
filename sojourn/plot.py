"""Pictures of answers with matplotlib, for notebooks; the web app draws its own."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

ACCENT = "#3b6fb6"
TRANSITIONS_SHOWN = 20
"""More bars than this cannot be read; the table has them all."""


def draw(answer: Any, rows: list[dict[str, Any]]) -> Axes:
    """The picture of an answer on axes of its own."""
    _, axes = plt.subplots()
    kind = answer.__struct_config__.tag
    {"funnel": _funnel, "trend": _trend, "retention": _retention, "paths": _paths}[kind](axes, rows)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def _funnel(axes: Axes, rows: list[dict[str, Any]]) -> None:
    labels = [f"{row['step']}. {row['event']}" for row in rows]
    bars = axes.bar(labels, [row["people"] for row in rows], color=ACCENT)
    axes.bar_label(bars, [f"{row['people']:,}\n{row['conversion']:.1%}" for row in rows])
    axes.set_ylabel("people")


def _trend(axes: Axes, rows: list[dict[str, Any]]) -> None:
    series: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for row in rows:
        name = (row["event"] or "any event", row["measure"])
        series.setdefault(name, []).append((row["interval"], row["count"]))
    for (event, measure), points in series.items():
        axes.plot(*zip(*points, strict=True), label=f"{event} ({measure})")
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)


def _retention(axes: Axes, rows: list[dict[str, Any]]) -> None:
    cohorts: dict[str, list[float]] = {}
    for row in rows:
        cohorts.setdefault(row["cohort"], []).append(row["share"])
    for cohort, shares in cohorts.items():
        axes.plot(range(len(shares)), shares, label=cohort, marker=".")
    axes.set_xlabel("period")
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    axes.legend(frameon=False, title="cohort")


def _paths(axes: Axes, rows: list[dict[str, Any]]) -> None:
    shown = [row for row in rows if row["from"] and row["to"]][:TRANSITIONS_SHOWN][::-1]
    labels = [f"{row['from']} → {row['to']}" for row in shown]
    axes.barh(labels, [row["count"] for row in shown], color=ACCENT)
    axes.set_xlabel("times")
