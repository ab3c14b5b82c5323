"""A UBL and a CII invoice that use every field that is read, each with a value of its own."""

UBL = b"""<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
  xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
  xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID>
<cbc:ProfileID>P1</cbc:ProfileID>
<cbc:ID>N-1</cbc:ID>
<cbc:IssueDate>2026-01-02</cbc:IssueDate>
<cbc:DueDate>2026-02-03</cbc:DueDate>
<cbc:InvoiceTypeCode>384</cbc:InvoiceTypeCode>
<cbc:Note>#AAI#General
conditions</cbc:Note>
<cbc:Note>Plain #ABC# note</cbc:Note>
<cbc:Note> </cbc:Note>
<cbc:TaxPointDate>2026-01-04</cbc:TaxPointDate>
<cbc:DocumentCurrencyCode>SEK</cbc:DocumentCurrencyCode>
<cbc:TaxCurrencyCode>EUR</cbc:TaxCurrencyCode>
<cbc:AccountingCost>cost</cbc:AccountingCost>
<cbc:BuyerReference>buyer ref</cbc:BuyerReference>
<cac:InvoicePeriod><cbc:StartDate>2026-01-05</cbc:StartDate><cbc:EndDate>2026-01-06</cbc:EndDate>
  <cbc:DescriptionCode>35</cbc:DescriptionCode></cac:InvoicePeriod>
<cac:OrderReference><cbc:ID>order</cbc:ID><cbc:SalesOrderID>sales order</cbc:SalesOrderID>
    </cac:OrderReference>
<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>N-0</cbc:ID>
    <cbc:IssueDate>2025-12-31</cbc:IssueDate>
  </cac:InvoiceDocumentReference></cac:BillingReference>
<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>N-00</cbc:ID>
  </cac:InvoiceDocumentReference></cac:BillingReference>
<cac:DespatchDocumentReference><cbc:ID>despatch</cbc:ID></cac:DespatchDocumentReference>
<cac:ReceiptDocumentReference><cbc:ID>receipt</cbc:ID></cac:ReceiptDocumentReference>
<cac:OriginatorDocumentReference><cbc:ID>tender</cbc:ID></cac:OriginatorDocumentReference>
<cac:ContractDocumentReference><cbc:ID>contract</cbc:ID></cac:ContractDocumentReference>
<cac:AdditionalDocumentReference><cbc:ID schemeID="ABT">object</cbc:ID>
  <cbc:DocumentTypeCode>130</cbc:DocumentTypeCode></cac:AdditionalDocumentReference>
<cac:AdditionalDocumentReference><cbc:ID>doc</cbc:ID><cbc:DocumentDescription>Hours</cbc:DocumentDescription>
  <cac:Attachment><cbc:EmbeddedDocumentBinaryObject mimeCode="text/csv" filename="h.csv">
    aGVs bG8=
  </cbc:EmbeddedDocumentBinaryObject>
  <cac:ExternalReference><cbc:URI>https://files.example/h</cbc:URI></cac:ExternalReference></cac:Attachment>
</cac:AdditionalDocumentReference>
<cac:AdditionalDocumentReference><cbc:ID>bare</cbc:ID></cac:AdditionalDocumentReference>
<cac:ProjectReference><cbc:ID>project</cbc:ID></cac:ProjectReference>
<cac:AccountingSupplierParty><cac:Party>
  <cbc:EndpointID schemeID="0088">endpoint</cbc:EndpointID>
  <cac:PartyIdentification><cbc:ID schemeID="0060">id1</cbc:ID></cac:PartyIdentification>
  <cac:PartyIdentification><cbc:ID schemeID="SEPA">creditor</cbc:ID></cac:PartyIdentification>
  <cac:PartyName><cbc:Name>Shop</cbc:Name></cac:PartyName>
  <cac:PostalAddress><cbc:StreetName>S1</cbc:StreetName>
    <cbc:AdditionalStreetName>S2</cbc:AdditionalStreetName>
    <cbc:CityName>City</cbc:CityName><cbc:PostalZone>Zone</cbc:PostalZone>
    <cbc:CountrySubentity>Region</cbc:CountrySubentity><cac:AddressLine><cbc:Line>S3</cbc:Line>
    </cac:AddressLine>
    <cac:Country><cbc:IdentificationCode>SE</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
  <cac:PartyTaxScheme><cbc:CompanyID>F-tax</cbc:CompanyID>
    <cac:TaxScheme><cbc:ID>TAX</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
  <cac:PartyTaxScheme><cbc:CompanyID>SE1</cbc:CompanyID>
    <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
  <cac:PartyLegalEntity><cbc:RegistrationName>Seller AB</cbc:RegistrationName>
    <cbc:CompanyID schemeID="0007">reg</cbc:CompanyID>
    <cbc:CompanyLegalForm>AB, capital 1</cbc:CompanyLegalForm>
  </cac:PartyLegalEntity>
  <cac:Contact><cbc:Name>Ann</cbc:Name><cbc:Telephone>+46 1</cbc:Telephone>
    <cbc:ElectronicMail>ann@seller.example</cbc:ElectronicMail></cac:Contact>
</cac:Party></cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party>
  <cac:PartyName><cbc:Name>Buyer by trade name</cbc:Name></cac:PartyName>
</cac:Party></cac:AccountingCustomerParty>
<cac:PayeeParty><cac:PartyName><cbc:Name>Factor</cbc:Name></cac:PartyName></cac:PayeeParty>
<cac:TaxRepresentativeParty><cac:PartyName><cbc:Name>Rep</cbc:Name></cac:PartyName>
    </cac:TaxRepresentativeParty>
<cac:Delivery><cbc:ActualDeliveryDate>2026-01-07</cbc:ActualDeliveryDate>
  <cac:DeliveryLocation><cbc:ID schemeID="0088">gln</cbc:ID>
    <cac:Address><cbc:CityName>Port</cbc:CityName></cac:Address></cac:DeliveryLocation>
  <cac:DeliveryParty><cac:PartyName><cbc:Name>Warehouse</cbc:Name></cac:PartyName></cac:DeliveryParty>
    </cac:Delivery>
<cac:PaymentMeans><cbc:PaymentMeansCode name="Transfer">58</cbc:PaymentMeansCode>
    <cbc:PaymentID>ref</cbc:PaymentID>
  <cac:PayeeFinancialAccount><cbc:ID>IBAN1</cbc:ID><cbc:Name>Account</cbc:Name>
    <cac:FinancialInstitutionBranch><cbc:ID>BIC1</cbc:ID></cac:FinancialInstitutionBranch>
  </cac:PayeeFinancialAccount></cac:PaymentMeans>
<cac:PaymentMeans><cbc:PaymentMeansCode>48</cbc:PaymentMeansCode>
    <cbc:InstructionNote>By card</cbc:InstructionNote>
  <cac:CardAccount><cbc:PrimaryAccountNumberID>4111 1111 1111 1234</cbc:PrimaryAccountNumberID>
    <cbc:NetworkID>x</cbc:NetworkID><cbc:HolderName>A Holder</cbc:HolderName></cac:CardAccount>
    </cac:PaymentMeans>
<cac:PaymentMeans><cbc:PaymentMeansCode>59</cbc:PaymentMeansCode>
  <cac:PaymentMandate><cbc:ID>mandate</cbc:ID>
    <cac:PayerFinancialAccount><cbc:ID>IBAN2</cbc:ID></cac:PayerFinancialAccount></cac:PaymentMandate>
</cac:PaymentMeans>
<cac:PaymentTerms><cbc:Note>30 days
net</cbc:Note></cac:PaymentTerms>
<cac:AllowanceCharge><cbc:ChargeIndicator>0</cbc:ChargeIndicator>
  <cbc:AllowanceChargeReasonCode>95</cbc:AllowanceChargeReasonCode>
  <cbc:AllowanceChargeReason>Loyal</cbc:AllowanceChargeReason>
  <cbc:MultiplierFactorNumeric>10</cbc:MultiplierFactorNumeric>
  <cbc:Amount currencyID="SEK">5.00</cbc:Amount><cbc:BaseAmount currencyID="SEK">50.00</cbc:BaseAmount>
  <cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>25</cbc:Percent></cac:TaxCategory></cac:AllowanceCharge>
<cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator>
    <cbc:Amount currencyID="SEK">7</cbc:Amount>
</cac:AllowanceCharge>
<cac:TaxTotal><cbc:TaxAmount currencyID="SEK">1.23</cbc:TaxAmount>
  <cac:TaxSubtotal><cbc:TaxableAmount currencyID="SEK">50.00</cbc:TaxableAmount>
    <cbc:TaxAmount currencyID="SEK">1.23</cbc:TaxAmount>
    <cac:TaxCategory><cbc:ID>E</cbc:ID><cbc:Percent>0.00</cbc:Percent>
      <cbc:TaxExemptionReasonCode>VATEX-1</cbc:TaxExemptionReasonCode>
      <cbc:TaxExemptionReason>Exempt</cbc:TaxExemptionReason>
      <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal>
  <cac:TaxSubtotal><cbc:TaxableAmount currencyID="SEK">0</cbc:TaxableAmount>
    <cbc:TaxAmount currencyID="SEK">0</cbc:TaxAmount>
    <cac:TaxCategory><cbc:ID>O</cbc:ID></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">0.11</cbc:TaxAmount></cac:TaxTotal>
<cac:LegalMonetaryTotal>
  <cbc:LineExtensionAmount currencyID="SEK">101.00</cbc:LineExtensionAmount>
  <cbc:TaxExclusiveAmount currencyID="SEK">102.00</cbc:TaxExclusiveAmount>
  <cbc:TaxInclusiveAmount currencyID="SEK">103.00</cbc:TaxInclusiveAmount>
  <cbc:AllowanceTotalAmount currencyID="SEK">104.00</cbc:AllowanceTotalAmount>
  <cbc:ChargeTotalAmount currencyID="SEK">105.00</cbc:ChargeTotalAmount>
  <cbc:PrepaidAmount currencyID="SEK">106.00</cbc:PrepaidAmount>
  <cbc:PayableRoundingAmount currencyID="SEK">-0.07</cbc:PayableRoundingAmount>
  <cbc:PayableAmount currencyID="SEK">108.00</cbc:PayableAmount>
</cac:LegalMonetaryTotal>
<cac:InvoiceLine>
  <cbc:ID>L1</cbc:ID><cbc:Note>first</cbc:Note><cbc:Note>second</cbc:Note>
  <cbc:InvoicedQuantity unitCode="KGM">-2.5</cbc:InvoicedQuantity>
  <cbc:LineExtensionAmount currencyID="SEK">101.00</cbc:LineExtensionAmount>
  <cbc:AccountingCost>line cost</cbc:AccountingCost>
  <cac:InvoicePeriod><cbc:StartDate>2026-01-08</cbc:StartDate><cbc:EndDate>2026-01-09</cbc:EndDate>
    </cac:InvoicePeriod>
  <cac:OrderLineReference><cbc:LineID>order line</cbc:LineID></cac:OrderLineReference>
  <cac:DocumentReference><cbc:ID schemeID="AWV">meter</cbc:ID><cbc:DocumentTypeCode>130</cbc:DocumentTypeCode>
  </cac:DocumentReference>
  <cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>
    <cbc:Amount currencyID="SEK">1</cbc:Amount></cac:AllowanceCharge>
  <cac:Item><cbc:Description>Long
text</cbc:Description><cbc:Name>Item
  name</cbc:Name>
    <cac:BuyersItemIdentification><cbc:ID>B1</cbc:ID></cac:BuyersItemIdentification>
    <cac:SellersItemIdentification><cbc:ID>S1</cbc:ID></cac:SellersItemIdentification>
    <cac:StandardItemIdentification><cbc:ID schemeID="0160">G1</cbc:ID></cac:StandardItemIdentification>
    <cac:OriginCountry><cbc:IdentificationCode>DE</cbc:IdentificationCode></cac:OriginCountry>
    <cac:CommodityClassification>
      <cbc:ItemClassificationCode listID="STI" listVersionID="2">C1</cbc:ItemClassificationCode>
    </cac:CommodityClassification>
    <cac:ClassifiedTaxCategory><cbc:ID>E</cbc:ID><cbc:Percent>0</cbc:Percent>
      <cbc:TaxExemptionReasonCode>VATEX-2</cbc:TaxExemptionReasonCode>
      <cbc:TaxExemptionReason>Line exempt</cbc:TaxExemptionReason></cac:ClassifiedTaxCategory>
    <cac:AdditionalItemProperty><cbc:Name>Colour</cbc:Name><cbc:Value>Black</cbc:Value>
    </cac:AdditionalItemProperty>
  </cac:Item>
  <cac:Price><cbc:PriceAmount currencyID="SEK">0.12345678</cbc:PriceAmount>
    <cbc:BaseQuantity unitCode="GRM">100</cbc:BaseQuantity>
    <cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>
      <cbc:Amount currencyID="SEK">0.10</cbc:Amount>
    <cbc:BaseAmount currencyID="SEK">0.22345678</cbc:BaseAmount>
    </cac:AllowanceCharge></cac:Price>
</cac:InvoiceLine>
</Invoice>
"""

