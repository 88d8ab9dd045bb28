"""Scores for guessing the character set of undeclared text.

Every set of the standard is tried, and those that programs use beside it. What is left is what makes sense
in it: one script in a word, capitals where capitals stand, marks behind the letters that they belong to,
spellings that a language has. Where more than one set makes sense, none is taken.

References
----------
DICOM PS3.3 C.12.1.1.2: the character sets.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Final

from medviewer.dicom.text import letters

MARGIN: Final = 5.0  # between the logarithms of likelihoods: about 150 to 1
RARE: Final = -4.5  # for a set that hardly any file is in
BESIDE: Final = -3.0  # for a set beside the standard where the standard has one for the script
FAVOR: Final = 8.0  # for the set of the patient's name, in the other texts of its file
STATED: Final = 20.0  # for the set that the file states, if only by habit
VALID: Final = 8.0  # for UTF-8, which bytes of other sets are by accident only
MOST_NAMED: Final = 4

LETTER: Final = -5.0  # a letter beyond a to z, whichever
UNLIKELY: Final = -6.0  # a spelling that hardly occurs
NEVER: Final = -math.inf
NOWHERE: Final = -11.0  # a character that does not occur in such a text
SIGN: Final = -3.0
SIGNS: Final = frozenset("°±×µ²³·½¼¾§«»–—’‘“”…®©ªº´`№\u00a0")
SIGNS_IN_NAMES: Final = frozenset("ªº’´·`\u00a0")
SIGNS_IN_WORDS: Final = frozenset("’´·`")
STRAY: Final = re.compile(
    r"([a-z]|[A-Za-z]{4})[^\x00-\x7f](?![^\x00-\x7f])"
    r"|(?<![^\x00-\x7f])[^\x00-\x7f]([A-Za-z]?[a-z]|[A-Za-z]{4})|[A-Za-z][^\x00-\x7f][A-Za-z]"
)
"""A character of an East Asian set alone against Latin letters that are no abbreviation."""
SCRIPTS: Final = (
    ("Latin", 0x00C0, 0x024F),
    ("Latin", 0x1E00, 0x1EFF),
    ("Greek", 0x0370, 0x03FF),
    ("Cyrillic", 0x0400, 0x052F),
    ("Hebrew", 0x0590, 0x05FF),
    ("Arabic", 0x0600, 0x06FF),
    ("Thai", 0x0E00, 0x0E7F),
    ("Han", 0x3005, 0x3007),  # marks that stand for characters
    ("Kana", 0x3040, 0x30FF),
    ("Kana", 0xFF66, 0xFF9F),
    ("Han", 0x3400, 0x9FFF),
    ("Hangul", 0xAC00, 0xD7A3),
)
EAST_ASIAN: Final = {"Kana": "Han", "Hangul": "Han"}  # which stand in words together

Score = Callable[[str, bool], float]
"""Gives the logarithm of the likelihood of a text, and takes whether it is a name."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """The text of the best candidate set and its score.

    The one set that makes sense, or none, and all that it may be.
    """

    text: str  # bytes that are not decided stand in it as surrogate escapes (PEP 383)
    read_as: str = ""  # a key of CANDIDATES
    may_be: tuple[str, ...] = ()  # the likeliest first


@dataclass(frozen=True, slots=True)
class Candidate:
    """A character set that is tried."""

    codec: str
    score: Score
    prior: float = 0.0
    is_multi_byte: bool = False


@dataclass(frozen=True, slots=True)
class _Reading:
    key: str
    text: str
    score: float
    is_multi_byte: bool


def makes_sense(text: str) -> bool:
    """Return whether decoded Unicode has words of one script and valid marks."""
    for piece, is_word in _words(text):
        if any(map(_makes_no_text, piece)):
            return False
        scripts = {EAST_ASIAN.get(name, name) for name in map(_script, piece)}
        if is_word and not piece.isascii() and len(scripts - {"Latin"}) > 1:
            return False
        if is_word and unicodedata.category(piece[0])[0] == "M":
            return False
    return True


@lru_cache(maxsize=256)
def weigh(raw: bytes, *, is_name: bool, favored: str = "", stated: str = "") -> Weighed:
    """Return the best reading of a text with 8-bit bytes.

    Parameters
    ----------
    favored : str
        The set of the patient's name, where that is known.
    stated : str
        A key of CANDIDATES that the file states, by habit: it loses against what makes more sense only.
    """
    readings = sorted(_readings(raw, is_name, favored, stated), key=lambda one: -one.score)
    distinct: dict[str, _Reading] = {}
    for one in readings:
        distinct.setdefault(one.text, one)
    ranked = list(distinct.values())
    if not ranked:
        return Weighed(raw.decode("ascii", "surrogateescape"))
    best = ranked[0].score
    near = [one for one in ranked if one.score > best - MARGIN]
    if len(near) == 1 or near[0].key == stated:
        return Weighed(near[0].text, near[0].key)
    return Weighed(_agreed(raw, near), may_be=tuple(one.key for one in near[:MOST_NAMED]))


def _readings(raw: bytes, is_name: bool, favored: str, stated: str) -> Iterator[_Reading]:
    for key, candidate in CANDIDATES.items():
        try:
            text = raw.decode(candidate.codec)
        except UnicodeDecodeError:
            continue
        if any(map(_makes_no_text, text)):
            continue
        score = candidate.score(text, is_name) + candidate.prior
        score += FAVOR * (key == favored) + STATED * (key == stated)
        if score > NEVER:
            yield _Reading(key, text, score, candidate.is_multi_byte)


def _makes_no_text(character: str) -> bool:
    return character > "~" and unicodedata.category(character) in ("Cc", "Cn", "Co", "Cs")


def _agreed(raw: bytes, near: list[_Reading]) -> str:
    """Return the characters that all readings have in common.

    Other bytes are left as they are.
    """
    if any(one.is_multi_byte for one in near):
        return raw.decode("ascii", "surrogateescape")
    alike = zip(*(one.text for one in near), strict=True)
    undecided = raw.decode("ascii", "surrogateescape")
    return "".join(
        found[0] if len(set(found)) == 1 else byte for found, byte in zip(alike, undecided, strict=True)
    )


def _words(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the words of a text and the separators between them.

    With each comes whether it is a word.
    """
    for is_word, characters in groupby(text, _is_in_words):
        yield "".join(characters), is_word


