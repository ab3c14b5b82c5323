"""Making documents of the inbox's files."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.files import read_file
from advisory_portal.core.jobs import refusal_text
from advisory_portal.core.models import JobItem
from advisory_portal.core.money import CURRENCIES
from advisory_portal.core.states import move
from advisory_portal.formats.einvoice import read_invoice
from advisory_portal.formats.errors import FormatError
from advisory_portal.formats.media import media_of
from bookkeeping.actions.inbox import invoice_in, locked
from bookkeeping.models import InboxFile
from documents import actions as documents
from documents.models import Contact, Document
from documents.rules import Content, tax_id_key
from partners.models import Organisation

_ENDINGS = {"pdf": ".pdf", "jpeg": ".jpg", "png": ".png", "tiff": ".tif", "xml": ".xml"}


class NotABill(Refused):
    """The electronic invoice cannot become a bill of this business."""


@dataclass(frozen=True, slots=True)
class Made:
    """The document of a file; `was_there` where the business had it already."""

    document: Document
    was_there: bool = False


@transaction.atomic
def make_bill(
    *,
    actor: Actor,
    file: InboxFile,
    kind: str,
    supplier: str,
    details: Mapping[str, str],
    content_for: Callable[[Contact], Content],
    issue: bool,
    now: datetime,
) -> Document:
    """Make a bill (or `supplier_credit_note`) of what was typed beside a file, keep the file with it, and be done.

    The supplier is found by tax id or name, else created; `details` may hold tax_id and country. With `issue` the bill
    is entered, else it stays a draft. A file that is done already answers its document, so that pressing twice makes
    one. Raises what `save_draft` and `issue_document` raise; then nothing is kept, no supplier either.
    """
    actor.require(Section.PURCHASES, Level.MANAGE)
    current = locked(actor, file)
    if current.document is not None:
        return current.document
    # As imports do: two bills of a new supplier make one contact.
    Organisation.objects.select_for_update(no_key=True).get(pk=actor.place.id)
    contact = documents.contact_for(actor=actor, kind=Contact.Kind.SUPPLIER, name=supplier, details=details)
    document = documents.save_draft(actor=actor, kind=kind, content=content_for(contact))
    if issue:
        documents.issue_document(actor=actor, document=document, now=now)
    content = read_file(current.file)
    documents.add_attachments(actor=actor, document=document, uploads=[(_named(current.name, content), content)])
    _finish(actor, current, document)
    return document


@transaction.atomic
def make_bill_of_einvoice(*, actor: Actor, file: InboxFile) -> Made:
    """Make the bill that an electronic invoice is, without typing; the file stays as its original.

    One that the business has already is not made again: the file is then done with that. Raises NotABill, Forbidden.
    """
    current = locked(actor, file)
    if current.document is not None:
        return Made(current.document, was_there=True)
    try:
        xml = invoice_in(read_file(current.file))
        _refuse_own(actor, xml)
    except FormatError as error:
        raise NotABill(refusal_text({"code": error.code, **error.params})) from None
    report = documents.import_invoice(actor=actor, content=xml, direction="purchases", original=current.file)
    if report.document is None:
        assert report.refusal is not None, "what has no document was refused"
        raise NotABill(refusal_text(report.refusal))
    _finish(actor, current, report.document)
    return Made(report.document, was_there=report.outcome == JobItem.Outcome.DUPLICATE)


def _refuse_own(actor: Actor, xml: bytes) -> None:
    """An invoice that the business wrote itself is no bill. Raises NotABill, FormatError."""
    seller = read_invoice(xml, currencies=CURRENCIES).seller
    place = Organisation.objects.get(pk=actor.place.id)
    own = tax_id_key(place.tax_id, place.country)
    if own and tax_id_key(seller.tax_id or seller.legal_registration_id, place.country) == own:
        raise NotABill(_("This invoice is your own: your business is its seller. Import it as a sale instead."))


def _named(name: str, content: bytes) -> str:
    """The name with an ending that says what the content is."""
    media = media_of(content)
    ending = _ENDINGS[media] if media else ""
    return name if "." in name or not ending else f"{name}{ending}"


def _finish(actor: Actor, file: InboxFile, document: Document) -> None:
    file.document, file.due_at = document, None
    file.save(update_fields=["document", "due_at"])
    move(file, InboxFile.State.DONE, actor=actor)