CII = b"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
  xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
  xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
  xmlns:qdt="urn:un:unece:uncefact:data:standard:QualifiedDataType:100">
<rsm:ExchangedDocumentContext>
  <ram:BusinessProcessSpecifiedDocumentContextParameter><ram:ID>P1</ram:ID>
  </ram:BusinessProcessSpecifiedDocumentContextParameter>
  <ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn:cen.eu:en16931:2017</ram:ID>
  </ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>
<rsm:ExchangedDocument><ram:ID>N-1</ram:ID><ram:TypeCode>384</ram:TypeCode>
  <ram:IssueDateTime><udt:DateTimeString format="102">20260102</udt:DateTimeString></ram:IssueDateTime>
  <ram:IncludedNote><ram:Content>General
conditions</ram:Content><ram:SubjectCode>AAI</ram:SubjectCode></ram:IncludedNote>
  <ram:IncludedNote><ram:Content>Plain #ABC# note</ram:Content></ram:IncludedNote>
  <ram:IncludedNote><ram:SubjectCode>REG</ram:SubjectCode></ram:IncludedNote></rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction>
<ram:IncludedSupplyChainTradeLineItem>
  <ram:AssociatedDocumentLineDocument><ram:LineID>L1</ram:LineID>
    <ram:IncludedNote><ram:Content>first</ram:Content></ram:IncludedNote>
    <ram:IncludedNote><ram:Content>second</ram:Content></ram:IncludedNote>
    </ram:AssociatedDocumentLineDocument>
  <ram:SpecifiedTradeProduct><ram:GlobalID schemeID="0160">G1</ram:GlobalID>
    <ram:SellerAssignedID>S1</ram:SellerAssignedID><ram:BuyerAssignedID>B1</ram:BuyerAssignedID>
    <ram:Name>Item name</ram:Name><ram:Description>Long
