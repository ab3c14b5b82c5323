"""Entries that make themselves: of documents, of payments, of what bank lines were."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor
from advisory_portal.core.errors import Refused
from advisory_portal.core.formatting import format_money, format_number
from advisory_portal.core.money import round_money
from bookkeeping import rules
from bookkeeping.actions.charts import ensure_chart, lock_journal
from bookkeeping.actions.entries import keep_entry, require_hand
from bookkeeping.models import JournalEntry, JournalLine, PostingRule, Reconciliation
from bookkeeping.rules import EntryLine, PartLine
from bookkeeping.rules.payouts import LABELS
from documents.models import Document, Settlement
from documents.rules import CREDIT_METHOD, CREDITED_BY
from documents.rules.taxes import general_rate

Source = JournalEntry.Source
LARGEST_RATE = Decimal(1_000_000)


class NotPostable(Refused):
    """Nothing of this kind or state comes into the journal, or its sums do not allow it."""


class NoRate(Refused):
    """The amounts are in another currency than the books, and no rate was given."""


@transaction.atomic
def post_document(*, actor: Actor, document: Document, rate: Decimal | None = None) -> JournalEntry:
    """The entry of a reviewed invoice, credit note, bill or supplier credit note; the one it has if it has one.

    `rate` is how much of the books' currency one unit of the document's is worth. Raises NotPostable, NoRate,
    BooksClosed, Forbidden.
    """
    require_hand(actor, is_banks=False)
    ensure_chart(actor=actor)
    current = Document.objects.select_for_update(no_key=True, of=("self",)).get(
        pk=document.pk, organisation_id=actor.place.id
    )
    lock_journal(actor.place.id)
    known = JournalEntry.objects.filter(document=current, source=Source.DOCUMENT, is_reversed=False).first()
    if known is not None:
        return known
    _require_postable(current)
    try:
        parts = rules.document_parts(_figures(current, general_rate(actor.place.country)))
    except rules.SumsDoNotAgree as error:
        words = _("The sums of this document differ by %(amount)s. Write its entry by hand.")
        raise NotPostable(words % {"amount": format_money(error.amount, current.currency)}) from None
    rate = _rate(actor, current.currency, rate)
    if rate is not None:
        parts = rules.converted(parts, rate, actor.place.currency)
    if len(parts) < 2:
        raise NotPostable(_("This document moves no money: there is nothing to enter."))
    text = f"{current.get_kind_display()} {current.number} · {current.contact_name}"
    lines = _entry_lines(parts, _accounts_for(current.organisation_id, current.contact_id), current.contact_id)
    return keep_entry(
        actor, current.issued_on, text + _rate_words(current, rate), lines, source=Source.DOCUMENT, document=current
    )


@transaction.atomic
def post_settlement(*, actor: Actor, settlement: Settlement, rate: Decimal | None = None) -> JournalEntry:
    """The entry of a payment or set-off, the one it has if it has one; either side of a set-off gives the same.

    What a bank line brought stands on that bank account. `rate` as in `post_document`, on the day of the payment; the
    difference to the document's own is gained or lost in exchange. A set-off takes none: each side clears what its own
    document's entry says. Raises NotPostable, NoRate, BooksClosed, Forbidden.
    """
    require_hand(actor, is_banks=True)
    ensure_chart(actor=actor)
    is_set_off = settlement.method == CREDIT_METHOD
    if is_set_off and settlement.document.kind not in CREDITED_BY:
        settlement = settlement.other_side
    document = Document.objects.select_for_update(no_key=True, of=("self",)).get(
        pk=settlement.document_id, organisation_id=actor.place.id
    )
    lock_journal(actor.place.id)
    known = JournalEntry.objects.filter(settlement=settlement, source=Source.PAYMENT, is_reversed=False).first()
    if known is not None:
        return known
    text = f"{document.number} · {document.contact_name}"
    if is_set_off:
        text = _("Set-off on %(document)s") % {"document": text}
        lines = _set_off_lines(actor, document, settlement)
    else:
        rate = _rate(actor, document.currency, rate)
        text = _("Payment of %(document)s") % {"document": text} + _rate_words(document, rate)
        lines = _payment_lines(actor, document, settlement, rate)
    return keep_entry(
        actor, settlement.received_on, text, lines, source=Source.PAYMENT, document=document, settlement=settlement
    )


@transaction.atomic
def post_reconciliation(*, actor: Actor, reconciliation: Reconciliation, rate: Decimal | None = None) -> JournalEntry:
    """The entry of what a bank line was: of its payment, or between the bank and a ledger account. Repeating gives it.

    Raises NotPostable, NoRate, BooksClosed, Forbidden.
    """
    require_hand(actor, is_banks=True)
    ensure_chart(actor=actor)
    if reconciliation.settlement is not None:
        return post_settlement(actor=actor, settlement=reconciliation.settlement, rate=rate)
    if reconciliation.gateway:
        return _post_payout(actor, reconciliation, rate)
    if reconciliation.account_id is None or reconciliation.organisation_id != actor.place.id:
        raise NotPostable(_("This part of the bank line has no payment to enter."))
    lock_journal(actor.place.id)
    known = JournalEntry.objects.filter(reconciliation=reconciliation, source=Source.BANK, is_reversed=False).first()
    if known is not None:
        return known
    line = reconciliation.line
    rate = _rate(actor, line.account.currency, rate)
    amount = round_money(reconciliation.amount * (rate or 1), actor.place.currency)
    if amount == 0:
        raise NotPostable(_("This payment moves no money: there is nothing to enter."))
    bank_id = line.account.ledger_account_id or _accounts_for(actor.place.id, None)["bank"]
    lines = [
        _side(bank_id, amount, "", None),
        _side(reconciliation.account_id, -amount, reconciliation.note, reconciliation.contact_id),
    ]
    text = " · ".join(filter(None, [line.counterparty_name, line.text])) or line.account.name
    return keep_entry(actor, line.booked_on, text, lines, source=Source.BANK, reconciliation=reconciliation)


def _payment_lines(actor: Actor, document: Document, settlement: Settlement, rate: Decimal | None) -> list[EntryLine]:
    amount = round_money(settlement.amount * (rate or 1), actor.place.currency)
    is_own = rate is None or document.kind in rules.ADVANCED_KINDS  # an advance clears itself
    cleared = amount if is_own else _cleared(actor, document, settlement)
    money = rules.money_part(settlement.method)
    parts = rules.payment_parts(document.kind, money=money, amount=amount, cleared=cleared)
    if len(parts) < 2:
        raise NotPostable(_("This payment moves no money: there is nothing to enter."))
    accounts = _accounts_for(document.organisation_id, document.contact_id)
    own_id = _own_account(settlement)
    if own_id is not None:
        accounts[money] = own_id
    return _entry_lines(parts, accounts, document.contact_id)


def _own_account(settlement: Settlement) -> UUID | None:
    """The account of the bank that a line brought it to; for one that takes back, where the first stands."""
    if settlement.takes_back is not None:
        lines = JournalLine.objects.filter(entry__settlement=settlement.takes_back, position=0)
        return lines.filter(entry__source=Source.PAYMENT).order_by("-id").values_list("account_id", flat=True).first()
    of_bank = Reconciliation.objects.standing().filter(settlement=settlement)
    of_bank = of_bank.exclude(line__account__ledger_account=None)
    return of_bank.values_list("line__account__ledger_account_id", flat=True).first()


def _post_payout(actor: Actor, reconciliation: Reconciliation, rate: Decimal | None) -> JournalEntry:
    """What the bank got, what the gateway kept, and its account cleared of what its payments put there."""
    lock_journal(actor.place.id)
    known = JournalEntry.objects.filter(reconciliation=reconciliation, source=Source.BANK, is_reversed=False).first()
    if known is not None:
        return known
    line, own, fees = reconciliation.line, actor.place.currency, reconciliation.fees or Decimal(0)
    rate = _rate(actor, line.account.currency, rate)
    cleared = reconciliation.amount + fees if rate is None else _cleared_of_gateway(reconciliation)
    net, kept = (round_money(amount * (rate or 1), own) for amount in (reconciliation.amount, fees))
    parts = rules.payout_parts(reconciliation.gateway, net=net, fees=kept, cleared=cleared)
    if len(parts) < 2:
        raise NotPostable(_("This payment moves no money: there is nothing to enter."))
    accounts = _accounts_for(actor.place.id, None)
    accounts["bank"] = line.account.ledger_account_id or accounts["bank"]
    text = _("Payout of %(gateway)s") % {"gateway": LABELS[reconciliation.gateway]}
    lines = _entry_lines(parts, accounts, None)
    return keep_entry(actor, line.booked_on, text, lines, source=Source.BANK, reconciliation=reconciliation)


def _cleared_of_gateway(reconciliation: Reconciliation) -> Decimal:
    """What the entries of the payments say that the gateway holds of them. Raises NotPostable where one is missing."""
    payments = reconciliation.paid_out.values_list("settlement_id", flat=True)
    entries = JournalEntry.objects.filter(settlement__in=payments, source=Source.PAYMENT, is_reversed=False)
    if entries.count() < payments.count():
        raise NotPostable(_("Enter the payments first: their rates say what the payout clears."))
    sums = JournalLine.objects.filter(entry__in=entries, position=0).aggregate(debit=Sum("debit"), credit=Sum("credit"))
    return (sums["debit"] or Decimal(0)) - (sums["credit"] or Decimal(0))


def _set_off_lines(actor: Actor, document: Document, settlement: Settlement) -> list[EntryLine]:
    """What is owed less on the document, and on its credit note: in another currency each at its own entry's rate."""
    party, other = rules.party_part(document.kind), settlement.other_side
    if document.currency == actor.place.currency:
        amount = cleared = settlement.amount
    else:
        amount, cleared = (_cleared(actor, one.document, one) for one in (other, settlement))
    parts = rules.payment_parts(document.kind, money=party, amount=amount, cleared=cleared)
    return _entry_lines(parts, _accounts_for(document.organisation_id, document.contact_id), document.contact_id)


