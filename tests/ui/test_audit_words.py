"""The audit log speaks in words."""

from __future__ import annotations

import pytest

from core.ui.audit_words import audit_details, audit_subject
from core.ui.i18n import in_language


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"address": "10.0.0.7", "how": "password"}, "Network address: 10.0.0.7 · How: by password"),
        ({"role": ["employee", "trainer"], "position": ["W", None]},
         "Role: Employee → Trainer · Position: Warehouse keeper → –"),
        ({"right": "people.manage", "world": "live"}, "Right: Add people and change their rights · World: Live"),
        ({"exercise": "wrong_address", "score": 0.5}, "Exercise: wrong_address · Score: 50%"),
        ({"address": "", "wait_seconds": 120, "new_key": True}, "Wait: 2 min · new_key: yes"),
        ({"file": "questions", "of": "warehouse"}, "File: Questions with their keys · About: warehouse"),
        ({"file": "gradebook", "of": ""}, "File: Gradebook"),
        ({}, ""),
    ],
)  # fmt: skip
def test_details_in_words(data: dict[str, object], said: str) -> None:
    with in_language("en"):
        assert audit_details(data) == said


def test_subjects_by_name() -> None:
    with in_language("en"):
        assert audit_subject("person:3", {"person:3": "林静"}) == "林静"
        assert audit_subject("attempt:7", {}) == "Test number 7"
        assert audit_subject("practice:0f3a9c1e55", {}) == "Practice 0f3a9c1e"
    with in_language("zh"):
        assert audit_subject("attempt:7", {}) == "第 7 次测试"
        assert audit_details({"role": "trainer"}) == "角色: 培训师"
