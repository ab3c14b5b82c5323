"""InvoiceFile to UBL 2.1 Invoice or CreditNote. Source: OASIS UBL 2.1; EN 16931-3-2 for the places.

What the norm has no place for (the reason of an exemption at a line, say) is left out. The order of the elements is
the schema's.
"""

import base64
from decimal import Decimal

from advisory_portal.formats.build import Part, amount, day, figure, gross_price, group, leaf, root
from advisory_portal.formats.invoice import (
    Address,
    AllowanceCharge,
    Identifier,
    InvoiceFile,
    Line,
    Note,
    Party,
    PaymentMeans,
    SupportingDocument,
    TaxGroup,
)

SPECIFICATION = "urn:cen.eu:en16931:2017"
CARD_DIGITS = 10  # the most that may be written of a card's number, BR-51
_NAMESPACE = "urn:oasis:names:specification:ubl:schema:xsd:{}-2"
_TAX_POINT_CODES = {"5": "3", "29": "35", "72": "432"}  # UNTDID 2475, as CII has them, to UNTDID 2005
_MUST = "NA"  # where the schema wants a value that the norm does not know


def write_ubl(invoice: InvoiceFile) -> bytes:
    """The invoice as UTF-8 XML; a credit note as a CreditNote. `read_invoice` reads it back."""
    return _Writer(invoice).document()


