"""Every address, tried by everybody: in their own organisation, in another one, and with another one's objects.

The list of addresses comes from the resolver. A page that asks for a part which `parts_for` does not know fails here:
add it to the world, so that the page is tried too.
"""

import re
from datetime import timedelta
from http.cookies import SimpleCookie
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.clock import NOON
from tests.house.addresses import every_address
from tests.house.source import our_models
from tests.house.world import MARKER, build_world

pytestmark = pytest.mark.django_db
URLCONF = "tests.house.addresses"
ADDRESSES = {address.name: address for address in every_address()}
EVERYBODY = ("alice", "bob", "carol", "dan", "vera", "rita", "erin", "anonymous")
WORKS = {200, 302, 405, 422}
OF_OBJECTS = {"document_id", "contact_id", "job_id", "link_id", "member_id", "role_id", "invitation_id"}
OF_OBJECTS |= {
    "series_id",
    "tax_id",
    "record_id",
    "settlement_id",
    "attachment_id",
    "note_id",
    "contact_import_id",
    "contact_export_id",
    "recurrence_id",
    "bulk_id",
    "filter_id",
}
OF_OBJECTS |= {"session_id", "logo_id", "invitations_id"}
OF_OBJECTS |= {"posting_id", "entry_id", "account_id", "rule_id"}
OF_OBJECTS |= {"filing_id", "file_id"}
OF_OBJECTS |= {"category_id", "product_id", "picture_id", "price_list_id", "variant_id"}
OF_OBJECTS |= {"product_import_id", "product_export_id", "order_import_id"}
OF_OBJECTS |= {"order_id", "cart_line_id"}
OF_OBJECTS |= {"quote_id", "comment_file_id"}
OF_OBJECTS |= {
    "bank_account_id",
    "bank_rule_id",
    "line_id",
    "reconciliation_id",
    "reconcile_job_id",
    "statement_import_id",
    "statement_file_id",
}
OF_OBJECTS |= {"conversation_id", "collaboration_id", "sent_file_id"}
OF_OBJECTS |= {"question_id", "reply_id"}
OF_OBJECTS |= {"client_id", "assignment_id", "client_import_id", "handover_id", "view_id"}
OF_OBJECTS |= {"gateway_id", "attempt_id", "payment_id", "refund_id", "event_id"}
# Parts that are no row of an organisation.
FIXED = {"hexadecimal": "1f5f8b", "key": "nonsense", "uidb36": "1", "pk": 1, "kind": "invoices", "which": "logo"}
# A firm that is published, and the first part of the sitemap.
FIXED |= {"size": "small"}
FIXED |= {"file_format": "csv", "firm": "listed-firm", "part": 1, "layout": "bold", "number": 1}
FIXED |= {"company": "stripe"}
FIXED["gateway"] = "stripe"
# Pages that show what is another organisation's, and why they may.
SHOW_OTHERS = {
    "demo_mail": "the demo shows every mail to everybody",
    "demo_email": "the demo shows every mail to everybody",
    "demo_email_body": "the demo shows every mail to everybody",
}
PORTAL_DOORS = ("log_in", "send_code", "enter_code", "forgot_password", "new_password")
SHOW_OTHERS |= {f"client_portal:{name}": "a portal's door says whose portal it is" for name in PORTAL_DOORS}
HOLDER = "whoever holds the token may see what it is for"
# Reading that leaves a trace, and posts that those who may only look may do.
RECORDED = dict.fromkeys(("documents:document_original", "documents:attachment"), "each download is recorded")
RECORDED |= dict.fromkeys(("documents:contact_export_file", "documents:export_contacts"), "each download is recorded")
RECORDED |= dict.fromkeys(
    ("documents:document_pdf", "documents:document_ubl", "documents:document_cii"), "each download is recorded"
)
RECORDED["client_portal:document_pdf"] = "made when it is first asked for, and kept"
RECORDED |= dict.fromkeys(
    ("client_portal:staff_certificate", "client_portal:staff_comment_file"), "each download is recorded"
)
RECORDED["documents:download_job"] = "each download is recorded"
RECORDED |= dict.fromkeys(("catalog:product_export_file", "catalog:export_products"), "each download is recorded")
RECORDED["client_portal:view_portal"] = "that staff look as a contact is recorded"
OWN_AFFAIR = {"partners:leave": "everybody may leave", "documents:saved_filters": "seen by the person alone"}
OWN_AFFAIR["client_portal:staff_read_comments"] = "whoever reads has read for the business"
OWN_AFFAIR["collaborations:mark_read"] = "what the person alone has read"
RECORDED["collaborations:handover_file"] = "each download is recorded"
RECORDED["collaborations:answer_file"] = "each download is recorded"
RECORDED["collaborations:sent_file"] = "each download is recorded"
LEAVING = {"client_portal:log_out": "ends the session, and leads to the log-in"}
OWN_POLICY = {"demo_email_body": "a mail carries its own styles; nothing else in it runs"}
POSTED = {"email": "new@example.com", "emails": "new@example.com", "name": "New", "direction": "sales"}
TABLES = "|".join(model._meta.db_table for model in our_models())
WRITE = re.compile(rf'^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(?:{TABLES})"?\b', re.IGNORECASE)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    return {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder}},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, files):
    """Built once; every request is rolled back, and in the end the world too."""
    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with django_db_blocker.unblock(), transaction.atomic():
        earlier = time_machine.travel(NOON - timedelta(hours=1), tick=True)
        with earlier, override_settings(STORAGES=files, PASSWORD_HASHERS=quick, ROOT_URLCONF=URLCONF):
            built = build_world()
            built.clients = {name: client_for(built, name) for name in (*EVERYBODY, "fox")}
        yield built
        transaction.set_rollback(True)


