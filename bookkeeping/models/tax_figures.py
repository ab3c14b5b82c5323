"""What documents of a period add up to for tax returns: sums by the database, and the documents behind each sum.

A document counts on its day: an invoice on its tax point, else its delivery, else its date; any other on its date.
Drafts and void documents do not count.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    DecimalField,
    Exists,
    F,
    Func,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, ExtractQuarter

from bookkeeping.rules.annual_operations import KEYS_OF_347, LEAST, Operations, Operator, Withheld, operator_key
from bookkeeping.rules.vat_return import (
    ABROAD,
    CURRENCY,
    HOME,
    KINDS,
    OWN_RATE,
    PURCHASE_CREDITS,
    PURCHASES,
    SALES,
    SALES_CREDITS,
    UNION,
    LeftOut,
    TaxGroup,
    figure_of,
)
from documents.models import Document, TaxLine
from documents.rules import is_in_eu

_COUNTING = ("issued", "partially_paid", "paid")
_CREDITS = (SALES_CREDITS, PURCHASE_CREDITS)
_MONEY: DecimalField[Decimal, Decimal] = DecimalField(max_digits=20, decimal_places=3)
_DAY = Coalesce("tax_point_on", "delivered_on", "issued_on")
_IS_SPANISH = Q(contact__tax_id_key__startswith="ES")
_IS_HOME = _IS_SPANISH | Q(contact__country__in=("", "ES"))
_VAT_KINDS = ("vat", "surcharge")


def documents_of(organisation_id: UUID, first: date, last: date) -> QuerySet[Document]:
    """The documents that count in a period, both days included."""
    others = Q(kind__in=[kind for kind in KINDS if kind != SALES], issued_on__range=(first, last))
    found = Document.objects.filter(organisation_id=organisation_id, state__in=_COUNTING)
    return found.alias(counted_on=_DAY).filter(Q(kind=SALES, counted_on__range=(first, last)) | others)


def zone_of(country: str, is_spanish: bool) -> str:
    """Where a party is for Spanish VAT; one without a country is at home, as one with a Spanish tax id."""
    if is_spanish or country in ("", "ES"):
        return HOME
    return UNION if is_in_eu(country) else ABROAD


def _tax_lines(organisation_id: UUID, first: date, last: date) -> QuerySet[Any]:
    counted = documents_of(organisation_id, first, last)
    return TaxLine.objects.filter(organisation_id=organisation_id, document__in=counted).alias(
        is_spanish=Case(When(Q(document__contact__tax_id_key__startswith="ES"), then=True), default=False)
    )


_GROUP = (
    "document__kind",
    "kind",
    "category",
    "percent",
    "document__contact__country",
    "spanish",
    "document__currency",
)


def _raw_groups(organisation_id: UUID, first: date, last: date) -> list[tuple[tuple[Any, ...], TaxGroup]]:
    """The groups of a period's VAT and surcharge, each with its key, the values of _GROUP. One query."""
    own = Func(F("taxable") * OWN_RATE / 100, Value(2), function="ROUND", output_field=_MONEY)
    lines = _tax_lines(organisation_id, first, last).filter(kind__in=_VAT_KINDS)
    rows = (
        lines.values(*_GROUP[:5], _GROUP[6], spanish=F("is_spanish"))
        .annotate(base=Sum("taxable"), amount=Sum("tax"), own=Sum(own), number=Count("pk"))
        .order_by()
    )
    found = []
    for row in rows:
        key = tuple(row[name] for name in _GROUP)
        kind, tax_kind, category, percent, country, is_spanish, currency = key
        zone = zone_of(country, is_spanish)
        sums = (row["base"], row["amount"], row["own"], row["number"])
        found.append((key, TaxGroup(kind, tax_kind, category, percent, zone, currency, *sums)))
    return found


def tax_groups(organisation_id: UUID, first: date, last: date) -> list[TaxGroup]:
    """What the documents of a period have of each sort of VAT and surcharge. One query, whatever their number."""
    return [group for _key, group in _raw_groups(organisation_id, first, last)]


def without_tax(organisation_id: UUID, first: date, last: date) -> list[LeftOut]:
    """Documents of a period that say nothing of VAT, by currency. One query."""
    found = _without_tax(documents_of(organisation_id, first, last))
    sums = (
        found.values("currency").annotate(base=Sum(_signed("tax_exclusive")), number=Count("pk")).order_by("currency")
    )
    return [LeftOut("no_tax", row["currency"], row["base"], Decimal(0), row["number"]) for row in sums]


