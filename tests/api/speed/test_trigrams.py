"""Which PostgreSQL the bench takes."""

from pathlib import Path

from api.speed import trigrams


def test_the_newest_with_pg_trgm_is_taken(tmp_path: Path) -> None:
    for version in ("9", "15", "16"):
        (tmp_path / "lib" / version / "bin").mkdir(parents=True)
        (tmp_path / "lib" / version / "bin" / "initdb").touch()
    for version in ("9", "15"):
        (tmp_path / "share" / version / "extension").mkdir(parents=True)
        (tmp_path / "share" / version / "extension" / "pg_trgm.control").touch()
    assert trigrams.programs(tmp_path / "lib", tmp_path / "share") == tmp_path / "lib" / "15" / "bin"
    assert trigrams.programs(tmp_path / "none", tmp_path / "share") is None
