"""Bringing in documents that were issued elsewhere."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from advisory_portal.core import money
from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.files import discard_file, read_file, store_file
from advisory_portal.core.history import record
from advisory_portal.core.jobs import FAILED, actor_of, add_items, finish_item, nudge, start_job
from advisory_portal.core.models import Job, JobItem, StoredFile
from advisory_portal.core.states import move
from advisory_portal.core.text import sort_key
from advisory_portal.formats.archive import is_zip, read_archive
from advisory_portal.formats.einvoice import read_invoice
from advisory_portal.formats.errors import FormatError
from advisory_portal.formats.invoice import AllowanceCharge as FileAllowanceCharge
from advisory_portal.formats.invoice import InvoiceFile, Line, Party
from documents import rules
from documents.actions.contacts import contact_for
from documents.actions.drafts import search_text
from documents.models import AllowanceCharge, Contact, Document, DocumentLine, TaxLine
from partners.models import Organisation

IMPORT = "documents.import"
Direction = Literal["sales", "purchases"]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of one file. `refusal` is the FormatError's code and parameters, `invoice` what was read."""

    outcome: JobItem.Outcome
    invoice: InvoiceFile | None = None
    document: Document | None = None
    refusal: Mapping[str, Any] | None = None


@transaction.atomic
def start_import(*, actor: Actor, direction: Direction, uploads: Sequence[tuple[str, bytes]]) -> Job:
    """Take in uploaded files, (name, content) each, as a job with one item a file; a ZIP unpacks when its turn comes.

    A file over the limit becomes a refused item at once and is not stored. Raises Forbidden.
    """
    actor.require(Section(direction), Level.MANAGE)
    job = start_job(actor=actor, kind=IMPORT, parameters={"direction": direction})
    items = [JobItem(name=name[-300:], file=_stored(actor, name, content)) for name, content in uploads]
    add_items(job, items)
    for item in items:
        if item.file is None:
            limit = settings.MAX_UPLOAD_BYTES // 1024**2
            finish_item(item, JobItem.Outcome.REFUSED, detail={"code": "too_large", "line": None, "limit": limit})
    record(actor, "documents.import.started", about=job, after={"files": len(items)})
    nudge("documents.import_files")
    return job


def _stored(actor: Actor, name: str, content: bytes) -> StoredFile | None:
    if len(content) > settings.MAX_UPLOAD_BYTES:
        return None
    content_type = "application/zip" if is_zip(content) else "application/xml"
    return store_file(organisation_id=actor.place.id, name=name, content=content, content_type=content_type)


@transaction.atomic
def give_up_import_item(*, item: JobItem) -> None:
    """Refuse a file whose every try failed, so that its job ends; the error stays in `last_error`."""
    file = item.file
    assert file is not None, "an item without a file has its outcome from the start"
    _finish_without_file(item, file, JobItem.Outcome.REFUSED, {"code": FAILED, "line": None})


@transaction.atomic
def run_import_item(*, item: JobItem) -> None:
    """Do one file of an import job: unpack it if it is an archive, else make its document. Called by the sweep.

    Of a file that is refused or already there nothing stays stored.
    """
    job, file = item.job, item.file
    assert file is not None, "an item without a file has its outcome from the start"
    actor, content = actor_of(job), read_file(file)
    if is_zip(content):
        return _unpack(item, actor, file, content)
    report = import_invoice(actor=actor, content=content, direction=job.parameters["direction"], original=file)
    if report.outcome == JobItem.Outcome.CREATED:
        return finish_item(item, report.outcome, detail=_detail(report))
    return _finish_without_file(item, file, report.outcome, _detail(report))


def _unpack(item: JobItem, actor: Actor, file: StoredFile, content: bytes) -> None:
    """Turn an archive into an item a member, one member in memory at a time. Refused as a whole, it leaves none."""
    try:
        members = read_archive(content)
    except FormatError as error:
        return _finish_without_file(item, file, JobItem.Outcome.REFUSED, _refusal(error))
    children: list[tuple[JobItem, FormatError | None]] = []
    for member in members:
        stored = _stored(actor, member.name, member.data) if member.error is None else None
        children.append((JobItem(name=f"{item.name} › {member.name}"[-300:], file=stored), member.error))
    add_items(item.job, [child for child, _error in children])
    for child, refused in children:
        if refused is not None:
            finish_item(child, JobItem.Outcome.REFUSED, detail=_refusal(refused))
    _finish_without_file(item, file, JobItem.Outcome.UNPACKED, {"files": len(children)})
    return nudge("documents.import_files")


