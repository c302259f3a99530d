"""The trained models and how each stands: in work, the previous one, in the shadow or only kept."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from api.config import settings
from api.console.training_card import examples, reasons
from api.console.training_figures import key_figures, part
from api.training import publishing, registry, slots
from api.training.cards import frozen_hash
from api.training.schemas import Version

STANDINGS = slots.STANDINGS | {"previous": "прежняя", "": "хранится"}


@dataclass(frozen=True)
class Model:
    """A version on the shelf."""

    of: Version
    standing: str
    """A key of STANDINGS."""
    against: str
    """What speaks against putting it in; empty: nothing."""

    @property
    def words(self) -> str:
        return STANDINGS.get(self.standing, self.standing)

    @property
    def figures(self) -> list[tuple[str, str]]:
        return key_figures(self.of.card)

    @property
    def examples(self) -> str:
        return examples(self.of.card)

    @property
    def reasons(self) -> list[str]:
        return reasons(part(self.of.card, "gate"))

    @property
    def address(self) -> str:
        return f"/console/training/models/{self.of.version}"


@dataclass(frozen=True)
class Shelf:
    models: list[Model]
    """The newest first."""
    live: str
    """The version that serves; empty when none is known."""
    previous: str
    """What a roll back brings back; empty: nothing."""

    def model(self, version: str) -> Model | None:
        return next((one for one in self.models if one.of.version == version), None)


async def shelf(session: AsyncSession) -> Shelf:
    found = registry.versions()
    seats = {slot.version: slot.role for slot in await slots.all_slots(session) if slot.version}
    live = next((version for version, role in seats.items() if role == "live"), "")
    frozen = frozen_hash(settings().training_root)
    previous, lived = await publishing.previous(session), await publishing.ever_live(session)

    def standing(version: str) -> str:
        role = seats.get(version, "")
        if role in slots.STANDINGS and role != "ready":
            return role
        return "previous" if version == previous else ""

    models = [Model(one, standing(one.version), publishing.objection(one, live, lived, frozen)) for one in found]
    return Shelf(models, live, previous)