def _is_in_words(character: str) -> bool:
    return character not in SIGNS and unicodedata.category(character)[0] in "LM"


def _script(character: str) -> str:
    if character < "\x80":
        return "Latin"
    code = ord(character)
    return next((name for name, first, last in SCRIPTS if first <= code <= last), "")


def _of_words(script: str, score_word: Callable[[str, bool], float]) -> Score:
    """Return the score of a text whose words beyond ASCII share a script."""
    scripts = {script, "Latin"} if script == "Latin" else {script}

    def score(text: str, is_name: bool) -> float:
        total = 0.0
        for piece, is_word in _words(text):
            if is_word and not piece.isascii():
                total += score_word(piece, is_name) if scripts.issuperset(map(_script, piece)) else NEVER
        return total + _signs(text, SIGNS_IN_NAMES if is_name else SIGNS)

    return score


def _signs(text: str, allowed: frozenset[str]) -> float:
    """Return the score of the signs beyond ASCII in a text.

    They do not stand amid letters.
    """
    total = 0.0
    for place, one in enumerate(text):
        if one.isascii() or _is_in_words(one):
            continue
        before, after = text[place - 1 : place] if place else "", text[place + 1 : place + 2]
        letters_beside = [other for other in (before, after) if other and _is_in_words(other)]
        is_amid = len(letters_beside) == 2 and one not in SIGNS_IN_WORDS
        if one not in allowed or is_amid or (one in "ªº" and not before.isalnum()):
            return NEVER
        if any(not other.isascii() for other in letters_beside):
            return NEVER
        total += SIGN
    return total


def _has_odd_case(word: str) -> bool:
    """Return whether the mix of capital and small letters is implausible.

    Capitals follow small letters, or one stands at their end.
    """
    word = word.replace("ß", "")  # which has no capital
    return any(
        one.islower() and other.isupper() and not (one.isascii() and other.isascii())
        for one, other in pairwise(word)
    ) or (len(word) > 2 and word[0].isupper() and word[1].isupper() and any(map(str.islower, word)))


