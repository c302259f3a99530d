"""A search by an exact article finds that product and no other."""

from api.catalog.service import page
from api.orders.desk import shopper
from tests.api.orders.conftest import MILK, World


async def test_article_finds_its_product(world: World) -> None:
    async with world.turn() as turn:
        found = await page(await shopper(turn), None, MILK, 1)
    assert [product.sku for product in found.products] == [MILK]
