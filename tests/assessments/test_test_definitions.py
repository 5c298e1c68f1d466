"""Definitions: drafts, versions that don't change under anybody, and tests that can't be given."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from assessments.attempts import start_attempt
from assessments.blueprint import Cell, blueprint_of
from assessments.form_draws import check_fillable, drawn, fillings_of, first_form
from assessments.forms import FORM_NAMES, draw_forms, joined_bank
from assessments.test_definitions import (
    DRAFT,
    OWN_VERSION,
    PUBLISHED,
    check_settings,
    definition_of,
    definitions_of,
    open_on_older,
    publish_definition,
    save_definition,
)
from assessments.test_settings import CERTAINTY, CLOSED, INTERACTIVE, Settings
from core.db.assessment_tables import attempt, test_definition
from core.db.portal_tables import audit
from core.domain.errors import ContentError, NotAllowed, NotFound, RuleViolation
from tests.assessments.conftest import TEST, Portal

BLUEPRINT = blueprint_of(TEST)
SHORTER = replace(BLUEPRINT, cells=BLUEPRINT.cells[2:], kinds_least=3, seed=77)
SETTINGS = Settings(behaviour=INTERACTIVE, time_limit_minutes=45, tries=2, pass_rate=0.7)


def rows_count(portal: Portal) -> int:
    with portal.open("tess") as ctx:
        return int(ctx.db.execute(select(func.count()).select_from(test_definition)).scalar_one())


def test_the_house_s_own_is_given_until_something_is_published(portal: Portal) -> None:
    own = portal.see("ann", definition_of, TEST)
    assert (own.version, own.state, own.blueprint, own.settings) == (OWN_VERSION, PUBLISHED, BLUEPRINT, Settings())
    assert portal.do("tess", save_definition, TEST, SHORTER, SETTINGS, base=0) == 1
    assert portal.see("ann", definition_of, TEST) == own
    portal.do("tess", publish_definition, TEST, 1)
    published = portal.see("ann", definition_of, TEST)
    assert (published.version, published.blueprint, published.settings) == (1, SHORTER, SETTINGS)
    assert (published.author, published.at) == ("Tess", portal.now)


def test_versions_are_listed_newest_first(portal: Portal) -> None:
    portal.do("tess", save_definition, TEST, SHORTER, SETTINGS, base=0)
    portal.do("tess", publish_definition, TEST, 1)
    portal.do("tess", save_definition, TEST, BLUEPRINT, SETTINGS, base=1)
    found = portal.see("tess", definitions_of, TEST)
    assert [(one.version, one.state) for one in found] == [(2, DRAFT), (1, PUBLISHED), (0, PUBLISHED)]
    assert portal.see("ann", definition_of, TEST).version == 1
    with portal.open("tess") as ctx:
        kinds = ctx.db.execute(select(audit.c.kind).where(audit.c.kind.like("test_%ed")).order_by(audit.c.id))
        assert list(kinds.scalars()) == ["test_saved", "test_published", "test_saved"]


def test_who_saves_over_somebody_s_version_is_told(portal: Portal) -> None:
    portal.do("tess", save_definition, TEST, SHORTER, SETTINGS, base=0)
    with pytest.raises(RuleViolation, match="Version 1 was saved meanwhile"):
        portal.do("tess", save_definition, TEST, BLUEPRINT, SETTINGS, base=0)
    assert rows_count(portal) == 1


def test_only_the_newest_draft_is_published(portal: Portal) -> None:
    portal.do("tess", save_definition, TEST, SHORTER, SETTINGS, base=0)
    portal.do("tess", save_definition, TEST, BLUEPRINT, SETTINGS, base=1)
    with pytest.raises(RuleViolation, match="Only the draft saved last"):
        portal.do("tess", publish_definition, TEST, 1)
    portal.do("tess", publish_definition, TEST, 2)
    with pytest.raises(RuleViolation, match="Only the draft saved last"):
        portal.do("tess", publish_definition, TEST, 2)
    with pytest.raises(NotFound):
        portal.do("tess", publish_definition, TEST, 9)


def test_a_test_that_cannot_be_filled_stays_a_draft(portal: Portal) -> None:
    greedy = replace(BLUEPRINT, cells=(Cell("2.5", "remember", 60),))
    portal.do("tess", save_definition, TEST, greedy, SETTINGS, base=0)
    with pytest.raises(ContentError, match=r"Cell 2\.5 × Remember needs 120 items for two forms, the bank has \d+$"):
        portal.do("tess", publish_definition, TEST, 1)
    assert portal.see("ann", definition_of, TEST).version == OWN_VERSION


@pytest.mark.parametrize("login", ["ann", "max"])
def test_nobody_sets_up_tests_without_the_right(portal: Portal, login: str) -> None:
    for work, args in (
        (save_definition, (TEST, SHORTER, SETTINGS)),
        (publish_definition, (TEST, 1)),
        (definitions_of, (TEST,)),
    ):
        more: dict[str, Any] = {"base": 0} if work is save_definition else {}
        with pytest.raises(NotAllowed):
            portal.do(login, work, *args, **more)
    assert rows_count(portal) == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"behaviour": "kind"}, "Choose how the test behaves"),
        ({"counting": "worst"}, "Choose how the test behaves"),
        ({"time_limit_minutes": 0}, "between 1 and 480 minutes"),
        ({"time_limit_minutes": 481}, "between 1 and 480 minutes"),
        ({"opens_at": 10, "closes_at": 10}, "close before it opens"),
        ({"tries": 0}, "1 to 10 times"),
        ({"tries_per_item": 6}, "1 to 5 times"),
        ({"penalty": 1.01}, "between 0% and 100%"),
        ({"pass_rate": 0.0}, "above 0%"),
        ({"pass_rate": 1.2}, "above 0%"),
        ({"keys_shown": "sometimes"}, "when the answers are shown"),
        ({"keys_shown": CLOSED}, "when the test closes"),
    ],
)
def test_settings_that_make_no_sense_are_refused(portal: Portal, change: dict[str, Any], message: str) -> None:
    with pytest.raises(RuleViolation, match=message):
        portal.do("tess", save_definition, TEST, BLUEPRINT, replace(Settings(), **change), base=0)
    assert rows_count(portal) == 0


def test_settings_at_their_bounds_are_taken() -> None:
    check_settings(Settings(behaviour=CERTAINTY, time_limit_minutes=480, tries=10, tries_per_item=5, penalty=0.0))
    check_settings(
        Settings(keys_shown=CLOSED, opens_at=5, closes_at=6, time_limit_minutes=1, penalty=1.0, pass_rate=1.0)
    )


def test_a_test_nobody_knows_is_refused(portal: Portal) -> None:
    with pytest.raises(ContentError, match="There is no test of this name"):
        portal.see("ann", definition_of, "astrology")
    with pytest.raises(ContentError, match="There is no test of this name"):
        portal.do("tess", save_definition, "astrology", BLUEPRINT, SETTINGS, base=0)


def test_attempts_open_on_an_older_version_are_counted(portal: Portal) -> None:
    portal.do("ann", start_attempt, TEST, "pre")
    portal.do("tess", save_definition, TEST, SHORTER, SETTINGS, base=0)
    portal.do("tess", publish_definition, TEST, 1)
    assert portal.see("tess", open_on_older, portal.see("tess", definition_of, TEST)) == 1
    portal.do("bo", start_attempt, TEST, "pre")
    assert portal.see("tess", open_on_older, portal.see("tess", definition_of, TEST)) == 1


def test_drawing_is_done_once_per_blueprint_and_bank(portal: Portal) -> None:
    bank = joined_bank(BLUEPRINT.topics)
    assert drawn(BLUEPRINT, bank) == drawn(BLUEPRINT, bank) == draw_forms(BLUEPRINT, bank, BLUEPRINT.seed)
    assert drawn(SHORTER, bank) != drawn(BLUEPRINT, bank)
    forms = portal.see("tess", check_fillable, BLUEPRINT)
    assert [len(forms[name].items) for name in FORM_NAMES] == [20, 20]


def test_fillings_say_what_each_cell_needs_and_finds() -> None:
    bank = joined_bank(BLUEPRINT.topics)
    found = fillings_of(bank, replace(BLUEPRINT, cells=(Cell("2.1", "apply", 2), Cell("9.1", "decide", 1))))
    assert [(one.wanted, one.found > 3, one.short) for one in found] == [(4, True, False), (2, False, True)]


def test_each_team_is_halved_over_the_forms(portal: Portal) -> None:
    people = [(f"{team}{n}", team) for team in ("north", "south") for n in range(7)]
    for login, team in people:
        portal.admit(login, team=team)
    got: dict[str, Counter[str]] = {"north": Counter(), "south": Counter()}
    definition = portal.see("tess", definition_of, TEST)
    for login, team in people:
        form = portal.see("tess", first_form, definition, portal.actors[login].person_id)
        portal.do(login, start_attempt, TEST, "pre")
        with portal.open(login) as ctx:
            found = select(attempt.c.form).where(attempt.c.person_id == portal.actors[login].person_id)
            assert ctx.db.execute(found).scalar_one() == form
        got[team][form] += 1
    assert all(abs(count["A"] - count["B"]) == 1 for count in got.values())


def test_without_the_swap_everybody_gets_form_a_first(portal: Portal) -> None:
    definition = portal.see("tess", definition_of, TEST)
    plain = replace(definition, settings=replace(definition.settings, swapped=False))
    assert {portal.see("tess", first_form, plain, number) for number in range(1, 9)} == {"A"}


@pytest.mark.postgres
def test_two_trainers_at_one_moment_on_postgresql(postgres_portal: Portal) -> None:
    """The slower one is told, and neither a version nor its publishing is there twice."""
    portal = postgres_portal
    portal.admit("tom", role="trainer", position=None)
    save = partial(save_definition, base=0), (TEST, SHORTER, SETTINGS), "saved meanwhile"
    publish = publish_definition, (TEST, 1), "Only the draft"
    with ThreadPoolExecutor(1) as pool:
        for work, arguments, said in (save, publish):
            with portal.open("tess") as ctx:
                work(ctx, *arguments)
                second = pool.submit(portal.do, "tom", work, *arguments)
                with pytest.raises(TimeoutError):
                    second.result(timeout=0.5)  # it waits for the first
            with pytest.raises(RuleViolation, match=said):
                second.result(timeout=20)
    (given, _) = portal.see("tess", definitions_of, TEST)
    assert (given.version, given.state, given.author) == (1, PUBLISHED, "Tess")
    with portal.open("tess") as ctx:
        published = select(func.count()).where(audit.c.kind == "test_published")
        assert ctx.db.execute(published).scalar_one() == 1
