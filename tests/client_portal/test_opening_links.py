"""A contact opens a mailed link: the one document, for a while, and nothing else."""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.conf import settings
from django.core import signing
from django.db import connection
from django.test import Client

from advisory_portal.core.models import OutboundEmail
from client_portal.models import PortalLink
from client_portal.rules import MOST_REMEMBERED_LINKS
from client_portal.sources import COOKIE, SALT
from documents.models import Document
from documents.rules import PORTAL_KINDS
from tests.factories import (
    ONE_LINE,
    ContactFactory,
    DocumentFactory,
    OrganisationFactory,
    PortalLinkFactory,
    drafted_document,
    issued_document,
    sent_document,
)
from tests.pages import text_of, tree

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def link(clock, invoice, dan_here, last_link):
    """The path of a link that was just mailed to Erin for her invoice."""
    sent_document(invoice, actor=dan_here, now=NOW)
    return last_link()


@pytest.fixture
def erins(link):
    """Erin's browser after she followed the link."""
    browser = Client()
    browser.get(link)
    return browser


def page(document, tail=""):
    return f"/portal/delta/d/{document.pk}/{tail}"


def expired(link):
    return f"/portal/delta/expired/{link.pk}/"


def remembering(*links):
    """A browser whose cookie of Delta's portal holds these links."""
    browser = Client()
    browser.cookies[COOKIE] = signing.dumps([str(link.pk) for link in links], salt=SALT)
    return browser


def test_the_link_opens_the_document_and_its_pdf(link, invoice):
    browser = Client()
    opened = browser.get(link)
    assert (opened.status_code, opened["Location"]) == (302, page(invoice))
    shown = browser.get(page(invoice))
    words = text_of(tree(shown))
    for part in ("Invoice INV-2026-0001", "Advice", "€121.00", "Delta", "1 Apr 2026"):
        assert part in words
    pdf = browser.get(page(invoice, "pdf/"))
    assert pdf.content.startswith(b"%PDF-")
    assert pdf["Content-Disposition"] == 'attachment; filename="Invoice INV-2026-0001.pdf"'
    assert browser.get(page(invoice, "pdf/?inline"))["Content-Disposition"].startswith("inline;")
    home = browser.get("/portal/delta/")
    assert page(invoice) in home.content.decode()


def test_the_token_is_nowhere_after_the_redirect(link, invoice):
    browser, token = Client(), link.rstrip("/").rpartition("/")[2]
    opened = browser.get(link)
    pages = [browser.get(address) for address in (page(invoice), "/portal/delta/", page(invoice, "pdf/"))]
    assert token not in opened["Location"]
    assert token not in browser.cookies[COOKIE].value
    for response in (opened, *pages):
        assert token.encode() not in response.content
        assert token not in str(response.headers)


def test_what_the_link_opens_is_kept_by_nobody_else(link, invoice):
    browser = Client()
    opened = browser.get(link)
    assert (opened["Referrer-Policy"], opened["Cache-Control"]) == ("no-referrer", "no-store")
    shown = browser.get(page(invoice))
    assert (shown["Referrer-Policy"], shown["Cache-Control"]) == ("same-origin", "private, no-store")
    assert browser.get(page(invoice, "pdf/"))["Cache-Control"] == "private, no-store"


def test_the_cookie_belongs_to_this_portal_alone(link):
    browser = Client()
    cookie = browser.get(link).cookies[COOKIE]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/portal/delta/", True, "Lax")
    assert cookie["max-age"] == 90 * 24 * 3600
    assert bool(cookie["secure"]) is settings.HTTPS
    assert set(browser.cookies) == {COOKIE}


def test_the_portal_speaks_the_language_of_the_contact(clock, delta):
    contact = ContactFactory(organisation=delta, language="es")
    document = issued_document(contact)
    browser = remembering(PortalLinkFactory(document=document))
    for address in (page(document), "/portal/delta/"):
        shown = browser.get(address, headers={"Accept-Language": "en"})
        assert '<html lang="es"' in shown.content.decode()
    assert "Factura" in text_of(tree(browser.get(page(document))))
    old = PortalLinkFactory(document=document, created_at=NOW - 49 * HOUR)
    assert '<html lang="es"' in remembering(old).get(expired(old)).content.decode()


