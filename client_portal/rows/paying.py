"""What contacts see when they pay: the ways to pay, what is paid, and how the payment stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from advisory_portal.core.formatting import active_language, format_date, format_money
from client_portal.models import AttemptShare, GatewayAccount, GatewayPayment, PaymentAttempt
from client_portal.sheets.receipt import receipt_number, way_of
from documents import sheets
from documents.models import Document, Kind

State = PaymentAttempt.State
ASK_AFTER = (0, 2, 2, 3, 5, 5, 10, 10, 20, 30)  # seconds until a page that waits asks again, by the turn


@dataclass(frozen=True, slots=True)
class WayRow:
    id: str
    label: str
    note: str


def way_rows(accounts: Iterable[GatewayAccount]) -> list[WayRow]:
    """The accounts as buttons: the company, and the name that the business gave it."""
    return [WayRow(str(one.pk), one.get_kind_display(), one.name) for one in accounts]


@dataclass(frozen=True, slots=True)
class Pay:
    """The part of a document's side bar that pays.

    `running` leads to a payment that is under way, "" for none; `invoices` (title, address) are those on which a sales
    order is paid.
    """

    ways: list[WayRow]
    takes_part: bool
    transfer: bool
    running: str
    invoices: list[tuple[str, str]]

    @classmethod
    def elsewhere(cls, invoices: Iterable[Document], *, slug: str) -> Pay:
        """Nothing here: what is open is asked for by these invoices. Makes no query."""
        found = [
            (f"{one.get_kind_display()} {one.number}", reverse("client_portal:document", args=[slug, one.pk]))
            for one in invoices
        ]
        return cls(ways=[], takes_part=False, transfer=False, running="", invoices=found)


@dataclass(frozen=True, slots=True)
class Line:
    id: str
    href: str
    title: str
    due: str
    amount: str


@dataclass(frozen=True, slots=True)
class Code:
    svg: SafeString
    words: str


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be paid, by which ways: `others` are ways that do not fit, with the reason; `transfer` facts."""

    lines: list[Line]
    total: str
    ways: list[WayRow]
    others: list[tuple[str, str]]
    why_not: str
    transfer: list[tuple[str, str]]
    code: Code | None


def order_of(
    documents: Sequence[Document],
    *,
    slug: str,
    business: str,
    accounts: Iterable[GatewayAccount],
    others: Mapping[str, str],
) -> Order:
    """The page that pays these documents, all of one currency; `others` as {way: why not}. Makes no query."""
    currency = documents[0].currency
    total = sum((one.outstanding for one in documents), Decimal(0))
    ways = way_rows(accounts)
    return Order(
        lines=[_line(one, one.outstanding, slug) for one in documents],
        total=format_money(total, currency),
        ways=ways,
        others=list(others.items()),
        why_not="" if ways else _("%(name)s takes no online payments for this.") % {"name": business},
        transfer=transfer_facts(documents),
        code=_code(documents[0]) if len(documents) == 1 else None,
    )


def _line(document: Document, amount: Decimal, slug: str) -> Line:
    due = _("due %(date)s") % {"date": format_date(document.due_on)} if document.due_on else ""
    return Line(
        id=str(document.pk),
        href=reverse("client_portal:document", args=[slug, document.pk]),
        title=f"{Kind(document.kind).label} {document.number}",
        due=due,
        amount=format_money(amount, document.currency),
    )


def transfer_facts(documents: Sequence[Document]) -> list[tuple[str, str]]:
    """Account, amount and reference of one transfer for all the documents; nothing where they name no account, or
    different ones.
    """
    accounts: list[dict[str, str]] = [next(iter(one.payment.get("payment_means", [])), {}) for one in documents]
    first = accounts[0]
    if not first.get("account") or any(one.get("account") != first["account"] for one in accounts):
        return []
    total = sum((one.outstanding for one in documents), Decimal(0))
    found = [
        (_("Account holder"), first.get("account_name", "")),
        (_("Account"), sheets.grouped_iban(first["account"])),
        ("BIC", first.get("bic", "")),
        (_("Amount"), format_money(total, documents[0].currency)),
        (_("Reference"), ", ".join(one.number for one in documents)),
    ]
    return [(label, value) for label, value in found if value]


def _code(document: Document) -> Code | None:
    qr = sheets.payment_qr(document)
    return Code(mark_safe(sheets.qr_svg(qr.content)), qr.below) if qr else None


