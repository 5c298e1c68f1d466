"""What the desk can do with an order: the buttons the machine and the rights allow, and the form behind each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Any

import streamlit as st

from core.context import Actor
from core.domain.errors import OrderlyError
from core.domain.orders import REASON_LABELS, Status
from core.domain.review import APPROVABLE
from core.domain.shipments import ShipmentStatus
from core.services import orders, picking, shipping
from core.services.order_file import OrderFile, Parcel
from core.services.order_lines import CANCELLABLE
from core.ui import order_forms, order_line_forms, page, parcel_forms
from core.ui.i18n import join_list, t, translate_error
from core.ui.order_forms import key_of, open_key
from core.ui.order_papers import draw_papers
from core.ui.safe import safe

_AMENDABLE_STATUSES = frozenset(
    {
        Status.RECEIVED,
        Status.EXCEPTION,
        Status.CONFIRMED,
        Status.BACKORDERED,
        Status.ALLOCATED,
        Status.RELEASED,
    }
)


# What comes next for a parcel, by where it stands.
_STEPS = MappingProxyType(
    {
        ShipmentStatus.PLANNED: "accept_task",
        ShipmentStatus.RELEASED: "pick_all",
        ShipmentStatus.PICKING: "pick_all",
        ShipmentStatus.PICKED: "pack",
        ShipmentStatus.VERIFIED: "pack",
        ShipmentStatus.PACKED: "hand_over",
    }
)


@dataclass(frozen=True, slots=True)
class Action:
    """One button: what it is called, why it can't be pressed (empty where it can), and what it opens or does."""

    name: str
    label: str
    icon: str
    refused: str
    primary: bool = False
    form: Callable[[OrderFile], None] | None = None
    command: Callable[..., Any] | None = None
    target: int | None = None  # what the command is for, where it isn't the order
    done: str = ""
    versioned: bool = False


def draw_actions(file: OrderFile, actor: Actor) -> None:
    """The row of buttons, and below it the form of the one that was opened."""
    actions = _actions(file, actor)
    if not actions:
        st.caption(t("You can look at this order, but your position has nothing to do on it."))
        draw_papers(file)
        return
    opened = st.session_state.get(open_key(file))
    with st.container(horizontal=True, key="order-actions", gap="small"):
        for action in actions:
            _button(file, action, opened == action.name)
        draw_papers(file)
    for action in actions:
        if action.form is not None and opened == action.name and not action.refused:
            with st.container(border=True, key=f"order-form-{action.name}"):
                action.form(file)


def _button(file: OrderFile, action: Action, opened: bool) -> None:
    common: dict[str, Any] = {
        "icon": f":material/{action.icon}:",
        "disabled": bool(action.refused),
        "help": safe(action.refused) if action.refused else None,
        "type": "primary" if action.primary and not action.refused else "secondary",
        "key": f"do-{action.name}",
    }
    if action.name == "cancel":
        if st.button(action.label, **common):
            order_forms.cancel_dialog(file)
    elif action.form is not None:
        closing = None if opened else action.name
        st.button(action.label, on_click=_open, args=(open_key(file), closing), **common)
    else:
        versioned = {"version": file.fields["version"]} if action.versioned else {}
        st.button(
            action.label,
            on_click=page.command,
            args=(action.command, file.fields["id"] if action.target is None else action.target),
            kwargs={"form_key": key_of(file, action.name), "done": action.done, **versioned},
            **common,
        )


def _open(key: str, name: str | None) -> None:
    st.session_state[key] = name


def _actions(file: OrderFile, actor: Actor) -> list[Action]:
    """The buttons for this person, in the order of the work; those of warehouse work one step at a time."""
    found: list[Action] = []
    if actor.may("orders.review") and file.status in (Status.RECEIVED, Status.EXCEPTION):
        found += [_confirm_action(file)]
        if file.status is Status.EXCEPTION:
            label = t("Check again")
            done = t("The review was run again.")
            found.append(Action("recheck", label, "refresh", "", command=orders.recheck_order, done=done))
    if actor.may("shipping.work"):
        found += _warehouse_actions(file)
    if actor.may("shipping.arrange") and file.status in parcel_forms.ARRANGED:
        found += [_merge_action(file), _split_action(file)]
    if actor.may("orders.amend"):
        found.append(
            Action("amend", t("Correct the data"), "edit_location_alt", _no_amending(file), form=order_forms.amend_form)
        )
    if actor.may("orders.hold"):
        found.append(_hold_action(file))
    if actor.may("orders.notify"):
        found.append(Action("notify", t("Write to the buyer"), "chat", "", form=order_forms.notify_form))
    if actor.may("orders.cancel"):
        found.append(_cancel_line_action(file))
        found.append(Action("cancel", t("Cancel the order"), "cancel", _words(file.refusals["cancel"])))
    return found


