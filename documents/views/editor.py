"""The page on which a draft is typed: by htmx while somebody types, and by its buttons without JavaScript."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import Actor, Level, Section, WorkspaceRequest, access, utc_now
from advisory_portal.core.errors import Refused
from advisory_portal.core.http import form_again, is_htmx, submit
from documents import actions, rules, sources
from documents.forms import (
    Choices,
    EditorForm,
    act_on_rows,
    blank_line,
    percent_text,
    set_due,
    set_parts,
    shown_figures,
    texts_of,
)
from documents.models import Contact, Document, DocumentSettings
from documents.words import NEW_WORDS, PART_LABELS, state_label

FOUND = 8
ISSUED_MEANWHILE = gettext_lazy("This document has been issued meanwhile. It does not change any more.")
KEEPING = ("save", "issue", "overwrite")


@dataclass
class Editing:
    """One request to the editor. `problem` is "changed" when somebody else has saved the draft meanwhile."""

    request: WorkspaceRequest
    kind: str
    document: Document | None
    settings: DocumentSettings
    form: EditorForm = field(init=False)
    focus: str = ""
    status: str = ""
    is_saved: bool = False
    wants_withholding: bool = False
    found: list[Contact] | None = None

    @property
    def actor(self) -> Actor:
        return self.request.actor

    @property
    def posted_revision(self) -> int | None:
        text = self.request.POST.get("revision", "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

    @property
    def is_changed(self) -> bool:
        """Whether somebody else has saved the draft since this page was made."""
        given = self.posted_revision
        is_old = self.document is not None and given is not None and given != self.document.revision
        return is_old and not self.is_saved

    @property
    def revision(self) -> int | str:
        if self.is_changed and self.posted_revision is not None:
            return self.posted_revision
        return self.document.revision if self.document else ""

    def choices(self, contact: Contact | None, data: QueryDict) -> Choices:
        """What the selects offer for this contact, and what the lines use already."""
        taxes, units, withheld = (
            dict.fromkeys(data.getlist(f"line_{part}")) for part in ("tax", "unit", "withholding")
        )
        return Choices(
            kind=self.kind,
            contact=contact,
            taxes=sources.tax_choices(self.actor, with_surcharge=self.has_surcharge(contact), used=taxes),
            withholdings=sources.withholding_choices(self.actor, used=withheld),
            units=sources.unit_choices(used=units),
            series=sources.series_choices(self.actor, self.kind),
            tax_of=sources.tax_of,
        )

    def has_surcharge(self, contact: Contact | None) -> bool:
        """Whether the lines for this contact carry the equivalence surcharge."""
        return contact is not None and contact.pays_surcharge and self.kind in rules.SALES_KINDS

    def new_line(self, contact: Contact | None) -> dict[str, str]:
        """The texts that a new line begins with."""
        tax = sources.usual_tax(self.actor, self.settings, with_surcharge=self.has_surcharge(contact))
        return blank_line(tax, percent_text(contact.withholding_percent) if contact else "")

    def choose(self, data: QueryDict, contact: Contact) -> None:
        """Let the document be for this contact: its currency, language, days to pay and taxes."""
        data["contact"] = str(contact.pk)
        data["currency"] = contact.currency or self.actor.place.currency
        data["language"] = contact.language
        days = self.settings.payment_days if contact.payment_days is None else contact.payment_days
        set_due(data, self.settings.quote_days if self.kind == "quote" else days)
        fitted = partial(
            sources.fitted_tax, country=self.actor.place.country, with_surcharge=self.has_surcharge(contact)
        )
        set_parts(data, "tax", fitted)
        withheld = percent_text(contact.withholding_percent)
        set_parts(data, "withholding", lambda text: text or withheld)

    def read(self, data: QueryDict, *, strict: bool) -> None:
        """Take texts as the form, and see what is wrong with them."""
        given = data.get("contact", "")
        contact = sources.contact_of(self.actor, given)
        if contact is None and self.document is not None and given == str(self.document.contact_id):
            contact = self.document.contact  # of a draft that the actor sees, though not the list of contacts
        self.form = EditorForm(data, choices=self.choices(contact, data), strict=strict)
        self.wants_withholding = data.get("withholding_on") == "1"
        self.form.is_valid()

    def keep(self, *, overwrite: bool = False) -> None:
        """Keep the form's content. Raises what `save_draft` raises."""
        revision = self.document.revision if overwrite and self.document else self.posted_revision
        self.document = actions.save_draft(
            actor=self.actor, kind=self.kind, content=self.form.content, document=self.document, revision=revision
        )
        self.is_saved = True

    def keep_if_complete(self) -> None:
        """Keep what can be kept while somebody types, and say so or why not."""
        self.status = self.form.lacks
        if self.is_changed:
            self.status = _("Not saved: somebody else has changed this draft")
        elif not self.status and submit(self.form, self.keep):
            self.status = _("Saved %(time)s") % {"time": time_here(self.actor)}
        elif not self.status:
            self.status = self.form.lacks

    def context(self) -> dict[str, Any]:
        """What the page and its fragments show."""
        form, slug, address = self.form, self.actor.place.slug, rules.SLUG_OF_KIND[self.kind]
        is_theirs = self.kind in rules.SUPPLIER_NUMBERED_KINDS
        uses_withholding = any(line.texts["withholding"] for line in form.lines)
        edit = reverse("documents:edit_document", args=[slug, self.document.pk]) if self.document else ""
        return {
            "editing": self,
            "oob": False,
            "is_fragment": False,
            "form": form,
            "contact": form.contact_row,
            "contact_words": form.data.get("contact_words", ""),
            "shown": shown_figures(form),
            "kind": address,
            "title": NEW_WORDS.get(self.kind) if self.document is None else "",
            "with_withholding": uses_withholding or self.wants_withholding,
            "may_withhold": len(form.choices.withholdings) > 1,
            "state_words": state_label(self.kind, "draft"),
            "part_labels": PART_LABELS,
            "issue_label": _("Confirm") if is_theirs else _("Issue"),
            "issue_question": _("Confirm this document?") if is_theirs else _("Issue this document?"),
            "may_issue": self.kind != "recurring_invoice",
            "is_purchase": self.kind in rules.PURCHASE_KINDS,
            "address": edit or reverse("documents:new_document", args=[slug, address]),
            "edit_address": edit,
            "most_lines": rules.MOST_LINES,
        }


