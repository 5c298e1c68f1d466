"""Items as tables, the way a bank file has them, whatever they are now: of the house, drawn for somebody, or drafts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assessments.bank import Item
from assessments.exhibits import case_data, exhibit_data
from assessments.interchange.emphasis import unmarked
from assessments.prose import LANGUAGES, Prose
from assessments.questions import Choice, Content, Matching, Numeric, OpenText, Ordering, Question, ShortText


def said_in(prose: Mapping[str, str] | None, language: str) -> str:
    """What a text says in a language, nothing if it doesn't."""
    return (prose or {}).get(language, "").strip()


def name_of(table: Mapping[str, Any]) -> str:
    """How an item is called in a message: its id, or the beginning of what it asks."""
    stem = next((text for text in (table.get("stem") or {}).values() if text), "")
    return str(table.get("id") or " ".join(unmarked(stem).split())[:60])


def table_of(item: Item) -> dict[str, Any]:
    """An item of a bank as a table; one that is made anew for everybody has no content in it.

    Shape: what it is about stands beside it, as `case` (the situation written by hand that it shares) and `exhibit`,
    for formats that have a place for them; `told` says it in the question for those that haven't.
    """
    table: dict[str, Any] = {
        "id": item.id,
        "kind": item.kind,
        "competency": item.competency,
        "positions": list(item.positions),
        "level": item.level,
        "source": item.source,
    }
    if item.weight != 1:
        table["weight"] = item.weight
    if item.hints:
        table["hints"] = [hint.as_data() for hint in item.hints]
    if item.stem is not None:
        table["stem"] = item.stem.as_data()
    if isinstance(item.content, Content):
        table |= content_table(item.content)
    if item.case is not None and item.case.view is not None:
        table["case"] = case_data(item.case.view)
    return table


def table_of_drawing(item: Item, question: Question) -> dict[str, Any]:
    """One drawing of an item that is made anew for everybody: what one person would be asked, with its table of facts.

    Why: it gets an id of its own, since read back it is another item.
    """
    table = table_of(item) | {"id": f"{item.id}x", "kind": question.kind, "stem": question.stem.as_data()}
    about = {"case": case_data(question.case), "exhibit": exhibit_data(question.exhibit)}
    return table | {name: value for name, value in about.items() if value} | content_table(question.content)


def told(table: Mapping[str, Any]) -> dict[str, Any]:
    """The table with the situation and the exhibits said in the question itself."""
    told_table = {name: value for name, value in table.items() if name not in ("case", "exhibit")}
    case, stem = table.get("case"), table["stem"]
    if case:
        stem = {one: f"{case['situation'][one]}\n\n{stem[one]}" for one in LANGUAGES}
    for exhibit in exhibits_of(table):
        rows = [exhibit["columns"], *exhibit["rows"]]
        stem = {
            one: "\n".join(
                [stem[one], "", exhibit["title"][one], *(" | ".join(cell[one] for cell in row) for row in rows)]
            )
            for one in LANGUAGES
        }
    return told_table | {"stem": stem}


def exhibits_of(table: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """All that an item is about: what its case shows, then what it shows itself."""
    shown = list((table.get("case") or {}).get("exhibits", ()))
    return [*shown, table["exhibit"]] if table.get("exhibit") else shown


def content_table(content: Content) -> dict[str, Any]:
    """What a question holds, as the fields of a bank file."""
    match content:
        case Choice(options=options):
            return {
                "options": [
                    {"text": one.text.as_data(), "fraction": one.fraction, "reason": one.reason.as_data()}
                    for one in options
                ]
            }
        case Numeric():
            return _numeric_table(content)
        case ShortText(accepts=accepts, reason=reason):
            return {
                "reason": reason.as_data(),
                "accept": [
                    {"pattern": one.pattern, "fraction": one.fraction, "reason": one.reason.as_data()}
                    for one in accepts
                ],
            }
        case Matching():
            return _matching_table(content)
        case Ordering(steps=steps):
            return {"steps": [{"text": one.text.as_data(), "reason": one.reason.as_data()} for one in steps]}
        case OpenText():
            return _open_text_table(content)


def _numeric_table(content: Numeric) -> dict[str, Any]:
    table: dict[str, Any] = {"answer": content.answer, "tolerance": content.tolerance}
    if content.unit is not None:
        table["unit"] = content.unit.as_data()
    table["reason"] = content.reason.as_data()
    if content.near:
        table["near"] = [
            {
                "value": one.value,
                "tolerance": one.tolerance,
                "fraction": one.fraction,
                "reason": one.reason.as_data(),
            }
            for one in content.near
        ]
    return table


def _matching_table(content: Matching) -> dict[str, Any]:
    rights: dict[str, Prose] = {right.name: right.text for right in content.rights}
    used = {pair.right for pair in content.pairs}
    table: dict[str, Any] = {
        "pairs": [
            {"left": one.left.as_data(), "right": rights[one.right].as_data(), "reason": one.reason.as_data()}
            for one in content.pairs
        ]
    }
    others = [right.text.as_data() for right in content.rights if right.name not in used]
    return table | ({"distractors": others} if others else {})


def _open_text_table(content: OpenText) -> dict[str, Any]:
    rubric = []
    for criterion in content.rubric:
        levels = [{"text": one.text.as_data(), "points": one.points} for one in criterion.levels]
        rubric.append({"text": criterion.text.as_data(), "points": criterion.points, "levels": levels})
    return {"reason": content.reason.as_data(), "rubric": rubric}


def in_language(table: Mapping[str, Any], language: str) -> dict[str, Any]:
    """An item in one language only, as a file of one language holds it."""
    return {name: _only(value, language) for name, value in table.items()}


def _only(value: Any, language: str) -> Any:
    if isinstance(value, Mapping):
        if value and set(value) <= set(LANGUAGES):
            return {language: value[language]} if value.get(language) else {}
        return {name: _only(one, language) for name, one in value.items()}
    return [_only(one, language) for one in value] if isinstance(value, list) else value