class _Writer:
    def __init__(self, invoice: InvoiceFile) -> None:
        self.invoice = invoice
        self.is_credit = invoice.kind == "credit_note"
        self.name = "CreditNote" if self.is_credit else "Invoice"

    def document(self) -> bytes:
        invoice = self.invoice
        return root(
            self.name,
            ("cac", "cbc"),
            leaf("cbc:CustomizationID", invoice.specification or SPECIFICATION),
            leaf("cbc:ProfileID", invoice.profile),
            leaf("cbc:ID", invoice.number),
            leaf("cbc:IssueDate", day(invoice.issued_on)),
            *self.opening(),
            leaf("cbc:DocumentCurrencyCode", invoice.currency),
            leaf("cbc:TaxCurrencyCode", invoice.tax_currency),
            leaf("cbc:AccountingCost", invoice.buyer_accounting_reference),
            leaf("cbc:BuyerReference", invoice.buyer_reference),
            self.period(),
            *self.references(),
            group("cac:AccountingSupplierParty", group("cac:Party", *self.seller())),
            group("cac:AccountingCustomerParty", group("cac:Party", *_party(invoice.buyer))),
            invoice.payee and group("cac:PayeeParty", *_named_party(invoice.payee)),
            invoice.tax_representative
            and group("cac:TaxRepresentativeParty", *_named_party(invoice.tax_representative)),
            self.delivery(),
            [self.payment_means(means) for means in invoice.payment_means],
            group("cac:PaymentTerms", leaf("cbc:Note", invoice.payment_terms)),
            [self.allowance_charge(one) for one in invoice.allowances_charges],
            *self.tax_totals(),
            self.totals(),
            [self.line(line) for line in invoice.lines],
            namespace=_NAMESPACE.format(self.name),
        )

    def amount(self, name: str, value: Decimal | None) -> Part:
        return None if value is None else leaf(name, amount(value), currencyID=self.invoice.currency)

    def price(self, name: str, value: Decimal | None) -> Part:
        return None if value is None else leaf(name, figure(value), currencyID=self.invoice.currency)

    def opening(self) -> list[Part]:
        """Dates, type and notes, which the two documents order in their own ways."""
        invoice = self.invoice
        type_code = leaf(f"cbc:{self.name}TypeCode", invoice.type_code)
        notes = [leaf("cbc:Note", _note(note)) for note in invoice.notes]
        tax_point = leaf("cbc:TaxPointDate", day(invoice.tax_point_on))
        if self.is_credit:
            return [tax_point, type_code, notes]
        return [leaf("cbc:DueDate", day(invoice.due_on)), type_code, notes, tax_point]

    def period(self) -> Part:
        invoice = self.invoice
        code = _TAX_POINT_CODES.get(invoice.tax_point_code, invoice.tax_point_code)
        if invoice.tax_point_on:
            code = ""  # one or the other, BR-CO-03
        return group(
            "cac:InvoicePeriod",
            leaf("cbc:StartDate", day(invoice.period_starts_on)),
            leaf("cbc:EndDate", day(invoice.period_ends_on)),
            leaf("cbc:DescriptionCode", code),
        )

    def references(self) -> list[Part]:
        invoice = self.invoice
        order = invoice.order_reference or (_MUST if invoice.sales_order_reference else "")
        first = [
            group(
                "cac:OrderReference",
                leaf("cbc:ID", order),
                leaf("cbc:SalesOrderID", invoice.sales_order_reference),
            ),
            [
                group(
                    "cac:BillingReference",
                    group(
                        "cac:InvoiceDocumentReference",
                        leaf("cbc:ID", one.number),
                        leaf("cbc:IssueDate", day(one.issued_on)),
                    ),
                )
                for one in invoice.preceding_invoices
            ],
            group("cac:DespatchDocumentReference", leaf("cbc:ID", invoice.despatch_reference)),
            group("cac:ReceiptDocumentReference", leaf("cbc:ID", invoice.receipt_reference)),
        ]
        tender = group("cac:OriginatorDocumentReference", leaf("cbc:ID", invoice.tender_reference))
        contract = group("cac:ContractDocumentReference", leaf("cbc:ID", invoice.contract_reference))
        more = [_object(invoice.object_identifier), *(_document(one) for one in invoice.documents)]
        if self.is_credit:
            project = group("cac:AdditionalDocumentReference", *_typed(invoice.project_reference, "50"))
            return [*first, contract, more, project, tender]
        return [
            *first,
            tender,
            contract,
            more,
            group("cac:ProjectReference", leaf("cbc:ID", invoice.project_reference)),
        ]

    def seller(self) -> list[Part]:
        """The seller, with the direct debit creditor among its identifiers if nobody has it yet."""
        invoice = self.invoice
        parties = (invoice.seller, invoice.payee) if invoice.payee else (invoice.seller,)
        known = any(one.scheme == "SEPA" for party in parties for one in party.identifiers)
        return _party(invoice.seller, "" if known else invoice.creditor_reference)

    def delivery(self) -> Part:
        invoice = self.invoice
        one = invoice.delivery
        date = leaf("cbc:ActualDeliveryDate", day(invoice.delivered_on))
        if one is None:
            return group("cac:Delivery", date)
        return group(
            "cac:Delivery",
            date,
            group(
                "cac:DeliveryLocation",
                leaf("cbc:ID", one.location.value, schemeID=one.location.scheme),
                _address("cac:Address", one.address),
            ),
            group("cac:DeliveryParty", group("cac:PartyName", leaf("cbc:Name", one.name))),
        )

    def payment_means(self, means: PaymentMeans) -> Part:
        return group(
            "cac:PaymentMeans",
            leaf("cbc:PaymentMeansCode", means.code or "1", name=means.text),
            leaf("cbc:PaymentDueDate", day(self.invoice.due_on)) if self.is_credit else None,
            leaf("cbc:PaymentID", means.reference),
            _card(means),
            group(
                "cac:PayeeFinancialAccount",
                leaf("cbc:ID", means.account),
                leaf("cbc:Name", means.account_name),
                group("cac:FinancialInstitutionBranch", leaf("cbc:ID", means.bic)),
            ),
            group(
                "cac:PaymentMandate",
                leaf("cbc:ID", means.mandate),
                group("cac:PayerFinancialAccount", leaf("cbc:ID", means.debited_account)),
            ),
        )

    def allowance_charge(self, one: AllowanceCharge) -> Part:
        return group(
            "cac:AllowanceCharge",
            leaf("cbc:ChargeIndicator", "true" if one.is_charge else "false"),
            leaf("cbc:AllowanceChargeReasonCode", one.reason_code),
            leaf("cbc:AllowanceChargeReason", one.reason),
            leaf("cbc:MultiplierFactorNumeric", figure(one.percent)),
            self.amount("cbc:Amount", one.amount),
            self.amount("cbc:BaseAmount", one.base_amount),
            _tax_category("cac:TaxCategory", one.tax_category, one.tax_percent),
        )

    def tax_totals(self) -> list[Part]:
        invoice = self.invoice
        other = None
        if invoice.tax_total_in_tax_currency is not None:
            value = amount(invoice.tax_total_in_tax_currency)
            other = group("cac:TaxTotal", leaf("cbc:TaxAmount", value, currencyID=invoice.tax_currency))
        total = self.amount("cbc:TaxAmount", invoice.tax_total)
        return [group("cac:TaxTotal", total, [self.tax_group(one) for one in invoice.taxes]), other]

    def tax_group(self, one: TaxGroup) -> Part:
        return group(
            "cac:TaxSubtotal",
            self.amount("cbc:TaxableAmount", one.taxable),
            self.amount("cbc:TaxAmount", one.tax),
            _tax_category(
                "cac:TaxCategory",
                one.category,
                one.percent,
                leaf("cbc:TaxExemptionReasonCode", one.exemption_code),
                leaf("cbc:TaxExemptionReason", one.exemption_reason),
                scheme=one.scheme,
            ),
        )

    def totals(self) -> Part:
        invoice = self.invoice
        return group(
            "cac:LegalMonetaryTotal",
            self.amount("cbc:LineExtensionAmount", invoice.lines_net),
            self.amount("cbc:TaxExclusiveAmount", invoice.tax_exclusive),
            self.amount("cbc:TaxInclusiveAmount", invoice.tax_inclusive),
            self.amount("cbc:AllowanceTotalAmount", invoice.allowances or None),
            self.amount("cbc:ChargeTotalAmount", invoice.charges or None),
            self.amount("cbc:PrepaidAmount", invoice.prepaid or None),
            self.amount("cbc:PayableRoundingAmount", invoice.rounding or None),
            self.amount("cbc:PayableAmount", invoice.payable),
        )

    def line(self, line: Line) -> Part:
        quantity = "cbc:CreditedQuantity" if self.is_credit else "cbc:InvoicedQuantity"
        return group(
            f"cac:{self.name}Line",
            leaf("cbc:ID", line.id),
            leaf("cbc:Note", line.note),
            leaf(quantity, figure(line.quantity), unitCode=line.unit),
            self.amount("cbc:LineExtensionAmount", line.net),
            leaf("cbc:AccountingCost", line.buyer_accounting_reference),
            group(
                "cac:InvoicePeriod",
                leaf("cbc:StartDate", day(line.period_starts_on)),
                leaf("cbc:EndDate", day(line.period_ends_on)),
            ),
            group("cac:OrderLineReference", leaf("cbc:LineID", line.order_line_reference)),
            _object(line.object_identifier, "cac:DocumentReference"),
            [self.allowance_charge(one) for one in line.allowances_charges],
            _item(line),
            self.line_price(line),
        )

    def line_price(self, line: Line) -> Part:
        discount, gross = None, gross_price(line)
        if gross is not None:
            discount = group(
                "cac:AllowanceCharge",
                leaf("cbc:ChargeIndicator", "false"),
                self.price("cbc:Amount", line.price_discount or Decimal(0)),
                self.price("cbc:BaseAmount", gross),
            )
        base = leaf("cbc:BaseQuantity", figure(line.price_base_quantity), unitCode=line.price_base_unit)
        return group("cac:Price", self.price("cbc:PriceAmount", line.unit_price), base, discount)