def same_as_unknown(response):
    unknown = Client().get("/portal/delta/no/such/page/")
    return (response.status_code, response.content) == (404, unknown.content)


def leads_to_log_in(response, slug="delta"):
    """The same for every page of a portal, whether there is such a page or not."""
    page, _, tail = response.headers.get("Location", "").partition("?")
    is_back = not tail or tail == urlencode({"next": response.wsgi_request.get_full_path()})
    return (response.status_code, page, is_back) == (302, f"/portal/{slug}/log-in/", True)


def test_an_altered_token_is_an_unknown_page(link):
    portal = "/portal/delta/l"
    for wrong in (link[:-2] + "./", link[:-1] + "a/", f"{portal}/x/", f"{portal}/%00/", f"{portal}/é/"):
        response = Client().get(wrong)
        assert same_as_unknown(response)
        assert not response.cookies


def test_a_link_is_good_for_its_own_business_alone(link, invoice, erins):
    other = OrganisationFactory(slug="other")
    assert same_as_unknown(Client().get(link.replace("/portal/delta/", "/portal/other/")))
    assert same_as_unknown(Client().get(link.replace("/portal/delta/", "/portal/nobody/")))
    # The same cookie, sent to another portal, opens nothing there.
    carried = Client()
    carried.cookies[COOKIE] = erins.cookies[COOKIE].value
    assert carried.get(page(invoice)).status_code == 200
    for tail in ("", f"d/{invoice.pk}/", f"d/{invoice.pk}/pdf/"):
        assert leads_to_log_in(carried.get(f"/portal/other/{tail}"), "other")
    assert same_as_unknown(carried.get(f"/portal/other/expired/{PortalLink.objects.get().pk}/"))
    assert other.pk != invoice.organisation_id


@pytest.mark.parametrize("signed", ["", "junk", "x:y:z", ["no id"], {}, 5])
def test_a_forged_cookie_opens_nothing(link, invoice, signed):
    browser = Client()
    browser.cookies[COOKIE] = signed if isinstance(signed, str) else signing.dumps(signed, salt=SALT)
    for address in (page(invoice), page(invoice, "pdf/"), "/portal/delta/"):
        assert leads_to_log_in(browser.get(address))
    assert same_as_unknown(browser.get(expired(PortalLink.objects.get())))
    assert browser.get(link).status_code == 302


def test_a_cookie_signed_for_something_else_opens_nothing(link, invoice):
    browser = Client()
    browser.cookies[COOKIE] = signing.dumps([str(PortalLink.objects.get().pk)], salt="other")
    assert leads_to_log_in(browser.get(page(invoice)))


def test_a_contact_reaches_the_linked_document_alone(erins, invoice, erin, delta):
    own = issued_document(erin)
    draft = drafted_document(erin)
    others = issued_document(ContactFactory(organisation=delta))
    elsewhere = DocumentFactory()
    for document in (own, draft, others, elsewhere):
        for tail in ("", "pdf/"):
            assert leads_to_log_in(erins.get(page(document, tail)))
    assert tree(erins.get("/portal/delta/")).xpath("//main//a/@href") == [page(invoice)]
    for address in (f"/o/delta/documents/{invoice.pk}/", "/o/delta/contacts/"):
        assert erins.get(address).status_code == 302


def test_staff_have_no_portal_without_a_link(invoice, dan, client_of):
    assert leads_to_log_in(client_of(dan).get(page(invoice)))


def test_visitors_learn_nothing(invoice):
    for address in ("/portal/delta/", page(invoice), page(DocumentFactory.build())):
        assert leads_to_log_in(Client().get(address))
    for address in ("/portal/nobody/", f"/portal/nobody/d/{invoice.pk}/", "/portal/nobody/log-in/"):
        assert same_as_unknown(Client().get(address))


