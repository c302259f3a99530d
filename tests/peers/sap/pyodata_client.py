"""An outside client (pyodata) against the emulator of tests/api/erp/sap: does it speak OData version 2 to others too?

Run by hand in an environment of its own; see README.md. The outcome is recorded at the end of that file.
"""

import datetime
import sys

import pyodata
import requests

USER, PASSWORD, CLIENT = "BOT_ORDERS", "пароль", "100"


def main(address: str) -> None:
    root = f"{address}/sap/opu/odata/sap"
    session = requests.Session()
    session.trust_env = False
    session.auth = (USER.encode(), PASSWORD.encode())
    session.headers["sap-client"] = CLIENT

    goods = pyodata.Client(f"{root}/API_PRODUCT_SRV/", session)
    found = (
        goods.entity_sets.A_Product.get_entities().filter("ProductType eq 'HAWA'").expand("to_Description").execute()
    )
    for product in found:
        print(
            "product", product.Product, product.BaseUnit, [text.ProductDescription for text in product.to_Description]
        )

    session.headers["X-CSRF-Token"] = session.get(
        f"{root}/API_SALES_ORDER_SRV/", headers={"X-CSRF-Token": "Fetch"}, timeout=10
    ).headers["x-csrf-token"]
    orders = pyodata.Client(f"{root}/API_SALES_ORDER_SRV/", session)
    request = orders.entity_sets.A_SalesOrder.create_entity()
    request.set(
        SalesOrderType="OR",
        SalesOrganization="1010",
        DistributionChannel="10",
        OrganizationDivision="00",
        SoldToParty="10100001",
        PurchaseOrderByCustomer="AI-pyodata",
        RequestedDeliveryDate=datetime.datetime(2026, 12, 1, tzinfo=datetime.UTC),
        to_Item=[
            {"SalesOrderItem": "10", "Material": "MILK-32", "RequestedQuantity": "5", "RequestedQuantityUnit": "PC"}
        ],
    )
    made = request.execute()
    print("created", made.SalesOrder, made.TotalNetAmount, made.RequestedDeliveryDate)
    query = orders.entity_sets.A_SalesOrder.get_entities().filter("PurchaseOrderByCustomer eq 'AI-pyodata'")
    for order in query.expand("to_Item").execute():
        print(
            "found",
            order.SalesOrder,
            [(item.Material, item.RequestedQuantity, item.NetAmount) for item in order.to_Item],
        )


main(sys.argv[1])
