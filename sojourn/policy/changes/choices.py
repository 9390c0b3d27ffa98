"""Choices: what people can decide, and what decides for them: consent, signals, age, cookies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sojourn.policy import meaning
from sojourn.policy.change import Change, gained, minor, said, wider
from sojourn.policy.facts.fideslang import within
from sojourn.policy.model import Age, Consent, Cookie, Cookieless, Policy, Signals
from sojourn.policy.rules import ADULT, EVERYWHERE, NEEDED, SOLD
from sojourn.policy.stricter import is_longer

KEPT_THERE = ("S1-19", "ePrivacy 5(3)")
ASKED = ("S1-31", "GDPR 7")


def compare(old: Policy, new: Policy) -> Iterator[Change]:
    """Consent, cookies, signals, age, and what is counted of who has not agreed."""
    yield from _consent(old, new)
    yield from _cookies(old, new)
    yield from _signals(old, new)
    yield from _age(old, new)
    yield from _cookieless(old.cookieless, new.cookieless)
    if old.region != new.region:
        if new.region is None:
            yield minor("region", "Where nothing is known, the strictest rule holds.", ())
        else:
            what = f"People of whom nothing is known are taken to be in {new.region}."
            yield wider("region", what, ("S1-14",), new.purposes)


def _consent(old: Policy, new: Policy) -> Iterator[Change]:
    before, now = old.consent or Consent(), new.consent or Consent()
    if before.by != now.by or before.refuse != now.refuse:
        strict = (now.by, now.refuse) == ("act", "as_easy")
        what = f"Consent is given by {said(now.by)}, and refused {said(now.refuse)}."
        yield (minor if strict else wider)("consent", what, ASKED)
    what = f"Consent is good for {now.renew or 'ever'}; before for {before.renew or 'ever'}."
    if is_longer(before.renew, now.renew):
        yield wider("consent.renew", what, ASKED, _asked(new))
    elif is_longer(now.renew, before.renew):
        yield minor("consent.renew", what, ASKED)


def _asked(policy: Policy) -> list[str]:
    return [name for name, own in policy.purposes.items() if "consent" in meaning.bases(own)]


def _cookies(old: Policy, new: Policy) -> Iterator[Change]:
    before = {cookie.name: cookie for cookie in old.cookies}
    for number, cookie in enumerate(new.cookies):
        yield from _cookie(f"cookies.{number}", before.get(cookie.name), cookie)
    for name in gained([cookie.name for cookie in new.cookies], before):
        yield minor("cookies", f"“{name}” is set no more.", KEPT_THERE)


def _cookie(path: str, old: Cookie | None, new: Cookie) -> Iterator[Change]:
    purposes = [new.purpose] if new.purpose else []
    who = f"“{new.name}”"
    if old is None:
        what = f"{who} is kept in the browser for {new.keep}, which is new."
        yield wider(path, what, KEPT_THERE, purposes)
        return
    if old.keep != new.keep:
        what = f"{who} stays for {said(new.keep)}; before for {said(old.keep)}."
        longer = is_longer(old.keep, new.keep)
        yield (wider if longer else minor)(f"{path}.keep", what, KEPT_THERE, purposes)
    if old.purpose != new.purpose:
        yield wider(f"{path}.purpose", f"{who} is for “{new.purpose}”.", KEPT_THERE, purposes)
    if old.party != new.party:
        what = f"{who} is of the {new.party} party."
        yield (wider if new.party == "third" else minor)(
            f"{path}.party", what, KEPT_THERE, purposes
        )
    if old.essential != new.essential:
        what = f"{who} is set {'without asking' if new.essential else 'with consent only'}."
        yield (wider if new.essential else minor)(f"{path}.essential", what, KEPT_THERE, purposes)


def _signals(old: Policy, new: Policy) -> Iterator[Change]:
    """Global Privacy Control is honoured unless it is said not to be; Do Not Track if it is."""
    before, now = old.signals or Signals(), new.signals or Signals()
    named = {
        "gpc": ("Global Privacy Control", before.gpc != "ignore", now.gpc != "ignore"),
        "dnt": ("Do Not Track", before.dnt == "honour", now.dnt == "honour"),
    }
    for key, (signal, was, honoured) in named.items():
        if was and not honoured:
            stopped = _stopped_by(new, key)
            yield wider(f"signals.{key}", f"{signal} is ignored.", ("S1-24",), stopped)
        elif honoured and not was:
            yield minor(f"signals.{key}", f"{signal} is honoured.", ("S1-24",))


def _stopped_by(policy: Policy, key: str) -> Iterable[str]:
    """The purposes that a signal stops, as the gate has it."""
    for name, purpose in policy.purposes.items():
        uses = meaning.uses(purpose)
        if any(within(use, SOLD) if key == "gpc" else not within(use, NEEDED) for use in uses):
            yield name


def _age(old: Policy, new: Policy) -> Iterator[Change]:
    clauses = ("S1-36", "GDPR 8(1)")
    before, now = old.age or Age(), new.age or Age()
    asked = _asked(new)
    told: set[tuple[int, int]] = set()
    for region in dict.fromkeys((EVERYWHERE, *before.consent_from, *now.consent_from)):
        was, becomes = _adult_from(before, region), _adult_from(now, region)
        if was == becomes or (was, becomes) in told:
            continue
        told.add((was, becomes))
        where = "" if region == EVERYWHERE else f" in {region}"
        what = f"People consent themselves from {becomes} years{where}; before from {was}."
        yield (wider if becomes < was else minor)("age.consent_from", what, clauses, asked)
    if before.below != now.below:
        what = "A guardian consents for the younger."
        refused = "Who is too young is not counted, whoever consents."
        if now.below == "guardian":
            yield wider("age.below", what, clauses, asked)
        else:
            yield minor("age.below", refused, clauses)


def _adult_from(age: Age, region: str) -> int:
    return age.consent_from.get(region, age.consent_from.get(EVERYWHERE, ADULT))


_NARROWER = (("no_consent", "always"), ("no_consent", "never"))
"""Changes after which less is kept in browsers, or fewer people are counted."""


def _cookieless(old: Cookieless, new: Cookieless) -> Iterator[Change]:
    if old.when == new.when:
        return
    how = {
        "never": "Nobody is counted without something kept in the browser.",
        "no_consent": "Who has not agreed is counted, without anything kept in the browser.",
        "always": "Everybody is counted without anything kept in the browser.",
    }
    change = minor if (old.when, new.when) in _NARROWER else wider
    yield change("cookieless.when", how[new.when], ("S1-21", "ePrivacy 5(3)"))


COMPARE = compare
