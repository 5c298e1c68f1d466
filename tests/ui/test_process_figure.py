"""The drawing of a process map: boxes that don't cover each other, arrows between them, and what can be pressed."""

from __future__ import annotations

from itertools import combinations

import pytest

from core.domain.orders import Fact
from core.domain.trails import KINDS, Activity, Step
from core.ui.i18n import in_language
from core.ui.process_figure import fact_name, is_deviation, process_figure, short_duration, visible, wrapped
from core.ui.process_layout import HALF_HEIGHT, HALF_WIDTH, MARGIN, Lane, lay_out, main_way

R, P, C, S, A, X, D = (
    str(fact)
    for fact in (
        Fact.RECEIVED,
        Fact.PAID,
        Fact.CONFIRMED,
        Fact.STOPPED,
        Fact.ALLOCATED,
        Fact.CANCELLED,
        Fact.DELIVERED,
    )
)


def step(source: str, target: str, orders: int, times: int | None = None) -> Step:
    return Step(source, target, orders, times or orders, 60.0, 7_200.0)


def activity(kind: str, orders: int, first: int = 0) -> Activity:
    return Activity(kind, orders, orders, first, 0)


ACTIVITIES = [
    activity(R, 100, first=100),
    activity(P, 90),
    activity(S, 20),
    activity(C, 95),
    activity(A, 90),
    activity(X, 5),
]
STEPS = [
    step(R, P, 80),
    step(P, C, 70),
    step(C, A, 90),
    step(R, S, 15),
    step(P, S, 5),
    step(S, C, 15),
    step(S, P, 3),
    step(A, X, 4),
    step(S, X, 1),
    step(R, C, 6),
    step(C, P, 1),
]


def test_the_middle_is_the_way_of_most_orders() -> None:
    assert main_way(ACTIVITIES, STEPS) == (R, P, C, A, X)
    assert main_way([], []) == ()


def test_no_box_covers_another_and_all_stand_within_the_map() -> None:
    """Also where everything follows everything."""
    everything = [activity(kind, 50, first=50 if kind == R else 0) for kind in KINDS]
    steps = [step(a, b, 1 + (len(a) * 7 + len(b)) % 40) for a in KINDS for b in KINDS]
    for activities, taken in ((ACTIVITIES, STEPS), (everything, steps)):
        layout = lay_out(activities, taken, main_way(activities, taken)[:6])
        assert {box.kind for box in layout.boxes} == {one.kind for one in activities}
        for one, other in combinations(layout.boxes, 2):
            assert abs(one.x - other.x) > 2 * HALF_WIDTH or abs(one.y - other.y) > 2 * HALF_HEIGHT, (one, other)
        assert all(HALF_WIDTH < box.x < 1 - HALF_WIDTH and 0 <= box.y <= layout.height - 1 for box in layout.boxes)
        assert len(layout.arrows) == len(taken)


def test_an_arrow_goes_from_its_box_to_its_box() -> None:
    layout = lay_out(ACTIVITIES, STEPS, (R, P, C, A))
    boxes = {box.kind: box for box in layout.boxes}
    for arrow in layout.arrows:
        for kind, x, y in (
            (arrow.step.source, arrow.xs[0], arrow.ys[0]),
            (arrow.step.target, arrow.xs[-1], arrow.ys[-1]),
        ):
            box = boxes[kind]
            assert abs(x - box.x) <= HALF_WIDTH + 0.02, arrow
            assert abs(y - box.y) <= HALF_HEIGHT + 0.06, arrow
        assert all(-MARGIN <= x <= 1 + MARGIN for x in arrow.xs), arrow
    assert boxes[X].lane is Lane.RIGHT
    assert boxes[S].lane is Lane.LEFT


def test_rare_steps_are_left_out_with_the_boxes_that_only_they_touch() -> None:
    activities, steps = visible(ACTIVITIES, STEPS, 0.05, 100)
    assert X not in {one.kind for one in activities}
    assert min(one.orders_count for one in steps) == 5
    assert visible(ACTIVITIES, STEPS, 0.0, 100) == (ACTIVITIES, STEPS)
    only_received = [activity(R, 3, first=3)]
    assert visible(only_received, [], 0.005, 3) == (only_received, [])


def test_what_is_pressed_is_found_again() -> None:
    drawn = process_figure(ACTIVITIES, STEPS, 100, dark=False)
    found = {
        key: (curve, point)
        for curve, trace in enumerate(drawn.chart["data"])
        for point in range(len(trace["x"]))
        if (key := drawn.key_of(curve, point))
    }
    assert set(found) == {f"fact:{one.kind}" for one in ACTIVITIES} | {f"step:{s.source}>{s.target}" for s in STEPS}
    curve, point = found[f"step:{R}>{P}"]
    assert "80 of 100 orders" in drawn.chart["data"][curve]["hovertext"][point]
    assert drawn.key_of(999, 0) is drawn.key_of(0, 0) is drawn.key_of(curve, 999) is None


def test_labels_say_counts_and_the_time_that_was_asked_for() -> None:
    def said(share: str) -> list[str]:
        drawn = process_figure(ACTIVITIES, STEPS, 100, dark=True, share=share)
        return [one["text"] for one in drawn.chart["layout"]["annotations"]]

    assert "<b>80</b><br>1 min" in said("p50")
    assert "<b>80</b><br>2.0 h" in said("p90")
    assert "Order<br>confirmed<br><b>95</b>" in said("p50")


def test_what_the_machine_forbids_is_red_and_a_way_stands_out() -> None:
    forbidden = step(X, A, 2)
    assert is_deviation(forbidden)
    assert not is_deviation(step(P, S, 1)), "a payment moves nothing, so nothing can follow it wrongly"
    drawn = process_figure(ACTIVITIES, [*STEPS, forbidden], 100, dark=False)
    by_key = {
        f"{s.source}>{s.target}": drawn.chart["data"][curve]["line"]["color"]
        for curve, s in enumerate(_drawn_order([*STEPS, forbidden]))
    }
    assert by_key[f"{X}>{A}"] == "#C44536"
    assert list(by_key.values()).count("#C44536") == 1
    lit = process_figure(ACTIVITIES, STEPS, 100, dark=False, way=(R, P, C))
    colours = [trace["line"]["color"] for trace in lit.chart["data"] if trace["mode"] == "lines"]
    assert colours.count("#0E8A7D") == 2


def _drawn_order(steps: list[Step]) -> list[Step]:
    return [arrow.step for arrow in lay_out(ACTIVITIES, steps, main_way(ACTIVITIES, steps)).arrows]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_label_fits_a_box(language: str) -> None:
    with in_language(language):
        for kind in KINDS:
            lines = wrapped(fact_name(kind))
            assert len(lines) <= 3, lines
            assert "".join(lines).replace(" ", "") == fact_name(kind).replace(" ", "")


def test_durations_in_one_unit() -> None:
    assert [short_duration(n) for n in (0, 59.4, 60, 3_599, 3_600, 86_399, 86_400, 10 * 86_400)] == [
        "0 s", "59 s", "1 min", "60 min", "1.0 h", "24 h", "1.0 d", "10 d"
    ]  # fmt: skip
