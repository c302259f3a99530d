"""All tables, so that one import registers them with the metadata."""

from api.db.models.aliases import AliasRow
from api.db.models.base import Base
from api.db.models.catalog import (
    CatalogVersionRow,
    CategoryRow,
    ErpHealthRow,
    PriceListRow,
    PriceRow,
    ProductRow,
    StockRow,
    SyncRunRow,
    WarehouseRow,
)
from api.db.models.conversations import (
    ConversationRow,
    EventRow,
    HandoffRow,
    InboxRow,
    MisunderstoodRow,
    OutboxRow,
    StoredResultRow,
)
from api.db.models.customers import (
    BalanceRow,
    CompanyCodeRow,
    ContactRow,
    CustomerRow,
    InvoiceRow,
    OutletRow,
    SignInAttemptRow,
)
from api.db.models.orders import CartRow, CartSessionRow, OrderLineRow, OrderRow
from api.db.models.staff import AuditRow, LoginAttemptRow, StaffSessionRow, StaffUserRow

__all__ = [
    "AliasRow",
    "AuditRow",
    "BalanceRow",
    "Base",
    "CartRow",
    "CartSessionRow",
    "CatalogVersionRow",
    "CategoryRow",
    "CompanyCodeRow",
    "ContactRow",
    "ConversationRow",
    "CustomerRow",
    "ErpHealthRow",
    "EventRow",
    "HandoffRow",
    "InboxRow",
    "InvoiceRow",
    "LoginAttemptRow",
    "MisunderstoodRow",
    "OrderLineRow",
    "OrderRow",
    "OutboxRow",
    "OutletRow",
    "PriceListRow",
    "PriceRow",
    "ProductRow",
    "SignInAttemptRow",
    "StaffSessionRow",
    "StaffUserRow",
    "StockRow",
    "StoredResultRow",
    "SyncRunRow",
    "WarehouseRow",
]
