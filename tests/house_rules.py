"""The rules of the house, as functions from source code to a list of complaints."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
SECTIONS = ("home", "monitor", "work", "learn", "teach", "admin")
ROOMS_WITH_CODE = ("core", "seed", "assessments", "pages", "tests", "benchmarks", "docs")
HEAVY = frozenset({"plotly", "pandas", "scipy", "openpyxl", "python_calamine", "reportlab"})
BANNED_WORDS = frozenset({"utils", "util", "helpers", "helper", "manager", "managers"})


@dataclass(frozen=True)
class Room:
    """One row of the import table: what a room may import beside itself and the standard library."""

    name: str
    house: frozenset[str]
    libraries: frozenset[str]


def _room(name: str, house: str, libraries: str) -> Room:
    return Room(name, frozenset(house.split()), frozenset(libraries.split()))


_CORE_FOR_PAGES = "core.domain core.context core.services core.portal core.metrics core.channels core.security core.ui"
_CORE_FOR_TRAINING = (
    "core.domain core.context core.db core.services core.portal core.metrics core.channels core.security"
)

# The most specific room that holds a module decides; a name in the house column lets in all beneath it.
IMPORT_TABLE = (
    _room("app", "core.ui core.security core.db.engines seed.feed assessments.overdue", "streamlit starlette"),
    _room("pages", f"{_CORE_FOR_PAGES} assessments", "streamlit pandas"),
    _room("core", "", ""),
    _room("core.__main__", "core", ""),
    _room("core.domain", "", "numpy"),
    _room("core.context", "core.domain", "sqlalchemy"),
    _room("core.db", "core.context core.domain", "sqlalchemy alembic pysqlite3"),
    _room("core.services", "core.domain core.context core.db core.channels", "sqlalchemy numpy scipy"),
    _room("core.portal", "core.domain core.context core.db core.security", "sqlalchemy"),
    _room("core.metrics", "core.domain core.context core.db", "sqlalchemy pandas"),
    _room("core.channels", "core.domain", "pydantic openpyxl python_calamine pysqlite3"),
    _room("core.security", "core.domain core.context core.db", "sqlalchemy argon2 cryptography"),
    _room("core.documents", "core.domain", "reportlab"),
    # google is protobuf, Streamlit's messages; anyio is what Starlette runs on.
    _room("core.ui", "core", "streamlit starlette uvicorn plotly babel pandas sqlalchemy google anyio"),
    _room("core.ui.charts", "core.domain core.ui.i18n", "plotly babel"),
    _room("seed", "core.domain core.context core.services core.portal core.channels core.db", "faker numpy sqlalchemy"),
    _room("seed.demo", "core.domain core.context core.db core.portal seed", "sqlalchemy"),
    _room("assessments", f"{_CORE_FOR_TRAINING} seed", "sqlalchemy numpy scipy threadpoolctl"),
    _room("assessments.interchange", "core.domain core.channels assessments", "openpyxl"),
)


def modules() -> list[Path]:
    """Every Python file of the house, as paths relative to its root."""
    found = [path for room in ROOMS_WITH_CODE for path in (ROOT / room).rglob("*.py")]
    found += ROOT.glob("*.py")
    return sorted(path.relative_to(ROOT) for path in found if "__pycache__" not in path.parts)


def dotted(path: Path) -> str:
    """The name that a file is imported by."""
    parts = list(path.with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _within(name: str, room: str) -> bool:
    return name == room or name.startswith(room + ".")


def room_of(module: str) -> Room | None:
    """The row of the table that a module answers to; None for tests, benchmarks and docs."""
    rows = [row for row in IMPORT_TABLE if _within(module, row.name)]
    return max(rows, key=lambda row: len(row.name), default=None)


def imported(tree: ast.AST, module: str, is_package: bool = False) -> Iterator[tuple[int, str]]:
    """Every module that a tree imports, anywhere in it, with the line; relative imports resolved."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = module.split(".")
                keep = len(parents) - node.level + (1 if is_package else 0)
                base = ".".join([*parents[:keep], *([base] if base else [])])
            for alias in node.names:
                whole = f"{base}.{alias.name}"
                place = ROOT.joinpath(*whole.split("."))
                yield node.lineno, whole if place.is_dir() or place.with_suffix(".py").is_file() else base


def import_complaints(tree: ast.AST, path: Path) -> list[str]:
    """Imports that the table does not allow, and the standard library's unsafe SQLite."""
    module = dotted(path)
    room = room_of(module)
    complaints = []
    for line, name in imported(tree, module, path.name == "__init__.py"):
        top = name.split(".")[0]
        if top == "sqlite3":
            complaints.append(f"{path}:{line}: imports the stock sqlite3, unsafe with WAL; use pysqlite3")
        if room is None or top in sys.stdlib_module_names:
            continue
        if top in ("app", *ROOMS_WITH_CODE):
            own = _within(name, room.name) and room.name != "core"
            if not own and not any(_within(name, allowed) for allowed in room.house):
                complaints.append(f"{path}:{line}: {room.name} may not import {name}")
        elif top not in room.libraries:
            complaints.append(f"{path}:{line}: {room.name} may not use the library {top}")
    return complaints


