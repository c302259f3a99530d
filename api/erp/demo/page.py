"""The page for people at /demo/."""
from fastapi import APIRouter

router = APIRouter(prefix="/demo")
