"""UBL 2.1 Invoice and CreditNote to InvoiceFile. Source: OASIS UBL 2.1; EN 16931-3-2 for the places."""

import re
from collections.abc import Collection, Sequence
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
    Kind,
    Line,
    Note,
    Party,
    PaymentMeans,
    PrecedingInvoice,
    SupportingDocument,
    TaxGroup,
    masked_card,
)

INVOICE = "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice"
CREDIT_NOTE = "{urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2}CreditNote"

_OBJECT_CODE = "130"  # UNTDID 1001: such a reference names what is invoiced, it is no document
_PROJECT_CODE = "50"
_SUBJECT_NOTE = re.compile(r"#([A-Z]{3})#(.*)", re.DOTALL)


def read_ubl(root: Node, *, currencies: Collection[str] | None = None) -> InvoiceFile:
    """The invoice or credit note below a UBL root. Raises FormatError."""
    name = "CreditNote" if root.tag == CREDIT_NOTE else "Invoice"
    type_code = root.need_code(f"cbc:{name}TypeCode")
    is_credit_note = name == "CreditNote" or type_code in CREDIT_NOTE_CODES
    kind: Kind = "credit_note" if is_credit_note else "invoice"
    currency = root.need_currency("cbc:DocumentCurrencyCode", currencies)
    return InvoiceFile(
        kind=kind,
        type_code=type_code,
        number=root.need_code("cbc:ID"),
        specification=root.text("cbc:CustomizationID"),
        profile=root.text("cbc:ProfileID"),
        issued_on=root.need_day("cbc:IssueDate"),
        currency=currency,
        notes=_notes(root),
        payment_terms=root.long_text("cac:PaymentTerms/cbc:Note"),
        payment_means=tuple(_payment_means(node) for node in root.children("cac:PaymentMeans")),
        seller=_party(root.need_child("cac:AccountingSupplierParty/cac:Party"), is_named=True),
        buyer=_party(root.need_child("cac:AccountingCustomerParty/cac:Party"), is_named=True),
        payee=_optional_party(root, "cac:PayeeParty"),
        tax_representative=_optional_party(root, "cac:TaxRepresentativeParty"),
        delivery=_delivery(root),
        creditor_reference=_creditor_reference(root),
        lines=_lines(root, name, currency),
        allowances_charges=_allowances_charges(root, currency),
        documents=tuple(_document(node) for node in _documents(root)),
        **_dates(root),
        **_references(root),
        **_taxes(root, currency, currencies),
        **_totals(root, currency),
    )


def _dates(root: Node) -> dict[str, Any]:
    return {
        # A credit note has its due date beside the means of payment; of several the last one settles it.
        "due_on": root.day("cbc:DueDate") or root.latest_day("cac:PaymentMeans/cbc:PaymentDueDate"),
        "tax_point_on": root.day("cbc:TaxPointDate"),
        "tax_point_code": root.code("cac:InvoicePeriod/cbc:DescriptionCode"),
        "delivered_on": root.latest_day("cac:Delivery/cbc:ActualDeliveryDate"),
        "period_starts_on": root.day("cac:InvoicePeriod/cbc:StartDate"),
        "period_ends_on": root.day("cac:InvoicePeriod/cbc:EndDate"),
    }


def _references(root: Node) -> dict[str, Any]:
    additional = root.children("cac:AdditionalDocumentReference")
    of_object = _of_type(additional, _OBJECT_CODE)
    of_project = _of_type(additional, _PROJECT_CODE)
    return {
        "buyer_reference": root.text("cbc:BuyerReference"),
        "order_reference": root.text("cac:OrderReference/cbc:ID"),
        "sales_order_reference": root.text("cac:OrderReference/cbc:SalesOrderID"),
        "contract_reference": root.text("cac:ContractDocumentReference/cbc:ID"),
        "project_reference": root.text("cac:ProjectReference/cbc:ID")
        or (of_project[0].text("cbc:ID") if of_project else ""),
        "tender_reference": root.text("cac:OriginatorDocumentReference/cbc:ID"),
        "despatch_reference": root.text("cac:DespatchDocumentReference/cbc:ID"),
        "receipt_reference": root.text("cac:ReceiptDocumentReference/cbc:ID"),
        "buyer_accounting_reference": root.text("cbc:AccountingCost"),
        "object_identifier": of_object[0].identifier("cbc:ID") if of_object else Identifier(value=""),
        "preceding_invoices": tuple(
            PrecedingInvoice(number=node.need_code("cbc:ID"), issued_on=node.day("cbc:IssueDate"))
            for node in root.children("cac:BillingReference/cac:InvoiceDocumentReference")
        ),
    }


