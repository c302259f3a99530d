"""The parts of SAP's services that the emulator has: sets with keys, fields and navigations, and their `$metadata`.

Names and types as they stand in published descriptions of the services; the selection is ours.
"""

from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

EDM = {
    "s": "Edm.String",
    "d": "Edm.DateTime",
    "o": "Edm.DateTimeOffset",
    "n": "Edm.Decimal",
    "b": "Edm.Boolean",
    "t": "Edm.Time",
}


@dataclass(frozen=True)
class Navigation:
    target: str
    join: dict[str, str]
    """Our field → theirs."""
    many: bool = True


@dataclass(frozen=True)
class EntitySet:
    service: str
    keys: tuple[str, ...]
    fields: dict[str, str]
    """Name → kind: s(tring), with its length; d(ate), o(ffset), n(umber), b(oolean), t(ime)."""
    navigations: dict[str, Navigation] = field(default_factory=dict)


def fields(told: str) -> dict[str, str]:
    """«Name Name:n Name:35» as a table; a bare name is a string."""
    pairs = (word.partition(":") for word in told.split())
    return {name: kind or "s" for name, _, kind in pairs}


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


ORDER, SIMULATION, PRODUCT = "API_SALES_ORDER_SRV", "API_SALES_ORDER_SIMULATION_SRV", "API_PRODUCT_SRV"
PARTNER, PRICING = "API_BUSINESS_PARTNER", "API_SLSPRICINGCONDITIONRECORD_SRV"
AREA = "SalesOrganization DistributionChannel"

HEADER = (
    "SalesOrder:10 SalesOrderType:4 SalesOrganization:4 DistributionChannel:2 OrganizationDivision:2 SoldToParty:10"
    " PurchaseOrderByCustomer:35 RequestedDeliveryDate:d"
)
ITEM = (
    "SalesOrder:10 SalesOrderItem:6 HigherLevelItem:6 Material:40 RequestedQuantity:n RequestedQuantityUnit:3"
    " NetAmount:n TaxAmount:n TransactionCurrency:5 SalesDocumentRjcnReason:2"
)

