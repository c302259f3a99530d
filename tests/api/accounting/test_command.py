"""`./run erp` with settings that cannot be right: what to mend in words, and no secret on the screen."""

from collections.abc import Iterator

import pytest

from api.accounting import command
from api.config import settings
from api.deps import erp as connection
from api.run import erp as run_erp
from api.run.environment import EnvironmentFileError


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(connection, "_open", {})
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"ERP_KIND": "sapp"}, "ERP_KIND='sapp'"),
        ({"ERP_KIND": "sap", "ERP_DIVISION": "00"}, "ERP_SALES_ORGANIZATION: Field required"),
        ({"ERP_KIND": "sap", "ERP_PLANTS": "{1010"}, "plants"),
        ({"ERP_KIND": "folder", "ERP_ENCODING": "koi8"}, "ERP_ENCODING: Input should be 'utf-8' or 'windows-1251'"),
    ],
)
@pytest.mark.parametrize("word", ["check", "subscribe"])
def test_wrong_settings_of_one_do_not_hide_the_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], word: str, given: dict[str, str], told: str
) -> None:
    for name, value in {**given, "ERP_MORE": "north", "ERP_NORTH_KIND": "memory"}.items():
        monkeypatch.setenv(name, value)
    assert command.main([word]) == 1
    said = capsys.readouterr().out
    assert "✗ Настройки" in said and told in said and "north (memory)" in said


def test_settings_of_the_product_itself(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("SECRET_KEY", "qwerty-secret")
    monkeypatch.setenv("ERP_MORE", "Север")
    assert command.main(["check"]) == 2
    said = capsys.readouterr().out
    assert "ERP_MORE" in said and "SECRET_KEY" in said
    assert "qwerty" not in said


def test_the_products_settings_never_quote_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "qwerty-secret")
    with pytest.raises(ValueError, match="secret_key") as wrong:
        settings()
    assert "qwerty" not in str(wrong.value)


def test_a_broken_env_file(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(state: object) -> dict[str, str]:
        raise EnvironmentFileError(".env, line 3: not NAME=value")

    monkeypatch.setattr(run_erp, "load", broken)
    assert run_erp.erp(["check"]) == 2
    assert ".env, line 3" in capsys.readouterr().out