def _finish_without_file(item: JobItem, file: StoredFile, outcome: str, detail: dict[str, Any]) -> None:
    """Give the item its outcome and forget the file it brought."""
    item.file = None
    item.save(update_fields=["file"])
    discard_file(file)
    finish_item(item, outcome, detail=detail)


def _refusal(error: FormatError) -> dict[str, Any]:
    return {"code": error.code, **error.params}


def _detail(report: ImportReport) -> dict[str, Any]:
    if report.refusal is not None:
        return dict(report.refusal)
    invoice, document = report.invoice, report.document
    assert invoice is not None and document is not None
    return {
        "document": str(document.pk),
        "number": invoice.number,
        "contact": document.contact_name,
        "issued_on": invoice.issued_on.isoformat(),
        "currency": invoice.currency,
        "payable": str(invoice.payable),
        "is_possible_version": document.is_possible_version,
    }


@transaction.atomic
def import_invoice(
    *, actor: Actor, content: bytes, direction: Direction, original: StoredFile | None = None
) -> ImportReport:
    """Make the issued document of a UBL or CII file, whoever the file names as seller.

    As `sales` the buyer becomes the contact, as `purchases` the seller. The same organisation, kind, seller,
    number, date and payable amount is a duplicate and changes nothing; another amount or date under the same
    seller and number is kept, and both are marked as possible versions. A refused file is reported, not raised.
    Without `original` the content is stored with the document. Raises Forbidden. Source: issue 2, the walk.
    """
    actor.require(Section(direction), Level.MANAGE)
    try:
        invoice = read_invoice(content, currencies=money.CURRENCIES)
    except FormatError as error:
        return ImportReport(JobItem.Outcome.REFUSED, refusal=_refusal(error))
    # One import at a time in an organisation: two files of a new customer make one contact, equal files one document.
    Organisation.objects.select_for_update(no_key=True).get(pk=actor.place.id)
    document = _document(actor, invoice, direction)
    known = Document.objects.filter(is_imported=True).sharing_number_with(document)
    for other in known:
        if (other.issued_on, other.payable) == (document.issued_on, document.payable):
            return ImportReport(JobItem.Outcome.DUPLICATE, invoice=invoice, document=other)
    document.contact = _contact(actor, invoice, direction)
    document.contact_name, document.contact_key = document.contact.name, document.contact.sort_key
    document.language = document.contact.language
    document.is_possible_version = bool(known)
    document.original = original or _stored(actor, f"{invoice.number}.xml", content)
    document.search_text = search_text(document)
    document.save(force_insert=True)
    _add_parts(document, invoice)
    if known:
        known.update(is_possible_version=True)
    move(document, Document.State.ISSUED, actor=actor)
    return ImportReport(JobItem.Outcome.CREATED, invoice=invoice, document=document)


def _contact(actor: Actor, invoice: InvoiceFile, direction: Direction) -> Contact:
    if direction == "sales":
        party, kind = invoice.buyer, Contact.Kind.CUSTOMER
    else:
        party, kind = invoice.seller, Contact.Kind.SUPPLIER
    address = party.address
    details = {
        "tax_id": party.tax_id[:60] or party.legal_registration_id[:60],
        "email": _email_of(party),
        "phone": party.phone[:60],
        "street": ", ".join(filter(None, (address.street, address.additional_street, address.third_line)))[:300],
        "city": address.city[:200],
        "postcode": address.postcode[:40],
        "region": address.region[:200],
        "country": address.country if len(address.country) == 2 else "",
        "language": actor.place.language,
    }
    return contact_for(actor=actor, kind=kind, name=party.name, details=details)


def _email_of(party: Party) -> str:
    """The party's address if mail can be sent to it, else nothing."""
    address = party.email.lower()
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return address if len(address) <= 254 else ""


def _seller_key(seller: Party) -> str:
    known = rules.tax_id_key(seller.tax_id or seller.legal_registration_id)
    return known[:200] or sort_key(seller.name)


