"""The inbox: its list, a file beside the form that makes a bill of it."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import Actor, Level, Section, WorkspaceRequest, access
from advisory_portal.core.files import file_response, read_file, stored_response
from advisory_portal.core.formatting import format_ago, format_money
from advisory_portal.core.http import form_again, submit
from advisory_portal.core.money import CURRENCIES
from advisory_portal.core.paging import capped_count, keyset_page
from advisory_portal.formats.einvoice import read_invoice
from advisory_portal.formats.errors import FormatError
from advisory_portal.formats.pdf_text import page_picture
from bookkeeping import actions
from bookkeeping.forms.inbox import OPEN, AsideForm, BillForm, InboxFilter, UploadForm
from bookkeeping.models import InboxAddress, InboxFile
from bookkeeping.rows.inbox import InvoiceSheet, error_text, file_rows, invoice_sheet, page_rows
from documents.models import Contact, Document

PAGE_SIZE = 50
PAGE_WIDTH = 1_200  # pixels
MOST_NAMES = 20
WAITING = (InboxFile.State.TO_VERIFY, InboxFile.State.ERROR)  # a duplicate is first taken back


def may_manage(actor: Actor) -> bool:
    return actor.may(Section.INBOX, Level.MANAGE)


def may_bill(actor: Actor) -> bool:
    """Who makes bills of files works on purchases too."""
    return may_manage(actor) and actor.may(Section.PURCHASES, Level.MANAGE)


def _file(actor: Actor, file_id: UUID) -> InboxFile:
    rows = InboxFile.objects.visible_to(actor).select_related("file", "same_as", "organisation")
    return get_object_or_404(rows, pk=file_id)


@access(Section.INBOX)
def inbox(request: WorkspaceRequest) -> HttpResponse:
    """The list, and taking files in."""
    actor = request.actor
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        actor.require(Section.INBOX, Level.MANAGE)
        if submit(form, lambda: _receive(request, form)):
            return redirect("bookkeeping:inbox", actor.place.slug)
        return form_again(request, "bookkeeping/inbox.html", _list_context(request, form))
    return render(request, "bookkeeping/inbox.html", _list_context(request, UploadForm()))


def _receive(request: WorkspaceRequest, form: UploadForm) -> None:
    """Take files in, and say what became of them."""
    received = actions.receive_files(actor=request.actor, uploads=form.contents, now=timezone.now())
    if received.refused:
        lines = " ".join(_("%(name)s: %(reason)s") % {"name": name, "reason": why} for name, why in received.refused)
        if not received.files:
            raise actions.NotTaken(lines, field="uploads")
        messages.error(request, lines)
    same = sum(1 for file in received.files if file.same_as_id)
    number = len(received.files)
    words = ngettext("%(num)s file is in the inbox.", "%(num)s files are in the inbox.", number) % {"num": number}
    if same:
        words += " " + ngettext("%(num)s of them was there already.", "%(num)s of them were there already.", same) % {
            "num": same
        }
    messages.success(request, words)


def _list_context(request: WorkspaceRequest, form: UploadForm) -> dict[str, Any]:
    actor, now = request.actor, timezone.now()
    asked = InboxFilter.of(request.GET)
    mine = InboxFile.objects.visible_to(actor)
    rows = asked.apply(mine)
    page = keyset_page(
        rows.select_related("file"),
        order="received_at" if asked.state == OPEN else "-received_at",
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    oldest = mine.pending().order_by("received_at", "id").values_list("received_at", flat=True).first()
    place = actor.place
    return {
        "form": form,
        "asked": asked,
        "page": page,
        "rows": file_rows(page.rows, slug=place.slug, time_zone=place.time_zone, now=now),
        "waiting": capped_count(mine.pending()),
        "oldest": format_ago(oldest, now) if oldest else "",
        "is_reading": mine.filter(state=InboxFile.State.NEW).exists(),
        "is_empty": not page.rows and not mine.exists(),
        "states": [("all", _("All files")), *InboxFile.State.choices],
        "address": _address(actor),
        "takes_mail": bool(settings.INBOX_IMAP_URL and settings.INBOX_DOMAIN),
        "may_manage": may_manage(actor),
    }


def _address(actor: Actor) -> str:
    """Where the business receives mail, "" for nowhere."""
    row = InboxAddress.objects.visible_to(actor).first() if settings.INBOX_DOMAIN else None
    return f"{row.local_part}@{settings.INBOX_DOMAIN}" if row else ""


@access(Section.INBOX)
def inbox_file(request: WorkspaceRequest, file_id: UUID) -> HttpResponse:
    """A file beside the form; asked to check it says what the amounts come to, and writes nothing."""
    actor = request.actor
    file = _file(actor, file_id)
    wants = request.POST.get("do", "") if request.method == "POST" else ""
    if wants:
        actor.require(Section.INBOX, Level.MANAGE)
        actor.require(Section.PURCHASES, Level.MANAGE)
    form = BillForm(request.POST if wants else None, actor=actor, found=file.found, strict=wants != "check")
    if wants == "check":
        return render(request, "bookkeeping/_inbox_check.html", {"check": _check(actor, form)})
    made: list[Document] = []
    if wants and submit(form, lambda: made.append(_bill(actor, file, form, issue=wants == "bill"))):
        _tell_made(request, made[0])
        return _next(actor, file)
    context = _file_context(actor, file, form)
    return (form_again if form.is_bound else render)(request, "bookkeeping/inbox_file.html", context)


def _bill(actor: Actor, file: InboxFile, form: BillForm, *, issue: bool) -> Document:
    """The supplier and the bill, both or neither."""
    return actions.make_bill(
        actor=actor,
        file=file,
        kind=form.cleaned_data["kind"],
        supplier=form.cleaned_data["name"],
        details=form.supplier,
        content_for=lambda contact: form.content(contact.pk, contact.language),
        issue=issue,
        now=timezone.now(),
    )


def _tell_made(request: WorkspaceRequest, document: Document) -> None:
    words = _("%(kind)s %(number)s of %(contact)s is there.")
    said = {"kind": document.get_kind_display(), "number": document.number, "contact": document.contact_name}
    messages.success(request, words % said)


def _next(actor: Actor, file: InboxFile) -> HttpResponse:
    """The file that has waited next longest, else the list."""
    waiting = InboxFile.objects.visible_to(actor).filter(state=InboxFile.State.TO_VERIFY).exclude(pk=file.pk)
    later = waiting.filter(received_at__gte=file.received_at).order_by("received_at", "id").first()
    following = later or waiting.order_by("received_at", "id").first()
    if following is None:
        return redirect("bookkeeping:inbox", actor.place.slug)
    return redirect("bookkeeping:inbox_file", actor.place.slug, following.pk)


def _check(actor: Actor, form: BillForm) -> dict[str, Any] | None:
    """What the amounts come to, and whether that is the total; None without amounts."""
    form.is_valid()
    if not form.lines:
        return None
    currency = form.cleaned_data.get("currency") or actor.place.currency
    totals, total = form.totals, form.cleaned_data.get("total")
    return {
        "base": format_money(totals.tax_exclusive, currency),
        "tax": format_money(totals.tax_total, currency),
        "withheld": format_money(totals.withheld, currency) if totals.withheld else "",
        "payable": format_money(totals.payable, currency),
        "fits": total is not None and total == totals.payable,
        "differs": format_money(abs(total - totals.payable), currency) if total is not None else "",
    }


def _file_context(actor: Actor, file: InboxFile, form: BillForm) -> dict[str, Any]:
    document = Document.objects.visible_to(actor).filter(pk=file.document_id).first() if file.document_id else None
    waiting = InboxFile.objects.visible_to(actor).filter(state=InboxFile.State.TO_VERIFY)
    return {
        "file": file,
        "form": form,
        "pages": page_rows(file, slug=actor.place.slug),
        "sheet": _sheet(file),
        "is_picture": file.file.content_type.startswith("image/"),
        "error": error_text(file),
        "document": document,
        "aside": file.found.get("aside", ""),
        "is_open": file.state in WAITING and file.document_id is None,
        "check": _check(actor, BillForm(form.data, actor=actor, found=file.found, strict=False))
        if form.is_bound
        else _first_check(actor, file),
        "left": capped_count(waiting),
        "may_manage": may_manage(actor),
        "may_bill": may_bill(actor),
        "aside_form": AsideForm(),
    }


def _first_check(actor: Actor, file: InboxFile) -> dict[str, Any] | None:
    """The check of what was read, before anybody has typed."""
    suggested = BillForm(None, actor=actor, found=file.found).initial
    data = {name: str(value) for name, value in suggested.items()}
    return _check(actor, BillForm(data, actor=actor, found=file.found, strict=False)) if data.get("base_0") else None


def _sheet(file: InboxFile) -> InvoiceSheet | None:
    """What the electronic invoice of an XML file says; a PDF shows its pages."""
    if file.file.content_type != "application/xml" or not file.found.get("einvoice"):
        return None
    try:
        return invoice_sheet(read_invoice(read_file(file.file), currencies=CURRENCIES))
    except FormatError:
        return None


@access(Section.INBOX)
@require_GET
def inbox_page(request: WorkspaceRequest, file_id: UUID, number: int) -> HttpResponse:
    """A page as a picture; the browser keeps it, for a file never changes."""
    file = _file(request.actor, file_id)
    try:
        picture = page_picture(read_file(file.file), number, width=PAGE_WIDTH)
    except FormatError as error:
        raise Http404(str(error)) from None
    response = file_response(picture, name=f"{number}.png", content_type="image/png", inline=True)
    response["Cache-Control"] = "private, max-age=3600"
    return response


@access(Section.INBOX)
@require_GET
def inbox_download(request: WorkspaceRequest, file_id: UUID) -> HttpResponseBase:
    return stored_response(_file(request.actor, file_id).file)


@access(Section.INBOX)
@require_GET
def inbox_suppliers(request: WorkspaceRequest) -> HttpResponse:
    """Names that contain what is typed, as options."""
    said = request.GET.get("name", "").replace("\x00", "")
    rows = Contact.objects.visible_to(request.actor).matching(said) if said.strip() else None
    names = list(rows.order_by("sort_key").values_list("name", "tax_id")[:MOST_NAMES]) if rows is not None else []
    return render(request, "bookkeeping/_contact_names.html", {"names": names})


@access(Section.INBOX, Level.MANAGE)
@require_POST
def bill_einvoice(request: WorkspaceRequest, file_id: UUID) -> HttpResponse:
    actor = request.actor
    file = _file(actor, file_id)
    made = actions.make_bill_of_einvoice(actor=actor, file=file)
    if made.was_there:
        words = _("%(number)s of %(contact)s was there already. This file is done with it.")
        messages.info(request, words % {"number": made.document.number, "contact": made.document.contact_name})
    else:
        _tell_made(request, made.document)
    return _next(actor, file)


@access(Section.INBOX, Level.MANAGE)
@require_POST
def put_file_aside(request: WorkspaceRequest, file_id: UUID) -> HttpResponse:
    actor = request.actor
    file = _file(actor, file_id)
    form = AsideForm(request.POST)
    if not submit(form, lambda: actions.put_aside(actor=actor, file=file, reason=form.cleaned_data["reason"])):
        context = _file_context(actor, file, BillForm(None, actor=actor, found=file.found)) | {"aside_form": form}
        return form_again(request, "bookkeeping/inbox_file.html", context)
    messages.success(request, _("%(name)s was put aside.") % {"name": file.name})
    return _next(actor, file)


@access(Section.INBOX, Level.MANAGE)
@require_POST
def take_file_back(request: WorkspaceRequest, file_id: UUID) -> HttpResponse:
    actions.take_back_file(actor=request.actor, file=_file(request.actor, file_id))
    return redirect("bookkeeping:inbox_file", request.actor.place.slug, file_id)


@access(Section.INBOX, Level.MANAGE)
@require_POST
def delete_inbox_file(request: WorkspaceRequest, file_id: UUID) -> HttpResponse:
    actor = request.actor
    file = _file(actor, file_id)
    actions.delete_inbox_file(actor=actor, file=file)
    messages.success(request, _("%(name)s was deleted.") % {"name": file.name})
    return redirect("bookkeeping:inbox", actor.place.slug)


@access(Section.INBOX, Level.MANAGE)
@require_POST
def renew_inbox_address(request: WorkspaceRequest) -> HttpResponse:
    actions.renew_inbox_address(actor=request.actor)
    messages.success(request, _("Files that are mailed to the new address come in here."))
    return redirect("bookkeeping:inbox", request.actor.place.slug)
