"""A new image brings its own data and leaves alone what people taught."""

from provide import provide


def write(folder, **files):
    for name, content in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def read(folder):
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_what_an_image_brings_is_taken_over_and_what_people_taught_stays(tmp_path):
    brought, data = tmp_path / "image", tmp_path / "volume"
    write(brought, nlu__ordering="1", nlu__reviewed__ordering="given", frozen__must="given", rules__old="1")
    provide(brought, data)
    assert read(data) == read(brought)

    write(data, nlu__reviewed__ordering="taught", nlu__reviewed__delivery="taught", frozen__must="approved")
    (brought / "rules" / "old").unlink()
    write(brought, nlu__ordering="2", rules__new="1")
    provide(brought, data)
    assert read(data) == {
        "nlu/ordering": "2",
        "rules/new": "1",
        "nlu/reviewed/ordering": "taught",
        "nlu/reviewed/delivery": "taught",
        "frozen/must": "approved",
    }
