from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from partners import actions
from partners.models import ProfileVersion, ProgrammeApplication, Subscription
from tests.partners.programme import CONTENT, LATER, NOW, RITA, ask, join, pay, picture, publish, submit, write

PROGRAMME, PORTAL = "/o/acme/advisory-services/", "/o/acme/my-portal/"
STATE = "/o/acme/my-portal/profile/state/"
EDITOR = PORTAL + "profile/"
HTMX = {"HTTP_HX_REQUEST": "true"}
FORM = dict(CONTENT)  # what a browser sends: nothing for boxes that are not ticked
State = ProfileVersion.State


@pytest.fixture
def alice_here(alice, acme, actor_of):
    return actor_of(alice, acme)


@pytest.fixture
def browser(alice) -> Client:
    client = Client()
    client.force_login(alice)
    return client


def text_of(response) -> str:
    return response.content.decode()


def upload(content: bytes) -> dict:
    return {"picture": SimpleUploadedFile("logo.png", content, "image/png")}


# --- Advisory services ---------------------------------------------------------------------------------------


def test_programme_page_shows_each_precondition_and_the_way_to_meet_it(browser, acme):
    acme.profession = "other"
    acme.save()
    page = text_of(browser.get(PROGRAMME))
    assert page.count('<li class="condition condition-met">') == 1
    assert page.count('<li class="condition">') == 2
    assert page.count("(not met)") == 2
    assert "/o/acme/settings/plan/" in page and "There is no subscription yet." in page
    assert "Set the profession" in page
    assert "Send request" not in page


def test_programme_page_of_a_business_leads_to_a_firm(dan, delta, client_of):
    pay(delta)
    page = text_of(client_of(dan).get("/o/delta/advisory-services/"))
    assert "Delta is registered as a business." in page
    assert "/organisations/new/" in page
    assert page.count('<li class="condition">') == 3
    assert "See your plan" not in page and "Set the profession" not in page
    assert "Send request" not in page


def test_programme_page_says_until_when_is_paid(browser, acme):
    Subscription.objects.create(organisation=acme, status="active", paid_until="2099-12-31")
    assert "Your subscription is paid until 31 Dec 2099." in text_of(browser.get(PROGRAMME))


def test_programme_page_says_that_payment_is_overdue(browser, acme):
    Subscription.objects.create(organisation=acme, status="past_due")
    assert "Your subscription is not paid (Payment overdue)." in text_of(browser.get(PROGRAMME))


def test_request_is_sent_after_its_confirmation(browser, acme):
    pay(acme)
    page = text_of(browser.get(PROGRAMME))
    assert page.count('<li class="condition condition-met">') == 3
    assert "Send request" in page and ">Confirm</button>" in page
    response = browser.post(PROGRAMME + "send/", follow=True)
    assert response.redirect_chain == [(PROGRAMME, 302)]
    assert "Your request is waiting" in text_of(response)
    assert "Send request" not in text_of(response)
    assert ProgrammeApplication.objects.get().sent_by_name == "Alice"


def test_request_that_is_refused_says_why(browser):
    response = browser.post(PROGRAMME + "send/", HTTP_REFERER=f"http://testserver{PROGRAMME}", follow=True)
    assert "Something is missing before you can send the request." in text_of(response)
    assert not ProgrammeApplication.objects.exists()


def test_request_is_not_for_account_managers(bob, acme, client_of):
    pay(acme)
    page = text_of(client_of(bob).get(PROGRAMME))
    assert "An owner or administrator of Acme Advisers can send the request." in page
    assert "Send request" not in page
    assert client_of(bob).post(PROGRAMME + "send/").status_code == 403


def test_rejected_firm_reads_the_reason_and_may_ask_again(browser, alice_here):
    actions.reject_application(actor=RITA, application=ask(alice_here), reason="No <number>.", now=NOW)
    page = text_of(browser.get(PROGRAMME))
    assert "Your request was not accepted" in page and "No &lt;number&gt;." in page
    assert "Send request" in page


def test_accepted_firm_is_led_to_its_portal(browser, alice_here):
    join(alice_here)
    page = text_of(browser.get(PROGRAMME))
    assert "Acme Advisers is in the programme" in page
    assert f'class="button button-primary" href="{PORTAL}"' in page
    assert "condition-list" not in page


def test_suspended_firm_reads_the_reason(browser, alice_here):
    actions.suspend_firm(actor=RITA, application=join(alice_here), reason="No insurance.", now=NOW)
    for page in (text_of(browser.get(address)) for address in (PROGRAMME, PORTAL, STATE)):
        assert "suspended from the programme" in page and "No insurance." in page


