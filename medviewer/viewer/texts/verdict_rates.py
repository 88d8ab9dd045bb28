"""Words about a reader's verdicts: rates and own calibration."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from medviewer.inference import verdicts
from medviewer.translation import translate

if TYPE_CHECKING:
    from medviewer.inference.result import ModelResult
    from medviewer.inference.verdicts import LocalCalibration, Rate, ReaderRates

HUNDRED = 100


def rate_words(rate: "Rate") -> str:
    """Return a rate with its counts, and that there are too few for one."""
    if not rate.of:
        return translate("none yet")
    if rate.percent is None:
        return translate("{count} of {of}, too few for a rate", count=rate.count, of=rate.of)
    return translate("{count} of {of} ({percent} %)", count=rate.count, of=rate.of, percent=rate.percent)


def rate_lines(rates: "ReaderRates") -> tuple[str, ...]:
    """Return the lines about a model's verdicts."""
    uncertain = translate(
        "On uncertain answers, which count neither as agreement nor as disagreement: {count}",
        count=rates.not_compared,
    )
    return (
        translate("You agree: {rate}", rate=rate_words(rates.agreed)),
        translate("Agreed before you saw the answer: {rate}", rate=rate_words(rates.blind_agreed)),
        translate("Changed your mind after seeing it: {rate}", rate=rate_words(rates.switched)),
        *((uncertain,) if rates.not_compared else ()),
    )


def calibration_words(calibration: "LocalCalibration | None") -> str:
    """Return the counts behind a calibration."""
    if calibration is None:
        return translate("none")
    return translate(
        "from {count} own verdicts, {present} with the finding, {blind} before the answer was seen",
        count=calibration.count,
        present=calibration.present,
        blind=calibration.blind,
    )


def here_text(result: "ModelResult", calibrations: "Iterable[LocalCalibration]") -> str:
    """Return the frequency of the finding by own verdicts.

    "Here: 31 of 100, from 214 own verdicts". It stands beside what the model says, never in its
    place. "" where there is no calibration for it.
    """
    found = verdicts.calibration_for(result, calibrations)
    if found is None:
        return ""
    calibration, probability = found
    count = round(HUNDRED * probability)
    about = "< 1" if count == 0 else "> 99" if count == HUNDRED else str(count)
    return translate("Here: {count} of 100, from {of} own verdicts", count=about, of=calibration.count)