def _require_postable(document: Document) -> None:
    if document.kind not in rules.POSTED_KINDS or document.state in (Document.State.DRAFT, Document.State.VOID):
        raise NotPostable(_("Only issued invoices and bills, and their credit notes, come into the journal."))
    if document.reviewed_at is None:
        raise NotPostable(_("Review the document first: what was not looked at is not entered."))


def _figures(document: Document, rate: Decimal | None) -> rules.Figures:
    taxes = [
        rules.TaxSum(
            tax.kind,
            tax.percent,
            tax.taxable,
            tax.tax,
            rules.own_tax(document.kind, tax.category, tax.taxable, rate, document.currency),
        )
        for tax in document.taxes.all()
    ]
    return rules.Figures(
        kind=document.kind,
        payable=document.payable,
        tax_exclusive=document.tax_exclusive,
        withheld=document.withheld,
        prepaid=document.prepaid,
        taxes=taxes,
    )


def _rate(actor: Actor, currency: str, rate: Decimal | None) -> Decimal | None:
    """The rate to use, None in the books' own currency. Raises NoRate."""
    own = actor.place.currency
    if currency == own:
        return None
    if rate is None:
        words = _("The amounts are in %(currency)s. Say how much %(own)s one %(currency)s was worth.")
        raise NoRate(words % {"currency": currency, "own": own}, field="rate")
    if not rate.is_finite() or not 0 < rate < LARGEST_RATE:
        raise NoRate(_("Write a rate above zero."), field="rate")
    return rate


