"""The adapter of the HTTP service keeps the laws of the port, and both sides keep the contract."""

from tests.api.erp.conformance import ErpConformance


class TestOnecHttpOverDemo(ErpConformance):
    pass
