"""A mail server on loopback that keeps what it takes, and says what a test has it say."""

from __future__ import annotations

import ssl
from asyncio import Transport
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.conftest import free_port

TOOK = "250 OK"


@dataclass
class Mailbox:
    """`refusals` are what it answers to the next mails' addresses or texts before it takes any;
    `drops` is how many mails it takes and then hangs up on instead of saying so; `texts` are the
    mails byte by byte."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    texts: list[bytes] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    at: str = "RCPT"
    drops: int = 0

    @property
    def url(self) -> str:
        """The setting that names it."""
        return f"smtp://127.0.0.1:{self.port}"

    def answer(self, step: str) -> str:
        """What it says at a step."""
        return self.refusals.pop(0) if self.refusals and step == self.at else TOOK

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        said = self.answer("RCPT")
        if said == TOOK:
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        said = self.answer("DATA")
        if said != TOOK:
            return said
        assert isinstance(envelope.content, bytes)
        self.texts.append(envelope.content)
        self.mails.append(message_from_bytes(envelope.content, EmailMessage, policy=policy.SMTP))
        self.envelopes.append((str(envelope.mail_from), list(envelope.rcpt_tos)))
        if self.drops:
            self.drops -= 1
            assert isinstance(server.transport, Transport)
            server.transport.abort()
        return said


@contextmanager
def receiving(
    mailbox: Mailbox,
    *,
    certificate: ssl.SSLContext | None = None,
    login: tuple[str, str] | None = None,
) -> Iterator[Mailbox]:
    """The mailbox, listening for as long as the context lasts; with a `certificate` by STARTTLS,
    and then only for who can log in, if anybody is named."""

    def knows(
        server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        given = (data.login.decode(), data.password.decode())
        return AuthResult(success=given == login, handled=login is None or given == login)

    mailbox.port = mailbox.port or free_port()
    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=mailbox.port,
        tls_context=certificate,
        require_starttls=certificate is not None,
        auth_required=login is not None,
        authenticator=knows,
    )
    controller.start()
    yield mailbox
    controller.stop()
