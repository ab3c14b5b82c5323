"""The inbox: taking files in, reading them, putting them aside. Making bills of them is in `inbox_bills`."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section, system_actor
from advisory_portal.core.errors import Refused
from advisory_portal.core.files import discard_file, read_file, store_file
from advisory_portal.core.history import record
from advisory_portal.core.jobs import nudge
from advisory_portal.core.money import CURRENCIES
from advisory_portal.core.states import move
from advisory_portal.core.text import clean_line
from advisory_portal.formats.einvoice import read_invoice
from advisory_portal.formats.errors import FormatError
from advisory_portal.formats.invoice import InvoiceFile as ElectronicInvoice
from advisory_portal.formats.media import CONTENT_TYPES, lies, media_of
from advisory_portal.formats.pdf_text import picture_pages, read_pdf
from bookkeeping.models import InboxAddress, InboxFile
from bookkeeping.rules.inbox import LARGEST_FILE, UNREAD, found_in
from documents.rules import tax_id_key, taxes_of
from partners.models import Organisation

ADDRESS_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
State = InboxFile.State


class NotDeletable(Refused):
    """A file that became a document stays."""


class NotTaken(Refused):
    """Nothing of what was brought can be taken in."""


@dataclass
class Received:
    """What became of files that were brought: those that were kept, and of the others name and words."""

    files: list[InboxFile] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


def refusal_of(name: str, content: bytes) -> str:
    """Why a file is not taken, in words for its reader; "" for one that is. Its content decides, not its name."""
    if not content:
        return _("The file is empty.")
    if len(content) > LARGEST_FILE:
        return _("The file is larger than %(limit)s MB.") % {"limit": LARGEST_FILE // 1024**2}
    media = media_of(content)
    if media is None:
        return _("This is neither a PDF nor a picture (JPEG, PNG, TIFF) nor an electronic invoice (XML).")
    if lies(name, media):
        return _("Its name says otherwise, but this is a %(kind)s file.") % {"kind": media.upper()}
    return ""


@transaction.atomic
def receive_files(
    *,
    actor: Actor,
    uploads: Sequence[tuple[str, bytes]],
    now: datetime,
    source: str = InboxFile.Source.UPLOAD,
    sender: str = "",
    mail_key: str = "",
) -> Received:
    """Keep files (name and content) to be read soon; of those that are refused nothing is stored.

    A file with the bytes of one that the business has already becomes a duplicate of that. With `mail_key`, a part of
    a mail that came in before is passed over. Raises Forbidden.
    """
    actor.require(Section.INBOX, Level.MANAGE)
    # One after the other in a business, so that of two equal files one is the first.
    Organisation.objects.select_for_update(no_key=True).get(pk=actor.place.id)
    received = Received()
    for number, (name, content) in enumerate(uploads):
        label = clean_line(name)[-200:] or "file"
        words = refusal_of(label, content)
        if words:
            received.refused.append((label, words))
            continue
        key = hashlib.sha256(f"{mail_key} {number}".encode()).hexdigest() if mail_key else ""
        if key and InboxFile.objects.filter(organisation_id=actor.place.id, mail_key=key).exists():
            continue
        origin = {"source": source, "sender": sender[:254], "mail_key": key, "received_at": now}
        received.files.append(_keep(actor, label, content, origin))
    if received.files:
        nudge("bookkeeping.read_inbox")
    return received


def _keep(actor: Actor, name: str, content: bytes, origin: dict[str, Any]) -> InboxFile:
    media = media_of(content)
    assert media is not None, "a file that is not refused is of a known kind"
    own = {"organisation_id": actor.place.id}
    stored = store_file(**own, name=name, content=content, content_type=CONTENT_TYPES[media])
    same = InboxFile.objects.filter(**own, sha256=stored.sha256).order_by("received_at", "id").first()
    file = InboxFile.objects.create(
        **own, **origin, file=stored, name=stored.name, sha256=stored.sha256, same_as=same,
        added_by_name=actor.name, due_at=None if same else origin["received_at"],
    )  # fmt: skip
    record(actor, "bookkeeping.inboxfile.received", about=file)
    if same is not None:
        move(file, State.DUPLICATE, actor=actor)
    return file


# --- Reading -------------------------------------------------------------------------------------------------


@transaction.atomic
def read_inbox_file(*, file: InboxFile) -> None:
    """Find what the file says and let it wait for a person; an error where it cannot be opened. Called by the sweep."""
    actor = system_actor(file.organisation.workspace)
    try:
        file.found, file.error = _found(file), {}
        state = State.TO_VERIFY
    except FormatError as error:
        file.found, file.error = {}, {"code": error.code, **error.params}
        state = State.ERROR
    _set_read(file, state, actor)


@transaction.atomic
def give_up_reading(*, file: InboxFile) -> None:
    """Show a file whose every try failed as an error; what happened stays in `last_error`."""
    file.error = {"code": UNREAD}
    _set_read(file, State.ERROR, system_actor(file.organisation.workspace))


def _set_read(file: InboxFile, state: str, actor: Actor) -> None:
    file.due_at = None
    file.save(update_fields=["found", "error", "due_at"])
    if file.state in (State.NEW, State.ERROR):  # a person may have been quicker
        move(file, state, actor=actor)


def _found(file: InboxFile) -> dict[str, Any]:
    content = read_file(file.file)
    media = media_of(content)
    if media == "xml":
        return _of_invoice(read_invoice(content, currencies=CURRENCIES)) | {"pages": 0, "einvoice": True}
    if media != "pdf":
        return {"pages": picture_pages(content)}
    text = read_pdf(content)
    for _name, inside in text.attachments:
        try:
            return _of_invoice(read_invoice(inside, currencies=CURRENCIES)) | {"pages": text.pages, "einvoice": True}
        except FormatError:
            continue  # some other XML: the words of the pages say what there is to say
    place = file.organisation
    found = found_in(
        text.words,
        own_keys={tax_id_key(place.tax_id, place.country)},
        own_name=place.name,
        home=place.country,
        rates=[tax.percent for tax in taxes_of(place.country) if tax.percent],
    )
    return found | {"pages": text.pages}


def _of_invoice(invoice: ElectronicInvoice) -> dict[str, Any]:
    values = {
        "name": invoice.seller.name,
        "tax_id": invoice.seller.tax_id or invoice.seller.legal_registration_id,
        "number": invoice.number,
        "issued_on": invoice.issued_on.isoformat(),
        "due_on": invoice.due_on.isoformat() if invoice.due_on else "",
        "currency": invoice.currency,
        "total": str(invoice.tax_inclusive),
    }
    return {name: {"value": value, "text": value} for name, value in values.items() if value}


def invoice_in(content: bytes) -> bytes:
    """The XML of the electronic invoice that a file is or holds. Raises FormatError where there is none."""
    if media_of(content) == "xml":
        return content
    for _name, inside in read_pdf(content).attachments:
        try:
            read_invoice(inside, currencies=CURRENCIES)
        except FormatError:
            continue
        return inside
    raise FormatError("empty")


# --- What a person does --------------------------------------------------------------------------------------


def locked(actor: Actor, file: InboxFile) -> InboxFile:
    """The file as it stands now, locked until commit, for whoever may work on the inbox. Raises Forbidden."""
    actor.require(Section.INBOX, Level.MANAGE)
    return InboxFile.objects.select_for_update(of=("self",)).select_related("file", "organisation").get(pk=file.pk)


@transaction.atomic
def put_aside(*, actor: Actor, file: InboxFile, reason: str) -> None:
    """Be done with a file that becomes no document. Repeating keeps the first reason. Raises Forbidden."""
    current = locked(actor, file)
    if current.state == State.DONE:
        return
    current.found = {**current.found, "aside": reason[:200]}
    current.due_at = None
    current.save(update_fields=["found", "due_at"])
    move(current, State.DONE, actor=actor)


@transaction.atomic
def take_back_file(*, actor: Actor, file: InboxFile) -> None:
    """Let a file wait again: one put aside, a duplicate, one that could not be read. Raises Forbidden, IllegalMove.

    What was not read yet is read. A file that became a document stays with it.
    """
    current = locked(actor, file)
    if current.state in (State.NEW, State.TO_VERIFY):
        return
    if current.document_id is not None:
        raise NotDeletable(_("This file became a document. Declare that void or delete its draft first."))
    current.found = {name: value for name, value in current.found.items() if name != "aside"}
    is_read = "pages" in current.found
    if not is_read:
        current.due_at, current.attempts = current.received_at, 0
        nudge("bookkeeping.read_inbox")
    current.save(update_fields=["found", "due_at", "attempts"])
    again = State.NEW if State.NEW in InboxFile.MOVES[State(current.state)] and not is_read else State.TO_VERIFY
    move(current, again, actor=actor)


@transaction.atomic
def delete_inbox_file(*, actor: Actor, file: InboxFile) -> None:
    """Forget a file that became no document. Repeating it does nothing. Raises NotDeletable, Forbidden."""
    actor.require(Section.INBOX, Level.MANAGE)
    current = InboxFile.objects.select_for_update(of=("self",)).filter(pk=file.pk).first()
    if current is None:
        return
    if not current.may_be_deleted:
        raise NotDeletable(_("This file became a document, so it stays."))
    record(actor, "bookkeeping.inboxfile.deleted", about=current)
    stored = current.file
    current.delete()
    discard_file(stored)


@transaction.atomic
def renew_inbox_address(*, actor: Actor) -> InboxAddress:
    """Give the business an address for mail; one that it had receives nothing any more. Raises Forbidden."""
    actor.require(Section.INBOX, Level.MANAGE)
    address, is_new = InboxAddress.objects.select_for_update().get_or_create(
        organisation_id=actor.place.id, defaults={"local_part": _local_part()}
    )
    if not is_new:
        address.local_part = _local_part()
        address.save(update_fields=["local_part"])
    record(actor, "bookkeeping.inboxaddress.renewed", about=address)
    return address


def _local_part() -> str:
    return f"inbox-{get_random_string(16, ADDRESS_LETTERS)}"
