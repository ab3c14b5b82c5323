"""UN/CEFACT Cross Industry Invoice D16B (Factur-X, ZUGFeRD) to InvoiceFile. Source: EN 16931-3-3."""

from collections.abc import Collection
from typing import Any

from advisory_portal.formats.errors import FormatError
from advisory_portal.formats.fields import PERCENT, PRICE, QUANTITY, Node
from advisory_portal.formats.invoice import (
    CREDIT_NOTE_CODES,
    MAX_LINES,
    NOTE_LENGTH,
    ZERO,
    Address,
    AllowanceCharge,
    Attribute,
    Delivery,
    Identifier,
    InvoiceFile,
    Line,
    Note,
    Party,
    PaymentMeans,
    PrecedingInvoice,
    SupportingDocument,
    TaxGroup,
    masked_card,
)

INVOICE = "{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}CrossIndustryInvoice"

_DATE = "udt:DateTimeString"
# UNTDID 1001 codes of an additional referenced document that is not a supporting document.
_TENDER_CODE = "50"
_OBJECT_CODE = "130"


def read_cii(root: Node, *, currencies: Collection[str] | None = None) -> InvoiceFile:
    """The invoice or credit note (told by the type code) below a CII root. Raises FormatError."""
    document = root.need_child("rsm:ExchangedDocument")
    trade = root.need_child("rsm:SupplyChainTradeTransaction")
    agreement = trade.need_child("ram:ApplicableHeaderTradeAgreement")
    settlement = trade.need_child("ram:ApplicableHeaderTradeSettlement")
    currency = settlement.need_currency("ram:InvoiceCurrencyCode", currencies)
    type_code = document.need_code("ram:TypeCode")
    context = "rsm:ExchangedDocumentContext"
    return InvoiceFile(
        kind="credit_note" if type_code in CREDIT_NOTE_CODES else "invoice",
        type_code=type_code,
        number=document.need_code("ram:ID"),
        specification=root.text(f"{context}/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"),
        profile=root.text(f"{context}/ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID"),
        issued_on=document.need_day_102(f"ram:IssueDateTime/{_DATE}"),
        currency=currency,
        notes=_notes(document),
        payment_terms=settlement.long_text("ram:SpecifiedTradePaymentTerms/ram:Description"),
        payment_means=_payment_means(settlement),
        creditor_reference=settlement.text("ram:CreditorReferenceID"),
        seller=_party(agreement.need_child("ram:SellerTradeParty"), is_named=True),
        buyer=_party(agreement.need_child("ram:BuyerTradeParty"), is_named=True),
        payee=_optional_party(settlement, "ram:PayeeTradeParty"),
        tax_representative=_optional_party(agreement, "ram:SellerTaxRepresentativeTradeParty"),
        delivery=_delivery(trade),
        lines=_lines(trade, currency),
        allowances_charges=(*_allowances_charges(settlement, currency), *_logistics(settlement, currency)),
        taxes=_taxes(settlement, currency),
        documents=_documents(agreement),
        **_dates(trade, settlement),
        **_references(trade, agreement, settlement),
        **_totals(settlement, currency, currencies),
    )


def _dates(trade: Node, settlement: Node) -> dict[str, Any]:
    delivery = "ram:ApplicableHeaderTradeDelivery/ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime"
    terms = "ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime"
    return {
        "due_on": settlement.latest_day_102(f"{terms}/{_DATE}"),
        "tax_point_on": settlement.latest_day_102("ram:ApplicableTradeTax/ram:TaxPointDate/udt:DateString"),
        "tax_point_code": _first_code(settlement, "ram:ApplicableTradeTax/ram:DueDateTypeCode"),
        "delivered_on": trade.latest_day_102(f"{delivery}/{_DATE}"),
        **_period(settlement),
    }


def _first_code(node: Node, path: str) -> str:
    """A code that every tax group repeats."""
    found = node.children(path)
    return found[0].code(".") if found else ""


def _period(node: Node) -> dict[str, Any]:
    return {
        "period_starts_on": node.day_102(f"ram:BillingSpecifiedPeriod/ram:StartDateTime/{_DATE}"),
        "period_ends_on": node.day_102(f"ram:BillingSpecifiedPeriod/ram:EndDateTime/{_DATE}"),
    }


