"""Rows for tests. Each app has its section."""

import factory
from allauth.account.models import EmailAddress
from django.utils import timezone

from advisory_portal.core.access import Actor, ActorKind
from advisory_portal.core.ids import hash_token
from partners.models import Invitation, Member, Organisation, Plan, Role, User
from partners.rules import INVITATION_LIFE, capped_levels

PASSWORD = "correct horse battery"

# --- partners ------------------------------------------------------------------------------------------------


class UserFactory(factory.django.DjangoModelFactory):
    """A person with a confirmed address and PASSWORD."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda number: f"person{number}@example.com")
    name = factory.Sequence(lambda number: f"Person {number}")

    @classmethod
    def _create(cls, model_class, *args, **fields):
        user = User.objects.create_user(fields.pop("email"), fields.pop("password", PASSWORD), **fields)
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
        return user


class OrganisationFactory(factory.django.DjangoModelFactory):
    """A business in Spain."""

    class Meta:
        model = Organisation

    kind = Organisation.Kind.BUSINESS
    name = factory.Sequence(lambda number: f"Business {number}")
    slug = factory.Sequence(lambda number: f"business-{number}")
    tax_id = "B64717838"
    country = "ES"
    time_zone = "Europe/Madrid"
    plan = factory.LazyFunction(lambda: Plan.objects.get(is_default=True))


class FirmFactory(OrganisationFactory):
    kind = Organisation.Kind.FIRM
    profession = Organisation.Profession.ASESORIA
    name = factory.Sequence(lambda number: f"Firm {number}")
    slug = factory.Sequence(lambda number: f"firm-{number}")


class RoleFactory(factory.django.DjangoModelFactory):
    """A role of an organisation's own, which opens nothing yet."""

    class Meta:
        model = Role

    organisation = factory.SubFactory(OrganisationFactory)
    organisation_kind = factory.SelfAttribute("organisation.kind")
    name = factory.Sequence(lambda number: f"Role {number}")
    levels = factory.LazyFunction(dict)
    position = 100


class MemberFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Member

    class Params:
        code = "viewer"

    organisation = factory.SubFactory(OrganisationFactory)
    user = factory.SubFactory(UserFactory)
    role = factory.LazyAttribute(lambda member: predefined_role(member.organisation.kind, member.code))


class InvitationFactory(factory.django.DjangoModelFactory):
    """An open invitation whose token is `token`."""

    class Meta:
        model = Invitation

    class Params:
        token = factory.Sequence(lambda number: f"token-{number}")
        code = "viewer"

    organisation = factory.SubFactory(OrganisationFactory)
    email = factory.Sequence(lambda number: f"invited{number}@example.com")
    role = factory.LazyAttribute(lambda row: predefined_role(row.organisation.kind, row.code))
    language = "en"
    invited_by_name = "Alice"
    token_hash = factory.LazyAttribute(lambda row: hash_token(row.token))
    sent_at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyAttribute(lambda row: row.sent_at + INVITATION_LIFE)


def predefined_role(kind: str, code: str) -> Role:
    return Role.objects.get(organisation=None, organisation_kind=kind, code=code)


def member_actor(member: Member) -> Actor:
    """The actor that the middleware would find for this member."""
    return Actor(
        kind=ActorKind.MEMBER,
        name=member.user.name,
        organisation=member.organisation.workspace,
        user_id=member.user_id,
        role=member.role.code or str(member.role.pk),
        levels=capped_levels(member.role.levels, member.organisation.plan.sections),
    )
