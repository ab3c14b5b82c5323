"""Small valid electronic invoices, made to measure for any test.

`ubl_invoice(number="F-7", lines=[("Bread", 2, "1.50", None, 4)])`: what is not given has a default, and
totals not given are computed from the lines. A net of None is quantity times price.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from xml.sax.saxutils import escape

Figure = str | int | Decimal
SampleLine = tuple[str, Figure, Figure, Figure | None, Figure]  # name, quantity, price, net, tax rate in per cent

CENT = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class Sample:
    number: str = "F-2026-0001"
    issued_on: str = "2026-03-02"  # yyyy-mm-dd; "" leaves it out, as for every other text
    due_on: str = "2026-04-01"
    type_code: str = ""
    currency: str = "EUR"
    note: str = "Thank you"
    buyer_reference: str = "PO 77"
    seller_name: str = "Delta Tools SL"
    seller_tax_id: str = "ESB12345674"
    seller_email: str = "billing@delta.example"
    seller_street: str = "High Street 1"
    seller_city: str = "Town"
    seller_country: str = "ES"
    buyer_name: str = "Étoile Électrique SARL"
    buyer_tax_id: str = "FR40303265045"
    buyer_email: str = "compta@etoile.example"
    buyer_street: str = "High Street 1"
    buyer_city: str = "Town"
    buyer_country: str = "FR"
    iban: str = "ES9121000418450200051332"
    lines: Sequence[SampleLine] = (("Hammer", 2, "12.50", None, 21), ("Nails & screws", 10, "0.35", None, 10))
    preceding: str = ""
    lines_net: Figure | None = None
    tax_exclusive: Figure | None = None
    tax_total: Figure | None = None
    tax_inclusive: Figure | None = None
    prepaid: Figure = 0
    payable: Figure | None = None


def ubl_invoice(**changes: Any) -> bytes:
    """A UBL 2.1 invoice; the parameters are the fields of Sample."""
    return _ubl("Invoice", replace(Sample(type_code="380"), **changes))


def ubl_credit_note(**changes: Any) -> bytes:
    """A UBL 2.1 credit note; the parameters are the fields of Sample."""
    return _ubl("CreditNote", replace(Sample(type_code="381", preceding="F-2025-0900"), **changes))


def cii_invoice(**changes: Any) -> bytes:
    """A cross industry invoice, a credit note with type_code="381"; the parameters are those of Sample."""
    return _cii(replace(Sample(type_code="380"), **changes))


def net_of(line: SampleLine) -> Decimal:
    _, quantity, price, net, _ = line
    if net is not None:
        return Decimal(net)
    return (Decimal(quantity) * Decimal(price)).quantize(CENT, ROUND_HALF_UP)


def tax_groups(sample: Sample) -> list[tuple[Decimal, Decimal, Decimal]]:
    """Rate, taxable amount and tax of each rate, in the order of the lines."""
    taxable: dict[Decimal, Decimal] = {}
    for line in sample.lines:
        rate = Decimal(line[4])
        taxable[rate] = taxable.get(rate, Decimal(0)) + net_of(line)
    return [(rate, net, (net * rate / 100).quantize(CENT, ROUND_HALF_UP)) for rate, net in taxable.items()]


@dataclass(frozen=True, kw_only=True)
class Totals:
    lines_net: Figure
    tax_exclusive: Figure
    tax_total: Figure
    tax_inclusive: Figure
    payable: Figure


def totals_of(sample: Sample) -> Totals:
    """The totals given, and for the others those that follow from the lines."""
    net = sum((net_of(line) for line in sample.lines), Decimal(0))
    tax = sum((tax for _, _, tax in tax_groups(sample)), Decimal(0))
    lines_net = _given(sample.lines_net, net)
    tax_exclusive = _given(sample.tax_exclusive, lines_net)
    tax_total = _given(sample.tax_total, tax)
    tax_inclusive = _given(sample.tax_inclusive, net + tax)
    payable = _given(sample.payable, net + tax - Decimal(sample.prepaid))
    return Totals(
        lines_net=lines_net,
        tax_exclusive=tax_exclusive,
        tax_total=tax_total,
        tax_inclusive=tax_inclusive,
        payable=payable,
    )


def _given(figure: Figure | None, computed: Figure) -> Figure:
    return computed if figure is None else figure


def _element(name: str, text: str) -> str:
    """The element, or nothing for an empty text."""
    return f"<{name}>{escape(text)}</{name}>" if text else ""


def _category(rate: Figure) -> str:
    return "S" if Decimal(rate) else "Z"


def _ubl(name: str, sample: Sample) -> bytes:
    unit = f'currencyID="{sample.currency}"'
    preceding = _element("cbc:ID", sample.preceding)
    means_due = _element("cbc:PaymentDueDate", sample.due_on) if name == "CreditNote" else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<{name} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{name}-2"
  xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
  xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID>
{_element("cbc:ID", sample.number)}
{_element("cbc:IssueDate", sample.issued_on)}
{_element("cbc:DueDate", sample.due_on) if name == "Invoice" else ""}
{_element(f"cbc:{name}TypeCode", sample.type_code)}
{_element("cbc:Note", sample.note)}
{_element("cbc:DocumentCurrencyCode", sample.currency)}
{_element("cbc:BuyerReference", sample.buyer_reference)}
{
        f"<cac:BillingReference><cac:InvoiceDocumentReference>{preceding}</cac:InvoiceDocumentReference>"
        "</cac:BillingReference>"
        if preceding
        else ""
    }
<cac:AccountingSupplierParty>
{_ubl_party(sample, "seller")}
</cac:AccountingSupplierParty>
<cac:AccountingCustomerParty>
{_ubl_party(sample, "buyer")}
</cac:AccountingCustomerParty>
<cac:PaymentMeans>
<cbc:PaymentMeansCode>30</cbc:PaymentMeansCode>{means_due}
<cac:PayeeFinancialAccount>{_element("cbc:ID", sample.iban)}</cac:PayeeFinancialAccount>
</cac:PaymentMeans>
<cac:TaxTotal>
<cbc:TaxAmount {unit}>{totals_of(sample).tax_total}</cbc:TaxAmount>
{"".join(_ubl_tax(group, unit) for group in tax_groups(sample))}
</cac:TaxTotal>
{_ubl_totals(sample, unit)}
{"".join(_ubl_line(name, place, line, unit) for place, line in enumerate(sample.lines, start=1))}
</{name}>
""".encode()


