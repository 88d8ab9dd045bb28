"""Acquisition times of images.

What headers state becomes numbers that can be compared.
"""

import math
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Final

from medviewer.dicom.header import Header, number

IMAGE_TIMES: Final = ("AcquisitionTime", "ContentTime", "FrameReferenceTime", "AcquisitionDateTime")
DATE_DIGITS: Final = 8
SECONDS_A_DAY: Final = 86_400
TIMES_KEPT: Final = 1 << 14
LONGEST_TIME: Final = 32  # characters


def stated_times(dataset: Header) -> str:
    """Return the times of an image (IMAGE_TIMES) separated by backslashes."""
    acquisition, content, reference, moment = dataset.contents(IMAGE_TIMES)
    return b"\\".join((acquisition or b"", content or b"", reference or b"", moment or b"")).decode("latin-1")


def stated_dates(dataset: Header) -> tuple[str, str]:
    """Return the dates of acquisition and of the content.

    Where there is none, that of the study.
    """
    study = dataset.text("StudyDate")
    return dataset.text("AcquisitionDate") or study, dataset.text("ContentDate") or study


@lru_cache(TIMES_KEPT)  # the phases of a series share their times
def seconds(time: str, day: str = "") -> float | None:
    """Return a time (TM, DT) in seconds since some midnight.

    None where it is invalid.

    Parameters
    ----------
    time : str
        HHMMSS.FFFFFF, less of it, with colons, or with the date in front.
    day : str
        YYYYMMDD; "" where it is not known.

    References
    ----------
    DICOM PS3.5 6.2: the value representations DA, TM and DT. An offset from UTC is not looked at: it is the
    same for all images of a series.
    """
    digits = "".join(time[:LONGEST_TIME].split(":")).strip(" \0")
    for sign in "+-&":
        digits = digits.partition(sign)[0]
    whole, _, fraction = digits.partition(".")
    if not (whole.isascii() and whole.isdecimal() and (fraction or "0").isdecimal()):
        return None
    if len(whole) > DATE_DIGITS:
        day, whole = whole[:DATE_DIGITS], whole[DATE_DIGITS:]
    if len(whole) not in (2, 4, 6):
        return None
    hours, minutes, rest = (int(part or 0) for part in (whole[:2], whole[2:4], whole[4:]))
    if hours > 23 or minutes > 59 or rest > 60:
        return None
    return _days(day) * SECONDS_A_DAY + 3600 * hours + 60 * minutes + rest + float(f"0.{fraction or 0}")


def _days(day: str) -> int:
    digits = day.replace(".", "").replace("-", "")[:DATE_DIGITS]
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).toordinal()
    except ValueError:
        return 0


def acquired(times: str, dates: Sequence[str]) -> float | None:
    """Return when an image was acquired, in seconds.

    None where it is not stated.

    Parameters
    ----------
    times, dates
        As `stated_times` and `stated_dates` return them.
    """
    time, _, _, date_time = _parts(times)
    return seconds(time, dates[0]) if time else seconds(date_time)


def created(times: str, dates: Sequence[str]) -> float | None:
    """Return when the content of an image was created, in seconds.

    None where it is not stated.
    """
    return seconds(_parts(times)[1], dates[1])


def frame_reference_time_ms(times: str) -> float | None:
    """Return the reference time of a PET frame in ms.

    None where it is not stated (PS3.3 C.8.9.4).
    """
    stated = number(_parts(times)[2])
    return stated if math.isfinite(stated) else None


def _parts(times: str) -> list[str]:
    return (times.split("\\") + [""] * len(IMAGE_TIMES))[: len(IMAGE_TIMES)]
