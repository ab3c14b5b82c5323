"""Laws of tables: where they point, whose they are, how they are listed, who may see them."""

import ast
import importlib

import pytest
from django.db import models
from django.db.models import F

from tests.house.source import APPS, LADDER, our_models, rooms

# Tables that are not an organisation's, and whose they are.
NOBODYS = {
    "partners.Organisation": "the organisation itself",
    "partners.Plan": "the operator's",
    "partners.BillingEvent": "the operator's: what Stripe said, also of customers whom nobody here is",
    "partners.User": "a person may belong to several organisations",
    "core.NotificationPreference": "a person's",
    "core.JobItem": "its job's, which carries the organisation",
    "partners.ListingWord": "a word is nobody's",
}
# Indexes that serve another list than an organisation's.
OTHER_LISTS = {
    "member_of_person": "the organisations of a person",
    "notification_of_person": "the notifications of a person",
    "notification_unread": "the notifications of a person",
    "application_waiting": "the operator's queue",
    "version_in_review": "the operator's queue",
    "listing_search": "the listings of all firms are one list",
    "listing_facets": "the listings of all firms are one list",
    "listing_best_first": "the listings of all firms are one list",
    "grant_by_end": "the sweep that ends and warns",
    "grant_of_role": "the accesses that a role gives",
}
# Tables that a door reads without `visible_to`; test_rooms says by which scope.
WITHOUT_VISIBLE_TO = {
    "partners.Plan": "what the operator sells to a kind of organisation is the same for all of them",
    "partners.User": "people are found by their address, in a log-in or an invitation",
    "core.NotificationPreference": "a person's own",
    "core.OutboundEmail": "a sweep's; pages show mails in the demo only",
    "core.JobItem": "read through its job, which has visible_to",
}

MODELS = pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)


# Whose a row is: an organisation's, or shared by a firm and a business.
OWNERS = ("organisation_id", "firm_id", "business_id")


def organisation_field(model):
    names = {field.attname for field in model._meta.concrete_fields}
    return next((name for name in OWNERS if name in names), None)


def test_ladder_has_a_rung_for_every_app():
    assert set(APPS) == set(LADDER) - {"core"}


@MODELS
def test_foreign_keys_run_down(model):
    here = model._meta.app_label
    for field in model._meta.get_fields():
        if not field.is_relation or field.auto_created or not field.related_model:
            continue
        there = field.related_model._meta.app_label
        if there in LADDER and there != here:
            assert LADDER[there] < LADDER[here], f"{model._meta.label}.{field.name} points up or sideways to {there}"


@MODELS
def test_primary_keys_are_uuids(model):
    assert isinstance(model._meta.pk, models.UUIDField)


@MODELS
def test_models_write_nothing_of_their_own_accord(model):
    ours = [cls for cls in model.__mro__ if cls.__module__.split(".")[0] in (*APPS, "advisory_portal")]
    overridden = [(cls.__name__, name) for cls in ours for name in ("save", "delete", "asave") if name in vars(cls)]
    assert overridden == []


@MODELS
def test_rows_carry_their_organisation(model):
    assert (organisation_field(model) is None) == (model._meta.label in NOBODYS), model._meta.label


def first_column(index):
    if index.fields:
        return index.fields[0].lstrip("-")
    first = index.expressions[0]
    return first.name if isinstance(first, F) else ""


def is_of_a_queue(index):
    """A partial index whose size follows what waits."""
    return index.fields == ["due_at"] and index.condition is not None


@MODELS
def test_list_indexes_begin_with_the_organisation(model):
    if organisation_field(model) is None:
        return
    others = [
        index.name
        for index in model._meta.indexes
        if first_column(index) not in ("organisation", "organisation_id", "firm", "business")
        and not is_of_a_queue(index)
        and index.name not in OTHER_LISTS
    ]
    assert others == []


def test_exceptions_of_tables_still_exist():
    labels = {model._meta.label for model in our_models()}
    indexes = {index.name for model in our_models() for index in model._meta.indexes}
    assert set(NOBODYS) <= labels
    assert set(WITHOUT_VISIBLE_TO) <= labels
    assert set(OTHER_LISTS) <= indexes


def reached_by_doors():
    """Models whose managers the views and the API use."""
    found = {}
    for module in rooms("views", "api"):
        names = vars(importlib.import_module(module.name))
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and node.attr == "objects" and isinstance(node.value, ast.Name):
                model = names[node.value.id]
                found[model._meta.label] = model
    return found


def test_tables_reached_by_a_door_have_visible_to():
    without = {label for label, model in reached_by_doors().items() if not hasattr(model.objects, "visible_to")}
    assert without <= set(WITHOUT_VISIBLE_TO)
