"""Reconciling many lines: suggestions that a person confirmed at once, and rules that ask nobody."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from advisory_portal.core.access import Actor, Level, Section
from advisory_portal.core.errors import Refused
from advisory_portal.core.formatting import active_language
from advisory_portal.core.history import record
from advisory_portal.core.jobs import actor_of, add_items, finish_item, nudge, start_job
from advisory_portal.core.models import Job, JobItem
from bookkeeping.actions.reconciliations import Pick, Rest, reconcile_line
from bookkeeping.models import BankLine, BankRule, LedgerAccount, Statement
from bookkeeping.models.matching import account_id_of, rules_of, sure_suggestions
from bookkeeping.rules.matching import rule_fits
from bookkeeping.rules.statements import RECONCILE

AT_ONCE = 200
MOST_LINES = 20_000


class NothingToReconcile(Refused):
    """No suggestion was chosen, or none is sure enough."""


@transaction.atomic
def confirm_suggestions(*, actor: Actor, chosen: Mapping[UUID, Sequence[str]], now: datetime) -> Job:
    """Reconcile many lines, each with the keys of its suggestion; up to AT_ONCE at once, more by the sweep.

    What somebody else did meanwhile is refused line by line. Raises NothingToReconcile, Forbidden.
    """
    actor.require(Section.BANKING, Level.MANAGE)
    rows = BankLine.objects.visible_to(actor).filter(pk__in=list(chosen)[:MOST_LINES])
    items = [
        JobItem(name=str(line)[:300] or str(line.amount), detail={"line": str(line.pk), "keys": list(chosen[line.pk])})
        for line in rows.order_by("booked_on", "id")
    ]
    if not items:
        raise NothingToReconcile(_("Choose at least one suggestion."))
    job = start_job(actor=actor, kind=RECONCILE, parameters={"language": active_language(), "by": "person"})
    add_items(job, items)
    record(actor, "bookkeeping.reconciling.started", about=job, after={"lines": len(items)})
    if len(items) > AT_ONCE:
        nudge("bookkeeping.reconcile_lines")
        return job
    for item in job.items.select_related("job").order_by("position"):
        run_reconcile_item(item=item, now=now)
    job.refresh_from_db()
    return job


@transaction.atomic
def confirm_all(*, actor: Actor, now: datetime) -> Job:
    """Confirm every sure suggestion of all open lines. Raises NothingToReconcile, Forbidden."""
    actor.require(Section.BANKING, Level.MANAGE)
    found = sure_suggestions(actor, MOST_LINES)
    return confirm_suggestions(actor=actor, chosen={line.pk: one.keys for line, one in found}, now=now)


def start_automatic(*, actor: Actor, statement: Statement, now: datetime) -> Job | None:
    """Let rules that ask nobody reconcile the new lines of a statement, as a job; None where none fits."""
    own = list(BankRule.objects.filter(organisation_id=statement.organisation_id, is_automatic=True).order_by("id"))
    if not own or not actor.may(Section.BANKING, Level.MANAGE):
        return None
    values = list(zip(own, rules_of(own), strict=True))
    items = []
    for line in statement.lines.order_by("position").iterator(chunk_size=2_000):
        text = " ".join(filter(None, (line.counterparty_name, line.text, line.reference)))
        rule = next((row for row, value in values if rule_fits(value, text, line.amount)), None)
        if rule is not None:
            detail = {"line": str(line.pk), "keys": [f"account:{rule.account_id}"], "rule": str(rule.pk)}
            items.append(JobItem(name=str(line)[:300] or str(line.amount), detail=detail))
    if not items:
        return None
    job = start_job(actor=actor, kind=RECONCILE, parameters={"language": active_language(), "by": "rules"})
    add_items(job, items)
    nudge("bookkeeping.reconcile_lines")
    return job


@transaction.atomic
def run_reconcile_item(*, item: JobItem, now: datetime) -> None:
    """Reconcile the line of one item, as whoever began it. A refusal is its outcome, with the reason."""
    actor = actor_of(item.job)
    with translation.override(item.job.parameters["language"]):
        try:
            with transaction.atomic():
                _reconcile(actor, item)
        except Refused as refused:
            finish_item(item, JobItem.Outcome.REFUSED, reason=refused.message, detail=item.detail)
            return
    finish_item(item, JobItem.Outcome.DONE, detail=item.detail)


def _reconcile(actor: Actor, item: JobItem) -> None:
    line = BankLine.objects.get(organisation_id=actor.place.id, pk=item.detail["line"])
    keys: list[str] = item.detail["keys"]
    rule = BankRule.objects.filter(organisation_id=actor.place.id, pk=item.detail.get("rule")).first()
    rest = None
    if keys and keys[0].startswith("account:"):
        accounts = LedgerAccount.objects.filter(organisation_id=actor.place.id)
        account = accounts.filter(pk=account_id_of(keys[0])).first()
        if account is None:
            raise NothingToReconcile(_("The account is not there any more."))
        rest, keys = Rest(account, rule.contact if rule else None), []
    reasons = [("rule", rule.name)] if rule else [("many", "")]
    reconcile_line(
        actor=actor,
        line=line,
        picks=[Pick.of(key) for key in keys],
        rest=rest,
        key=uuid5(item.pk, "line"),
        reasons=reasons,
    )


@transaction.atomic
def refuse_reconcile_item(*, item: JobItem) -> None:
    """Give an item that every try of ended in an error the outcome "refused"."""
    words = _("This did not work, after several tries. Please tell whoever runs this site.")
    finish_item(item, JobItem.Outcome.REFUSED, reason=words, detail=item.detail)
