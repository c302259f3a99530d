"""What a newly trained model has to pass before it serves: its figures on the frozen part."""

from api.benchmark.scoring import Figures, figures
from api.benchmark.sets import case_sets
from api.benchmark.systems import Hear, assistant, verdicts_of


def frozen_figures(hear: Hear) -> Figures:
    """The figures of the assistant with this intent model on the messages that nothing was ever tuned on.

    Compare `exact` and `silent_wrong` with the model's in use; the messages themselves are not for looking at.
    """
    frozen = [one for one in case_sets() if one.part == "frozen"]
    return figures([verdict for found in verdicts_of(assistant(hear), frozen).values() for verdict in found])
