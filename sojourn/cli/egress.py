"""What would leave to a recipient, how it is signed, and unlinking a recipient for good.

These are commands of `sojourn policy`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console

from sojourn import settings
from sojourn.application import Sojourn
from sojourn.cli.texts import print_json, read_policy
from sojourn.egress.sending import Sending
from sojourn.errors import BadQuestion
from sojourn.policy.sending import Refused

ACTOR = "the command line"


def payload(
    file: Annotated[Path | None, Parameter(allow_leading_hyphen=True)] = None,
    *,
    project: str,
    recipient: str,
    person: int,
    purpose: str,
    subject: str = "",
    data: Path | None = None,
) -> None:
    """Print what would leave to a recipient, and send nothing.

    Parameters
    ----------
    file
        A policy in YAML, or - for standard input; without it, the one in force.
    project
        The project whose person it is.
    recipient
        Its name in the policy.
    person
        The number of the person.
    purpose
        What for.
    subject
        Which kind of person it is, for recipients that are given only some.
    data
        The data folder.
    """
    text = read_policy(file) if file else ""
    with Sojourn(settings.from_environment(data=data)) as sojourn:
        egress = sojourn.egress(sojourn.project(project))
        sending = Sending(recipient, purpose, person, subject)
        built = egress.payload(sending, text=text, actor=ACTOR)
    if isinstance(built, Refused):
        detail = f"{built.what} ({built.clause})"
        raise BadQuestion("Nothing may leave", detail=detail, mend=built.mend)
    print_json(built)


def signing_key(*, project: str, recipient: str, data: Path | None = None) -> None:
    """Print the key with which a recipient checks the signature of what it is sent.

    Parameters
    ----------
    project
        The project that sends.
    recipient
        Its name in the policy.
    data
        The data folder.
    """
    with Sojourn(settings.from_environment(data=data)) as sojourn:
        print(sojourn.egress(sojourn.project(project)).signing_key(recipient).hex())


def unlink(*, project: str, recipient: str, data: Path | None = None) -> None:
    """Destroy a recipient's key: nobody can tell any more whom its pseudonyms stand for.

    What is sent to it from then on comes under other pseudonyms and another signing key.

    Parameters
    ----------
    project
        The project.
    recipient
        Its name in the policy, now or formerly.
    data
        The data folder.
    """
    with Sojourn(settings.from_environment(data=data)) as sojourn:
        had = sojourn.egress(sojourn.project(project)).unlink(recipient, actor=ACTOR)
    told = "Its key is destroyed." if had else "It had no key: nothing was sent to it."
    Console(highlight=False).print(f"“{recipient}”: {told}")


COMMANDS = (payload, signing_key, unlink)
