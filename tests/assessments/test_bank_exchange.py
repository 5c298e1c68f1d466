"""Items in and out: nothing is written by looking, what is kept becomes a draft, and what goes out comes back."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from assessments.bank_exchange import keep_items, read_items, write_items
from assessments.bank_rows import DRAFT, versions_of
from assessments.banked_items import bank_for, house_drafts
from assessments.interchange.formats import FORMATS, READABLE, recognised
from assessments.interchange.parsed import Parsed, Severity, Written
from assessments.interchange.workbook_writing import template
from assessments.item_imports import CHANGED, NEW, SAME, Taken
from core.db.assessment_tables import bank_item
from core.domain.errors import FileRefused, NotAllowed, NotFound, RuleViolation
from tests.assessments.conftest import Portal
from tests.assessments.interchange.items import house_tables, the_same

TOPIC = "order_processing"
GIFT = b"::One::Which step comes after picking?{=Packing#Yes. ~Invoicing#No.}\n\n::Two::Broken{=a ~b\n"
DEFAULTS = ("2.1", "apply", ["O"], "Handbook 5.1")


def read(portal: Portal, data: bytes, code: str, language: str = "en", name: str = "questions.txt") -> Parsed:
    found = portal.see("tess", read_items, data, name, code, language)
    assert isinstance(found, Parsed)
    return found


def written(portal: Portal, code: str, language: str = "en", **wanted: object) -> Written:
    args = {"topic": TOPIC, "competency": "", "kind": "", "drawings": False, **wanted}
    made = portal.see("tess", write_items, code=code, language=language, **args)
    assert isinstance(made, Written)
    return made


def rows_count(portal: Portal) -> int:
    return int(portal.see("tess", lambda ctx: ctx.db.execute(select(func.count()).select_from(bank_item)).scalar_one()))


def keep(portal: Portal, parsed: Parsed, topic: str = TOPIC) -> tuple[Taken, ...]:
    kept = portal.do("tess", keep_items, parsed.items, topic, "questions.txt", *DEFAULTS)
    assert isinstance(kept, tuple)
    return kept


def test_a_file_is_read_without_writing_and_kept_as_drafts(portal: Portal) -> None:
    parsed = read(portal, GIFT, "gift")
    assert [(one.kind, one.line, one.item) for one in parsed.problems] == [("brace", 3, "Two")]
    assert rows_count(portal) == 0
    (taken,) = keep(portal, parsed)
    assert (taken.name, taken.outcome) == ("One", NEW)
    (version,) = portal.see("tess", versions_of, taken.item_id)
    assert (version.state, version.number, version.topic) == (DRAFT, 1, TOPIC)
    assert version.draft["stem"] == {"en": "Which step comes after picking?", "zh": ""}
    assert version.draft["competency"] == "2.1"
    assert [option["fraction"] for option in version.draft["options"]] == [1.0, 0.0]
    assert taken.missing == 5  # the Chinese of the question, of two options and of two reasons


def test_an_item_that_goes_out_and_comes_back_changed_is_a_new_version(portal: Portal) -> None:
    made = written(portal, "gift", competency="2.1", kind="single")
    assert made.items_count > 1
    first = read(portal, made.content, "gift").items[0]
    stem = str(first.table["stem"]["en"])
    changed = made.content.replace(stem.encode(), b"Changed: which one is right?")
    taken = keep(portal, read(portal, changed, "gift"))
    assert [one.outcome for one in taken] == [CHANGED] + [SAME] * (made.items_count - 1)
    newest = portal.see("tess", versions_of, taken[0].item_id)[0]
    house = house_drafts(TOPIC)[taken[0].item_id]
    assert newest.draft["stem"] == {"en": "Changed: which one is right?", "zh": house["stem"]["zh"]}
    assert (newest.state, newest.number) == (DRAFT, 2)
    again = keep(portal, read(portal, changed, "gift"))
    assert again[0].outcome == SAME  # it is in the draft already


@pytest.mark.parametrize("code", READABLE)
def test_what_goes_out_is_read_back(portal: Portal, code: str) -> None:
    made = written(portal, code, kind="single")
    parsed = read(portal, made.content, code, name=f"x{FORMATS[code].suffix}")
    assert len(parsed.items) == made.items_count > 20
    assert {one.severity for one in made.problems} <= {Severity.KEPT_ASIDE}
    wanted = {item["id"]: item for item in house_tables()}
    if code != "aiken":
        language = None if FORMATS[code].bilingual else "en"
        assert all(the_same(draft.table, wanted[draft.table["id"]], language) for draft in parsed.items)


def test_items_made_anew_are_reported_or_drawn_once(portal: Portal) -> None:
    made = written(portal, "moodle_xml", kind="generated")
    count = sum(item.kind == "generated" for item in portal.see("tess", bank_for, [TOPIC]).items)
    assert made.items_count == 0
    assert [one.kind for one in made.problems] == ["generated"] * count
    drawn = written(portal, "workbook", kind="generated", drawings=True)
    assert drawn.items_count == count
    assert {one.kind for one in drawn.problems} == {"one_drawing"}
    parsed = read(portal, drawn.content, "workbook", name="x.xlsx")
    assert len(parsed.items) == count
    assert {draft.table["id"][-1] for draft in parsed.items} == {"x"}
    assert [one.text for one in parsed.problems] == []


def test_who_may_and_what_is_refused(portal: Portal) -> None:
    parsed = read(portal, GIFT, "gift")
    for work, args in (
        (read_items, (GIFT, "a.txt", "gift", "en")),
        (keep_items, (parsed.items, TOPIC, "a.txt", *DEFAULTS)),
    ):
        with pytest.raises(NotAllowed):
            portal.do("ann", work, *args)
    with pytest.raises(NotAllowed):
        portal.see("ann", write_items, TOPIC, "", "", "gift", "en", drawings=False)
    with pytest.raises(NotFound):
        read(portal, GIFT, "qti")
    with pytest.raises(NotFound):
        read(portal, GIFT, "word")
    with pytest.raises(NotFound):
        read(portal, GIFT, "gift", "fr")
    with pytest.raises(NotFound):
        written(portal, "gift", topic="nothing")
    with pytest.raises(FileRefused):
        read(portal, b"", "gift")
    with pytest.raises(NotFound):
        keep(portal, parsed, "nothing")
    with pytest.raises(RuleViolation):
        portal.do("tess", keep_items, (), TOPIC, "a.txt", *DEFAULTS)
    assert rows_count(portal) == 0


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (GIFT, "a.txt", "gift"),
        (b"\xef\xbb\xbf  <?xml version='1.0'?><quiz/>", "a.txt", "moodle_xml"),
        (b"broken", "a.xml", "moodle_xml"),
        (b"Which?\r\nA) a\r\nB) b\r\nANSWER: B\r\n", "a.txt", "aiken"),
        (b"Which ANSWER: A?{=a ~b}\nANSWER: A", "a.txt", "gift"),
        (template(), "a.bin", "workbook"),
        (b"x", "a.csv", "workbook"),
        (b"", "a", "gift"),
    ],
)
def test_formats_are_recognised(data: bytes, name: str, code: str) -> None:
    assert recognised(data, name) == code
