"""Problems of an import as people read them: a table, and a file for a spreadsheet."""

from __future__ import annotations

from core.channels.export import to_csv
from core.channels.problems import SEVERITY_LABELS, Problem
from core.services.import_reads import KeptProblem
from core.ui.i18n import t
from core.ui.tables import Column


def found_text(problem: Problem | KeptProblem) -> str:
    """What stands in the file, or that nothing does."""
    return problem.found or t("(empty)")


def wanted_text(problem: Problem | KeptProblem) -> str:
    """What was wanted, in the reader's language."""
    return t(problem.template if isinstance(problem, Problem) else problem.wanted, **dict(problem.params))


def problem_rows(problems: list[Problem] | list[KeptProblem]) -> list[dict[str, object]]:
    """Problems as rows of a table."""
    return [
        {
            "file": p.file,
            "line": p.line,
            "column": p.column,
            "found": found_text(p),
            "wanted": wanted_text(p),
            "order": p.order_number,
            "severity": t(SEVERITY_LABELS[p.severity]),
            "raw": p.raw,
        }
        for p in problems
    ]


def problem_columns() -> list[Column]:
    """How problems are shown."""
    return [
        Column("severity", t("What became of it"), width="small"),
        Column("file", t("File"), width="small"),
        Column("line", t("Line"), "number", width="small"),
        Column("column", t("Column"), width="small"),
        Column("found", t("Found")),
        Column("wanted", t("Wanted"), width="large"),
        Column("order", t("Order")),
        Column("raw", t("The row as it came"), width="large"),
    ]


def as_csv(problems: list[Problem] | list[KeptProblem]) -> bytes:
    """Problems as a file for a spreadsheet, with nothing in it that could calculate."""
    columns = problem_columns()
    rows = problem_rows(problems)
    return to_csv([column.title for column in columns], [[row[column.key] for column in columns] for row in rows])
