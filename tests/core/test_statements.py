"""Statements that are compiled once say what their queryset says."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import DataError, connection, transaction
from django.db.models import BooleanField, Func, UUIDField, Value
from django.db.models.functions import TruncDate
from django.test.utils import CaptureQueriesContext

from advisory_portal.core.statements import Prepared, Written
from documents.models import Document
from partners.models import Member, Organisation
from partners.models.membership import rights_in
from tests.factories import DocumentFactory, MemberFactory, OrganisationFactory, UserFactory


class _AmongIds(Func):
    template, arg_joiner, output_field = "%(expressions)s)", " = ANY(", BooleanField()

    def __init__(self, ids):
        super().__init__("id", Value(ids, output_field=ArrayField(UUIDField())))


def named(name: str, kind: str = "business"):
    return Organisation.objects.filter(name=name, kind=kind).values_list("slug", "id").order_by("slug")


@pytest.mark.django_db
def test_rows_are_those_of_the_parameters_each_time():
    first, second = OrganisationFactory(name="Ana", slug="ana"), OrganisationFactory(name="Berta", slug="berta")
    statement = Prepared(named, name=str)
    assert statement.rows(name="Ana") == [("ana", first.pk)]
    assert statement.first(name="Berta") == ("berta", second.pk)
    assert statement.first(name="business") is None


@pytest.mark.django_db
def test_lists_days_and_moments_are_parameters_too():
    first, second = OrganisationFactory(slug="ana"), OrganisationFactory(slug="berta")
    moment = first.created_at

    def among(ids, since, day):
        rows = Organisation.objects.annotate(among=_AmongIds(ids), day=TruncDate("created_at"))
        return rows.filter(among=True, created_at__gte=since, day=day).values_list("slug").order_by("slug")

    statement = Prepared(among, ids=list, since=datetime, day=date)
    asked = {"since": moment, "day": moment.date()}
    assert statement.rows(ids=[first.pk, second.pk], **asked) == [("ana",), ("berta",)]
    assert statement.rows(ids=[second.pk], **asked) == [("berta",)]
    assert statement.rows(ids=[first.pk], **(asked | {"since": moment + timedelta(microseconds=1)})) == []
    assert statement.rows(ids=[first.pk], **(asked | {"day": date(2020, 1, 1)})) == []


@pytest.mark.django_db
def test_numbers_and_percent_signs_are_what_they_are():
    made = DocumentFactory(number="10 %", payable=Decimal("12.500"))
    other = DocumentFactory(number="10 %s", payable=Decimal("12.500"))
    of_amount = Prepared(
        lambda amount: Document.objects.filter(payable=amount, number__contains="0 %").values_list("pk").order_by("pk"),
        amount=Decimal,
    )
    assert of_amount.rows(amount=Decimal("12.5")) == [(made.pk,), (other.pk,)]
    of_number = Prepared(lambda number: Document.objects.filter(number=number).values_list("pk"), number=str)
    assert of_number.rows(number="10 %s") == [(other.pk,)]
    assert of_amount.rows(amount=Decimal("12.501")) == []


@pytest.mark.django_db
def test_a_connection_plans_it_once():
    statement = Prepared(named, name=str)
    for name in ("Ana", "Berta", "Carla"):
        statement.rows(name=name)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT custom_plans + generic_plans, parameter_types::text FROM pg_prepared_statements "
            "WHERE statement LIKE %s",
            ["%partners_organisation%$1%"],
        )
        assert cursor.fetchall() == [(3, "{text}")]


@pytest.mark.django_db
def test_about_a_list_it_is_planned_each_time():
    statement = Prepared(
        lambda ids: Organisation.objects.annotate(among=_AmongIds(ids)).filter(among=True).values_list("id"), ids=list
    )
    statement.rows(ids=[uuid4()])
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", ["%= ANY(%"])
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_who_reads_statements_reads_whole_ones():
    statement = Prepared(named, name=str)
    statement.rows(name="Ana")
    with CaptureQueriesContext(connection) as captured:
        statement.rows(name="Berta")
    assert "'Berta'" in captured.captured_queries[0]["sql"]


@pytest.mark.django_db
def test_it_is_compiled_once():
    built = []
    statement = Prepared(lambda name: built.append(name) or named(name), name=str)
    statement.rows(name="a")
    statement.rows(name="b")
    assert len(built) == 1


def test_a_parameter_that_is_not_compared_as_it_is_is_an_error():
    statement = Prepared(lambda name, row: named(name.upper()), name=str, row=UUID)
    with pytest.raises(ValueError, match=r"\['name', 'row'\]"):
        statement.rows(name="a", row=uuid4())


@pytest.mark.django_db
def test_rights_are_those_of_the_member(delta):
    for code in ("owner", "viewer"):
        member = MemberFactory(organisation=delta, user=UserFactory(language="es"), code=code)
        known = Member.objects.with_rights().get(pk=member.pk)
        assert rights_in("delta", member.user_id) == known.rights
    assert rights_in("delta", uuid4()) is None
    assert rights_in("elsewhere", member.user_id) is None


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["removed", "role", "log-in"])
def test_whoever_is_not_effective_has_no_rights(delta, way, django_user_model):
    member = MemberFactory(organisation=delta, user=UserFactory(), code="viewer")
    moment = member.created_at
    if way == "removed":
        Member.objects.filter(pk=member.pk).update(retired_at=moment)
    elif way == "role":
        type(member.role).objects.filter(pk=member.role_id).update(retired_at=moment)
    else:
        django_user_model.objects.filter(pk=member.user_id).update(is_active=False)
    assert rights_in("delta", member.user_id) is None


@pytest.mark.django_db
def test_connection_keeps_one_cursor_and_rows_of_one_statement_outlive_the_next():
    OrganisationFactory(name="Ana", slug="ana")
    statement = Prepared(named, name=str)
    first = statement.rows(name="Ana")
    kept = connection.connection.planned_once
    assert statement.rows(name="Berta") == []
    assert [slug for slug, _id in first] == ["ana"]
    assert connection.connection.planned_once is kept
    with pytest.raises(DataError), transaction.atomic():
        Written("SELECT 1 / %(by)s").rows(by=0)
    assert Written("SELECT 1 / %(by)s").rows(by=1) == [(1,)]
