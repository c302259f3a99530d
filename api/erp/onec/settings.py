"""What a distributor sets for 1C over OData; docs/connect-1c.md explains it."""

from api.erp.settings import ErpSettings


class OnecSettings(ErpSettings):
    """The base as it is published. Without an address the demo 1C of this machine is taken."""

    configuration: str = "ut11"
    """Which table of names: a file of api/erp/onec, or the path of an own one."""