def _references(trade: Node, agreement: Node, settlement: Node) -> dict[str, Any]:
    number = "ram:IssuerAssignedID"
    delivery = "ram:ApplicableHeaderTradeDelivery"
    tenders = _of_type(agreement, _TENDER_CODE)
    return {
        "buyer_reference": agreement.text("ram:BuyerReference"),
        "order_reference": agreement.text(f"ram:BuyerOrderReferencedDocument/{number}"),
        "sales_order_reference": agreement.text(f"ram:SellerOrderReferencedDocument/{number}"),
        "contract_reference": agreement.text(f"ram:ContractReferencedDocument/{number}"),
        "project_reference": agreement.text("ram:SpecifiedProcuringProject/ram:ID"),
        "tender_reference": tenders[0].text(number) if tenders else "",
        "despatch_reference": trade.text(f"{delivery}/ram:DespatchAdviceReferencedDocument/{number}"),
        "receipt_reference": trade.text(f"{delivery}/ram:ReceivingAdviceReferencedDocument/{number}"),
        "buyer_accounting_reference": settlement.text("ram:ReceivableSpecifiedTradeAccountingAccount/ram:ID"),
        "object_identifier": _object_identifier(agreement),
        "preceding_invoices": tuple(
            PrecedingInvoice(
                number=node.need_code(number),
                issued_on=node.day_102("ram:FormattedIssueDateTime/qdt:DateTimeString"),
            )
            for node in settlement.children("ram:InvoiceReferencedDocument")
        ),
    }


def _of_type(node: Node, code: str) -> list[Node]:
    references = node.children("ram:AdditionalReferencedDocument")
    return [found for found in references if found.code("ram:TypeCode") == code]


def _object_identifier(node: Node) -> Identifier:
    found = _of_type(node, _OBJECT_CODE)
    if not found:
        return Identifier(value="")
    number, scheme = found[0].text("ram:IssuerAssignedID"), found[0].code("ram:ReferenceTypeCode")
    return Identifier(value=number, scheme=scheme)


def _documents(agreement: Node) -> tuple[SupportingDocument, ...]:
    path = "ram:AttachmentBinaryObject"
    documents = []
    for node in agreement.children("ram:AdditionalReferencedDocument"):
        if node.code("ram:TypeCode") in (_TENDER_CODE, _OBJECT_CODE):
            continue
        embedded = node.child(path)
        documents.append(
            SupportingDocument(
                id=node.text("ram:IssuerAssignedID"),
                description=node.long_text("ram:Name"),
                uri=node.text("ram:URIID"),
                filename=embedded.attribute("filename") if embedded else "",
                mime=embedded.attribute("mimeCode") if embedded else "",
                content=node.content(path),
            )
        )
    return tuple(documents)


def _notes(document: Node) -> tuple[Note, ...]:
    notes = (
        Note(text=node.long_text("ram:Content"), subject=node.code("ram:SubjectCode"))
        for node in document.children("ram:IncludedNote")
    )
    return tuple(note for note in notes if note.text)


def _payment_means(settlement: Node) -> tuple[PaymentMeans, ...]:
    """Each means with the reference and the mandate of the invoice; these alone, if no means is named."""
    shared = {
        "reference": settlement.text("ram:PaymentReference"),
        "mandate": settlement.text("ram:SpecifiedTradePaymentTerms/ram:DirectDebitMandateID"),
    }
    payee = "ram:PayeePartyCreditorFinancialAccount"
    card = "ram:ApplicableTradeSettlementFinancialCard"
    means = tuple(
        PaymentMeans(
            code=node.code("ram:TypeCode"),
            text=node.long_text("ram:Information"),
            account=node.text(f"{payee}/ram:IBANID") or node.text(f"{payee}/ram:ProprietaryID"),
            account_name=node.text(f"{payee}/ram:AccountName"),
            bic=node.text("ram:PayeeSpecifiedCreditorFinancialInstitution/ram:BICID"),
            debited_account=node.text("ram:PayerPartyDebtorFinancialAccount/ram:IBANID"),
            card_number=masked_card(node.text(f"{card}/ram:ID")),
            card_holder=node.text(f"{card}/ram:CardholderName"),
            **shared,
        )
        for node in settlement.children("ram:SpecifiedTradeSettlementPaymentMeans")
    )
    return means or ((PaymentMeans(**shared),) if any(shared.values()) else ())


def _optional_party(node: Node, path: str) -> Party | None:
    found = node.child(path)
    return _party(found, is_named=False) if found else None


