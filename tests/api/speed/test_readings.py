"""The measured readings at a small size: what is measured is what happens, and it makes a page."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from api.db.models import PriceRow, ProductRow
from api.db.session import staff_session
from api.speed import readings, volumes


@pytest.mark.parametrize(("kind", "size", "rows"), [("lists", 40, 120), ("personal", 20, 40_000)])
async def test_a_small_one_reads_what_it_says(database: str, kind: str, size: int, rows: int) -> None:
    figures = await readings.measured(readings.KINDS[kind](size))
    async with staff_session() as session:
        assert await session.scalar(select(func.count()).select_from(PriceRow)) == rows == figures["rows"]["prices"]
        changed = select(func.count()).select_from(PriceRow).where(PriceRow.amount * 100 % 1000 == 1)
        assert await session.scalar(select(func.count()).select_from(ProductRow)) == figures["rows"]["goods"]
        assert (await session.scalar(changed) or 0) >= 1  # the hundredth that changed was written
    assert set(figures["seconds"]) >= {"goods", "goods again", "prices", "prices again", "prices, 1 % changed"}


def test_figures_of_other_volumes_stay(tmp_path: Path) -> None:
    figures = {
        "made_at": "2026-01-01", "rows": {"prices": 300_000}, "seconds": {"goods": 1.5}, "peak_mb": 120,
        "database_mb": 100,
    }  # fmt: skip
    (small, _, _), (large, _, _) = volumes.USUAL
    volumes.keep(tmp_path, {large: figures}, "here")
    volumes.keep(tmp_path, {small: figures | {"peak_mb": 130}}, "here")
    page = (tmp_path / "readings.md").read_text(encoding="utf-8")
    assert f"| {small} | 300,000 | 1.5 s | – |" in page and "130 MB" in page and f"| {large} |" in page
