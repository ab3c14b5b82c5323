"""Sending a document with its link and its PDF, and closing the link."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.test import Client

from advisory_portal.core.access import Actor, ActorKind, Forbidden
from advisory_portal.core.ids import hash_token, uuid7
from advisory_portal.core.models import HistoryEntry, OutboundEmail
from client_portal.actions import NoAddress, NotForPortal, revoke_link, send_document, send_fresh_link
from client_portal.models import PortalLink
from client_portal.words import sending_words
from documents.models import Contact, Document
from documents.rules import PORTAL_KINDS
from tests.documents.builders import with_levels
from tests.factories import (
    ContactFactory,
    DocumentFactory,
    MemberFactory,
    PortalLinkFactory,
    RoleFactory,
    drafted_document,
    issued_document,
)
from tests.pages import text_of, tree
from tests.threads import together

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def send(dan_here):
    def run(document, email="erin@customer.example", actor=dan_here, now=NOW, **values):
        values = {"to": [email], "sending": uuid7(), "attach_pdf": False, **values}
        contact, name = document.contact, document.organisation.name
        subject, text = sending_words(document, business=name, language=contact.language, name=contact.name)
        return send_document(actor=actor, document=document, now=now, **{"subject": subject, "text": text, **values})[0]

    return run


@pytest.fixture
def browser(client_of, dan):
    return client_of(dan)


def test_the_contact_gets_a_mail_with_a_link_that_opens_the_document(send, invoice, delta, erin, dan_here, last_link):
    delta.email = "office@delta.example"
    delta.save()
    link = send(invoice)
    email = OutboundEmail.objects.get()
    assert (email.to, email.to_name, email.from_name, email.reply_to, email.language, email.organisation_id) == (
        *("erin@customer.example", "Erin", "Delta", "office@delta.example", "en", delta.pk),
    )
    assert email.subject == "Invoice INV-2026-0001 from Delta"
    assert "Invoice INV-2026-0001 over €121.00. It is due on 1 Apr 2026." in email.text
    assert "48 hours" in email.text
    token = last_link().rstrip("/").rpartition("/")[2]
    assert (link.token_hash, link.email, link.contact, link.document, link.organisation) == (
        *(hash_token(token), "erin@customer.example", erin, invoice, delta),
    )
    assert (link.created_at, link.expires_at, link.revoked_at) == (NOW, NOW + timedelta(hours=48), None)
    assert (link.sent_by_name, str(link)) == (dan_here.name, "erin@customer.example")
    invoice.refresh_from_db()
    assert invoice.sent_at == NOW
    entry = HistoryEntry.objects.get(what="client_portal.link.sent")
    assert (entry.subject_id, entry.after) == (invoice.pk, {"email": "erin@customer.example"})
    for stored in (link.token_hash, str(entry.after), str(entry.before)):
        assert token not in stored


def test_the_mail_speaks_the_language_of_the_contact(send, erin):
    Contact.objects.update(language="es")
    erin.refresh_from_db()
    send(issued_document(erin))
    email = OutboundEmail.objects.get()
    assert (email.language, email.subject) == ("es", "Factura INV-2026-0001 de Delta")
    assert "121,00\xa0€" in email.text
    assert '<html lang="es">' in email.html


@pytest.mark.parametrize(("hours", "words"), [(1, "1 hour"), (720, "720 hours")])
def test_the_life_of_a_link_is_a_setting_of_the_business(send, invoice, delta, hours, words):
    delta.link_hours = hours
    delta.save()
    link = send(invoice)
    assert link.expires_at == NOW + timedelta(hours=hours)
    assert words in OutboundEmail.objects.get().text
    assert link.is_usable(link.expires_at - timedelta(microseconds=1))
    assert not link.is_usable(link.expires_at)
    assert list(PortalLink.objects.usable(link.expires_at - timedelta(microseconds=1))) == [link]
    assert not PortalLink.objects.usable(link.expires_at).exists()


@pytest.mark.parametrize("kind", sorted(PORTAL_KINDS))
@pytest.mark.parametrize("due", [True, False])
def test_every_kind_the_portal_shows_can_be_sent(send, erin, kind, due):
    send(issued_document(erin, kind=kind, **({} if due else {"due_on": None})))
    email = OutboundEmail.objects.get()
    for content in (email.text, email.html):
        assert ("It is due" in content) is (due and kind == "invoice")
        assert ("It is valid until" in content) is (due and kind == "quote")


def test_an_address_is_kept_on_a_contact_that_has_none(send, delta):
    contact = ContactFactory(organisation=delta, email="")
    send(issued_document(contact), email=" New@Customer.example ")
    contact.refresh_from_db()
    assert (contact.email, OutboundEmail.objects.get().to) == ("new@customer.example", "new@customer.example")
    send(issued_document(contact), email="other@customer.example")
    contact.refresh_from_db()
    assert contact.email == "new@customer.example"


@pytest.mark.parametrize("kind", ["bill", "supplier_credit_note"])
def test_what_suppliers_sent_is_not_shown_in_the_portal(send, erin, kind):
    with pytest.raises(NotForPortal):
        send(DocumentFactory(contact=erin, kind=kind))
    assert not PortalLink.objects.exists()


def test_a_draft_is_not_sent(send, erin):
    with pytest.raises(NotForPortal):
        send(drafted_document(erin))
    assert (PortalLink.objects.count(), OutboundEmail.objects.count()) == (0, 0)


@pytest.mark.parametrize("email", ["", "  "])
def test_an_address_is_needed(send, invoice, email):
    with pytest.raises(NoAddress) as caught:
        send(invoice, email=email)
    assert (caught.value.field, PortalLink.objects.count()) == ("to", 0)


def test_links_are_sent_and_revoked_by_those_who_manage_the_section(send, invoice, delta):
    link = send(invoice)
    for levels in ({"sales": 1, "purchases": 2, "contacts": 2}, {}):
        actor = with_levels(delta, **levels)
        with pytest.raises(Forbidden):
            send(invoice, actor=actor)
        with pytest.raises(Forbidden):
            revoke_link(actor=actor, link=link, now=NOW)
    link.refresh_from_db()
    assert (link.revoked_at, PortalLink.objects.count()) == (None, 1)


def test_a_rollback_leaves_neither_link_nor_mail(send, delta):
    document = issued_document(ContactFactory(organisation=delta, email=""))
    with pytest.raises(LookupError), transaction.atomic():
        send(document)
        raise LookupError
    assert (PortalLink.objects.count(), OutboundEmail.objects.count()) == (0, 0)
    stored = Document.objects.get()
    assert (stored.sent_at, stored.contact.email) == (None, "")


def test_sent_again_it_is_another_link_and_both_open(send, invoice):
    first, second = send(invoice), send(invoice)
    assert first.token_hash != second.token_hash
    assert PortalLink.objects.usable(NOW).count() == 2


def test_a_link_is_revoked_once_and_told(send, invoice, dan_here):
    link = send(invoice)
    revoke_link(actor=dan_here, link=link, now=NOW)
    revoke_link(actor=dan_here, link=link, now=NOW + timedelta(hours=1))
    link.refresh_from_db()
    assert (link.revoked_at, link.is_usable(NOW)) == (NOW, False)
    assert not PortalLink.objects.usable(NOW).exists()
    assert HistoryEntry.objects.filter(what="client_portal.link.revoked").count() == 1


def test_staff_see_links_of_the_sections_they_may_view(erin, delta, carol, rival, actor_of, dan_here):
    sale = PortalLinkFactory(document=DocumentFactory(contact=erin))
    order = PortalLinkFactory(document=DocumentFactory(contact=erin, kind="purchase_order"))
    assert set(PortalLink.objects.visible_to(dan_here)) == {sale, order}
    assert list(PortalLink.objects.visible_to(with_levels(delta, sales=1))) == [sale]
    assert list(PortalLink.objects.visible_to(with_levels(delta, purchases=1))) == [order]
    assert not PortalLink.objects.visible_to(with_levels(delta, contacts=2)).exists()
    assert not PortalLink.objects.visible_to(actor_of(carol, rival)).exists()
    contact = Actor(ActorKind.CONTACT, "Erin", delta.workspace, contact_id=erin.pk, levels={"sales": 2})
    for nobody in (contact, Actor(ActorKind.SYSTEM, "x")):
        assert not PortalLink.objects.visible_to(nobody).exists()


@pytest.mark.django_db(transaction=True)
def test_four_who_ask_for_a_fresh_link_at_once_get_one_mail():
    old = PortalLinkFactory(created_at=NOW)

    def ask():
        send_fresh_link(link=PortalLink.objects.get(pk=old.pk), now=NOW + timedelta(hours=50))

    assert together([ask] * 4) == [None] * 4
    assert (OutboundEmail.objects.count(), PortalLink.objects.count()) == (1, 2)


# --- The pages -------------------------------------------------------------------------------------------------


def mail(to):
    return {"to": to, "subject": "Your invoice", "text": "Here it is.", "sending": str(uuid7())}


def page(document, act):
    return f"/o/delta/documents/{document.pk}/{act}/"


def test_links_are_listed_and_revoked(browser, invoice):
    live = PortalLinkFactory(document=invoice, email="live@x.example")
    PortalLinkFactory(document=invoice, email="old@x.example", created_at=NOW - timedelta(days=900))
    listed = text_of(tree(browser.get(page(invoice, "links"))))
    assert "live@x.example Live" in listed
    assert "old@x.example Expired" in listed
    fragment = browser.get(page(invoice, "links"), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    address = f"/o/delta/links/{live.pk}/revoke/"
    assert address in fragment
    assert browser.get(address).status_code == 405
    response = browser.post(address)
    assert (response.status_code, response["Location"]) == (302, page(invoice, "links"))
    again = browser.post(address, headers={"HX-Request": "true"})
    assert "Revoked" in text_of(tree(again))
    assert address not in again.content.decode()
    live.refresh_from_db()
    assert live.revoked_at is not None


def test_a_document_without_links_says_so(browser, invoice):
    assert "No link to this document was sent yet." in browser.get(page(invoice, "links")).content.decode()


def test_the_pages_of_links_are_closed_to_others(invoice, erin, delta, carol, client_of):
    link = PortalLinkFactory(document=invoice)
    role = RoleFactory(organisation=delta, levels={"sales": 1})
    viewer = client_of(MemberFactory(organisation=delta, role=role).user)
    buyer_role = RoleFactory(organisation=delta, levels={"purchases": 2})
    buyer = client_of(MemberFactory(organisation=delta, role=buyer_role).user)
    revoke = f"/o/delta/links/{link.pk}/revoke/"
    for browser, read, write in (
        (viewer, 200, 403),
        (buyer, 404, 404),
        (client_of(carol), 404, 404),
        (Client(), 302, 302),
    ):
        assert browser.get(page(invoice, "links")).status_code == read
        assert browser.get(page(invoice, "send")).status_code == write
        assert browser.post(page(invoice, "send"), mail("a@b.example")).status_code == write
        assert browser.post(revoke).status_code == write
    order = DocumentFactory(contact=erin, kind="purchase_order")
    assert buyer.post(page(order, "send"), mail("a@b.example")).status_code == 302
    mine = PortalLink.objects.get(document=order)
    assert buyer.post(f"/o/delta/links/{mine.pk}/revoke/").status_code == 302
    link.refresh_from_db()
    assert (link.revoked_at, PortalLink.objects.filter(document=invoice).count()) == (None, 1)