text</ram:Description>
    <ram:ApplicableProductCharacteristic><ram:Description>Colour</ram:Description><ram:Value>Black</ram:Value>
    </ram:ApplicableProductCharacteristic>
    <ram:DesignatedProductClassification><ram:ClassCode listID="STI" listVersionID="2">C1</ram:ClassCode>
    </ram:DesignatedProductClassification>
    <ram:OriginTradeCountry><ram:ID>DE</ram:ID></ram:OriginTradeCountry></ram:SpecifiedTradeProduct>
  <ram:SpecifiedLineTradeAgreement>
    <ram:BuyerOrderReferencedDocument><ram:LineID>order line</ram:LineID></ram:BuyerOrderReferencedDocument>
    <ram:GrossPriceProductTradePrice><ram:ChargeAmount>0.22345678</ram:ChargeAmount>
      <ram:AppliedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>false</udt:Indicator>
    </ram:ChargeIndicator>
        <ram:ActualAmount>0.10</ram:ActualAmount></ram:AppliedTradeAllowanceCharge>
    </ram:GrossPriceProductTradePrice>
    <ram:NetPriceProductTradePrice><ram:ChargeAmount>0.12345678</ram:ChargeAmount>
      <ram:BasisQuantity unitCode="GRM">100</ram:BasisQuantity></ram:NetPriceProductTradePrice>
  </ram:SpecifiedLineTradeAgreement>
  <ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="KGM">-2.5</ram:BilledQuantity>
  </ram:SpecifiedLineTradeDelivery>
  <ram:SpecifiedLineTradeSettlement>
    <ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode>
    <ram:ExemptionReason>Line exempt</ram:ExemptionReason>
      <ram:CategoryCode>E</ram:CategoryCode><ram:ExemptionReasonCode>VATEX-2</ram:ExemptionReasonCode>
      <ram:RateApplicablePercent>0</ram:RateApplicablePercent></ram:ApplicableTradeTax>
    <ram:BillingSpecifiedPeriod>
      <ram:StartDateTime><udt:DateTimeString format="102">20260108</udt:DateTimeString></ram:StartDateTime>
      <ram:EndDateTime><udt:DateTimeString format="102">20260109</udt:DateTimeString></ram:EndDateTime>
    </ram:BillingSpecifiedPeriod>
    <ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>false</udt:Indicator>
    </ram:ChargeIndicator>
      <ram:ActualAmount>1</ram:ActualAmount></ram:SpecifiedTradeAllowanceCharge>
    <ram:SpecifiedTradeSettlementLineMonetarySummation><ram:LineTotalAmount>101.00</ram:LineTotalAmount>
    </ram:SpecifiedTradeSettlementLineMonetarySummation>
    <ram:AdditionalReferencedDocument><ram:IssuerAssignedID>meter</ram:IssuerAssignedID>
      <ram:TypeCode>130</ram:TypeCode><ram:ReferenceTypeCode>AWV</ram:ReferenceTypeCode>
    </ram:AdditionalReferencedDocument>
    <ram:ReceivableSpecifiedTradeAccountingAccount><ram:ID>line cost</ram:ID>
    </ram:ReceivableSpecifiedTradeAccountingAccount>
  </ram:SpecifiedLineTradeSettlement>
