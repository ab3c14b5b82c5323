"""Who lives in the demo world."""

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.utils import timezone

from advisory_portal.core.access import Actor
from partners import actions
from partners.models import Invitation, Member, Organisation, Role, User
from partners.rules.values import NewOrganisation, NewPerson

PASSWORD = "walk-the-demo-portal"  # noqa: S105 - shown on the first page of the demo, worthless anywhere else

ALICE, BOB = "alice@acme.example", "bob@acme.example"
DAN, FAY, GUS = "dan@delta.example", "fay@delta.example", "gus@delta.example"
RITA = "rita@portal.example"


@dataclass(frozen=True)
class LogIn:
    """A line of what `./run demo` prints."""

    email: str
    who: str


LOG_INS = (
    LogIn(ALICE, "owner of the firm Acme Advisers"),
    LogIn(BOB, "account manager of Acme Advisers"),
    LogIn(DAN, "owner of the business Delta Bikes"),
    LogIn(FAY, "bookkeeper of Delta Bikes (in Spanish)"),
    LogIn(GUS, "may only look at Delta Bikes"),
    LogIn(RITA, "operator: /admin/, with a second factor"),
)

ACME = NewOrganisation(
    kind="firm",
    name="Acme Advisers, S. L.",
    tax_id="B12345674",
    country="ES",
    legal_form="Sociedad limitada",
    team_size="6-20",
    profession="asesoria",
    phone="+34932000001",
)
DELTA = NewOrganisation(
    kind="business",
    name="Delta Bikes, S. L.",
    tax_id="B58378431",
    country="ES",
    legal_form="Sociedad limitada",
    team_size="6-20",
    phone="+34932000002",
)


def _person(name: str, email: str, language: str = "en") -> NewPerson:
    return NewPerson(name=name, email=email, password=PASSWORD, language=language)


def _visitor(name: str) -> Actor:
    return User(name=name).actor


def make_people() -> tuple[Organisation, Organisation]:
    """The firm `acme`, the business `delta`, their people, and the operator. Returns firm and business."""
    alice = actions.register_owner(
        actor=_visitor("Alice Adams"), person=_person("Alice Adams", ALICE), organisation=ACME
    )
    dan = actions.register_owner(actor=_visitor("Dan Dorado"), person=_person("Dan Dorado", DAN), organisation=DELTA)
    acme = _named(alice, "acme", street="Carrer de Mallorca 200", city="Barcelona", postcode="08036")
    delta = _named(
        dan, "delta", street="Carrer del Taller 12", city="Barcelona", postcode="08001", email="hello@delta.example"
    )
    _join(acme, "account_manager", _person("Bob Brown", BOB))
    _join(delta, "bookkeeper", _person("Fay Fuentes", FAY, "es"))
    _join(delta, "viewer", _person("Gus Grau", GUS))
    _make_operator()
    return acme, delta


def _named(owner: User, slug: str, **where: str) -> Organisation:
    """The owner's organisation at the address that the documentation names, with its own confirmed."""
    EmailAddress.objects.filter(user=owner).update(verified=True)
    Organisation.objects.filter(members__user=owner).update(slug=slug, language="en", **where)
    return Organisation.objects.get(slug=slug)


def _join(organisation: Organisation, code: str, person: NewPerson) -> None:
    user = _log_in(person)
    role = Role.objects.get(organisation=None, organisation_kind=organisation.kind, code=code)
    Member.objects.create(organisation=organisation, user=user, role=role)


def _log_in(person: NewPerson) -> User:
    """A person whose address is confirmed already."""
    user = User.objects.create_user(person.email, person.password, name=person.name, language=person.language)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def _make_operator() -> None:
    rita = _log_in(_person("Rita Reyes", RITA))
    User.objects.filter(pk=rita.pk).update(is_staff=True, is_superuser=True)
    TOTP.activate(rita, generate_totp_secret())


def invite_somebody(owner: Actor) -> None:
    """A waiting invitation, so that the list of users shows one."""
    role = Role.objects.get(organisation=None, organisation_kind="firm", code="account_manager")
    if not Invitation.objects.visible_to(owner).exists():
        actions.invite(actor=owner, emails=["cleo@acme.example"], role=role, now=timezone.now())
