"""The handbook is what items rest on: every source is a section of it, in both languages, and it tells the machine."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from core.domain.orders import (
    REASON_LABELS,
    STATUS_LABELS,
    TRANSITIONS,
    Reason,
    Status,
)
from core.domain.review import APPROVABLE
from core.domain.rights import POSITION_LABELS
from core.domain.stock import ACCOUNT_LABELS
from core.services.orders import _AMENDABLE_STATUSES, AMENDABLE
from core.services.parameters import promises, review_policy
from core.ui.i18n import in_language, t

ROOT = Path(__file__).parents[2]
BANKS = ROOT / "assessments" / "banks"
LANGUAGES = ("en", "zh")

# The sections that say what the review has against an order, by reason.
OF_REASON: Mapping[Reason, str] = {
    Reason.ADDRESS: "5.2",
    Reason.PHONE: "5.3",
    Reason.PRICE: "5.4",
    Reason.QUANTITY: "5.9",
    Reason.DUPLICATE: "5.5",
    Reason.STOCK: "5.6",
    Reason.PAYMENT: "5.7",
    Reason.FRAUD: "5.8",
}


def text_of(language: str) -> str:
    return (ROOT / "docs" / f"handbook.{language}.md").read_text(encoding="utf-8")


def numbers_in(text: str) -> list[str]:
    """The numbers of all headings, chapters and sections, in their order."""
    return re.findall(r"^##+ (\d+(?:\.\d+)?) \S", text, re.MULTILINE)


def sections_in(text: str) -> dict[str, str]:
    """What stands in each section, by number."""
    parts = re.split(r"^##+ (\d+(?:\.\d+)?) .*$", text, flags=re.MULTILINE)
    return {number: body.strip() for number, body in zip(parts[1::2], parts[2::2], strict=True) if "." in number}


def sections_of(source: str) -> list[str]:
    """The sections that an item's source names."""
    name, _, numbers = source.partition(" ")
    assert name == "Handbook", source
    return numbers.split("; ")


def rows_in(section: str) -> list[list[str]]:
    """The rows of a section's table without its head."""
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


SECTIONS = {language: sections_in(text_of(language)) for language in LANGUAGES}
SOURCES: dict[str, str] = {
    item["id"]: item["source"]
    for path in sorted(BANKS.glob("*.toml"))
    for item in tomllib.loads(path.read_text(encoding="utf-8")).get("item", [])
}


def said(label: str, language: str) -> str:
    with in_language(language):
        return t(label)


# ------------------------------------------------------------------------------------------------ items and sections


def test_reading_of_headings_and_sources() -> None:
    text = "# Title\n\n## 1 One\n\n### 1.1 First\n\nA.\n\n### 1.2 Second\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n"
    assert numbers_in(text) == ["1", "1.1", "1.2"]
    assert sections_in(text) == {"1.1": "A.", "1.2": "| a | b |\n| --- | --- |\n| 1 | 2 |"}
    assert rows_in(sections_in(text)["1.2"]) == [["1", "2"]]
    assert sections_of("Handbook 1.1; 12.3") == ["1.1", "12.3"]
    with pytest.raises(AssertionError):
        sections_of("DESIGN 3")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("item", "source"), SOURCES.items(), ids=SOURCES)
def test_source_of_every_item_is_in_the_handbook(item: str, source: str, language: str) -> None:
    named = sections_of(source)
    assert [number for number in named if not SECTIONS[language].get(number)] == [], item
    assert named == sorted(set(named), key=lambda number: [int(part) for part in number.split(".")])


def test_every_section_is_asked_about() -> None:
    asked = {number for source in SOURCES.values() for number in sections_of(source)}
    assert set(SECTIONS["en"]) - asked == set()


def test_both_languages_have_the_same_numbers_in_turn() -> None:
    english, chinese = (numbers_in(text_of(language)) for language in LANGUAGES)
    assert english == chinese
    wanted: list[str] = []
    for number in english:
        chapter, _, section = number.partition(".")
        last = wanted[-1].split(".") if wanted else ["0"]
        if section:
            assert chapter == last[0] and int(section) == int(last[1] if len(last) > 1 else 0) + 1, number
        else:
            assert int(chapter) > int(last[0]), number
        wanted.append(number)
    assert wanted[:1] == ["1"]


