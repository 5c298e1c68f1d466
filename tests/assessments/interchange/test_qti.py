"""QTI 2.1: the package's structure, and its rules of marking carried out beside our own."""

from __future__ import annotations

import io
import itertools
import re
import xml.etree.ElementTree as ET
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from assessments.bank import bank_of, question_of
from assessments.banked_items import topics
from assessments.interchange.parsed import Severity
from assessments.interchange.qti import CP, LOM, write_qti
from assessments.interchange.qti_items import QTI
from assessments.interchange.qti_rules import fits, pattern_of
from assessments.interchange.tables import table_of
from assessments.interchange.workbook_examples import EXAMPLES
from assessments.marking import mark
from assessments.questions import Choice, Content, Matching, Numeric, Ordering, ShortText
from tests.assessments.interchange.items import house_tables, single
from tests.assessments.interchange.qti_grammar import problems_of_grammar
from tests.assessments.interchange.qti_player import carried_out, name_of

Q = f"{{{QTI}}}"
IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
CHOICES = ("simpleChoice", "simpleAssociableChoice")
INTERACTIONS = {
    "choiceInteraction": {"single", "multiple"},
    "textEntryInteraction": {"single"},
    "matchInteraction": {"multiple"},
    "orderInteraction": {"ordered"},
    "extendedTextInteraction": {"single"},
}


def unpacked(content: bytes) -> dict[str, ET.Element]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: ET.fromstring(archive.read(name)) for name in archive.namelist()}


def problems_in_item(root: ET.Element) -> Iterator[str]:
    """What is wrong with the structure of one item."""
    if root.tag != f"{Q}assessmentItem":
        yield f"root {root.tag}"
    yield from problems_of_grammar(root)
    declared = {one.get("identifier"): one for one in root.findall(f"{Q}responseDeclaration")}
    outcomes = {one.get("identifier"): one for one in root.findall(f"{Q}outcomeDeclaration")}
    choices = [
        one.get("identifier", "") for one in root.iter() if name_of(one).startswith("simple") and one.get("identifier")
    ]
    if len(set(choices)) != len(choices) or not all(map(IDENTIFIER.fullmatch, [*choices, root.get("identifier", "")])):
        yield f"identifiers {choices}"
    found = [one for one in root.iter() if name_of(one).endswith("Interaction")]
    if len(found) != 1:
        yield f"{len(found)} interactions"
    for one in found:
        answer = declared.get(one.get("responseIdentifier"))
        if answer is None or answer.get("cardinality") not in INTERACTIONS[name_of(one)]:
            yield f"{name_of(one)} without its declaration"
    yield from _problems_in_declarations(root, choices)
    for element in root.iter():
        wanted: Mapping[Any, Any] = {}
        match name_of(element):
            case "variable":
                wanted = {**declared, **outcomes}
            case "mapResponse" | "correct":
                wanted = declared
            case "setOutcomeValue":
                wanted = outcomes
            case "modalFeedback":
                if element.get("outcomeIdentifier") not in outcomes or not "".join(element.itertext()).strip():
                    yield "feedback without outcome or text"
                continue
            case _:
                continue
        if element.get("identifier") not in wanted:
            yield f"{name_of(element)} of {element.get('identifier')}"


def _problems_in_declarations(root: ET.Element, choices: list[str]) -> Iterator[str]:
    (declaration,) = root.findall(f"{Q}responseDeclaration")
    base = declaration.get("baseType")
    values = [value.text or "" for value in declaration.findall(f"{Q}correctResponse/{Q}value")]
    keys = [entry.get("mapKey", "") for entry in declaration.iter(f"{Q}mapEntry")]
    if base in ("identifier", "directedPair"):
        for value in [*values, *keys]:
            if not set(value.split(" ")) <= set(choices) or len(value.split(" ")) != 1 + (base == "directedPair"):
                yield f"no choice {value}"
    if keys:
        (score,) = (one for one in root.findall(f"{Q}outcomeDeclaration") if one.get("identifier") == "SCORE")
        worth = [float(entry.get("mappedValue", "")) for entry in declaration.iter(f"{Q}mapEntry")]
        if sum(one for one in worth if one > 0) != pytest.approx(float(score.get("normalMaximum", "")), abs=1e-6):
            yield f"the map adds up to {sum(worth)}"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_item_of_the_house_makes_a_sound_item(language: str) -> None:
    items = house_tables()
    written = write_qti(items, language)
    assert written.items_count == len(items)
    assert {(one.kind, one.severity) for one in written.problems} <= {("loses", Severity.KEPT_ASIDE)}
    files = unpacked(written.content)
    wrong = {
        name: found
        for name, root in files.items()
        if name != "imsmanifest.xml" and (found := list(problems_in_item(root)))
    }
    assert wrong == {}


def test_every_kind_of_item() -> None:
    files = unpacked(write_qti(EXAMPLES, "en").content)
    assert {name: list(problems_in_item(root)) for name, root in files.items() if name.startswith("items/")} == {
        f"items/item-ex-{number}.xml": [] for number in range(1, 8)
    }
    rubric = [one.text for one in files["items/item-ex-7.xml"].iterfind(f".//{Q}rubricBlock/{Q}p")]
    assert rubric[1:3] == ["Says what comes next (2)", "0: Nothing"]


