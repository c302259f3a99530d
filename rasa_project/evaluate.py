"""Measures a model: `python evaluate.py --model ARCHIVE --out FILE.json [--pictures DIR]`.

The whole of the frozen set, what people decided about messages, spoilt phrases and Rasa's test stories, in one load of
the model. The same model and set give the same file.
"""

import argparse
import random
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional

import evaluation
import examples
import model_card
import noise
from evaluation import Verdict
from examples import Pair

SEED = 7
FLAVOURS: Dict[str, Callable[[str, random.Random], str]] = {
    "slip": noise.slip,
    "by_ear": noise.by_ear,
    "layout": noise.wrong_layout,
    "latin": noise.in_latin,
    "glued": noise.glued,
}
"""Ways of spoiling a phrase, as they are named in the card."""


def evaluate(archive: Path, pictures: Optional[Path] = None) -> Dict[str, Any]:
    """Everything that is to be known about how `archive` understands; draws pictures when told where.

    `card`: what of it stands in the model's card; `phrases`: all that were read, the strangers' ones apart.
    """
    frozen = model_card.frozen_hash()
    say("Загрузка модели")
    model = evaluation.Model(archive)
    say("Фразы эталона")
    heldout, must = model.judge(evaluation.heldout()), model.judge(evaluation.must())
    strangers = model.judge(evaluation.strangers())
    say("Размеченные фразы")
    reviewed = model.judge(
        (intent, examples.plain(text)) for intent, text in examples.reviewed(model_card.DATA / "nlu")
    )
    say("Испорченные фразы")
    flavours = {"plain": evaluation.shares(heldout)}
    for name in FLAVOURS:
        flavours[name] = evaluation.shares(model.judge(spoilt(name, evaluation.heldout())))
    say("Проверочные диалоги")
    stories = model.stories()
    return {
        "version": model_card.version_of(archive),
        "card": {
            "frozen": frozen,
            "heldout": evaluation.metrics(heldout),
            "strangers": evaluation.figures(strangers),
            "must": evaluation.broken(must),
            "flavours": flavours,
            "stories": stories,
            "pictures": draw(heldout, pictures) if heldout and pictures else [],
        },
        "phrases": [*_rows("heldout", heldout), *_rows("must", must), *_rows("reviewed", reviewed)],
    }


def spoilt(flavour: str, pairs: List[Pair]) -> List[Pair]:
    """The phrases that this way of spoiling changes, each spoilt the same way whatever stands beside it."""
    copies = [
        (intent, text, FLAVOURS[flavour](text, random.Random(f"{SEED}-{flavour}-{text}"))) for intent, text in pairs
    ]
    return [(intent, copy) for intent, text, copy in copies if copy != text]


def draw(verdicts: List[Verdict], folder: Path) -> List[str]:
    """Draws the pictures into `folder`; their file names."""
    import pictures

    say("Рисунки")
    folder.mkdir(parents=True, exist_ok=True)
    pictures.confusion(verdicts, folder / "confusion.png")
    pictures.confidence(verdicts, folder / "confidence.png")
    return ["confusion.png", "confidence.png"]


def _rows(name: str, verdicts: List[Verdict]) -> List[Dict[str, Any]]:
    return [{"set": name, **asdict(verdict)} for verdict in verdicts]


def say(step: str) -> None:
    """Tells whoever waits what is being done."""
    print(f"{step}…", flush=True)


def main(arguments: List[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Измеряет модель на эталоне.")
    parser.add_argument("--model", required=True, help="архив, его имя в models или версия")
    parser.add_argument("--out", type=Path, required=True, help="куда записать результат (JSON)")
    parser.add_argument("--pictures", type=Path, help="папка для рисунков")
    options = parser.parse_args(arguments)
    try:
        archive = model_card.archive(options.model)
    except FileNotFoundError:
        print(f"Нет такой модели: {options.model}", file=sys.stderr)
        return 1
    model_card.write_json(options.out, evaluate(archive, options.pictures))
    print(f"Записано: {options.out}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
