"""Sending: from a wish to a payload, to the log, to the recipient's webhook, to the log again."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import uuid4
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa

from sojourn import audit
from sojourn.control import writing
from sojourn.egress import log, webhook
from sojourn.egress.log import Transfer
from sojourn.egress.will import stopped_by
from sojourn.errors import BadQuestion, NotFound
from sojourn.geography import country_of
from sojourn.ingest.project import Project
from sojourn.people.directory import Directory
from sojourn.period import from_ms
from sojourn.policy import versions
from sojourn.policy.compile import compiled_to_run
from sojourn.policy.gate import mask_of
from sojourn.policy.recipients import RecipientRule
from sojourn.policy.rules import Rules, rules_of
from sojourn.policy.sending import Happened, Known, Payload, Refused, payload

UTC = ZoneInfo("UTC")
SIGNATURES = "signatures"
"""For what else than pseudonyms a recipient has a key: that one the recipient is told."""
BEGUN = "It was begun; it may be there."
"""What the log says of a sending until it is known what became of it."""


class Sending(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody wants sent: what is known of a person, to a recipient, for a purpose. `subject`
    is which kind of person it is, for recipients that are given only some."""

    recipient: str
    purpose: str
    person: int
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Egress:
    """The way out of one project."""

    engine: sa.Engine
    project: Project
    directory: Directory
    clock_ms: Callable[[], int]

    def payload(self, sending: Sending, *, text: str = "", actor: str) -> Payload | Refused:
        """What would leave now, under the policy in force or the one in `text`. Nothing does; but
        sealed values are opened, which the audit log tells."""
        now_ms, project = self.clock_ms(), self.project
        today = from_ms(now_ms, project.zone).date()
        with writing(self.engine).begin() as connection:
            rules = rules_of_text(connection, project, text, today) if text else project.rules
            built = self._built(connection, rules, sending, today)
            subject = f"{project.name}/person {sending.person}"
            audit.write(connection, now_ms, actor, "preview payload", subject)
        return built

    def send(self, sending: Sending, event: Happened | None = None) -> Transfer:
        """Send what may leave, of a person or of an event of theirs, once, and log it."""
        now_ms, project, rules = self.clock_ms(), self.project, self.project.rules
        address, at = _address(rules, sending), from_ms(now_ms, project.zone)
        with writing(self.engine).begin() as connection:
            built = self._built(connection, rules, sending, at.date(), event)
            body = b"" if isinstance(built, Refused) else msgspec.json.encode(built)
            begun = Transfer(
                id=str(uuid4()),
                recipient=sending.recipient,
                purpose=sending.purpose,
                policy=rules.number,
                at=at.astimezone(UTC),
                person=project.parts.today(sending.person),
                fields=() if isinstance(built, Refused) else tuple(built.fields),
                bytes=len(body),
                status="refused" if isinstance(built, Refused) else "failed",
                detail=f"{built.what} ({built.clause})" if isinstance(built, Refused) else BEGUN,
            )
            log.write(connection, project.id, begun)
            if isinstance(built, Refused):
                return begun
            key = project.vault.recipient_key(connection, sending.recipient, SIGNATURES)
        receipt = webhook.post(address, body, key=key, transfer=begun.id, now_ms=now_ms)
        with writing(self.engine).begin() as connection:
            log.settle(connection, begun.id, *receipt)
        return msgspec.structs.replace(begun, status=receipt.status, detail=receipt.detail)

    def transfers(self, limit: int, before: str = "") -> list[Transfer]:
        """What left, newest first, behind the transfer `before`."""
        with self.engine.begin() as connection:
            return log.recent(connection, self.project.id, limit, before)

    def signing_key(self, recipient: str) -> bytes:
        """The key with which a recipient can check that it was this project that sent."""
        _rule(self.project.rules, recipient)
        with writing(self.engine).begin() as connection:
            return self.project.vault.recipient_key(connection, recipient, SIGNATURES)

    def unlink(self, recipient: str, *, actor: str) -> bool:
        """Destroy a recipient's key, so that nobody can tell any more whom its pseudonyms stand
        for; whether it had one."""
        with writing(self.engine).begin() as connection:
            subject = f"{self.project.name}/recipient {recipient}"
            audit.write(connection, self.clock_ms(), actor, "unlink", subject)
            return self.project.vault.unlink(connection, recipient)

    def _built(
        self,
        connection: sa.Connection,
        rules: Rules,
        sending: Sending,
        at: date,
        event: Happened | None = None,
    ) -> Payload | Refused:
        """The payload. `connection` writes, for the recipient may have no key yet."""
        project, recipient = self.project, sending.recipient
        person = project.parts.today(sending.person) if 0 < sending.person < sys.maxsize else 0
        revealed = self.directory.reveal(connection, person)
        if not revealed.identifiers:
            raise NotFound(
                f"There is no person {sending.person}",
                where="person",
                mend="The list of people shows those there are.",
            )
        known = {name.type: name.value for name in reversed(revealed.identifiers)}
        identifiers = frozenset(name.value for name in revealed.identifiers)
        return payload(
            rules,
            recipient,
            sending.purpose,
            Known(person, known | revealed.traits, identifiers, sending.subject),
            at,
            event=event,
            pseudonym=lambda who: project.vault.pseudonym(connection, recipient, who),
            stopped=stopped_by(
                connection, rules, project, person, sending.purpose, self.clock_ms()
            ),
        )


def rules_of_text(connection: sa.Connection, project: Project, text: str, at: date) -> Rules:
    """The rules that a text would be for a project, if it were its policy."""
    policy = compiled_to_run(text, at).policy
    bits = versions.bits_of(connection, project.id)
    for name in policy.purposes:
        bits.setdefault(name, 1 << len(bits))
    return rules_of(
        policy,
        bits,
        number=0,
        digest=lambda value: project.vault.digest("reduced", value).hex(),
        country_of=country_of,
    )


def _rule(rules: Rules, recipient: str) -> RecipientRule:
    if recipient not in rules.recipients:
        raise BadQuestion(
            "The policy declares no such recipient",
            detail=f"It declares {', '.join(rules.recipients) or 'none'} (S1-16).",
            where="recipient",
            mend="Name one of them, or declare this one.",
        )
    return rules.recipients[recipient]


def _address(rules: Rules, sending: Sending) -> str:
    """Where a recipient is sent to. Words that the policy does not know never reach the log."""
    rule = _rule(rules, sending.recipient)
    mask_of(rules, sending.purpose)
    if not rule.webhook:
        raise BadQuestion(
            f"“{sending.recipient}” has no webhook",
            where="recipient",
            mend="Say `webhook:` with its address in the policy.",
        )
    return rule.webhook
