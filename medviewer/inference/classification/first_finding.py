"""Gate of a model that answers only where another one has found something."""

from dataclasses import replace

from medviewer.inference.labels import finding_words
from medviewer.inference.result import FIRST, NONE_FOUND, Gate, ModelResult
from medviewer.inference.tasks import TASKS, Call
from medviewer.translation import mark


def gate_of_first(title: str, result: ModelResult) -> Gate:
    """Return the verdict of the model that was asked first.

    Parameters
    ----------
    title : str
        Of that model, in English.
    result : ModelResult
        Its answer for the same frame.
    """
    if not result.is_valid or result.content is None:
        return _refused(title, result)
    answer = TASKS[result.task].answer(result.content)
    facts = {"model": title, "score": "" if answer.score is None else answer.score.text}
    if answer.call is Call.FLAGGED:
        return Gate(FIRST, True, mark("“{model}” flags this picture (score {score})."), tuple(facts.items()))
    if answer.call is Call.UNCERTAIN:
        statement = mark("“{model}” is uncertain about this picture (score {score}), so no type is named.")
        return Gate(FIRST, False, statement, tuple(facts.items()))
    statement = mark(
        "“{model}” does not flag this picture (score {score}), so no type is named. "
        "A finding is not excluded."
    )
    facts[NONE_FOUND] = finding_words(answer.finding).none_found
    return Gate(FIRST, False, statement, tuple(facts.items()))


def _refused(title: str, result: ModelResult) -> Gate:
    """Return its own refusal; of a failure that it could not answer."""
    if result.refusal is not None:
        return replace(result.refusal, name=FIRST)
    statement = mark("“{model}” gave no answer, so no type is named.")
    return Gate(FIRST, False, statement, (("model", title),))
