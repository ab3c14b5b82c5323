"""The review of profiles: the queue, the comparison, the decisions, two operators at once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from advisory_portal.core.models import HistoryEntry, OutboundEmail
from partners.models import Listing, ProfileVersion
from tests.factories import FirmFactory, UserFactory
from tests.pages import text_of
from tests.partners.review import SENT, application, said, tree_of, version
from tests.partners.test_admin import operating

pytestmark = pytest.mark.django_db
QUEUE = "/admin/partners/profileversion/"


def address(row: ProfileVersion, deed: str, *more: str) -> str:
    return reverse(f"admin:partners_profileversion_{deed}", args=[row.pk, *more])


def read(row: ProfileVersion, **reasons: str) -> dict[str, str]:
    """What the page of a review sends: which text was read, and reasons by field."""
    written = {f"reason-{key}": text for key, text in reasons.items()}
    return {"seen": row.submitted_at.isoformat(), **written}


@pytest.fixture
def client(rita):
    return operating(rita)


@pytest.fixture
def rob():
    return operating(UserFactory(name="Rob", is_staff=True, is_superuser=True))


@pytest.fixture
def waiting(acme, alice):
    """Acme's first version, in review."""
    application(acme, "accepted")
    return version(acme)


def fields_of(response, table: int = 0) -> dict[str, list[str]]:
    """The comparison: for each field the cells beside it, without the one for reasons."""
    rows = tree_of(response).xpath("//table[@class='review-table']")[table].xpath("./tbody/tr")
    cells = {text_of(row.xpath("./th")[0]): row.xpath("./td[not(.//details)]") for row in rows}
    return {label: [text_of(cell) for cell in row] for label, row in cells.items()}


def marks_of(response) -> list[tuple[str, str]]:
    found = tree_of(response).xpath("//table//ins | //table//del")
    return [(element.tag, text_of(element)) for element in found]


# --- The queue -----------------------------------------------------------------------------------------------


def test_queue_shows_what_waits_first_the_oldest_on_top_and_no_drafts(client, acme, rival):
    version(acme, "published")
    version(acme, number=2)
    version(rival, "draft")
    version(FirmFactory(name="Older"), submitted_at=SENT - timedelta(days=1))
    response = client.get(QUEUE)
    tree = tree_of(response)
    shown = [text_of(cell) for cell in tree.xpath("//*[contains(@class, 'field-firm')]")]
    assert shown == ["Older", "Acme Advisers", "Acme Advisers"]
    kinds = [text_of(cell) for cell in tree.xpath("//*[contains(@class, 'field-kind')]")]
    assert kinds == ["1: the first", "2: a change", "1"]
    states = [text_of(link) for link in tree.xpath("//nav[@class='review-states']/a")]
    assert states == ["All 3", "In review 2", "Published 1", "Changes requested 0", "Superseded 0"]


def test_queue_takes_the_same_queries_for_one_and_for_many(client, acme, django_assert_max_num_queries):
    version(acme)
    client.get(QUEUE)
    with django_assert_max_num_queries(14) as one:
        client.get(QUEUE)
    for _number in range(30):
        version(FirmFactory())
    with django_assert_max_num_queries(len(one.captured_queries)):
        client.get(QUEUE)


def test_queue_finds_by_firm_and_by_displayed_name(client, acme, rival):
    version(acme, display_name="Bright Books")
    version(rival)
    for words in ("bright", "acme"):
        tree = tree_of(client.get(f"{QUEUE}?q={words}&state__exact=in_review"))
        assert [text_of(cell) for cell in tree.xpath("//*[contains(@class, 'field-firm')]")] == ["Acme Advisers"]


def test_drafts_have_no_page(client, acme):
    row = version(acme, "draft")
    assert client.get(address(row, "change")).status_code == 404
    assert client.get(address(row, "picture", "logo")).status_code == 404


# --- The comparison ------------------------------------------------------------------------------------------


def test_change_is_compared_with_what_is_published_field_by_field(client, acme):
    application(acme, "accepted")
    version(acme, "published", tagline="Calm books for bars", services=["bookkeeping", "payroll"])
    row = version(
        acme, number=2, tagline="Calm books for hotels", services=["bookkeeping", "audit"], works_remotely=True
    )
    response = client.get(address(row, "change"))
    changed = fields_of(response)
    assert changed["Tagline"] == ["Calm books for bars", "Calm books for hotels"]
    assert changed["Services"] == ["Bookkeeping Payroll", "Bookkeeping Audit"]
    assert changed["Works remotely"] == ["No", "Yes"]
    assert "City" not in changed
    assert fields_of(response, 1)["City"] == ["Girona", "Girona"]
    assert marks_of(response) == [
        ("del", "bars"), ("ins", "hotels"), ("del", "Payroll"), ("ins", "Audit"), ("del", "No"), ("ins", "Yes"),
    ]  # fmt: skip


