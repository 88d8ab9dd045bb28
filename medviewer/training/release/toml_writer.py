"""Plain facts as TOML text.

The standard library reads TOML but does not write it.
"""

import json
from collections.abc import Mapping
from typing import Any


def toml_text(facts: Mapping[str, Any]) -> str:
    """Return TOML that `tomllib` reads back as the same facts.

    Parameters
    ----------
    facts : mapping
        Strings, booleans, numbers, lists of those, tables, and lists of tables. None is left out.

    Raises
    ------
    TypeError
        A value is of another kind.
    """
    return "\n".join(_lines(facts, ())).strip() + "\n"


def _lines(facts: Mapping[str, Any], path: tuple[str, ...]) -> list[str]:
    present = {key: value for key, value in facts.items() if value is not None}
    tables = {key: value for key, value in present.items() if _is_table(value) or _is_table_list(value)}
    lines = [f"{_key(key)} = {_value(value)}" for key, value in present.items() if key not in tables]
    for key, value in tables.items():
        name = ".".join(_key(part) for part in (*path, key))
        for table in [value] if _is_table(value) else value:
            lines += ["", f"[{name}]" if _is_table(value) else f"[[{name}]]", *_lines(table, (*path, key))]
    return lines


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping)


def _is_table_list(value: object) -> bool:
    return (
        isinstance(value, list | tuple) and bool(value) and all(isinstance(item, Mapping) for item in value)
    )


def _key(key: str) -> str:
    return key if key.replace("_", "").replace("-", "").isalnum() and key.isascii() else json.dumps(key)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # JSON's escapes are TOML's, but for the delete character
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    raise TypeError(f"{value!r} cannot stand on a card")
