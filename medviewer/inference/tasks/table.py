"""The table of model tasks.

The card of a model names its row; a new task is a row and a file.
"""

from typing import Final

from medviewer.inference.tasks import classification
from medviewer.inference.tasks.task import ModelTask

TASKS: Final[dict[str, ModelTask]] = {
    task.name: task
    for task in (
        ModelTask(
            name="classification",
            check=classification.check,
            decode=classification.decode,
            words=classification.words,
            answer=classification.answer,
            bars=classification.bars,
            blank=classification.BLANK,
            row=classification.row,
            provenance=classification.provenance,
        ),
    )
}