def _by_share(shares: Mapping[str, float], word: str) -> float:
    return sum(math.log(shares[one]) if one in shares else NOWHERE for one in word)


def _cased(
    shares: Mapping[str, float], vowels: str, alphabets: Iterable[str]
) -> Callable[[str, bool], float]:
    """Return the score of a word in a script with capitals."""
    languages = [frozenset(alphabet) for alphabet in alphabets]

    def score(word: str, is_name: bool) -> float:
        small = word.lower()
        if _has_odd_case(word) or not any(language.issuperset(small) for language in languages):
            return NEVER
        total = _by_share(shares, small)
        total += UNLIKELY * (is_name and word[0].islower()) + SIGN * (is_name and len(word) < 3)
        total += UNLIKELY * (len(word) > 1 and not any(one in vowels for one in small))
        return total + UNLIKELY * len(re.findall(f"[^{vowels}]{{5}}|[{vowels}]{{4}}", small))

    return score


RUSSIAN: Final = "абвгдежзийклмнопрстуфхцчшщъыьэюяё"
ALPHABETS: Final = (
    RUSSIAN,
    "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
    "абвгдеёжзійклмнопрстуўфхцчшыьэюя",
    "абвгдђежзијклљмнњопрстћуфхцчџш",
    "абвгдѓежзѕијклљмнњопрстќуфхцчџш",
)
_cyrillic_word = _cased(letters.CYRILLIC, "аеёиоуыэюяіїє", ALPHABETS)
_greek_cased = _cased(letters.GREEK, "αεηιουωάέήίόύώϊϋΐΰ", ("".join(letters.GREEK),))


def _cyrillic(word: str, is_name: bool) -> float:
    return NEVER if word[0] in "ъьыЪЬЫ" else _cyrillic_word(word, is_name)


def _greek(word: str, is_name: bool) -> float:
    if re.search("ς.|.σ$", word):  # at the end stands ς, and only there
        return NEVER
    return _greek_cased(word, is_name)


def _hebrew(word: str, _is_name: bool) -> float:
    if re.search("[ךםןףץ].|.[כמנצ]$", word):  # five letters have another form at the end, and only there
        return NEVER
    return _by_share(letters.HEBREW, word) + 1.5 * (word[-1] in "ךםןףץ")


def _arabic(word: str, _is_name: bool) -> float:
    if re.search("^[\u0640\u064b-\u065fةىئؤ]|[ةى].", word):
        return NEVER
    marks = len(re.findall("[\u0640\u064b-\u065f]", word))
    shared = _by_share(letters.ARABIC, re.sub("[\u0640\u064b-\u065f]", "", word))
    return (
        shared + UNLIKELY * marks - UNLIKELY * (word in letters.ARABIC_NAMES) - SIGN * word.startswith("ال")
    )


def _thai(word: str, _is_name: bool) -> float:
    marks, consonants = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e", "\u0e01-\u0e2e"
    if re.search(
        f"(?<![{consonants}{marks}])[{marks}]|[{marks}]{{3}}|[\u0e40-\u0e44](?![{consonants}])"
        f"|(?<![{consonants}{marks}\u0e24])[\u0e30\u0e32\u0e33]",
        word,
    ):
        return NEVER
    return _by_share(letters.THAI, word)


def _latin(*languages: str) -> Score:
    alphabets = {name: frozenset(letters.LATIN_ALPHABETS[name][0]) for name in languages}

    def score(word: str, _is_name: bool) -> float:
        small = word.replace("İ", "i").lower()
        own = [one for one in small if not one.isascii()]
        if _has_odd_case(word):
            return NEVER
        spoken_text = [name for name, alphabet in alphabets.items() if alphabet.issuperset(own)]
        is_likely = any(not letters.IMPOSSIBLE_IN[name].search(small) for name in spoken_text)
        total = LETTER * sum(not one.isascii() for one in word) + UNLIKELY * (
            (not is_likely) + (not spoken_text)
        )
        if len(own) == len(small) > 1:  # hardly any word has no plain letter
            total += UNLIKELY * (len(small) - 1)
            total += SIGN * (len(small) > 2 and all(one in letters.LATIN_VOWELS for one in small))
        return total + UNLIKELY * _lonely_consonants(small)

    return _of_words("Latin", score)


