"""Purposes: what data are used for, and by what right in each region and for each category."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.policy import meaning
from sojourn.policy.change import Change, gained, listed, material, minor, said, subjects, wider
from sojourn.policy.facts.fideslang import within
from sojourn.policy.facts.rights import ARTICLE_OF, RIGHTS_OF
from sojourn.policy.model import Policy, Purpose
from sojourn.policy.rules import EVERYWHERE, basis_in
from sojourn.policy.stricter import is_freer

USE = ("S1-13", "GDPR 13(3)")
BASIS = ("S1-14", "GDPR 13(1)(c)")
LOSABLE = {
    "erase": "the right to erasure",
    "port": "the right to take the data along",
    "object": "the right to object",
}
"""The rights that not every basis gives, as a sentence calls them."""


def compare(old: Policy, new: Policy) -> Iterator[Change]:
    """New and gone purposes, and each that stays."""
    for name, purpose in new.purposes.items():
        path = f"purposes.{name}"
        if name not in old.purposes:
            yield wider(path, f"Data are used for “{name}”, which is new.", USE, [name])
        else:
            yield from _use(path, name, old.purposes[name], purpose)
            yield from _drawn(path, name, old, new)
            yield from _bases(path, name, old, new)
    for name in gained(new.purposes, old.purposes):
        yield minor(f"purposes.{name}", f"Nothing is used for “{name}” any more.", ("S1-41",))
    before, now = old.identity.purpose, new.identity.purpose
    if before is None and now is not None:
        what = f"What several identifiers did is joined only where “{now}” is lawful."
        yield minor("identity.purpose", what, ("S1-09",))
    elif before != now:
        where = f"where “{now}” is lawful" if now else "whatever is lawful"
        what = f"What several identifiers did is joined {where}."
        yield wider("identity.purpose", what, ("S1-09",), filter(None, (before, now)))


def _use(path: str, name: str, old: Purpose, new: Purpose) -> Iterator[Change]:
    more = [use for use in meaning.uses(new) if not within(use, meaning.uses(old))]
    if more:
        yield wider(f"{path}.use", f"“{name}” is {listed(more)} as well.", USE, [name])
    elif set(meaning.uses(new)) != set(meaning.uses(old)):
        yield minor(f"{path}.use", f"“{name}” is {listed(meaning.uses(new))} only.", USE)
    about = f"“{name}” uses data about"
    yield from subjects(path, about, old.subjects, new.subjects, USE, [name])
    if old.interests_of != new.interests_of:
        what = f"The interests behind “{name}” are those of the {said(new.interests_of)}."
        third = new.interests_of == "third_party"
        yield (wider if third else minor)(f"{path}.interests_of", what, ("S1-15",))
    if old.granted_by != new.granted_by:
        what = f"Consent to “{name}” is given by the {new.granted_by}."
        freer = new.granted_by != "person"
        yield (wider if freer else minor)(f"{path}.granted_by", what, ("S2-14", "GDPR 7"))


def _drawn(path: str, name: str, old: Policy, new: Policy) -> Iterator[Change]:
    """The purposes whose data serve this one, too: those it is compatible with may be asked for it,
    and data of those it is a part of leave to its recipients."""
    before, now = (one.purposes[name].compatible_with for one in (old, new))
    for others in gained(before, now):
        what = f"Data of “{others}” are asked for “{name}” too."
        yield wider(f"{path}.compatible_with", what, ("GDPR 6(4)",), [name, others])
    for others in gained(now, before):
        what = f"Data of “{others}” are asked for “{name}” no more."
        yield minor(f"{path}.compatible_with", what, ("GDPR 6(4)",))
    drew, draws = (meaning.drawn_from(one, name) for one in (old, new))
    for others in gained((*drew, *now), draws):
        what = f"Data of “{others}” are given to those who get data for “{name}”."
        yield wider(f"{path}.under", what, USE, [name, others])
    for others in gained((*draws, *before), drew):
        what = f"Data of “{others}” are given to those who get data for “{name}” no more."
        yield minor(f"{path}.under", what, USE)


def _bases(path: str, name: str, old: Policy, new: Policy) -> Iterator[Change]:
    before, now = old.purposes[name], new.purposes[name]
    told: set[tuple[str | None, str | None]] = set()
    for category in ("", *dict.fromkeys((*before.by_category, *now.by_category))):
        for region in _regions(before, now):
            was, becomes = basis_in(before, region, category), basis_in(now, region, category)
            if was == becomes or (was, becomes) in told:
                continue
            told.add((was, becomes))
            where = "" if region == EVERYWHERE else f" in {region}"
            of = f" for “{category}”" if category else ""
            what = f"“{name}” rests on {said(becomes)}{where}{of}; before on {said(was)}."
            at = f"{path}.by_category.{category}" if category else f"{path}.basis"
            lost = _lost(was, becomes)
            if lost:
                what += f" People lose {' and '.join(LOSABLE[right] for right in lost)}."
            articles = tuple(f"GDPR {ARTICLE_OF[right]}" for right in lost)
            change = wider if is_freer(was, becomes) else material if lost else minor
            yield change(at, what, (*BASIS, *articles), [name] if change is not minor else ())


def _lost(was: str | None, becomes: str | None) -> list[str]:
    """The rights that go with a basis. Who is asked loses none: they can take it back."""
    if becomes in (None, "consent"):
        return []
    return [right for right in LOSABLE if right in gained(_rights(becomes), _rights(was))]


def _rights(basis: str | None) -> tuple[str, ...]:
    return RIGHTS_OF[basis] if basis else ()


def _regions(*purposes: Purpose) -> list[str]:
    named = [region for one in purposes if isinstance(one.basis, dict) for region in one.basis]
    return list(dict.fromkeys((EVERYWHERE, *named)))


COMPARE = compare
