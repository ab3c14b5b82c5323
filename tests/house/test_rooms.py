"""Laws of rooms: doors read in a scope, actions alone write, and every action has the same shape."""

import ast
import importlib
import inspect

import pytest

from advisory_portal.core.checks import every_view_declares_access
from tests.house.source import APPS, called_name, modules, place, rooms

# --- Doors read in a scope -----------------------------------------------------------------------------------

# What may follow `.objects` in a door, and why it is a scope.
SCOPES = {
    "visible_to": "what the actor may see",
    "joined_by": "the organisations of the person",
    "for_invitations": "begins with visible_to",
    "to_give": "begins with visible_to",
    "in_directory": "what firms show to everybody",
    "in_public": "what the shared link of a catalog shows",
    "with_token": "whoever holds the secret",
    "of_feed": "what the secret of a calendar feed shows",
    "in_portal": "ids from a signed cookie, in the portal at this address",
    "sold_to": "the operator's plans, for a kind of organisation",
    "none": "nothing at all",
}
# By module, model and method: readings that need another scope.
OTHER_READINGS = {
    ("advisory_portal.core.tasks", "OutboundEmail", "due"): "the sweep of mails",
    ("advisory_portal.core.tasks", "OutboundEmail", "filter"): "the one mail that was claimed",
    ("advisory_portal.demo_mail", "OutboundEmail", "defer"): "the demo shows every mail to everybody",
    ("advisory_portal.frame", "Notification", "filter"): "the person's own",
    ("bookkeeping.tasks", "FilingCalendar", "due"): "the sweep of coming tax returns",
    ("bookkeeping.tasks", "Reconciliation", "due"): "the sweep of payments that were taken back",
    ("bookkeeping.tasks", "JobItem", "of_kind"): "the sweep of entries to make",
    ("catalog.tasks", "Organisation", "filter"): "the businesses in which something ran low",
    ("catalog.tasks", "JobItem", "of_kind"): "the sweep of imports and exports",
    ("catalog.tasks", "Picture", "due"): "the sweep of pictures",
    ("catalog.tasks", "StockLevel", "alarm_due"): "the sweep of low stock",
    ("catalog.views.shop", "Picture", "in_public"): "by the hash of the secret in the address",
    ("client_portal.views.links", "PortalLink", "filter"): "by the hash of the secret in the address",
    ("collaborations.tasks", "Grant", "over"): "the sweep of accesses that are over",
    ("collaborations.tasks", "Grant", "to_warn_of"): "the sweep of accesses that end soon",
    ("collaborations.tasks", "JobItem", "of_kind"): "the sweep of imports and hand-over exports",
    ("collaborations.tasks", "MessageNotice", "due"): "the sweep of mails about messages",
    ("client_portal.tasks", "JobItem", "of_kind"): "the sweep of what is to be sent",
    ("client_portal.views.profile", "StoredFile", "filter"): "the logo that the business shows to everybody",
    ("client_portal.tasks", "GatewayAccount", "to_compare"): "the sweep that compares books with gateways",
    ("client_portal.tasks", "Reminder", "due"): "the sweep of reminders",
    ("client_portal.tasks", "CommentNotice", "due"): "the sweep of mails about comments",
    ("client_portal.tasks", "Refund", "due"): "the sweep of refunds",
    ("client_portal.tasks", "WebhookEvent", "due"): "the sweep of webhooks",
    ("documents.tasks", "FiscalRecord", "heads"): "the sweep of fiscal records",
    ("documents.tasks", "DocumentSettings", "filter"): "the businesses that have reminders on",
    ("documents.tasks", "JobItem", "of_kind"): "the sweep of imports",
    ("documents.tasks", "Recurrence", "due"): "the sweep of recurring invoices",
    ("partners.adapters", "Authenticator", "filter"): "the person's own passkeys, to name a new one",
    ("partners.adapters", "User", "filter"): "by the address that a mail goes to",
    ("bookkeeping.tasks", "InboxFile", "due"): "the sweep's",
    ("collaborations.tasks", "KpiPreference", "due"): "the sweep's",
    ("bookkeeping.tasks", "InboxFile", "given_up"): "the sweep's",
    ("partners.views.invitations", "User", "filter"): "by the invited address, whose secret was shown",
    ("partners.views.person", "NotificationPreference", "filter"): "the person's own",
}
NOT_DOORS = ("models", "kpis", "actions", "admin", "management", "apps", "demo", "services", "formats", "fiscal")


def doors():
    for module in modules():
        if module.name == "advisory_portal.core.tasks" or (
            module.room not in (*NOT_DOORS, "core") and not module.name.endswith(".apps")
        ):
            yield module


