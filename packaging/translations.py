"""Collects the program's texts, updates and compiles catalogues.

    python packaging/translations.py update   after texts were added or changed; new ones stand empty
    python packaging/translations.py compile  after the .po was edited; writes the .mo
    python packaging/translations.py missing  prints what is not translated

Needs Babel, of the extra `dev`.
"""

import ast
import io
import sys
import tomllib
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "medviewer"
CATALOGUES = ROOT / "resources" / "i18n"
LANGUAGES = ("zh_CN",)
KEYWORDS = {"translate", "mark", "message"}
WIDTH = 110
HEADER = "# The texts of medviewer. Written by packaging/translations.py; edit only the msgstr lines."


def catalogue_path(language: str, suffix: str = ".po") -> Path:
    """Return the path of a language's catalogue."""
    return CATALOGUES / language / "LC_MESSAGES" / f"medviewer{suffix}"


def texts_in_sources() -> Catalog:
    """Return every text for translation, with the files that hold it.

    Sources mark them; recipes put them on cards.
    """
    catalogue = Catalog(project="medviewer", charset="utf-8")
    kinds = (("*.py", texts_in), ("training/recipes/*.toml", texts_in_recipe))
    found = {
        (text, f"medviewer/{path.relative_to(SOURCES).as_posix()}")
        for pattern, texts in kinds
        for path in SOURCES.rglob(pattern)
        for text in texts(path.read_text("utf-8"))
    }
    for text, name in sorted(found):
        place: Any = (name, None)  # None: no line, which would change with every edit
        catalogue.add(text, None, [place])
    return catalogue


def texts_in(source: str) -> list[str]:
    """Return the texts that a source marks for translation.

    Those inside f-strings are among them, which Babel's own search misses.
    """
    return [
        text.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS
        for text in node.args[:2]  # the second one is said of more than one
        if isinstance(text, ast.Constant) and isinstance(text.value, str) and text.value
    ]


def texts_in_recipe(source: str) -> list[str]:
    """Return the texts of a recipe that are shown with the model's card."""
    recipe = tomllib.loads(source)
    card = recipe.get("card", {})
    texts = [card.get(name, "") for name in ("title", "intended_use", "data_statement", "licence")]
    texts += [*card.get("limits", ()), card.get("input", {}).get("question", "")]
    texts += [population["title"] for population in recipe.get("population", ())]
    return [text for text in texts if text]


def read_catalogue(language: str) -> Catalog:
    """Return a language's catalogue; an empty one where there is none yet."""
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language, project="medviewer", charset="utf-8")
    return read_po(io.BytesIO(path.read_bytes()), locale=language)


def compiled(catalogue: Catalog) -> bytes:
    """Return a catalogue as gettext reads it; fuzzy entries are left out."""
    stream = io.BytesIO()
    write_mo(stream, catalogue)
    return stream.getvalue()


def missing(catalogue: Catalog) -> list[str]:
    """Return the texts that a catalogue does not translate or guesses."""
    done = {message.id for message in catalogue if message.id and message.string and not message.fuzzy}
    return sorted(str(message.id) for message in texts_in_sources() if message.id and message.id not in done)


def update(language: str) -> None:
    """Bring a .po file up to date with the sources.

    Texts that are gone are dropped.
    """
    catalogue = read_catalogue(language)
    created = catalogue.creation_date
    catalogue.update(texts_in_sources(), no_fuzzy_matching=True)
    catalogue.creation_date = created  # else every run would change the file
    catalogue.version = "1"
    catalogue.msgid_bugs_address = catalogue.last_translator = catalogue.language_team = "medviewer"
    catalogue.obsolete.clear()
    catalogue.header_comment = HEADER
    catalogue.fuzzy = False
    stream = io.BytesIO()
    write_po(stream, catalogue, width=WIDTH, sort_output=True, omit_header=False, ignore_obsolete=True)
    path = catalogue_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(stream.getvalue())


def main(arguments: list[str]) -> int:
    """Run one of the three commands; return the exit status."""
    if len(arguments) != 1 or arguments[0] not in ("update", "compile", "missing"):
        print(__doc__, file=sys.stderr)
        return 2
    left = 0
    for language in LANGUAGES:
        if arguments[0] == "update":
            update(language)
        catalogue = read_catalogue(language)
        if arguments[0] != "missing":
            catalogue_path(language, ".mo").write_bytes(compiled(catalogue))
        for text in missing(catalogue):
            left += 1
            print(f"{language}: {text}")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
