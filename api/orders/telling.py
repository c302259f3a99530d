"""What happened to the cart, told with the cart after it."""

from collections.abc import Sequence

from api.orders import views
from api.orders.desk import Desk
from api.orders.schemas import AsideView, TurnKind, TurnOutcome
from api.understanding.outcome import Change, Notice


async def told(
    desk: Desk,
    kind: TurnKind,
    changes: tuple[Change, ...] = (),
    notices: tuple[Notice, ...] = (),
    also: Sequence[AsideView] = (),
) -> TurnOutcome:
    """Saves the cart and shows it with what happened."""
    desk.basket.save(desk.who.now)
    market = await views.market_of(desk, [change.sku for change in changes])
    return TurnOutcome(
        kind=kind,
        changes=[views.change_view(desk, market, change) for change in changes],
        notices=[views.notice_view(desk, notice) for notice in notices],
        cart=await views.cart_view(desk, market),
        outlets=[],
        also=list(also),
    )
