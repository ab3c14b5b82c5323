"""InvoiceFile to a Cross Industry Invoice D16B, as Factur-X embeds it. Source: EN 16931-3-3; Factur-X 1.0 EN 16931.

What the norm has no place for (the reason of an exemption at a line, say) is left out. The order of the elements is
the schema's.
"""

import base64
import re
from datetime import date
from decimal import Decimal

from advisory_portal.formats.build import Part, amount, figure, gross_price, group, leaf, root
from advisory_portal.formats.invoice import (
    Address,
    AllowanceCharge,
    Delivery,
    Identifier,
    InvoiceFile,
    Line,
    Party,
    PaymentMeans,
    SupportingDocument,
    TaxGroup,
)

SPECIFICATION = "urn:cen.eu:en16931:2017"
CARD_DIGITS = 10  # the most that may be written of a card's number, BR-51
_TAX_POINT_CODES = {"3": "5", "35": "29", "432": "72"}  # UNTDID 2005, as UBL has them, to UNTDID 2475
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_CREDITOR_SCHEME = "SEPA"  # UBL keeps the creditor's number among the identifiers; here it has a place of its own


def write_cii(invoice: InvoiceFile) -> bytes:
    """The invoice or credit note as UTF-8 XML. `read_invoice` reads it back."""
    return root(
        "rsm:CrossIndustryInvoice",
        ("rsm", "ram", "udt", "qdt"),
        group(
            "rsm:ExchangedDocumentContext",
            group("ram:BusinessProcessSpecifiedDocumentContextParameter", leaf("ram:ID", invoice.profile)),
            group(
                "ram:GuidelineSpecifiedDocumentContextParameter",
                leaf("ram:ID", invoice.specification or SPECIFICATION),
            ),
        ),
        group(
            "rsm:ExchangedDocument",
            leaf("ram:ID", invoice.number),
            leaf("ram:TypeCode", invoice.type_code),
            _day("ram:IssueDateTime", invoice.issued_on),
            [
                group("ram:IncludedNote", leaf("ram:Content", note.text), leaf("ram:SubjectCode", note.subject))
                for note in invoice.notes
            ],
        ),
        group(
            "rsm:SupplyChainTradeTransaction",
            [_line(line) for line in invoice.lines],
            _agreement(invoice),
            _header_delivery(invoice),
            _settlement(invoice),
        ),
    )


def _day(name: str, value: date | None, inner: str = "udt:DateTimeString") -> Part:
    return group(name, leaf(inner, f"{value:%Y%m%d}", format="102")) if value else None


def _reference(name: str, number: str) -> Part:
    return group(name, leaf("ram:IssuerAssignedID", number))


def _agreement(invoice: InvoiceFile) -> Part:
    representative = invoice.tax_representative
    project = invoice.project_reference
    return group(
        "ram:ApplicableHeaderTradeAgreement",
        leaf("ram:BuyerReference", invoice.buyer_reference),
        _party("ram:SellerTradeParty", invoice.seller),
        _party("ram:BuyerTradeParty", invoice.buyer),
        representative and _party("ram:SellerTaxRepresentativeTradeParty", representative),
        _reference("ram:SellerOrderReferencedDocument", invoice.sales_order_reference),
        _reference("ram:BuyerOrderReferencedDocument", invoice.order_reference),
        _reference("ram:ContractReferencedDocument", invoice.contract_reference),
        [_document(one) for one in invoice.documents],
        _typed(invoice.tender_reference, "50"),
        _typed(invoice.object_identifier.value, "130", invoice.object_identifier.scheme),
        group("ram:SpecifiedProcuringProject", leaf("ram:ID", project), leaf("ram:Name", project)),
    )


def _typed(number: str, code: str, scheme: str = "") -> Part:
    """A reference whose type tells what it names; None without a number."""
    if not number:
        return None
    return group(
        "ram:AdditionalReferencedDocument",
        leaf("ram:IssuerAssignedID", number),
        leaf("ram:TypeCode", code),
        leaf("ram:ReferenceTypeCode", scheme),
    )