def size_complaints(source: str, tree: ast.AST, path: Path) -> list[str]:
    """Files and functions that are too long to hold in the head.

    A migration is none: it is generated from the tables once and never changed again.
    """
    if path.parts[:3] == ("core", "db", "migrations"):
        return []
    complaints = []
    lines = len(source.splitlines())
    if lines > LONGEST_FILE:
        complaints.append(f"{path}: {lines} lines, at most {LONGEST_FILE}")
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                place = f"{path}:{node.lineno}"
                complaints.append(f"{place}: {node.name} has {length} lines, at most {LONGEST_FUNCTION}")
    return complaints


def opening_complaints(tree: ast.Module, path: Path) -> list[str]:
    """Modules that don't open with one sentence."""
    opening = (ast.get_docstring(tree) or "").split("\n\n")[0].strip()
    if not opening:
        return [f"{path}: opens without a sentence that says what it is for"]
    if not opening.endswith((".", "?", "!")):
        return [f"{path}: its opening is not a sentence: {opening!r}"]
    if re.search(r"[.!?]\s+[A-Z]", opening):
        return [f"{path}: opens with more than one sentence: {opening!r}"]
    return []


def except_complaints(tree: ast.AST, path: Path) -> list[str]:
    """Handlers that swallow anything; one that cleans up and raises again is fine."""
    complaints = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        names = [kind.id if isinstance(kind, ast.Name) else "" if kind else "everything" for kind in kinds]
        blind = bool({"Exception", "BaseException", "everything"} & set(names))
        last = node.body[-1]
        if blind and not (isinstance(last, ast.Raise) and last.exc is None):
            complaints.append(f"{path}:{node.lineno}: catches every exception and goes on")
    return complaints


def name_complaints(tree: ast.AST, path: Path) -> list[str]:
    """Modules and classes whose name says nothing; its last word counts, since a manager is a role as well."""
    complaints = []
    if {part.lower().split("_")[-1] for part in path.with_suffix("").parts} & BANNED_WORDS:
        complaints.append(f"{path}: the name says nothing about what is in it")
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            words = re.findall(r"[A-Z][a-z0-9]*", node.name)
            if words and words[-1].lower() in BANNED_WORDS:
                complaints.append(f"{path}:{node.lineno}: class {node.name} says nothing about what it does")
    return complaints


def call_complaints(tree: ast.AST, path: Path) -> list[str]:
    """Raw HTML on pages, and printing where nobody reads it."""
    complaints = []
    speaks = path.name == "__main__.py" or path.parts[0] in ("benchmarks", "docs")
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if any(keyword.arg in ("unsafe_allow_html", "unsafe_allow_javascript") for keyword in node.keywords):
            complaints.append(f"{path}:{node.lineno}: draws raw HTML")
        if isinstance(node.func, ast.Name) and node.func.id == "print" and not speaks:
            complaints.append(f"{path}:{node.lineno}: prints, where a log line or a return value belongs")
    return complaints


def _is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _at_import(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run when a module is imported: no function bodies, no imports for types."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) or _is_type_checking(child):
            continue
        yield child
        yield from _at_import(child)


def heavy_complaints(tree: ast.Module, path: Path) -> list[str]:
    """Heavy libraries that are imported with the module, so that every start and every page pays for them."""
    if path.parts[0] not in ("app.py", "core", "pages", "seed", "assessments"):
        return []
    complaints = []
    for node in _at_import(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        heavy = [name for name in names if name.split(".")[0] in HEAVY]
        complaints += [f"{path}:{node.lineno}: imports {name} at the top, not where needed" for name in heavy]
    return complaints


def clock_complaints(tree: ast.AST, path: Path) -> list[str]:
    """Rooms that may not know what time it is, or roll dice of their own, and do."""
    if path.parts[:2] not in {("core", room) for room in ("domain", "services", "metrics", "channels")}:
        return []
    complaints = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or node.attr not in ("now", "utcnow", "today"):
            continue
        owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
        if owner in ("datetime", "date", "dt"):
            complaints.append(f"{path}:{node.lineno}: asks the clock; time comes as ctx.now or a parameter")
    for line, name in imported(tree, dotted(path)):
        if name in ("time", "random", "secrets"):
            complaints.append(f"{path}:{line}: imports {name}; the same input must give the same output")
    return complaints


def complaints_about(path: Path, source: str) -> list[str]:
    """Everything that the house has to say about one module."""
    tree = ast.parse(source, filename=str(path))
    return [
        *import_complaints(tree, path),
        *size_complaints(source, tree, path),
        *opening_complaints(tree, path),
        *except_complaints(tree, path),
        *name_complaints(tree, path),
        *call_complaints(tree, path),
        *heavy_complaints(tree, path),
        *clock_complaints(tree, path),
    ]


def pages() -> set[str]:
    """The page files there are."""
    return {path.as_posix() for path in modules() if path.parts[0] == "pages" and path.name != "__init__.py"}


def pages_on_the_map(source: str) -> list[str]:
    """The page files that the site map names, in its order, whether or not it spells `pages/` and `.py`."""
    pattern = re.compile(rf"(?:pages/)?((?:{'|'.join(SECTIONS)})/\w+)(?:\.py)?")
    constants = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
    matches = (pattern.fullmatch(value) for value in constants if isinstance(value, str))
    return [f"pages/{match[1]}.py" for match in matches if match]
