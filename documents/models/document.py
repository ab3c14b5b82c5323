from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import Actor, ActorKind, Level, Section
from advisory_portal.core.models import PortalModel, StoredFile
from advisory_portal.core.text import beginnings
from documents import rules
from documents.models.contact import Contact
from documents.models.series import Series
from partners.models import Organisation

RELATED_SHOWN = 30


def money_field(**options: Any) -> models.DecimalField[Any, Any]:
    """An amount in the document's currency; actions check it against the currency's smallest unit."""
    return models.DecimalField(max_digits=20, decimal_places=3, **options)


class Kind(models.TextChoices):
    INVOICE = "invoice", _("Invoice")
    CREDIT_NOTE = "credit_note", _("Credit note")
    QUOTE = "quote", _("Quote")
    PROFORMA = "proforma", _("Pro forma")
    SALES_ORDER = "sales_order", _("Sales order")
    DELIVERY_NOTE = "delivery_note", _("Delivery note")
    BILL = "bill", _("Bill")
    SUPPLIER_CREDIT_NOTE = "supplier_credit_note", _("Supplier credit note")
    PURCHASE_ORDER = "purchase_order", _("Purchase order")
    RECURRING_INVOICE = "recurring_invoice", _("Recurring invoice")


# The words of the search text: letters and digits, everything between them left out.
WORDS = SearchVector(
    Func(F("search_text"), Value("[^[:alnum:]]+"), Value(" "), Value("g"), function="regexp_replace"), config="simple"
)


class Documents(models.QuerySet["Document"]):
    def visible_to(self, actor: Actor, *kinds: str) -> Self:
        """Staff: the kinds of the sections they may view. Contacts: what was issued to them and is theirs to see.

        With `kinds` only those of these; of a single one `kind = …` is all that is said, which an index can answer
        alone (`document_shown_to_contact`), as it cannot where a list of kinds stands beside it.
        """
        if actor.organisation_id is None:
            return self.none()
        documents = self.filter(organisation_id=actor.organisation_id)
        if actor.kind == ActorKind.CONTACT:
            documents = documents.filter(contact_id=actor.contact_id).exclude(state=Document.State.DRAFT)
            if actor.document_ids is not None:
                documents = documents.filter(pk__in=actor.document_ids)
            shown = list(rules.PORTAL_KINDS)
        else:
            shown = [kind for kind in Kind.values if actor.may(Section(rules.section_of(kind)), Level.VIEW)]
        if kinds:
            shown = [kind for kind in shown if kind in kinds]
        if len(shown) == len(Kind.values):
            return documents
        return documents.filter(kind=shown[0]) if len(shown) == 1 else documents.filter(kind__in=shown)

    def for_reading(self) -> Self:
        """With its lines, allowances, charges and taxes, in order: three more queries, however many there are."""
        return self.prefetch_related("lines", "allowances_charges", "taxes")

    def related_to(self, document: Document) -> Self:
        """What it was made from, corrects, replaces, what was made of it so, its possible versions; the newest."""
        named = [pk for pk in (document.source_id, document.corrects_id, document.replaces_id) if pk]
        found = Q(pk__in=named) | Q(source=document.pk) | Q(corrects=document.pk) | Q(replaces=document.pk)
        if document.is_possible_version:
            found |= Q(kind=document.kind, seller_key=document.seller_key, number=document.number)
        return self.filter(found).exclude(pk=document.pk).order_by("-id")[:RELATED_SHOWN]

    def for_listing(self) -> Self:
        """Only the columns that a row of a list shows."""
        return self.only(
            "kind", "state", "number", "contact_name", "contact_key", "issued_on", "due_on", "currency", "payable",
            "reviewed_at", "is_possible_version", "is_invoiced",
        )  # fmt: skip

    def of_kind(self, kind: str) -> Self:
        return self.filter(kind=kind)

    def overdue(self, today: date) -> Self:
        """What waits for money after its last day; a sales order that was invoiced waits no more."""
        open_states = (Document.State.ISSUED, Document.State.PARTIALLY_PAID)
        return self.filter(state__in=open_states, due_on__lt=today, is_invoiced=False)

    def expired(self, today: date) -> Self:
        """Quotes that nobody decided on in time."""
        return self.filter(kind=Kind.QUOTE, state=Document.State.ISSUED, due_on__lt=today)

    def to_decide(self, today: date) -> Self:
        """Quotes that can be accepted or declined today, the business's day."""
        quotes = self.filter(kind=Kind.QUOTE, state=Document.State.ISSUED)
        return quotes.filter(Q(due_on=None) | Q(due_on__gte=today))

    def unreviewed(self) -> Self:
        return self.filter(reviewed_at=None).exclude(state=Document.State.VOID)

    def matching(self, words: str) -> Self:
        """Those whose number, contact or references have these words, whatever their case and accents.

        The last may be a beginning; no word is looked for inside others, which costs more with every document stored.
        """
        if not words.strip():
            return self
        query = beginnings(words)
        if not query:
            return self.none()
        return self.alias(words=WORDS).filter(words=SearchQuery(query, search_type="raw", config="simple"))

    def superseding(self, document: Document) -> Self:
        """The versions that took the place of the document."""
        return self.filter(replaces=document).exclude(state=Document.State.DRAFT)

    def sharing_number_with(self, document: Document) -> Self:
        """Other documents of the same kind, seller and number: possible versions of it."""
        return self.filter(
            organisation_id=document.organisation_id,
            kind=document.kind,
            seller_key=document.seller_key,
            number=document.number,
        ).exclude(pk=document.pk)


