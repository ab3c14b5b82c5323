"""Files for the inbox: bills as PDF in the layouts of several countries, pictures, mails."""

import io
from email.message import EmailMessage

import typst
from PIL import Image

SPANISH = """
#grid(columns: (1fr, 1fr), [*Suministros Norte S.L.* \\ CIF: B65410011 \\ Calle Sol 4, 08001 Barcelona],
 align(right)[= FACTURA \\ N.º factura: 2026/0417 \\ Fecha: 03/02/2026 \\ Vencimiento: 05/03/2026])
#v(1cm) Cliente: Delta \\ NIF: B64717838
#v(1cm)
#table(columns: (3fr, 1fr, 1fr, 1fr), [Concepto], [Cantidad], [Precio], [Importe],
 [Papel A4], [10], [40,00], [400,00], [Tóner], [2], [417,28], [834,56])
#align(right)[Base imponible 1.234,56 € \\ IVA 21 % 259,26 € \\ *TOTAL FACTURA 1.493,82 €*]
IBAN ES91 2100 0418 4502 0005 1332
"""
ENGLISH = """
#align(right)[= Invoice]
*Northwind Traders Ltd* \\ VAT no. GB 980 7806 84 \\ 1 Dock Road, London
#v(1cm)
#table(columns: 3, [Invoice number], [Invoice date], [Due date], [INV-10023], [14 March 2026], [13 April 2026])
#v(1cm)
Bill to: Delta
#table(columns: (3fr, 1fr), [Consulting], [£1,000.00])
#align(right)[Subtotal £1,000.00 \\ VAT (20%) £200.00 \\ *Total due £1,200.00*]
"""
GERMAN = """
*Beispiel GmbH* · Hauptstraße 1 · 10115 Berlin
#align(right)[Rechnungsnummer: RE-2026-88 \\ Rechnungsdatum: 07.04.2026 \\ Fällig am: 21.04.2026]
= Rechnung
#table(columns: (3fr, 1fr), [Beratung], [150,00 EUR])
#align(right)[Netto 150,00 EUR \\ MwSt 19 % 28,50 EUR \\ *Gesamtbetrag 178,50 EUR*]
#v(8cm) USt-IdNr. DE136695976
"""


def pdf(markup: str, *, page: str = "") -> bytes:
    """A PDF of typst markup; `page` are settings of the page, `flipped: true`."""
    return typst.compile(f'#set page(paper: "a4"{", " + page if page else ""})\n{markup}'.encode(), format="pdf")


def picture(kind: str = "PNG", *, size: tuple[int, int] = (60, 90), frames: int = 1) -> bytes:
    out = io.BytesIO()
    images = [Image.new("RGB", size, (200, 200 - 20 * number, 100)) for number in range(frames)]
    more = {"save_all": True, "append_images": images[1:]} if frames > 1 else {}
    images[0].save(out, kind, **more)
    return out.getvalue()


def mail(to: str, *files: tuple[str, bytes], sender: str = "Supplier <bills@supplier.example>") -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, "Your bill"
    message.set_content("Please find our bill attached.")
    for name, content in files:
        kind = ("application", "pdf") if name.endswith(".pdf") else ("application", "octet-stream")
        message.add_attachment(content, maintype=kind[0], subtype=kind[1], filename=name)
    return message.as_bytes()