def client_for(world, name):
    client = Client(raise_request_exception=False)
    if name in world.people:
        client.force_login(world.people[name])
    elif name == "erin":
        client.get(reverse("client_portal:open_link", args=["delta", world.delta.tokens["link"]]))
        assert client.cookies["portal_links"].value
        client.cookies["portal_session"] = world.delta.tokens["session"]
    return client


@pytest.fixture
def door(world, settings, files, quick_and_apart):
    """Sends a request as somebody and takes back what it did; gives the answer and the writes it made."""
    settings.STORAGES, settings.ROOT_URLCONF = files, URLCONF

    def send(name, method, path, data):
        client = world.clients[name]
        cookies = client.cookies.output()
        cache.key_prefix = f"test-{uuid4().hex}"  # nobody has tried too often
        block = transaction.atomic()
        block._from_testcase = True  # as Django's test cases mark theirs: what calls a gateway runs in no other
        with block, CaptureQueriesContext(connection) as queries:
            response = getattr(client, method)(path, data)
            transaction.set_rollback(True)
        client.cookies = SimpleCookie(cookies.replace("Set-Cookie: ", ""))
        return response, [query["sql"] for query in queries if WRITE.match(query["sql"])]

    return send


# --- What each address is tried with -------------------------------------------------------------------------


def parts_for(address, place, objects):
    """Values for the parts of an address: the place's own, or objects of another; None if it has no such thing."""
    parts = {}
    for part in address.parts:
        if part == "token":
            parts[part] = objects.tokens.get(token_of(address.name))
        elif part in ("organisation", "business"):
            parts[part] = place.slug
        elif part in FIXED:
            parts[part] = FIXED[part]
        else:
            assert part in OF_OBJECTS | {"notification_id", "email_id"}, f"{address.name} asks for {part}: add it"
            parts[part] = objects.parts.get(part)
    return None if None in parts.values() else parts


def token_of(name):
    """Which secret an address is for."""
    if name == "tax_feed":
        return "feed"
    if name == "client_portal:take_webhook":
        return "hook"
    if name.startswith("catalog:shared"):
        return "share"
    return "link" if "client_portal" in name else "invitation"


def cases(world, address):
    """Place, whose objects, and the path, for everything that an address can be tried with."""
    homes = [world.acme, world.delta, world.foxtrot] if {"organisation", "business"} & set(address.parts) else []
    tried = [(home, home) for home in homes or [world.delta, world.foxtrot]]
    if homes and OF_OBJECTS & set(address.parts):
        tried += [(world.acme, world.foxtrot), (world.delta, world.foxtrot), (world.foxtrot, world.delta)]
    for place, objects in tried:
        parts = parts_for(address, place, objects)
        if parts is not None:
            yield place, objects, reverse(address.name, urlconf=URLCONF, kwargs=parts)


def allowed(world, address, name, place, objects):
    """The statuses that an answer may have, "log in" among them."""
    is_logged_in = name in world.people
    if address.admits == "portal":
        if name == "erin" and place is world.delta:
            return WORKS | {204, 404} if objects is world.delta else {404, 405}
        return {404} if place is world.acme else {"log in"}  # firms have no portal
    if address.admits == "person":
        if not is_logged_in:
            return {"log in"}
        is_own = "notification_id" not in address.parts or world.people[name] == objects.owner
        return WORKS if is_own else {404, 405}
    if address.admits == "workspace":
        if not is_logged_in:
            return {"log in"}
        if name not in world.members[place.slug]:
            return {404}
        if objects is not place or address.kind not in ("", place.organisation.kind):
            return {403, 404, 405}
        return WORKS if name == "dan" else WORKS | {403, 404}
    return {"log in", *range(200, 500)}


def answer_of(response):
    to = response.headers.get("Location", "")
    is_log_in = response.status_code == 302 and re.match(r"/accounts/login/\?next=|/portal/[a-z]+/log-in/", to)
    return "log in" if is_log_in else response.status_code


def may_show(address, place, objects):
    return address.name in SHOW_OTHERS or "token" in address.parts


# --- The laws ------------------------------------------------------------------------------------------------

EACH = pytest.mark.parametrize("name", sorted(ADDRESSES))


