"""A document as a file to keep: its PDF, and its electronic invoice."""

from typing import Literal, cast

from django.db import transaction

from advisory_portal.core.access import Actor, Level
from advisory_portal.core.files import read_file, store_file
from advisory_portal.core.history import record
from documents import einvoice, pdf, sheets
from documents.actions.settings import settings_of
from documents.models import Document, DocumentSettings, FiscalRecord, Kind

Syntax = Literal["ubl", "cii"]
FRESH_STATES = (Document.State.DRAFT, Document.State.VOID)
WITH_EINVOICE = (Kind.INVOICE, Kind.CREDIT_NOTE)
_LOGO_KINDS: dict[str, Literal["png", "jpeg"]] = {"image/png": "png", "image/jpeg": "jpeg"}


@transaction.atomic
def pdf_of(document: Document) -> bytes:
    """The document's PDF: of a draft or a void one made anew, with a watermark; else made once and kept.

    An issued invoice or credit note holds its electronic invoice (Factur-X) where the norm accepts it. Two who ask
    first at the same time get the same bytes: the row is locked while the PDF is made. `document.pdf` is set.
    """
    if document.state in FRESH_STATES:
        return _rendered(document)
    if document.pdf is not None:
        return read_file(document.pdf)
    # Without a join: who waits for the lock would read the joined file as it was before.
    locked = Document.objects.select_for_update(no_key=True).get(pk=document.pk)
    if locked.state in FRESH_STATES:
        return _rendered(locked)
    if locked.pdf is None:
        content = _rendered(locked)
        locked.pdf = store_file(
            organisation_id=locked.organisation_id,
            name=f"{sheets.file_name(locked)}.pdf",
            content=content,
            content_type="application/pdf",
        )
        locked.save(update_fields=["pdf"])
    else:
        content = read_file(locked.pdf)
    document.pdf = locked.pdf
    return content


@transaction.atomic
def shown_pdf(document: Document) -> bytes:
    """As `pdf_of`, but nothing is kept: a contact's reading changes no row. Whatever was sent was kept by then."""
    if document.pdf is not None and document.state not in FRESH_STATES:
        return read_file(document.pdf)
    return _rendered(document)


@transaction.atomic
def download_pdf(*, actor: Actor, document: Document) -> bytes:
    """The document's PDF for staff; who took it is kept. Raises Forbidden."""
    actor.require(document.section, Level.VIEW)
    record(actor, "documents.pdf.downloaded", about=document)
    return pdf_of(document)


@transaction.atomic
def download_einvoice(*, actor: Actor, document: Document, syntax: Syntax) -> bytes:
    """The document as an electronic invoice of EN 16931, for staff; who took it is kept.

    Raises NotElectronic, with what is missing, Forbidden.
    """
    actor.require(document.section, Level.VIEW)
    read = Document.objects.for_reading().get(pk=document.pk)
    content = einvoice.as_ubl(read) if syntax == "ubl" else einvoice.as_cii(read)
    record(actor, "documents.einvoice.downloaded", about=document, after={"format": syntax.upper()})
    return content


def look_of(settings: DocumentSettings, *, accent: str) -> sheets.Look:
    """How a business's documents look, with its logo read from the storage."""
    logo = None
    if settings.logo is not None:
        logo = pdf.Logo(read_file(settings.logo), _LOGO_KINDS[settings.logo.content_type])
    layout = cast(pdf.Layout, settings.layout)
    return sheets.Look(accent=accent, layout=layout, logo=logo, footer=settings.footer)


def _rendered(document: Document) -> bytes:
    read = Document.objects.for_reading().select_related("organisation").get(pk=document.pk)
    look = look_of(settings_of(read.organisation_id), accent=read.organisation.accent)
    return sheets.document_pdf(read, accent=look.accent, look=_with_fiscal_code(look, read), einvoice=_xml(read))


def _with_fiscal_code(look: sheets.Look, document: Document) -> sheets.Look:
    """The look with the code that the law wants on an invoice; its words claim a sending only where there is one."""
    records = FiscalRecord.objects.filter(document=document, act=FiscalRecord.Act.ISSUED).exclude(qr_url="")
    kept = records.first()
    if kept is None:
        return look
    words = "" if kept.state == FiscalRecord.State.KEPT else "VERI*FACTU"
    return sheets.with_fiscal_code(look, kept.qr_url, words)


def _xml(document: Document) -> bytes | None:
    """The electronic invoice that goes into the PDF, if it is one that the norm accepts."""
    if document.kind not in WITH_EINVOICE or document.state in FRESH_STATES:
        return None
    try:
        return einvoice.as_cii(document)
    except einvoice.NotElectronic:
        return None