def _of_type(references: Sequence[Node], code: str) -> list[Node]:
    return [node for node in references if node.code("cbc:DocumentTypeCode") == code]


def _documents(root: Node) -> list[Node]:
    return [
        node
        for node in root.children("cac:AdditionalDocumentReference")
        if node.code("cbc:DocumentTypeCode") not in (_OBJECT_CODE, _PROJECT_CODE)
    ]


def _document(node: Node) -> SupportingDocument:
    path = "cac:Attachment/cbc:EmbeddedDocumentBinaryObject"
    embedded = node.child(path)
    return SupportingDocument(
        id=node.text("cbc:ID"),
        description=node.long_text("cbc:DocumentDescription") or node.text("cbc:DocumentType"),
        uri=node.text("cac:Attachment/cac:ExternalReference/cbc:URI"),
        filename=embedded.attribute("filename") if embedded else "",
        mime=embedded.attribute("mimeCode") if embedded else "",
        content=node.content(path),
    )


def _notes(root: Node) -> tuple[Note, ...]:
    """Each note; one that begins with #ABC# has the subject ABC."""
    notes = []
    for node in root.children("cbc:Note"):
        text = node.long_text(".")
        found = _SUBJECT_NOTE.fullmatch(text)
        if found:
            notes.append(Note(text=found[2].strip(), subject=found[1]))
        elif text:
            notes.append(Note(text=text))
    return tuple(notes)


def _payment_means(node: Node) -> PaymentMeans:
    code = node.child("cbc:PaymentMeansCode")
    return PaymentMeans(
        code=node.code("cbc:PaymentMeansCode"),
        text=(code.attribute("name") if code else "") or node.text("cbc:InstructionNote"),
        reference=node.text("cbc:PaymentID"),
        account=node.text("cac:PayeeFinancialAccount/cbc:ID"),
        account_name=node.text("cac:PayeeFinancialAccount/cbc:Name"),
        bic=node.text("cac:PayeeFinancialAccount/cac:FinancialInstitutionBranch/cbc:ID"),
        mandate=node.text("cac:PaymentMandate/cbc:ID"),
        debited_account=node.text("cac:PaymentMandate/cac:PayerFinancialAccount/cbc:ID"),
        card_number=masked_card(node.text("cac:CardAccount/cbc:PrimaryAccountNumberID")),
        card_holder=node.text("cac:CardAccount/cbc:HolderName"),
    )


def _optional_party(root: Node, path: str) -> Party | None:
    node = root.child(path)
    return _party(node, is_named=False) if node else None


def _party(node: Node, *, is_named: bool) -> Party:
    """A party; `is_named` refuses one without a name."""
    trading_name = node.text("cac:PartyName/cbc:Name")
    registered = node.text("cac:PartyLegalEntity/cbc:RegistrationName")
    if is_named and not (registered or trading_name):
        raise FormatError("missing", line=node.line, element="cac:PartyLegalEntity/cbc:RegistrationName")
    registration = node.identifier("cac:PartyLegalEntity/cbc:CompanyID")
    endpoint = node.identifier("cbc:EndpointID")
    taxes = [(tax.text("cac:TaxScheme/cbc:ID"), tax) for tax in node.children("cac:PartyTaxScheme")]
    return Party(
        name=registered or trading_name,
        trading_name=trading_name if registered else "",
        legal_registration_id=registration.value,
        legal_registration_scheme=registration.scheme,
        tax_id=next((tax.text("cbc:CompanyID") for scheme, tax in taxes if scheme == "VAT"), ""),
        tax_registration_id=next((tax.text("cbc:CompanyID") for scheme, tax in taxes if scheme != "VAT"), ""),
        endpoint=endpoint.value,
        endpoint_scheme=endpoint.scheme,
        identifiers=node.identifiers("cac:PartyIdentification/cbc:ID"),
        legal_form=node.long_text("cac:PartyLegalEntity/cbc:CompanyLegalForm"),
        address=_address(node.child("cac:PostalAddress")),
        contact_name=node.text("cac:Contact/cbc:Name"),
        phone=node.text("cac:Contact/cbc:Telephone"),
        email=node.text("cac:Contact/cbc:ElectronicMail"),
    )