def _lonely_consonants(word: str) -> int:
    """Return the number of non-ASCII consonants without a vowel beside them.

    Only words that have vowels are looked at.
    """
    vowels = letters.LATIN_VOWELS
    if not any(one in vowels for one in word):
        return 0
    lonely = 0
    for place, one in enumerate(word):
        if one.isascii() or one in vowels or (place == 0 and one in "śšźž"):
            continue
        beside = word[max(0, place - 1) : place] + word[place + 1 : place + 2]
        lonely += not any(other in vowels for other in beside)
    return lonely


def _east_asian(
    score_run: Callable[[str, bool], float], scripts: tuple[str, ...], *, half_width: bool = False
) -> Score:
    """Return the score of a text in a set of two bytes a character.

    `score_run` takes what lies together.
    """

    def score(text: str, is_name: bool) -> float:
        total = 0.0
        for part in re.split(r"[\^=\\]", text) if is_name else [text]:
            found = [one for one in part if not one.isascii()]
            kinds = {_script(one) for one in found if not _is_punctuation(one)}
            is_mixed = re.search(r"[A-Za-z][^\x00-\x7f]|[^\x00-\x7f][A-Za-z]", part) is not None
            is_stray = STRAY.search(part) is not None
            has_half = any("\uff66" <= one <= "\uff9f" for one in found)
            if not kinds.issubset(scripts) or is_stray or (has_half and (is_mixed or not half_width)):
                return NEVER
            if is_name and (is_mixed or any(map(_is_punctuation, found))):
                return NEVER
            total += UNLIKELY * sum(_is_punctuation(one) for one in found)
            total += SIGN * len(re.findall("[\u4e00-\u9fff] (?=[\u4e00-\u9fff])", part))
        for group in text.split("=") if is_name else [text]:
            run = "".join(one for one in group if not one.isascii() and not _is_punctuation(one))
            total += score_run(run, is_name) if run else 0.0
        return total

    return score


def _is_punctuation(character: str) -> bool:
    if character in "々〆〇":
        return False
    return (
        "\u3000" <= character <= "\u303f" or "\uff01" <= character <= "\uff65" or character in "·—…“”‘’、。"
    )


def _chinese(
    names: frozenset[str], given: frozenset[str], words: frozenset[str], common: Callable[[str], bool]
) -> Score:
    def score(run: str, is_name: bool) -> float:
        single = sum(-5.5 if one in words else -7.0 if common(one) else -10.0 for one in run)
        if not is_name:
            return single
        first = -4.5 if run[0] in names else -11.0
        later = sum(-5.0 if one in given else -6.5 if common(one) else -9.0 for one in run[1:])
        return first + later + UNLIKELY * (len(run) > 4)

    return _east_asian(score, ("Han",))


def _is_common_simplified(one: str) -> bool:
    """Return whether a character is on the first level of GB 2312.

    3,755 of them.
    """
    try:
        raw = one.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return b"\xb0\xa1" <= raw <= b"\xd7\xf9"


def _is_common_traditional(one: str) -> bool:
    """Return whether a character is on the first level of Big5.

    5,401 of them.
    """
    return b"\xa4\x40" <= one.encode("big5") <= b"\xc6\x7e"


def _is_common_kanji(one: str) -> bool:
    """Return whether a character is on the first level of JIS X 0208.

    2,965 of them.
    """
    raw = one.encode("euc_jp")
    return len(raw) == 2 and b"\xb0\xa1" <= raw <= b"\xcf\xd3"


def _korean(run: str, is_name: bool) -> float:
    kinds = {_script(one) for one in run}
    if len(kinds) > 1:
        return NEVER if is_name else sum(-7.0 if _script(one) == "Hangul" else -10.0 for one in run)
    if kinds == {"Han"}:
        return -9.0 * len(run) + (3.0 if run[0] in "金李朴崔鄭姜趙尹張林韓吳徐申權黃安宋柳洪" else 0.0)
    if not is_name:
        return sum(-5.0 if one in letters.KOREAN_WORDS else -8.5 for one in run)
    first = -3.5 if run[0] in letters.KOREAN_NAMES else -11.0
    given = sum(-5.0 if one in letters.KOREAN_GIVEN else -9.5 for one in run[1:])
    return first + given + UNLIKELY * (not 2 <= len(run) <= 4) + SIGN * (len(run) != 3)


