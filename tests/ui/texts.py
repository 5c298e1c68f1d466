"""Finds every interface text in the source: what is passed to t() and mark(), templates of errors, label tables."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tests.house_rules import ROOT

ROOMS = ("core", "pages", "assessments", "seed")
CALLS = frozenset({"t", "mark"})
ERRORS = frozenset(
    {
        "OrderlyError",
        "RuleViolation",
        "DoubleSubmit",
        "NotFound",
        "NotAllowed",
        "ContentError",
        "FileRefused",
        "StaleAnswer",
    }
)
# Where content is read that trainers write in the editor: methods of `Fields` that make an error, and the files.
READER_CALLS = frozenset({"error", "wrong"})
READERS = frozenset(
    {"assessments/item_reading.py", "assessments/content.py", "assessments/bank.py", "assessments/cases.py"}
)
# Tables of texts that aren't called …_LABELS.
TABLES = frozenset({"RIGHTS"})
# Arguments of other constructors that are texts: constructor → (positions, keywords).
TEXT_ARGUMENTS: dict[str, tuple[tuple[int, ...], tuple[str, ...]]] = {
    "SitePage": ((1, 3), ("title", "purpose")),
    "Kpi": ((1, 2), ("label", "definition")),
    "RowSet": ((1, 2), ("label", "definition")),
}


def sources() -> Iterator[Path]:
    """The Python files that may hold interface texts."""
    for room in ROOMS:
        yield from sorted((ROOT / room).rglob("*.py"))


def texts_in(tree: ast.AST, also: frozenset[str] = frozenset()) -> Iterator[tuple[str, int]]:
    """Every interface text of a module, with its line; `also` names further calls that take a text first."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            wanted = list(node.args[:1]) if name in CALLS | ERRORS | also else []
            positions, keywords = TEXT_ARGUMENTS.get(name, ((), ()))
            wanted += [node.args[at] for at in positions if at < len(node.args)]
            wanted += [keyword.value for keyword in node.keywords if keyword.arg in keywords]
            for argument in wanted:
                yield from _literals(argument)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [target.id for target in targets if isinstance(target, ast.Name)]
            if node.value and any(name.endswith("_LABELS") or name in TABLES for name in names):
                yield from _table_values(node.value)


def _literals(node: ast.expr) -> Iterator[tuple[str, int]]:
    """The texts that an expression can be, where it is written out."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if node.value:
            yield node.value, node.lineno
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)


def _table_values(node: ast.expr) -> Iterator[tuple[str, int]]:
    for found in ast.walk(node):
        if isinstance(found, ast.Dict):
            for value in found.values:
                yield from _literals(value)


def all_texts() -> dict[str, list[str]]:
    """Every interface text of the house. Shape: text → places as `file:line`."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sources():
        also = READER_CALLS if path.relative_to(ROOT).as_posix() in READERS else frozenset()
        for text, line in texts_in(ast.parse(path.read_text("utf-8")), also):
            found[text].append(f"{path.relative_to(ROOT)}:{line}")
    return dict(found)