</ram:IncludedSupplyChainTradeLineItem>
<ram:ApplicableHeaderTradeAgreement><ram:BuyerReference>buyer ref</ram:BuyerReference>
  <ram:SellerTradeParty><ram:ID>id1</ram:ID><ram:GlobalID schemeID="0060">id2</ram:GlobalID>
    <ram:Name>Seller AB</ram:Name><ram:Description>AB, capital 1</ram:Description>
    <ram:SpecifiedLegalOrganization><ram:ID schemeID="0007">reg</ram:ID>
      <ram:TradingBusinessName>Shop</ram:TradingBusinessName></ram:SpecifiedLegalOrganization>
    <ram:DefinedTradeContact><ram:PersonName>Ann</ram:PersonName>
      <ram:TelephoneUniversalCommunication><ram:CompleteNumber>+46 1</ram:CompleteNumber>
      </ram:TelephoneUniversalCommunication>
      <ram:EmailURIUniversalCommunication><ram:URIID>ann@seller.example</ram:URIID>
      </ram:EmailURIUniversalCommunication></ram:DefinedTradeContact>
    <ram:PostalTradeAddress><ram:PostcodeCode>Zone</ram:PostcodeCode><ram:LineOne>S1</ram:LineOne>
      <ram:LineTwo>S2</ram:LineTwo><ram:LineThree>S3</ram:LineThree><ram:CityName>City</ram:CityName>
      <ram:CountryID>SE</ram:CountryID><ram:CountrySubDivisionName>Region</ram:CountrySubDivisionName>
    </ram:PostalTradeAddress>
    <ram:URIUniversalCommunication><ram:URIID schemeID="0088">endpoint</ram:URIID>
    </ram:URIUniversalCommunication>
    <ram:SpecifiedTaxRegistration><ram:ID schemeID="FC">F-tax</ram:ID></ram:SpecifiedTaxRegistration>
    <ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">SE1</ram:ID></ram:SpecifiedTaxRegistration>
  </ram:SellerTradeParty>
  <ram:BuyerTradeParty><ram:Name>Buyer</ram:Name><ram:DefinedTradeContact>
    <ram:DepartmentName>Accounts</ram:DepartmentName></ram:DefinedTradeContact></ram:BuyerTradeParty>
  <ram:SellerTaxRepresentativeTradeParty><ram:Name>Rep</ram:Name></ram:SellerTaxRepresentativeTradeParty>
  <ram:SellerOrderReferencedDocument><ram:IssuerAssignedID>sales order</ram:IssuerAssignedID>
  </ram:SellerOrderReferencedDocument>
  <ram:BuyerOrderReferencedDocument><ram:IssuerAssignedID>order</ram:IssuerAssignedID>
  </ram:BuyerOrderReferencedDocument>
  <ram:ContractReferencedDocument><ram:IssuerAssignedID>contract</ram:IssuerAssignedID>
  </ram:ContractReferencedDocument>
  <ram:AdditionalReferencedDocument><ram:IssuerAssignedID>tender</ram:IssuerAssignedID>
    <ram:TypeCode>50</ram:TypeCode>
  </ram:AdditionalReferencedDocument>
  <ram:AdditionalReferencedDocument><ram:IssuerAssignedID>object</ram:IssuerAssignedID>
    <ram:TypeCode>130</ram:TypeCode>
    <ram:ReferenceTypeCode>ABT</ram:ReferenceTypeCode></ram:AdditionalReferencedDocument>
  <ram:AdditionalReferencedDocument><ram:IssuerAssignedID>doc</ram:IssuerAssignedID>
    <ram:URIID>https://files.example/h</ram:URIID><ram:TypeCode>916</ram:TypeCode><ram:Name>Hours</ram:Name>
    <ram:AttachmentBinaryObject mimeCode="text/csv" filename="h.csv">aGVsbG8=</ram:AttachmentBinaryObject>
  </ram:AdditionalReferencedDocument>
  <ram:SpecifiedProcuringProject><ram:ID>project</ram:ID><ram:Name>x</ram:Name>
    </ram:SpecifiedProcuringProject>
