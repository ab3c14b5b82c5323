"""Contacts are invited: one by one, and many at once by a job; their link opens the whole portal."""

import re
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.utils import timezone

from advisory_portal.core.models import Job, OutboundEmail
from client_portal import actions
from client_portal.models import PortalLink
from client_portal.rules import MOST_INVITED
from client_portal.tasks import invite_contacts
from documents.models import Contact
from tests.client_portal.test_entering import HOME, is_out
from tests.factories import ContactFactory, MemberFactory, PortalLoginFactory, RoleFactory, issued_document
from tests.pages import text_of, tree

pytestmark = pytest.mark.django_db


def invite(browser, contact, sending=None):
    return browser.post(f"/o/delta/contacts/{contact.pk}/portal/invite/", {"sending": sending or uuid4()})


def mailed_path():
    mail = OutboundEmail.objects.order_by("-id")[0]
    return urlsplit(re.search(r"http\S+/l/\S+/", mail.text)[0]).path


def test_the_invitation_opens_the_whole_portal_for_two_days(client_of, dan, erin, delta):
    staff, now = client_of(dan), timezone.now()
    first, second = issued_document(erin), issued_document(erin)
    others = issued_document(ContactFactory(organisation=delta))
    with time_machine.travel(now, tick=False) as clock:
        assert invite(staff, erin)["Location"] == f"/o/delta/contacts/{erin.pk}/"
        mail = OutboundEmail.objects.get()
        assert (mail.kind, mail.to, mail.from_name) == ("client_portal/invitation", erin.email, "Delta")
        browser = Client()
        opened = browser.get(mailed_path())
        assert (opened["Location"], opened["Referrer-Policy"]) == (HOME, "no-referrer")
        assert browser.get(HOME).status_code == 200
        for document in (first, second):
            assert browser.get(f"/portal/delta/d/{document.pk}/").status_code == 200
        assert browser.get(f"/portal/delta/d/{others.pk}/").status_code == 404
        clock.move_to(now + timedelta(hours=48))
        link = PortalLink.objects.get()
        offer = f"/portal/delta/expired/{link.pk}/"
        assert browser.get(HOME)["Location"] == offer
        browser.post(f"{offer}fresh/")
        browser.post(f"{offer}fresh/")
        assert OutboundEmail.objects.filter(kind="client_portal/fresh_portal_link").count() == 1
        fresh = Client()
        assert fresh.get(mailed_path(), follow=True).status_code == 200


def test_with_a_password_the_invitation_leads_to_the_log_in(client_of, dan, erin):
    PortalLoginFactory(organisation=erin.organisation, email=erin.email, plain="blue horses")
    invite(client_of(dan), erin)
    browser = Client()
    browser.get(mailed_path())
    assert is_out(browser)


def test_a_fresh_link_goes_only_to_the_address_on_record(client_of, dan, erin):
    invite(client_of(dan), erin)
    browser = Client()
    browser.get(mailed_path())
    erin.email = "new@customer.example"
    erin.save()
    PortalLink.objects.update(expires_at=timezone.now(), created_at=timezone.now() - timedelta(days=2))
    browser.post(f"/portal/delta/expired/{PortalLink.objects.get().pk}/fresh/")
    assert OutboundEmail.objects.count() == 1


def test_a_revoked_invitation_opens_nothing(client_of, dan, erin):
    staff, browser = client_of(dan), Client()
    invite(staff, erin)
    browser.get(mailed_path())
    link = PortalLink.objects.get()
    staff.post(f"/o/delta/contacts/{erin.pk}/portal/{link.pk}/revoke/")
    assert browser.get(HOME)["Location"] == f"/portal/delta/expired/{link.pk}/"
    assert "has closed this link" in browser.get(HOME, follow=True).content.decode()


def test_pressing_twice_is_one_mail_and_a_rollback_leaves_none(client_of, dan, dan_here, erin):
    sending = uuid4()
    for _press in range(2):
        invite(client_of(dan), erin, sending)
    assert OutboundEmail.objects.count() == PortalLink.objects.count() == 1
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.invite_contact(actor=dan_here, contact=erin, now=timezone.now(), sending=uuid4())
        raise RuntimeError
    assert OutboundEmail.objects.count() == PortalLink.objects.count() == 1


def test_inviting_is_the_affair_of_who_manages_contacts(client_of, delta, erin, carol):
    looks = MemberFactory(organisation=delta, role=RoleFactory(organisation=delta, levels={"contacts": 1})).user
    assert invite(client_of(looks), erin).status_code == 403
    assert invite(client_of(carol), erin).status_code == 404
    assert invite(Client(), erin)["Location"].startswith("/accounts/login/")
    assert client_of(looks).post("/o/delta/contacts/invitations/", {"contact": [erin.pk]}).status_code == 403


# --- Many at once -----------------------------------------------------------------------------------------------


def test_many_are_invited_by_a_job_that_says_what_became_of_each(client_of, dan, erin, delta):
    without, foreign = ContactFactory(organisation=delta, name="Zoe", email=""), ContactFactory()
    staff = client_of(dan)
    ids = [erin.pk, without.pk, foreign.pk, "junk"]
    to = staff.post("/o/delta/contacts/invitations/", {"contact": ids})["Location"]
    assert "0 of 2" in text_of(tree(staff.get(to)))
    assert invite_contacts() == 2
    invite_contacts()
    words = text_of(tree(staff.get(to)))
    assert "1 contact is invited." in words
    assert "Zoe has no e-mail address." in words
    assert list(OutboundEmail.objects.values_list("to", flat=True)) == [erin.email]
    job = Job.objects.get()
    assert (job.total, job.done, job.finished_at is not None) == (2, 2, True)


def test_a_job_that_is_killed_half_way_mails_nobody_twice(dan_here, erin):
    job = actions.invite_contacts(actor=dan_here, contacts=[erin.pk])
    item = job.items.get()
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.run_invite_item(item=item, now=timezone.now())
        raise RuntimeError
    assert not OutboundEmail.objects.exists()
    item.refresh_from_db()
    for _time in range(2):
        actions.invite_contact(actor=dan_here, contact=erin, now=timezone.now(), sending=item.pk)
    invite_contacts()
    assert OutboundEmail.objects.count() == 1


@pytest.mark.parametrize("ids", [[], ["junk"]])
def test_nobody_chosen_is_told(client_of, dan, erin, ids):
    answer = client_of(dan).post("/o/delta/contacts/invitations/", {"contact": ids}, follow=True)
    assert "Choose at least one contact." in answer.content.decode()
    assert not Job.objects.exists()


def test_more_than_the_most_is_refused(dan_here, delta):
    made = Contact.objects.bulk_create(
        Contact(organisation=delta, kind="customer", name=f"C {number}", sort_key=f"c {number}")
        for number in range(MOST_INVITED + 1)
    )
    with pytest.raises(actions.NobodyChosen, match="At most 2,000"):
        actions.invite_contacts(actor=dan_here, contacts=[contact.pk for contact in made])
    assert not Job.objects.exists()
