"""The control API of the demo: faults, statuses, stock, prices. No OData; the same user and password."""
from fastapi import APIRouter

router = APIRouter(prefix="/control")
