"""Goods, their groups, plants and stock."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from api.domain.product import Category, Packaging, Product, Stock, Warehouse
from api.erp.errors import ErpError, Reason
from api.erp.sap.client import ODataClient, Set
from api.erp.sap.literals import any_of, on_day, portions
from api.erp.sap.records import Record
from api.erp.sap.settings import SapSettings
from api.erp.sap.units import our_unit, step_of

PRODUCTS = Set("API_PRODUCT_SRV", "A_Product", "Product")
UNITS_OF_MEASURE = Set("API_PRODUCT_SRV", "A_ProductUnitsOfMeasure", "Product,AlternativeUnit")
GROUPS = Set("API_PRODUCTGROUP_SRV", "A_ProductGroup", "MaterialGroup")
STOCK = Set("API_MATERIAL_STOCK_SRV", "A_MatlStkInAcctMod", "Material,Plant,StorageLocation,Batch")

NO_GOODS = "В заказе есть товар, которого в SAP нет или он снят с продажи."
UNRESTRICTED = "01"
"""InventoryStockType of stock that may be used freely."""


class Goods:
    """Reads goods."""

    def __init__(self, client: ODataClient, settings: SapSettings) -> None:
        self._client = client
        self._settings = settings

    async def categories(self) -> AsyncIterator[Category]:
        """Product groups; SAP's are flat."""
        if not self._settings.product_groups:
            return
        async for record in self._client.rows(GROUPS, expand="to_Text"):
            code = record.text("MaterialGroup")
            yield Category(code, self._in_language(record, "to_Text", "MaterialGroupName") or code)

    async def products(self, since: datetime | None) -> AsyncIterator[Product]:
        """Trading goods and products. The day of the last change is the system's own, so one day more is asked."""
        where = any_of("ProductType", self._settings.product_types)
        if since is not None:
            where += f" and LastChangeDate ge {on_day((since - timedelta(days=1)).date())}"
        expand = "to_Description,to_SalesDelivery,to_ProductUnitsOfMeasure"
        async for record in self._client.rows(PRODUCTS, where, expand=expand):
            yield self._product(record)

    async def warehouses(self) -> AsyncIterator[Warehouse]:
        """The plants that the settings name."""
        for plant, name in self._settings.plants.items():
            yield Warehouse(plant, name)

    async def stock(self, product_ids: Sequence[str] | None) -> AsyncIterator[Stock]:
        """Unrestricted stock on hand by plant, without customers' and suppliers' own. Orders have not reduced it.

        Rows come by storage location and batch, so sums are told at the end: two numbers a product.
        """
        plain = f"{any_of('Plant', self._settings.plants)} and InventoryStockType eq '{UNRESTRICTED}'"
        plain += " and InventorySpecialStockType eq ''"
        asked = (
            [plain]
            if product_ids is None
            else [f"{plain} and {any_of('Material', ids)}" for ids in portions(product_ids)]
        )
        sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for where in asked:
            async for record in self._client.rows(STOCK, where):
                place = (record.text("Material"), record.text("Plant"))
                sums[place] += record.number("MatlWrhsStkQtyInMatlBaseUnit")
        for (product, plant), quantity in sums.items():
            yield Stock(product, plant, max(quantity, Decimal(0)))

    async def base_units(self, product_ids: Iterable[str]) -> dict[str, str]:
        """SAP's code of the base unit of each product. Raises ErpError when one cannot be sold."""
        wanted, found = list(dict.fromkeys(product_ids)), dict[str, str]()
        for part in portions(wanted):
            fields = "Product,BaseUnit,IsMarkedForDeletion"
            async for record in self._client.rows(PRODUCTS, any_of("Product", part), select=fields):
                if not record.flag("IsMarkedForDeletion"):
                    found[record.text("Product")] = record.text("BaseUnit")
        if missing := [product for product in wanted if product not in found]:
            raise ErpError(NO_GOODS, permanent=True, evidence=", ".join(missing), reason=Reason.GOODS)
        return found

    def _product(self, record: Record) -> Product:
        code = record.text("Product")
        sales = next((part for part in record.many("to_SalesDelivery") if self._is_ours(part)), None)
        unit = our_unit(record.text("BaseUnit"), self._settings.known_units)
        rounding = sales.number("DeliveryQuantity") if sales else Decimal(0)
        return Product(
            id=code,
            sku=code,
            name=self._in_language(record, "to_Description", "ProductDescription") or code,
            base_unit=unit,
            category_id=(record.text("ProductGroup") or None) if self._settings.product_groups else None,
            packagings=tuple(self._packings(record)),
            step=rounding if rounding > 0 else step_of(unit),
            minimum=sales.number("MinimumOrderQuantity") if sales else Decimal(0),
            active=sales is not None
            and not sales.flag("IsMarkedForDeletion")
            and not record.flag("IsMarkedForDeletion"),
        )

    def _packings(self, record: Record) -> list[Packaging]:
        """Alternative units that hold more than one base unit; grams of a kilogram are no packing."""
        table, found = self._settings.known_units, dict[str, Packaging]()
        for unit in record.many("to_ProductUnitsOfMeasure"):
            code = unit.text("AlternativeUnit")
            if code != record.text("BaseUnit") and (factor := factor_of(unit)) > 1:
                found.setdefault(our_unit(code, table), Packaging(our_unit(code, table), factor))
        return list(found.values())

    def _is_ours(self, sales: Record) -> bool:
        area = (sales.text("ProductSalesOrg"), sales.text("ProductDistributionChnl"))
        return area == (self._settings.sales_organization, self._settings.distribution_channel)

    def _in_language(self, record: Record, texts: str, name: str) -> str:
        """The text in our language, else any."""
        told = {text.text("Language"): text.text(name) for text in record.many(texts)}
        return told.get(self._settings.language) or next(iter(told.values()), "")


class Factors:
    """What units of products hold in base units, looked up for a piece of work."""

    def __init__(self, client: ODataClient) -> None:
        self._client = client
        self._known: dict[tuple[str, str], Decimal] = {}
        self._learnt: set[str] = set()

    async def learn(self, product_ids: Iterable[str]) -> None:
        """Looks up the units of products."""
        for part in portions(product for product in product_ids if product not in self._learnt):
            async for record in self._client.rows(UNITS_OF_MEASURE, any_of("Product", part)):
                self._known[record.text("Product"), record.text("AlternativeUnit")] = factor_of(record)
            self._learnt.update(part)

    def of(self, product: str, unit: str) -> Decimal:
        """Base units in one `unit`; 1 for a unit that the product does not have."""
        return self._known.get((product, unit), Decimal(1))


def factor_of(unit: Record) -> Decimal:
    """Base units in one alternative unit."""
    return unit.number("QuantityNumerator") / (unit.number("QuantityDenominator") or Decimal(1))