def readings():
    """Of every door: module, model and the method that follows `.objects`."""
    for module in doors():
        parents = {child: node for node in ast.walk(module.tree) for child in ast.iter_child_nodes(node)}
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and node.attr in ("objects", "_base_manager", "_default_manager"):
                after = parents[node]
                method = after.attr if isinstance(after, ast.Attribute) else "(itself)"
                yield place(module, node), (module.name, ast.unparse(node.value), method)


def test_doors_read_in_a_scope():
    wrong = [where for where, found in readings() if found[2] not in SCOPES and found not in OTHER_READINGS]
    assert wrong == []


def test_exceptions_of_scopes_still_exist():
    found = {reading for _where, reading in readings()}
    assert set(OTHER_READINGS) - found == set()
    assert set(SCOPES) - {method for _module, _model, method in found} == set()


def test_every_view_declares_whom_it_admits():
    assert every_view_declares_access(None) == []


# --- Actions alone write -------------------------------------------------------------------------------------

READING_ROOMS = ("views", "api", "rules", "sources", "models", "forms", "rows", "sheets", "words", "sitemaps")
WRITES = {
    "save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create",
    "asave", "acreate", "adelete", "select_for_update",
}  # fmt: skip
# Functions of the core that write; they belong into an action's transaction.
WRITING_FUNCTIONS = {
    "record",
    "move",
    "move_all",
    "notify",
    "store_file",
    "discard_file",
    "start_job",
    "add_items",
    "finish_item",
}
OTHER_WRITES = {
    ("bookkeeping.rows.tables", "book.save"): "into memory",
    ("partners.models.user", "user.save"): "Django's own way to make a person, which allauth calls too",
    ("partners.rules.pictures", "fitted.save"): "into memory",
}


def writes():
    for module in rooms(*READING_ROOMS):
        for call in module.calls():
            name = called_name(call)
            is_method = isinstance(call.func, ast.Attribute)
            if name == "update" and call.args:  # a dictionary's or a hash's; a QuerySet takes keywords only
                continue
            if name in (WRITES if is_method else WRITING_FUNCTIONS):
                yield place(module, call), (module.name, ast.unparse(call.func))


def test_only_actions_write():
    assert [where for where, write in writes() if write not in OTHER_WRITES] == []
    assert set(OTHER_WRITES) <= {write for _where, write in writes()}


def test_nobody_saves_a_form():
    saved = [
        place(module, call)
        for module in modules()
        for call in module.calls()
        if called_name(call) == "save"
        and isinstance(call.func, ast.Attribute)
        and ast.unparse(call.func.value).lower().endswith("form")
    ]
    assert saved == []


# --- The shape of actions ------------------------------------------------------------------------------------

