"""Why data are used, and on which legal basis in which region (GDPR 13(1)(c) and (d), 13(2)(f))."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.policy import meaning
from sojourn.policy.facts.plain import ARTICLE_OF_BASIS, BASES, PROFILING
from sojourn.policy.model import Basis, Purpose
from sojourn.policy.page import Markup, Section, Sheet, join, table, tag
from sojourn.policy.wording import listed, named, plainly, region, used_for


def reasons(sheet: Sheet) -> Section:
    """Each purpose with its basis, then what each basis means."""
    policy = sheet.policy
    rows = [
        (
            named(name),
            sheet.says(used_for(purpose).capitalize() if purpose.says is None else purpose.says,
                       "purposes", name, "use"),
            _bases(sheet, name, purpose),
        )
        for name, purpose in policy.purposes.items()
    ]  # fmt: skip
    shown = table("What data are used for", ("Purpose", "What is done", "Legal basis"), rows)
    meant = tag("h3", "What the legal bases mean")
    content = join(shown, meant, *_meanings(sheet), _by_machine(sheet))
    return Section("reasons", "What we use them for, and why we may", content)


def _meanings(sheet: Sheet) -> Iterator[Markup]:
    """What each basis that is used means, with the first purpose that rests on it."""
    for basis, (title, meant) in BASES.items():
        resting = [name for name, one in sheet.policy.purposes.items() if basis in _all(one)]
        if resting:
            title_of = tag("strong", title)
            told = join(title_of, f" (GDPR {ARTICLE_OF_BASIS[basis]}). {meant}")
            yield sheet.states(told, "purposes", resting[0], "basis")


def _all(purpose: Purpose) -> frozenset[Basis]:
    return meaning.bases(purpose)


def _bases(sheet: Sheet, name: str, purpose: Purpose) -> Markup:
    """The basis of a purpose: one, or one for each region and for some categories."""
    path = ("purposes", name)
    said: list[Markup] = []
    if isinstance(purpose.basis, str):
        said.append(tag("span", sheet.says(BASES[purpose.basis][0], *path, "basis")))
    elif purpose.basis:
        for where, basis in purpose.basis.items():
            told = f"{BASES[basis][0]} in {region(where)}"
            if where == "default":
                told = f"{BASES[basis][0]} {region(where)}"
            said.append(tag("span", sheet.says(told, *path, "basis", where)))
    for category, basis in purpose.by_category.items():
        told = f"{BASES[basis][0]} for {plainly(category)}"
        said.append(tag("span", sheet.says(told, *path, "by_category", category)))
    said += [tag("span", sheet.says(note, *path, key)) for key, note in _grounds(purpose)]
    return join(*said) if said else sheet.says("not said", *path)


def _grounds(purpose: Purpose) -> list[tuple[str, str]]:
    """What a basis needs beside its name: the weighing, whose interest it is (clause S1-15), the
    law, who agrees."""
    grounds = []
    if "legitimate_interests" in _all(purpose):
        if purpose.interests_of == "third_party":
            grounds.append(("interests_of", "The interest is that of somebody else"))
        if purpose.assessment:
            grounds.append(("assessment", f"Weighed in {purpose.assessment}"))
    if purpose.statute:
        grounds.append(("statute", f"The law is {purpose.statute}"))
    if "consent" in _all(purpose) and purpose.granted_by != "person":
        grounds.append(("granted_by", f"Consent is given by the {purpose.granted_by}"))
    return grounds


def _by_machine(sheet: Sheet) -> Markup:
    profiling = [
        name
        for name, purpose in sheet.policy.purposes.items()
        if any(use in PROFILING for use in meaning.uses(purpose))
    ]
    title = tag("h3", "Decisions by a machine")
    if profiling:
        said = f"A profile of you is formed for {listed(map(plainly, profiling))}."
        return join(title, sheet.states(said, "purposes", profiling[0]))
    said = "None of these purposes is to decide about you by a machine alone, or to form a profile."
    return join(title, sheet.states(said, "purposes"))
