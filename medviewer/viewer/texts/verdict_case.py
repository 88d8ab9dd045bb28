"""Words of a row in the list of the reader's verdicts."""

from dataclasses import dataclass

from medviewer.imaging.source import ImageSource
from medviewer.inference.verdicts import CANNOT_TELL, SLICE, VerdictRow
from medviewer.translation import translate
from medviewer.viewer.texts.earlier_verdict import answer_words, verdict_date
from medviewer.viewer.texts.image_numbers import number_text


@dataclass(frozen=True, slots=True)
class VerdictCase:
    """One verdict and where it is.

    Parameters
    ----------
    stack, index
        The open slice that it is on; None where its study is not open, and of a series.
    is_hidden : bool
        With reader first the model's answer waits for the reader's own in this session.
    """

    row: VerdictRow
    stack: ImageSource | None = None
    index: int = 0
    is_hidden: bool = False

    @property
    def differs(self) -> bool:
        """Whether the reader's last word is not the model's."""
        return self.row.is_compared and self.row.own_label != self.row.model_answer


def verdict_case_words(case: "VerdictCase") -> tuple[str, ...]:
    """Return date, model, both answers, how they compare, and the slice.

    What gives an answer away that waits for the reader's own is left out.
    """
    row = case.row
    model = f"{row.model} {row.model_version}"
    where = number_text(case.stack, case.index) if case.stack is not None else _elsewhere(case)
    if case.is_hidden:
        own = answer_words(row, row.reading) if row.reading_at and row.blind == "yes" else ""
        waits = translate("after your reading")
        return verdict_date(row), model, own or waits, waits, "", where
    if row.model_answer == CANNOT_TELL:
        said, compared = translate("Uncertain"), translate("not compared")
    else:
        said = answer_words(row, row.model_answer)
        compared = translate("differs") if case.differs else translate("agrees")
    return verdict_date(row), model, answer_words(row, row.own_label), said, compared, where


def _elsewhere(case: "VerdictCase") -> str:
    return translate("not open") if case.row.unit == SLICE else translate("a whole series")