def _without_tax(documents: QuerySet[Document]) -> QuerySet[Any]:
    return documents.exclude(Exists(TaxLine.objects.filter(document=OuterRef("pk"), kind="vat")))


def _signed(column: str) -> Case:
    """A column of a document, negative where the document credits another."""
    return Case(When(kind__in=_CREDITS, then=-F(column)), default=F(column), output_field=_MONEY)


# --- The documents behind a sum -----------------------------------------------------------------------------


def documents_of_figure(
    organisation_id: UUID, first: date, last: date, *, box: str = "", reason: str = ""
) -> QuerySet[Any]:
    """The documents of a box of form 303, or of a reason, each with its part as `base` and `tax`, signed."""
    documents = documents_of(organisation_id, first, last)
    if reason == "no_tax":
        unsaid = _without_tax(documents).annotate(base=_signed("tax_exclusive"), tax=Value(Decimal(0), _MONEY))
        return cast("QuerySet[Any]", unsaid)
    placed = [(key, figure_of(group)) for key, group in _raw_groups(organisation_id, first, last)]
    chosen = [(key, figure) for key, figure in placed if box in figure.boxes or (reason and figure.reason == reason)]
    if not chosen:
        return documents.none()
    lines = TaxLine.objects.filter(document=OuterRef("pk")).filter(_any_of(key for key, _figure in chosen))
    own = any(figure.is_own for _key, figure in chosen)
    return _with_sums(documents, lines, own=own)


def _any_of(keys: Iterable[tuple[Any, ...]]) -> Q:
    found = Q()
    for key in keys:
        wanted = {name: value for name, value in zip(_GROUP, key, strict=True) if name != "spanish"}
        percent = wanted.pop("percent")
        one = Q(**wanted, percent__isnull=True) if percent is None else Q(**wanted, percent=percent)
        spanish = Q(document__contact__tax_id_key__startswith="ES")
        found |= one & (spanish if key[_GROUP.index("spanish")] else ~spanish)
    return found


def _with_sums(documents: QuerySet[Any], lines: QuerySet[Any], *, own: bool = False) -> QuerySet[Any]:
    """The documents that have one of these taxes, with the sums of base and tax; `own`: of what the buyer owes."""
    computed = Func(F("taxable") * OWN_RATE / 100, Value(2), function="ROUND", output_field=_MONEY)
    owed = Case(When(category__in=("K", "AE"), then=computed), default=F("tax"), output_field=_MONEY)
    of_each = lines.order_by().values("document")
    base = Subquery(of_each.annotate(sum=Sum("taxable")).values("sum"), output_field=_MONEY)
    tax = Subquery(of_each.annotate(sum=Sum(owed if own else F("tax"))).values("sum"), output_field=_MONEY)
    sign = Case(When(kind__in=_CREDITS, then=Value(-1)), default=Value(1))
    found = documents.filter(Exists(lines)).annotate(base=base * sign, tax=tax * sign)
    return cast("QuerySet[Any]", found)


# --- 347 and 349 ---------------------------------------------------------------------------------------------

_PARTY = Case(
    When(contact__tax_id_key="", then=Cast("contact_id", TextField())),
    default=F("contact__tax_id_key"),
    output_field=TextField(),
)
_SIDE = Case(When(kind__in=(SALES, SALES_CREDITS), then=Value("sales")), default=Value("purchases"))


def _operations(organisation_id: UUID, first: date, last: date) -> QuerySet[Any]:
    """Documents that form 347 may tell: at home, in euro, nothing withheld, no reverse charge of the Union, no customs.

    Each with `side` (sales or purchases), `party` (see `Operations`) and its part as `base` and `tax`, signed.
    """
    elsewhere = TaxLine.objects.filter(document=OuterRef("pk"), kind="vat", category__in=("K", "G"))
    found = documents_of(organisation_id, first, last).filter(_IS_HOME, currency=CURRENCY, withheld=0)
    return found.exclude(Exists(elsewhere)).annotate(
        side=_SIDE, party=_PARTY, base=_signed("tax_exclusive"), tax=_signed("tax_total")
    )


def documents_of_operations(organisation_id: UUID, first: date, last: date, *, key: str, party: str) -> QuerySet[Any]:
    """The documents of a party under a key of form 347, with their parts."""
    side = {letter: name for name, letter in KEYS_OF_347.items()}[key]
    return _operations(organisation_id, first, last).filter(side=side, party=party)


