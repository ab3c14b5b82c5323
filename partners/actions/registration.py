"""How people and organisations come to be."""

from dataclasses import replace
from itertools import islice

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor
from advisory_portal.core.errors import Refused
from advisory_portal.core.history import record
from advisory_portal.core.money import CURRENCIES
from partners.actions.locks import lock_person
from partners.models import Member, Organisation, Plan, Role, User
from partners.rules import slugs_for
from partners.rules.countries import currency_of, language_of, time_zone_of
from partners.rules.values import NewOrganisation, NewPerson


class AddressTaken(Refused):
    """Somebody has an account with this address. Doors answer as if not, and a mail says so."""


@transaction.atomic
def register_owner(*, actor: Actor, person: NewPerson, organisation: NewOrganisation) -> User:
    """Make a person with an unconfirmed address, their organisation, and them its owner; all or nothing.

    Raises AddressTaken if the address has an account, also when that was made a moment ago. Source: PRODUCT R1.
    """
    user = create_user(person, verified=False)
    _create_organisation(replace(actor, name=user.name, user_id=user.pk), user, organisation)
    return user


@transaction.atomic
def add_organisation(*, actor: Actor, organisation: NewOrganisation) -> Organisation:
    """Make another organisation of the person, who becomes its owner.

    Repeating it, with the same kind, country and tax id, gives the one that is there. Source: PRODUCT 1.
    """
    user = lock_person(actor)
    same = Organisation.objects.joined_by(actor).filter(
        kind=organisation.kind,
        country=organisation.country,
        tax_id=organisation.tax_id,
        members__role__code="owner",
    )
    return same.first() or _create_organisation(actor, user, organisation)


def create_user(person: NewPerson, *, verified: bool) -> User:
    """Write the person and their address. Raises AddressTaken. Runs inside the caller's transaction."""
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                person.email,
                person.password,
                name=person.name,
                phone=person.phone,
                language=person.language,
            )
            EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=verified)
    except IntegrityError:
        raise AddressTaken(_("There is an account with this address."), field="email") from None
    return user


def _create_organisation(actor: Actor, user: User, new: NewOrganisation) -> Organisation:
    currency = currency_of(new.country)
    offered = tuple(code for code, _name in settings.LANGUAGES)
    row = _insert(
        Organisation(
            kind=new.kind,
            name=new.name,
            tax_id=new.tax_id,
            country=new.country,
            legal_form=new.legal_form,
            team_size=new.team_size,
            profession=new.profession,
            phone=new.phone,
            email=user.email,
            language=language_of(new.country, offered, otherwise=user.language),
            time_zone=time_zone_of(new.country),
            currency=currency if currency in CURRENCIES else "EUR",
            plan=Plan.objects.get(is_default=True),
        )
    )
    owner = Role.objects.get(organisation=None, organisation_kind=new.kind, code="owner")
    Member.objects.create(organisation=row, user=user, role=owner)
    record(replace(actor, organisation=row.workspace), "partners.organisation.registered", about=row)
    return row


def _insert(organisation: Organisation) -> Organisation:
    """Save with the first free address; two with the same name at once get different ones."""
    for slug in islice(slugs_for(organisation.name), 10_000):
        if Organisation.objects.filter(slug=slug).exists():
            continue
        organisation.slug = slug
        try:
            with transaction.atomic():
                organisation.save(force_insert=True)
            return organisation
        except IntegrityError:
            if not Organisation.objects.filter(slug=slug).exists():
                raise
    raise LookupError(f"No free address for {organisation.name!r}")