def test_an_expired_link_offers_a_fresh_one_which_opens_the_document(erins, link, invoice, clock, last_link):
    clock.move_to(NOW + 48 * HOUR)
    old = PortalLink.objects.get()
    for address in (link, page(invoice), page(invoice, "pdf/"), "/portal/delta/"):
        assert erins.get(address, follow=True).redirect_chain[-1][0] == expired(old)
    offer = erins.get(expired(old))
    assert (offer.status_code, "This link has expired" in offer.content.decode()) == (200, True)
    assert tree(offer).xpath("//main//form/@action") == [expired(old) + "fresh/"]
    answer = erins.post(expired(old) + "fresh/")
    assert (answer.status_code, "Look into your mail" in answer.content.decode()) == (200, True)
    fresh = PortalLink.objects.latest("created_at")
    assert (fresh.email, fresh.document, fresh.expires_at) == ("erin@customer.example", invoice, NOW + 96 * HOUR)
    email = OutboundEmail.objects.latest("created_at")
    assert (email.kind, email.to, email.from_name) == ("client_portal/fresh_link", "erin@customer.example", "Delta")
    elsewhere = Client()
    assert elsewhere.get(last_link(), follow=True).redirect_chain == [(page(invoice), 302)]
    assert elsewhere.get(page(invoice)).status_code == 200
    assert Client().get(link, follow=True).status_code == 200


def test_within_ten_minutes_no_second_mail_goes_out_and_the_answer_is_the_same(erins, clock):
    old = PortalLink.objects.get()
    answers = []
    for minutes, mails in ((0, 2), (0, 2), (9.99, 2), (10, 3)):
        clock.move_to(NOW + 50 * HOUR + timedelta(minutes=minutes))
        (shown,) = tree(erins.post(expired(old) + "fresh/")).xpath("//main")
        answers.append(text_of(shown))
        assert OutboundEmail.objects.count() == mails
    assert len(set(answers)) == 1


def test_an_old_link_just_before_its_end_is_no_reason_to_ask(erins, invoice, clock):
    clock.move_to(NOW + 48 * HOUR - timedelta(microseconds=1))
    assert erins.get(page(invoice)).status_code == 200
    assert erins.get(expired(PortalLink.objects.get()))["Location"] == page(invoice)


def test_a_revoked_link_is_closed_and_nothing_is_sent(erins, link, invoice, clock):
    PortalLink.objects.update(revoked_at=NOW)
    closed = erins.get(page(invoice), follow=True)
    words = text_of(tree(closed))
    assert "Delta has closed this link. Ask them for another one." in words
    assert "Send me a fresh link" not in words
    clock.move_to(NOW + HOUR)
    answer = erins.post(expired(PortalLink.objects.get()) + "fresh/")
    assert (answer.status_code, OutboundEmail.objects.count(), PortalLink.objects.count()) == (200, 1, 1)


def test_a_fresh_link_is_asked_for_by_post_and_by_its_holder(erins, clock):
    clock.move_to(NOW + 50 * HOUR)
    fresh = expired(PortalLink.objects.get()) + "fresh/"
    assert erins.get(fresh).status_code == 405
    assert same_as_unknown(Client().post(fresh))
    checking = Client(enforce_csrf_checks=True)
    checking.cookies[COOKIE] = erins.cookies[COOKIE].value
    assert checking.post(fresh).status_code == 403
    assert OutboundEmail.objects.count() == 1


def test_a_document_given_to_another_contact_closes_its_links(erins, invoice, delta, clock):
    other = ContactFactory(organisation=delta)
    Document.objects.filter(pk=invoice.pk).update(contact=other)
    for tail in ("", "pdf/"):
        assert same_as_unknown(erins.get(page(invoice, tail)))
    clock.move_to(NOW + 50 * HOUR)
    erins.post(expired(PortalLink.objects.get()) + "fresh/")
    assert (OutboundEmail.objects.count(), PortalLink.objects.count()) == (1, 1)


