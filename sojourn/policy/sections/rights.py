"""What people may ask for, by the basis on which their data are used (GDPR 13(2)(b) and (c))."""

from __future__ import annotations

from sojourn.policy import meaning
from sojourn.policy.facts.plain import BASES, HOLDS, NOT, RIGHTS
from sojourn.policy.facts.rights import ARTICLE_OF, RIGHTS_OF
from sojourn.policy.page import Markup, Section, Sheet, join, table, tag
from sojourn.policy.wording import lasting

_VERIFIED = {
    "email": "we write to the e-mail address that we know of you",
    "sign_in": "you sign in",
    "manual": "we ask you for what shows that it is you",
}


def rights(sheet: Sheet) -> Section:
    """The rights with the matrix of bases, then where, how fast and how one asks."""
    content = join(_how(sheet), _matrix(sheet), _stopping(sheet))
    return Section("rights", "Your rights", content)


def _how(sheet: Sheet) -> Markup:
    said, own = [], sheet.policy.rights
    if own.channel:
        told = f"Write to {own.channel} with any of them; it costs you nothing."
        said.append(sheet.states(told, "rights", "channel"))
    if own.answer_within:
        told = (
            f"You are answered within {lasting(own.answer_within)}, or earlier where the law asks"
            " for it. If we refuse, we say why."
        )
        said.append(sheet.states(told, "rights", "answer_within"))
    if own.verify:
        told = f"So that nobody asks in your name, {_VERIFIED[own.verify]}."
        said.append(sheet.states(told, "rights", "verify"))
    return join(*said)


def _matrix(sheet: Sheet) -> Markup:
    used = _bases(sheet)
    head = ("You may", *(BASES[basis][0] for basis in used))
    rows = [
        (
            join(RIGHTS[right][0], tag("br"), tag("small", f"GDPR {ARTICLE_OF[right]}: "
                 f"{RIGHTS[right][1]}. "), sheet.line("rights", "offers")),
            *(_cell(right, basis) for basis in used),
        )
        for right in sheet.policy.rights.offers
    ]  # fmt: skip
    before = "Which right holds depends on the legal basis of the purpose, as told above."
    return join(sheet.states(before, "purposes"), table("Rights by legal basis", head, rows))


def _cell(right: str, basis: str) -> str:
    if right in RIGHTS_OF[basis]:
        return HOLDS.get((right, basis), "yes")
    return NOT.get((right, basis), "no")


def _bases(sheet: Sheet) -> list[str]:
    """The bases that the policy uses, in the order of the law's article."""
    used = {basis for one in sheet.policy.purposes.values() for basis in meaning.bases(one)}
    return [basis for basis in BASES if basis in used]


def _stopping(sheet: Sheet) -> Markup:
    said, own = [], sheet.policy.rights
    if any(meaning.is_marketing(one) for one in sheet.policy.purposes.values()):
        here = "at once" if own.stop_marketing_here else "without delay"
        there = ""
        if own.stop_marketing_within:
            there = f", and at those who help us within {lasting(own.stop_marketing_within)}"
        told = f"If you do not want advertising, it stops here {here}{there}. You need no reason."
        said.append(sheet.states(told, "rights", "stop_marketing_within"))
    if any("consent" in meaning.bases(one) for one in sheet.policy.purposes.values()):
        told = (
            "Consent that you take back ends what rests on it from then on; what was done before"
            " stays lawful."
        )
        said.append(sheet.states(told, "rights", "offers"))
    # Where advertising networks themselves take an opt-out (clause S1-22).
    for region, addresses in sheet.policy.opt_outs.items():
        links = join(*(piece for one in addresses for piece in (_link(one), " ")))
        said.append(
            tag("p", f"Opting out of advertising networks ({region}): ", links,
                sheet.line("opt_outs", region))
        )  # fmt: skip
    return join(*said)


def _link(address: str) -> Markup:
    """A link where an address is one of the web; otherwise its text."""
    if address.startswith(("https://", "http://")):
        return tag("a", address, href=address, rel="noopener noreferrer")
    return join(address)
