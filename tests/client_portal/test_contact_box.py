"""The portal's card on a contact's page, and links of contacts that were merged."""

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from advisory_portal.core.models import OutboundEmail
from client_portal.models import PortalLink
from documents.actions import merge_contacts
from tests.factories import (
    ContactFactory,
    MemberFactory,
    PortalLinkFactory,
    RoleFactory,
    drafted_document,
    issued_document,
)
from tests.pages import text_of, tree

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client_of, dan):
    return client_of(dan)


@pytest.fixture
def box(erin):
    return f"/o/delta/contacts/{erin.pk}/portal/"


def test_the_card_shows_live_links_and_what_can_be_sent(browser, box, erin, invoice, django_assert_max_num_queries):
    PortalLinkFactory(document=invoice, email="live@x.example")
    PortalLinkFactory(document=invoice, email="revoked@x.example", revoked_at=timezone.now())
    PortalLinkFactory(document=invoice, email="expired@x.example", expires_at=timezone.now())
    PortalLinkFactory(document=issued_document(ContactFactory(organisation=erin.organisation)), email="other@x.example")
    drafted_document(erin)
    with django_assert_max_num_queries(9):
        page = browser.get(box)
    words = text_of(tree(page))
    assert "live@x.example" in words
    for absent in ("revoked@", "expired@", "other@"):
        assert absent not in words
    assert tree(page).xpath(f"//a[@href='/o/delta/documents/{invoice.pk}/send/']")
    fragment = browser.get(box, headers={"HX-Request": "true"})
    assert fragment.content.decode().startswith('<div id="portal-')


def test_a_link_is_revoked_from_the_card(browser, box, invoice):
    link = PortalLinkFactory(document=invoice)
    stranger = PortalLinkFactory()
    assert browser.post(f"{box}{stranger.pk}/revoke/").status_code == 404
    answer = browser.post(f"{box}{link.pk}/revoke/", headers={"HX-Request": "true"})
    assert "No link of this contact is live." in answer.content.decode()
    assert browser.post(f"{box}{link.pk}/revoke/")["Location"] == box
    assert list(PortalLink.objects.filter(revoked_at=None)) == [stranger]


def test_who_sees_no_sales_sees_no_links(client_of, box, delta, invoice):
    PortalLinkFactory(document=invoice, email="live@x.example")
    looks = client_of(
        MemberFactory(organisation=delta, role=RoleFactory(organisation=delta, levels={"contacts": 1})).user
    )
    page = looks.get(box)
    assert "live@x.example" not in page.content.decode()
    assert "Send portal link" not in page.content.decode()
    sees = RoleFactory(organisation=delta, levels={"contacts": 1, "sales": 1})
    page = client_of(MemberFactory(organisation=delta, role=sees).user).get(box)
    assert "live@x.example" in page.content.decode()
    assert "Revoke" not in page.content.decode()


def test_the_card_is_closed_to_others(client_of, carol, box, browser, invoice):
    link = PortalLinkFactory(document=invoice)
    assert client_of(carol).get(box).status_code == 404
    assert client_of(carol).post(f"{box}{link.pk}/revoke/").status_code == 404
    assert browser.get(f"/o/delta/contacts/{ContactFactory().pk}/portal/").status_code == 404


def test_links_of_a_merged_contact_go_on(dan_here, delta, erin, last_link):
    gone = ContactFactory(organisation=delta, name="Old Erin", email="old@x.example")
    invoice = issued_document(gone)
    token = "t" * 20
    link = PortalLinkFactory(document=invoice, token=token)
    kept_link = PortalLinkFactory(document=issued_document(erin), token="k" * 20)
    contact = Client()
    for one in (token, "k" * 20):
        contact.get(f"/portal/delta/l/{one}/")
    merge_contacts(actor=dan_here, kept=erin.pk, others=[gone.pk], values={})
    page = contact.get(f"/portal/delta/d/{invoice.pk}/")
    assert page.status_code == 200
    home = contact.get("/portal/delta/").content.decode()
    for document in (invoice, kept_link.document):
        assert document.number in home
    with time_machine.travel(link.expires_at, tick=False):
        assert contact.get(f"/portal/delta/d/{invoice.pk}/")["Location"] == f"/portal/delta/expired/{link.pk}/"
        contact.post(f"/portal/delta/expired/{link.pk}/fresh/")
        mail = OutboundEmail.objects.get()
        assert mail.to == "old@x.example"
        assert contact.get(last_link()).status_code == 302