def test_handbook_points_at_its_own_sections_alike_in_both_languages() -> None:
    english, chinese = (re.findall(r"[(（](?:见 )?(\d+\.\d+)[)）]", text_of(language)) for language in LANGUAGES)
    assert english and english == chinese
    assert [number for number in english if number not in SECTIONS["en"]] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_handbook_says_something_everywhere_and_names_no_paper_of_the_makers(language: str) -> None:
    assert [number for number, body in SECTIONS[language].items() if len(body) < 40] == []
    assert re.findall(r"DESIGN|CURRICULUM|\bissue\b|core/|\.toml|\.py\b", text_of(language)) == []


def test_each_language_keeps_to_its_script() -> None:
    assert re.findall(r"[\u3400-\u9fff]", text_of("en")) == []
    without_any = [number for number, body in SECTIONS["zh"].items() if not re.search(r"[\u3400-\u9fff]{4}", body)]
    assert without_any == []
    assert re.findall(r"[\u3400-\u9fff][,;:?!]", text_of("zh")) == []


# ------------------------------------------------------------------------------------------- handbook and the product


@pytest.mark.parametrize("language", LANGUAGES)
def test_states_are_the_machine_s(language: str) -> None:
    named = [row[0] for row in rows_in(SECTIONS[language]["4.1"])]
    assert sorted(named) == sorted(said(STATUS_LABELS[status], language) for status in Status)


@pytest.mark.parametrize("language", LANGUAGES)
def test_ways_between_states_are_the_machine_s(language: str) -> None:
    """Every transition of our own orders stands in the table, in the machine's order, and no other."""

    def label(status: Status) -> str:
        return said(STATUS_LABELS[status], language)

    ours = [one for one in TRANSITIONS if "outside" not in one.guards]
    comma = ", " if language == "en" else "、"
    wanted = [(comma.join(map(label, one.sources)), label(one.target)) for one in ours]
    rows = rows_in(SECTIONS[language]["4.2"])
    assert [(row[1], row[2]) for row in rows] == wanted
    held = {"en": "not on hold", "zh": "未挂起"}[language]
    assert [held in row[3] for row in rows] == ["not_held" in one.guards for one in ours]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_reason_has_its_section_under_its_label(language: str) -> None:
    assert set(OF_REASON) == set(Reason)
    for reason, number in OF_REASON.items():
        assert said(REASON_LABELS[reason], language) in SECTIONS[language][number], reason


def test_reasons_that_may_be_let_pass_are_the_product_s() -> None:
    allowed, refused = SECTIONS["en"]["6.3"].lower().split("can't", 1)
    assert {reason for reason in Reason if reason.value in allowed.split("can be let pass")[0]} == APPROVABLE
    assert {reason for reason in Reason if reason.value in allowed + refused} == set(Reason)


@pytest.mark.parametrize("language", LANGUAGES)
def test_thresholds_are_those_of_the_policies(language: str) -> None:
    sections, promised, policy = SECTIONS[language], promises(), review_policy()
    percent, hours = "{}%", "{} hours" if language == "en" else "{} 小时"
    assert percent.format(f"{100 * policy.price_tolerance:g}") in sections["5.4"]
    assert hours.format(policy.duplicate_hours) in sections["5.5"]
    assert f" {policy.most_units} " in sections["5.9"]
    assert hours.format(promised.unpaid_expires_hours) in sections["4.4"]
    assert hours.format(promised.ship_by_hours) in sections["12.1"]
    assert hours.format(promised.deliver_by_hours) in sections["12.1"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_may_be_corrected_is_the_product_s(language: str) -> None:
    section = SECTIONS[language]["7.2"].lower()
    assert [name for name in AMENDABLE.values() if said(name, language).lower() not in section] == []
    assert said(STATUS_LABELS[_AMENDABLE_STATUSES[-1]], language).lower() in section


@pytest.mark.parametrize("language", LANGUAGES)
def test_accounts_and_positions_are_called_as_in_the_product(language: str) -> None:
    accounts = [row[0] for row in rows_in(SECTIONS[language]["9.1"])]
    assert sorted(accounts) == sorted(said(label, language) for label in ACCOUNT_LABELS.values())
    positions = [row[0] for row in rows_in(SECTIONS[language]["14.1"])]
    assert positions == [said(label, language) for label in POSITION_LABELS.values()]