def _document(one: SupportingDocument) -> Part:
    content = base64.b64encode(one.content).decode() if one.content else ""
    return group(
        "ram:AdditionalReferencedDocument",
        leaf("ram:IssuerAssignedID", one.id or one.filename or one.description[:100] or "NA"),
        leaf("ram:URIID", one.uri),
        leaf("ram:TypeCode", "916"),
        leaf("ram:Name", one.description),
        leaf("ram:AttachmentBinaryObject", content, mimeCode=one.mime, filename=one.filename),
    )


def _party(name: str, party: Party) -> Part:
    plain = [one for one in party.identifiers if not one.scheme]
    known = [one for one in party.identifiers if one.scheme and one.scheme != _CREDITOR_SCHEME]
    return group(
        name,
        [leaf("ram:ID", one.value) for one in plain],
        [leaf("ram:GlobalID", one.value, schemeID=one.scheme) for one in known],
        leaf("ram:Name", party.name),
        leaf("ram:Description", party.legal_form),
        group(
            "ram:SpecifiedLegalOrganization",
            leaf("ram:ID", party.legal_registration_id, schemeID=party.legal_registration_scheme),
            leaf("ram:TradingBusinessName", party.trading_name),
        ),
        group(
            "ram:DefinedTradeContact",
            leaf("ram:PersonName", party.contact_name),
            group("ram:TelephoneUniversalCommunication", leaf("ram:CompleteNumber", party.phone)),
            group("ram:EmailURIUniversalCommunication", leaf("ram:URIID", party.email)),
        ),
        _address(party.address),
        group("ram:URIUniversalCommunication", leaf("ram:URIID", party.endpoint, schemeID=party.endpoint_scheme)),
        group("ram:SpecifiedTaxRegistration", leaf("ram:ID", party.tax_registration_id, schemeID="FC")),
        group("ram:SpecifiedTaxRegistration", leaf("ram:ID", party.tax_id, schemeID="VA")),
    )


def _address(address: Address) -> Part:
    return group(
        "ram:PostalTradeAddress",
        leaf("ram:PostcodeCode", address.postcode),
        leaf("ram:LineOne", address.street),
        leaf("ram:LineTwo", address.additional_street),
        leaf("ram:LineThree", address.third_line),
        leaf("ram:CityName", address.city),
        leaf("ram:CountryID", address.country),
        leaf("ram:CountrySubDivisionName", address.region),
    )


def _header_delivery(invoice: InvoiceFile) -> Part:
    parts = (
        invoice.delivery and _ship_to(invoice.delivery),
        group("ram:ActualDeliverySupplyChainEvent", _day("ram:OccurrenceDateTime", invoice.delivered_on)),
        _reference("ram:DespatchAdviceReferencedDocument", invoice.despatch_reference),
        _reference("ram:ReceivingAdviceReferencedDocument", invoice.receipt_reference),
    )
    name = "ram:ApplicableHeaderTradeDelivery"
    return group(name, *parts) if any(part is not None for part in parts) else leaf(name, " ")


def _ship_to(delivery: Delivery) -> Part:
    location = delivery.location
    name = "ram:GlobalID" if location.scheme else "ram:ID"
    return group(
        "ram:ShipToTradeParty",
        leaf(name, location.value, schemeID=location.scheme),
        leaf("ram:Name", delivery.name),
        _address(delivery.address),
    )


def _settlement(invoice: InvoiceFile) -> Part:
    means = invoice.payment_means
    return group(
        "ram:ApplicableHeaderTradeSettlement",
        leaf("ram:CreditorReferenceID", invoice.creditor_reference),
        leaf("ram:PaymentReference", next((one.reference for one in means if one.reference), "")),
        leaf("ram:TaxCurrencyCode", invoice.tax_currency),
        leaf("ram:InvoiceCurrencyCode", invoice.currency),
        invoice.payee and _party("ram:PayeeTradeParty", invoice.payee),
        [_payment_means(one) for one in means],
        [_tax_group(invoice, one) for one in invoice.taxes],
        _period(invoice.period_starts_on, invoice.period_ends_on),
        [_allowance_charge(one) for one in invoice.allowances_charges],
        group(
            "ram:SpecifiedTradePaymentTerms",
            leaf("ram:Description", invoice.payment_terms),
            _day("ram:DueDateDateTime", invoice.due_on),
            leaf("ram:DirectDebitMandateID", next((one.mandate for one in means if one.mandate), "")),
        ),
        _totals(invoice),
        [
            group(
                "ram:InvoiceReferencedDocument",
                leaf("ram:IssuerAssignedID", one.number),
                _day("ram:FormattedIssueDateTime", one.issued_on, "qdt:DateTimeString"),
            )
            for one in invoice.preceding_invoices
        ],
        group("ram:ReceivableSpecifiedTradeAccountingAccount", leaf("ram:ID", invoice.buyer_accounting_reference)),
    )