def test_first_version_is_shown_without_marks(client, waiting):
    response = client.get(address(waiting, "change"))
    assert fields_of(response)["Tagline"] == ["Calm books"]
    assert marks_of(response) == []
    assert "nothing is published yet" in text_of(tree_of(response))


def test_comparison_writes_codes_people_links_and_prices_in_words(client, acme):
    row = version(
        acme,
        languages=["ca", "en"],
        country="ES",
        profession="asesoria",
        price_from="1200.50",
        social={"linkedin": "https://linkedin.example/acme", "x": ""},
        staff=[{"name": "Alice", "role": "Partner", "public": True}, {"name": "Bob", "role": "", "public": False}],
    )
    shown = fields_of(client.get(address(row, "change")))
    assert shown["Languages"] == ["Catalan English"]
    assert shown["Country"] == ["Spain"]
    assert shown["Profession"] == ["Asesoría (accounting and tax advisers)"]
    assert shown["Price from"] == ["€1,200.50"]
    assert shown["Social networks"] == ["LinkedIn: https://linkedin.example/acme"]
    assert shown["People"] == ["Alice, Partner Bob (not shown)"]


def test_version_that_is_past_the_review_is_shown_as_it_was(client, acme):
    old = version(acme, "superseded", tagline="Once upon a time")
    live = version(acme, "published", number=2)
    for row, tagline in ((old, "Once upon a time"), (live, "Calm books")):
        response = client.get(address(row, "change"))
        assert fields_of(response)["Tagline"] == [tagline]
        assert marks_of(response) == []


def test_currency_alone_is_a_change_of_the_price(client, acme):
    version(acme, "published", price_from="90", price_currency="EUR")
    row = version(acme, number=2, price_from="90", price_currency="GBP")
    assert fields_of(client.get(address(row, "change")))["Price from"] == ["€90.00", "£90.00"]


def test_comparison_escapes_what_firms_write(client, acme):
    row = version(acme, tagline="<script>alert(1)</script>", display_name="<b>Bold</b>")
    page = client.get(address(row, "change")).content.decode()
    assert "<script>alert" not in page
    assert "<b>Bold" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_pictures_stand_side_by_side_and_are_served_to_operators_only(client, client_of, alice, acme):
    live, row = version(acme, "published"), version(acme, number=2, colour="#7c2d12")
    images = tree_of(client.get(address(row, "change"))).xpath("//img[@class='review-logo']/@src")
    assert images == [address(live, "picture", "logo"), address(row, "picture", "logo")]
    first, second = (client.get(image) for image in images)
    assert first["Content-Type"] == "image/webp"
    assert "private, no-store" in first["Cache-Control"]
    assert first.content != second.content
    assert client.get(address(row, "picture", "cover")).status_code == 404
    assert client.get(address(row, "picture", "content")).status_code == 404
    assert client_of(alice).get(images[1])["Location"].startswith("/admin/login/")


@pytest.mark.parametrize(("colour", "word"), [("#0f4c5c", "unchanged"), ("#7c2d12", "changed")])
def test_page_says_whether_a_picture_changed(client, acme, colour, word):
    version(acme, "published", colour="#0f4c5c")
    row = version(acme, number=2, colour=colour)
    assert f"Logo {word}" in fields_of(client.get(address(row, "change")))


# --- The decisions -------------------------------------------------------------------------------------------


def test_approving_publishes_and_tells_the_firm(client, waiting):
    response = client.post(address(waiting, "approve"), read(waiting))
    assert (response.status_code, response["Location"]) == (302, QUEUE)
    assert said(response) == ["The profile of Acme Advisers is published."]
    waiting.refresh_from_db()
    assert (waiting.state, waiting.decided_by_name) == ("published", "Rita")
    assert Listing.objects.get().version == waiting
    assert [mail.to for mail in OutboundEmail.objects.all()] == ["alice@acme.example"]


def test_requesting_changes_keeps_a_reason_per_field(client, waiting):
    response = client.post(
        address(waiting, "request-changes"), read(waiting, tagline="Too loud", general=" Nearly ", city=" ")
    )
    assert response["Location"] == QUEUE
    waiting.refresh_from_db()
    assert (waiting.state, waiting.reasons) == ("changes_requested", {"tagline": "Too loud", "general": "Nearly"})
    page = text_of(tree_of(client.get(address(waiting, "change"))))
    assert "Tagline Too loud" in page
    assert Listing.objects.count() == 0