def time_here(actor: Actor) -> str:
    """The time of day in the business's time zone."""
    return f"{utc_now().astimezone(ZoneInfo(actor.place.time_zone)):%H:%M}"


def _kind(actor: Actor, slug: str) -> str:
    """The kind of an address. Raises Http404, Forbidden."""
    kind = rules.KIND_SLUGS.get(slug, "")
    if not kind:
        raise Http404
    actor.require(Section(rules.section_of(kind)), Level.MANAGE)
    return kind


def _draft_of(actor: Actor, document_id: UUID) -> Document:
    document = get_object_or_404(Document.objects.visible_to(actor), pk=document_id)
    actor.require(document.section, Level.MANAGE)
    return document


def _named_draft(request: WorkspaceRequest) -> Document | None:
    """The draft that this page has made by itself meanwhile, None if none. Refused if it is gone."""
    named = request.POST.get("document", "")
    if not named:
        return None
    found = Document.objects.visible_to(request.actor).filter(pk__in=[named] if _is_uuid(named) else []).first()
    if found is None:
        raise Refused(_("This draft has been deleted meanwhile."))
    if found.state != Document.State.DRAFT:
        raise Refused(str(ISSUED_MEANWHILE))
    request.actor.require(found.section, Level.MANAGE)
    return found


def _is_uuid(text: str) -> bool:
    return len(text) == 36 and all(one in "0123456789abcdef-" for one in text)


@access()
def new_document(request: WorkspaceRequest, kind: str) -> HttpResponse:
    name = _kind(request.actor, kind)
    document = _named_draft(request) if request.method == "POST" else None
    if document is None and name not in NEW_WORDS:
        raise Http404
    editing = _editing(request, name, document)
    if request.method == "POST":
        return _posted(editing)
    data = _first_texts(editing)
    contact = sources.contact_of(request.actor, request.GET.get("contact", ""))
    act_on_rows(data, "add", new_line=editing.new_line(contact))
    if contact is not None:
        editing.choose(data, contact)
    editing.read(data, strict=False)
    editing.focus = "line-0-name" if contact else "contact"
    return render(request, "documents/editor.html", editing.context())


