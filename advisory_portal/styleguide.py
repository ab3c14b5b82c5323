"""Every component in every state on one page, with made-up data: what designers, tests and axe look at."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.access import public

STATES: list[tuple[str, Promise]] = [
    ("draft", _("Draft")),
    ("issued", _("Issued")),
    ("partially_paid", _("Partly paid")),
    ("paid", _("Paid")),
    ("overdue", _("Overdue")),
    ("void", _("Void")),
    ("accepted", _("Accepted")),
    ("declined", _("Declined")),
    ("expired", _("Expired")),
    ("waiting", _("Waiting")),
    ("created", _("Created")),
    ("duplicate", _("Duplicate")),
    ("refused", _("Refused")),
    ("active", _("Active")),
    ("removed", _("Removed")),
]
COLUMNS: list[dict[str, Any]] = [
    {"key": "number", "label": _("Number"), "sort": True},
    {"key": "contact", "label": _("Contact"), "sort": True},
    {"key": "issued_on", "label": _("Date"), "sort": True, "wide": True},
    {"key": "state", "label": _("State")},
    {"key": "total", "label": _("Total"), "sort": True, "number": True},
]
ROWS = [
    ("F-2026-0007", "Panadería La Espiga, S. L.", "18 Nov 2026", "issued", _("Issued"), "€1,240.00"),
    ("F-2026-0006", "Nordic Timber ApS", "12 Nov 2026", "partially_paid", _("Partly paid"), "DKK 18,900.50"),
    (
        "F-2026-0005",
        "Cooperativa Agroalimentaria y Ganadera de Nuestra Señora de la Consolación del Valle Alto, S. Coop. And.",
        "3 Nov 2026",
        "overdue",
        _("Overdue"),
        "€86.40",
    ),
    ("F-2026-0004", "Delta Bikes Ltd", "28 Oct 2026", "paid", _("Paid"), "£12,000.00"),
    ("F-2026-0003", "Ελληνικά Έπιπλα", "9 Oct 2026", "void", _("Void"), "€0.00"),
]
CHART = [
    ("Sales", [1200, 3400, 2900, 4100, 3800, 5200], ["€1,200", "€3,400", "€2,900", "€4,100", "€3,800", "€5,200"]),
    ("Quotes", [2000, 2600, 3900, 3000, 4800, 4400], ["€2,000", "€2,600", "€3,900", "€3,000", "€4,800", "€4,400"]),
]
TIMELINE = [
    ("Dan Delta", _("sent the portal link"), "18 Nov 2026, 10:02", "2026-11-18T10:02:00+01:00", "erin@example.com"),
    ("Dan Delta", _("issued the invoice"), "18 Nov 2026, 09:58", "2026-11-18T09:58:00+01:00", None),
]
THREAD = [
    ("Erin", "Could you move the due date to Friday?\nThank you!", "10:14", "2026-11-18T10:14:00+01:00", False),
    ("Dan Delta", "Of course, done.", "10:20", "2026-11-18T10:20:00+01:00", True),
]
LINES = [
    ("Sourdough loaf, 800 g", "120", "€3.20", "10 %", "€384.00"),
    ("Delivery to the shop before seven in the morning, Monday to Saturday", "6", "€12.00", "21 %", "€72.00"),
]


@dataclass(frozen=True)
class SamplePage:
    next: str = "next-page"
    previous: str = "previous-page"


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=_("Legal name"), max_length=60, help_text=_("As registered."))
    email = forms.EmailField(label=_("E-mail"))
    phone = forms.CharField(label=_("Phone"), required=False)
    kind = forms.ChoiceField(label=_("Account type"), choices=[("b", _("Business")), ("f", _("Consultancy/Advisory"))])
    country = forms.ChoiceField(
        label=_("Country"),
        choices=[("de", "Deutschland"), ("es", "España"), ("fr", "France"), ("it", "Italia"), ("pt", "Portugal")],
    )
    total = forms.DecimalField(label=_("Amount"), widget=forms.TextInput)
    due_on = forms.DateField(label=_("Due date"), required=False)
    sections = forms.MultipleChoiceField(
        label=_("Sections"),
        choices=[("sales", _("Sales")), ("purchases", _("Purchases"))],
        widget=forms.CheckboxSelectMultiple,
    )
    level = forms.ChoiceField(
        label=_("Level"), choices=[("1", _("View")), ("2", _("Manage"))], widget=forms.RadioSelect
    )
    attachments = forms.FileField(label=_("Files"), help_text=_("XML or ZIP, up to 50 MB."))
    notes = forms.CharField(label=_("Notes"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    terms = forms.BooleanField(label=_("I accept the terms"))


@public
def page(request: HttpRequest) -> HttpResponse:
    filled = SampleForm(
        initial={"name": "Delta Bikes Ltd", "level": "1", "sections": ["sales"], "due_on": "2026-12-01"}
    )
    typed = {"name": "x" * 61, "email": "not an address", "total": "ten", "level": "9", "due_on": "tomorrow"}
    wrong = SampleForm({f"wrong-{name}": value for name, value in typed.items()}, prefix="wrong")
    context = {
        "states": STATES,
        "columns": COLUMNS,
        "rows": ROWS,
        "chart": CHART,
        "months": ["Jun", "Jul", "Aug", "Sep", "Oct", "Nov"],
        "timeline_entries": TIMELINE,
        "thread": THREAD,
        "lines": LINES,
        "filled": filled,
        "wrong": wrong,
        "page": SamplePage(),
        "business": SimpleNamespace(name="Delta Bikes Ltd", accent="#0b6e4f"),
    }
    return render(request, "styleguide/page.html", context)