SETS = {
    "A_SalesOrder": EntitySet(
        ORDER,
        ("SalesOrder",),
        fields(
            HEADER + " CreationDate:d CreatedByUser:12 LastChangeDate:d LastChangeDateTime:o SalesOrderDate:d"
            " CustomerPurchaseOrderSuplmnt:4 TotalNetAmount:n TransactionCurrency:5 OverallSDProcessStatus:1"
            " OverallDeliveryStatus:1 TotalCreditCheckStatus:1 OverallSDDocumentRejectionSts:1"
        ),
        {
            "to_Item": Navigation("A_SalesOrderItem", _same("SalesOrder")),
            "to_Partner": Navigation("A_SalesOrderHeaderPartner", _same("SalesOrder")),
            "to_Text": Navigation("A_SalesOrderText", _same("SalesOrder")),
        },
    ),
    "A_SalesOrderItem": EntitySet(
        ORDER, ("SalesOrder", "SalesOrderItem"), fields(ITEM + " ProductionPlant:4 DeliveryStatus:1")
    ),
    "A_SalesOrderHeaderPartner": EntitySet(
        ORDER, ("SalesOrder", "PartnerFunction"), fields("SalesOrder:10 PartnerFunction:2 Customer:10")
    ),
    "A_SalesOrderText": EntitySet(
        ORDER, ("SalesOrder", "Language", "LongTextID"), fields("SalesOrder:10 Language:2 LongTextID:4 LongText")
    ),
    "A_SalesOrderSimulation": EntitySet(
        SIMULATION,
        ("SalesOrder",),
        fields(HEADER),
        {
            "to_Item": Navigation("A_SalesOrderItemSimulation", _same("SalesOrder")),
            "to_Partner": Navigation("A_SalesOrderPartnerSimulation", _same("SalesOrder")),
            "to_Pricing": Navigation("A_SalesOrderPricingSimulation", _same("SalesOrder"), many=False),
            "to_PricingElement": Navigation("A_SalesOrderPrcgElmntSimln", _same("SalesOrder")),
            "to_Credit": Navigation("A_SalesOrderCreditSimulation", _same("SalesOrder"), many=False),
        },
    ),
    "A_SalesOrderItemSimulation": EntitySet(
        SIMULATION,
        ("SalesOrder", "SalesOrderItem"),
        fields(ITEM + " Plant:4 ConfdDelivQtyInOrderQtyUnit:n"),
        {"to_ScheduleLine": Navigation("A_SalesOrderScheduleLineSimln", _same("SalesOrder", "SalesOrderItem"))},
    ),
    "A_SalesOrderPartnerSimulation": EntitySet(
        SIMULATION, ("SalesOrder", "PartnerFunction"), fields("SalesOrder PartnerFunction:2 Customer:10")
    ),
    "A_SalesOrderPricingSimulation": EntitySet(SIMULATION, ("SalesOrder",), fields("SalesOrder TotalNetAmount:n")),
    "A_SalesOrderPrcgElmntSimln": EntitySet(SIMULATION, ("SalesOrder",), fields("SalesOrder ConditionType:4")),
    "A_SalesOrderCreditSimulation": EntitySet(
        SIMULATION, ("SalesOrder",), fields("SalesOrder TotalCreditCheckStatus:1")
    ),
    "A_SalesOrderScheduleLineSimln": EntitySet(
        SIMULATION,
        ("SalesOrder", "SalesOrderItem", "ScheduleLine"),
        fields("SalesOrder SalesOrderItem ScheduleLine ConfirmedDeliveryDate:d ConfdOrderQtyByMatlAvailCheck:n"),
    ),
    "A_Product": EntitySet(
        PRODUCT,
        ("Product",),
        fields("Product:40 ProductType:4 BaseUnit:3 ProductGroup:9 LastChangeDate:d IsMarkedForDeletion:b"),
        {
            "to_Description": Navigation("A_ProductDescription", _same("Product")),
            "to_SalesDelivery": Navigation("A_ProductSalesDelivery", _same("Product")),
            "to_ProductUnitsOfMeasure": Navigation("A_ProductUnitsOfMeasure", _same("Product")),
        },
    ),
    "A_ProductDescription": EntitySet(
        PRODUCT, ("Product", "Language"), fields("Product Language ProductDescription:40")
    ),
    "A_ProductSalesDelivery": EntitySet(
        PRODUCT,
        ("Product", "ProductSalesOrg", "ProductDistributionChnl"),
        fields(
            "Product ProductSalesOrg ProductDistributionChnl MinimumOrderQuantity:n DeliveryQuantity:n"
            " IsMarkedForDeletion:b"
        ),
    ),
    "A_ProductUnitsOfMeasure": EntitySet(
        PRODUCT,
        ("Product", "AlternativeUnit"),
        fields("Product AlternativeUnit QuantityNumerator:n QuantityDenominator:n"),
    ),
    "A_ProductSalesTax": EntitySet(
        PRODUCT, ("Product", "Country", "TaxCategory"), fields("Product Country TaxCategory TaxClassification:1")
    ),
    "A_ProductGroup": EntitySet(
        "API_PRODUCTGROUP_SRV",
        ("MaterialGroup",),
        fields("MaterialGroup"),
        {"to_Text": Navigation("A_ProductGroupText", _same("MaterialGroup"))},
    ),
    "A_ProductGroupText": EntitySet(
        "API_PRODUCTGROUP_SRV", ("MaterialGroup", "Language"), fields("MaterialGroup Language MaterialGroupName")
    ),
    "A_MatlStkInAcctMod": EntitySet(
        "API_MATERIAL_STOCK_SRV",
        ("Material", "Plant", "StorageLocation", "Batch", "InventoryStockType"),
        fields(
            "Material Plant StorageLocation Batch InventoryStockType InventorySpecialStockType"
            " MatlWrhsStkQtyInMatlBaseUnit:n"
        ),
    ),
    "A_Customer": EntitySet(
        PARTNER,
        ("Customer",),
        fields("Customer CustomerName CustomerFullName OrderIsBlockedForCustomer DeletionIndicator:b"),
    ),
    "A_CustomerSalesArea": EntitySet(
        PARTNER,
        ("Customer", "SalesOrganization", "DistributionChannel", "Division"),
        fields(
            f"Customer {AREA} Division PriceListType CustomerPaymentTerms SupplyingPlant OrderIsBlockedForCustomer"
            " DeletionIndicator:b"
        ),
    ),
    "A_CustSalesPartnerFunc": EntitySet(
        PARTNER,
        ("Customer", "SalesOrganization", "DistributionChannel", "Division", "PartnerCounter", "PartnerFunction"),
        fields(f"Customer {AREA} Division PartnerCounter PartnerFunction BPCustomerNumber"),
    ),
    "A_BusinessPartner": EntitySet(
        PARTNER, ("BusinessPartner",), fields("BusinessPartner BusinessPartnerCategory BusinessPartnerFullName")
    ),
    "A_BusinessPartnerAddress": EntitySet(
        PARTNER,
        ("BusinessPartner", "AddressID"),
        fields("BusinessPartner AddressID CityName StreetPrefixName StreetName HouseNumber"),
    ),
    "A_BusinessPartnerTaxNumber": EntitySet(
        PARTNER, ("BusinessPartner", "BPTaxType"), fields("BusinessPartner BPTaxType BPTaxNumber BPTaxLongNumber")
    ),
    "A_BPContactToFuncAndDept": EntitySet(
        PARTNER,
        ("RelationshipNumber",),
        fields(
            "RelationshipNumber BusinessPartnerCompany BusinessPartnerPerson PhoneNumber"
            " PhoneNumberExtension EmailAddress"
            " ValidityEndDate:d"
        ),
    ),
    "A_CustomerUnloadingPoint": EntitySet(
        PARTNER,
        ("Customer", "UnloadingPointName"),
        fields(
            "Customer UnloadingPointName MondayMorningOpeningTime:t MondayMorningClosingTime:t"
            " MondayAfternoonOpeningTime:t MondayAfternoonClosingTime:t ThursdayMorningOpeningTime:t"
            " ThursdayMorningClosingTime:t"
        ),
    ),
    "A_SlsPrcgCndnRecdValidity": EntitySet(
        PRICING,
        ("ConditionRecord", "ConditionValidityEndDate"),
        fields(
            f"ConditionRecord ConditionValidityEndDate:d ConditionValidityStartDate:d ConditionType {AREA} Material"
            " Customer PriceListType Plant TransactionCurrency OrderQuantityUnit"
            " SalesDocument SalesDocumentItem ConditionReleaseStatus"
        ),
        {"to_SlsPrcgConditionRecord": Navigation("A_SlsPrcgConditionRecord", _same("ConditionRecord"), many=False)},
    ),
    "A_SlsPrcgConditionRecord": EntitySet(
        PRICING,
        ("ConditionRecord",),
        fields(
            "ConditionRecord ConditionType ConditionRateValue:n ConditionRateValueUnit ConditionQuantity:n"
            " ConditionQuantityUnit ConditionToBaseQtyNmrtr:n ConditionToBaseQtyDnmntr:n PricingScaleBasis"
            " PricingScaleType ConditionIsDeleted:b BaseUnit ConditionScaleQuantityUnit"
        ),
    ),
    "A_SlsPrcgCndnRecordScale": EntitySet(
        PRICING,
        ("ConditionRecord", "ConditionSequentialNumber", "ConditionScaleLine"),
        fields(
            "ConditionRecord ConditionSequentialNumber ConditionScaleLine ConditionScaleQuantity:n ConditionRateValue:n"
            " ConditionRateValueUnit"
        ),
    ),
    "A_OperationalAcctgDocItemCube": EntitySet(
        "API_OPLACCTGDOCITEMCUBE_SRV",
        ("CompanyCode", "FiscalYear", "AccountingDocument", "AccountingDocumentItem"),
        fields(
            "CompanyCode FiscalYear AccountingDocument AccountingDocumentItem FinancialAccountType Customer"
            " ClearingAccountingDocument DocumentDate:d PostingDate:d NetDueDate:d"
            " AmountInCompanyCodeCurrency:n DocumentReferenceID"
            " InvoiceReference InvoiceReferenceFiscalYear"
        ),
    ),
}


