"""Errors: a template with values, plain in English, with the place where it is known."""

from __future__ import annotations

from core.domain.errors import ContentError, FileRefused, Label, NotAllowed, OrderlyError, RuleViolation
from core.domain.labels import label_of
from core.domain.orders import Fact, Status
from core.domain.rights import Position
from core.domain.stock import Account


def test_values_fill_the_template() -> None:
    error = RuleViolation("{a} and {b}", a=(Status.RECEIVED, Status.PACKED), b=Label("Note"))
    assert str(error) == "received, packed and Note"
    assert error.template == "{a} and {b}"


def test_user_text_with_braces_is_left_alone() -> None:
    assert str(RuleViolation("Held: {reason}", reason="{0} {x} %s")) == "Held: {0} {x} %s"
    assert str(RuleViolation("Nothing was changed.")) == "Nothing was changed."


def test_the_place_is_named() -> None:
    assert str(ContentError("no key", file="bank.toml", line=12, item="op-001")) == "bank.toml:12 [op-001]: no key"
    assert str(FileRefused("empty", file="a.csv")) == "a.csv: empty"
    assert str(ContentError("wrong")) == "wrong"


def test_the_tree() -> None:
    assert issubclass(FileRefused, ContentError)
    assert all(issubclass(kind, OrderlyError) for kind in (RuleViolation, NotAllowed, ContentError))


def test_labels_are_found_by_kind_not_by_value() -> None:
    assert label_of(Status.PACKED) == "Packed"
    assert label_of(Fact.PACKED) == "Packed"
    assert label_of(Account.PICKED) == "Picked"
    assert label_of(Position.ORDER_CLERK) == "Order clerk"
