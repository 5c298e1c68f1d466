"""Reading GIFT, Moodle's text format for questions, as Moodle's own reader does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from assessments.interchange.foreign import (
    DESCRIPTION,
    ESSAY,
    MATCH,
    MULTICHOICE,
    NUMERICAL,
    ORDERING,
    SHORTANSWER,
    TRUEFALSE,
    Answer,
    ForeignQuestion,
    Worded,
    default_name,
)
from assessments.interchange.from_foreign import drafts_from
from assessments.interchange.parsed import LeftOut, Parsed, Problem, problem
from assessments.interchange.texts import RESERVED, decoded, plain, spoilt
from assessments.questions import MOST_PARTS

GAP = "_____"
_MOST_ANSWERS = 1_000
_ESCAPED = ":#={}~"
_HIDE = {f"\\{sign}": mark for sign, mark in zip(_ESCAPED, RESERVED, strict=False)} | {"\\n": RESERVED[6]}
_SHOW = str.maketrans({mark: sign for sign, mark in zip(_ESCAPED + "\n", RESERVED, strict=False)})
_BACKSLASH = RESERVED[7]
_ANY_ESCAPE = re.compile(r"\\\\|\\[:#={}~n]")
_WEIGHT = re.compile(r"%(-*\d{1,3}(?:\.\d*)?)%")
_TAG = re.compile(r"\[(id|tag):((?:\\.|[^][\\])+)\]")
# What may stand behind the > of an ordering: how many, which, how laid out, how graded and numbered.
_ORDER_WORDS = re.compile(
    r"[0-9]+|ALL|EXACT|REL|RANDOM|CONTIGUOUS|H|HORI|HORIZONTAL|V|VERT|VERTICAL|ALL_OR_NOTHING|ABS|ABSOLUTE"
    r"|ABSOLUTE_POSITION|RELATIVE[A-Z_]*|LONGEST[A-Z_]*|YES|NO|SHOW|HIDE|NONE|ABC|ABCD|123|III",
    re.IGNORECASE,
)
_MARKUPS = {"html": "html", "moodle": "moodle", "plain": "plain", "markdown": "markdown"}
_TRUE, _FALSE = frozenset({"T", "TRUE"}), frozenset({"F", "FALSE"})


@dataclass(frozen=True, slots=True)
class _Block:
    """The lines of one question, without its comments."""

    line: int
    text: str
    comments: str


def read_gift(data: bytes, language: str, name: str = "gift.txt") -> Parsed:
    """The items of a GIFT file in the language it is written in.

    Raises: FileRefused when it is no text at all.
    """
    return drafts_from(gift_questions(decoded(data, name)), language)


def gift_questions(text: str) -> Iterator[ForeignQuestion | Problem]:
    """Every question of a GIFT text as it stands there, and a problem in place of each that can't be read."""
    category = ""
    for block in _blocks(text):
        try:
            if block.text.startswith("$CATEGORY:"):
                first, _, rest = block.text.partition("\n")
                category = first.removeprefix("$CATEGORY:").strip()
                if not rest.strip():
                    continue
                block = replace(block, line=block.line + 1, text=rest.strip())
            question = _question(block)
        except LeftOut as left:
            yield left.problem
            continue
        yield replace(question, said={**question.said, "category": category}) if category else question


def _blocks(text: str) -> Iterator[_Block]:
    """Questions are divided by empty lines, wherever they stand."""
    lines: list[str] = []
    comments: list[str] = []
    first = 0
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        said = line.strip()
        if said.startswith("//"):
            comments.append(said)
        elif said:
            first = first or number
            lines.append(said)
        else:
            if lines:
                yield _Block(first, "\n".join(lines), "\n".join(comments))
            lines, comments, first = [], [], 0


