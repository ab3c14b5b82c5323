from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.models import PortalModel
from documents.models.document import Document, money_field
from partners.models import Organisation


def _number_field(label: object = "", **options: object) -> models.DecimalField:  # type: ignore[type-arg]
    return models.DecimalField(label, max_digits=20, decimal_places=8, **options)  # type: ignore[arg-type]


def _percent_field(**options: object) -> models.DecimalField:  # type: ignore[type-arg]
    return models.DecimalField(max_digits=9, decimal_places=6, **options)  # type: ignore[arg-type]


class PartOfDocument(PortalModel):
    """A row that belongs to a document and is frozen with it."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    position = models.PositiveIntegerField()

    class Meta:
        abstract = True


class DocumentLine(PartOfDocument):
    """A line: what, how much of it, at which price, taxed how. `detail` keeps what no page computes with."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="lines")
    identifier = models.CharField(max_length=100, blank=True)
    name = models.CharField(_("name"), max_length=500)
    description = models.TextField(_("description"), blank=True)
    note = models.TextField(blank=True)
    quantity = _number_field(_("quantity"))
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    unit_price = _number_field(_("unit price"))
    price_base_quantity = _number_field(default=1)
    discount_percent = _percent_field(default=0)
    net = money_field()
    tax_category = models.CharField(max_length=10)
    tax_percent = _percent_field(null=True)
    surcharge_percent = _percent_field(default=0)
    withholding_percent = _percent_field(default=0)
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["document", "position"], name="line_position")]

    def __str__(self) -> str:
        return self.name


class AllowanceCharge(PartOfDocument):
    """A discount or surcharge of the whole document, or of one line.

    What a person types is spread over the taxes of the lines, a row each; `typed` says of which whole the row is a
    part: {"position", "percent", "amount", "tax"}. It is empty on what was imported.
    """

    document = models.ForeignKey(Document, models.CASCADE, related_name="allowances_charges")
    line = models.ForeignKey(DocumentLine, models.CASCADE, null=True, related_name="allowances_charges")
    is_charge = models.BooleanField()
    amount = money_field()
    base_amount = money_field(null=True)
    percent = _percent_field(null=True)
    reason = models.CharField(max_length=1000, blank=True)
    reason_code = models.CharField(max_length=20, blank=True)
    tax_category = models.CharField(max_length=10, blank=True)
    tax_percent = _percent_field(null=True)
    typed = models.JSONField(default=dict)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["document", "position"], name="allowance_position")]

    def __str__(self) -> str:
        return self.reason or str(self.amount)


class TaxLine(PartOfDocument):
    """The tax of one category and rate on the document: VAT, the equivalence surcharge on it, or what is withheld.

    `tax` is positive for what is withheld too; `Document.withheld` takes it off.
    """

    class Kind(models.TextChoices):
        VAT = "vat", _("VAT")
        SURCHARGE = "surcharge", _("Equivalence surcharge")
        WITHHOLDING = "withholding", _("Withholding")

    document = models.ForeignKey(Document, models.CASCADE, related_name="taxes")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.VAT)
    category = models.CharField(max_length=10)
    percent = _percent_field(null=True)
    taxable = money_field()
    tax = money_field()
    exemption_reason = models.CharField(max_length=1000, blank=True)
    exemption_code = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["document", "position"], name="tax_position")]

    def __str__(self) -> str:
        return f"{self.category} {self.percent}"
