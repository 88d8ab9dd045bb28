"""Reader of the JSON that the program keeps.

Another hand, or a damaged disk, may write 1e999 or a number of four thousand digits, which end a program far
from the file: as an index, in a date, in a widget.
"""

import json
import math
from typing import Any, Final, NoReturn

LARGEST: Final = 2**63
"""What no kept number reaches: of a database, of Qt, of a file's size."""


def read_json(text: str | bytes) -> Any:
    """Return the value of JSON text, its numbers finite and below 2**63.

    Raises
    ------
    ValueError
        It is no such text, or nests too deep.
    """
    try:
        return json.loads(text, parse_float=_float, parse_int=_int, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("it nests too deep") from error


def _float(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse(text)


def _int(text: str) -> int:
    # guard(test): a number of thousands of digits takes long to read, and fits into nothing
    if len(text) > len(str(-LARGEST)):
        _refuse(text)
    number = int(text)
    return number if abs(number) < LARGEST else _refuse(text)


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"{text[:20]} is no number that is kept")
