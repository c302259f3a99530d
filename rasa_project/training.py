"""Checks the data, trains a model, measures it and writes it with its card into ../models.

Run in rasa_project: `python training.py` (does nothing when a model fits the present data), `--force`, `--path`.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Dict, List

import model_card

PROJECT = model_card.PROJECT
DOMAIN = ["--domain", "domain"]
# The commands never start a server; credentials.yml and endpoints.yml are not read.
ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "PYTHONHASHSEED": "0",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}
EPOCH = re.compile(r"(\d+)/(\d+) \[.*?i_acc=([\d.]+)")
TRAINING_COMPONENT = re.compile(r"Starting to train component '(\w+)'")


class TrainingFailed(Exception):
    """A step failed; the message says which, the log holds Rasa's own words."""


def rasa(step: str, arguments: List[str], log: Path) -> None:
    """Runs one `rasa` command in a process of its own, shows its progress, keeps its output in `log`."""
    command = [sys.executable, "-m", "rasa", *arguments]
    print(f"{step}…", flush=True)
    with log.open("ab") as record:
        process = subprocess.Popen(
            command, cwd=PROJECT, env={**os.environ, **ENVIRONMENT}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        assert process.stdout is not None
        tail = b""
        for chunk in iter(lambda: process.stdout.read1(4096), b""):  # type: ignore[union-attr]
            record.write(chunk)
            *lines, tail = re.split(rb"[\r\n]", tail + chunk)
            for line in lines:
                show(line.decode("utf-8", "replace"))
        if process.wait() != 0:
            raise TrainingFailed(f"{step}: не вышло. Подробности: {log}")


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


def train(mark: str) -> Path:
    """Trains, evaluates, writes the card and makes the model current."""
    import evaluation

    model_card.MODELS.mkdir(exist_ok=True)
    log = model_card.MODELS / "training.log"
    log.unlink(missing_ok=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(dir=model_card.MODELS, prefix=".training-") as folder:
        rasa("Проверка данных", ["data", "validate", *DOMAIN], log)
        arguments = ["train", *DOMAIN, "--out", folder, "--fixed-model-name", "model", "--force"]
        rasa("Обучение", arguments, log)
        seconds = round(time.monotonic() - started)
        archive = model_card.MODELS / model_card.archive_name(mark)
        shutil.move(str(Path(folder) / "model.tar.gz"), archive)
    print("Оценка на фразах, которых не было в обучении…", flush=True)
    own = evaluation.heldout()
    verdicts = evaluation.judge(archive, [*own, *evaluation.strangers()])
    result, strangers = evaluation.metrics(verdicts[: len(own)]), evaluation.figures(verdicts[len(own) :])
    model_card.write_json(model_card.card_path(archive), card(mark, seconds, result, strangers))
    model_card.publish(archive, mark)
    print(f"Готово за {seconds} с.")
    report("Свои фразы", result)
    report("Чужие фразы", strangers)
    return archive


def card(mark: str, seconds: int, result: Dict[str, Any], strangers: Dict[str, Any]) -> Dict[str, Any]:
    """What is to be known of a model."""
    return {
        "fingerprint": mark,
        "trained_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "seconds": seconds,
        "python": sys.version.split()[0],
        "versions": model_card.package_versions(),
        "seeds": model_card.seeds((PROJECT / "config.yml").read_text(encoding="utf-8")),
        "heldout": result,
        "strangers": strangers,
    }


def report(name: str, result: Dict[str, Any]) -> None:
    """The figures, in words."""
    print(
        f"{name}: верно понято {result['accuracy']:.1%} из {result['utterances']}, "
        f"не понято {result['not_understood']:.1%}, понято неверно {result['wrong']:.1%}."
    )
    weak = sorted((values["f1"], intent) for intent, values in result["intents"].items())[:5]
    print("Слабее других: " + ", ".join(f"{intent} {f1:.2f}" for f1, intent in weak) + ".")


def main(arguments: List[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Обучает модель понимания, если подходящей ещё нет.")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument(
        "--if-needed", action="store_true", help="обучать, только если данные изменились (так и без ключей)"
    )
    choice.add_argument("--force", action="store_true", help="обучить заново в любом случае")
    choice.add_argument("--path", action="store_true", help="напечатать путь к текущей модели и выйти")
    options = parser.parse_args(arguments)
    if options.path:
        current = model_card.current_model()
        print(current or "модели нет: python training.py", file=sys.stdout if current else sys.stderr)
        return 0 if current else 1
    mark = model_card.fingerprint()
    fitting = model_card.fitting_model(mark)
    if fitting and not options.force:
        model_card.publish(fitting, mark)
        print(f"Модель подходит к данным: {fitting.name}")
        return 0
    try:
        print(f"Модель: {train(mark).name}")
    except TrainingFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