def _party(node: Node, *, is_named: bool) -> Party:
    """A party; `is_named` refuses one without a name."""
    registration = node.identifier("ram:SpecifiedLegalOrganization/ram:ID")
    endpoint = node.identifier("ram:URIUniversalCommunication/ram:URIID")
    taxes = node.identifiers("ram:SpecifiedTaxRegistration/ram:ID")
    contact = "ram:DefinedTradeContact"
    return Party(
        name=node.need_text("ram:Name") if is_named else node.text("ram:Name"),
        trading_name=node.text("ram:SpecifiedLegalOrganization/ram:TradingBusinessName"),
        legal_registration_id=registration.value,
        legal_registration_scheme=registration.scheme,
        tax_id=next((tax.value for tax in taxes if tax.scheme in ("VA", "VAT")), ""),
        tax_registration_id=next((tax.value for tax in taxes if tax.scheme not in ("VA", "VAT")), ""),
        endpoint=endpoint.value,
        endpoint_scheme=endpoint.scheme,
        identifiers=(*node.identifiers("ram:ID"), *node.identifiers("ram:GlobalID")),
        legal_form=node.long_text("ram:Description"),
        address=_address(node.child("ram:PostalTradeAddress")),
        contact_name=node.text(f"{contact}/ram:PersonName") or node.text(f"{contact}/ram:DepartmentName"),
        phone=node.text(f"{contact}/ram:TelephoneUniversalCommunication/ram:CompleteNumber"),
        email=node.text(f"{contact}/ram:EmailURIUniversalCommunication/ram:URIID"),
    )


def _address(node: Node | None) -> Address:
    if node is None:
        return Address()
    return Address(
        street=node.text("ram:LineOne"),
        additional_street=node.text("ram:LineTwo"),
        third_line=node.text("ram:LineThree"),
        city=node.text("ram:CityName"),
        postcode=node.text("ram:PostcodeCode"),
        region=node.text("ram:CountrySubDivisionName"),
        country=node.code("ram:CountryID"),
    )


def _delivery(trade: Node) -> Delivery | None:
    node = trade.child("ram:ApplicableHeaderTradeDelivery/ram:ShipToTradeParty")
    if node is None:
        return None
    locations = (*node.identifiers("ram:ID"), *node.identifiers("ram:GlobalID"), Identifier(value=""))
    return Delivery(
        name=node.text("ram:Name"),
        location=locations[0],
        address=_address(node.child("ram:PostalTradeAddress")),
    )


def _allowances_charges(node: Node, currency: str) -> tuple[AllowanceCharge, ...]:
    return tuple(
        AllowanceCharge(
            is_charge=item.need_flag("ram:ChargeIndicator/udt:Indicator"),
            amount=item.need_amount("ram:ActualAmount", currency),
            base_amount=item.amount("ram:BasisAmount", currency),
            percent=item.number("ram:CalculationPercent", PERCENT),
            reason=item.long_text("ram:Reason"),
            reason_code=item.code("ram:ReasonCode"),
            tax_category=item.code("ram:CategoryTradeTax/ram:CategoryCode"),
            tax_percent=item.number("ram:CategoryTradeTax/ram:RateApplicablePercent", PERCENT),
        )
        for item in node.children("ram:SpecifiedTradeAllowanceCharge")
    )


def _logistics(settlement: Node, currency: str) -> tuple[AllowanceCharge, ...]:
    """Freight and the like, which the extended profile of Factur-X gives an element of its own."""
    return tuple(
        AllowanceCharge(
            is_charge=True,
            amount=item.need_amount("ram:AppliedAmount", currency),
            reason=item.long_text("ram:Description"),
            tax_category=item.code("ram:AppliedTradeTax/ram:CategoryCode"),
            tax_percent=item.number("ram:AppliedTradeTax/ram:RateApplicablePercent", PERCENT),
        )
        for item in settlement.children("ram:SpecifiedLogisticsServiceCharge")
    )


def _taxes(settlement: Node, currency: str) -> tuple[TaxGroup, ...]:
    return tuple(
        TaxGroup(
            category=node.code("ram:CategoryCode"),
            percent=node.number("ram:RateApplicablePercent", PERCENT),
            taxable=node.need_amount("ram:BasisAmount", currency),
            tax=node.need_amount("ram:CalculatedAmount", currency),
            exemption_reason=node.long_text("ram:ExemptionReason"),
            exemption_code=node.code("ram:ExemptionReasonCode"),
            scheme=node.code("ram:TypeCode"),
        )
        for node in settlement.children("ram:ApplicableTradeTax")
    )


