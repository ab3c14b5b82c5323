"""The chart as a tree, and the example of the posting rules."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from advisory_portal.core.formatting import active_language, money_formatter
from advisory_portal.core.text import plain
from bookkeeping.models import LedgerAccount, PostingRule
from bookkeeping.rules import Chart, Figures, PartLine, TaxSum, document_parts, payment_parts
from bookkeeping.words import PARTS

_HOLE = UUID(int=0)


class AccountRow(NamedTuple):
    id: UUID
    code: str
    name: str
    kind_label: str
    href: str
    is_retired: bool
    depth: int


@dataclass
class AccountGroup:
    """A class of the chart ("4") or a group of it ("43"): its accounts, and the groups within it."""

    code: str
    name: str
    rows: list[AccountRow] = field(default_factory=list)
    groups: list["AccountGroup"] = field(default_factory=list)


def account_groups(
    accounts: Iterable[LedgerAccount], chart: Chart, *, words: str, shows_retired: bool, slug: str
) -> list[AccountGroup]:
    """The accounts by class and group, those alone that begin with, or contain, the words."""
    pattern = reverse("bookkeeping:ledger_account", args=[slug, _HOLE])
    labels = {str(kind): str(label) for kind, label in LedgerAccount.Kind.choices}
    wanted = plain(words)
    classes: dict[str, AccountGroup] = {}
    groups: dict[str, AccountGroup] = {}
    for one in accounts:
        if (one.retired_at and not shows_retired) or not (one.code.startswith(words) or wanted in plain(one.name)):
            continue
        first, (code, name) = one.code[:1], chart.group_of(one.code)
        if first not in classes:
            classes[first] = AccountGroup(first, chart.groups.get(first, ""))
        if code not in groups:
            groups[code] = AccountGroup(code, name)
            classes[first].groups.append(groups[code])
        href = pattern.replace(str(_HOLE), str(one.pk))
        depth = 1 if len(one.code) > 4 else 0
        groups[code].rows.append(
            AccountRow(one.pk, one.code, one.name, labels[one.kind], href, one.retired_at is not None, depth)
        )
    return list(classes.values())


class ContactRuleRow(NamedTuple):
    id: UUID
    contact: str
    part: str
    account: str


def contact_rule_rows(rules: Iterable[PostingRule]) -> list[ContactRuleRow]:
    """Rules of contacts, which must be fetched with their accounts."""
    return [
        ContactRuleRow(rule.pk, rule.contact.name if rule.contact else "", str(PARTS[rule.part][0]), str(rule.account))
        for rule in rules
    ]


class ExampleLine(NamedTuple):
    account: str
    debit: str
    credit: str


class Example(NamedTuple):
    title: str
    lines: list[ExampleLine]


def example_rows(labels: Mapping[str, str], currency: str) -> list[Example]:
    """What the rules make of an invoice, a bill and a payment; `labels` names the account of each part."""
    money = money_formatter(active_language(), currency)
    thousand, vat, withheld = Decimal(1000), Decimal(210), Decimal(150)
    taxes = [TaxSum("vat", Decimal(21), thousand, vat)]
    invoice, bill = (
        document_parts(Figures(kind, thousand + vat - withheld, thousand, withheld, Decimal(0), taxes))
        for kind in ("invoice", "bill")
    )
    owed = thousand + vat - withheld
    paid = payment_parts("invoice", money="bank", amount=owed, cleared=owed)
    amounts = {"net": money(thousand)}
    return [
        Example(_("An invoice of %(net)s with 21 %% VAT, 15 %% withheld") % amounts, _lines(invoice, labels, money)),
        Example(_("Its payment by transfer"), _lines(paid, labels, money)),
        Example(_("A bill of %(net)s with 21 %% VAT, 15 %% withheld") % amounts, _lines(bill, labels, money)),
    ]


def _lines(parts: Iterable[PartLine], labels: Mapping[str, str], write: Callable[[Decimal], str]) -> list[ExampleLine]:
    return [
        ExampleLine(
            labels.get(one.part) or "–",
            write(one.amount) if one.amount > 0 else "",
            write(-one.amount) if one.amount < 0 else "",
        )
        for one in parts
    ]