def _address(node: Node | None) -> Address:
    if node is None:
        return Address()
    return Address(
        street=node.text("cbc:StreetName"),
        additional_street=node.text("cbc:AdditionalStreetName"),
        third_line=node.text("cac:AddressLine/cbc:Line"),
        city=node.text("cbc:CityName"),
        postcode=node.text("cbc:PostalZone"),
        region=node.text("cbc:CountrySubentity"),
        country=node.code("cac:Country/cbc:IdentificationCode"),
    )


def _delivery(root: Node) -> Delivery | None:
    node = root.child("cac:Delivery")
    if node is None:
        return None
    delivery = Delivery(
        name=node.text("cac:DeliveryParty/cac:PartyName/cbc:Name"),
        location=node.identifier("cac:DeliveryLocation/cbc:ID"),
        address=_address(node.child("cac:DeliveryLocation/cac:Address")),
    )
    return None if delivery == Delivery() else delivery


def _creditor_reference(root: Node) -> str:
    """The direct debit creditor: the identifier of the seller or the payee with the scheme SEPA."""
    for path in ("cac:AccountingSupplierParty/cac:Party", "cac:PayeeParty"):
        for identifier in root.identifiers(f"{path}/cac:PartyIdentification/cbc:ID"):
            if identifier.scheme == "SEPA":
                return identifier.value
    return ""


def _allowances_charges(node: Node, currency: str) -> tuple[AllowanceCharge, ...]:
    return tuple(
        AllowanceCharge(
            is_charge=item.need_flag("cbc:ChargeIndicator"),
            amount=item.need_amount("cbc:Amount", currency),
            base_amount=item.amount("cbc:BaseAmount", currency),
            percent=item.number("cbc:MultiplierFactorNumeric", PERCENT),
            reason=item.long_text("cbc:AllowanceChargeReason"),
            reason_code=item.code("cbc:AllowanceChargeReasonCode"),
            tax_category=item.code("cac:TaxCategory/cbc:ID"),
            tax_percent=item.number("cac:TaxCategory/cbc:Percent", PERCENT),
        )
        for item in node.children("cac:AllowanceCharge")
    )


def _taxes(root: Node, currency: str, currencies: Collection[str] | None) -> dict[str, Any]:
    """Groups and totals: one TaxTotal in the invoice's currency, one in the tax currency if that differs."""
    tax_currency = root.currency("cbc:TaxCurrencyCode", currencies)
    totals = root.amounts_by_currency("cac:TaxTotal/cbc:TaxAmount", currency, tax_currency)
    groups = [
        _tax_group(group, currency)
        for node in root.children("cac:TaxTotal")
        if node.need_child("cbc:TaxAmount").attribute("currencyID") in ("", currency)
        for group in node.children("cac:TaxSubtotal")
    ]
    return {
        "taxes": tuple(groups),
        "tax_currency": tax_currency,
        "tax_total": totals.get(currency, ZERO),
        "tax_total_in_tax_currency": totals.get(tax_currency) if tax_currency != currency else None,
    }


def _tax_group(node: Node, currency: str) -> TaxGroup:
    percent = node.number("cac:TaxCategory/cbc:Percent", PERCENT)
    return TaxGroup(
        category=node.code("cac:TaxCategory/cbc:ID"),
        percent=node.number("cbc:Percent", PERCENT) if percent is None else percent,
        taxable=node.need_amount("cbc:TaxableAmount", currency),
        tax=node.need_amount("cbc:TaxAmount", currency),
        exemption_reason=node.long_text("cac:TaxCategory/cbc:TaxExemptionReason"),
        exemption_code=node.code("cac:TaxCategory/cbc:TaxExemptionReasonCode"),
        scheme=node.code("cac:TaxCategory/cac:TaxScheme/cbc:ID"),
    )


