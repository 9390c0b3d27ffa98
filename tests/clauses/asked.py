"""What each clause asks, in one sentence, and how much of it the program does.

A state claims no more than is true: what is only `checked` is not done, and what is missing of it
stands beside it.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

State = Literal["enforced", "in part", "checked", "notice only", "not yet"]

STATES: dict[State, str] = {
    "enforced": "the program does it, or refuses the policy that does not say it; tests prove it",
    "in part": "the program does some of it, which tests prove; the rest is named",
    "checked": "the compiler tells when a policy does not say it; nothing acts on it yet",
    "notice only": "there is nothing to carry out, only something to tell people",
    "not yet": "neither; what is missing is named",
}
"""The states from the most to the least, and what each means."""


class Clause(NamedTuple):
    """What a clause asks, how much of that the program does, and what it does not do."""

    asks: str
    state: State = "enforced"
    missing: str = ""


NO_REQUESTS = "there are no requests of people yet"

WOOPRA = {
    "S1-01": Clause("Only what a person does counts as consent; going on reading does not."),
    "S1-02": Clause(
        "Every project says whether it decides for itself or works for others, and for whom.",
        "checked",
        f"A request to a processor is passed on to nobody: {NO_REQUESTS}; a project has one policy",
    ),
    "S1-03": Clause(
        "Data leave for another country only under a mechanism that carries on that day.",
        "in part",
        "The policy names where the evidence lies; no hash of it is kept",
    ),
    "S1-04": Clause(
        "It is known to whom recipients pass data on and who is liable, and every sending is "
        "logged under an id."
    ),
    "S1-05": Clause(
        "A complaint has a clock and an address of its own.",
        "checked",
        f"The notice tells both; nothing counts the days: {NO_REQUESTS}",
    ),
    "S1-06": Clause("Each field has its category, and a password is never one of them."),
    "S1-07": Clause(
        "A field may be left out without harm, and has its purpose all the same.",
        "in part",
        "Every field has its purpose, and the notice says which need not be given; whether leaving "
        "one out does harm is the site's affair",
    ),
    "S1-08": Clause("Card numbers are found in any text and not kept; billing is a category."),
    "S1-09": Clause("Joining what is known under two names is a use of data with its own purpose."),
    "S1-10": Clause(
        "What somebody else gave is marked with its source, and is no more than that source gives.",
        "checked",
        "An event does not say from which source its values come, so nothing is held back",
    ),
    "S1-11": Clause(
        "What a browser sends by itself is listed by name; address and device are personal data."
    ),
    "S1-12": Clause(
        "What a phone sends is listed in the same way, and marked as coming from one.",
        "in part",
        "An event keeps which client sent it; a policy cannot speak of one kind of client",
    ),
    "S1-13": Clause(
        "Every question and every sending names one declared purpose, and sees its data only.",
        "in part",
        "A question that names none asks for analytics; a property that the policy does not "
        "declare can be used by every question that sees its event",
    ),
    "S1-14": Clause("Each purpose has a basis, by category and region; interests are weighed."),
    "S1-15": Clause("Interests that are those of somebody else are told apart."),
    "S1-16": Clause(
        "Each recipient is declared by name, those without a connection included.",
        "in part",
        "What is handed over by hand cannot be written down",
    ),
    "S1-17": Clause(
        "A legal hold has a scope, a reference and an end, and keeps what is in its scope alone.",
        "in part",
        f"It holds back retention; it will hold back erasure on request when there is one: "
        f"{NO_REQUESTS}",
    ),
    "S1-18": Clause(
        "Numbers that leave are about so many people at least.",
        "checked",
        "No number is handed out as one that may leave, so none is hidden; answers are for members",
    ),
    "S1-19": Clause("Cookies are listed with purpose, lifetime, party and need."),
    "S1-20": Clause("Seeing that a mail was opened is a separate purpose and waits for consent."),
    "S1-21": Clause("Everything works without cookies; people are counted by visits then."),
    "S1-22": Clause(
        "Opting out of advertising ends that purpose alone, and the opt-outs by region are listed.",
        "in part",
        "The compiler does not notice an advertising network that is given another purpose",
    ),
    "S1-23": Clause("The fields that leave are listed by recipient, an address one by one."),
    "S1-24": Clause("A policy says what becomes of a browser's signals; the public text follows."),
    "S1-25": Clause(
        "Links lead to other sites, which have their own rules.",
        "notice only",
        "A site says so where it links; nothing of it passes through Sojourn",
    ),
    "S1-26": Clause(
        "Measures of security are named, and data lie sealed under a key for each person.",
        "in part",
        "What identifies is sealed; the rest of an event lies in the clear beside a number",
    ),
    "S1-27": Clause("Every category has an end: a number, one after an event, or a statute."),
    "S1-28": Clause(
        "Backups have a greatest age, and what was erased stays erased when one is read back.",
        "checked",
        "Sojourn makes no backups and reads none back; the notice tells their age",
    ),
    "S1-29": Clause(
        "People correct their data themselves, and the recipients learn of it.",
        "not yet",
        "A later value replaces the one before, but nobody can correct their own, and no "
        "recipient is told",
    ),
    "S1-30": Clause(
        "People can ask for all seven rights, each where its basis gives it.",
        "in part",
        "Objecting, withdrawing and restricting act at once; access, correction, erasure and "
        "taking data along cannot be asked for yet",
    ),
    "S1-31": Clause("Taking consent back ends its future and leaves what was lawful before."),
    "S1-32": Clause(
        "Opting out closes the gate here at once, and at recipients within ten working days.",
        "in part",
        "Nothing more is sent from that instant; a recipient is not told to stop what it has",
    ),
    "S1-33": Clause("What is stopped is a purpose, so mail about an account still comes."),
    "S1-34": Clause(
        "Turning push off on the device is an opt-out from push.",
        "not yet",
        "No wire brings that signal",
    ),
    "S1-35": Clause(
        "Whoever is refused learns why, and where to complain.",
        "checked",
        f"The notice names the authority; nobody can be refused: {NO_REQUESTS}",
    ),
    "S1-36": Clause(
        "Below an age, which differs by country, nobody consents; a child found is erased.",
        "in part",
        "A child's events have no consent, and a child is unseen where it is needed from the "
        "moment the age is told; what is stored is not erased",
    ),
    "S1-37": Clause(
        "Whether anything is known of somebody is told to that person, and nothing else.",
        "checked",
        f"The policy says how identity is shown; {NO_REQUESTS}",
    ),
    "S1-38": Clause(
        "An answer is due within the time of the policy or the law, whichever ends first.",
        "checked",
        f"The notice tells the time; nothing counts it: {NO_REQUESTS}",
    ),
    "S1-39": Clause(
        "A reason to keep what should go has an article, a scope and an end.",
        "checked",
        f"The notice tells them; no erasure weighs them: {NO_REQUESTS}",
    ),
    "S1-40": Clause(
        "Copies are listed with their lifetimes, and erasing reaches each.",
        "in part",
        "Retention reaches the table, its log and the timelines; exports that left are not known",
    ),
    "S1-41": Clause(
        "Versions are dated; what means something new is told first and asks for consent again.",
        "in part",
        "Who asked is written to when recipients change; of the rest, page and feed tell",
    ),
}
"""The clauses of the first policy."""

POPWORK = {
    "S2-01": Clause("Name and mail are one category, the address another; each has its uses."),
    "S2-02": Clause("Running the service and watching how it is used each have their own basis."),
    "S2-03": Clause("What people write is searched for secrets and kept out of analytics."),
    "S2-04": Clause("Billing is kept for as long as tax law says, which the policy names."),
    "S2-05": Clause("What is written to support is used for support."),
    "S2-06": Clause("A purpose without a basis does not run."),
    "S2-07": Clause("A name that is nearly another is told; only a declared alias stands for it."),
    "S2-08": Clause("What is used is declared; where there is only code, no personal field goes."),
    "S2-09": Clause("A recipient that hosts gets no logs."),
    "S2-10": Clause("Those who get logs know people by a pseudonym of their own, not by name."),
    "S2-11": Clause(
        "A purpose that says everything is told to be too broad.",
        "checked",
        "It is a warning, with which the policy runs",
    ),
    "S2-12": Clause("Guarding against attacks is security, on legitimate interests."),
    "S2-13": Clause(
        "Signing in by another company is asked for before one is sent there, and can be undone.",
        "not yet",
        "Sojourn signs nobody in elsewhere; consent to it can be recorded, which revokes nothing",
    ),
    "S2-14": Clause("Who consented is written down, and nobody can for an employee."),
    "S2-15": Clause(
        "People are told of data that came from elsewhere; who was erased does not come back.",
        "checked",
        "The notice names the source; nobody is told in person, and nothing marks who was erased",
    ),
    "S2-16": Clause("Who sends the service's mail is given nothing for marketing."),
    "S2-17": Clause("Who takes payments is given neither logs nor what people write."),
    "S2-18": Clause("Advertising mail has its own basis, and each sending looks for an opt-out."),
    "S2-19": Clause("Visitors are people of their own kind; Analytics gets nobody's name."),
    "S2-20": Clause("Following sales is a purpose, and about prospects only."),
    "S2-21": Clause("What a notice must say and does not is listed, field by field."),
}
"""The clauses of the second policy."""

CLAUSES = WOOPRA | POPWORK
"""Every clause, by its id."""
