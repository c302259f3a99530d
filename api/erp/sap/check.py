"""What is missing on SAP's side, told to the distributor's IT person. Reads only."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal

from lxml import etree

from api.erp.errors import ErpError, Reason
from api.erp.http import MOVED
from api.erp.port import Finding
from api.erp.sap.client import ODataClient, Set
from api.erp.sap.debts import ITEMS as DEBT_ITEMS
from api.erp.sap.goods import GROUPS, PRODUCTS, STOCK, UNITS_OF_MEASURE
from api.erp.sap.literals import any_of, text
from api.erp.sap.orders import ITEMS, ORDERS
from api.erp.sap.orders import SERVICE as ORDER_SERVICE
from api.erp.sap.partners import (
    ADDRESSES,
    AREAS,
    CUSTOMERS,
    FUNCTIONS,
    PERSONS,
    RELATIONS,
    TAX_NUMBERS,
    UNLOADING,
    Partners,
)
from api.erp.sap.prices import SCALES, TAXES, VALIDITY
from api.erp.sap.quotes import SIMULATION
from api.erp.sap.refusals import NO_SERVICE
from api.erp.sap.settings import SapSettings

ACTIVATE = (
    "Активируйте службу {service}: /IWFND/MAINT_SERVICE на собственной системе или договорённость о связи"
    " (сценарий {scenario}) в облачной."
)
AUTHORIZE = "Дайте пользователю бота полномочие S_SERVICE на {service} и чтение её данных."


@dataclass(frozen=True)
class Need:
    """A set, the fields of it that are used, and what the bot does with it."""

    of: Set
    fields: tuple[str, ...]
    use: str
    scenario: str
    readable: bool = True


NEEDS = (
    Need(
        ORDERS,
        ("SalesOrder", "PurchaseOrderByCustomer", "LastChangeDateTime", "OverallSDProcessStatus", "to_Item", "to_Text"),
        "заказы",
        "SAP_COM_0109",
    ),
    Need(ITEMS, ("SalesDocumentRjcnReason", "NetAmount", "RequestedQuantityUnit"), "строки заказов", "SAP_COM_0109"),
    Need(SIMULATION, ("to_Pricing", "to_Credit", "to_Item"), "расчёт заказа", "SAP_COM_0109", readable=False),
    Need(
        PRODUCTS, ("Product", "BaseUnit", "ProductGroup", "LastChangeDate", "to_Description"), "товары", "SAP_COM_0009"
    ),
    Need(UNITS_OF_MEASURE, ("AlternativeUnit", "QuantityNumerator"), "упаковки", "SAP_COM_0009"),
    Need(STOCK, ("Plant", "InventoryStockType", "MatlWrhsStkQtyInMatlBaseUnit"), "остатки", "SAP_COM_0164"),
    Need(CUSTOMERS, ("Customer", "OrderIsBlockedForCustomer"), "клиенты", "SAP_COM_0008"),
    Need(AREAS, ("PriceListType", "CustomerPaymentTerms", "SupplyingPlant"), "условия клиентов", "SAP_COM_0008"),
    Need(FUNCTIONS, ("PartnerFunction", "BPCustomerNumber"), "точки доставки", "SAP_COM_0008"),
    Need(ADDRESSES, ("CityName", "StreetName", "HouseNumber"), "адреса", "SAP_COM_0008"),
    Need(TAX_NUMBERS, ("BPTaxType", "BPTaxNumber"), "ИНН", "SAP_COM_0008"),
    Need(RELATIONS, ("BusinessPartnerPerson", "PhoneNumber", "ValidityEndDate"), "телефоны людей", "SAP_COM_0008"),
    Need(PERSONS, ("BusinessPartnerFullName",), "имена людей", "SAP_COM_0008"),
    Need(UNLOADING, ("MondayMorningOpeningTime",), "часы приёмки", "SAP_COM_0008"),
)
GROUP_NEEDS = (Need(GROUPS, ("MaterialGroup", "to_Text"), "группы товаров", "SAP_COM_0087"),)
PRICE_NEEDS = (
    Need(VALIDITY, ("Material", "PriceListType", "Customer"), "цены", "SAP_COM_0294"),
    Need(SCALES, ("ConditionScaleQuantity", "ConditionRateValue"), "шкалы цен", "SAP_COM_0294"),
)
TAX_NEEDS = (Need(TAXES, ("TaxCategory", "TaxClassification"), "ставки НДС", "SAP_COM_0009"),)
DEBT_NEEDS = (
    Need(
        DEBT_ITEMS,
        ("FinancialAccountType", "ClearingAccountingDocument", "NetDueDate", "AmountInCompanyCodeCurrency"),
        "задолженность",
        "SAP_COM_0303",
    ),
)


class Check:
    """See Checked."""

    def __init__(self, client: ODataClient, settings: SapSettings, partners: Partners) -> None:
        self._client = client
        self._settings = settings
        self._partners = partners

    async def check(self) -> AsyncIterator[Finding]:
        """Services, their fields and the right to read them; then what the settings name."""
        told, closed = dict[str, str](), set[str]()
        for need in self._needs():
            if need.of.service in closed:
                continue
            try:
                if need.of.service not in told:
                    told[need.of.service] = await self._client.metadata(need.of.service)
                yield await self._needed(need, told[need.of.service])
            except ErpError as error:
                yield _trouble(error, need)
                if _is_hopeless(error):
                    return
                if need.of.service not in told:
                    closed.add(need.of.service)
        try:
            async for finding in self._settled():
                yield finding
        except ErpError as error:
            yield Finding("error", error.message)

    def _needs(self) -> tuple[Need, ...]:
        settings = self._settings
        return (
            NEEDS
            + (GROUP_NEEDS if settings.product_groups else ())
            + (PRICE_NEEDS if settings.price_condition else ())
            + (TAX_NEEDS if settings.price_condition and settings.gross else ())
            + (DEBT_NEEDS if settings.company_code else ())
        )

    async def _needed(self, need: Need, metadata: str) -> Finding:
        told = _fields(metadata, need.of.name)
        fields = need.fields + (
            (self._settings.clock_field,) if need.of is ORDERS and self._settings.clock_field else ()
        )
        missing = [field for field in fields if field not in told]
        name = f"{need.of.service}/{need.of.name}"
        if missing:
            todo = "Сверьте выпуск системы; поле для времени заказа задаёт TIME_FIELD («-» — без него)."
            return Finding("error", f"{_title(need)}: в {name} нет полей {', '.join(missing)}.", todo)
        if need.readable:
            await self._client.first(need.of)
        return Finding("ok", f"{_title(need)}: {name} отвечает.")

    async def _settled(self) -> AsyncIterator[Finding]:
        settings = self._settings
        await self._client.ready_to_write(ORDER_SERVICE)
        yield Finding("ok", "Ключ для записи (CSRF) выдаётся.")
        area = f"{settings.sales_organization}/{settings.distribution_channel}/{settings.division}"
        yield _about(
            await self._client.first(AREAS, self._partners.area) is not None,
            f"Сбытовая область {area}",
            "в ней нет ни одного клиента",
            "error",
            "Проверьте SALES_ORGANIZATION, DISTRIBUTION_CHANNEL и DIVISION.",
        )
        yield _about(
            await self._client.first(FUNCTIONS, f"PartnerFunction eq {text(settings.ship_to_function)}") is not None,
            f"Функция партнёра {settings.ship_to_function}",
            "ни у одного клиента нет получателя материала с этим кодом",
            "warning",
            "Код зависит от языка входа (WE, SH): проверьте SHIP_TO_FUNCTION и LOGON_LANGUAGE.",
        )
        for plant in settings.plants:
            found = await self._client.first(STOCK, any_of("Plant", [plant]))
            yield _about(found is not None, f"Завод {plant}", "на нём нет запаса", "warning", "Проверьте PLANTS.")
        if settings.price_condition:
            where = f"ConditionType eq {text(settings.price_condition)}"
            yield _about(
                await self._client.first(VALIDITY, where) is not None,
                f"Вид условия {settings.price_condition}",
                "записей с ним нет",
                "error",
                "Проверьте PRICE_CONDITION (обычно PR00 или PPR0).",
            )
        if not settings.rejection_reason:
            yield Finding("warning", "Бот не сможет отменять заказы.", "Задайте REJECTION_REASON.")


def _title(need: Need) -> str:
    return need.use[0].upper() + need.use[1:]


def _about(found: bool, what: str, trouble: str, severity: Literal["warning", "error"], todo: str) -> Finding:
    return Finding("ok", f"{what}: есть.") if found else Finding(severity, f"{what}: {trouble}.", todo)


def _trouble(error: ErpError, need: Need) -> Finding:
    told = f"{_title(need)} ({need.of.service}): {error.message}"
    if error.message in (NO_SERVICE, MOVED):
        return Finding("error", told, ACTIVATE.format(service=need.of.service, scenario=need.scenario))
    if error.reason is Reason.RIGHTS and "→ 403" in error.evidence:
        return Finding("error", told, AUTHORIZE.format(service=need.of.service))
    return Finding("error", told)


def _is_hopeless(error: ErpError) -> bool:
    """The system is silent, or does not know our user: the rest would be told the same."""
    return not error.permanent or "→ 401" in error.evidence


def _fields(metadata: str, set_name: str) -> frozenset[str]:
    """Properties and navigations of the entities of a set. Raises ErpError when it is not told."""
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        root = etree.fromstring(metadata.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise ErpError("SAP прислала не описание службы.", permanent=True, evidence=metadata[:200]) from error
    types = root.xpath("//*[local-name()='EntitySet'][@Name=$name]/@EntityType", name=set_name)
    if not isinstance(types, list) or not types:
        raise ErpError(NO_SERVICE, permanent=True, evidence=set_name)
    entity = str(types[0]).rpartition(".")[2]
    names = root.xpath(
        "//*[local-name()='EntityType'][@Name=$name]"
        "/*[local-name()='Property' or local-name()='NavigationProperty']/@Name",
        name=entity,
    )
    return frozenset(str(name) for name in names) if isinstance(names, list) else frozenset()
