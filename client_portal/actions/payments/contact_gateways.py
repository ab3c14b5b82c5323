"""By which payment companies a contact may pay."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from client_portal.actions.payments.accounts import lock_account
from client_portal.models import ContactGateway, GatewayAccount
from documents.models import Contact

BATCH = 1_000


class NoSuchAccount(Refused):
    """One of the accounts is not there any more."""


@transaction.atomic
def set_contact_gateways(*, actor: Actor, contact: Contact, account_ids: Collection[UUID]) -> None:
    """Let the contact pay by exactly these accounts of the business; repeating it does nothing.

    A payment that it has begun by another one stays open at the company: its money is booked. Raises NoSuchAccount,
    Forbidden.
    """
    actor.require(Section.CONTACTS, Level.MANAGE)
    Contact.objects.select_for_update(of=("self",), no_key=True).get(pk=contact.pk)
    names = {one.pk: str(one) for one in GatewayAccount.objects.in_use().filter(organisation=contact.organisation_id)}
    wanted = set(account_ids)
    if not wanted <= set(names):
        raise NoSuchAccount(_("One of these is not connected any more. Load the page again."))
    rows = ContactGateway.objects.filter(contact=contact, account__retired_at=None)
    held = set(rows.values_list("account_id", flat=True))
    if held == wanted:
        return
    rows.exclude(account_id__in=wanted).delete()
    ContactGateway.objects.bulk_create(
        [
            ContactGateway(organisation_id=contact.organisation_id, contact=contact, account_id=one)
            for one in wanted - held
        ],
        ignore_conflicts=True,
    )
    before, after = (sorted(names[one] for one in some) for some in (held, wanted))
    record(
        actor, "client_portal.contactgateway.set", about=contact, before={"gateways": before}, after={"gateways": after}
    )


@transaction.atomic
def offer_to_customers(*, actor: Actor, account: GatewayAccount) -> int:
    """Let every customer of the business pay by the account who may not yet; returns how many were added.

    Raises AccountGone, Forbidden.
    """
    actor.require(Section.SETTINGS, Level.MANAGE)
    actor.require(Section.CONTACTS, Level.MANAGE)
    current = lock_account(account)
    without = Contact.objects.filter(organisation=current.organisation_id).present()
    without = without.filter(kind__in=(Contact.Kind.CUSTOMER, Contact.Kind.BOTH)).exclude(gateways__account=current)
    rows = [
        ContactGateway(organisation_id=current.organisation_id, contact_id=one, account=current)
        for one in without.values_list("pk", flat=True)
    ]
    ContactGateway.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    if rows:
        record(actor, "client_portal.gatewayaccount.offered", about=current, after={"contacts": len(rows)})
    return len(rows)