class Document(PortalModel):
    """A quote, order, invoice or other document between the business and one contact.

    Its content is frozen once it is issued (a trigger guards those columns, and its lines); marks of review,
    sending and settlement still move. Imported documents keep the number, line nets and totals of the original.

    `payable` = `tax_inclusive` - `withheld` - `prepaid` + `rounding`. `source` is what it was converted or copied
    from, `corrects` the invoice of a credit note, `replaces` the version before. `revision` counts the savings of a
    draft, so that of two people who edit it the second is told. `pdf` is made once after issue and kept. A sales order
    `is_invoiced` while an issued invoice stands that was made of it: what is open of it is asked for there.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ISSUED = "issued", _("Issued")
        PARTIALLY_PAID = "partially_paid", _("Partly paid")
        PAID = "paid", _("Paid")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        VOID = "void", _("Void")

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="documents")
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="documents")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.DRAFT)
    number = models.CharField(_("number"), max_length=100, blank=True)
    version = models.PositiveSmallIntegerField(default=1)
    series = models.ForeignKey(Series, models.PROTECT, null=True, related_name="documents")
    contact_name = models.CharField(_("contact"), max_length=500)
    contact_key = models.CharField(max_length=200)
    language = models.CharField(_("language"), max_length=10, default="en")
    issued_on = models.DateField(_("date"))
    due_on = models.DateField(_("due date"), null=True)
    delivered_on = models.DateField(null=True)
    tax_point_on = models.DateField(null=True)
    period_start = models.DateField(null=True)
    period_end = models.DateField(null=True)
    currency = models.CharField(_("currency"), max_length=3)
    parties = models.JSONField(default=dict)
    references = models.JSONField(default=dict)
    payment = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    supporting = models.JSONField(default=list)
    lines_net = money_field(default=0)
    allowances = money_field(default=0)
    charges = money_field(default=0)
    tax_exclusive = money_field(default=0)
    tax_total = money_field(default=0)
    tax_inclusive = money_field(default=0)
    prepaid = money_field(default=0)
    rounding = money_field(default=0)
    withheld = money_field(default=0)
    payable = money_field(default=0)
    tax_currency = models.CharField(max_length=3, blank=True)
    tax_total_in_tax_currency = money_field(null=True)
    seller_key = models.CharField(max_length=200, blank=True)
    original = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    is_imported = models.BooleanField(default=False)
    source = models.ForeignKey("self", models.SET_NULL, null=True, related_name="made_from_it")
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="replacements")
    recurrence = models.ForeignKey("Recurrence", models.PROTECT, null=True, related_name="issued")
    recurs_on = models.DateField(null=True)
    content_hash = models.CharField(max_length=64, blank=True)
    # From here on the columns move after issue.
    revision = models.PositiveIntegerField(default=0)
    pdf = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    settled = money_field(default=0)
    is_possible_version = models.BooleanField(default=False)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by_name = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True)
    is_reminded = models.BooleanField(_("remind when overdue"), default=True)
    is_invoiced = models.BooleanField(default=False, db_default=False)
    search_text = models.CharField(max_length=1500)

    objects = Documents.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        indexes = [
            models.Index(fields=["organisation", "kind", "issued_on", "id"], name="document_by_date"),
            models.Index(fields=["organisation", "kind", "number", "id"], name="document_by_number"),
            models.Index(fields=["organisation", "kind", "contact_key", "id"], name="document_by_contact_name"),
            models.Index(fields=["organisation", "kind", "payable", "id"], name="document_by_amount"),
            models.Index(fields=["organisation", "contact", "issued_on", "id"], name="document_of_contact_by_date"),
            # These two hold all that a contact's lists and sums show, so that their rows are not read. Without that
            # the planner, who takes every contact for a small one, finds all indexes of a contact equally good.
            models.Index(
                fields=["organisation", "contact", "kind", "issued_on", "id"],
                name="document_shown_to_contact",
                include=["state", "number", "due_on", "currency", "payable", "settled", "is_invoiced"],
            ),
            models.Index(
                fields=["organisation", "contact", "kind", "due_on", "id"],
                name="document_open_to_contact",
                include=["state", "number", "issued_on", "currency", "payable", "settled", "is_invoiced"],
                condition=Q(state__in=("issued", "partially_paid")),
            ),
            models.Index(
                fields=["organisation", "kind", "due_on", "id"],
                name="document_unpaid_by_due",
                condition=Q(state__in=("issued", "partially_paid")),
            ),
            models.Index(
                fields=["organisation", "kind", "issued_on", "id"],
                name="document_draft_by_date",
                condition=Q(state="draft"),
            ),
            models.Index(
                fields=["organisation", "kind", "issued_on", "id"],
                name="document_unreviewed_by_date",
                condition=Q(reviewed_at=None) & ~Q(state="void"),
            ),
            models.Index(
                "organisation",
                Coalesce("tax_point_on", "delivered_on", "issued_on"),
                name="invoice_by_tax_point",
                condition=Q(kind="invoice", state__in=("issued", "partially_paid", "paid")),
            ),
            GinIndex("organisation", WORDS, name="document_words"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "seller_key", "number", "issued_on", "payable"],
                name="imported_once",
                condition=Q(is_imported=True),
            ),
            models.UniqueConstraint(
                fields=["organisation", "kind", "number", "version"],
                name="series_number_once",
                condition=Q(series__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["organisation", "kind", "contact", "number"],
                name="typed_number_once",
                condition=Q(series=None, is_imported=False) & ~Q(state__in=("draft", "void")),
            ),
            models.UniqueConstraint(fields=["recurrence", "recurs_on"], name="recurs_once_a_date"),
            models.CheckConstraint(condition=~Q(number="") | Q(state="draft"), name="issued_has_number"),
        ]

    def __str__(self) -> str:
        return self.number or self.contact_name

    def moves(self) -> Mapping[str, frozenset[str]]:
        return rules.moves_of(self.kind)

    @property
    def outstanding(self) -> Decimal:
        """What is still to be paid, in the document's currency; for a credit note what is still to be given back."""
        outstanding: Decimal = self.payable - self.settled
        return outstanding

    @property
    def section(self) -> Section:
        return Section(rules.section_of(self.kind))
