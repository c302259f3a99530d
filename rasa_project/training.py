"""Checks the data, trains a model and writes it with its card into models/ (of TRAINING_DIR, else of the checkout).

Run in rasa_project: `python training.py` finds or trains, measures and makes current the model to start with;
`--candidate` only trains one, for the training loop (api/training), which measures it and lets people decide.
"""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

import examples
import model_card
from intent_titles import TITLES

PROJECT = model_card.PROJECT
DOMAIN = ["--domain", "domain"]
# The commands never start a server; credentials.yml and endpoints.yml are not read. One thread adds up in one order:
# the same data give the same model to the last digit.
ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "PYTHONHASHSEED": "0",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
STOPPING_SECONDS = 10
EPOCH = re.compile(r"(\d+)/(\d+) \[.*?i_acc=([\d.]+)")
TRAINING_COMPONENT = re.compile(r"Starting to train component '(\w+)'")


class TrainingFailed(Exception):
    """A step failed; the message says which, the log holds Rasa's own words."""


def rasa(step: str, arguments: List[str], log: Path, scratch: Optional[Path] = None) -> None:
    """Runs one `rasa` command in a process of its own, shows its progress, keeps its output in `log`.

    `scratch` is where it puts its temporary files and its cache, which then vanish with that folder.
    """
    command = [sys.executable, "-m", "rasa", *arguments]
    places = {"TMPDIR": str(scratch), "RASA_CACHE_DIRECTORY": str(scratch / "cache")} if scratch else {}
    print(f"{step}…", flush=True)
    with log.open("ab") as record:
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            env={**os.environ, **ENVIRONMENT, **places},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert process.stdout is not None
        tail = b""
        with _ended_with_us(process):
            for chunk in iter(lambda: process.stdout.read1(4096), b""):  # type: ignore[union-attr]
                record.write(chunk)
                *lines, tail = re.split(rb"[\r\n]", tail + chunk)
                for line in lines:
                    show(line.decode("utf-8", "replace"))
            if process.wait() != 0:
                raise TrainingFailed(f"{step}: не вышло. Подробности: {log}")


