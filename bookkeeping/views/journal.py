"""The journal: its list, an entry, entries by hand, marks."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from advisory_portal.core.access import Actor, Level, Section, WorkspaceRequest, access
from advisory_portal.core.formatting import format_date, format_money
from advisory_portal.core.http import form_again, is_htmx, submit
from advisory_portal.core.paging import capped_count, keyset_page
from bookkeeping import actions
from bookkeeping.forms import EntryForm, JournalFilter, ReverseForm
from bookkeeping.models import EntryToMake, JournalEntry, JournalLine, LedgerAccount
from bookkeeping.rows.journal import entry_rows, line_rows
from bookkeeping.rows.tables import FORMATS
from bookkeeping.views.exports import export_heads, export_rows, table_response
from documents.models import Contact, Document

PAGE_SIZE = 50
MOST_CHECKED = 200
MOST_NAMES = 20


def may_manage(actor: Actor) -> bool:
    return actor.may(Section.JOURNAL, Level.MANAGE)


@access(Section.JOURNAL)
def journal(request: WorkspaceRequest) -> HttpResponse:
    actor = request.actor
    asked = JournalFilter.of(request.GET)
    entries = asked.apply(JournalEntry.objects.visible_to(actor))
    if request.GET.get("format") in FORMATS:
        lines = JournalLine.objects.visible_to(actor).filter(entry__in=entries)
        return table_response(request, "journal", export_heads(), export_rows(lines))
    page = keyset_page(
        entries.prefetch_related("lines__account"),
        order="-dated_on",
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    account = LedgerAccount.objects.visible_to(actor).filter(pk=asked.account).first() if asked.account else None
    waiting = capped_count(EntryToMake.objects.visible_to(actor).of_documents())
    context = {
        "asked": asked,
        "page": page,
        "rows": entry_rows(page.rows, slug=actor.place.slug, currency=actor.place.currency),
        "count": capped_count(entries),
        "unchecked": capped_count(JournalEntry.objects.visible_to(actor).unchecked()),
        "waiting": waiting,
        "account": account,
        "sources": JournalEntry.Source.choices,
        "may_manage": may_manage(actor),
    }
    return render(request, "bookkeeping/journal.html", context)


def _entry(actor: Actor, entry_id: UUID) -> JournalEntry:
    return get_object_or_404(JournalEntry.objects.visible_to(actor).select_related("reverses"), pk=entry_id)


@access(Section.JOURNAL)
def entry(request: WorkspaceRequest, entry_id: UUID) -> HttpResponse:
    actor = request.actor
    found = _entry(actor, entry_id)
    lines = list(found.lines.select_related("account", "contact"))
    amount = format_money(sum(line.debit for line in lines), actor.place.currency)
    context = {
        "entry": found,
        "rows": line_rows(lines, slug=actor.place.slug, currency=actor.place.currency),
        "amount": amount,
        "document": _document_of(actor, found),
        "reversed_by": JournalEntry.objects.visible_to(actor).filter(reverses=found).first(),
        "may_manage": may_manage(actor),
    }
    return render(request, "bookkeeping/entry.html", context)


def _document_of(actor: Actor, entry: JournalEntry) -> Document | None:
    """The document of an entry, for whoever may see it."""
    if entry.document_id is None:
        return None
    return Document.objects.visible_to(actor).filter(pk=entry.document_id).first()


@access(Section.JOURNAL, Level.MANAGE)
def new_entry(request: WorkspaceRequest) -> HttpResponse:
    """An entry by hand; `like` in the address copies one. Asked for more lines it gives them, and writes nothing."""
    actor = request.actor
    accounts = list(LedgerAccount.objects.visible_to(actor).in_use().order_by("code"))
    like = _like(actor, request.GET.get("like", ""))
    wants_more = request.method == "POST" and "more" in request.POST
    form = EntryForm(request.POST if request.method == "POST" else None, actor=actor, accounts=accounts, like=like,
                     more=wants_more)  # fmt: skip
    context = {"form": form, "accounts": accounts, "balance": _balance(form, actor) if form.is_bound else None}
    if wants_more:
        template = "bookkeeping/_entry_lines.html" if is_htmx(request) else "bookkeeping/entry_form.html"
        return render(request, template, context)
    if request.method == "POST" and form.is_valid() and submit(form, lambda: _write(actor, form)):
        return redirect("bookkeeping:entry", actor.place.slug, form.cleaned_data["key"])
    return (form_again if form.is_bound else render)(request, "bookkeeping/entry_form.html", context)


def _like(actor: Actor, text: str) -> JournalEntry | None:
    try:
        wanted = UUID(text)
    except ValueError:
        return None
    return JournalEntry.objects.visible_to(actor).select_related("organisation").filter(pk=wanted).first()


def _write(actor: Actor, form: EntryForm) -> JournalEntry:
    said = form.cleaned_data
    lines = [line.line for line in form.written]
    return actions.write_entry(actor=actor, dated_on=said["dated_on"], text=said["text"], lines=lines, key=said["key"])


def _balance(form: EntryForm, actor: Actor) -> dict[str, object]:
    """What the lines come to so far, in words."""
    debit, credit = form.sides
    currency = actor.place.currency
    return {
        "debit": format_money(debit, currency),
        "credit": format_money(credit, currency),
        "difference": format_money(abs(debit - credit), currency),
        "is_balanced": debit == credit and debit > 0,
        "lacks": "credit" if debit > credit else "debit",
    }


@access(Section.JOURNAL, Level.MANAGE)
@require_POST
def entry_balance(request: WorkspaceRequest) -> HttpResponse:
    """Debit, credit and difference of the lines as they are typed."""
    form = EntryForm(request.POST, actor=request.actor, accounts=[])
    return render(request, "bookkeeping/_entry_balance.html", {"balance": _balance(form, request.actor)})


@access(Section.JOURNAL)
def entry_contacts(request: WorkspaceRequest) -> HttpResponse:
    """Names that contain what is typed, as options."""
    said = next((str(text) for name, text in request.GET.items() if name.endswith("contact")), "")
    rows = Contact.objects.visible_to(request.actor).matching(said.replace("\x00", "")) if said.strip() else None
    names = list(rows.order_by("sort_key").values_list("name", "tax_id")[:MOST_NAMES]) if rows is not None else []
    return render(request, "bookkeeping/_contact_names.html", {"names": names})


@access(Section.JOURNAL, Level.MANAGE)
@require_POST
def check_entries(request: WorkspaceRequest) -> HttpResponse:
    """Check the entries that were ticked."""
    actor = request.actor
    wanted = [text for text in request.POST.getlist("ids")[:MOST_CHECKED] if _is_id(text)]
    found = JournalEntry.objects.visible_to(actor).filter(pk__in=wanted)
    number = actions.check_entries(actor=actor, entries=found, now=timezone.now())
    messages.success(request, ngettext("%(num)s entry was checked.", "%(num)s entries were checked.", number)
                     % {"num": number})  # fmt: skip
    response = redirect("bookkeeping:journal", actor.place.slug)
    asked = JournalFilter.of(request.GET).query
    response["Location"] += f"?{asked}" if asked else ""
    return response


def _is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


@access(Section.JOURNAL, Level.MANAGE)
@require_POST
def check_entry(request: WorkspaceRequest, entry_id: UUID) -> HttpResponse:
    found = _entry(request.actor, entry_id)
    actions.check_entries(actor=request.actor, entries=[found], now=timezone.now())
    return redirect("bookkeeping:entry", request.actor.place.slug, entry_id)


@access(Section.JOURNAL, Level.MANAGE)
@require_POST
def take_back_check(request: WorkspaceRequest, entry_id: UUID) -> HttpResponse:
    actions.take_back_check(actor=request.actor, entry=_entry(request.actor, entry_id))
    return redirect("bookkeeping:entry", request.actor.place.slug, entry_id)


@access(Section.JOURNAL, Level.MANAGE)
def reverse_entry(request: WorkspaceRequest, entry_id: UUID) -> HttpResponse:
    actor = request.actor
    found = _entry(actor, entry_id)
    form = ReverseForm(request.POST or None, initial={"dated_on": max(actor.today(), found.dated_on).isoformat()})
    made: list[JournalEntry] = []

    def act() -> None:
        made.append(actions.reverse_entry(actor=actor, entry=found, today=form.cleaned_data["dated_on"]))

    if request.method == "POST" and submit(form, act):
        words = _("%(number)s was taken back on %(date)s.")
        messages.success(request, words % {"number": found, "date": format_date(made[0].dated_on)})
        return redirect("bookkeeping:entry", actor.place.slug, made[0].pk)
    context = {"form": form, "entry": found}
    return (form_again if form.is_bound else render)(request, "bookkeeping/entry_reverse.html", context)
