"""Mail by SMTP (RFC 5321): one connection and one attempt for each mail.

Addresses go in the clear to nobody: without TLS it speaks to this very machine only, unless the
setting says otherwise in so many words.
"""

from __future__ import annotations

import ipaddress
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime, parseaddr
from typing import Literal
from urllib.parse import unquote, urlsplit

from sojourn.errors import SojournError
from sojourn.mail import Delivery, Mail, SendMail, is_address
from sojourn.settings import Settings

ANSWER_S_MAX = 10.0
"""How long a server may take for each step."""
PORTS = {"smtp": 587, "smtps": 465}
"""Where servers take mail from those who are signed in (RFC 8314)."""
LINE_CHARS_MAX = 998
"""RFC 5322, 2.1.1."""
Security = Literal["tls", "starttls", "none"]
_STARTTLS: dict[str, Security | None] = {
    "": None,
    "starttls=yes": "starttls",
    "starttls=no": "none",
}


class _AsItStands(UnstructuredHeader, BaseHeader):
    """A header that programs read and whose words are not decoded, such as an address in angle
    brackets (RFC 2369, 2): however long a word is it stays whole, and a line ends between two."""

    def fold(self, *, policy: Policy) -> str:
        """The lines of the header; the first word stands behind its name."""
        lines = [f"{self.name}:"]
        for number, word in enumerate(self.split()):
            if number and len(lines[-1]) + len(word) >= (policy.max_line_length or LINE_CHARS_MAX):
                lines.append("")
            lines[-1] += f" {word}"
        return policy.linesep.join((*lines, ""))


_HEADERS = HeaderRegistry()
for _name in ("List-Unsubscribe", "List-Unsubscribe-Post"):
    _HEADERS.map_to_type(_name, _AsItStands)
_FORMAT = SMTP.clone(header_factory=_HEADERS)
"""How a mail is written."""


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server, and who signs in there; nobody does without a name."""

    host: str
    port: int
    security: Security
    name: str = ""
    password: str = field(default="", repr=False)


def sender(settings: Settings) -> SendMail | None:
    """What sends mail by these settings; None where they name no server."""
    if not settings.smtp_url:
        return None
    server, origin = server_of(settings.smtp_url), settings.mail_from
    if not is_address(parseaddr(origin)[1]) or not origin.isprintable():
        raise SojournError(
            "Nobody is named from whom mail comes",
            where="SOJOURN_MAIL_FROM",
            mend="Give an address, such as Example <privacy@example.org>.",
        )
    address = urlsplit(settings.public_url)
    if address.scheme not in ("http", "https") or not address.hostname or address.query:
        raise SojournError(
            "Links in mails would lead nowhere",
            where="SOJOURN_PUBLIC_URL",
            mend="Give the address under which others reach this server: https://example.org.",
        )
    return lambda mail: send(mail, server, origin)


def server_of(url: str) -> Server:
    """The server that a setting names: `smtp://name:password@host:587?starttls=yes`."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        host, port = "", 0
    if not host or not port or parts.scheme not in PORTS or parts.query not in _STARTTLS:
        # The setting is not repeated: it may hold a password.
        raise SojournError(
            "The mail server cannot be read",
            where="SOJOURN_SMTP_URL",
            mend="Give smtps://name:password@host or smtp://name:password@host:587?starttls=yes.",
        )
    security: Security = "tls"
    if parts.scheme == "smtp":
        security = _STARTTLS[parts.query] or ("none" if _is_here(host) else "starttls")
    return Server(
        host, port, security, unquote(parts.username or ""), unquote(parts.password or "")
    )


def send(mail: Mail, server: Server, origin: str) -> Delivery:
    """Send a mail from an address, once."""
    message, from_address = _message(mail, origin), parseaddr(origin)[1]
    try:
        with _connected(server) as connection:
            return _sent(connection, message, from_address, mail.to)
    except smtplib.SMTPAuthenticationError:
        return Delivery("unreachable", "The mail server does not let us sign in.")
    except smtplib.SMTPResponseException as failure:
        return Delivery("unreachable", f"The mail server greets with {failure.smtp_code}.")
    except ssl.SSLError:
        return Delivery("unreachable", "The mail server does not prove who it is.")
    except (OSError, smtplib.SMTPException):
        return Delivery("unreachable", "There was no connection to the mail server.")


def _sent(connection: smtplib.SMTP, message: EmailMessage, origin: str, address: str) -> Delivery:
    """One transaction. Of an answer only its number is told: its text may repeat the address."""
    try:
        connection.send_message(message, origin, [address])
    except smtplib.SMTPRecipientsRefused as refusal:
        return _refused(refusal.recipients[address][0])
    except smtplib.SMTPResponseException as refusal:
        return _refused(refusal.smtp_code)
    except (OSError, smtplib.SMTPException):
        return Delivery("later", "The connection to the mail server broke.")
    return Delivery("sent", "The mail server took it.")


def _refused(code: int) -> Delivery:
    """RFC 5321, 4.2.1: 4xx is for now, 5xx for good."""
    for_good = 500 <= code < 600
    return Delivery("refused" if for_good else "later", f"The mail server answered {code}.")


@contextmanager
def _connected(server: Server) -> Iterator[smtplib.SMTP]:
    context = ssl.create_default_context()
    connection: smtplib.SMTP
    if server.security == "tls":
        connection = smtplib.SMTP_SSL(
            server.host, server.port, timeout=ANSWER_S_MAX, context=context
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=ANSWER_S_MAX)
    try:
        if server.security == "starttls":
            connection.starttls(context=context)
        if server.name:
            connection.login(server.name, server.password)
        yield connection
        # What was taken stays taken, whatever the server says on parting.
        with suppress(OSError, smtplib.SMTPException):
            connection.quit()
    finally:
        connection.close()


def _message(mail: Mail, origin: str) -> EmailMessage:
    message = EmailMessage(_FORMAT)
    message["From"] = origin
    message["To"] = mail.to
    message["Subject"] = " ".join(mail.subject.split())
    message["Date"] = format_datetime(datetime.fromtimestamp(mail.at_ms / 1000, UTC))
    message["Message-ID"] = f"<{mail.id}@{parseaddr(origin)[1].rpartition('@')[2]}>"
    # RFC 3834: nobody's note that they are away comes back.
    message["Auto-Submitted"] = "auto-generated"
    for name, value in mail.headers.items():
        message[name] = value
    message.set_content(mail.text)
    return message


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
