"""Prose and small tables are shown as text, whatever is in them; only **emphasis** is kept."""

from __future__ import annotations

import pytest

from core.ui.rich import emphasised, facts_table, grid


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


def test_a_table_of_facts_is_literal_keeps_short_cells_whole_and_has_a_name() -> None:
    rows = [["37189574", "2026-08-24 07:00", "87.00", "<b>on leave</b> for a month"], ["x", "", "–", "a & b"]]
    shown = facts_table(
        ["Order", "Paid at", "Paid by the channel, less refunds", 'What "staff" says'], rows, "Orders <3"
    )
    assert shown == (
        '<div class="od-facts" role="group" aria-label="Orders &lt;3"><table><thead><tr><th scope="col">Order</th>'
        '<th scope="col">Paid at</th><th scope="col" class="r l">Paid by the channel, less refunds</th>'
        '<th scope="col">What &quot;staff&quot; says</th></tr></thead><tbody>'
        '<tr><td class="s">37189574</td><td class="s">2026-08-24 07:00</td><td class="r s">87.00</td>'
        "<td>&lt;b&gt;on leave&lt;/b&gt; for a month</td></tr>"
        '<tr><td class="s">x</td><td class="s"></td><td class="r s">–</td><td class="s">a &amp; b</td></tr>'
        "</tbody></table></div>"
    )


def test_a_sentence_in_chinese_may_wrap_and_a_minus_is_part_of_a_figure() -> None:
    shown = facts_table(["谁", "内容", "金额"], [["买家", "我们已收到您的消息。", "−35.00"]], "消息")
    assert '<td class="s">买家</td><td>我们已收到您的消息。</td><td class="r s">−35.00</td>' in shown
