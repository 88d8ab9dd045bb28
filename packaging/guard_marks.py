"""Finds the guards that are marked in the program, and takes one away.

A guard keeps a result, a text or an image off the wrong slice. A comment on a line of its own, directly above
the guarded statement, names it and says what is taken away:

    # guard(WHAT): NAME

`statement`
    The whole statement.
`test`
    Whether an `if`, `elif` or `while` is ever taken: its test becomes False.
`-> EXPRESSION`
    The test, or the value of a return or an assignment: it becomes the expression.
`keyword=` or `keyword=EXPRESSION`
    The argument of a call, or its value.
`EXPRESSION -> EXPRESSION`
    The first expression, which the second one replaces.
`EXPRESSION`
    One operand of `and` or `or`, or one element of a tuple, list or set.

Only the head of a compound statement is searched, expressions are compared as syntax, and what is named has
to be there exactly once, so neither formatting nor a move of the code disturbs a guard. A name that needs a
line of its own follows in a comment that is indented further.
"""

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

BEGIN = re.compile(r"# guard\b")
MARK = re.compile(r"# guard\((?P<what>.+)\):\s+(?P<name>\S.*)")
CONTINUED = re.compile(r"#\s{3,}(?P<text>\S.*)")
KEYWORD = re.compile(r"(?P<name>\w+)=(?!=)(?P<value>.*)")
SEQUENCES = (ast.Tuple, ast.List, ast.Set)


class MarkError(Exception):
    """A mark cannot be read, or names nothing in the statement below it."""


@dataclass(frozen=True, slots=True)
class Guard:
    """A mark: its place, the part that it takes away, the guard's name."""

    path: Path
    line: int
    what: str
    name: str


def guards_in(folder: Path) -> list[Guard]:
    """Return the guards of all sources under a folder, in their order."""
    return [guard for path in sorted(folder.rglob("*.py")) for guard in guards_of(path)]


def guards_of(path: Path) -> list[Guard]:
    """Return the guards of one source.

    Raises
    ------
    MarkError
        A comment begins like a mark and is none.
    """
    source = path.read_text("utf-8")
    if not BEGIN.search(source):
        return []
    comments = {
        token.start[0]: token.string
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT and not token.line[: token.start[1]].strip()
    }
    found = []
    for line, comment in comments.items():
        if not BEGIN.match(comment):
            continue
        more = CONTINUED.fullmatch(comments.get(line + 1, ""))
        mark = MARK.fullmatch(comment if more is None else f"{comment} {more['text']}")
        if mark is None:
            raise MarkError(f"{path}:{line}: this is no mark of a guard: {comment}")
        found.append(Guard(path, line, mark["what"], mark["name"]))
    return found


def without(guard: Guard, source: str) -> str:
    """Return the source without a guard.

    Raises
    ------
    MarkError
        The statement below the mark has not, or not once, what the mark names.
    """
    tree = ast.parse(source)
    line = _line_of_code_below(source, guard.line)
    statement = next((node for node in ast.walk(tree) if _begins_on(node, line)), None)
    if not isinstance(statement, ast.stmt):
        raise MarkError(f"{guard.path}:{guard.line}: no statement begins below the mark")
    places = list(_changes(statement, guard.what))
    if len(places) != 1:
        raise MarkError(f"{guard.path}:{guard.line}: {guard.what!r} is there {len(places)} times")
    node, text = places[0]
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    content = source.encode()  # the columns of syntax nodes count bytes
    starts = [0, *(match.end() for match in re.finditer(rb"\n", content))]
    begin = starts[node.lineno - 1] + node.col_offset
    end = starts[node.end_lineno - 1] + node.end_col_offset
    return (content[:begin] + text.encode() + content[end:]).decode()


def _line_of_code_below(source: str, line: int) -> int:
    lines = source.split("\n")
    while line <= len(lines) and (not lines[line - 1].strip() or lines[line - 1].lstrip().startswith("#")):
        line += 1
    return line


def _begins_on(node: ast.AST, line: int) -> bool:
    return isinstance(node, ast.stmt) and node.lineno == line


def _changes(statement: ast.stmt, what: str) -> Iterator[tuple[ast.stmt | ast.expr, str]]:
    """Yield each node that a mark may mean, and its form without the guard."""
    before, arrow, after = what.partition("->")
    keyword = KEYWORD.fullmatch(what)
    if what == "statement":
        yield statement, "pass"
    elif what == "test" or (arrow and not before.strip()):
        value = getattr(statement, "test", None) or getattr(statement, "value", None)
        if value is not None and (arrow or hasattr(statement, "test")):
            yield value, f"({after.strip() or False})"
    elif keyword is not None:
        for node in _expressions(statement):
            if isinstance(node, ast.Call) and keyword["name"] in {one.arg for one in node.keywords}:
                yield node, _with_keyword(node, keyword["name"], keyword["value"])
    elif arrow:
        for node in _expressions(statement):
            if _is(before)(node):
                yield node, f"({after.strip()})"
    else:
        yield from _without_part(statement, what)


def _with_keyword(call: ast.Call, name: str, value: str) -> str:
    others = [keyword for keyword in call.keywords if keyword.arg != name]
    new = [ast.keyword(name, ast.parse(value, mode="eval").body)] if value else []
    return ast.unparse(ast.Call(call.func, call.args, [*others, *new]))


def _without_part(statement: ast.stmt, what: str) -> Iterator[tuple[ast.expr, str]]:
    is_meant = _is(what)
    for node in _expressions(statement):
        if isinstance(node, ast.BoolOp):
            parts, change = node.values, lambda left, node=node: ast.BoolOp(node.op, left)
        elif isinstance(node, SEQUENCES):
            parts, change = node.elts, lambda left, node=node: type(node)(elts=left)
        else:
            continue
        left = [part for part in parts if not is_meant(part)]
        if len(left) < len(parts):
            is_single = isinstance(node, ast.BoolOp) and len(left) == 1
            yield node, f"({ast.unparse(left[0] if is_single else change(left))})"


def _is(text: str) -> Callable[[ast.expr], bool]:
    wanted = ast.unparse(ast.parse(text.strip(), mode="eval"))
    return lambda node: ast.unparse(node) == wanted


def _expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    """Yield the expressions of a statement, not of those inside it."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.expr):
            yield node
        waiting += [
            child
            for child in ast.iter_child_nodes(node)
            if not isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case)
        ]