def _japanese(run: str, is_name: bool) -> float:
    kana = [one for one in run if _script(one) == "Kana"]
    if re.search("(?<![\uff73\uff76-\uff84\uff8a-\uff8e])\uff9e|(?<![\uff8a-\uff8e])\uff9f|^[ーｰﾞﾟ]", run):
        return NEVER
    total = sum(-4.5 if one in kana else -6.5 if _is_common_kanji(one) else -10.0 for one in run)
    is_known = run[:2] in letters.JAPANESE_NAMES or run[0] in letters.JAPANESE_NAMES
    if is_name and len(kana) < len(run):
        return total + (5.0 if is_known else -2.0) + UNLIKELY * (len(run) < 2)
    return total if kana else total + UNLIKELY


def _unicode(text: str, is_name: bool) -> float:
    """Return the score of text decoded as UTF-8, by its script."""
    return max(score(text, is_name) for score in ALPHABETIC)


WESTERN: Final = ("de", "fr", "es", "pt", "it", "nl", "da", "sv", "is", "ca", "et", "sq")
CENTRAL: Final = ("pl", "cs", "sk", "hu", "hr", "ro", "de", "sq")

ALPHABETIC: Final = (
    _latin(*letters.LATIN_ALPHABETS),
    _of_words("Cyrillic", _cyrillic),
    _of_words("Greek", _greek),
    _of_words("Hebrew", _hebrew),
    _of_words("Arabic", _arabic),
)

CANDIDATES: Final[dict[str, Candidate]] = {
    "utf-8": Candidate("utf_8", _unicode, VALID, is_multi_byte=True),
    "latin-1": Candidate("cp1252", _latin(*WESTERN, "fi")),
    "latin-9": Candidate("iso8859_15", _latin(*WESTERN, "fi")),
    "latin-2": Candidate("iso8859_2", _latin(*CENTRAL)),
    "windows-1250": Candidate("cp1250", _latin(*CENTRAL)),
    "latin-5": Candidate("cp1254", _latin("tr", *WESTERN[:8])),
    "latin-3": Candidate("iso8859_3", _latin("mt", "eo", "tr", "de", "es"), RARE),
    "latin-4": Candidate("iso8859_4", _latin("lv", "lt", "et", "de", "da", "sv"), RARE),
    "cyrillic": Candidate("iso8859_5", _of_words("Cyrillic", _cyrillic)),
    "windows-1251": Candidate("cp1251", _of_words("Cyrillic", _cyrillic)),
    "koi8-r": Candidate("koi8_u", _of_words("Cyrillic", _cyrillic), BESIDE),
    "greek": Candidate("iso8859_7", _of_words("Greek", _greek)),
    "windows-1253": Candidate("cp1253", _of_words("Greek", _greek)),
    "hebrew": Candidate("cp1255", _of_words("Hebrew", _hebrew)),
    "arabic": Candidate("iso8859_6", _of_words("Arabic", _arabic)),
    "windows-1256": Candidate("cp1256", _of_words("Arabic", _arabic)),
    "thai": Candidate("cp874", _of_words("Thai", _thai)),
    "gb18030": Candidate(
        "gb18030",
        _chinese(letters.CHINESE_NAMES, letters.CHINESE_GIVEN, letters.CHINESE_WORDS, _is_common_simplified),
        is_multi_byte=True,
    ),
    "big5": Candidate(
        "big5",
        _chinese(
            letters.TAIWANESE_NAMES, letters.TAIWANESE_GIVEN, letters.TAIWANESE_WORDS, _is_common_traditional
        ),
        is_multi_byte=True,
    ),
    "ks-x-1001": Candidate("euc_kr", _east_asian(_korean, ("Hangul", "Han")), is_multi_byte=True),
    "shift-jis": Candidate(
        "shift_jis", _east_asian(_japanese, ("Kana", "Han"), half_width=True), is_multi_byte=True
    ),
    "euc-jp": Candidate("euc_jp", _east_asian(_japanese, ("Kana", "Han")), BESIDE, is_multi_byte=True),
}
"""What is tried, by the key of TEXT_ENCODINGS; of readings that are alike the first one is named."""
