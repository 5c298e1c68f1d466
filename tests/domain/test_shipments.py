"""The shipment machine, exhaustively, and what shipments say of their order's status."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.domain.errors import RuleViolation
from core.domain.orders import Status
from core.domain.rights import RIGHTS
from core.domain.shipments import (
    MANIFEST_STATUS_LABELS,
    SHIPMENT_FACT_LABELS,
    SHIPMENT_STATUS_LABELS,
    SHIPMENT_TRANSITIONS,
    ManifestStatus,
    ShipmentFact,
    ShipmentState,
    ShipmentStatus,
    allot,
    derived_status,
    shipment_number,
    shipment_refusal,
    shipment_transition,
    waybill_number,
)
from core.domain.stock import Account, Move, Place

S = ShipmentStatus
# The machine written a second time, as a person reads it: command → (from, to).
MACHINE = {
    "accept_task": ({S.PLANNED}, S.RELEASED),
    "refuse_task": ({S.PLANNED}, S.CANCELLED),
    "release": ({S.PLANNED}, S.RELEASED),
    "refuse_as_carrier": ({S.PLANNED, S.RELEASED}, S.CANCELLED),
    "start_picking": ({S.RELEASED}, S.PICKING),
    "pick": ({S.PICKING}, S.PICKING),
    "pick_all": ({S.RELEASED, S.PICKING}, S.PICKED),
    "finish_picking": ({S.PICKING}, S.PICKED),
    "verify": ({S.PICKED}, S.VERIFIED),
    "pack": ({S.PICKED, S.VERIFIED}, S.PACKED),
    "add_to_manifest": ({S.PACKED}, S.MANIFESTED),
    "take_off_manifest": ({S.MANIFESTED}, S.PACKED),
    "hand_over": ({S.PACKED}, S.HANDED_OVER),
    "hand_over_with_manifest": ({S.MANIFESTED}, S.HANDED_OVER),
    "deliver": ({S.HANDED_OVER}, S.DELIVERED),
}


def willing(command: str, status: ShipmentStatus) -> ShipmentState:
    """A shipment that no guard has anything against."""
    return ShipmentState(
        number="SP-000001",
        status=status,
        held_order=None,
        verifies=False,
        warehouse_answer="offered" if command.endswith("_task") else "",
        carrier="swift",
        waybill="SW1",
        wanted_quantity=3,
        picked_quantity=3,
        verified_quantity=0,
    )


def test_the_table_has_these_commands() -> None:
    assert [row.command for row in SHIPMENT_TRANSITIONS] == list(MACHINE)


@pytest.mark.parametrize("status", list(S))
@pytest.mark.parametrize("command", list(MACHINE))
def test_every_command_in_every_state(command: str, status: ShipmentStatus) -> None:
    sources, target = MACHINE[command]
    refused = shipment_refusal(command, willing(command, status))
    assert shipment_transition(command).target is target
    if status in sources:
        assert refused is None
    else:
        assert isinstance(refused, RuleViolation)
        assert refused.template == "Shipment {number} is {status}; this needs one of: {wanted}."


HELD = "Order T-1 in this shipment is on hold. Release the hold first."
GUARDS = {
    "not_held": ({"held_order": "T-1"}, HELD),
    "asked": ({"warehouse_answer": ""}, "Shipment SP-000001 wasn't offered to a warehouse."),
    "answered": ({"warehouse_answer": "offered"}, "The warehouse hasn't answered for shipment SP-000001 yet."),
    "has_carrier": ({"carrier": None}, "Shipment SP-000001 has no carrier yet."),
    "all_picked": ({"picked_quantity": 2}, "Shipment SP-000001 has 2 of 3 units picked."),
    "verified_where_needed": (
        {"verifies": True, "verified_quantity": 1},
        "Shipment SP-000001 has to be verified by scan before it is packed: 1 of 3 units so far.",
    ),
}


@pytest.mark.parametrize(
    ("command", "guard"), [(row.command, guard) for row in SHIPMENT_TRANSITIONS for guard in row.guards]
)
def test_every_guard_names_itself(command: str, guard: str) -> None:
    change, message = GUARDS[guard]
    state = willing(command, shipment_transition(command).sources[0])
    assert shipment_refusal(command, state) is None
    refused = shipment_refusal(command, replace(state, **change))  # type: ignore[arg-type]
    assert str(refused) == message


def test_a_verified_parcel_is_packed_where_scanning_is_a_must() -> None:
    assert shipment_refusal("pack", replace(willing("pack", S.VERIFIED), verifies=True)) is None


def test_everything_has_a_label_and_a_right() -> None:
    assert set(SHIPMENT_STATUS_LABELS) == set(S)
    assert set(SHIPMENT_FACT_LABELS) == set(ShipmentFact)
    assert set(MANIFEST_STATUS_LABELS) == set(ManifestStatus)
    assert {row.right for row in SHIPMENT_TRANSITIONS} <= set(RIGHTS)


@pytest.mark.parametrize(
    ("loose", "units", "status"),
    [
        (0, {}, None),
        (0, {"cancelled": 4}, None),
        (4, {}, Status.ALLOCATED),
        (3, {}, Status.PARTLY_ALLOCATED),
        (0, {"planned": 4}, Status.ALLOCATED),
        (0, {"released": 4}, Status.RELEASED),
        (1, {"released": 3}, Status.ALLOCATED),
        (0, {"released": 1, "packed": 3}, Status.RELEASED),
        (0, {"picking": 1, "picked": 1, "verified": 2}, Status.PICKING),
        (0, {"packed": 1, "manifested": 3}, Status.PACKED),
        (0, {"packed": 3}, Status.PARTLY_ALLOCATED),
        (0, {"packed": 3, "handed_over": 1}, Status.PARTLY_SHIPPED),
        (0, {"handed_over": 3}, Status.PARTLY_SHIPPED),
        (0, {"handed_over": 4}, Status.SHIPPED),
        (0, {"handed_over": 3, "delivered": 1}, Status.PARTLY_DELIVERED),
        (3, {"delivered": 1}, Status.PARTLY_DELIVERED),
        (0, {"delivered": 4}, Status.DELIVERED),
    ],
)
def test_the_order_stands_where_its_least_far_part_stands(
    loose: int, units: dict[str, int], status: Status | None
) -> None:
    assert derived_status(4, loose, units) == status


def test_units_are_allotted_lot_by_lot() -> None:
    shelf = Place(1, Account.RESERVED)
    units = [Move(7, lot, shelf, shelf, quantity, line) for lot, quantity, line in ((1, 2, 10), (2, 5, 10), (3, 4, 11))]
    assert [(m.lot_id, m.quantity, m.order_line_id) for m in allot(units, {10: 4, 11: 9, 12: 1})] == [
        (1, 2, 10),
        (2, 2, 10),
        (3, 4, 11),
    ]


def test_numbers_are_made_from_ids() -> None:
    assert shipment_number(17) == "SP-000017"
    assert waybill_number("SW", 1) == "SW000000048271"
    assert len({waybill_number("SW", serial) for serial in range(1, 2_000)}) == 1_999