def _question(block: _Block) -> ForeignQuestion:
    if spoilt(block.text) or spoilt(block.comments):
        raise LeftOut(problem("control", block.line, None, ascii(block.text)[1:-1]))
    text = _ANY_ESCAPE.sub(lambda found: _HIDE.get(found[0], _BACKSLASH), block.text)
    name, text = _named(text)
    before, answers, after = _divided(text, name, block)
    question = before if after is None else before + (GAP + after if after else "")
    answers, _, general = _rightmost(answers or "", "####")
    worded = _worded(question, "moodle")
    shown = name or default_name(plain(worded))
    id_number, tags = _id_and_tags(block.comments)
    read = ForeignQuestion(
        type=ESSAY,
        name=shown,
        text=worded,
        line=block.line,
        general_feedback=_worded(general, worded.markup),
        id_number=id_number,
        tags=tags,
    )
    if after is None:
        return replace(read, type=DESCRIPTION)
    return _answered(read, answers.strip(), block)


def _shown(text: str) -> str:
    return text.translate(_SHOW).replace(_BACKSLASH, "\\")


def _named(text: str) -> tuple[str, str]:
    if not text.startswith("::"):
        return "", text
    name, mark, rest = text[2:].partition("::")
    return (_shown(name).strip(), rest.strip()) if mark else ("", text[2:])


def _divided(text: str, name: str, block: _Block) -> tuple[str, str, str | None]:
    """What stands before, in and after the braces; no after where there are none, so that it is only a text."""
    start, end = text.find("{"), text.find("}")
    if start < 0 and end < 0:
        return text, "", None
    if start < 0 or end < start:
        raise LeftOut(problem("brace", block.line, name or None, _shown(text)))
    return text[:start], text[start + 1 : end], text[end + 1 :]


def _rightmost(text: str, mark: str) -> tuple[str, str, str]:
    before, found, after = text.rpartition(mark)
    return (before, found, after) if found else (text, "", "")


def _worded(text: str, markup: str) -> Worded:
    """A text with the markup that it names in brackets, or else that of its question."""
    text = text.strip()
    if text.startswith("[") and (named := _MARKUPS.get(text[1:].partition("]")[0])) and "]" in text:
        text, markup = text.partition("]")[2], named
    return Worded(_shown(text).strip(), markup)


def _id_and_tags(comments: str) -> tuple[str, tuple[str, ...]]:
    id_number, tags = "", []
    for kind, text in _TAG.findall(comments):
        said = re.sub(r"\\(.)", r"\1", text).strip()
        if kind == "id":
            id_number = said
        elif said:
            tags.append(said)
    return id_number, tuple(tags)


def _answered(read: ForeignQuestion, answers: str, block: _Block) -> ForeignQuestion:
    """The question with its type and answers."""
    if not answers:
        return read
    if answers.startswith("#"):
        return replace(read, type=NUMERICAL, answers=_numbers(answers[1:], read))
    if (steps := _steps(answers)) is not None:
        parts = tuple(Answer(_worded(step, read.text.markup), float(at)) for at, step in enumerate(steps, start=1))
        return replace(read, type=ORDERING, answers=parts)
    if "~" in answers:
        return replace(read, type=MULTICHOICE, single="=" in answers, answers=_choices(answers, read))
    if "=" in answers and "->" in answers:
        return replace(read, type=MATCH, pairs=tuple(_pairs(answers, read)))
    verdict, *feedbacks = answers.split("#", 2)
    if verdict.strip() in _TRUE | _FALSE:
        return _true_or_false(read, verdict.strip() in _TRUE, feedbacks)
    found_answers = [_answer(part, 1.0, read) for part in _parts(answers, "=", read)]
    if not found_answers:
        raise LeftOut(problem("no_answer", block.line, read.name))
    return replace(read, type=SHORTANSWER, answers=tuple(found_answers))


def _steps(answers: str) -> list[str] | None:
    """The steps of an ordering, which are lines below one that begins with > and says how it is done."""
    head, _, rest = answers.partition("\n")
    if not head.startswith(">") or not all(map(_ORDER_WORDS.fullmatch, head[1:].split())):
        return None
    return [line for line in rest.split("\n") if line.strip()]