# --- State of the profile -------------------------------------------------------------------------------------


def test_profile_state_without_profile_says_how_to_begin(browser):
    page = text_of(browser.get(STATE))
    assert "No profile yet" in page and "Complete profile" in page
    assert "Your firm is not in the programme yet" in page


def test_profile_state_for_account_managers_only_shows(bob, acme, alice_here, client_of):
    write(alice_here)
    page = text_of(client_of(bob).get(STATE))
    assert "Acme Advisers" in page and "Complete profile" not in page
    assert client_of(bob).get(EDITOR).status_code == 403
    assert client_of(bob).post(EDITOR + "save/", FORM).status_code == 403


def test_profile_state_shows_what_the_reviewer_asks_for(browser, alice_here):
    join(alice_here)
    reasons = {"tagline": "No <b>superlatives</b>.", "logo": "Blurred."}
    actions.request_changes(actor=RITA, version=submit(alice_here), reasons=reasons, now=LATER)
    for address in (STATE, EDITOR):
        page = text_of(browser.get(address))
        assert "No &lt;b&gt;superlatives&lt;/b&gt;." in page
        assert page.index("Blurred.") < page.index("superlatives")


def test_profile_state_takes_the_same_queries_for_many_versions(browser, alice_here):
    join(alice_here)
    publish(alice_here)
    counts = []
    for tagline in ("Two", "Three", "Four"):
        publish(alice_here, tagline=tagline)
        with CaptureQueriesContext(connection) as queries:
            browser.get(STATE)
        counts.append(len(queries))
    assert counts == [counts[0]] * 3 and counts[0] <= 12


# --- The Profile window --------------------------------------------------------------------------------------


def test_editor_begins_with_what_the_organisation_said_and_writes_nothing(browser, acme):
    acme.city = "Bilbao"
    acme.save()
    page = text_of(browser.get(EDITOR))
    assert 'value="Acme Advisers"' in page and 'value="Bilbao"' in page
    assert "things are missing." in page
    assert not ProfileVersion.objects.exists()


def test_draft_is_saved_while_one_writes(browser, acme):
    response = browser.post(EDITOR + "save/", FORM | {"tagline": "Fresh <tagline>"}, **HTMX)
    page = text_of(response)
    assert response.status_code == 200
    assert page.lstrip().startswith('<div class="profile-side" id="profile-side">')
    assert "Saved" in page and "Fresh &lt;tagline&gt;" in page
    assert ProfileVersion.objects.get().content["tagline"] == "Fresh <tagline>"


def test_draft_says_what_was_not_saved(browser):
    page = text_of(browser.post(EDITOR + "save/", FORM | {"website": "javascript:alert(1)"}, **HTMX))
    assert "Saved, except:" in page and '<a href="#id_website">' in page
    assert "javascript:" not in page
    assert ProfileVersion.objects.get().content["city"] == "Málaga"


def test_draft_is_saved_without_javascript(browser):
    response = browser.post(EDITOR + "save/", FORM, follow=True)
    assert response.redirect_chain == [(EDITOR, 302)]
    assert "Saved as a draft." in text_of(response)


def test_what_is_wrong_is_shown_again_without_javascript(browser):
    response = browser.post(EDITOR + "save/", FORM | {"email": "nonsense"})
    assert response.status_code == 422
    assert 'value="nonsense"' in text_of(response)


def test_checklist_names_what_blocks_submission(browser, alice_here):
    join(alice_here)
    page = text_of(browser.post(EDITOR + "save/", FORM | {"tagline": ""}, **HTMX))
    assert "2 things are missing." in page
    assert '<a href="#pictures">Logo</a>' in page and '<a href="#id_tagline">Tagline</a>' in page
    write(alice_here)
    assert "Everything is there. You can submit." in text_of(browser.get(EDITOR))


def test_submit_keeps_and_sends_what_is_on_the_page(browser, alice_here):
    join(alice_here)
    write(alice_here)
    response = browser.post(EDITOR + "submit/", FORM | {"tagline": "Last words"}, follow=True)
    assert response.redirect_chain == [(STATE, 302)]
    assert "Your profile is being reviewed" in text_of(response)
    version = ProfileVersion.objects.get()
    assert (version.state, version.content["tagline"]) == (State.IN_REVIEW, "Last words")


def test_incomplete_profile_is_kept_and_shown_again(browser, alice_here):
    join(alice_here)
    response = browser.post(EDITOR + "submit/", FORM | {"tagline": "Only this"})
    assert response.status_code == 422
    assert "The checklist says what." in text_of(response)
    version = ProfileVersion.objects.get()
    assert (version.state, version.content["tagline"]) == (State.DRAFT, "Only this")


