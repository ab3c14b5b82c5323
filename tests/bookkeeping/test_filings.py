"""Returns of coming periods: when they are due, that they are made once, how they move, who does them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from advisory_portal.core.access import Forbidden
from advisory_portal.core.models import HistoryEntry, Notification
from advisory_portal.core.states import IllegalMove
from bookkeeping import actions
from bookkeeping.models import FilingCalendar, TaxFiling
from bookkeeping.rules.filings import (
    AHEAD_DAYS,
    MOST_DAYS_BACK,
    differences,
    due_filings,
    good_friday,
    length_of,
    next_working_day,
    pack_of,
    usual_forms,
)
from bookkeeping.tasks import make_filings
from tests.documents.builders import with_levels
from tests.factories import MemberFactory, OrganisationFactory
from tests.threads import together

TODAY = date(2026, 11, 21)
FORMS = {"303": "quarter", "390": "year"}


def due_days(form, length, since=date(2025, 12, 1), today=TODAY):
    return {one.period: one.due_on for one in due_filings("ES", form, length, since=since, today=today)}


# --- The pack ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "length", "period", "due"),
    [
        ("303", "quarter", "2026-Q1", date(2026, 4, 20)),
        ("303", "quarter", "2025-Q4", date(2026, 1, 30)),
        ("303", "quarter", "2026-Q4", date(2027, 2, 1)),  # 30 January 2027 is a Saturday
        ("303", "month", "2026-01", date(2026, 3, 2)),  # 28 February 2026 is a Saturday
        ("303", "month", "2026-09", date(2026, 10, 30)),
        ("111", "quarter", "2025-Q4", date(2026, 1, 20)),
        ("130", "quarter", "2025-Q4", date(2026, 1, 30)),
        ("349", "month", "2026-07", date(2026, 9, 21)),  # July has until 20 September, a Sunday
        ("349", "quarter", "2026-Q3", date(2026, 10, 20)),
        ("347", "year", "2025", date(2026, 3, 2)),
        ("390", "year", "2026", date(2027, 2, 1)),
    ],
)
def test_last_days_are_those_of_the_calendar_of_the_tax_office(form, length, period, due):
    assert due_days(form, length)[period] == due


def test_period_has_its_days():
    (found,) = due_filings("ES", "303", "quarter", since=TODAY, today=TODAY)
    assert (found.starts_on, found.ends_on, found.opens_on) == (date(2026, 10, 1), date(2026, 12, 31), date(2027, 1, 1))


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2023, 4, 30), date(2023, 5, 2)),  # Sunday, then the first of May
        (date(2029, 3, 30), date(2029, 4, 2)),  # Good Friday, then the weekend
        (date(2026, 10, 20), date(2026, 10, 20)),
    ],
)
def test_last_day_moves_to_a_working_day(day, working):
    assert next_working_day("ES", day) == working


def test_good_friday_of_known_years():
    known = [date(2000, 4, 21), date(2025, 4, 18), date(2026, 4, 3)]
    assert [good_friday(day.year) for day in known] == known


def test_standstill_of_years_makes_little():
    back = TODAY - timedelta(days=MOST_DAYS_BACK)
    found = due_filings("ES", "303", "month", since=date(2001, 1, 1), today=TODAY)
    assert min(one.due_on for one in found) >= back
    assert max(one.opens_on for one in found) <= TODAY + timedelta(days=AHEAD_DAYS)
    assert len(found) < 20


def test_what_the_pack_does_not_know_has_no_returns():
    assert due_filings("ES", "999", "year", since=TODAY, today=TODAY) == []
    assert due_filings("ES", "347", "month", since=TODAY, today=TODAY) == []
    assert due_filings("FR", "303", "quarter", since=TODAY, today=TODAY) == []
    assert pack_of("../es") == pack_of("..") == {}


def test_every_form_has_names_and_a_period():
    for form in pack_of("ES").values():
        assert form.name("es") != form.name("en")
        assert form.name("fr") == form.name("en")
        assert form.periods


@pytest.mark.parametrize(
    ("legal_form", "tax_id", "has"),
    [
        ("S. L.", "B64717838", "111"),
        ("", "", "111"),
        ("Trabajadora autónoma", "", "130"),
        ("", "12345678Z", "130"),
        ("", "ESX1234567L", "130"),
    ],
)
def test_usual_forms_follow_legal_form_and_tax_id(legal_form, tax_id, has):
    assert set(usual_forms("ES", legal_form=legal_form, tax_id=tax_id)) == {"303", "347", "390", has}


def test_lengths_are_read_from_names():
    assert [length_of(name) for name in ("2026", "2026-Q3", "2026-09")] == ["year", "quarter", "month"]


def test_differences_say_what_was_and_is():
    now = {"07": Decimal(110), "27": Decimal(5)}
    assert differences({"07": "100.00", "01": "3"}, now) == {
        "07": (Decimal(100), Decimal(110)), "01": (Decimal(3), Decimal(0)), "27": (Decimal(0), Decimal(5)),
    }  # fmt: skip
    assert differences({}, now) == {}


# --- Making them ---------------------------------------------------------------------------------------------


def chosen(actor, forms=FORMS, since=None):
    return actions.choose_forms(actor=actor, forms=forms, today=TODAY, since=since)


def periods(actor):
    return sorted(TaxFiling.objects.filter(organisation_id=actor.place.id).values_list("form", "period"))


def test_choosing_makes_the_coming_returns_once(dan_here):
    chosen(dan_here)
    chosen(dan_here)
    assert periods(dan_here) == [("303", "2026-Q4"), ("390", "2026")]
    assert HistoryEntry.objects.filter(what="bookkeeping.filingcalendar.changed").count() == 1


def test_returns_of_the_past_are_made_only_from_the_day_that_is_named(dan_here):
    chosen(dan_here, since=date(2026, 7, 1))
    assert [period for form, period in periods(dan_here) if form == "303"] == ["2026-Q2", "2026-Q3", "2026-Q4"]


def test_forms_that_are_not_filed_any_more_leave_what_was_worked_on(dan_here):
    chosen(dan_here, {"303": "quarter", "347": "year"})
    actions.prepare_filing(actor=dan_here, filing=TaxFiling.objects.get(form="303"))
    chosen(dan_here, {"303": "month"})
    found = periods(dan_here)
    assert ("303", "2026-Q4") in found
    assert ("303", "2026-11") in found
    assert "347" not in {form for form, _period in found}


@pytest.mark.parametrize("forms", [{"999": "year"}, {"347": "month"}])
def test_forms_that_there_are_not_are_refused(dan_here, forms):
    with pytest.raises(actions.NoSuchForm):
        chosen(dan_here, forms)
    assert not FilingCalendar.objects.exists()


def test_sweep_makes_what_has_come_once_a_day(dan_here, time_machine):
    chosen(dan_here)
    FilingCalendar.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    assert (make_filings(), make_filings()) == (1, 0)
    time_machine.move_to(datetime(2027, 1, 10, 12, tzinfo=UTC))
    assert (make_filings(), make_filings()) == (1, 0)
    assert ("303", "2027-Q1") in periods(dan_here)
    time_machine.move_to(datetime(2033, 1, 10, 12, tzinfo=UTC))
    before = len(periods(dan_here))
    assert make_filings() == 1
    assert 0 < len(periods(dan_here)) - before < 12


@pytest.mark.django_db(transaction=True)
def test_two_who_make_returns_at_once_make_each_once(dan_here):
    chosen(dan_here)
    TaxFiling.objects.all().delete()
    calendar = FilingCalendar.objects.select_related("organisation").get()
    together([lambda: actions.make_filings(calendar=calendar, today=TODAY)] * 4)
    assert periods(dan_here) == [("303", "2026-Q4"), ("390", "2026")]


# --- Moving them ---------------------------------------------------------------------------------------------


@pytest.fixture
def filing(dan_here):
    """The return of the third quarter."""
    chosen(dan_here, since=date(2026, 10, 1))
    return TaxFiling.objects.get(period="2026-Q3")


def file(actor, filing, filed_on=TODAY, reference="3032609"):
    actions.file_filing(actor=actor, filing=filing, filed_on=filed_on, reference=reference, today=TODAY)
    filing.refresh_from_db()


def test_filed_keeps_day_receipt_and_figures_and_twice_changes_nothing(dan_here, filing):
    file(dan_here, filing)
    file(dan_here, filing, reference="another")
    assert (filing.state, filing.filed_on, filing.reference) == ("filed", TODAY, "3032609")
    assert filing.filed_by_name == "Dan"
    assert set(filing.figures) == {"27", "45", "46", "71"}


def test_opened_again_forgets_the_filing_and_history_keeps_it(dan_here, filing):
    file(dan_here, filing)
    actions.reopen_filing(actor=dan_here, filing=filing)
    filing.refresh_from_db()
    assert (filing.state, filing.filed_on, filing.reference, filing.figures) == ("open", None, "", {})
    kept = HistoryEntry.objects.get(what="bookkeeping.taxfiling.forgotten").before
    assert kept["reference"] == "3032609"
    assert kept["figures"]["71"]


@pytest.mark.parametrize("filed_on", [date(2026, 9, 30), TODAY + timedelta(days=1)])
def test_filed_before_the_end_or_tomorrow_is_refused(dan_here, filing, filed_on):
    with pytest.raises(actions.NotYet) as refused:
        file(dan_here, filing, filed_on)
    assert refused.value.field == "filed_on"
    filing.refresh_from_db()
    assert filing.state == "open"


def test_what_is_not_needed_is_not_filed(dan_here, filing):
    actions.skip_filing(actor=dan_here, filing=filing)
    actions.skip_filing(actor=dan_here, filing=filing)
    with pytest.raises(IllegalMove):
        file(dan_here, filing)
    actions.reopen_filing(actor=dan_here, filing=filing)
    assert filing.state == "open"


def test_note_is_kept_and_twice_is_recorded_once(dan_here, filing):
    for _time in range(2):
        actions.write_filing_note(actor=dan_here, filing=filing, note="Ask Erin")
    assert HistoryEntry.objects.filter(what="bookkeeping.taxfiling.noted").count() == 1


# --- Who does them -------------------------------------------------------------------------------------------


@pytest.fixture
def fay(delta):
    return MemberFactory(organisation=delta, code="administrator")


def test_whoever_gets_returns_is_told_once(dan_here, filing, fay):
    everything = list(TaxFiling.objects.all())
    assert actions.assign_filings(actor=dan_here, filings=everything, member=fay) == len(everything)
    assert actions.assign_filings(actor=dan_here, filings=everything, member=fay) == 0
    (told,) = Notification.objects.filter(user_id=fay.user_id)
    assert str(len(everything)) in told.text
    assert f"assigned={fay.pk}" in told.url


def test_one_return_is_named_and_leads_to_its_page(dan_here, filing, fay):
    actions.assign_filings(actor=dan_here, filings=[filing], member=fay)
    (told,) = Notification.objects.filter(user_id=fay.user_id)
    assert "303" in told.text
    assert str(filing.pk) in told.url


def test_nobody_is_told_of_what_they_took_or_gave_back(dan, dan_here, filing):
    own = MemberFactory._meta.model.objects.get(user=dan)
    actions.assign_filings(actor=dan_here, filings=[filing], member=own)
    assert actions.assign_filings(actor=dan_here, filings=[filing], member=None) == 1
    assert not Notification.objects.exists()


def test_only_those_who_may_do_taxes_here_get_them(dan_here, delta, filing):
    viewer = MemberFactory(organisation=delta, code="viewer")
    stranger = MemberFactory(organisation=OrganisationFactory(), code="owner")
    for member in (viewer, stranger):
        with pytest.raises(actions.NotOfTheTeam):
            actions.assign_filings(actor=dan_here, filings=[filing], member=member)


def test_returns_of_others_are_left_alone(dan_here, filing, fay):
    other = TaxFiling.objects.create(
        organisation=OrganisationFactory(), form="303", period="2026-Q3", starts_on=filing.starts_on,
        ends_on=filing.ends_on, opens_on=filing.opens_on, due_on=filing.due_on,
    )  # fmt: skip
    assert actions.assign_filings(actor=dan_here, filings=[other], member=fay) == 0
    other.refresh_from_db()
    assert other.assigned_to is None


def test_looking_is_not_enough_to_act(delta, filing):
    viewer = with_levels(delta, taxes=1)
    for act in (actions.prepare_filing, actions.skip_filing, actions.reopen_filing):
        with pytest.raises(Forbidden):
            act(actor=viewer, filing=filing)
    with pytest.raises(Forbidden):
        file(viewer, filing)
    with pytest.raises(Forbidden):
        actions.renew_feed(actor=viewer)
    with pytest.raises(Forbidden):
        actions.choose_forms(actor=viewer, forms={}, today=TODAY)