@contextmanager
def _ended_with_us(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    """Whatever breaks the block off (a stop from outside, too) ends the process."""
    try:
        yield
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(STOPPING_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


_shown: Dict[str, str] = {}


def show(line: str) -> None:
    """Prints what a person wants to see of Rasa's output."""
    component, epoch = TRAINING_COMPONENT.search(line), EPOCH.search(line)
    if component:
        print(f"  {component.group(1)}", flush=True)
    elif epoch and _shown.get("epoch") != epoch.group(1):
        _shown["epoch"] = epoch.group(1)
        print(
            f"  эпоха {epoch.group(1)} из {epoch.group(2)}, точность на обучающих примерах {epoch.group(3)}", flush=True
        )
    elif re.search(r"\bERROR\b|Error:", line):
        print(f"  {line.strip()}", flush=True)


def train(of: Path = model_card.DATA) -> Path:
    """Checks the data and trains; writes the archive and what is known of it without measuring."""
    origin = model_card.origin(of)
    model_card.MODELS.mkdir(parents=True, exist_ok=True)
    log = model_card.MODELS / "training.log"
    log.unlink(missing_ok=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(dir=model_card.MODELS, prefix=".training-") as folder:
        scratch = Path(folder)
        rasa("Проверка данных", ["data", "validate", *DOMAIN, *data(of)], log, scratch)
        arguments = ["train", *DOMAIN, *data(of), "--out", folder, "--fixed-model-name", "model", "--force"]
        rasa("Обучение", arguments, log, scratch)
        seconds = round(time.monotonic() - started)
        if model_card.fingerprint(data=of) != origin["fingerprint"]:
            raise TrainingFailed("Пока модель обучалась, данные изменились: чему она научилась, неизвестно. Повторите.")
        archive = model_card.MODELS / model_card.archive_name(origin["fingerprint"])
        shutil.move(str(scratch / "model.tar.gz"), archive)
    shutil.rmtree(model_card.learnt(archive), ignore_errors=True)
    if examples.reviewed(of / "nlu"):
        shutil.copytree(of / "nlu" / examples.REVIEWED, model_card.learnt(archive))
    # Trained again from the same data it is the same model: what was found out about it stays.
    known = model_card.read_card(archive) or {}
    model_card.write_json(model_card.card_path(archive), {**known, **card(origin, seconds)})
    print(f"Обучена за {seconds} с.", flush=True)
    return archive


def data(of: Path) -> List[str]:
    """The arguments that name the data: folder by folder, because data/ holds the frozen set too."""
    folders = [of / name for name in model_card.TRAINED_ON]
    return ["--data", *(str(folder) for folder in folders if folder.is_dir())]


def card(origin: Dict[str, Any], seconds: int) -> Dict[str, Any]:
    """What is to be known of a model before it is measured."""
    return {
        **origin,
        "trained_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "seconds": seconds,
        "python": sys.version.split()[0],
    }


def candidate(force: bool) -> Path:
    """The model of exactly the present data: the one that is there already, because training gives the same again."""
    known = model_card.MODELS / model_card.archive_name(model_card.fingerprint())
    if not force and known.is_file() and model_card.read_card(known) is not None:
        print("Модель на этих данных уже есть, обучать заново нечего.", flush=True)
        return known
    return train()


@contextmanager
def served() -> Iterator[Path]:
    """The data for a start: of the reviewed examples only those that the model in use has learnt.

    No gate has seen the others. The first model of all learns what lies there.
    """
    current = model_card.current_model()
    if current is None:
        yield model_card.DATA
        return
    with tempfile.TemporaryDirectory(dir=model_card.MODELS, prefix=".training-") as folder:
        copy = Path(folder) / "data"
        for name in model_card.TRAINED_ON:
            if (model_card.DATA / name).is_dir():
                shutil.copytree(model_card.DATA / name, copy / name)
        shutil.rmtree(copy / "nlu" / examples.REVIEWED, ignore_errors=True)
        if model_card.learnt(current).is_dir():
            shutil.copytree(model_card.learnt(current), copy / "nlu" / examples.REVIEWED)
        yield copy


def first() -> Path:
    """Trains the model to start with, measures it and makes it current."""
    import evaluate

    with served() as of:
        archive = train(of)
    measured = evaluate.evaluate(archive, model_card.pictures_folder(archive))["card"]
    known = model_card.read_card(archive) or {}
    model_card.write_json(model_card.card_path(archive), {**known, **measured})
    model_card.publish(archive, known["fingerprint"])
    report("Свои фразы", measured["heldout"])
    report("Чужие фразы", measured["strangers"])
    return archive


def report(name: str, result: Dict[str, Any]) -> None:
    """The figures, in words."""
    print(
        f"{name}: верно понято {result['accuracy']:.1%} из {result['utterances']}, "
        f"не понято {result['not_understood']:.1%}, понято неверно {result['wrong']:.1%}."
    )
    weak = sorted((values["f1"], intent) for intent, values in result["intents"].items())[:5]
    print(
        "Хуже других понимаются: " + ", ".join(f"«{TITLES.get(intent, intent)}» {f1:.2f}" for f1, intent in weak) + "."
    )


def starting(force: bool) -> Path:
    """The model to start with, made current; trained when there is none, or when it is forced."""
    mark = model_card.fingerprint()
    fitting = None if force else model_card.fitting_model(mark, model_card.base())
    if fitting is None:
        return first()
    if fitting != model_card.current_model():
        model_card.publish(fitting, model_card.version_of(fitting))
    print(f"Модель подходит к данным: {fitting.name}", flush=True)
    return fitting


def stopped(number: int, _frame: Any) -> None:
    """A stop from outside: the running step is ended and its folder removed on the way out."""
    sys.exit(128 + number)


def main(arguments: List[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Обучает модель понимания, если подходящей ещё нет.")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument(
        "--if-needed", action="store_true", help="обучать, только если подходящей модели нет (так и без ключей)"
    )
    choice.add_argument("--candidate", action="store_true", help="только обучить: без оценки, текущая останется")
    choice.add_argument("--path", action="store_true", help="напечатать путь к текущей модели и выйти")
    parser.add_argument("--force", action="store_true", help="обучить заново, хотя подходящая модель есть")
    options = parser.parse_args(arguments)
    if options.path:
        current = model_card.current_model()
        print(current or "модели нет: python training.py", file=sys.stdout if current else sys.stderr)
        return 0 if current else 1
    signal.signal(signal.SIGTERM, stopped)
    try:
        archive = candidate(options.force) if options.candidate else starting(options.force)
    except TrainingFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    print(f"Модель: {archive.name}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
