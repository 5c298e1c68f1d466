"""The strict CSV reader: what is written reads back equal, and what is odd is named with its place."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.channels.files import InFile
from core.channels.incoming import Problem, SourceRow
from core.channels.reading import Meter, Table, csv_text, open_csv
from core.domain.errors import FileRefused

CELL = st.text(
    st.characters(
        exclude_categories=["Cs"],
        exclude_characters=[*map(chr, range(9)), *map(chr, range(14, 32)), "\x0b", "\x0c", "\x7f"],
    ),
    max_size=20,
)


def opened(text: str | bytes, name: str = "x.csv") -> Table:
    """A table of a text."""
    return open_csv(InFile(name, text.encode() if isinstance(text, str) else text))


def rows(table: Table) -> list[list[str]]:
    """The good rows' cells."""
    return [list(row.cells) for row in table.rows if isinstance(row, SourceRow)]


def problems(table: Table) -> list[tuple[int | None, str, str, str]]:
    """Line, kind, column and finding of each problem."""
    return [(p.line, p.kind, p.column, p.found) for p in table.rows if isinstance(p, Problem)]


@given(
    width=st.integers(2, 5),
    data=st.data(),
    line_end=st.sampled_from(["\n", "\r\n"]),
    delimiter=st.sampled_from([",", ";", "\t"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig"]),
)
def test_what_the_writer_writes_reads_back_equal(
    width: int, data: st.DataObject, line_end: str, delimiter: str, encoding: str
) -> None:
    wanted = data.draw(st.lists(st.lists(CELL, min_size=width, max_size=width), max_size=8))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerow([f"column {n}" for n in range(width)])
    writer.writerows(wanted)
    table = open_csv(InFile("x.csv", out.getvalue().encode(encoding)))
    assert table.delimiter == delimiter
    assert rows(table) == [row for row in wanted if any(row)]


@given(st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=6), st.sampled_from(["utf-8", "gb18030"]))
def test_rows_written_without_needless_quotes_read_back_equal(wanted: list[list[str]], encoding: str) -> None:
    text = "\n".join(csv_text(row) for row in [["编号", "b", "c"], *wanted])
    try:
        table = open_csv(InFile("x.csv", text.encode(encoding)))
    except FileRefused as error:  # GB18030 that happens to be UTF-8 as well can't be told from a mixture
        assert encoding == "gb18030" and "encodings" in error.template
        return
    if table.kind.startswith(encoding):
        assert rows(table) == [row for row in wanted if any(row)]


@given(st.binary(max_size=300))
def test_any_bytes_give_rows_problems_or_a_refusal(content: bytes) -> None:
    try:
        found = list(open_csv(InFile("x.csv", b"a,b\n" + content)).rows)
    except FileRefused:
        return
    assert all(isinstance(row, Problem) or len(row.cells) == 2 for row in found)


@pytest.mark.parametrize(("text", "delimiter"), [("a,b\n1,2", ","), ("a;b\n1;2,5", ";"), ("a\tb\n1\t2", "\t")])
def test_delimiter_comes_from_the_header(text: str, delimiter: str) -> None:
    assert opened(text).delimiter == delimiter


def test_lines_count_from_the_header_through_blank_and_long_rows() -> None:
    table = opened('\n\na,b\n1,2\n\n"two\nlines",3\n4,5\n')
    assert [(row.line, list(row.cells)) for row in table.rows if isinstance(row, SourceRow)] == [
        (4, ["1", "2"]),
        (6, ["two\nlines", "3"]),
        (8, ["4", "5"]),
    ]


def test_rows_of_another_length_are_named_and_the_rest_is_read() -> None:
    text = "a,b,c\n1,2,3\n4,5\n6,7,8,9\n10,11,12\n"
    assert problems(opened(text)) == [(3, "field_count", "", "2"), (4, "field_count", "", "4")]
    assert rows(opened(text)) == [["1", "2", "3"], ["10", "11", "12"]]
    problem = next(row for row in opened(text).rows if isinstance(row, Problem))
    assert (problem.raw, problem.wanted, problem.severity) == ("4,5", "3 fields, as in the header", "kept_aside")


def test_half_a_file_gives_its_whole_rows() -> None:
    whole = "a,b,c\n" + "".join(f"{n},name {n},x\n" for n in range(50))
    half = whole[:305]
    assert not half.endswith("\n")
    assert rows(opened(half))[:5] == rows(opened(whole))[:5]
    assert len(problems(opened(half))) <= 1


def test_open_quote_ends_reading_but_keeps_what_came_before() -> None:
    table = opened('a,b\n1,2\n3,"never closed\n5,6\n7,8\n')
    found = list(table.rows)
    assert isinstance(found[0], SourceRow) and list(found[0].cells) == ["1", "2"]
    (stop,) = found[1:]
    assert isinstance(stop, Problem)
    assert (stop.line, stop.kind, stop.severity) == (3, "quotes", "stopped")
    assert stop.raw == '3,"never closed\n5,6\n7,8\n'


def test_text_after_a_closing_quote_ends_reading() -> None:
    assert problems(opened('a,b\n"x"y,2\n3,4\n')) == [(2, "quotes", "", '"x"y,2')]


def test_rows_that_a_quote_has_joined_end_reading() -> None:
    table = opened('a,b\n1,2\n"3,4\n5",6,7\n8,9\n')
    assert problems(table) == [(3, "spread", "", "3")]


def test_an_endless_quoted_field_ends_reading() -> None:
    text = 'a,b\n1,2\n"' + "x\n" * 200_000
    found = problems(opened(text))
    assert [(line, kind) for line, kind, _, _ in found] == [(3, "quotes")]


def test_quotes_inside_a_plain_field_are_text() -> None:
    assert rows(opened('a,b\nab"cd"ef,1\n')) == [['ab"cd"ef', "1"]]


def test_control_characters_are_kept_aside_and_shown() -> None:
    text = "a,b\n1,2\nx\0y,3\n4,\x1b[31m\ntab\there,5\n"
    assert problems(opened(text)) == [(3, "control", "a", "x\\x00y"), (4, "control", "b", "\\x1b[31m")]
    assert rows(opened(text)) == [["1", "2"], ["tab\there", "5"]]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_line_end_ends_a_row(line_end: str) -> None:
    assert rows(opened(line_end.join(["a,b", "1,2", "3,4"]))) == [["1", "2"], ["3", "4"]]


def test_names_of_columns_lose_marks_and_spaces() -> None:
    assert opened("\ufeffa , b\u3000,\xa0c\n1,2,3").header == ("a", "b", "c")


@pytest.mark.parametrize(
    ("header", "template", "params"),
    [
        ("a,b,a", "Columns appear twice: {doubled}.", {"doubled": "a"}),
        ("a,b ,b", "Columns appear twice: {doubled}.", {"doubled": "b"}),
        ("a,,b", "Column {place} has no name.", {"place": 2}),
        (",,", "The first row must hold the column names, and is empty.", {}),
        ('"a,b', "There is no row of column names at the top.", {}),
        ("a\0,b", "There are control characters in the header.", {}),
    ],
)
def test_headers_that_name_nothing_are_refused(header: str, template: str, params: dict[str, object]) -> None:
    with pytest.raises(FileRefused) as caught:
        opened(header + "\n1,2,3\n")
    assert (caught.value.template, caught.value.params) == (template, params)


def test_missing_columns_are_all_named() -> None:
    with pytest.raises(FileRefused) as caught:
        opened("a,b\n1,2").need(["a", "c", "d"])
    assert str(caught.value) == "x.csv:1: Columns are missing: c, d. The file has: a, b."


def test_nameless_columns_at_the_end_must_be_empty() -> None:
    table = opened("a,b,,\n1,2,,\n3,4,x,\n")
    assert [tuple(row.cells) if isinstance(row, SourceRow) else row.kind for row in table.rows] == [
        ("1", "2", "", ""),
        "unnamed",
    ]


def test_reading_tells_how_far_it_has_come() -> None:
    told: list[tuple[int, int]] = []
    content = b"a,b\n" + b"1,2\n" * 5000
    file = InFile("x.csv", content)
    list(open_csv(file, Meter(file.size, lambda done, total: told.append((done, total)))).rows)
    assert told[-1] == (len(content), len(content))
    assert told == sorted(told) and len(told) >= 5
