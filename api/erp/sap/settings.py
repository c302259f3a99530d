"""What a distributor sets for SAP S/4HANA; docs/connect-sap.md explains it."""

from decimal import Decimal

from pydantic import Field, model_validator

from api.erp.errors import Reason
from api.erp.sap.units import UNITS
from api.erp.settings import ErpSettings


class SapSettings(ErpSettings):
    """One system, one client («мандант»), one sales area. Codes are written as the system's web services tell them."""

    client: str = ""
    """sap-client; empty: the system's default."""
    logon_language: str = "EN"
    """sap-language. Codes of units and partner functions are told in it, so a change here changes them too."""
    language: str = "RU"
    """Of names of goods and groups, and of the comment of an order."""

    sales_organization: str
    distribution_channel: str
    division: str
    order_type: str = "OR"
    plants: dict[str, str]
    """Our warehouses: plant → name, the first one where a customer has none of its own."""
    product_types: tuple[str, ...] = ("HAWA", "FERT")
    product_groups: bool = True
    """Whether the service of product groups is open to us; without it goods have no categories."""
    units: dict[str, str] = UNITS
    """Unit of SAP → how the bot calls it; adds to the built-in table."""

    price_condition: str = ""
    """The condition type of prices («PR00», «PPR0»). Empty: prices are only told by simulation."""
    price_lists: dict[str, str] = Field(default_factory=dict)
    """Names of price list types, for which SAP has no service."""
    currency: str = "RUB"
    gross: bool = False
    """Prices with tax: SAP keeps and simulates them without."""
    tax_rates: dict[str, Decimal] = Field(default_factory=dict)
    """Tax classification of a product → per cent; needed to tell prices of condition records with tax."""
    tax_category: str = "TTX1"
    tax_country: str = "RU"

    payment_days: dict[str, int] = Field(default_factory=dict)
    """Terms of payment → days of delay."""
    prepayment_terms: tuple[str, ...] = ()
    company_code: str = ""
    """Whose receivables are read; empty: debts are not told, credit control is left to SAP."""
    tax_number_type: str = "RU1"

    ship_to_function: str = "SH"
    text_id: str = "TX01"
    """The header text that takes the customer's comment."""
    rejection_reason: str = ""
    """With which a withdrawn order's items are rejected; empty: the bot cannot withdraw orders."""
    time_field: str = "CustomerPurchaseOrderSuplmnt"
    """Four characters of the header for the hour and minute of an order: SAP tells only the day. «-»: not kept."""
    key_prefix: str = "AI-"
    """How our order keys begin: customers' own numbers stand in the same field."""
    refusals: dict[str, Reason] = Field(default_factory=dict)
    """«class/number» of a message of the system → what it means; adds to the built-in table."""

    @model_validator(mode="after")
    def _consistent(self) -> "SapSettings":
        if not self.url:
            raise ValueError("URL is empty")
        if not self.plants:
            raise ValueError("PLANTS names no plant")
        if self.gross and self.price_condition and not self.tax_rates:
            raise ValueError("GROSS with PRICE_CONDITION needs TAX_RATES")
        return self

    @property
    def clock_field(self) -> str:
        return "" if self.time_field == "-" else self.time_field

    @property
    def known_units(self) -> dict[str, str]:
        return UNITS | self.units