def _document(actor: Actor, invoice: InvoiceFile, direction: Direction) -> Document:
    return Document(
        organisation_id=actor.place.id,
        kind=rules.imported_kind(invoice.kind, direction),
        number=invoice.number,
        seller_key=_seller_key(invoice.seller),
        is_imported=True,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        delivered_on=invoice.delivered_on,
        tax_point_on=invoice.tax_point_on,
        period_start=invoice.period_starts_on,
        period_end=invoice.period_ends_on,
        currency=invoice.currency,
        parties=_some(invoice, ("seller", "buyer", "payee", "tax_representative", "delivery")),
        references=_some(invoice, REFERENCES),
        payment=_some(invoice, ("payment_terms", "payment_means", "creditor_reference")),
        notes=_plain(invoice.notes) or [],
        supporting=[_without_content(document) for document in invoice.documents],
        lines_net=invoice.lines_net,
        allowances=invoice.allowances,
        charges=invoice.charges,
        tax_exclusive=invoice.tax_exclusive,
        tax_total=invoice.tax_total,
        tax_inclusive=invoice.tax_inclusive,
        prepaid=invoice.prepaid,
        rounding=invoice.rounding,
        payable=invoice.payable,
        tax_currency=invoice.tax_currency,
        tax_total_in_tax_currency=invoice.tax_total_in_tax_currency,
    )


REFERENCES = (
    "type_code", "specification", "profile", "tax_point_code", "buyer_reference", "order_reference",
    "sales_order_reference", "contract_reference", "project_reference", "tender_reference",
    "despatch_reference", "receipt_reference", "buyer_accounting_reference", "object_identifier",
    "preceding_invoices",
)  # fmt: skip
LINE_DETAIL = (
    "price_base_unit", "gross_price", "price_discount", "exemption_reason", "exemption_code",
    "seller_item_id", "buyer_item_id", "standard_item", "classifications", "attributes", "origin_country",
    "period_starts_on", "period_ends_on", "order_line_reference", "buyer_accounting_reference",
    "object_identifier",
)  # fmt: skip


def _some(source: object, names: Iterable[str]) -> dict[str, Any]:
    values = ((name, _plain(getattr(source, name))) for name in names)
    return {name: value for name, value in values if value not in ("", None, [], {})}


def _plain(value: Any) -> Any:
    """Dataclasses as JSON, empty fields left out; dates as ISO text, decimals as they were written."""
    if is_dataclass(value):
        return _some(value, (field.name for field in fields(value)))
    if isinstance(value, tuple):
        return [_plain(element) for element in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _without_content(document: Any) -> dict[str, Any]:
    return _some(document, ("id", "description", "uri", "filename", "mime"))


def _add_parts(document: Document, invoice: InvoiceFile) -> None:
    own = {"organisation_id": document.organisation_id, "document": document}
    lines = [_line(line, own, position) for position, line in enumerate(invoice.lines, start=1)]
    DocumentLine.objects.bulk_create(lines, batch_size=500)
    pairs: list[tuple[DocumentLine | None, FileAllowanceCharge]] = [(None, one) for one in invoice.allowances_charges]
    pairs += [(row, one) for row, line in zip(lines, invoice.lines, strict=True) for one in line.allowances_charges]
    AllowanceCharge.objects.bulk_create(
        AllowanceCharge(
            **own,
            position=position,
            line=row,
            is_charge=one.is_charge,
            amount=one.amount,
            base_amount=one.base_amount,
            percent=one.percent,
            reason=one.reason,
            reason_code=one.reason_code[:20],
            tax_category=one.tax_category[:10],
            tax_percent=one.tax_percent,
        )
        for position, (row, one) in enumerate(pairs, start=1)
    )
    TaxLine.objects.bulk_create(
        TaxLine(
            **own,
            position=position,
            category=group.category[:10],
            percent=group.percent,
            taxable=group.taxable,
            tax=group.tax,
            exemption_reason=group.exemption_reason[:1000],
            exemption_code=group.exemption_code[:40],
        )
        for position, group in enumerate(invoice.taxes, start=1)
    )


def _line(line: Line, own: dict[str, Any], position: int) -> DocumentLine:
    return DocumentLine(
        **own,
        position=position,
        identifier=line.id,
        name=line.name,
        description=line.description,
        note=line.note,
        quantity=line.quantity,
        unit=line.unit[:20],
        unit_price=line.unit_price,
        price_base_quantity=line.price_base_quantity or 1,
        net=line.net,
        tax_category=line.tax_category[:10],
        tax_percent=line.tax_percent,
        detail=_some(line, LINE_DETAIL),
    )