def _totals(root: Node, currency: str) -> dict[str, Any]:
    total = root.need_child("cac:LegalMonetaryTotal")
    return {
        "lines_net": total.need_amount("cbc:LineExtensionAmount", currency),
        "allowances": total.amount("cbc:AllowanceTotalAmount", currency) or ZERO,
        "charges": total.amount("cbc:ChargeTotalAmount", currency) or ZERO,
        "tax_exclusive": total.need_amount("cbc:TaxExclusiveAmount", currency),
        "tax_inclusive": total.need_amount("cbc:TaxInclusiveAmount", currency),
        "prepaid": total.amount("cbc:PrepaidAmount", currency) or ZERO,
        "rounding": total.amount("cbc:PayableRoundingAmount", currency) or ZERO,
        "payable": total.need_amount("cbc:PayableAmount", currency),
    }


def _lines(root: Node, name: str, currency: str) -> tuple[Line, ...]:
    path = f"cac:{name}Line"
    nodes = root.children(path, limit=MAX_LINES)
    if not nodes:
        raise FormatError("missing", line=root.line, element=path)
    quantity = "cbc:CreditedQuantity" if name == "CreditNote" else "cbc:InvoicedQuantity"
    return tuple(_line(node, quantity, currency) for node in nodes)


def _line(node: Node, quantity: str, currency: str) -> Line:
    item = node.need_child("cac:Item")
    references = _of_type(node.children("cac:DocumentReference"), _OBJECT_CODE)
    return Line(
        id=node.need_code("cbc:ID"),
        quantity=node.need_number(quantity, QUANTITY),
        unit=node.need_child(quantity).attribute("unitCode"),
        net=node.need_amount("cbc:LineExtensionAmount", currency),
        note=node.long_text("cbc:Note"),
        period_starts_on=node.day("cac:InvoicePeriod/cbc:StartDate"),
        period_ends_on=node.day("cac:InvoicePeriod/cbc:EndDate"),
        order_line_reference=node.text("cac:OrderLineReference/cbc:LineID"),
        buyer_accounting_reference=node.text("cbc:AccountingCost"),
        object_identifier=references[0].identifier("cbc:ID") if references else Identifier(value=""),
        allowances_charges=_allowances_charges(node, currency),
        **_price(node.need_child("cac:Price"), currency),
        **_item(item),
    )


def _price(node: Node, currency: str) -> dict[str, Any]:
    base_quantity = node.child("cbc:BaseQuantity")
    return {
        "unit_price": node.need_amount("cbc:PriceAmount", currency, PRICE),
        "price_base_quantity": node.number("cbc:BaseQuantity", QUANTITY),
        "price_base_unit": base_quantity.attribute("unitCode") if base_quantity else "",
        "gross_price": node.amount("cac:AllowanceCharge/cbc:BaseAmount", currency, PRICE),
        "price_discount": node.amount("cac:AllowanceCharge/cbc:Amount", currency, PRICE),
    }


def _item(node: Node) -> dict[str, Any]:
    return {
        "name": node.need_text("cbc:Name"),
        "description": node.long_text("cbc:Description"),
        "seller_item_id": node.text("cac:SellersItemIdentification/cbc:ID"),
        "buyer_item_id": node.text("cac:BuyersItemIdentification/cbc:ID"),
        "standard_item": node.identifier("cac:StandardItemIdentification/cbc:ID"),
        "classifications": node.identifiers(
            "cac:CommodityClassification/cbc:ItemClassificationCode", scheme="listID", version="listVersionID"
        ),
        "attributes": tuple(
            Attribute(name=pair.text("cbc:Name"), value=pair.text("cbc:Value", limit=NOTE_LENGTH))
            for pair in node.children("cac:AdditionalItemProperty")
        ),
        "origin_country": node.code("cac:OriginCountry/cbc:IdentificationCode"),
        "tax_category": node.code("cac:ClassifiedTaxCategory/cbc:ID"),
        "tax_percent": node.number("cac:ClassifiedTaxCategory/cbc:Percent", PERCENT),
        "exemption_reason": node.long_text("cac:ClassifiedTaxCategory/cbc:TaxExemptionReason"),
        "exemption_code": node.code("cac:ClassifiedTaxCategory/cbc:TaxExemptionReasonCode"),
    }