# --- One payment ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Paying:
    """How an attempt stands. `ask_in` is after how many seconds its page asks again, None when it is decided."""

    id: str
    title: str
    text: str
    icon: str
    tone: str
    amount: str
    company: str
    lines: list[Line]
    is_open: bool
    ask_in: int | None
    go_on: str
    again: str
    receipt: str
    may_cancel: bool


def paying_of(
    attempt: PaymentAttempt,
    *,
    slug: str,
    shares: Sequence[AttemptShare],
    payment: GatewayPayment | None,
    came_back: bool,
    turn: int,
) -> Paying:
    """The page of an attempt: `shares` with their documents, `payment` the money that came by it, `came_back` whether
    the payer returned from the company's page. Makes no query.
    """
    is_open = attempt.state in PaymentAttempt.OPEN_STATES
    waits = attempt.state == State.OPEN and not came_back
    title, text, icon, tone = _words(attempt, payment, came_back=came_back)
    again = reverse("client_portal:pay", args=[slug]) + "?" + urlencode([("d", one.document_id) for one in shares])
    has_page = attempt.state == State.OPEN and bool(attempt.redirect_url) and not attempt.close_wanted
    return Paying(
        id=str(attempt.pk),
        title=title,
        text=text,
        icon=icon,
        tone=tone,
        amount=format_money(attempt.amount, attempt.currency),
        company=attempt.account.get_kind_display(),
        lines=[_line(one.document, one.amount, slug) for one in shares],
        is_open=is_open,
        ask_in=(max(ASK_AFTER[min(turn, len(ASK_AFTER) - 1)], 5 if waits else 0)) if is_open else None,
        go_on=attempt.redirect_url if has_page else "",
        again=again if attempt.state in (State.OPEN, State.FAILED, State.EXPIRED, State.CANCELLED) else "",
        receipt=reverse("client_portal:receipt", args=[slug, payment.pk]) if payment else "",
        may_cancel=has_page,
    )


def _words(attempt: PaymentAttempt, payment: GatewayPayment | None, *, came_back: bool) -> tuple[str, str, str, str]:
    """Title, sentence, icon and tone. What is not known is never called failed."""
    company = {"company": attempt.account.get_kind_display()}
    state = attempt.state
    if state == State.SUCCEEDED:
        said = _("Thank you. The receipt has been mailed to you.") if attempt.email else _("Thank you.")
        if payment and payment.credit:
            credit = {"amount": format_money(payment.credit, payment.currency)}
            said += " " + _("%(amount)s was more than was open. It stands in your favour.") % credit
        return pgettext("payment", "Paid"), said, "circle-check", "good"
    if state == State.FAILED:
        return _("Not paid"), _("The payment did not go through. You can pay again.") % company, "circle-x", "bad"
    if state == State.EXPIRED:
        return _("Not paid"), _("The time to pay has run out. You can pay again."), "circle-x", "bad"
    if state == State.CANCELLED:
        return _("Payment cancelled"), _("Nothing was paid. You can pay again at any time."), "circle-x", "bad"
    if state == State.OPEN and not came_back:
        said = _("Nothing has been paid yet. Go on at %(company)s, or choose another way.") % company
        return _("Waiting for your payment"), said, "clock", "waiting"
    if state == State.PENDING:
        said = _("%(company)s is still working on it. You can close this page; you will get a mail.") % company
        return _("Your payment is being processed"), said, "clock", "waiting"
    said = _("We are asking %(company)s how your payment stands. This page goes on by itself.") % company
    return _("One moment"), said, "loader", "waiting"


@dataclass(frozen=True, slots=True)
class Receipt:
    title: str
    amount: str
    facts: list[tuple[str, str]]
    lines: list[Line]
    credit: str
    refunds: list[tuple[str, str]]


def receipt_of(
    payment: GatewayPayment,
    *,
    slug: str,
    allocations: Iterable[tuple[Document, Decimal]],
    refunds: Iterable[tuple[str, Decimal]],
    paid_at: str,
) -> Receipt:
    """The page of a receipt. `allocations` are what stands on which document, `refunds` days and amounts."""
    language = active_language()
    return Receipt(
        title=_("Receipt %(number)s") % {"number": receipt_number(payment)},
        amount=format_money(payment.amount, payment.currency, language),
        facts=[(_("Date"), paid_at), (_("Paid by"), way_of(payment))],
        lines=[_line(document, amount, slug) for document, amount in allocations],
        credit=format_money(payment.credit, payment.currency, language) if payment.credit else "",
        refunds=[(day, format_money(amount, payment.currency, language)) for day, amount in refunds],
    )
