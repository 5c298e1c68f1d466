"""Who may do what with tests: every command and read refuses by itself, before it looks at anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from assessments import (
    accommodations,
    attempts,
    bank_exchange,
    disputes,
    effect,
    form_conversion,
    gradebook,
    item_editing,
    item_imports,
    item_reads,
    manual_marks,
    pass_marks,
    practice_reads,
    readiness,
    remarking,
    replay,
    results,
    sittings,
    test_definitions,
    test_statistics,
    xapi,
)
from assessments.blueprint import blueprint_of
from assessments.item_drafts import Place
from assessments.test_settings import Settings
from core.domain.errors import NotAllowed, OrderlyError
from core.portal import certificates
from tests.assessments.conftest import TEST, Portal
from tests.assessments.taking import take

Asked = tuple[Callable[..., Any], tuple[Any, ...]]

WRITING: tuple[Asked, ...] = (
    (item_editing.begin_item, (TEST, "single")),
    (item_editing.begin_version, ("op-001",)),
    (item_editing.duplicate_item, ("op-001",)),
    (item_editing.write_value, (1, Place("stem", "en"), "x")),
    (item_editing.add_part, (1, "options")),
    (item_editing.remove_part, (1, "options", 1)),
    (item_editing.put_back, (1,)),
    (item_editing.move_part, (1, "options", 1, 1)),
    (item_editing.choose_key, (1, 1)),
    (item_editing.share_fractions, (1, (1,))),
    (item_editing.send_to_review, (1,)),
    (item_editing.take_back, (1,)),
    (item_editing.discard_version, (1,)),
    (item_editing.recover_version, (1,)),
    (item_editing.retire_item, ("op-001", "x")),
    (item_editing.restore_item, ("op-001",)),
    (item_imports.save_drafts, ([], TEST)),
    (bank_exchange.read_items, (b"", "x", "gift", "en")),
    (bank_exchange.keep_items, ([], TEST, "x", "", "", (), "")),
    (bank_exchange.write_items, (TEST, "", "", "gift", "en")),
)
MARKING: tuple[Asked, ...] = (
    (remarking.remark_attempt, (1,)),
    (manual_marks.answers_waiting, ()),
    (manual_marks.get_answer, (1, "op-001")),
    (manual_marks.mark_by_rubric, (1, "op-001", {}, "")),
    (manual_marks.mark_by_hand, (1, "op-001", 1.0, "x")),
    (manual_marks.credit_item, (1, "op-001", "x", 1)),
    (disputes.decide_dispute, (1, disputes.REJECTED, "x")),
    (disputes.reach_of, ("op-001",)),
    (disputes.disputes_in, ()),
    (certificates.revoke_certificate, (1, "x")),
)
DESIGNING: tuple[Asked, ...] = (
    (test_definitions.definitions_of, (TEST,)),
    (test_definitions.save_definition, (TEST, blueprint_of(TEST), Settings())),
    (test_definitions.publish_definition, (TEST, 1)),
    (pass_marks.adopt_pass_mark, (TEST, 0, 1)),
    (accommodations.accommodations, ()),
    (accommodations.grant_accommodation, (1,)),
)
REVIEWING: tuple[Asked, ...] = (
    (item_editing.approve_version, (1, "x")),
    (item_editing.send_back, (1, "x")),
    (item_reads.entries_in, ()),
    (item_reads.get_item, ("op-001",)),
    (item_reads.item_of_version, (1,)),
    (item_reads.known_stems, ()),
    (pass_marks.get_judging, (TEST, 1)),
    (pass_marks.judge_items, (TEST, 0, 1, {})),
    (pass_marks.pass_mark_of, (TEST, 1)),
)
OF_THE_ENGINE: tuple[Asked, ...] = ((attempts.overdue_attempts, ()),)
READING: tuple[Asked, ...] = (
    (replay.steps_of, (1,)),
    (results.overview_of, (TEST,)),
    (results.tries_by, (1, TEST)),
    (practice_reads.checks_by_person, ()),
    (readiness.readiness_in, ()),
    (sittings.sittings_of, (TEST,)),
    (test_statistics.newest_of, (TEST,)),
    (test_statistics.roll_of, ()),
    (test_statistics.finished_tests, ()),
    (test_statistics.forms_taken, (TEST,)),
    (test_statistics.answers_to, (TEST, "A-0-1")),
    (test_statistics.answers_behind, (TEST, "A-0-1", "op-001")),
    (test_statistics.scores_behind, (TEST, "A-0-1")),
    (effect.effect_of, (TEST,)),
    (form_conversion.conversion_of, (TEST,)),
    (gradebook.gradebook_of, ()),
    (xapi.statements_of, (TEST, "https://orderly.example")),
)
NAMED: dict[Callable[..., Any], dict[str, Any]] = {
    item_imports.save_drafts: {"origin": "x"},
    bank_exchange.write_items: {"drawings": False},
    manual_marks.mark_by_rubric: {"number": 0},
    manual_marks.mark_by_hand: {"number": 0},
    test_definitions.save_definition: {"base": 0},
    accommodations.grant_accommodation: {"extra_time_rate": 0.0, "larger_text": False, "reason": ""},
}


def refuses(portal: Portal, login: str, asked: tuple[Asked, ...]) -> list[str]:
    """The names of those that don't refuse."""
    open_ones = []
    for work, arguments in asked:
        try:
            portal.do(login, work, *arguments, **NAMED.get(work, {}))
        except NotAllowed:
            continue
        except OrderlyError as error:  # whatever else it says, it has looked before it refused
            open_ones.append(f"{work.__name__}: {error!r}")
        else:
            open_ones.append(work.__name__)
    return open_ones


@pytest.fixture
def taken(portal: Portal) -> Portal:
    """A portal in which somebody else has finished a test, so that there is something to see."""
    take(portal, "bo", "pre", right=3)
    return portal


def test_an_employee_does_and_sees_nothing_of_others(taken: Portal) -> None:
    assert refuses(taken, "ann", WRITING + MARKING + DESIGNING + REVIEWING + READING + OF_THE_ENGINE) == []


def test_a_manager_reads_reviews_and_judges_but_writes_marks_and_designs_nothing(taken: Portal) -> None:
    assert refuses(taken, "max", WRITING + MARKING + DESIGNING) == []
    assert taken.see("max", results.overview_of, TEST).pre.n == 1


def test_a_trainer_is_refused_none_of_it(taken: Portal) -> None:
    asked = WRITING + MARKING + DESIGNING + REVIEWING + READING
    assert len(refuses(taken, "tess", asked)) == len(asked)
