"""What a distributor sets for 1C over OData; docs/connect-1c.md explains it."""

from api.erp.settings import ErpSettings


class OnecSettings(ErpSettings):
    """The base as it is published. Without an address the demo 1C of this machine is taken."""

    configuration: str = "ut11"
    """Which names: «ut11» (also КА 2, ERP 2), «unf», «bp3», or the path of an own file."""
    allowed_only: bool = False
    """Rows that our user may not see are left out, instead of an error for the whole answer."""