@EACH
def test_address_admits_nobody_else(world, door, name):
    address = ADDRESSES[name]
    tried = list(cases(world, address))
    assert tried, f"{name} is never tried: give the world what it asks for"
    for place, objects, path in tried:
        for who in EVERYBODY:
            expected = allowed(world, address, who, place, objects)
            for method in ("get", "post"):
                data = POSTED | {"role": objects.parts["role_id"]} if method == "post" else {}
                response, writes = door(who, method, path, data)
                what = f"{who}: {method.upper()} {path} → {response.status_code}"
                assert answer_of(response) in expected, what
                assert_keeps_to_itself(address, response, what, place, objects)
                assert_writes(address, who, method, answer_of(response), writes, what)


def assert_keeps_to_itself(address, response, what, place, objects):
    if not may_show(address, place, objects):
        assert MARKER.lower() not in (said_in(response) + str(response.headers)).lower(), what
    if address.name not in OWN_POLICY:
        policy = dict(part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";"))
        assert (policy["default-src"], policy["script-src"], policy["style-src"]) == ("'none'", "'self'", "'self'"), (
            what
        )
        assert "unsafe" not in str(policy), what


def said_in(response):
    """The body of an answer, also of one that comes piece by piece."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode(errors="replace")


def assert_writes(address, who, method, answer, writes, what):
    """Reading changes nothing, whoever is refused changes nothing, and who may only look changes nothing."""
    if method == "get" and address.name not in RECORDED:
        assert writes == [], what
    if answer in ("log in", 403, 404) and address.name not in LEAVING:
        assert writes == [], what
    if who == "vera" and address.admits == "workspace" and address.name not in {*RECORDED, *OWN_AFFAIR}:
        assert writes == [], what


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("documents:contacts", None),
        ("documents:contact", "contact_id"),
        ("documents:list", None),
        ("documents:document", "document_id"),
        ("documents:import", None),
        ("documents:import_job", "job_id"),
        ("documents:recurrences", None),
        ("documents:recurrence", "recurrence_id"),
        ("documents:job", "bulk_id"),
        ("documents:jobs", None),
        ("documents:saved_filters", None),
        ("documents:settings_numbers", None),
        ("documents:settings_taxes", None),
        ("bookkeeping:journal", None),
        ("bookkeeping:entry", "entry_id"),
        ("bookkeeping:filing", "filing_id"),
        ("bookkeeping:inbox", None),
        ("bookkeeping:inbox_file", "file_id"),
        ("bookkeeping:posting", "posting_id"),
        ("bookkeeping:chart", None),
        ("bookkeeping:ledger_account", "account_id"),
        ("bookkeeping:trial_balance", None),
        ("bookkeeping:posting_rules", None),
        ("client_portal:document_links", "document_id"),
        ("client_portal:staff_comments", "document_id"),
        ("client_portal:staff_unread_comments", None),
        ("client_portal:staff_decision", "quote_id"),
        ("collaborations:my_advisory", None),
        ("collaborations:questions", None),
        ("collaborations:question", "question_id"),
        ("collaborations:grant", "conversation_id"),
        ("collaborations:advisory_conversation", "conversation_id"),
        ("partners:users", None),
        ("partners:roles", None),
        ("partners:activity", None),
        ("partners:organisation_settings", None),
    ],
)
def test_marker_is_seen_by_its_owner(world, door, name, part):
    """The control of the test above: on these pages the marker would show."""
    parts = parts_for(ADDRESSES[name], world.foxtrot, world.foxtrot)
    response, _writes = door("fox", "get", reverse(name, kwargs=parts), {})
    assert response.status_code == 200
    assert MARKER in response.content.decode()


@pytest.mark.parametrize("name", ["partners:give_role", "partners:invite"])
def test_ids_of_others_in_a_form_are_refused(world, door, name):
    parts = parts_for(ADDRESSES[name], world.delta, world.delta)
    posted = POSTED | {"role": world.foxtrot.parts["role_id"]}
    response, writes = door("dan", "post", reverse(name, kwargs=parts), posted)
    assert (response.status_code, writes) == (422 if name == "partners:invite" else 302, [])


def test_ids_of_ones_own_in_a_form_are_taken(world, door):
    """The control of the test above."""
    parts = parts_for(ADDRESSES["partners:give_role"], world.delta, world.delta)
    path = reverse("partners:give_role", kwargs=parts)
    response, writes = door("dan", "post", path, {"role": world.delta.parts["role_id"]})
    assert response.status_code == 302
    assert any("partners_member" in sql for sql in writes)


ADMIN = [
    "index",
    "partners_organisation_changelist",
    "partners_user_changelist",
    "partners_plan_add",
    "password_change",
]


@pytest.mark.parametrize("name", ADMIN)
def test_admin_admits_nobody_without_second_factor(world, door, name):
    for who in EVERYBODY:
        response, writes = door(who, "get", reverse(f"admin:{name}"), {})
        assert (response.status_code, writes) == (302, []), who
        assert response["Location"].startswith("/admin/login/"), who


def test_exceptions_of_doors_still_exist():
    assert {*SHOW_OTHERS, *RECORDED, *OWN_AFFAIR, *OWN_POLICY, *LEAVING} <= set(ADDRESSES)
