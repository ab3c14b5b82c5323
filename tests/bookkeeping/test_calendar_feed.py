"""The calendar feed: right by RFC 5545, for whoever has the secret, and without anything else in it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisory_portal.core.ids import hash_token
from bookkeeping import actions
from bookkeeping.models import FilingCalendar, TaxFiling
from bookkeeping.rules.calendar_feed import FOLD, Event, calendar, escaped, folded
from tests.factories import OrganisationFactory

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
BROKEN = "Line one\nthen; a, b \\ and c"


def unfolded(content):
    """The lines of a calendar as RFC 5545, 3.1 puts them together again."""
    return content.replace(b"\r\n ", b"").decode().split("\r\n")


def unescaped(text):
    """A TEXT value read by RFC 5545, 3.3.11."""
    found, signs = "", iter(text)
    for sign in signs:
        found += {"n": "\n", "N": "\n"}.get(after := next(signs), after) if sign == "\\" else sign
    return found


def events_of(content):
    """The events of a calendar, each a dict of its properties; those of alarms as a list of dicts under "alarms"."""
    lines = unfolded(content)
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    found, open_parts = [], []
    for line in lines:
        name, _colon, value = line.partition(":")
        if name == "BEGIN":
            open_parts.append({"alarms": []})
        elif name == "END":
            part = open_parts.pop()
            if value == "VALARM":
                open_parts[-1]["alarms"].append(part)
            elif value == "VEVENT":
                found.append(part)
        elif open_parts:
            open_parts[-1][name] = value
    return found


def event(**values):
    usual = {"uid": "1@x", "day": date(2026, 12, 31), "summary": "Form 303", "description": "D", "changed_at": NOW}
    return Event(**usual | values)


def test_event_is_of_a_whole_day_with_two_alarms():
    (found,) = events_of(calendar("Taxes", [event()]))
    assert found["UID"] == "1@x"
    assert found["DTSTART;VALUE=DATE"] == "20261231"
    assert found["DTEND;VALUE=DATE"] == "20270101"
    assert found["DTSTAMP"] == "20261121T090000Z"
    assert [alarm["TRIGGER"] for alarm in found["alarms"]] == ["-PT159H", "-PT15H"]  # at nine, 7 and 1 days before
    assert all(alarm["ACTION"] == "DISPLAY" and alarm["DESCRIPTION"] for alarm in found["alarms"])


def test_what_is_done_rings_no_more():
    (found,) = events_of(calendar("Taxes", [event(is_done=True)]))
    assert found["alarms"] == []


@given(st.text(max_size=300))
def test_texts_come_back_and_lines_are_short(text):
    content = calendar(text, [event(summary=text)])
    assert all(len(line) <= FOLD for line in content.split(b"\r\n"))
    content.decode()
    (found,) = events_of(content)
    kept = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(sign for sign in kept if sign in "\t\n" or sign.isprintable())
    assert unescaped(found["SUMMARY"]) == kept


def test_special_signs_are_escaped():
    assert escaped(BROKEN) == "Line one\\nthen\\; a\\, b \\\\ and c"


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=400))
def test_folding_never_cuts_a_character(line):
    content = folded(line)
    for piece in content.split(b"\r\n"):
        piece.decode()
    assert content.replace(b"\r\n ", b"").removesuffix(b"\r\n").decode() == line


# --- The door ------------------------------------------------------------------------------------------------


@pytest.fixture
def token(dan_here):
    actions.choose_forms(actor=dan_here, forms={"303": "quarter", "390": "year"}, today=dan_here.today())
    return actions.renew_feed(actor=dan_here)


def address(token):
    return f"/calendar/{token}/taxes.ics"


def test_feed_shows_the_days_of_this_business_alone(client, delta, token, dan):
    delta.name = "Delta; Bikes, S. L."
    delta.save()
    other = OrganisationFactory(name="Other")
    TaxFiling.objects.create(
        organisation=other, form="347", period="2026", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31),
        opens_on=date(2027, 2, 1), due_on=date(2027, 3, 1),
    )  # fmt: skip
    TaxFiling.objects.filter(form="303").update(note="Secret", reference="3032609")
    response = client.get(address(token))
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "private, no-store"
    found = events_of(response.content)
    mine = TaxFiling.objects.filter(organisation=delta)
    assert {one["UID"] for one in found} == {f"{filing.pk}@tax-filings" for filing in mine}
    assert all("Delta; Bikes, S. L." in unescaped(one["SUMMARY"]) for one in found)
    said = response.content.decode()
    assert not any(word in said for word in (dan.name, dan.email, "Secret", "3032609", "Other", delta.tax_id))


def test_events_keep_their_ids_and_those_filed_ring_no_more(client, token):
    first = {one["UID"]: one["alarms"] for one in events_of(client.get(address(token)).content)}
    TaxFiling.objects.update(state="filed")
    second = {one["UID"]: one["alarms"] for one in events_of(client.get(address(token)).content)}
    assert set(first) == set(second)
    assert all(first.values())
    assert not any(second.values())


def test_feed_speaks_the_language_of_the_business(client, delta, token):
    delta.language = "es"
    delta.save()
    assert "Modelo 303" in client.get(address(token)).content.decode().replace("\r\n ", "")


def test_returns_long_past_are_not_in_the_feed(client, token):
    TaxFiling.objects.filter(form="390").update(due_on=date.today() - timedelta(days=500))
    assert len(events_of(client.get(address(token)).content)) == TaxFiling.objects.exclude(form="390").count()


@pytest.mark.parametrize("wrong", ["nonsense", "", " "])
def test_nobody_else_gets_anything(client, token, wrong):
    assert client.get(address(wrong or "x")).status_code == 404


def test_secret_is_stored_hashed_and_a_new_one_ends_the_old(client, dan_here, token):
    kept = FilingCalendar.objects.get()
    assert kept.feed_hash == hash_token(token)
    fresh = actions.renew_feed(actor=dan_here)
    assert [client.get(address(one)).status_code for one in (token, fresh)] == [404, 200]
    actions.stop_feed(actor=dan_here)
    actions.stop_feed(actor=dan_here)
    assert client.get(address(fresh)).status_code == 404


def test_guessing_is_limited(client, token):
    answers = [client.get(address("guess")).status_code for _number in range(40)]
    assert answers[0] == 404
    assert answers[-1] == 429
