"""Small rules of writing that several widgets share."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from string import ascii_uppercase
from typing import Final

KEY: Final = re.compile("&([^&])")


def without_access_key(title: str) -> str:
    """Return a menu title without its access key.

    "&File" and "文件(&F)" become "File" and "文件".
    """
    at = title.find("(&")
    if at >= 0 and title[at + 3 : at + 4] == ")":
        title = title[:at] + title[at + 4 :]
    return title.replace("&", "").rstrip("…").strip()


def with_own_access_keys(titles: Sequence[str]) -> list[str]:
    """Return the titles of one menu with each access key once.

    The first title keeps a key that several have; the others take a free letter of theirs, of the first
    letters of words before others, or go without. "(&F)" behind a title takes any letter.
    """
    keys = [_access_key(title) for title in titles]
    taken, again = set(keys) - {""}, []
    for place, key in enumerate(keys):
        if key and key in keys[:place]:
            again.append(place)
    found = list(titles)
    for place in again:
        title = titles[place]
        at = title.find("(&")
        bare = title[:at] if at >= 0 else KEY.sub(r"\1", title)
        letters = ascii_uppercase if at >= 0 else _letters(bare)
        key = next((letter for letter in letters if letter.lower() not in taken), "")
        taken |= {key.lower()} - {""}
        if at >= 0:
            found[place] = f"{bare}(&{key}){title[at + 4 :]}" if key else bare + title[at + 4 :]
        else:
            start = bare.find(key) if key else -1
            found[place] = f"{bare[:start]}&{bare[start:]}" if start >= 0 else bare
    return found


def _access_key(title: str) -> str:
    found = KEY.search(title.replace("&&", ""))
    return found[1].lower() if found is not None else ""


def _letters(title: str) -> list[str]:
    """Return the letters of a title, first those that words begin with."""
    words = title.split()
    return [
        letter for letter in (*(word[0] for word in words), *title) if letter.isascii() and letter.isalnum()
    ]


def fold(text: str) -> str:
    """Return a text for comparison, letter by letter.

    Case and accents are dropped and wide letters made narrow; it has as many letters as before.
    """
    return text.lower() if text.isascii() else "".join(map(_fold_letter, text))


@lru_cache(4096)
def _fold_letter(letter: str) -> str:
    base = unicodedata.normalize("NFKD", letter)[:1].casefold()
    return base if len(base) == 1 else letter