def _totals(settlement: Node, currency: str, currencies: Collection[str] | None) -> dict[str, Any]:
    total = settlement.need_child("ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    tax_currency = settlement.currency("ram:TaxCurrencyCode", currencies)
    tax_totals = total.amounts_by_currency("ram:TaxTotalAmount", currency, tax_currency)
    return {
        "lines_net": total.need_amount("ram:LineTotalAmount", currency),
        "allowances": total.amount("ram:AllowanceTotalAmount", currency) or ZERO,
        "charges": total.amount("ram:ChargeTotalAmount", currency) or ZERO,
        "tax_exclusive": total.need_amount("ram:TaxBasisTotalAmount", currency),
        "tax_currency": tax_currency,
        "tax_total": tax_totals.get(currency, ZERO),
        "tax_total_in_tax_currency": tax_totals.get(tax_currency) if tax_currency != currency else None,
        "tax_inclusive": total.need_amount("ram:GrandTotalAmount", currency),
        "prepaid": total.amount("ram:TotalPrepaidAmount", currency) or ZERO,
        "rounding": total.amount("ram:RoundingAmount", currency) or ZERO,
        "payable": total.need_amount("ram:DuePayableAmount", currency),
    }


def _lines(trade: Node, currency: str) -> tuple[Line, ...]:
    path = "ram:IncludedSupplyChainTradeLineItem"
    nodes = trade.children(path, limit=MAX_LINES)
    if not nodes:
        raise FormatError("missing", line=trade.line, element=path)
    return tuple(_line(node, currency) for node in nodes)


def _line(node: Node, currency: str) -> Line:
    document = node.need_child("ram:AssociatedDocumentLineDocument")
    delivery = node.need_child("ram:SpecifiedLineTradeDelivery")
    settlement = node.need_child("ram:SpecifiedLineTradeSettlement")
    total = settlement.need_child("ram:SpecifiedTradeSettlementLineMonetarySummation")
    tax = "ram:ApplicableTradeTax"
    return Line(
        id=document.need_code("ram:LineID"),
        note=document.long_text("ram:IncludedNote/ram:Content"),
        quantity=delivery.need_number("ram:BilledQuantity", QUANTITY),
        unit=delivery.need_child("ram:BilledQuantity").attribute("unitCode"),
        net=total.need_amount("ram:LineTotalAmount", currency),
        tax_category=settlement.code(f"{tax}/ram:CategoryCode"),
        tax_percent=settlement.number(f"{tax}/ram:RateApplicablePercent", PERCENT),
        exemption_reason=settlement.long_text(f"{tax}/ram:ExemptionReason"),
        exemption_code=settlement.code(f"{tax}/ram:ExemptionReasonCode"),
        buyer_accounting_reference=settlement.text("ram:ReceivableSpecifiedTradeAccountingAccount/ram:ID"),
        object_identifier=_object_identifier(settlement),
        allowances_charges=_allowances_charges(settlement, currency),
        **_period(settlement),
        **_price(node.need_child("ram:SpecifiedLineTradeAgreement"), currency),
        **_product(node.need_child("ram:SpecifiedTradeProduct")),
    )


def _price(agreement: Node, currency: str) -> dict[str, Any]:
    price = agreement.need_child("ram:NetPriceProductTradePrice")
    gross = "ram:GrossPriceProductTradePrice"
    base_quantity = price.child("ram:BasisQuantity")
    return {
        "order_line_reference": agreement.text("ram:BuyerOrderReferencedDocument/ram:LineID"),
        "unit_price": price.need_amount("ram:ChargeAmount", currency, PRICE),
        "price_base_quantity": price.number("ram:BasisQuantity", QUANTITY),
        "price_base_unit": base_quantity.attribute("unitCode") if base_quantity else "",
        "gross_price": agreement.amount(f"{gross}/ram:ChargeAmount", currency, PRICE),
        "price_discount": agreement.amount(
            f"{gross}/ram:AppliedTradeAllowanceCharge/ram:ActualAmount", currency, PRICE
        ),
    }


def _product(node: Node) -> dict[str, Any]:
    return {
        "name": node.need_text("ram:Name"),
        "description": node.long_text("ram:Description"),
        "seller_item_id": node.text("ram:SellerAssignedID"),
        "buyer_item_id": node.text("ram:BuyerAssignedID"),
        "standard_item": node.identifier("ram:GlobalID"),
        "classifications": node.identifiers(
            "ram:DesignatedProductClassification/ram:ClassCode", scheme="listID", version="listVersionID"
        ),
        "attributes": tuple(
            Attribute(name=pair.text("ram:Description"), value=pair.text("ram:Value", limit=NOTE_LENGTH))
            for pair in node.children("ram:ApplicableProductCharacteristic")
        ),
        "origin_country": node.code("ram:OriginTradeCountry/ram:ID"),
    }