def _true_or_false(read: ForeignQuestion, true: bool, feedbacks: list[str]) -> ForeignQuestion:
    """The first feedback is for those who are wrong, the second for those who are right."""
    wrong, right = [_worded(text, read.text.markup) for text in [*feedbacks, "", ""][:2]]
    of_true, of_false = (right, wrong) if true else (wrong, right)
    return replace(read, type=TRUEFALSE, true=true, feedback_true=of_true, feedback_false=of_false)


def _parts(text: str, mark: str, read: ForeignQuestion) -> list[str]:
    count = text.count(mark)
    if count > _MOST_ANSWERS:
        raise LeftOut(problem("too_many", read.line, read.name, str(count), most=MOST_PARTS))
    first, *rest = text.split(mark)
    return [part.strip() for part in ([first] if first.strip() else []) + rest]


def _weighed(part: str, otherwise: float) -> tuple[float, str]:
    found = _WEIGHT.match(part)
    if found is None:
        return otherwise, part
    value = float(found[1].lstrip("-")) / 100
    return -value if found[1].startswith("-") else value, part[found.end() :]


def _answer(part: str, otherwise: float, read: ForeignQuestion) -> Answer:
    fraction, rest = _weighed(part, otherwise)
    text, _, feedback = rest.partition("#")
    return Answer(_worded(text, read.text.markup), fraction, _worded(feedback, read.text.markup))


def _choices(answers: str, read: ForeignQuestion) -> tuple[Answer, ...]:
    parts = _parts(answers.replace("=", "~="), "~", read)
    if len(parts) < 2:
        raise LeftOut(problem("few_answers", read.line, read.name, _shown(answers), least=2))
    found = []
    for part in parts:
        if part.startswith("="):
            text, _, feedback = part[1:].partition("#")
            found.append(Answer(_worded(text, read.text.markup), 1.0, _worded(feedback, read.text.markup)))
        else:
            found.append(_answer(part, 0.0, read))
    return tuple(found)


def _pairs(answers: str, read: ForeignQuestion) -> Iterator[tuple[Worded, Worded]]:
    parts = _parts(answers, "=", read)
    if len(parts) < 2:
        raise LeftOut(problem("few_answers", read.line, read.name, _shown(answers), least=2))
    for part in parts:
        left, arrow, right = part.partition("->")
        if not arrow:
            raise LeftOut(problem("no_pair", read.line, read.name, _shown(part)))
        yield _worded(left, read.text.markup), Worded(_shown(right).strip(), "plain")


def _numbers(answers: str, read: ForeignQuestion) -> tuple[Answer, ...]:
    answers, _, wrong = answers.partition("~")
    found = []
    for part in _parts(answers, "=", read):
        answer = _answer(part, 1.0, read)
        number, tolerance = _number(answer.text.text, read)
        found.append(answer._replace(text=Worded(number, "plain"), tolerance=tolerance))
    if not found:
        raise LeftOut(problem("no_answer", read.line, read.name))
    if wrong:
        found.append(_answer(wrong, 0.0, read)._replace(text=Worded("*", "plain"), fraction=0.0))
    return tuple(found)


def _number(text: str, read: ForeignQuestion) -> tuple[str, str]:
    """A number and its tolerance: `1822`, `1822:5`, `1..5`."""
    try:
        if text.find("..") > 0:
            low, _, high = text.partition("..")
            least, most = _decimal(low), _decimal(high)
            middle = (least + most) / 2
            return _plainly(middle), _plainly(most - middle)
        number, colon, tolerance = text.partition(":")
        _decimal(number)
        if colon:
            _decimal(tolerance)
        return number.strip(), tolerance.strip() if colon else "0"
    except InvalidOperation:
        raise LeftOut(problem("not_a_number", read.line, read.name, text)) from None


def _decimal(text: str) -> Decimal:
    number = Decimal(text.strip())
    if not number.is_finite() or abs(number) >= Decimal(10) ** 15:
        raise InvalidOperation
    return number


def _plainly(number: Decimal) -> str:
    return format(number.normalize(), "f")