WITHOUT_ACTOR = {
    "partners.take_billing_event": "what Stripe signed; it asks for nothing but to look",
    "partners.claim_billing": "the sweep asks for everybody's",
    "documents.learn_fee": "what a gateway says of money that was booked; the gateway's own steps give it",
    "collaborations.end_grant": "the grant knows its business; the sweep gives it",
    "collaborations.drop_old_handovers": "the sweep's: copies that are old go, whosesoever they are",
    "collaborations.warn_of_end": "the grant knows its business; the sweep gives it",
    "collaborations.plan_digests": "the sweep makes everybody's first choice",
    "collaborations.tell_of_work": "the preference knows whose it is; the sweep gives it",
    "documents.run_import_item": "acts for whoever began the import, who is kept with the job",
    "documents.give_up_import_item": "the sweep gives it; the job knows who began it",
    "documents.run_contact_import_item": "acts for whoever began the import, who is kept with the job",
    "bookkeeping.release_line": "the sweep gives it, for what somebody took back on a document",
    "documents.give_up_contact_import_item": "the sweep gives it; the job knows who began it",
    "documents.run_contact_export_item": "writes what whoever began it may see, who is kept with the job",
    "documents.give_up_contact_export_item": "the sweep gives it; the job knows who began it",
    "documents.read_contact_rows": "writes nothing: rows of a list as its columns say",
    "collaborations.read_client_rows": "writes nothing: rows of a list as its columns say",
    "documents.invoices_of": "writes nothing: the invoices of an order",
    "documents.settings_of": "writes nothing: reads the settings or their defaults",
    "documents.look_of": "writes nothing: how a business's documents look",
    "documents.content_of": "writes nothing: what was typed of a document",
    "documents.fold_figures": "the sweep adds up what triggers noted",
    "documents.pdf_of": "the door found the document in its scope",
    "documents.shown_pdf": "the door found the document in its scope",
    "documents.pdf_file": "the caller found the document in its scope",
    "documents.run_bulk_item": "acts for whoever began the job, who is kept with it",
    "documents.refuse_item": "the sweep gives it; the job knows who began it",
    "documents.note_unsent": "the sweep gives it; the job knows whose invoice it was",
    "documents.run_recurrence": "the sweep acts for the business",
    "documents.due_reminders": "writes nothing: what is due",
    "documents.why_closed": "writes nothing: why a quote is not to be decided",
    "documents.reminder_words": "writes nothing: what a reminder says",
    "bookkeeping.read_inbox_file": "the file knows its business; the sweep gives it",
    "bookkeeping.give_up_reading": "the file knows its business; the sweep gives it",
    "bookkeeping.take_mail": "the addresses name the businesses; the sweep acts for each",
    "bookkeeping.run_posting_item": "acts for whoever began the job, who is kept with it",
    "bookkeeping.refuse_posting_item": "the sweep gives it; the job knows who began it",
    "bookkeeping.make_filings": "the calendar knows its business; the sweep gives it",
    "bookkeeping.make_filings_of_the_day": "the sweep acts for the business",
    "client_portal.is_payable": "writes nothing: whether a document takes money",
    "client_portal.claim_attempt": "the sweep takes what is due, of every business",
    "client_portal.empty_webhooks": "the sweep's: what is old goes, whosesoever it is",
    "client_portal.end_outdated": "the sweep follows what happened to documents, of every business",
    "client_portal.claim_account_to_check": "the sweep takes what is due, of every business",
    "client_portal.fold_months": "the sweep adds up what triggers noted",
    "client_portal.run_reminder": "the sweep acts for the business",
    "bookkeeping.run_statement_item": "acts for whoever began the job, who is kept with it",
    "bookkeeping.give_up_statement_item": "the sweep gives it; the job knows who began it",
    "bookkeeping.run_reconcile_item": "acts for whoever began the job, who is kept with it",
    "bookkeeping.refuse_reconcile_item": "the sweep gives it; the job knows who began it",
    "client_portal.run_comment_notice": "the sweep gives it; the notice knows whose side it is for",
    "client_portal.run_send_item": "acts for whoever began the job, who is kept with it",
    "client_portal.give_up_send_item": "the sweep gives it; the job knows who began it",
    "collaborations.run_client_import_item": "acts for whoever began the import, who is kept with the job",
    "collaborations.give_up_client_import_item": "the sweep gives it; the job knows who began it",
    "collaborations.run_handover_item": "writes what whoever began it may see, who is kept with the job",
    "collaborations.refuse_handover_item": "the sweep gives it; the job knows who began it",
    "collaborations.send_message_notice": "the sweep gives it; the notice knows whose it is",
    "catalog.give_up_product_export_item": "the sweep gives it; the job knows who began it",
    "catalog.give_up_order_import_item": "the sweep gives it; the job knows who began it",
    "catalog.give_up_product_import_item": "the sweep gives it; the job knows who began it",
    "catalog.read_rows": "writes nothing: rows of a job as its columns say",
    "catalog.run_product_export_item": "writes what whoever began it may see, who is kept with the job",
    "catalog.read_order_rows": "writes nothing: rows of a job as its columns say",
    "catalog.run_order_import_item": "acts for whoever began the import, who is kept with the job",
    "catalog.run_product_import_item": "acts for whoever began the import, who is kept with the job",
    "catalog.make_sizes": "the sweep gives it; the picture knows whose it is",
    "catalog.settings_of": "writes nothing: reads the settings or their defaults",
    "client_portal.send_fresh_link": "anybody who holds the old link may ask",
    "client_portal.refundable": "writes nothing: what may still go back",
    "client_portal.send_refund": "the sweep gives it; the refund knows who asked",
    "client_portal.take_webhook": "a payment company calls; its signature says who",
    "client_portal.handle_webhook": "the sweep gives it; the webhook knows its business",
    "client_portal.log_in": "anybody may try; who enters is found by address and password",
    "client_portal.log_out": "whoever holds the session's token ends it",
    "client_portal.choose_contact": "whoever holds the session's token chooses among its own contacts",
    "client_portal.send_code": "anybody may ask; it goes to the address alone",
    "client_portal.enter_with_code": "whoever has the code",
    "client_portal.send_password_link": "anybody may ask; it goes to the address alone",
    "client_portal.set_password": "whoever has the mailed link's token",
    "client_portal.run_invite_item": "acts for whoever began the job, who is kept with it",
    "client_portal.refuse_invite_item": "the sweep gives it; the job knows who began it",
}
NOT_ATOMIC = dict.fromkeys(
    (
        *("documents.settings_of", "documents.content_of", "documents.look_of"),
        *("documents.due_reminders", "documents.reminder_words", "documents.why_closed", "documents.invoices_of"),
        "documents.contacts_meant",
        *("documents.read_contact_rows", "collaborations.read_client_rows"),
        *("catalog.read_rows", "catalog.read_order_rows"),
        *("client_portal.is_payable", "client_portal.payable_ways"),
        *("client_portal.way_of_contact", "client_portal.ways_of_document"),
        *("catalog.settings_of", "client_portal.refundable"),
    ),
    "writes nothing",
)
# Calls a gateway: claims and applies in transactions of its own, and refuses to run inside one (`core.outside`).
OUTSIDE = frozenset(
    f"client_portal.{name}"
    for name in (
        *("connect_account", "change_credentials", "check_account", "run_account_check"),
        *("provision_hook", "rotate_hook_secret", "drop_hooks", "send_refund", "handle_webhook"),
        *("start_payment", "sync_attempt", "look_at_attempt", "cancel_attempt", "compare_account"),
    )
) | {
    "partners.ask_for_subscriptions",
    "partners.begin_subscription",
    "partners.come_back",
    "partners.manage_payment",
    "partners.sync_subscription",
}
POSITIONAL = dict.fromkeys(("catalog.settings_of", "documents.settings_of"), "writes nothing") | {
    "client_portal.is_payable": "a document in, an answer out",
    "catalog.read_order_rows": "a job and rows in, values out",
    "catalog.read_rows": "a job and rows in, values out",
    "documents.read_contact_rows": "a job and rows in, values out",
    "collaborations.read_client_rows": "a job and rows in, values out",
    "documents.invoices_of": "an order in, its invoices out",
    "documents.pdf_of": "a document in, its PDF out",
    "client_portal.refundable": "a payment in, an amount out",
    "documents.shown_pdf": "a document in, its PDF out",
    "documents.content_of": "a document in, its content out",
    "documents.look_of": "settings in, a look out",
}