def test_requesting_changes_without_a_reason_is_refused(client, waiting):
    response = client.post(address(waiting, "request-changes"), read(waiting))
    assert response.status_code == 422
    assert text_of(tree_of(response).xpath("//*[@role='alert']")[0]).startswith("Write at least one reason")
    waiting.refresh_from_db()
    assert waiting.state == "in_review"


def test_suspended_firm_is_not_published_and_reasons_stay_typed(client, waiting):
    waiting.organisation.applications.update(state="suspended")
    assert "not in the programme" in text_of(tree_of(client.get(address(waiting, "change"))))
    response = client.post(address(waiting, "approve"), read(waiting, tagline="Too loud"))
    assert response.status_code == 422
    tree = tree_of(response)
    assert "not in the programme" in text_of(tree.xpath("//*[@role='alert']")[0])
    assert tree.xpath("//textarea[@name='reason-tagline']")[0].text.strip() == "Too loud"
    waiting.refresh_from_db()
    assert waiting.state == "in_review"


def test_what_was_submitted_anew_is_read_again_before_it_is_decided(client, waiting):
    page_sends = read(waiting)
    ProfileVersion.objects.update(state="draft")
    ProfileVersion.objects.update(submitted_at=SENT + timedelta(hours=1))
    ProfileVersion.objects.update(state="in_review")
    for deed in ("approve", "request-changes"):
        response = client.post(address(waiting, deed), page_sends | {"reason-tagline": "Too loud"})
        assert response.status_code == 422
        assert "submitted this again" in text_of(tree_of(response).xpath("//*[@role='alert']")[0])
    waiting.refresh_from_db()
    assert waiting.state == "in_review"


@pytest.mark.parametrize("seen", [{}, {"seen": ""}, {"seen": "yesterday"}, {"seen": "2026-99-01T00:00:00"}])
def test_decision_that_does_not_say_what_was_read_is_refused(client, waiting, seen):
    assert client.post(address(waiting, "approve"), seen).status_code == 400
    waiting.refresh_from_db()
    assert waiting.state == "in_review"


def test_page_sends_when_the_version_was_submitted(client, waiting):
    tree = tree_of(client.get(address(waiting, "change")))
    assert tree.xpath("//input[@name='seen']/@value") == [waiting.submitted_at.isoformat()]


def test_version_that_the_firm_withdrew_leads_back_to_the_queue(client, waiting, monkeypatch):
    """It was on the operator's screen, and found, before the firm took it back."""
    monkeypatch.setattr("partners.admin.profiles.VersionAdmin.find", lambda *_: waiting)
    ProfileVersion.objects.update(state="draft")
    response = client.post(address(waiting, "approve"), read(waiting))
    assert response["Location"] == QUEUE
    assert said(response) == ["This version is not in review any more: it is “Draft” now."]


def test_second_operator_who_decides_otherwise_is_told(client, rob, waiting):
    client.post(address(waiting, "approve"), read(waiting))
    response = rob.post(address(waiting, "request-changes"), read(waiting, tagline="Too loud"))
    assert response.status_code == 422
    assert "“Published”" in text_of(tree_of(response).xpath("//*[@role='alert']")[0])
    waiting.refresh_from_db()
    assert (waiting.state, waiting.decided_by_name, waiting.reasons) == ("published", "Rita", {})
    assert OutboundEmail.objects.count() == 1


def test_second_operator_who_decides_the_same_is_told_and_nothing_is_done_twice(client, rob, waiting):
    client.post(address(waiting, "approve"), read(waiting))
    response = rob.post(address(waiting, "approve"), read(waiting))
    assert said(response) == ["Rita decided this before you: it is “Published”."]
    assert response["Location"] == address(waiting, "change")
    assert OutboundEmail.objects.count() == 1
    assert HistoryEntry.objects.filter(what="partners.profileversion.published").count() == 1


def test_decided_version_offers_no_decision_and_shows_who_took_it(client, waiting):
    client.post(address(waiting, "approve"), read(waiting))
    tree = tree_of(client.get(address(waiting, "change")))
    assert tree.xpath("//*[@class='review-bar']") == []
    assert "Rita" in text_of(tree.xpath("//ol[@class='review-log']")[0])


def test_state_cannot_be_written_past_the_actions(client, waiting):
    assert client.post(address(waiting, "change"), {"state": "published"}).status_code == 200
    assert client.get(address(waiting, "approve")).status_code == 405
    assert client.get(QUEUE + "add/").status_code == 403
    waiting.refresh_from_db()
    assert waiting.state == "in_review"


def test_unknown_version_is_not_found(client):
    assert client.get(f"{QUEUE}{uuid4()}/change/").status_code == 404
