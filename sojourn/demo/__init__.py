"""Rituals, a simulated company: six months of its journeys, to fill a workspace with.

Nobody in it exists. Rituals, a simulated company, sells team-ritual software to companies; 20,000
invented people see its site, sign up, are invited, check in every week, pay, ask for help, leave
and return. Some truths are planted in what they do (`TRUTHS`), and the reports must show them.

    region  company  person      who there is
    clock   fate    diary        when, how often, and where it is written down
    acquisition onboarding rhythm billing care      what they do, in the order of a life
    simulation                   puts them together: `simulate`
    catalogue  truths            what is in it: event names and properties, and what must come out
    policy.yaml                  what the company says of all this, and Sojourn holds it to
"""

from __future__ import annotations

from importlib.resources import files

from sojourn.demo.simulation import PEOPLE, simulate
from sojourn.demo.truths import TRUTHS, Question, Truth, observed

PROJECT = "demo"
PROJECT_TITLE = "Rituals, a simulated company"


def policy() -> str:
    """The text of the company's policy."""
    return (files("sojourn.demo") / "policy.yaml").read_text()


__all__ = [
    "PEOPLE",
    "PROJECT",
    "PROJECT_TITLE",
    "TRUTHS",
    "Question",
    "Truth",
    "observed",
    "policy",
    "simulate",
]
