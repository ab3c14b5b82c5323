"""The cast: alice owns the firm Acme Advisers, bob is its account manager, carol owns a rival firm, dan owns the
business Delta, erin is Delta's contact, rita operates. And what every test needs around it.
"""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
import time_machine
from celery import current_app
from django.test import Client
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis

from advisory_portal.core.access import Actor
from documents.models import Contact
from partners.models import Member, Organisation, User
from tests import tables
from tests.clock import NOON
from tests.factories import ContactFactory, FirmFactory, MemberFactory, OrganisationFactory, UserFactory, member_actor

# The same examples in every run, however slow the machine. `--hypothesis-profile=default` looks for others.
hypothesis.register_profile(
    "same", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis.load_profile("same")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The test database, and the rows of migrations kept aside in it."""
    with django_db_blocker.unblock():
        tables.keep_seeds()


@pytest.fixture(scope="session", autouse=True)
def own_queue() -> Iterator[None]:
    """What is nudged here comes into a queue that no other worker of this run, and no other run, fills or reads."""
    before, name = current_app.conf.task_default_queue, f"tests-{uuid4().hex}"
    current_app.conf.task_default_queue = name
    yield
    current_app.conf.task_default_queue = before
    with current_app.connection_for_write() as broker:
        broker.SimpleQueue(name).queue.delete()


@pytest.fixture(autouse=True)
def day_like_others(request: pytest.FixtureRequest) -> Iterator[None]:
    """It is a noon on which no day, month or year turns while a test runs, and in Madrid it is the same day.

    Not where browsers are: their clock is the machine's.
    """
    if "e2e" in request.path.relative_to(request.config.rootpath).parts:
        yield
        return
    with time_machine.travel(NOON, tick=True):
        yield


@pytest.fixture(autouse=True)
def quick_and_apart(settings, tmp_path):
    """A cheap hash for passwords, files of this test alone, static files as they lie, a cache of its own in every
    thread (counts of tries, kept answers), and the language that a request of an earlier test left behind put back.
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
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": f"test-{uuid4().hex}"}}


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