def _ubl_totals(sample: Sample, unit: str) -> str:
    totals = totals_of(sample)
    return f"""<cac:LegalMonetaryTotal>
<cbc:LineExtensionAmount {unit}>{totals.lines_net}</cbc:LineExtensionAmount>
<cbc:TaxExclusiveAmount {unit}>{totals.tax_exclusive}</cbc:TaxExclusiveAmount>
<cbc:TaxInclusiveAmount {unit}>{totals.tax_inclusive}</cbc:TaxInclusiveAmount>
<cbc:PrepaidAmount {unit}>{sample.prepaid}</cbc:PrepaidAmount>
<cbc:PayableAmount {unit}>{totals.payable}</cbc:PayableAmount>
</cac:LegalMonetaryTotal>"""


def _party(sample: Sample, side: str) -> tuple[str, ...]:
    """Name, tax id, e-mail, street, city and country of the seller or the buyer."""
    names = ("name", "tax_id", "email", "street", "city", "country")
    return tuple(getattr(sample, f"{side}_{name}") for name in names)


def _ubl_party(sample: Sample, side: str) -> str:
    name, tax_id, email, street, city, country = _party(sample, side)
    tax = f"""<cac:PartyTaxScheme>{_element("cbc:CompanyID", tax_id)}
<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>"""
    return f"""<cac:Party>
<cac:PostalAddress>{_element("cbc:StreetName", street)}{_element("cbc:CityName", city)}
<cac:Country>{_element("cbc:IdentificationCode", country)}</cac:Country></cac:PostalAddress>
{tax if tax_id else ""}
<cac:PartyLegalEntity>{_element("cbc:RegistrationName", name)}</cac:PartyLegalEntity>
<cac:Contact>{_element("cbc:ElectronicMail", email)}</cac:Contact>
</cac:Party>"""


def _ubl_category(name: str, rate: Figure) -> str:
    return f"""<cac:{name}><cbc:ID>{_category(rate)}</cbc:ID><cbc:Percent>{rate}</cbc:Percent>
<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:{name}>"""


def _ubl_tax(group: tuple[Decimal, Decimal, Decimal], unit: str) -> str:
    rate, taxable, tax = group
    return f"""<cac:TaxSubtotal>
<cbc:TaxableAmount {unit}>{taxable}</cbc:TaxableAmount><cbc:TaxAmount {unit}>{tax}</cbc:TaxAmount>
{_ubl_category("TaxCategory", rate)}
</cac:TaxSubtotal>"""


def _ubl_line(name: str, place: int, line: SampleLine, unit: str) -> str:
    item, quantity, price, _, rate = line
    quantity_name = "CreditedQuantity" if name == "CreditNote" else "InvoicedQuantity"
    return f"""<cac:{name}Line>
<cbc:ID>{place}</cbc:ID>
<cbc:{quantity_name} unitCode="C62">{quantity}</cbc:{quantity_name}>
<cbc:LineExtensionAmount {unit}>{net_of(line)}</cbc:LineExtensionAmount>
<cac:Item>{_element("cbc:Name", item)}
{_ubl_category("ClassifiedTaxCategory", rate)}</cac:Item>
<cac:Price><cbc:PriceAmount {unit}>{price}</cbc:PriceAmount></cac:Price>
</cac:{name}Line>
"""


def _cii(sample: Sample) -> bytes:
    lines = "".join(_cii_line(place, line) for place, line in enumerate(sample.lines, start=1))
    preceding = _element("ram:IssuerAssignedID", sample.preceding)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
  xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
  xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
<rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter>
<ram:ID>urn:cen.eu:en16931:2017</ram:ID>
</ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>
<rsm:ExchangedDocument>
{_element("ram:ID", sample.number)}
{_element("ram:TypeCode", sample.type_code)}
{_cii_date("ram:IssueDateTime", sample.issued_on)}
{f"<ram:IncludedNote>{_element('ram:Content', sample.note)}</ram:IncludedNote>" if sample.note else ""}
</rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction>
{lines}
{_cii_agreement(sample)}
<ram:ApplicableHeaderTradeDelivery/>
<ram:ApplicableHeaderTradeSettlement>
{_element("ram:InvoiceCurrencyCode", sample.currency)}
<ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>30</ram:TypeCode>
<ram:PayeePartyCreditorFinancialAccount>{_element("ram:IBANID", sample.iban)}
</ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>
{"".join(_cii_tax(group) for group in tax_groups(sample))}
<ram:SpecifiedTradePaymentTerms>
{_cii_date("ram:DueDateDateTime", sample.due_on)}
</ram:SpecifiedTradePaymentTerms>
{_cii_totals(sample)}
{f"<ram:InvoiceReferencedDocument>{preceding}</ram:InvoiceReferencedDocument>" if preceding else ""}
</ram:ApplicableHeaderTradeSettlement>
</rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>
""".encode()


def _cii_agreement(sample: Sample) -> str:
    return f"""<ram:ApplicableHeaderTradeAgreement>
{_element("ram:BuyerReference", sample.buyer_reference)}
<ram:SellerTradeParty>
{_cii_party(sample, "seller")}
</ram:SellerTradeParty>
<ram:BuyerTradeParty>
{_cii_party(sample, "buyer")}
</ram:BuyerTradeParty>
</ram:ApplicableHeaderTradeAgreement>"""


def _cii_totals(sample: Sample) -> str:
    totals = totals_of(sample)
    return f"""<ram:SpecifiedTradeSettlementHeaderMonetarySummation>
<ram:LineTotalAmount>{totals.lines_net}</ram:LineTotalAmount>
<ram:TaxBasisTotalAmount>{totals.tax_exclusive}</ram:TaxBasisTotalAmount>
<ram:TaxTotalAmount currencyID="{sample.currency}">{totals.tax_total}</ram:TaxTotalAmount>
<ram:GrandTotalAmount>{totals.tax_inclusive}</ram:GrandTotalAmount>
<ram:TotalPrepaidAmount>{sample.prepaid}</ram:TotalPrepaidAmount>
<ram:DuePayableAmount>{totals.payable}</ram:DuePayableAmount>
</ram:SpecifiedTradeSettlementHeaderMonetarySummation>"""


def _cii_date(name: str, day: str) -> str:
    if not day:
        return ""
    return f'<{name}><udt:DateTimeString format="102">{day.replace("-", "")}</udt:DateTimeString></{name}>'


def _cii_party(sample: Sample, side: str) -> str:
    name, tax_id, email, street, city, country = _party(sample, side)
    mail = f"""<ram:DefinedTradeContact><ram:EmailURIUniversalCommunication>{_element("ram:URIID", email)}
</ram:EmailURIUniversalCommunication></ram:DefinedTradeContact>"""
    tax = f"""<ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">{escape(tax_id)}</ram:ID>
</ram:SpecifiedTaxRegistration>"""
    return f"""{_element("ram:Name", name)}
{mail if email else ""}
<ram:PostalTradeAddress>{_element("ram:LineOne", street)}{_element("ram:CityName", city)}
{_element("ram:CountryID", country)}</ram:PostalTradeAddress>
{tax if tax_id else ""}"""


def _cii_tax(group: tuple[Decimal, Decimal, Decimal]) -> str:
    rate, taxable, tax = group
    return f"""<ram:ApplicableTradeTax><ram:CalculatedAmount>{tax}</ram:CalculatedAmount>
<ram:TypeCode>VAT</ram:TypeCode><ram:BasisAmount>{taxable}</ram:BasisAmount>
<ram:CategoryCode>{_category(rate)}</ram:CategoryCode>
<ram:RateApplicablePercent>{rate}</ram:RateApplicablePercent></ram:ApplicableTradeTax>"""


def _cii_line(place: int, line: SampleLine) -> str:
    name, quantity, price, _, rate = line
    return f"""<ram:IncludedSupplyChainTradeLineItem>
<ram:AssociatedDocumentLineDocument><ram:LineID>{place}</ram:LineID></ram:AssociatedDocumentLineDocument>
<ram:SpecifiedTradeProduct>{_element("ram:Name", name)}</ram:SpecifiedTradeProduct>
<ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice>
<ram:ChargeAmount>{price}</ram:ChargeAmount>
</ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>
<ram:SpecifiedLineTradeDelivery>
<ram:BilledQuantity unitCode="C62">{quantity}</ram:BilledQuantity>
</ram:SpecifiedLineTradeDelivery>
<ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode>
<ram:CategoryCode>{_category(rate)}</ram:CategoryCode>
<ram:RateApplicablePercent>{rate}</ram:RateApplicablePercent></ram:ApplicableTradeTax>
<ram:SpecifiedTradeSettlementLineMonetarySummation>
<ram:LineTotalAmount>{net_of(line)}</ram:LineTotalAmount>
</ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement>
</ram:IncludedSupplyChainTradeLineItem>
"""
