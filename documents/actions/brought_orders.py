"""Orders of customers that were placed elsewhere: many at once, under the numbers they have."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from django.db import transaction

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.states import move_all
from advisory_portal.core.text import sort_key
from documents import rules
from documents.actions.contents import cleaned, computed, line_rows, tax_rows
from documents.actions.drafts import fill, parties_of, search_text
from documents.models import Contact, Document, DocumentLine, Kind, TaxLine
from partners.models import Organisation

MOST_ORDER_LINES = 5_000
AT_ONCE = 1_000  # rows of a statement


@dataclass(frozen=True, slots=True)
class BroughtOrder:
    """An order as it was placed elsewhere: its number there, what it says, and what its lines come to."""

    number: str
    content: rules.Content
    totals: rules.Totals

    @classmethod
    def of(cls, number: str, content: rules.Content) -> Self:
        """Raises DoesNotFit."""
        content = cleaned(Kind.SALES_ORDER, content)
        return cls(number, content, computed(content, most_lines=MOST_ORDER_LINES))


@transaction.atomic
def bring_orders(*, actor: Actor, orders: Sequence[BroughtOrder]) -> list[Document]:
    """Keep orders as issued sales orders under their own numbers, in no series; in the order given.

    They are history: invoiced where they come from, so that nothing is to be paid on them. As many statements for a
    hundred as for one. Where a number is there already is the caller's to look for, with the
    organisation's row locked; the database refuses the same order twice. Nobody is told. Raises Forbidden.
    """
    actor.require(Section.SALES, Level.MANAGE)
    business = Organisation.objects.get(pk=actor.place.id)
    contacts = Contact.objects.filter(organisation_id=business.pk).in_bulk([one.content.contact_id for one in orders])
    rows = [_document(business, contacts[one.content.contact_id], one) for one in orders]
    Document.objects.bulk_create(rows, batch_size=AT_ONCE)
    pairs = list(zip(rows, orders, strict=True))
    lines = [line for row, one in pairs for line in line_rows(row, one.content, one.totals)]
    DocumentLine.objects.bulk_create(lines, batch_size=AT_ONCE)
    TaxLine.objects.bulk_create([tax for row, one in pairs for tax in tax_rows(row, one.totals)], batch_size=AT_ONCE)
    move_all(rows, Document.State.ISSUED, actor=actor)
    return rows


def _document(business: Organisation, contact: Contact, order: BroughtOrder) -> Document:
    row = Document(
        organisation_id=business.pk,
        contact=contact,
        kind=Kind.SALES_ORDER,
        number=order.number,
        contact_name=contact.name,
        contact_key=contact.sort_key,
        seller_key=rules.tax_id_key(business.tax_id)[:200] or sort_key(business.name),
        is_imported=True,
        is_invoiced=True,  # where it comes from
    )
    fill(row, order.content, order.totals)
    row.parties = parties_of(row.kind, business, contact) | row.parties
    row.search_text = search_text(row)
    return row