def services() -> set[str]:
    return {entity.service for entity in SETS.values()}


def metadata(service: str, without: frozenset[str] = frozenset()) -> str:
    """The description of a service. `without`: «Set.Field» that this release does not have."""
    own = {name: entity for name, entity in SETS.items() if entity.service == service}
    types, associations, sets, ends = [], [], [], []
    for name, entity in own.items():
        keys = "".join(f"<PropertyRef Name={quoteattr(key)}/>" for key in entity.keys)
        told = [
            _property(field_name, kind, entity)
            for field_name, kind in entity.fields.items()
            if f"{name}.{field_name}" not in without
        ]
        for navigation, to in entity.navigations.items():
            link = f"{name}_{navigation}"
            told.append(
                f'<NavigationProperty Name="{navigation}" Relationship="{service}.{link}" FromRole="From" ToRole="To"/>'
            )
            many = "*" if to.many else "0..1"
            associations.append(
                f'<Association Name="{link}"><End Type="{service}.{name}Type" Multiplicity="1" Role="From"/>'
                f'<End Type="{service}.{to.target}Type" Multiplicity="{many}" Role="To"/></Association>'
            )
            ends.append(
                f'<AssociationSet Name="{link}Set" Association="{service}.{link}"><End EntitySet="{name}" Role="From"/>'
                f'<End EntitySet="{to.target}" Role="To"/></AssociationSet>'
            )
        types.append(f'<EntityType Name="{name}Type"><Key>{keys}</Key>{"".join(told)}</EntityType>')
        sets.append(f'<EntitySet Name="{name}" EntityType="{service}.{name}Type"/>')
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx">'
        '<edmx:DataServices m:DataServiceVersion="2.0"'
        ' xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">'
        f'<Schema Namespace="{service}" xmlns="http://schemas.microsoft.com/ado/2008/09/edm">'
        f"{''.join(types)}{''.join(associations)}"
        f'<EntityContainer Name="{service}_Entities" m:IsDefaultEntityContainer="true">{"".join(sets)}{"".join(ends)}'
        "</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>"
    )


def _property(name: str, kind: str, entity: EntitySet) -> str:
    length = f' MaxLength="{kind}"' if kind.isdigit() else ""
    scale = ' Precision="15" Scale="3"' if kind == "n" else ' Precision="0"' if kind in "dot" else ""
    nullable = ' Nullable="false"' if name in entity.keys else ""
    return f'<Property Name="{name}" Type="{EDM.get(kind, "Edm.String")}"{length}{scale}{nullable}/>'
