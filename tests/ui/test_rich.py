"""Prose and small tables are shown as text, whatever is in them; only **emphasis** is kept."""

from __future__ import annotations

import pytest

from core.ui.rich import emphasised, grid


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("Which does the review **not** stop?", "Which does the review **not** stop\\?"),
        ("**Never** pauses", "**Never** pauses"),
        ("a **b", "a \\*\\*b"),
        ("![z](y/z.png)", "\\!\\[z\\]\\(y\\/z\\.png\\)"),
        ("**[x](y)**", "**\\[x\\]\\(y\\)**"),
        ("$a$ `b` <b>c</b>", "\\$a\\$ \\`b\\` \\<b\\>c\\<\\/b\\>"),
        ("138****1234, **not** called", "138\\*\\*\\*\\*1234\\, **not** called"),
        ("", ""),
    ],
)
def test_only_emphasis_is_kept(text: str, markdown: str) -> None:
    assert emphasised(text) == markdown


def test_a_table_shows_its_cells_literally_and_figures_to_the_right() -> None:
    shown = grid(["SKU", "Qty", "Price"], [["A|B", "2", "1,234.50"], ["*c*", "10", "-8.30"], ["", "", ""]])
    assert shown.split("\n") == [
        "| SKU | Qty | Price |",
        "| --- | ---: | ---: |",
        "| A\\|B | 2 | 1\\,234\\.50 |",
        "| \\*c\\* | 10 | \\-8\\.30 |",
        "|   |   |   |",
    ]


def test_a_long_number_is_a_name_and_no_figure() -> None:
    assert grid(["Order"], [["900517215254987138"]]).split("\n")[1] == "| --- |"
