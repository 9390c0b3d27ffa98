"""Mail by SMTP, to a real server: what it takes, what it refuses, and what is never said to it."""

from __future__ import annotations

import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sojourn.egress.smtp import Server, send, sender, server_of
from sojourn.errors import SojournError
from sojourn.mail import Delivery, Mail, is_address
from sojourn.settings import Settings
from tests.conftest import free_port
from tests.egress.mailbox import Mailbox, receiving

ORIGIN = "Example <privacy@example.com>"
MAIL = Mail(
    "7f3a",
    1_795_348_800_000,
    "ann@example.org",
    "Élan:\n changes",
    "Bonjour, ça va?\n",
    {"X-Own": "yes"},
)


def test_a_mail_arrives_as_it_was_meant() -> None:
    with receiving(Mailbox()) as mailbox:
        assert send(MAIL, server_of(mailbox.url), ORIGIN).status == "sent"
    (mail,) = mailbox.mails
    assert mailbox.envelopes == [("privacy@example.com", ["ann@example.org"])]
    assert mail["Subject"] == "Élan: changes"
    assert mail["From"] == ORIGIN
    assert mail["Message-ID"] == "<7f3a@example.com>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Own"] == "yes"
    assert mail["Date"] == "Sun, 22 Nov 2026 12:00:00 +0000"
    assert mail.get_content().strip() == "Bonjour, ça va?"


@pytest.mark.parametrize("chars", [20, 60, 90, 400, 900])
def test_where_one_stops_the_mails_stands_plain_in_the_bytes(chars: int) -> None:
    link = f"<https://example.org/p/shop/subscription?link={'Ab-_9' * (chars // 5)}>"
    headers = {"List-Unsubscribe": link, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    with receiving(Mailbox()) as mailbox:
        assert send(replace(MAIL, headers=headers), server_of(mailbox.url), ORIGIN).status == "sent"
    lines = mailbox.texts[0].split(b"\r\n\r\n")[0].split(b"\r\n")
    # RFC 2369 and 8058: programs read these as they stand, and decode nothing in them.
    assert f"List-Unsubscribe: {link}".encode() in lines
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines


def test_a_list_of_ways_to_stop_is_folded_between_them_only() -> None:
    ways = ["<mailto:stop@example.org>,", f"<https://example.org/{'x' * 90}>,", "<https://b.org>"]
    mail = replace(MAIL, headers={"List-Unsubscribe": " ".join(ways)})
    with receiving(Mailbox()) as mailbox:
        assert send(mail, server_of(mailbox.url), ORIGIN).status == "sent"
    lines = mailbox.texts[0].decode().split("\r\n")
    at = lines.index(f"List-Unsubscribe: {ways[0]}")
    assert lines[at + 1 : at + 3] == [f" {ways[1]}", f" {ways[2]}"]


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
@pytest.mark.parametrize(
    ("answer", "status"), [("451 greylisted ann@example.org", "later"), ("550 no", "refused")]
)
def test_what_a_server_says_tells_whether_to_try_again(step: str, answer: str, status: str) -> None:
    with receiving(Mailbox(refusals=[answer], at=step)) as mailbox:
        first = send(MAIL, server_of(mailbox.url), ORIGIN)
        assert first == (status, f"The mail server answered {answer[:3]}.")
        assert send(MAIL, server_of(mailbox.url), ORIGIN).status == "sent"


def test_a_server_that_hangs_up_or_is_not_there_is_no_failure_of_ours() -> None:
    with receiving(Mailbox(drops=1)) as mailbox:
        assert send(MAIL, server_of(mailbox.url), ORIGIN).status == "later"
    nowhere = Server("127.0.0.1", free_port(), "none")
    told = "There was no connection to the mail server."
    assert send(MAIL, nowhere, ORIGIN) == Delivery("unreachable", told)


def _certificate(folder: Path) -> ssl.SSLContext:
    """The certificate of a server on 127.0.0.1 that only who has `ca.pem` trusts."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "ca.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "key.pem").write_bytes(private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "ca.pem", folder / "key.pem")
    return context


def test_a_server_proves_who_it_is_before_it_is_told_a_name_or_an_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = _certificate(tmp_path)
    with receiving(Mailbox(), certificate=certificate, login=("shop", "p@ss/1")) as mailbox:
        where = f"127.0.0.1:{mailbox.port}?starttls=yes"
        right = server_of(f"smtp://shop:p%40ss%2F1@{where}")
        told = send(MAIL, right, ORIGIN)
        assert told == ("unreachable", "The mail server does not prove who it is.")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        wrong = send(MAIL, server_of(f"smtp://shop:guess@{where}"), ORIGIN)
        assert wrong == ("unreachable", "The mail server does not let us sign in.")
        assert mailbox.mails == []
        assert send(MAIL, right, ORIGIN).status == "sent"


def test_without_tls_it_speaks_to_this_machine_only_unless_told() -> None:
    assert server_of("smtp://mail.example.org") == Server("mail.example.org", 587, "starttls")
    assert server_of("smtps://mail.example.org").security == "tls"
    assert server_of("smtp://mail.example.org:25?starttls=no").security == "none"
    assert server_of("smtp://127.0.0.1:25").security == "none"
    assert server_of("smtp://localhost:25?starttls=yes").security == "starttls"


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org",
        "http://u:hush@mail.example.org",
        "smtp://u:hush@",
        "smtp://u:hush@mail:many",
        "smtp://u:hush@mail?tls=yes",
        "smtp://u:hush@[mail",
        "smtp://u:hush@mail?starttls=maybe",
    ],
)
def test_a_setting_that_names_no_server_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(SojournError) as refusal:
        server_of(url)
    assert refusal.value.where == "SOJOURN_SMTP_URL"
    assert "hush" not in str(refusal.value)


@pytest.mark.parametrize(
    ("mail_from", "public_url", "where"),
    [
        ("", "https://example.org", "SOJOURN_MAIL_FROM"),
        ("Example", "https://example.org", "SOJOURN_MAIL_FROM"),
        ("A\nBcc: b@example.org <a@example.org>", "https://example.org", "SOJOURN_MAIL_FROM"),
        ("a@example.org", "", "SOJOURN_PUBLIC_URL"),
        ("a@example.org", "example.org", "SOJOURN_PUBLIC_URL"),
    ],
)
def test_a_server_alone_is_not_enough(mail_from: str, public_url: str, where: str) -> None:
    settings = Settings(smtp_url="smtp://localhost", mail_from=mail_from, public_url=public_url)
    with pytest.raises(SojournError) as refusal:
        sender(settings)
    assert refusal.value.where == where
    assert sender(Settings(mail_from=mail_from, public_url=public_url)) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ann",
        "ann@localhost",
        "ann@example.org\r\nBcc: eve@example.org",
        "ann@example.org\n",
        "ann@example.org,eve@example.org",
        "Ann <ann@example.org>",
        "ann@[127.0.0.1]",
        "ann@-example.org",
        "an n@example.org",
        "änn@example.org",
        f"{'a' * 65}@example.org",
        f"ann@{'a.' * 125}org",
    ],
)
def test_what_is_no_single_address_is_none(text: str) -> None:
    assert not is_address(text)


@pytest.mark.parametrize("text", ["ann@example.org", "a.n+n_1@sub.example-1.org", "'@xn--e.fr"])
def test_addresses_that_people_have_are_taken(text: str) -> None:
    assert is_address(text)


def test_a_mail_that_is_printed_shows_nobody() -> None:
    assert "ann" not in repr(MAIL)
    assert "Bonjour" not in repr(MAIL)
    assert "hush" not in repr(server_of("smtp://u:hush@mail"))
