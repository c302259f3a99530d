import random
import time
from decimal import Decimal

import pytest
from sqlalchemy import insert, update

from api.db.models import CatalogVersionRow, PriceRow, ProductRow, StockRow
from api.db.session import staff_session
from api.orders import service
from api.speed.invented import catalogue, lines
from tests.api.attachments.conftest import *
from tests.api.attachments.files import xlsx


@pytest.mark.parametrize("kind", ["sku", "loose", "unknown"])
async def test_big(world, attach, kind):
    items = catalogue(10000)
    async with staff_session() as s:
        await s.execute(
            insert(ProductRow),
            [
                dict(
                    id=f"x{i.sku}",
                    sku=i.sku,
                    name=i.name,
                    category_id="grocery",
                    base_unit="шт",
                    packagings=[{"unit": u, "factor": str(f)} for u, f in i.packs],
                )
                for i in items
            ],
        )
        await s.execute(
            insert(StockRow),
            [dict(product_id=f"x{i.sku}", warehouse_id="w1", quantity=Decimal(1000)) for i in items if int(i.sku) % 10],
        )
        await s.execute(
            insert(PriceRow),
            [dict(product_id=f"x{i.sku}", amount=Decimal(100), price_list_id="list-petra") for i in items],
        )
        await s.execute(update(CatalogVersionRow).values(version=2))
    rnd = random.Random(5)
    if kind == "sku":
        rows = [("Артикул", "Товар", "Кол-во")] + [(i.sku, i.name, 3) for i in rnd.sample(items, 5000)]
    elif kind == "loose":
        rows = [("Товар", "Кол-во")] + [
            (" ".join(w for w in l.split()[:-1] if not w.isdigit()), 5) for l in lines(items, 5000)
        ]
    else:
        rows = [("Товар", "Кол-во")] + [(f"неведомое{n} чудо{n * 7}", 5) for n in range(5000)]
    n = await attach(xlsx(rows))
    async with world.turn() as turn:
        await service.show(turn)
    t = time.time()
    async with world.turn() as turn:
        out = await service.once_attached_list(turn, n, None)
    t1 = time.time()
    print(
        "\n",
        kind,
        "list",
        round(t1 - t, 2),
        out.kind,
        out.attached,
        len(out.cart.lines),
        len(out.cart.questions),
        out.cart.questions_behind,
        "json",
        len(out.model_dump_json()),
    )
    async with world.turn() as turn:
        out = await service.show(turn)
    print("show", round(time.time() - t1, 2))
    t1 = time.time()
    async with world.turn() as turn:
        out = await service.perform(turn, "message", text="молоко 3,2% 10 л 5")
    print("message", round(time.time() - t1, 2), out.kind)
