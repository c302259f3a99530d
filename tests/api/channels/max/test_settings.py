"""The settings: what is derived, what is refused, and that secrets stay out of errors."""

import pytest
from pydantic import ValidationError

from api.channels.max.adapter import open_max
from api.channels.max.settings import MaxSettings


def test_without_a_token_there_is_no_max(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAX_TOKEN", raising=False)
    assert open_max() is None
    monkeypatch.setenv("MAX_TOKEN", "f9LHodD0cOL")
    channel = open_max()
    assert channel is not None
    assert channel.kind == "max"


def test_the_secret_is_derived_in_the_characters_that_max_allows() -> None:
    from api.config import settings

    derived = MaxSettings().webhook_secret
    assert len(derived) == 64
    assert derived.isalnum()
    assert settings().secret_key not in derived
    assert MaxSettings(secret="of-our-own").webhook_secret == "of-our-own"


@pytest.mark.parametrize(
    "given",
    [
        {"secret": "four"},
        {"secret": "с кириллицей"},
        {"secret": "with space"},
        {"token": "f9LH odD0"},
        {"token": "f9LH\r\nodD0"},
        {"proxy": "socks5://127.0.0.1:1080"},
        {"mode": "both"},
    ],
)
def test_what_cannot_work_is_refused_without_telling_it(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as refused:
        MaxSettings.model_validate(given)
    assert next(iter(given.values())) not in str(refused.value)