def _rate_words(document: Document, rate: Decimal | None) -> str:
    return "" if rate is None else f" ({document.currency} × {format_number(rate)})"


def _cleared(actor: Actor, document: Document, settlement: Settlement) -> Decimal:
    """What the payment clears of what the document's entry says is owed."""
    entry = JournalEntry.objects.filter(document=document, source=Source.DOCUMENT, is_reversed=False).first()
    if entry is None:
        raise NotPostable(_("Enter the document first: its rate says what the payment clears."))
    party = entry.lines.earliest("position")
    owed = (party.debit - party.credit) * rules.sign_of(document.kind)
    earlier = Settlement.objects.filter(document=document, pk__lt=settlement.pk).aggregate(sum=Sum("amount"))
    before = earlier["sum"] or Decimal(0)
    return rules.cleared_share(owed, document.payable, before, settlement.amount, actor.place.currency)


def _accounts_for(organisation_id: UUID, contact_id: UUID | None) -> dict[str, UUID]:
    """The account of each part, a contact's own before everybody's."""
    rows = PostingRule.objects.filter(organisation_id=organisation_id, contact=None)
    found: dict[str, UUID] = dict(rows.values_list("part", "account_id"))
    if contact_id is not None:
        own = PostingRule.objects.filter(organisation_id=organisation_id, contact_id=contact_id)
        found |= dict(own.values_list("part", "account_id"))
    return found


def _entry_lines(parts: Sequence[PartLine], accounts: dict[str, UUID], contact_id: UUID | None) -> list[EntryLine]:
    texts = ("" if line.percent is None else f"{format_number(line.percent)} %" for line in parts)
    return [_side(accounts[line.part], line.amount, text, contact_id) for line, text in zip(parts, texts, strict=True)]


def _side(account_id: UUID, amount: Decimal, text: str, contact_id: UUID | None) -> EntryLine:
    debit, credit = max(amount, Decimal(0)), max(-amount, Decimal(0))
    return EntryLine(account_id, debit, credit, text, contact_id)
