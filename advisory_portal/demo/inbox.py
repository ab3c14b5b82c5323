"""The demo business's inbox: bills that wait, in every state a file can be in."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import typst
from django.utils import timezone
from PIL import Image, ImageDraw

from advisory_portal.core.access import Actor
from advisory_portal.formats.samples import ubl_invoice
from bookkeeping import actions
from bookkeeping.models import InboxFile
from partners.models import Organisation

_BILL = Path(__file__).with_name("inbox_bill.typ")


def fill_inbox(owner: Actor) -> None:
    """Bring in a bill as PDF, an electronic invoice, a photograph and a copy, over the last days, and read them."""
    now, place = timezone.now(), Organisation.objects.get(pk=owner.place.id)
    bill = _pdf(place, owner)
    invoice = ubl_invoice(
        number="2026-118",
        issued_on=(owner.today() - timedelta(days=12)).isoformat(),
        due_on=(owner.today() + timedelta(days=18)).isoformat(),
        seller_name="Llantas Rueda SL",
        seller_tax_id="ESB65410011",
        buyer_name=place.name,
        buyer_tax_id=f"ES{place.tax_id}",
        lines=(("Rims 28 inch", 12, "34.50", None, 21), ("Spokes", 400, "0.18", None, 21)),
    )
    files = (
        ("electricidad.pdf", bill),
        ("llantas-rueda.xml", invoice),
        ("ticket.png", _picture()),
        ("copia.pdf", bill),
    )
    for days, upload in zip((6, 3, 1, 0), files, strict=True):
        actions.receive_files(actor=owner, uploads=[upload], now=now - timedelta(days=days))
    for file in InboxFile.objects.visible_to(owner).due(now).select_related("file", "organisation"):
        actions.read_inbox_file(file=file)


def _pdf(place: Organisation, owner: Actor) -> bytes:
    day = owner.today() - timedelta(days=8)
    due = owner.today() + timedelta(days=22)
    said = {"buyer": place.name, "tax_id": place.tax_id, "day": f"{day:%d/%m/%Y}", "due": f"{due:%d/%m/%Y}"}
    made: bytes = typst.compile(_BILL.read_bytes(), format="pdf", sys_inputs=said)
    return made


def _picture() -> bytes:
    """A till receipt, as a phone sees it."""
    image = Image.new("RGB", (480, 720), "#f4f1ea")
    ImageDraw.Draw(image).multiline_text(
        (60, 60), "FERRETERIA SOL\n\nTicket 00412\n\nTornillos   4,20\nAceite      9,90\n\nTOTAL      14,10 EUR",
        fill="#222222", font_size=34, spacing=16,
    )  # fmt: skip
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
