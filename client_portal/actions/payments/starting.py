"""A contact presses Pay: one open attempt for the documents, and the page of the gateway to pay on.

The attempt is committed with its key before the gateway hears of it. Whoever presses again, in another tab or another
contact's browser, gets the same page; who chooses another way gets it once the first page is closed at its gateway.
Source: payments design, 5.4 rule 3.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, ActorKind, Forbidden
from advisory_portal.core.errors import Refused
from advisory_portal.core.formatting import active_language, format_money
from advisory_portal.core.ids import uuid7
from advisory_portal.core.money import fits
from advisory_portal.core.outside import calls_outside
from advisory_portal.gateways import GatewayError, InProgress, ProtocolError
from client_portal import rules
from client_portal.actions.payments.applying import note_error
from client_portal.actions.payments.beginning import begin, give_up_beginning
from client_portal.actions.payments.log import log_payment
from client_portal.actions.payments.syncing import sync_attempt
from client_portal.actions.payments.ways import WrongWay, is_payable, way_of_contact, why_not
from client_portal.models import AttemptShare, GatewayAccount, PaymentAttempt, PaymentLog, PortalSettings
from documents.models import Document, Kind

State = PaymentAttempt.State
PAGE = PaymentLog.Trigger.PAGE
MOST_TURNS = 3  # closing what is open, and looking again
Back = Callable[[PaymentAttempt], tuple[str, str]]


class NothingToPay(Refused):
    """The document takes no payment, or not this amount of it."""


class BeingPaid(Refused):
    """An earlier payment of the document is not decided yet."""


class NotBegun(Refused):
    """The company did not begin the payment. Nothing was paid."""


@calls_outside
def start_payment(
    *, actor: Actor, account_id: UUID | str, shares: Mapping[UUID, Decimal | None], back: Back, now: datetime
) -> PaymentAttempt:
    """The attempt that pays these documents by the account: OPEN with `redirect_url` to lead the payer to, or NEW where
    the company's answer was lost, which the attempt's page then asks for again.

    `shares` is {document id: amount}, in the documents' one currency, None for all that is open; `back` gives the
    addresses for after the payment and for giving up. Raises NothingToPay, WrongWay, BeingPaid, NotBegun, Forbidden.
    """
    if actor.kind != ActorKind.CONTACT or actor.read_only or not shares:
        raise Forbidden
    for _turn in range(MOST_TURNS):
        claim = _claim(actor, account_id, shares, back, now)
        if claim.attempt is not None:
            return claim.attempt if claim.attempt.state == State.OPEN else _begun(claim.attempt, actor, now)
        for attempt_id in claim.in_the_way:
            _end(attempt_id, actor, now)
    raise BeingPaid(_("Another payment of this is being prepared. Try again in a moment."))


@dataclass(frozen=True, slots=True)
class _Claim:
    """The attempt to go on with, or those to be ended first."""

    attempt: PaymentAttempt | None
    in_the_way: Sequence[UUID] = ()


@transaction.atomic
def _claim(
    actor: Actor, account_id: UUID | str, wanted: Mapping[UUID, Decimal | None], back: Back, now: datetime
) -> _Claim:
    rows = Document.objects.visible_to(actor).select_for_update(of=("self",))
    documents = list(rows.filter(pk__in=wanted).order_by("pk"))
    shares = {one.pk: one.outstanding if (part := wanted[one.pk]) is None else part for one in documents}
    if len(documents) != len(wanted):
        raise NothingToPay(_("One of these documents is not there any more."))
    _require_payable(actor, documents, shares)
    account = way_of_contact(actor=actor, account_id=account_id)
    total = sum(shares.values(), Decimal(0))
    if words := why_not(account, total, documents[0].currency):
        raise WrongWay(words, field="account")
    open_ones = _open_attempts(documents)
    for attempt in open_ones:
        if attempt.state in (State.PENDING, State.CAPTURING):
            raise BeingPaid(_("A payment of this is being processed. You will get a mail when it is decided."))
        if _is_same(attempt, account, shares, now):
            return _Claim(attempt)
    for attempt in open_ones:
        attempt.close_wanted, attempt.due_at = True, now
        attempt.save(update_fields=["close_wanted", "due_at"])
    if open_ones:
        return _Claim(None, [attempt.pk for attempt in open_ones])
    return _Claim(_new_attempt(actor, account, documents, shares, back, now))


def _require_payable(actor: Actor, documents: Sequence[Document], shares: Mapping[UUID, Decimal]) -> None:
    currency = documents[0].currency
    may_part: bool | None = None
    for document in documents:
        share, number = shares[document.pk], {"number": document.number}
        if document.is_invoiced:
            raise NothingToPay(_("%(number)s has its invoice already. Pay that.") % number)
        if not is_payable(document):
            raise NothingToPay(_("Nothing is open on %(number)s any more.") % number)
        if document.currency != currency:
            raise NothingToPay(_("Documents in different currencies are paid one by one."))
        if not fits(share, currency) or share <= 0:
            raise NothingToPay(_("This is not an amount of %(currency)s.") % {"currency": currency}, field="amount")
        if share > document.outstanding:
            left = {"amount": format_money(document.outstanding, currency)} | number
            raise NothingToPay(_("Only %(amount)s is open on %(number)s.") % left, field="amount")
        if share < document.outstanding:
            if may_part is None:
                settings = PortalSettings.objects.filter(organisation_id=actor.place.id, takes_part=True)
                may_part = settings.exists()
            if not may_part:
                raise NothingToPay(_("%(number)s is paid as a whole.") % number, field="amount")


def _open_attempts(documents: Sequence[Document]) -> list[PaymentAttempt]:
    """The open attempts of the documents, locked in the order of ids."""
    shares = AttemptShare.objects.filter(document__in=documents, is_open=True)
    rows = PaymentAttempt.objects.select_for_update(of=("self",), no_key=True)
    return list(rows.filter(pk__in=shares.values("attempt_id")).order_by("pk"))


def _is_same(attempt: PaymentAttempt, account: GatewayAccount, shares: Mapping[UUID, Decimal], now: datetime) -> bool:
    """Whether the attempt's page, or the one it will have, is the one that is asked for."""
    if attempt.account_id != account.pk or attempt.close_wanted or attempt.expires_at - now <= rules.NEAR_END:
        return False
    return dict(attempt.shares.values_list("document_id", "amount")) == dict(shares)


