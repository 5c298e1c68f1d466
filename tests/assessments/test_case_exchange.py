"""Cases in and out: a workbook carries them round, and every other format says what becomes of them."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
import zipfile
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from assessments import item_editing as editing
from assessments.bank_exchange import keep_items, read_items, write_items
from assessments.bank_rows import versions_of
from assessments.case_drafts import draft_from, tables_of
from assessments.cases import MOST_ROWS
from assessments.interchange.formats import FORMATS, WORKBOOK
from assessments.interchange.parsed import Parsed, Severity, Written
from assessments.interchange.workbook_layout import CASE_COLUMNS, CASES, COLUMNS
from assessments.interchange.workbook_reading import read_workbook
from assessments.interchange.workbook_writing import write_workbook
from assessments.item_drafts import ITEMS, PART, Place, plain_item
from core.db.assessment_tables import bank_item
from core.domain.errors import NotAllowed
from tests.assessments.case_writing import CELLS, HEAD, SITUATION, TITLE, changed_case, new_case
from tests.assessments.conftest import Portal
from tests.assessments.interchange import qti_grammar
from tests.assessments.item_writing import TOPIC, approved, version

NOTHING: tuple[Any, ...] = ("", "", [], "")
PLACE = "{http://www.imsglobal.org/xsd/imsqti_v2p1}"


@pytest.fixture
def portal(writers: Portal) -> Portal:
    return writers


def written(portal: Portal, code: str, *, drawings: bool = False) -> Written:
    found = portal.see("tess", write_items, TOPIC, "", "", code, "en", drawings=drawings)
    assert isinstance(found, Written)
    return found


def cases_in(parsed: Parsed) -> list[Any]:
    return [draft for draft in parsed.items if draft.table["kind"] == "case"]


def test_a_workbook_carries_a_case_round_and_knows_it_again(portal: Portal) -> None:
    own = approved(portal, new_case(portal).id)
    made = written(portal, WORKBOOK)
    parsed = portal.see("tess", read_items, made.content, "questions.xlsx", WORKBOOK, "en")
    assert parsed.problems == ()
    (draft,) = cases_in(parsed)
    assert (draft.name, len(draft.table[ITEMS])) == (own.item_id, 2)
    (again,) = portal.do("tess", keep_items, [draft], TOPIC, "questions.xlsx", *NOTHING)
    assert (again.outcome, again.version_id) == ("same", None)


def test_a_case_of_a_file_becomes_a_draft_of_its_own_or_a_new_version(portal: Portal) -> None:
    own = approved(portal, new_case(portal).id)
    (draft,) = cases_in(read_workbook(written(portal, WORKBOOK).content))
    renamed = draft.table | {"title": {"en": "Other parcels", "zh": "另一周"}}
    renamed[ITEMS] = [renamed[ITEMS][1], {**renamed[ITEMS][0], "id": "xx-new"}]
    (changed,) = portal.do("tess", keep_items, [type(draft)(draft.name, renamed, 2)], TOPIC, "questions.xlsx", *NOTHING)
    assert (changed.outcome, changed.item_id, changed.missing) == ("changed", own.item_id, 0)
    newer = version(portal, changed.version_id)
    assert (newer.number, newer.draft["title"]["zh"]) == (2, "另一周")
    assert [item[PART] for item in newer.draft[ITEMS]] == [2, 3], "the item it knows keeps its number, no other gets it"
    bare = {name: value for name, value in renamed.items() if name != "id"}
    (fresh,) = portal.do("tess", keep_items, [type(draft)("x", bare, 2)], TOPIC, "questions.xlsx", *NOTHING)
    assert (fresh.outcome, fresh.missing) == ("new", 0)
    assert plain_item(version(portal, fresh.version_id).draft)[ITEMS] == plain_item(newer.draft)[ITEMS]
    (refused,) = portal.do("tess", keep_items, [type(draft)("x", renamed, 2)], TOPIC, "q.xlsx", *NOTHING)
    assert refused.outcome == "refused" and refused.version_id is None


def test_what_a_file_doesnt_say_of_its_questions_is_taken_from_beside_it(portal: Portal) -> None:
    plain = plain_item(new_case(portal).draft)
    for item in plain[ITEMS]:
        for name in HEAD:
            del item[name]
    (read,) = cases_in(read_workbook(write_workbook(_tables(plain)).content))
    given = (HEAD["competency"], HEAD["level"], HEAD["positions"], HEAD["source"])
    (kept,) = portal.do("tess", keep_items, [read], TOPIC, "questions.xlsx", *given)
    assert kept.missing == 0
    assert version(portal, kept.version_id).draft[ITEMS][0]["positions"] == HEAD["positions"]


def _tables(plain: dict[str, Any], case_id: str = "own-77") -> list[dict[str, Any]]:
    """The items of a case as they are written into files."""
    case, items = tables_of(draft_from(plain, plain[ITEMS]), case_id, 1)
    about = {
        "id": case_id,
        **{name: case[name] for name in ("title", "situation")},
        "exhibits": case.get("exhibits", []),
    }
    return [{**item, "case": about} for item in items]


def test_who_may_not_write_takes_no_case_in(portal: Portal) -> None:
    draft = new_case(portal)
    (read,) = cases_in(read_workbook(write_workbook(_tables(plain_item(draft.draft))).content))
    before = portal.see("tess", lambda ctx: ctx.db.execute(select(bank_item)).all())
    with pytest.raises(NotAllowed):
        portal.do("ann", keep_items, [read], TOPIC, "questions.xlsx", *NOTHING)
    assert portal.see("tess", lambda ctx: ctx.db.execute(select(bank_item)).all()) == before


def test_a_case_of_the_houses_models_is_not_replaced_by_one_of_a_file(portal: Portal) -> None:
    plain = plain_item(new_case(portal).draft)
    (read,) = cases_in(read_workbook(write_workbook(_tables(plain, "op-case-1")).content))
    (taken,) = portal.do("tess", keep_items, [read], TOPIC, "questions.xlsx", *NOTHING)
    assert taken.outcome == "refused"
    assert portal.see("tess", versions_of, "op-case-1") == ()


# ---- the sheet -----------------------------------------------------------------------------------------------------


def spoilt(**cells: tuple[int, str]) -> Parsed:
    """A workbook of one case read again, after some cells of its sheet of cases were changed."""
    about: dict[str, Any] = {"id": "ca-1", "title": _said(TITLE), "situation": _said(SITUATION)}
    heads, *rows = CELLS
    same = [[{"en": cell["en"], "zh": cell["zh"] or cell["en"]} for cell in row] for row in rows]
    about["exhibits"] = [{"title": _said(("E", "表")), "columns": heads, "rows": same, "chart": "bars"}]
    item = {
        "kind": "numeric", **HEAD, "stem": _said(("How many?", "多少？")), "answer": 3,
        "reason": _said(("1 + 2.", "1 加 2。")), "case": about,
    }  # fmt: skip
    book = load_workbook(io.BytesIO(write_workbook([{"id": f"xx-{n}", **item} for n in (1, 2)]).content))
    for column, (row, text) in cells.items():
        book[CASES].cell(row, list(CASE_COLUMNS).index(column) + 1).value = text
    out = io.BytesIO()
    book.save(out)
    return read_workbook(out.getvalue())


def _said(texts: tuple[str, str]) -> dict[str, str]:
    return {"en": texts[0], "zh": texts[1]}


def test_the_sheet_of_cases_is_read_as_it_was_written() -> None:
    parsed = spoilt()
    (draft,) = cases_in(parsed)
    assert parsed.problems == ()
    assert (draft.table["id"], draft.table["title"]) == ("ca-1", _said(TITLE))
    (exhibit,) = draft.table["exhibits"]
    assert (exhibit["chart"], exhibit["cells"][1][1]) == ("bars", {"en": "120", "zh": "120"})


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ({"part": (3, "tabel")}, "sheet_part"),
        ({"id": (2, "")}, "sheet_no_id"),
        ({"part": (3, "case"), "chart": (3, "")}, "twice"),
        ({"part": (3, "headings"), "chart": (3, "")}, "sheet_extra"),
        ({"chart": (3, "pie")}, "sheet_chart"),
        ({"part": (4, "row")}, "sheet_no_table"),
        ({"part": (5, "headings")}, "sheet_no_table"),
        ({"chart": (2, "bars")}, "sheet_extra"),
        ({"situation_en": (2, "x" * 4_001)}, "too_long"),
    ],
)
def test_what_is_wrong_on_the_sheet_leaves_the_case_and_its_questions_out(
    cells: dict[str, tuple[int, str]], kind: str
) -> None:
    parsed = spoilt(**cells)
    assert parsed.items == ()
    assert kind in {one.kind for one in parsed.problems}
    assert [one.kind for one in parsed.problems].count("sheet_unknown_case") == 2


def test_a_table_is_never_longer_than_it_may_be_and_a_case_has_two_questions() -> None:
    plain = {"kind": "case", "title": _said(TITLE), "situation": _said(SITUATION)}
    row = [_said(("a", "甲")), _said(("1", "1"))]
    long = {"title": _said(("E", "表")), "columns": row, "rows": [row] * (MOST_ROWS + 1)}
    item = {"kind": "numeric", **HEAD, "stem": _said(("n?", "几？")), "answer": 3, "reason": _said(("r", "理"))}
    parsed = read_workbook(write_workbook(_tables(plain | {"exhibits": [long], ITEMS: [item, item]})).content)
    assert parsed.items == () and "too_many" in {one.kind for one in parsed.problems}
    parsed = read_workbook(write_workbook(_tables(plain | {ITEMS: [item]})).content)
    assert len(cases_in(parsed)) == 1
    assert [one.severity for one in parsed.problems] == [Severity.TO_MEND]


def test_a_csv_file_has_no_sheet_of_cases() -> None:
    header = ",".join(COLUMNS.values())
    row = ["xx-1", "item", "short_text", "A?", "甲？", *[""] * 13, "ca-1"]
    parsed = read_workbook(f"{header}\n{','.join(row)}\n".encode(), "items.csv")
    assert [one.kind for one in parsed.problems if one.kind.startswith("sheet")] == ["sheet_unknown_case"]


# ---- other formats -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [code for code, one in FORMATS.items() if not one.cases])
def test_a_format_without_cases_says_the_situation_in_the_question_and_reports_it(portal: Portal, code: str) -> None:
    own = approved(portal, new_case(portal).id)
    made = written(portal, code)
    told = [one for one in made.problems if one.kind == "case_in_stem"]
    assert [one.item for one in told] == [f"{own.item_id}-1", f"{own.item_id}-2"]
    assert {one.severity for one in told} == {Severity.KEPT_ASIDE}
    text = made.content.decode()
    assert SITUATION[0] in text and "Monday | 120" in text


@pytest.mark.parametrize("drawings", [False, True])
def test_qti_shows_the_situation_and_its_tables_before_each_question(portal: Portal, drawings: bool) -> None:
    own = approved(portal, changed_case(portal, new_case_id(portal), Place("title", "en"), "Parcels <b>again</b>").id)
    made = written(portal, "qti", drawings=drawings)
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        items = {name: ET.fromstring(archive.read(name)) for name in archive.namelist() if name.startswith("items/")}
    for number in (1, 2):
        root = items[f"items/item-{own.item_id}-{number}.xml"]
        assert list(qti_grammar.problems_of_grammar(root)) == []
        body = root.find(f"{PLACE}itemBody")
        assert body is not None and body[0].tag == f"{PLACE}div" and len(body) > 1
        assert [one.text for one in body[0].iter(f"{PLACE}th")] == ["Day", "Parcels"]
        assert [one.text for one in body[0].iter(f"{PLACE}td")] == ["Monday", "120", "Tuesday", "80"]
        assert "Parcels <b>again</b>" in "".join(body[0].itertext()) and SITUATION[0] in "".join(body[0].itertext())
    drawn = [root for name, root in items.items() if name.startswith("items/item-op-80")]
    assert bool(drawn) == drawings
    for root in drawn:
        assert list(qti_grammar.problems_of_grammar(root)) == []
        assert root.find(f"{PLACE}itemBody/{PLACE}div/{PLACE}table") is not None


def new_case_id(portal: Portal) -> str:
    """A case in use."""
    return approved(portal, new_case(portal).id).item_id


def test_a_retired_case_goes_into_no_file(portal: Portal) -> None:
    own = new_case_id(portal)
    portal.do("tess", editing.retire_item, own, "Old.")
    assert cases_in(read_workbook(written(portal, WORKBOOK).content)) == []
