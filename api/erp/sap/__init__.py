"""SAP S/4HANA over its released OData version 2 services.

Written after documents, emulators and SAP's own Node servers; never run on a real system (docs/connect-sap.md).
"""