def _payment_means(means: PaymentMeans) -> Part:
    """The means; None for a mere reference or mandate, which stand elsewhere."""
    card = means.card_number[-CARD_DIGITS:]
    parts = (
        leaf("ram:Information", means.text),
        group(
            "ram:ApplicableTradeSettlementFinancialCard",
            leaf("ram:ID", card),
            leaf("ram:CardholderName", means.card_holder if card else ""),
        ),
        group("ram:PayerPartyDebtorFinancialAccount", leaf("ram:IBANID", means.debited_account)),
        _account(means),
        group("ram:PayeeSpecifiedCreditorFinancialInstitution", leaf("ram:BICID", means.bic)),
    )
    if not means.code and not any(part is not None for part in parts):
        return None
    return group("ram:SpecifiedTradeSettlementPaymentMeans", leaf("ram:TypeCode", means.code or "1"), *parts)


def _account(means: PaymentMeans) -> Part:
    is_iban = _IBAN.fullmatch("".join(means.account.split())) is not None
    return group(
        "ram:PayeePartyCreditorFinancialAccount",
        leaf("ram:IBANID", means.account if is_iban else ""),
        leaf("ram:AccountName", means.account_name),
        leaf("ram:ProprietaryID", "" if is_iban else means.account),
    )


def _tax_group(invoice: InvoiceFile, one: TaxGroup) -> Part:
    code = _TAX_POINT_CODES.get(invoice.tax_point_code, invoice.tax_point_code)
    return group(
        "ram:ApplicableTradeTax",
        leaf("ram:CalculatedAmount", amount(one.tax)),
        leaf("ram:TypeCode", one.scheme or "VAT"),
        leaf("ram:ExemptionReason", one.exemption_reason),
        leaf("ram:BasisAmount", amount(one.taxable)),
        leaf("ram:CategoryCode", one.category),
        leaf("ram:ExemptionReasonCode", one.exemption_code),
        _day("ram:TaxPointDate", invoice.tax_point_on, "udt:DateString"),
        leaf("ram:DueDateTypeCode", "" if invoice.tax_point_on else code),
        leaf("ram:RateApplicablePercent", figure(one.percent)),
    )


def _period(starts_on: date | None, ends_on: date | None) -> Part:
    return group("ram:BillingSpecifiedPeriod", _day("ram:StartDateTime", starts_on), _day("ram:EndDateTime", ends_on))


def _allowance_charge(one: AllowanceCharge) -> Part:
    return group(
        "ram:SpecifiedTradeAllowanceCharge",
        group("ram:ChargeIndicator", leaf("udt:Indicator", "true" if one.is_charge else "false")),
        leaf("ram:CalculationPercent", figure(one.percent)),
        leaf("ram:BasisAmount", "" if one.base_amount is None else amount(one.base_amount)),
        leaf("ram:ActualAmount", amount(one.amount)),
        leaf("ram:ReasonCode", one.reason_code),
        leaf("ram:Reason", one.reason),
        _tax("ram:CategoryTradeTax", one.tax_category, one.tax_percent),
    )


def _tax(name: str, category: str, percent: Decimal | None) -> Part:
    if not category:
        return None
    return group(
        name,
        leaf("ram:TypeCode", "VAT"),
        leaf("ram:CategoryCode", category),
        leaf("ram:RateApplicablePercent", figure(percent)),
    )