def test_a_browser_remembers_several_links_of_several_contacts(clock, erin, delta, invoice):
    second, others = issued_document(erin), issued_document(ContactFactory(organisation=delta, name="Olga"))
    opened = enumerate((invoice, second, others))
    links = [PortalLinkFactory(document=document, token=f"t{place}") for place, document in opened]
    browser = Client()
    for place in range(3):
        assert browser.get(f"/portal/delta/l/t{place}/", follow=True).status_code == 200
    assert "Hello Olga" in browser.get("/portal/delta/").content.decode()
    for document, name in ((invoice, "Erin"), (second, "Erin"), (others, "Olga")):
        shown = browser.get(page(document))
        assert text_of(tree(shown).xpath('//*[@class="person-name"]')[0]) == name
    assert signing.loads(browser.cookies[COOKIE].value, salt=SALT) == [str(link.pk) for link in links]


def test_an_expired_link_beside_a_live_one_still_offers_a_fresh_one(clock, erin, invoice):
    old = PortalLinkFactory(document=invoice, created_at=NOW - 49 * HOUR)
    live = PortalLinkFactory(document=issued_document(erin))
    browser = remembering(old, live)
    assert browser.get(page(invoice))["Location"] == expired(old)
    assert browser.get(page(live.document)).status_code == 200
    assert browser.get("/portal/delta/").status_code == 200


def test_a_browser_remembers_the_latest_links(clock, erin):
    tokens = [f"t{number:02}" for number in range(MOST_REMEMBERED_LINKS + 2)]
    made = [PortalLinkFactory(document=DocumentFactory(contact=erin), token=token) for token in tokens]
    browser = Client()
    for token in tokens:
        browser.get(f"/portal/delta/l/{token}/")
    browser.get("/portal/delta/l/t05/")
    kept = signing.loads(browser.cookies[COOKIE].value, salt=SALT)
    expected = [str(link.pk) for link in made[2:5] + made[6:] + made[5:6]]
    assert kept == expected
    assert len(kept) == MOST_REMEMBERED_LINKS
    assert len(browser.cookies[COOKIE].value) < 4_000


@pytest.mark.parametrize("kind", PORTAL_KINDS)
@pytest.mark.parametrize("state", ["issued", "void"])
def test_every_kind_the_portal_shows_opens(clock, erin, kind, state):
    document = issued_document(erin, kind=kind, issued_on=date(2026, 1, 1), due_on=date(2026, 1, 1))
    Document.objects.update(state=state)
    late = dict.fromkeys(("invoice", "credit_note", "sales_order"), "Overdue") | {"quote": "Expired"}
    shown = remembering(PortalLinkFactory(document=document)).get(page(document))
    assert shown.status_code == 200
    assert text_of(tree(shown).xpath('//*[contains(@class, "pill")]')[0]) == (
        "Void" if state == "void" else late.get(kind, "Issued")
    )


def test_a_page_costs_the_same_few_queries_for_many_lines(clock, erin, django_assert_max_num_queries):
    counts = []
    for number in (1, 40):
        document = issued_document(erin, lines=ONE_LINE * number)
        browser = remembering(PortalLinkFactory(document=document))
        with django_assert_max_num_queries(7) as queries:
            assert browser.get(page(document)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def every_row():
    """Each table's rows with their place and the transaction that wrote them: a changed row has another place."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        found = {}
        for table in tables:
            cursor.execute(f'SELECT ctid::text, xmin::text, t::text FROM "{table}" t ORDER BY ctid')
            found[table] = cursor.fetchall()
    return found


@pytest.mark.parametrize("method", ["get", "head"])
def test_reading_the_portal_changes_no_row(link, erins, invoice, erin, clock, method):
    old = PortalLinkFactory(document=invoice, created_at=NOW - 49 * HOUR)
    revoked = PortalLinkFactory(document=invoice, revoked_at=NOW)
    holder = remembering(PortalLink.objects.earliest("created_at"), old, revoked, PortalLink.objects.latest("pk"))
    before = every_row()
    statuses = set()
    for browser in (erins, holder, remembering(old), remembering(revoked), Client()):
        for address in (
            *(link, link[:-2] + "./", page(invoice), page(invoice, "pdf/"), "/portal/delta/"),
            *(expired(old), expired(revoked), expired(old) + "fresh/", "/portal/nobody/"),
        ):
            statuses.add(getattr(browser, method)(address).status_code)
    assert statuses == {200, 302, 404, 405}
    assert every_row() == before