def _new_attempt(
    actor: Actor,
    account: GatewayAccount,
    documents: Sequence[Document],
    shares: Mapping[UUID, Decimal],
    back: Back,
    now: datetime,
) -> PaymentAttempt:
    first, pk = documents[0], uuid7()
    attempt = PaymentAttempt(
        id=pk,
        organisation_id=first.organisation_id,
        contact_id=first.contact_id,
        account=account,
        amount=sum(shares.values(), Decimal(0)),
        currency=first.currency,
        key=str(pk),
        reference=f"{first.number[:31]}-{pk.hex[-8:]}",
        title=_title(documents)[:120],
        email=actor.email,
        language=active_language(),
        payer_name=actor.name[:200],
        expires_at=now + rules.ATTEMPT_LIFE,
        due_at=now + rules.PAUSES[0],
        created_at=now,
    )
    return_url, cancel_url = back(attempt)
    attempt.asked = {"return_url": return_url, "cancel_url": cancel_url, "business": actor.place.name}
    attempt.save(force_insert=True)
    AttemptShare.objects.bulk_create(
        AttemptShare(organisation_id=first.organisation_id, attempt=attempt, document=one, amount=shares[one.pk])
        for one in documents
    )
    numbers = [one.number for one in documents]
    detail = {"amount": str(attempt.amount), "currency": attempt.currency, "documents": numbers}
    log_payment(account=account, what="new", trigger=PAGE, attempt=attempt, actor=actor, detail=detail)
    return attempt


def _title(documents: Sequence[Document]) -> str:
    """What is paid, in the payer's language: it stands on the company's page and on the payer's statement."""
    if len(documents) == 1:
        return f"{Kind(documents[0].kind).label} {documents[0].number}"
    return _("Documents %(numbers)s") % {"numbers": ", ".join(one.number for one in documents)}


def _begun(attempt: PaymentAttempt, actor: Actor, now: datetime) -> PaymentAttempt:
    """The attempt with its page, or still NEW where it is not known whether there is one."""
    try:
        return begin(attempt=attempt, trigger=PAGE, actor=actor, now=now)
    except GatewayError as error:
        is_open_question = not error.is_outcome_known or isinstance(error, (InProgress, ProtocolError))
        if is_open_question or attempt.error_code:  # or an earlier call is one
            return note_error(attempt_id=attempt.pk, error=error, trigger=PAGE, actor=actor, now=now)
        company = {"company": attempt.account.get_kind_display()}
        if give_up_beginning(attempt_id=attempt.pk, error=error, trigger=PAGE, actor=actor, now=now):
            words = _(
                "%(company)s did not begin the payment. Nothing was paid. Choose another way, or try again later."
            )
            raise NotBegun(words % company) from error
        attempt.refresh_from_db()
        return attempt


def _end(attempt_id: UUID, actor: Actor, now: datetime) -> None:
    """End an attempt that is in the way. Raises BeingPaid where its company does not answer: it may still be paid."""
    attempt = sync_attempt(attempt_id=attempt_id, trigger=PAGE, actor=actor, now=now)
    if attempt.state in PaymentAttempt.OPEN_STATES and attempt.last_error:
        words = _("Your earlier page at %(company)s cannot be closed at the moment. Pay there, or try again later.")
        raise BeingPaid(words % {"company": attempt.account.get_kind_display()})