def _card(means: PaymentMeans) -> Part:
    """The card that was charged; the schema wants to know its network, of which the norm knows nothing."""
    if not means.card_number:
        return None
    return group(
        "cac:CardAccount",
        leaf("cbc:PrimaryAccountNumberID", means.card_number[-CARD_DIGITS:]),
        leaf("cbc:NetworkID", _MUST),
        leaf("cbc:HolderName", means.card_holder),
    )


def _note(note: Note) -> str:
    return f"#{note.subject}#{note.text}" if note.subject else note.text


def _typed(number: str, code: str, scheme: str = "") -> list[Part]:
    """The inside of a reference whose type tells what it names; nothing without a number."""
    return [leaf("cbc:ID", number, schemeID=scheme), leaf("cbc:DocumentTypeCode", code)] if number else []


def _object(one: Identifier, name: str = "cac:AdditionalDocumentReference") -> Part:
    return group(name, *_typed(one.value, "130", one.scheme))


def _document(one: SupportingDocument) -> Part:
    content = base64.b64encode(one.content).decode() if one.content else ""
    return group(
        "cac:AdditionalDocumentReference",
        leaf("cbc:ID", one.id or one.filename or one.description[:100] or _MUST),
        leaf("cbc:DocumentDescription", one.description),
        group(
            "cac:Attachment",
            leaf("cbc:EmbeddedDocumentBinaryObject", content, mimeCode=one.mime, filename=one.filename),
            group("cac:ExternalReference", leaf("cbc:URI", one.uri)),
        ),
    )