@access()
def edit_document(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    document = _draft_of(request.actor, document_id)
    if document.state != Document.State.DRAFT:
        if request.method == "POST":
            raise Refused(str(ISSUED_MEANWHILE))
        return redirect("documents:document", request.actor.place.slug, document.pk)
    editing = _editing(request, document.kind, document)
    if request.method == "POST":
        return _posted(editing)
    data = texts_of(actions.content_of(document), rules.key_of_tax)
    if not data.getlist("line_name"):
        act_on_rows(data, "add", new_line=editing.new_line(document.contact))
    editing.read(data, strict=False)
    return render(request, "documents/editor.html", editing.context())


@access()
@require_POST
def document_totals(request: WorkspaceRequest, kind: str) -> HttpResponse:
    """Totals, nets and errors of what is typed, and the draft saved by the way: for htmx alone."""
    name = _kind(request.actor, kind)
    document = _named_draft(request)
    editing = _editing(request, name, document)
    editing.read(request.POST.copy(), strict=False)
    editing.keep_if_complete()
    context = editing.context()
    marks = request.POST.getlist("line_mark")
    context["news"] = [
        (number, line)
        for number, line in enumerate(context["shown"].lines)
        if number >= len(marks) or marks[number] != line.mark
    ]
    response = render(request, "documents/_editor_news.html", context)
    if document is None and editing.document is not None:
        response["HX-Replace-Url"] = context["edit_address"]
    return response


@access()
@require_GET
def find_contact(request: WorkspaceRequest, kind: str) -> HttpResponse:
    """Contacts whose name, tax id or e-mail contains the words: for htmx alone."""
    _kind(request.actor, kind)
    found = _found(request.actor, request.GET.get("contact_words", ""))
    return render(request, "documents/_editor_found.html", {"found": found, "kind": kind})


@access()
@require_POST
def delete_draft(request: WorkspaceRequest, document_id: UUID) -> HttpResponse:
    document = _draft_of(request.actor, document_id)
    actions.delete_draft(actor=request.actor, document=document)
    messages.success(request, _("The draft is deleted."))
    return redirect("documents:list", request.actor.place.slug, rules.SLUG_OF_KIND[document.kind])


def _editing(request: WorkspaceRequest, kind: str, document: Document | None) -> Editing:
    return Editing(request, kind, document, actions.settings_of(request.actor.place.id))


def _first_texts(editing: Editing) -> QueryDict:
    """What a new document begins with."""
    place, today = editing.actor.place, editing.actor.today()
    days = editing.settings.quote_days if editing.kind == "quote" else editing.settings.payment_days
    data = QueryDict(mutable=True)
    data["issued_on"] = today.isoformat()
    data["due_on"] = (today + timedelta(days=days)).isoformat()
    data["currency"], data["language"] = place.currency, place.language
    data["note"] = editing.settings.note if editing.kind in rules.SALES_KINDS else ""
    return data


def _found(actor: Actor, words: str) -> list[Contact]:
    contacts = Contact.objects.visible_to(actor).present().matching(words.replace("\x00", "")[:100])
    return list(contacts.order_by("sort_key", "id")[:FOUND])


def _posted(editing: Editing) -> HttpResponse:
    """Do what the button says: keep what is typed, or change it and give it back."""
    request, act = editing.request, editing.request.POST.get("do", "save")
    data = request.POST.copy()
    if act in KEEPING:
        return _keep(editing, data, act)
    editing.focus = _act(editing, data, act)
    editing.read(data, strict=False)
    if not is_htmx(request):
        return render(request, "documents/editor.html", editing.context())
    if act == "add" and len(editing.form.lines) > len(request.POST.getlist("line_name")):
        response = render(request, "documents/_editor_line_added.html", editing.context())
        response["HX-Retarget"], response["HX-Reswap"] = "#editor-lines", "beforeend"
        return response
    editing.keep_if_complete()
    response = render(request, "documents/_editor.html", editing.context() | {"is_fragment": True})
    if "document" in request.POST and not request.POST["document"] and editing.document is not None:
        response["HX-Replace-Url"] = reverse(
            "documents:edit_document", args=[editing.actor.place.slug, editing.document.pk]
        )
    return response


def _act(editing: Editing, data: QueryDict, act: str) -> str:
    """Change what is typed as a button says; gives the name of what has the focus then."""
    contact = sources.contact_of(editing.actor, data.get("contact", ""))
    if act.startswith("contact-"):
        chosen = sources.contact_of(editing.actor, act.removeprefix("contact-"))
        if chosen is not None:
            editing.choose(data, chosen)
        return "line-0-name" if chosen else "contact"
    if act == "find":
        editing.found = _found(editing.actor, data.get("contact_words", ""))
        return "contact"
    if act == "other-contact":
        data["contact"] = ""
        return "contact"
    if act == "withholding":
        data["withholding_on"] = "1"
        return "line-0-withholding"
    return act_on_rows(data, act, new_line=editing.new_line(contact))


def _keep(editing: Editing, data: QueryDict, act: str) -> HttpResponse:
    """Save the draft, and issue it if that is asked."""
    request, slug = editing.request, editing.actor.place.slug
    editing.read(data, strict=True)
    done = submit(editing.form, lambda: editing.keep(overwrite=act == "overwrite"))
    if done and act == "issue" and editing.document is not None:
        document = editing.document
        done = submit(
            editing.form,
            lambda: actions.issue_document(actor=editing.actor, document=document, now=utc_now()),
        )
        if done:
            messages.success(request, _("%(number)s is issued.") % {"number": document.number})
            return redirect("documents:document", slug, document.pk)
    if done and editing.document is not None:
        messages.success(request, _("Saved as a draft."))
        return redirect("documents:edit_document", slug, editing.document.pk)
    return form_again(request, "documents/editor.html", editing.context())
