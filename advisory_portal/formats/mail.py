"""A mail as it came over the wire: to whom, from whom, and the files it brings."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import getaddresses, parseaddr

MOST_PARTS = 200
MOST_FILES = 50
# Where a mail server writes the address that a mail was delivered to, the most reliable ones first.
_RECIPIENTS = ("delivered-to", "x-original-to", "envelope-to", "to", "cc")


@dataclass(frozen=True, slots=True)
class Mail:
    """Addresses in lower case; files as (name, content). What cannot be read of a broken mail is left out."""

    recipients: tuple[str, ...]
    sender: str
    files: tuple[tuple[str, bytes], ...]


def read_mail(content: bytes) -> Mail:
    """A mail of RFC 5322. Pictures that its text shows (signatures, logos) are no files. Never raises."""
    message = message_from_bytes(content, policy=policy.compat32)
    texts = [str(text) for name in _RECIPIENTS for text in message.get_all(name, [])]
    recipients = tuple(dict.fromkeys(address.lower() for _name, address in getaddresses(texts) if "@" in address))
    sender = parseaddr(str(message.get("from", "")))[1].lower()
    return Mail(recipients, sender, tuple(_files(message_from_bytes(content, policy=policy.default))))


def _files(message: Message) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for number, part in enumerate(message.walk()):
        if number >= MOST_PARTS or len(found) >= MOST_FILES:
            break
        try:
            file = _file(part)
        except Exception:  # a part that no rule foresees is not worth losing the others
            file = None
        if file is not None:
            found.append(file)
    return found


def _file(part: Message) -> tuple[str, bytes] | None:
    assert isinstance(part, EmailMessage)
    name, kind = part.get_filename(), part.get_content_type()
    is_shown = part.get_content_maintype() == "image" and part.get("content-id") and not part.is_attachment()
    if part.is_multipart() or is_shown or not (name or kind == "application/pdf"):
        return None
    payload = part.get_payload(decode=True)
    return (name or "file.pdf", payload) if isinstance(payload, bytes) else None