def _party(party: Party, creditor: str = "") -> list[Part]:
    identifiers = [*party.identifiers, *([Identifier(value=creditor, scheme="SEPA")] if creditor else [])]
    return [
        leaf("cbc:EndpointID", party.endpoint, schemeID=party.endpoint_scheme),
        [group("cac:PartyIdentification", leaf("cbc:ID", one.value, schemeID=one.scheme)) for one in identifiers],
        group("cac:PartyName", leaf("cbc:Name", party.trading_name)),
        _address("cac:PostalAddress", party.address),
        _tax_scheme(party.tax_id, "VAT"),
        _tax_scheme(party.tax_registration_id, "TAX"),
        group(
            "cac:PartyLegalEntity",
            leaf("cbc:RegistrationName", party.name),
            leaf("cbc:CompanyID", party.legal_registration_id, schemeID=party.legal_registration_scheme),
            leaf("cbc:CompanyLegalForm", party.legal_form),
        ),
        group(
            "cac:Contact",
            leaf("cbc:Name", party.contact_name),
            leaf("cbc:Telephone", party.phone),
            leaf("cbc:ElectronicMail", party.email),
        ),
    ]


def _named_party(party: Party) -> list[Part]:
    """A payee or a tax representative, whose name stands elsewhere than a seller's."""
    return [
        [group("cac:PartyIdentification", leaf("cbc:ID", one.value, schemeID=one.scheme)) for one in party.identifiers],
        group("cac:PartyName", leaf("cbc:Name", party.name)),
        _address("cac:PostalAddress", party.address),
        _tax_scheme(party.tax_id, "VAT"),
        group(
            "cac:PartyLegalEntity",
            leaf("cbc:CompanyID", party.legal_registration_id, schemeID=party.legal_registration_scheme),
        ),
    ]


def _tax_scheme(number: str, scheme: str) -> Part:
    if not number:
        return None
    return group("cac:PartyTaxScheme", leaf("cbc:CompanyID", number), group("cac:TaxScheme", leaf("cbc:ID", scheme)))


def _address(name: str, address: Address) -> Part:
    return group(
        name,
        leaf("cbc:StreetName", address.street),
        leaf("cbc:AdditionalStreetName", address.additional_street),
        leaf("cbc:CityName", address.city),
        leaf("cbc:PostalZone", address.postcode),
        leaf("cbc:CountrySubentity", address.region),
        group("cac:AddressLine", leaf("cbc:Line", address.third_line)),
        group("cac:Country", leaf("cbc:IdentificationCode", address.country)),
    )


def _tax_category(name: str, category: str, percent: Decimal | None, *reasons: Part, scheme: str = "") -> Part:
    if not category:
        return None
    return group(
        name,
        leaf("cbc:ID", category),
        leaf("cbc:Percent", figure(percent)),
        *reasons,
        group("cac:TaxScheme", leaf("cbc:ID", scheme or "VAT")),
    )


def _item(line: Line) -> Part:
    return group(
        "cac:Item",
        leaf("cbc:Description", line.description),
        leaf("cbc:Name", line.name),
        group("cac:BuyersItemIdentification", leaf("cbc:ID", line.buyer_item_id)),
        group("cac:SellersItemIdentification", leaf("cbc:ID", line.seller_item_id)),
        group(
            "cac:StandardItemIdentification",
            leaf("cbc:ID", line.standard_item.value, schemeID=line.standard_item.scheme),
        ),
        group("cac:OriginCountry", leaf("cbc:IdentificationCode", line.origin_country)),
        [
            group(
                "cac:CommodityClassification",
                leaf("cbc:ItemClassificationCode", one.value, listID=one.scheme, listVersionID=one.version),
            )
            for one in line.classifications
        ],
        _tax_category("cac:ClassifiedTaxCategory", line.tax_category, line.tax_percent),
        [
            group("cac:AdditionalItemProperty", leaf("cbc:Name", one.name), leaf("cbc:Value", one.value))
            for one in line.attributes
        ],
    )