def test_the_manifest_names_every_file_and_what_it_is_about() -> None:
    files = unpacked(write_qti(house_tables()[:5], "en").content)
    manifest = files.pop("imsmanifest.xml")
    assert manifest.tag == f"{{{CP}}}manifest"
    parts = ("metadata", "organizations", "resources")
    assert [child.tag for child in manifest] == [f"{{{CP}}}{name}" for name in parts]
    resources = manifest.findall(f".//{{{CP}}}resource")
    assert {one.get("type") for one in resources} == {"imsqti_item_xmlv2p1"}
    assert [one.get("href") for one in resources] == list(files)
    assert [one.find(f"{{{CP}}}file").get("href") for one in resources] == list(files)  # type: ignore[union-attr]
    ids = [one.get("identifier", "") for one in resources]
    assert len(set(ids)) == 5 and all(map(IDENTIFIER.fullmatch, ids))
    said = [one.text for one in resources[0].iterfind(f".//{{{LOM}}}langstring")]
    assert said[:2] == [f"{name}:{house_tables()[0][name]}" for name in ("competency", "level")]


def test_the_same_items_give_the_same_bytes_and_ids_stay_apart() -> None:
    items = [single("One?") | {"id": "a b"}, single("Two?") | {"id": "a_b"}, single("Three?")]
    one, other = write_qti(items, "en"), write_qti(items, "en")
    assert one.content == other.content
    assert list(unpacked(one.content))[1:] == ["items/item-a_b.xml", "items/item-a_b-2.xml", "items/item-new-3.xml"]


def test_what_qti_cannot_hold() -> None:
    hinted = single("y") | {"hints": [{"en": "Think of z."}]}
    made, spoilt = {"id": "xx-1", "kind": "generated"}, single("a \x01 b")
    written = write_qti([made, spoilt, single("x") | {"stem": {"zh": "只有中文"}}, hinted], "en")
    assert [one.kind for one in written.problems] == ["generated", "cannot_hold_control", "no_language", "loses"]
    assert written.items_count == 1


def names_in(root: ET.Element) -> dict[str, str]:
    """What is chosen from, by its words; in a matching only what stands on the right."""
    parts = root.findall(f".//{Q}simpleMatchSet")[1:] or [root]
    return {
        spoken(one): one.get("identifier", "")
        for one in parts[0].iter()
        if name_of(one).startswith("simple") and one.text
    }


def spoken(element: ET.Element) -> str:
    """The words of an element with their emphasis."""
    bold = [f"**{one.text}**{one.tail or ''}" for one in element]
    return (element.text or "") + "".join(bold)


def responses_to(content: Content, root: ET.Element) -> Iterator[tuple[Any, Any]]:
    """Answers as we keep them, and the same as the English item hands them over."""
    named = names_in(root)
    match content:
        case Choice(options=options, several=True):
            names = [option.name for option in options]
            for count in range(1, len(names) + 1):
                for chosen in itertools.combinations(names, count):
                    yield list(chosen), [name.upper() for name in chosen]
        case Choice(options=options):
            yield from ((option.name, option.name.upper()) for option in options)
        case Numeric() as number:
            values = [number.answer, *(near.value for near in number.near)]
            margins = [number.tolerance, *(near.tolerance for near in number.near)]
            for value, margin in zip(values, margins, strict=True):
                for one in (value, value + margin, value - margin, value + 2 * margin + 1):
                    yield f"{one:.10g}", float(f"{one:.10g}")
        case ShortText(accepts=accepts):
            for accept in accepts:
                said = accept.pattern
                yield from ((text, text) for text in (said.replace("*", " x "), said.upper().replace("*", ""), "else"))
        case Matching(pairs=pairs, rights=rights):
            lefts = {pair.name: f"L{place}" for place, pair in enumerate(pairs, start=1)}
            places = {right.name: named[right.text.en] for right in rights}
            for right in rights:
                given = {pair.name: right.name for pair in pairs}
                yield given, [f"{lefts[left]} {places[name]}" for left, name in given.items()]
            yield (
                {pair.name: pair.right for pair in pairs},
                [f"{lefts[one.name]} {places[one.right]}" for one in pairs],
            )
        case Ordering(steps=steps):
            for order in itertools.islice(itertools.permutations(steps), 0, None, 7):
                yield [step.name for step in order], [named[step.text.en] for step in order]


def test_marking_by_qti_is_marking_by_us() -> None:
    items = [item for topic in topics() for item in bank_of(topic).items if item.kind != "generated"]
    files = unpacked(write_qti([table_of(item) for item in items], "en").content)
    compared: Counter[str] = Counter()
    for item in items:
        root = files[f"items/item-{item.id}.xml"]
        for ours, theirs in responses_to(question_of(item).content, root):
            fraction = mark(question_of(item), ours).fraction
            assert fraction is not None
            score, _ = carried_out(root, theirs)
            assert score == pytest.approx(fraction * item.weight, abs=1e-5), (item.id, ours)
            assert (score == item.weight) is (fraction == 1), (item.id, ours)
            compared[item.kind] += 1
    assert set(compared) == {"single", "multiple", "numeric", "short_text", "matching", "ordering"}
    assert min(compared.values()) > 100


