"""Small rules of writing that several widgets share."""

import unicodedata
from functools import lru_cache


def without_access_key(title: str) -> str:
    """Return a menu title without its access key.

    "&File" and "文件(&F)" become "File" and "文件".
    """
    at = title.find("(&")
    if at >= 0 and title[at + 3 : at + 4] == ")":
        title = title[:at] + title[at + 4 :]
    return title.replace("&", "").rstrip("…").strip()


def fold(text: str) -> str:
    """Return a text for comparison, letter by letter.

    Case and accents are dropped and wide letters made narrow; it has as many letters as before.
    """
    return text.lower() if text.isascii() else "".join(map(_fold_letter, text))


@lru_cache(4096)
def _fold_letter(letter: str) -> str:
    base = unicodedata.normalize("NFKD", letter)[:1].casefold()
    return base if len(base) == 1 else letter
