"""The cast: alice owns the firm Acme Advisers, bob is its account manager, carol owns a rival firm, dan owns the
business Delta, erin is Delta's contact, rita operates. And what every test needs around it.
"""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from advisory_portal.core.access import Actor
from documents.models import Contact
from partners.models import Member, Organisation, User
from tests import tables
from tests.factories import ContactFactory, FirmFactory, MemberFactory, OrganisationFactory, UserFactory, member_actor


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The test database, and the rows of migrations kept aside in it."""
    with django_db_blocker.unblock():
        tables.keep_seeds()


@pytest.fixture(autouse=True)
def quick_and_apart(settings, tmp_path):
    """A cheap hash for passwords, files of this test alone, static files as they lie, own counts of tries, and the
    language that a request of an earlier test left behind put back.
    """
    translation.activate(settings.LANGUAGE_CODE)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        },
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    before = cache.key_prefix
    cache.key_prefix = f"test-{uuid4().hex}"
    yield
    cache.key_prefix = before


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """A browser in which the person is logged in."""

    def log_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def actor_of() -> Callable[[User, Organisation], Actor]:
    """The person as the middleware finds them in an organisation's workspace."""

    def find(user: User, organisation: Organisation) -> Actor:
        members = Member.objects.effective().select_related("role", "organisation__plan", "user")
        return member_actor(members.get(user=user, organisation=organisation))

    return find


@pytest.fixture
def acme(db: None) -> Organisation:
    return FirmFactory(name="Acme Advisers", slug="acme")


@pytest.fixture
def delta(db: None) -> Organisation:
    return OrganisationFactory(name="Delta", slug="delta")


@pytest.fixture
def rival(db: None) -> Organisation:
    return FirmFactory(name="Rival Advisers", slug="rival")


@pytest.fixture
def alice(acme: Organisation) -> User:
    user = UserFactory(email="alice@acme.example", name="Alice")
    MemberFactory(organisation=acme, user=user, code="owner")
    return user


@pytest.fixture
def bob(acme: Organisation) -> User:
    user = UserFactory(email="bob@acme.example", name="Bob")
    MemberFactory(organisation=acme, user=user, code="account_manager")
    return user


@pytest.fixture
def carol(rival: Organisation) -> User:
    user = UserFactory(email="carol@rival.example", name="Carol")
    MemberFactory(organisation=rival, user=user, code="owner")
    return user


@pytest.fixture
def dan(delta: Organisation) -> User:
    user = UserFactory(email="dan@delta.example", name="Dan")
    MemberFactory(organisation=delta, user=user, code="owner")
    return user


@pytest.fixture
def dan_here(dan: User, delta: Organisation, actor_of: Callable[[User, Organisation], Actor]) -> Actor:
    """Dan in Delta's workspace."""
    return actor_of(dan, delta)


@pytest.fixture
def erin(delta: Organisation) -> Contact:
    return ContactFactory(organisation=delta, name="Erin", email="erin@customer.example")


@pytest.fixture
def rita(db: None) -> User:
    return UserFactory(email="rita@operator.example", name="Rita", is_staff=True, is_superuser=True)
