"""Every hostile CSV file does what its manifest expects, through the reader that people use for their own files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from core.channels import findings, mapped
from core.channels.files import InFile
from core.channels.incoming import IncomingOrder, Problem, Terms
from core.channels.mapping import guess
from core.domain.errors import ContentError

# name → orders taken in, and (line, kind) of the problems; or the beginning of the refusal.
WANTED: dict[str, tuple[int, list[tuple[int, str]]] | str] = {
    "dup_headers.csv": "Columns appear twice",
    "empty.csv": "The file is empty",
    "formulas.csv": (24, [(23, "control")]),
    "gbk.csv": (1, []),
    "header_only.csv": (0, []),
    "html_as.csv": "This isn't a CSV file",
    "id_precision.csv": (1, [(3, "damaged_number")]),
    "latin1_invalid_utf8.csv": "The text is neither UTF-8 nor GB18030",
    "mixed_encoding.csv": "Two encodings in one file",
    "mixed_newlines.csv": (3, []),
    "nul_bytes.csv": (0, [(2, "control")]),
    "png_as.csv": "This isn't a CSV file",
    "quote_in_middle.csv": (1, []),
    "ragged_short.csv": (0, [(2, "field_count")]),
    "semicolon.csv": (1, []),
    "unterminated_quote.csv": (0, [(2, "quotes")]),
    "utf16le_bom.csv": "This is a UTF-16 file",
    "utf8_bom.csv": (1, []),
}


def read(path: Path, terms: Terms) -> tuple[list[IncomingOrder], list[Problem]]:
    """Orders and problems of a file, by the guessed mapping."""
    file = InFile.at(path)
    found = list(findings("mapped", [file], terms, mapping=guess(mapped.header_of(file))))
    return [f for f in found if isinstance(f, IncomingOrder)], [f for f in found if isinstance(f, Problem)]


@pytest.mark.parametrize("name", WANTED)
def test_hostile_file(acceptance: Callable[[str], Path], terms: Terms, name: str) -> None:
    path, wanted = acceptance(f"hostile/{name}"), WANTED[name]
    if isinstance(wanted, str):
        with pytest.raises(ContentError) as caught:
            read(path, terms)
        assert caught.value.template.startswith(wanted)
        assert caught.value.file == name
        return
    orders, problems = read(path, terms)
    assert (len(orders), [(p.line, p.kind) for p in problems]) == wanted


def test_what_must_be_rejected_gives_no_order(acceptance: Callable[[str], Path]) -> None:
    manifest = json.loads(acceptance("hostile/manifest.json").read_text(encoding="utf-8"))
    csv_files = {name for name, entry in manifest.items() if entry["kind"] == "csv"}
    assert csv_files == {*WANTED, "dates.csv"}
    for name in csv_files - {"dates.csv"}:
        wanted = WANTED[name]
        taken = 0 if isinstance(wanted, str) else wanted[0]
        complained = isinstance(wanted, str) or bool(wanted[1])
        expect = manifest[name]["expect"]
        assert expect != "reject" or (taken == 0 and complained), name
        assert expect != "accept" or not isinstance(wanted, str), name


def test_texts_come_in_as_they_are(acceptance: Callable[[str], Path], terms: Terms) -> None:
    orders, _ = read(acceptance("hostile/formulas.csv"), terms)
    names = {order.number: order.buyer_name for order in orders}
    assert (names["SO-0"], names["SO-6"], names["SO-7"]) == ("=1+1", "\r=1+1", "\n=1+1")
    assert (names["SO-16"], names["SO-20"], names["SO-24"]) == ("'=1+1", "\ufeff=1+1", ",=1+1")
    (order,), _ = read(acceptance("hostile/gbk.csv"), terms)
    assert (order.buyer_name, order.street) == ("李雷", "上海市浦东新区世纪大道1号")
    (order,), _ = read(acceptance("hostile/id_precision.csv"), terms)
    assert order.number == "00123456789012345678901"


def test_dates_are_one_thing_or_a_problem(acceptance: Callable[[str], Path], terms: Terms) -> None:
    orders, problems = read(acceptance("hostile/dates.csv"), terms)
    assert {order.number: order.placed_at for order in orders} == {
        "SO-1": 1_709_136_000,  # 2024-02-29 in Shanghai
        "SO-4": 1_772_908_200,
        "SO-10": 1_772_899_200,
        "SO-13": 1_772_899_200,
        "SO-18": 1_772_937_000,
        "SO-19": 1_772_908_200,
    }
    assert len(problems) == 19
    assert {p.order_number: p.kind for p in problems if p.kind != "instant"} == {
        "SO-5": "future",
        "SO-6": "too_old",
        "SO-11": "day_order",
    }