def annual_operations(organisation_id: UUID, first: date, last: date) -> list[Operations]:
    """The parties with more than LEAST in a year, sales and purchases apart, the largest first. One query."""
    day = Case(When(kind=SALES, then=_DAY), default=F("issued_on"))
    total = _signed("tax_inclusive")
    quarters = {f"q{number}": Coalesce(Sum(total, filter=Q(quarter=number)), Decimal(0)) for number in range(1, 5)}
    rows: QuerySet[Any, dict[str, Any]] = (
        _operations(organisation_id, first, last)
        .annotate(quarter=ExtractQuarter(day))
        .values("side", "party")
        .annotate(total=Sum(total), name=Max("contact__name"), tax_id=Max("contact__tax_id"), n=Count("pk"), **quarters)
        .filter(Q(total__gt=LEAST) | Q(total__lt=-LEAST))
        .order_by("-side", "-total", "party")
    )
    return [
        Operations(
            KEYS_OF_347[row["side"]], row["party"], row["name"], row["tax_id"], row["total"],
            (row["q1"], row["q2"], row["q3"], row["q4"]), row["n"],
        )
        for row in rows
    ]  # fmt: skip


def _union_lines(organisation_id: UUID, first: date, last: date) -> QuerySet[Any]:
    lines = _tax_lines(organisation_id, first, last).filter(kind="vat", document__currency=CURRENCY)
    return lines.filter(Q(category="K") | Q(category="AE"), is_spanish=False)


def operators(organisation_id: UUID, first: date, last: date) -> list[Operator]:
    """Operators of other member states in a period, by key and party. One query."""
    signed = Case(When(document__kind__in=_CREDITS, then=-F("taxable")), default=F("taxable"), output_field=_MONEY)
    party = Case(
        When(document__contact__tax_id_key="", then=Cast("document__contact_id", TextField())),
        default=F("document__contact__tax_id_key"),
        output_field=TextField(),
    )
    rows = (
        _union_lines(organisation_id, first, last)
        .values("category", "document__contact__country", party=party)
        .annotate(
            is_sale=Case(When(document__kind__in=(SALES, SALES_CREDITS), then=True), default=False),
            base=Sum(signed), name=Max("document__contact__name"), tax_id=Max("document__contact__tax_id"),
            n=Count("document", distinct=True),
        )
        .order_by("party")
    )  # fmt: skip
    return sorted(
        (
            Operator(operator_key(row["category"], row["is_sale"]), row["party"], row["name"], row["tax_id"],
                     row["base"], row["n"])
            for row in rows
            if is_in_eu(row["document__contact__country"])
        ),
        key=lambda one: ("ESAI".index(one.key), one.name, one.party),
    )  # fmt: skip


def operator_documents(organisation_id: UUID, first: date, last: date, *, key: str, party: str) -> QuerySet[Any]:
    """The documents of an operator under one key of form 349, with their parts."""
    category = "K" if key in "EA" else "AE"
    kinds = (SALES, SALES_CREDITS) if key in "ES" else (PURCHASES, PURCHASE_CREDITS)
    documents = documents_of(organisation_id, first, last).filter(kind__in=kinds, currency=CURRENCY)
    lines = TaxLine.objects.filter(document=OuterRef("pk"), kind="vat", category=category)
    return _with_sums(documents.exclude(_IS_SPANISH).annotate(party=_PARTY).filter(party=party), lines)


# --- 111 and 115 ---------------------------------------------------------------------------------------------


def withheld(organisation_id: UUID, first: date, last: date) -> list[Withheld]:
    """What bills of a period withhold, by percentage. One query."""
    sign = Case(When(document__kind__in=_CREDITS, then=Value(-1)), default=Value(1))
    lines = _tax_lines(organisation_id, first, last).filter(kind="withholding", document__currency=CURRENCY)
    rows = (
        lines.filter(document__kind__in=(PURCHASES, PURCHASE_CREDITS))
        .values("percent")
        .annotate(
            base=Sum(F("taxable") * sign),
            amount=Sum(F("tax") * sign),
            parties=Count("document__contact", distinct=True),
            n=Count("document", distinct=True),
        )
        .order_by("percent")
    )  # fmt: skip
    return [
        Withheld(row["percent"] or Decimal(0), row["base"], row["amount"], row["parties"], row["n"]) for row in rows
    ]


def withheld_documents(organisation_id: UUID, first: date, last: date, *, percent: Decimal) -> QuerySet[Any]:
    """The bills that withhold this percentage, with their parts."""
    documents = documents_of(organisation_id, first, last).filter(
        kind__in=(PURCHASES, PURCHASE_CREDITS), currency=CURRENCY
    )
    lines = TaxLine.objects.filter(document=OuterRef("pk"), kind="withholding", percent=percent)
    return _with_sums(documents, lines)
