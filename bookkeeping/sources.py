"""The mailbox in which the mail of all businesses arrives."""

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

LARGEST = 60 * 1024 * 1024  # bytes of a mail that is read at all
ASIDE = "Unknown"  # the folder of mails for addresses that nobody has
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class Mailbox:
    """One folder of an IMAP server (RFC 3501). Mails that were dealt with carry the flag \\Seen."""

    def __init__(self, connection: imaplib.IMAP4, validity: str) -> None:
        self._connection, self._validity = connection, validity

    def waiting(self) -> list[str]:
        """The UIDs of the mails that nobody has dealt with, the oldest first."""
        (answer,) = self._ask("SEARCH", "UNSEEN")[:1]
        return answer.decode().split() if isinstance(answer, bytes) else []

    def key_of(self, uid: str) -> str:
        """What names a mail for ever, on this server."""
        return f"{self._validity} {uid}"

    def mail(self, uid: str) -> bytes:
        """A mail as it came; empty for one that is too large or gone. Reading leaves no mark."""
        sizes = [_SIZE.search(_text(part)) for part in self._ask("FETCH", uid, "(RFC822.SIZE)")]
        if not any(size and int(size[1]) <= LARGEST for size in sizes):
            return b""
        parts = self._ask("FETCH", uid, "(BODY.PEEK[])")
        return next((bytes(part[1]) for part in parts if isinstance(part, tuple)), b"")

    def done(self, uid: str) -> None:
        self._ask("STORE", uid, "+FLAGS", r"(\Seen)")

    def leave_aside(self, uid: str) -> None:
        """Move a mail to the folder ASIDE. Killed in between it is there and here: nothing is lost."""
        self._connection.xatom("CREATE", ASIDE)  # refused where it is there
        self._ask("COPY", uid, ASIDE)
        self._ask("STORE", uid, "+FLAGS", r"(\Seen \Deleted)")
        self._connection.expunge()

    def _ask(self, command: str, *words: str) -> list[bytes | tuple[bytes, bytes]]:
        state, answer = self._connection.uid(command, *words)
        if state != "OK":
            raise imaplib.IMAP4.error(f"{command}: {answer!r}")
        return answer


def _text(part: object) -> bytes:
    return part if isinstance(part, bytes) else part[0] if isinstance(part, tuple) else b""


@contextmanager
def open_mailbox(url: str, *, timeout: float) -> Iterator[Mailbox]:
    """The folder of `imaps://user:password@host:port/folder` (INBOX without one); imap:// for a server on this machine.

    Raises OSError and imaplib.IMAP4.error.
    """
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    connection: imaplib.IMAP4
    if parts.scheme == "imaps":
        context = ssl.create_default_context()
        connection = imaplib.IMAP4_SSL(host, parts.port or 993, timeout=timeout, ssl_context=context)
    else:
        connection = imaplib.IMAP4(host, parts.port or 143, timeout=timeout)
    with connection:
        connection.login(unquote(parts.username or ""), unquote(parts.password or ""))
        folder = unquote(parts.path.strip("/")) or "INBOX"
        state, _count = connection.select(f'"{folder}"')
        if state != "OK":
            raise imaplib.IMAP4.error(f"There is no folder {folder}.")
        validity = connection.response("UIDVALIDITY")[1][0]
        yield Mailbox(connection, f"{folder} {validity.decode() if isinstance(validity, bytes) else ''}")