def actions():
    """Every public function that an app's actions offer: those of __all__ where there is one."""
    for app in APPS:
        try:
            room = importlib.import_module(f"{app}.actions")
        except ModuleNotFoundError:
            continue
        defined = [name for name, value in vars(room).items() if getattr(value, "__module__", "") == room.__name__]
        for name in getattr(room, "__all__", defined):
            if inspect.isfunction(getattr(room, name)) and not name.startswith("_"):
                yield f"{app}.{name}", getattr(room, name)


ACTIONS = dict(actions())
EACH = pytest.mark.parametrize("name", sorted(ACTIONS))


def definition(function):
    (node,) = ast.parse(inspect.getsource(function)).body
    return node


@EACH
def test_action_is_atomic(name):
    decorators = [ast.unparse(one) for one in definition(ACTIONS[name]).decorator_list]
    assert ("transaction.atomic" in decorators) == (name not in (*NOT_ATOMIC, *OUTSIDE))
    assert ("calls_outside" in decorators) == (name in OUTSIDE)


@EACH
def test_action_takes_keywords_only(name):
    kinds = {parameter.kind for parameter in inspect.signature(ACTIONS[name]).parameters.values()}
    assert (kinds == {inspect.Parameter.KEYWORD_ONLY}) == (name not in POSITIONAL)


@EACH
def test_action_knows_its_actor(name):
    assert ("actor" in inspect.signature(ACTIONS[name]).parameters) == (name not in WITHOUT_ACTOR)


@EACH
def test_action_never_sees_a_request(name):
    assert "request" not in inspect.signature(ACTIONS[name]).parameters


@EACH
def test_action_is_documented(name):
    assert len(inspect.getdoc(ACTIONS[name]) or "") > 20


def test_exceptions_of_actions_still_exist():
    assert {*WITHOUT_ACTOR, *NOT_ATOMIC, *OUTSIDE, *POSITIONAL} <= set(ACTIONS)


def test_functions_that_actions_share_stay_inside():
    """What stands in a file of an actions package but not in its __all__ is used by that package only."""
    for module in modules():
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.ImportFrom) or ".actions." not in f"{node.module}.":
                continue
            app, _, rest = f"{node.module}.".partition(".actions.")
            if not rest or module.name.startswith(f"{app}.actions"):
                continue
            offered = set(importlib.import_module(f"{app}.actions").__all__)
            assert {alias.name for alias in node.names} <= offered, place(module, node)