def test_a_weight_scales_what_an_order_earns() -> None:
    ordering = next(item for item in house_tables() if item["kind"] == "ordering")
    ordering = ordering | {"steps": ordering["steps"][:4]}
    root = unpacked(write_qti([ordering | {"weight": 3.0}], "en").content)[f"items/item-{ordering['id']}.xml"]
    names = [names_in(root)[step["text"]["en"]] for step in ordering["steps"]]
    earned = {
        "".join("ABCD"[at] for at in order): carried_out(root, [names[at] for at in order])[0]
        for order in itertools.permutations(range(4))
    }
    assert earned["ABCD"] == 3.0
    assert earned["BACD"] == pytest.approx(2.0)  # five of six pairs, less one
    assert earned["BADC"] == pytest.approx(1.0)
    assert earned["DCBA"] == earned["BDCA"] == 0.0


EMPTY = {"en": "", "zh": ""}


def test_a_table_may_have_empty_cells_but_no_missing_ones() -> None:
    def told(cell: dict[str, str]) -> dict[str, Any]:
        columns = [EMPTY, {"en": "Paid"}]
        exhibit = {"title": EMPTY, "columns": columns, "rows": [[cell, {"en": "3.00"}]]}
        return single("How much?") | {"id": "xx-1", "exhibit": exhibit}

    root = unpacked(write_qti([told(EMPTY)], "en").content)["items/item-xx-1.xml"]
    assert list(problems_in_item(root)) == []
    assert [one.text for one in root.iter(f"{Q}td")] == [None, "3.00"]
    assert [one.kind for one in write_qti([told({"zh": "运费"})], "en").problems] == ["no_language"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_file_shows_no_order_and_no_pairs(language: str) -> None:
    """A player that leaves everything as it is written must not show the key."""
    items = [item for item in house_tables() if item["kind"] in ("ordering", "matching")]
    files = unpacked(write_qti(items, language).content)
    for item in items:
        root = files[f"items/item-{item['id']}.xml"]
        shown = list(names_in(root))
        names = list(names_in(root).values())
        assert names == [f"R{at}" for at in range(1, len(names) + 1)] or names == sorted(names)
        parts = item.get("steps") or [{"text": pair["right"]} for pair in item["pairs"]]
        written = [part["text"][language] for part in parts] + [one[language] for one in item.get("distractors", ())]
        assert sorted(shown) == sorted(set(written))
        assert shown != list(dict.fromkeys(written))


def test_feedback_follows_the_answer() -> None:
    root = unpacked(write_qti(EXAMPLES[2:3], "en").content)["items/item-ex-3.xml"]
    assert carried_out(root, 17.0) == (1.0, "RIGHT")
    assert carried_out(root, 9.0) == (0.2, "NEAR1")
    assert carried_out(root, 8.0) == (0.0, "WRONG")


@pytest.mark.parametrize(
    ("wording", "text", "fits"),
    [
        ("Pack*", "packing it", True),
        ("a.b", "axb", False),
        ("5 $ (five)", " 5   $ (FIVE", True),
        ("*重复*", "订单重复了", True),
        ("a+b", "aab", False),
        ("straße", "STRASSE", True),
    ],
)
def test_wordings_as_patterns(wording: str, text: str, fits: bool) -> None:
    assert (re.fullmatch(pattern_of(wording), text) is not None) is fits


def test_a_wording_is_taken_as_a_whole_even_by_who_looks_for_it_anywhere() -> None:
    """Patterns are anchored by the standard; some players search within the answer all the same."""

    def searched(test: ET.Element, answer: str) -> bool:
        match test.tag:
            case "and":
                return all(searched(part, answer) for part in test)
            case "not":
                return not searched(test[0], answer)
        return re.search(test.get("pattern", ""), answer) is not None

    test = fits("sample size")
    assert [searched(test, one) for one in ("sample size", "  Sample   SIZE ", "sample")] == [True, True, False]
    assert not any(
        searched(test, one) for one in ("the sample size", "sample size?", "resample sizes", "a sample size b")
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a **b** c", "a <strong>b</strong> c"),
        ("**a\nb**", "<strong>a<br />b</strong>"),
        ("138****1234", "138****1234"),
        ("2 ** 3", "2 ** 3"),
        ("x **y** 138****1", "x <strong>y</strong> 138****1"),
    ],
)
def test_emphasis_is_marked_up(text: str, shown: str) -> None:
    written = write_qti([single(text) | {"id": "xx-1"}], "en")
    prompt = unpacked(written.content)["items/item-xx-1.xml"].find(f".//{Q}prompt")
    assert prompt is not None
    plain = ET.tostring(prompt, encoding="unicode").replace(f'xmlns:ns0="{QTI}"', "").replace("ns0:", "")
    assert plain.strip() == f"<prompt >{shown}</prompt>"