def _merge_action(file: OrderFile) -> Action:
    why = "" if parcel_forms.mergeable(file) else t("No other order of this buyer is reserved and not picked yet.")
    return Action("merge", t("Merge"), "merge", why, form=parcel_forms.merge_form)


def _split_action(file: OrderFile) -> Action:
    why = ""
    if sum(line.quantity for line in file.lines) < 2:
        why = t("One unit can't be split.")
    elif len(file.parcels) > 1:
        why = t("The order goes in several parcels already.")
    elif file.fields["hold_reason"] is not None:
        why = t("Release the hold first.")
    return Action("split", t("Split"), "call_split", why, form=parcel_forms.split_form)


def _cancel_line_action(file: OrderFile) -> Action:
    why = ""
    if file.fields["fulfilled_by"] != "us":
        why = t("This order is fulfilled outside and isn't worked on here.")
    elif file.status not in CANCELLABLE:
        why = t("Nothing of this order can be cancelled any more.")
    label = t("Cancel a part")
    return Action("part", label, "remove_shopping_cart", why, form=order_line_forms.cancel_line_form)


def _words(violation: OrderlyError | None) -> str:
    return translate_error(violation) if violation is not None else ""


def _confirm_action(file: OrderFile) -> Action:
    refused = _words(file.refusals["confirm"])
    stuck = [reason for reason in file.reasons_now if reason not in APPROVABLE]
    if not refused and stuck:
        refused = t(
            "First to be corrected or resolved: {reasons}.",
            reasons=join_list(t(REASON_LABELS[reason]) for reason in stuck),
        )
    if file.reasons_now:
        return Action("confirm", t("Confirm"), "check_circle", refused, primary=True, form=order_forms.confirm_form)
    return Action(
        "confirm",
        t("Confirm"),
        "check_circle",
        refused,
        primary=True,
        command=orders.confirm_order,
        done=t("The order is confirmed."),
        versioned=True,
    )


def _warehouse_actions(file: OrderFile) -> list[Action]:
    """The next step of the order's release and of each of its parcels."""
    found = []
    parcels = [parcel for parcel in file.parcels if parcel.status in _STEPS]
    free = file.status is Status.ALLOCATED and not parcels
    if free or file.status in (Status.PARTLY_ALLOCATED, Status.PARTLY_SHIPPED):
        label, done = t("Release to the warehouse"), t("The order was given to the warehouse.")
        why = _words(file.refusals["release"])
        found.append(Action("release", label, "forklift", why, command=shipping.release_order, done=done))
    for parcel in parcels:
        action = _step_of(parcel)
        if len(parcels) > 1:
            title = f"{action.label} · {parcel.number}"
            action = replace(action, name=f"{action.name}-{parcel.id}", label=title)
        found.append(action)
    return found


def _step_of(parcel: Parcel) -> Action:
    """The next step of a parcel."""
    step = _STEPS[parcel.status]
    refused = _words(parcel.refusals[step])
    match step:
        case "accept_task" if parcel.refusals[step] is None:
            label, done = t("Take the task"), t("The warehouse has taken the task.")
            return Action(step, label, "forklift", "", command=shipping.accept_task, target=parcel.id, done=done)
        case "accept_task":
            label, done = t("Release to the warehouse"), t("The order was given to the warehouse.")
            return Action("release", label, "forklift", "", command=shipping.release_order, done=done)
        case "pick_all":
            label, done = t("Report as picked"), t("The units are picked.")
            pick = picking.pick_shipment
            return Action(step, label, "shopping_basket", refused, command=pick, target=parcel.id, done=done)
        case "pack":
            form = partial(order_forms.pack_form, parcel=parcel)
            return Action(step, t("Pack"), "package_2", refused, form=form)
        case _:
            label, done = t("Hand over"), t("The parcel was handed over.")
            return Action(
                step, label, "local_shipping", refused, command=shipping.hand_over, target=parcel.id, done=done
            )


def _hold_action(file: OrderFile) -> Action:
    if file.fields["hold_reason"] is not None:
        done = t("The hold was released.")
        command = orders.release_hold
        label = t("Release the hold")
        return Action("unhold", label, "play_circle", "", command=command, done=done, versioned=True)
    closed = "" if file.fields["is_open"] else t("The order is closed.")
    return Action("hold", t("Hold"), "pause_circle", closed, form=order_forms.hold_form)


def _no_amending(file: OrderFile) -> str:
    if file.fields["fulfilled_by"] != "us":
        return t("This order is fulfilled outside and isn't worked on here.")
    if file.status not in _AMENDABLE_STATUSES:
        return t("It is too late to correct this order.")
    return ""
