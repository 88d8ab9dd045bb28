"""Verdicts on a model's answers: values, table, rates, calibration."""

from typing import TYPE_CHECKING

from medviewer.lazy_imports import lazy_names

if TYPE_CHECKING:
    from medviewer.inference.verdicts.earlier import EarlierVerdicts, read_earlier
    from medviewer.inference.verdicts.rates import Rate, ReaderRates, rates_of
    from medviewer.inference.verdicts.recalibration import (
        LocalCalibration,
        calibrate,
        calibration_for,
        keep_calibration,
        read_calibrations,
        remove_calibration,
    )
    from medviewer.inference.verdicts.table import (
        SLICE,
        SaidVerdict,
        VerdictRow,
        as_table,
        forget_verdicts,
        keep_verdict,
        last_verdicts,
        read_verdicts,
    )
    from medviewer.inference.verdicts.verdict import (
        CANNOT_TELL,
        NO_VERDICT,
        Choice,
        ReaderQuestion,
        Reading,
        Stance,
        Verdict,
        final_stance,
        has_switched,
        implied_stance,
        own_label,
        question_of,
    )

__getattr__ = lazy_names(
    __name__,
    {
        "earlier": "EarlierVerdicts read_earlier",
        "rates": "Rate ReaderRates rates_of",
        "recalibration": (
            "LocalCalibration calibrate calibration_for keep_calibration read_calibrations remove_calibration"
        ),
        "table": (
            "SLICE SaidVerdict VerdictRow as_table forget_verdicts keep_verdict last_verdicts read_verdicts"
        ),
        "verdict": (
            "CANNOT_TELL NO_VERDICT Choice ReaderQuestion Reading Stance Verdict final_stance has_switched "
            "implied_stance own_label question_of"
        ),
    },
)
