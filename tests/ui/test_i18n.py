"""Languages: which one a browser gets, and how dates, numbers and money read in it."""

from __future__ import annotations

import threading

import pytest

from core.domain.errors import Colleague, RuleViolation
from core.ui import i18n

AT = 1_773_801_000  # 2026-03-18 10:30 in Shanghai


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "en"),
        ("", "en"),
        ("de-DE,de;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("fr;q=0.9,zh-TW;q=0.5,en;q=0.4", "zh"),
        ("en;q=0,zh;q=0.1", "zh"),
        ("*", "en"),
        ("zh;q=nonsense,en;q=0.1", "en"),
        (";;;,,,q=1", "en"),
    ],
)
def test_the_browsers_wish(header: str | None, code: str) -> None:
    assert i18n.negotiate(header) == code


ENGLISH = "CN¥12,345.60 | -$0.05 | 1,234,567 | 3.1 | 12.3% | 100% | 18 Mar 2026, 10:30 | 18 Mar 2026 | Wed 18 Mar 2026"
CHINESE = (
    "¥12,345.60 | -US$0.05 | 1,234,567 | 3.1 | 12.3% | 100% | 2026年3月18日 10:30 | 2026年3月18日 | 2026年3月18日 周三"
)


@pytest.mark.parametrize(("code", "expected"), [("en", ENGLISH), ("zh", CHINESE)])
def test_formats(code: str, expected: str) -> None:
    with i18n.in_language(code):
        said = (
            i18n.format_money(1_234_560),
            i18n.format_money(-5, "USD"),
            i18n.format_int(1_234_567),
            i18n.format_number(3.14),
            i18n.format_rate(0.1234),
            i18n.format_rate(1, 0),
            i18n.format_instant(AT),
            i18n.format_day("2026-03-18"),
            i18n.format_day("2026-03-18", weekday=True),
        )
    assert " | ".join(said) == expected


def test_a_rate_of_nothing_is_a_dash_and_an_instant_knows_its_place() -> None:
    with i18n.in_language("en"):
        assert i18n.format_rate(float("nan")) == "–"
        assert i18n.format_instant(AT, "UTC", seconds=True) == "18 Mar 2026, 02:30:00"


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (0, "0 s", "0 秒"),
        (59.6, "1 min", "1 分钟"),
        (200, "3 min 20 s", "3 分钟 20 秒"),
        (3600, "1 h", "1 小时"),
        (3605, "1 h", "1 小时"),
        (187_200, "2 d 4 h", "2 天 4 小时"),
        (-200, "-3 min 20 s", "-3 分钟 20 秒"),
    ],
)
def test_spans_of_time(seconds: float, english: str, chinese: str) -> None:
    with i18n.in_language("en"):
        assert i18n.format_duration(seconds) == english
    with i18n.in_language("zh"):
        assert i18n.format_duration(seconds) == chinese


def test_each_thread_speaks_for_itself_and_asks_where_it_was_not_told() -> None:
    heard: dict[str, str] = {}

    def speak(name: str, code: str | None) -> None:
        if code:
            i18n.set_language(code)
        heard[name] = i18n.t("Sign in")

    threads = [threading.Thread(target=speak, args=found) for found in (("a", "zh"), ("b", "en"), ("c", None))]
    for thread in threads:
        thread.start()
        thread.join()
    assert heard == {"a": "登录", "b": "Sign in", "c": "Sign in"}
    i18n.language_from(lambda: "zh")
    try:
        thread = threading.Thread(target=speak, args=("d", None))
        thread.start()
        thread.join()
    finally:
        i18n.language_from(lambda: "en")
    assert heard["d"] == "登录"


def test_a_message_names_the_person_behind_an_actor() -> None:
    error = RuleViolation("Order {number} was changed by {who}.", number="T-1", who=Colleague("person:7"))
    i18n.people_from({"person:7": "Li Na"}.__getitem__)
    assert i18n.translate_error(error) == "Order T-1 was changed by Li Na."
    automatic = RuleViolation("{who} did it.", who=Colleague("engine"))
    with i18n.in_language("zh"):
        assert i18n.translate_error(automatic) == "系统自动 did it."