def _totals(invoice: InvoiceFile) -> Part:
    other = None
    if invoice.tax_total_in_tax_currency is not None:
        value = amount(invoice.tax_total_in_tax_currency)
        other = leaf("ram:TaxTotalAmount", value, currencyID=invoice.tax_currency)
    return group(
        "ram:SpecifiedTradeSettlementHeaderMonetarySummation",
        leaf("ram:LineTotalAmount", amount(invoice.lines_net)),
        leaf("ram:ChargeTotalAmount", amount(invoice.charges) if invoice.charges else ""),
        leaf("ram:AllowanceTotalAmount", amount(invoice.allowances) if invoice.allowances else ""),
        leaf("ram:TaxBasisTotalAmount", amount(invoice.tax_exclusive)),
        leaf("ram:TaxTotalAmount", amount(invoice.tax_total), currencyID=invoice.currency),
        other,
        leaf("ram:RoundingAmount", amount(invoice.rounding) if invoice.rounding else ""),
        leaf("ram:GrandTotalAmount", amount(invoice.tax_inclusive)),
        leaf("ram:TotalPrepaidAmount", amount(invoice.prepaid) if invoice.prepaid else ""),
        leaf("ram:DuePayableAmount", amount(invoice.payable)),
    )


def _line(line: Line) -> Part:
    return group(
        "ram:IncludedSupplyChainTradeLineItem",
        group(
            "ram:AssociatedDocumentLineDocument",
            leaf("ram:LineID", line.id),
            group("ram:IncludedNote", leaf("ram:Content", line.note)),
        ),
        _product(line),
        _price(line),
        group("ram:SpecifiedLineTradeDelivery", leaf("ram:BilledQuantity", figure(line.quantity), unitCode=line.unit)),
        group(
            "ram:SpecifiedLineTradeSettlement",
            _tax("ram:ApplicableTradeTax", line.tax_category, line.tax_percent),
            _period(line.period_starts_on, line.period_ends_on),
            [_allowance_charge(one) for one in line.allowances_charges],
            group("ram:SpecifiedTradeSettlementLineMonetarySummation", leaf("ram:LineTotalAmount", amount(line.net))),
            _typed(line.object_identifier.value, "130", line.object_identifier.scheme),
            group("ram:ReceivableSpecifiedTradeAccountingAccount", leaf("ram:ID", line.buyer_accounting_reference)),
        ),
    )


def _product(line: Line) -> Part:
    return group(
        "ram:SpecifiedTradeProduct",
        leaf("ram:GlobalID", line.standard_item.value, schemeID=line.standard_item.scheme),
        leaf("ram:SellerAssignedID", line.seller_item_id),
        leaf("ram:BuyerAssignedID", line.buyer_item_id),
        leaf("ram:Name", line.name),
        leaf("ram:Description", line.description),
        [
            group(
                "ram:ApplicableProductCharacteristic", leaf("ram:Description", one.name), leaf("ram:Value", one.value)
            )
            for one in line.attributes
        ],
        [_classification(one) for one in line.classifications],
        group("ram:OriginTradeCountry", leaf("ram:ID", line.origin_country)),
    )


def _classification(one: Identifier) -> Part:
    return group(
        "ram:DesignatedProductClassification",
        leaf("ram:ClassCode", one.value, listID=one.scheme, listVersionID=one.version),
    )


def _price(line: Line) -> Part:
    base = (figure(line.price_base_quantity), line.price_base_unit)
    discount = None
    if line.price_discount is not None:
        discount = group(
            "ram:AppliedTradeAllowanceCharge",
            group("ram:ChargeIndicator", leaf("udt:Indicator", "false")),
            leaf("ram:ActualAmount", figure(line.price_discount)),
        )
    gross = None
    if gross_price(line) is not None:
        gross = group(
            "ram:GrossPriceProductTradePrice",
            leaf("ram:ChargeAmount", figure(gross_price(line))),
            leaf("ram:BasisQuantity", base[0], unitCode=base[1]),
            discount,
        )
    return group(
        "ram:SpecifiedLineTradeAgreement",
        group("ram:BuyerOrderReferencedDocument", leaf("ram:LineID", line.order_line_reference)),
        gross,
        group(
            "ram:NetPriceProductTradePrice",
            leaf("ram:ChargeAmount", figure(line.unit_price)),
            leaf("ram:BasisQuantity", base[0], unitCode=base[1]),
        ),
    )