</ram:ApplicableHeaderTradeAgreement>
<ram:ApplicableHeaderTradeDelivery>
  <ram:ShipToTradeParty><ram:GlobalID schemeID="0088">gln</ram:GlobalID><ram:Name>Warehouse</ram:Name>
    <ram:PostalTradeAddress><ram:CityName>Port</ram:CityName></ram:PostalTradeAddress></ram:ShipToTradeParty>
  <ram:ActualDeliverySupplyChainEvent><ram:OccurrenceDateTime>
    <udt:DateTimeString format="102">20260107</udt:DateTimeString></ram:OccurrenceDateTime>
  </ram:ActualDeliverySupplyChainEvent>
  <ram:DespatchAdviceReferencedDocument><ram:IssuerAssignedID>despatch</ram:IssuerAssignedID>
  </ram:DespatchAdviceReferencedDocument>
  <ram:ReceivingAdviceReferencedDocument><ram:IssuerAssignedID>receipt</ram:IssuerAssignedID>
  </ram:ReceivingAdviceReferencedDocument>
</ram:ApplicableHeaderTradeDelivery>
<ram:ApplicableHeaderTradeSettlement>
  <ram:CreditorReferenceID>creditor</ram:CreditorReferenceID><ram:PaymentReference>ref</ram:PaymentReference>
  <ram:TaxCurrencyCode>EUR</ram:TaxCurrencyCode><ram:InvoiceCurrencyCode>SEK</ram:InvoiceCurrencyCode>
  <ram:PayeeTradeParty><ram:Name>Factor</ram:Name></ram:PayeeTradeParty>
  <ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>58</ram:TypeCode>
    <ram:Information>Transfer</ram:Information>
    <ram:PayeePartyCreditorFinancialAccount><ram:IBANID>IBAN1</ram:IBANID>
    <ram:AccountName>Account</ram:AccountName>
    </ram:PayeePartyCreditorFinancialAccount>
    <ram:PayeeSpecifiedCreditorFinancialInstitution><ram:BICID>BIC1</ram:BICID>
    </ram:PayeeSpecifiedCreditorFinancialInstitution></ram:SpecifiedTradeSettlementPaymentMeans>
  <ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>48</ram:TypeCode>
    <ram:ApplicableTradeSettlementFinancialCard><ram:ID>4111111111111234</ram:ID>
      <ram:CardholderName>A Holder</ram:CardholderName></ram:ApplicableTradeSettlementFinancialCard>
    <ram:PayerPartyDebtorFinancialAccount><ram:IBANID>IBAN2</ram:IBANID>
    </ram:PayerPartyDebtorFinancialAccount>
    <ram:PayeePartyCreditorFinancialAccount><ram:ProprietaryID>local 9</ram:ProprietaryID>
    </ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>
  <ram:ApplicableTradeTax><ram:CalculatedAmount>1.23</ram:CalculatedAmount><ram:TypeCode>VAT</ram:TypeCode>
    <ram:ExemptionReason>Exempt</ram:ExemptionReason><ram:BasisAmount>50.00</ram:BasisAmount>
    <ram:CategoryCode>E</ram:CategoryCode><ram:ExemptionReasonCode>VATEX-1</ram:ExemptionReasonCode>
    <ram:TaxPointDate><udt:DateString format="102">20260104</udt:DateString></ram:TaxPointDate>
    <ram:DueDateTypeCode>35</ram:DueDateTypeCode><ram:RateApplicablePercent>0.00</ram:RateApplicablePercent>
  </ram:ApplicableTradeTax>
  <ram:ApplicableTradeTax><ram:CalculatedAmount>0</ram:CalculatedAmount><ram:BasisAmount>0</ram:BasisAmount>
    <ram:CategoryCode>O</ram:CategoryCode><ram:DueDateTypeCode>35</ram:DueDateTypeCode>
    </ram:ApplicableTradeTax>
  <ram:BillingSpecifiedPeriod>
    <ram:StartDateTime><udt:DateTimeString format="102">20260105</udt:DateTimeString></ram:StartDateTime>
    <ram:EndDateTime><udt:DateTimeString format="102">20260106</udt:DateTimeString></ram:EndDateTime>
  </ram:BillingSpecifiedPeriod>
  <ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>false</udt:Indicator>
    </ram:ChargeIndicator>
    <ram:CalculationPercent>10</ram:CalculationPercent><ram:BasisAmount>50.00</ram:BasisAmount>
    <ram:ActualAmount>5.00</ram:ActualAmount><ram:ReasonCode>95</ram:ReasonCode><ram:Reason>Loyal</ram:Reason>
    <ram:CategoryTradeTax><ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>S</ram:CategoryCode>
      <ram:RateApplicablePercent>25</ram:RateApplicablePercent></ram:CategoryTradeTax>
  </ram:SpecifiedTradeAllowanceCharge>
  <ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>true</udt:Indicator>
    </ram:ChargeIndicator>
    <ram:ActualAmount>7</ram:ActualAmount></ram:SpecifiedTradeAllowanceCharge>
  <ram:SpecifiedLogisticsServiceCharge><ram:Description>Freight</ram:Description>
    <ram:AppliedAmount>8</ram:AppliedAmount><ram:AppliedTradeTax><ram:CategoryCode>Z</ram:CategoryCode>
      <ram:RateApplicablePercent>0</ram:RateApplicablePercent></ram:AppliedTradeTax>
  </ram:SpecifiedLogisticsServiceCharge>
  <ram:SpecifiedTradePaymentTerms><ram:Description>30 days</ram:Description>
    <ram:DueDateDateTime><udt:DateTimeString format="102">20260203</udt:DateTimeString></ram:DueDateDateTime>
    <ram:DirectDebitMandateID>mandate</ram:DirectDebitMandateID></ram:SpecifiedTradePaymentTerms>
  <ram:SpecifiedTradePaymentTerms><ram:Description>2 % within a week</ram:Description>
    <ram:DueDateDateTime><udt:DateTimeString>20260109</udt:DateTimeString></ram:DueDateDateTime>
  </ram:SpecifiedTradePaymentTerms>
  <ram:SpecifiedTradeSettlementHeaderMonetarySummation>
    <ram:LineTotalAmount>101.00</ram:LineTotalAmount><ram:ChargeTotalAmount>105.00</ram:ChargeTotalAmount>
    <ram:AllowanceTotalAmount>104.00</ram:AllowanceTotalAmount>
    <ram:TaxBasisTotalAmount>102.00</ram:TaxBasisTotalAmount>
    <ram:TaxTotalAmount currencyID="SEK">1.23</ram:TaxTotalAmount>
    <ram:TaxTotalAmount currencyID="EUR">0.11</ram:TaxTotalAmount>
    <ram:RoundingAmount>-0.07</ram:RoundingAmount><ram:GrandTotalAmount>103.00</ram:GrandTotalAmount>
    <ram:TotalPrepaidAmount>106.00</ram:TotalPrepaidAmount><ram:DuePayableAmount>108.00</ram:DuePayableAmount>
  </ram:SpecifiedTradeSettlementHeaderMonetarySummation>
  <ram:InvoiceReferencedDocument><ram:IssuerAssignedID>N-0</ram:IssuerAssignedID>
    <ram:FormattedIssueDateTime><qdt:DateTimeString format="102">20251231</qdt:DateTimeString>
    </ram:FormattedIssueDateTime></ram:InvoiceReferencedDocument>
  <ram:InvoiceReferencedDocument><ram:IssuerAssignedID>N-00</ram:IssuerAssignedID>
    </ram:InvoiceReferencedDocument>
  <ram:ReceivableSpecifiedTradeAccountingAccount><ram:ID>cost</ram:ID>
    </ram:ReceivableSpecifiedTradeAccountingAccount>
</ram:ApplicableHeaderTradeSettlement>
</rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>
"""
