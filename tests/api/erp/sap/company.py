"""A small company in the emulator, and the adapter opened on it."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from api.domain.clock import Clock, SystemClock
from api.erp.http import HttpLimits
from api.erp.port import Place
from api.erp.sap.backend import Sap, open_sap
from api.erp.sap.settings import SapSettings
from tests.api.erp.sap.emulator import CLIENT, PASSWORD, USER
from tests.api.erp.sap.tables import Tables, day

ZONE = ZoneInfo("Europe/Moscow")
CLOCK = SystemClock(ZONE)
QUICK = HttpLimits(first_wait=0.01, attempts=2, read=5)
AREA = {"SalesOrganization": "1010", "DistributionChannel": "10"}
CUSTOMER, DEBTOR, CLOSED, SHOP = "10100001", "10100002", "10100003", "10100011"
MILK, CHEESE, OLD = "MILK-32", "CHEESE-W", "OLD-1"
FOREVER = date(9999, 12, 31)


def settings(url: str, **changes: Any) -> SapSettings:
    told: dict[str, Any] = {
        "url": url,
        "user": USER,
        "password": SecretStr(PASSWORD),
        "client": CLIENT,
        "sales_organization": "1010",
        "distribution_channel": "10",
        "division": "00",
        "plants": {"1010": "Основной", "1020": "Северный"},
        "price_condition": "PR00",
        "price_lists": {"01": "Оптовая"},
        "company_code": "1010",
        "rejection_reason": "10",
        "payment_days": {"NT14": 14},
        "prepayment_terms": ("0001",),
    }
    return SapSettings(**(told | changes))


def open_emulated(url: str, *, limits: HttpLimits = QUICK, page: int = 7, clock: Clock = CLOCK, **changes: Any) -> Sap:
    return open_sap(settings(url, **changes), Place("main", ZONE, clock, Path("exchange")), limits, page)


def fill(tables: Tables) -> None:
    """Goods, prices, stock, customers and debts."""
    _goods(tables)
    _stock(tables)
    _prices(tables)
    _customers(tables)
    _debts(tables)


def _goods(tables: Tables) -> None:
    for group, name in (("L001", "Молоко"), ("L002", "Сыр")):
        tables.add("A_ProductGroup", MaterialGroup=group)
        tables.add("A_ProductGroupText", MaterialGroup=group, Language="EN", MaterialGroupName=f"EN {group}")
        tables.add("A_ProductGroupText", MaterialGroup=group, Language="RU", MaterialGroupName=name)
    for code, name, unit, group in (
        (MILK, "Молоко 3,2% 1 л", "PC", "L001"),
        (CHEESE, "Сыр весовой", "KG", "L002"),
        (OLD, "Снятый товар", "PC", "L001"),
    ):
        product(tables, code, name, unit, group, gone=code == OLD)
    tables.add(
        "A_ProductUnitsOfMeasure", Product=MILK, AlternativeUnit="CAR", QuantityNumerator="12", QuantityDenominator="1"
    )
    tables.add(
        "A_ProductUnitsOfMeasure",
        Product=CHEESE,
        AlternativeUnit="G",
        QuantityNumerator="1",
        QuantityDenominator="1000",
    )
    tables.add("A_Product", Product="ROH-1", ProductType="ROH", BaseUnit="KG")


def product(tables: Tables, code: str, name: str, unit: str, group: str, *, gone: bool = False) -> None:
    changed = day(CLOCK.now().date() - timedelta(days=0 if code == MILK else 30))
    tables.add(
        "A_Product",
        Product=code,
        ProductType="HAWA",
        BaseUnit=unit,
        ProductGroup=group,
        LastChangeDate=changed,
        IsMarkedForDeletion=gone,
    )
    tables.add("A_ProductDescription", Product=code, Language="EN", ProductDescription=f"EN {code}")
    tables.add("A_ProductDescription", Product=code, Language="RU", ProductDescription=name)
    tables.add("A_ProductSalesDelivery", Product=code, ProductSalesOrg="1010", ProductDistributionChnl="10")
    tables.add(
        "A_ProductUnitsOfMeasure", Product=code, AlternativeUnit=unit, QuantityNumerator="1", QuantityDenominator="1"
    )
    tables.add("A_ProductSalesTax", Product=code, Country="RU", TaxCategory="TTX1", TaxClassification="1")


def _stock(tables: Tables) -> None:
    for material in (MILK, CHEESE):
        for place, batch in (("101A", "B1"), ("101B", "B2")):
            stock(tables, material, place=place, batch=batch, quantity="100.000")
    stock(tables, MILK, plant="1020", quantity="-3.000")
    stock(tables, MILK, plant="9999", quantity="777")
    stock(tables, MILK, kind="07", quantity="55")
    stock(tables, MILK, special="K", quantity="66")


def stock(
    tables: Tables,
    material: str,
    *,
    plant: str = "1010",
    place: str = "101A",
    batch: str = "",
    kind: str = "01",
    special: str = "",
    quantity: str,
) -> None:
    tables.add(
        "A_MatlStkInAcctMod",
        Material=material,
        Plant=plant,
        StorageLocation=place,
        Batch=batch,
        InventoryStockType=kind,
        InventorySpecialStockType=special,
        MatlWrhsStkQtyInMatlBaseUnit=quantity,
    )


def _prices(tables: Tables) -> None:
    condition(tables, "0001", MILK, "520")
    condition(tables, "0002", MILK, "500", PriceListType="01")
    condition(tables, "0003", CHEESE, "110")
    condition(tables, "0004", CHEESE, "99.90", Customer=CUSTOMER)
    condition(tables, "0005", MILK, "1", Plant="1020")
    condition(tables, "0006", MILK, "1", ConditionReleaseStatus="A")
    condition(tables, "0007", MILK, "480", Customer=CLOSED)


def condition(
    tables: Tables,
    record: str,
    material: str,
    rate: str,
    *,
    ends: date = FOREVER,
    unit: str = "RUB",
    scales: tuple[tuple[str, str], ...] = (),
    record_fields: dict[str, Any] | None = None,
    **keys: Any,
) -> None:
    tables.add(
        "A_SlsPrcgCndnRecdValidity",
        ConditionRecord=record,
        ConditionValidityStartDate=day(date(2024, 1, 1)),
        ConditionValidityEndDate=day(ends),
        ConditionType="PR00",
        Material=material,
        SalesDocumentItem="000000",
        **AREA,
        **keys,
    )
    more = {"PricingScaleBasis": "C" if scales else "", "ConditionQuantity": "1"} | (record_fields or {})
    tables.add(
        "A_SlsPrcgConditionRecord",
        ConditionRecord=record,
        ConditionType="PR00",
        ConditionRateValue=rate,
        ConditionRateValueUnit=unit,
        **more,
    )
    for line, (least, amount) in enumerate(scales, start=1):
        tables.add(
            "A_SlsPrcgCndnRecordScale",
            ConditionRecord=record,
            ConditionSequentialNumber="1",
            ConditionScaleLine=f"{line:04}",
            ConditionScaleQuantity=least,
            ConditionRateValue=amount,
            ConditionRateValueUnit=unit,
        )


def _customers(tables: Tables) -> None:
    for number, name in (
        (CUSTOMER, "ООО «Ромашка»"),
        (DEBTOR, "ИП Луговой"),
        (CLOSED, "ООО «Закрытое»"),
        (SHOP, "На Садовой"),
    ):
        tables.add(
            "A_Customer", Customer=number, CustomerName=name, OrderIsBlockedForCustomer="01" if number == CLOSED else ""
        )
    for number, prices, terms in ((CUSTOMER, "01", "NT14"), (DEBTOR, "", "0001"), (CLOSED, "01", "NT14")):
        tables.add(
            "A_CustomerSalesArea",
            Customer=number,
            Division="00",
            PriceListType=prices,
            CustomerPaymentTerms=terms,
            SupplyingPlant="1010",
            **AREA,
        )
    tables.add(
        "A_CustSalesPartnerFunc",
        Customer=CUSTOMER,
        Division="00",
        PartnerCounter="0",
        PartnerFunction="SH",
        BPCustomerNumber=SHOP,
        **AREA,
    )
    tables.add(
        "A_CustSalesPartnerFunc",
        Customer=CUSTOMER,
        Division="00",
        PartnerCounter="0",
        PartnerFunction="BP",
        BPCustomerNumber=CUSTOMER,
        **AREA,
    )
    tables.add(
        "A_BusinessPartnerAddress",
        BusinessPartner=SHOP,
        AddressID="1",
        CityName="Москва",
        StreetName="ул. Садовая",
        HouseNumber="12",
    )
    tables.add("A_BusinessPartnerTaxNumber", BusinessPartner=CUSTOMER, BPTaxType="RU1", BPTaxNumber="7700000000")
    tables.add(
        "A_BusinessPartner",
        BusinessPartner="900001",
        BusinessPartnerCategory="1",
        BusinessPartnerFullName="Иван Луговой",
    )
    tables.add(
        "A_BPContactToFuncAndDept",
        RelationshipNumber="1",
        ValidityEndDate=day(FOREVER),
        BusinessPartnerCompany=DEBTOR,
        BusinessPartnerPerson="900001",
        PhoneNumber="+79000000099",
        EmailAddress="ivan@lugovoy.example",
    )
    tables.add(
        "A_CustomerUnloadingPoint",
        Customer=SHOP,
        UnloadingPointName="Двор",
        MondayMorningOpeningTime="PT08H00M00S",
        MondayMorningClosingTime="PT12H00M00S",
        MondayAfternoonClosingTime="PT17H30M00S",
        ThursdayMorningOpeningTime="PT09H00M00S",
        ThursdayMorningClosingTime="PT13H00M00S",
    )


def _debts(tables: Tables) -> None:
    today = CLOCK.now().date()
    open_item(tables, "90000001", "900.00", today - timedelta(days=6), DocumentReferenceID="УПД-7")
    open_item(tables, "14000001", "-500.00", today, InvoiceReference="90000001", InvoiceReferenceFiscalYear="2026")
    open_item(tables, "90000002", "100.00", today + timedelta(days=3))
    open_item(tables, "90000003", "333.00", today - timedelta(days=60), ClearingAccountingDocument="140")
    open_item(tables, "51000001", "70.00", today - timedelta(days=60), FinancialAccountType="K")


def open_item(tables: Tables, number: str, amount: str, due: date, **more: Any) -> None:
    plain = {"FinancialAccountType": "D", "Customer": DEBTOR, "DocumentDate": day(due - timedelta(days=14))}
    tables.add(
        "A_OperationalAcctgDocItemCube",
        CompanyCode="1010",
        FiscalYear="2026",
        AccountingDocument=number,
        AccountingDocumentItem="1",
        NetDueDate=day(due),
        AmountInCompanyCodeCurrency=amount,
        **(plain | more),
    )