def test_profile_submitted_twice_says_that_it_is_in_review(browser, alice_here):
    join(alice_here)
    write(alice_here)
    browser.post(EDITOR + "submit/", FORM)
    response = browser.post(EDITOR + "submit/", FORM, HTTP_REFERER=f"http://testserver{EDITOR}", follow=True)
    assert "This profile is being reviewed. Withdraw it to change it." in text_of(response)
    assert ProfileVersion.objects.count() == 1


def test_profile_in_review_is_shown_and_withdrawn(browser, alice_here):
    join(alice_here)
    submit(alice_here)
    page = text_of(browser.get(EDITOR))
    assert "It does not change meanwhile." in page and 'id="profile"' not in page
    response = browser.post(EDITOR + "withdraw/", follow=True)
    assert response.redirect_chain == [(EDITOR, 302)]
    assert ProfileVersion.objects.get().state == State.DRAFT


def test_withdrawing_what_was_decided_says_so(browser, alice_here):
    join(alice_here)
    publish(alice_here)
    response = browser.post(EDITOR + "withdraw/", HTTP_REFERER=f"http://testserver{PORTAL}", follow=True)
    assert "the profile was decided meanwhile" in text_of(response)


def test_business_is_led_to_the_programme(dan, delta, client_of):
    client = client_of(dan)
    for address in ("my-portal/", "my-portal/profile/", "my-portal/profile/state/", "my-portal/profile/logo/"):
        assert client.get(f"/o/delta/{address}")["Location"] == "/o/delta/advisory-services/"
    assert client.post("/o/delta/my-portal/profile/save/", FORM)["Location"] == "/o/delta/advisory-services/"
    assert not ProfileVersion.objects.exists()


# --- Pictures ------------------------------------------------------------------------------------------------


def test_picture_is_put_and_shown_to_the_firm_only(browser, carol, rival, alice_here, client_of):
    response = browser.post(EDITOR + "logo/set/", upload(picture(900, 900)), **HTMX)
    page = text_of(response)
    assert page.count('id="pictures"') == 1
    assert page.count('id="profile-side" hx-swap-oob="true"') == 1
    shown = browser.get(EDITOR + "logo/")
    assert shown["Content-Type"] == "image/webp"
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert Image.open(BytesIO(shown.content)).size == (512, 512)
    assert client_of(carol).get(EDITOR + "logo/").status_code == 404
    assert client_of(carol).get("/o/rival/my-portal/profile/logo/").status_code == 404


def test_picture_is_put_and_taken_away_without_javascript(browser):
    assert browser.post(EDITOR + "cover/set/", upload(picture()))["Location"] == EDITOR
    assert browser.get(EDITOR + "cover_small/").status_code == 200
    assert browser.post(EDITOR + "cover/remove/")["Location"] == EDITOR
    assert browser.get(EDITOR + "cover/").status_code == 404


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "Use a PNG, JPEG or WebP file."),
        (picture(8000, 5000), "40 megapixels"),
        (b"", "Use a PNG, JPEG or WebP file."),
    ],
    ids=["svg", "pixels", "empty"],
)
def test_picture_that_is_none_is_refused_with_a_message(browser, content, message):
    answer = browser.post(EDITOR + "logo/set/", upload(content), **HTMX)
    assert (answer.status_code, message in text_of(answer)) == (422, True)
    response = browser.post(EDITOR + "logo/set/", upload(content), HTTP_REFERER=f"http://testserver{EDITOR}")
    assert (response.status_code, response["Location"]) == (302, f"http://testserver{EDITOR}")
    assert not ProfileVersion.objects.exists()


def test_no_picture_chosen_says_so(browser):
    assert "Choose a picture first." in text_of(browser.post(EDITOR + "logo/set/", **HTMX))


@pytest.mark.parametrize("which", ["content", "organisation", "logo_tiny"])
def test_nothing_but_pictures_is_served(browser, alice_here, which):
    write(alice_here)
    assert browser.get(f"{EDITOR}{which}/").status_code == 404
    assert browser.post(f"{EDITOR}{which}/set/", upload(picture())).status_code == 404
    assert browser.post(f"{EDITOR}{which}/remove/").status_code == 404


# --- Navigation ----------------------------------------------------------------------------------------------


def test_firm_finds_the_programme_in_its_navigation(browser):
    page = text_of(browser.get(PROGRAMME))
    assert f'href="{PORTAL}"' in page and f'href="{PROGRAMME}"' in page
