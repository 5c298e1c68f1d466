"""What a row of the audit log says, in words instead of keys and codes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from core.domain.rights import POSITION_LABELS, RIGHTS, ROLE_LABELS
from core.ui.i18n import format_duration, format_instant, format_int, format_rate, mark, t

DETAIL_LABELS = MappingProxyType(
    {
        "address": "Network address",
        "after": "Afterwards",
        "before": "Before",
        "demo": "Demo",
        "exercise": "Exercise",
        "expires_at": "Valid until",
        "extra_time_rate": "Extra time",
        "file": "File",
        "form": "Form",
        "how": "How",
        "judged": "Version judged",
        "larger_text": "Larger text",
        "login": "Sign-in name",
        "name": "Name",
        "number": "Number",
        "of": "About",
        "pass_rate": "Pass mark",
        "phase": "When",
        "position": "Position",
        "right": "Right",
        "role": "Role",
        "round": "Round",
        "score": "Score",
        "sessions_count": "Sessions ended",
        "sessions_ended": "Sessions ended",
        "team": "Team",
        "test": "Test",
        "version": "Version",
        "wait_seconds": "Wait",
        "world": "World",
    }
)
_WORDS = MappingProxyType(
    {
        "file": {
            "gains": mark("Gains of people"),
            "gradebook": mark("Gradebook"),
            "judges_sheet": mark("Judge's sheet with questions and keys"),
            "orders": mark("Orders"),
            "questions": mark("Questions with their keys"),
            "readiness": mark("Readiness of people"),
            "statements": mark("xAPI statements"),
            "test_report": mark("Report on a test"),
        },
        "how": {"password": mark("by password"), "link": mark("by one-time link"), "demo": mark("demo button")},
        "phase": {"pre": mark("Pre-test"), "post": mark("Post-test")},
        "world": {"live": mark("Live"), "portal": mark("Portal")},
        "role": {role.value: label for role, label in ROLE_LABELS.items()},
        "position": {position.value: label for position, label in POSITION_LABELS.items()},
        "right": dict(RIGHTS),
    }
)
_SHARES = frozenset({"score", "before", "after", "pass_rate", "extra_time_rate"})


def audit_details(data: Mapping[str, Any]) -> str:
    """What goes with a row of the log: each value by its name, a change as old → new; nothing that is empty."""
    return " · ".join(
        f"{t(DETAIL_LABELS[key]) if key in DETAIL_LABELS else key}: {_value(key, value)}"
        for key, value in data.items()
        if value not in (None, "")
    )


def audit_subject(subject: str, names: Mapping[str, str]) -> str:
    """What a row is about: a person by name, a test by number, an exercise by its world. Shape: `person:3` → name."""
    kind, _, number = subject.partition(":")
    if subject in names:
        return names[subject]
    if kind == "attempt":
        return t("Test number {n}", n=number)
    return t("Practice {id}", id=number[:8]) if kind == "practice" else subject


def _value(key: str, value: Any) -> str:
    if isinstance(value, list) and len(value) == 2:
        old, new = (_value(key, one) if one not in (None, "") else "–" for one in value)
        return f"{old} → {new}"
    if key in _WORDS:
        return t(_WORDS[key][value]) if value in _WORDS[key] else str(value)
    if key in _SHARES:
        return format_rate(float(value), 0)
    if key == "expires_at":
        return format_instant(int(value))
    if key == "wait_seconds":
        return format_duration(int(value))
    if isinstance(value, bool):
        return t("yes") if value else t("no")
    return format_int(value) if isinstance(value, int) else str(value)
