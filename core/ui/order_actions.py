"""What the desk can do with an order: the buttons the machine and the rights allow, and the form behind each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.context import Actor
from core.domain.errors import OrderlyError
from core.domain.orders import REASON_LABELS, Status
from core.domain.review import APPROVABLE
from core.services import orders, shipping
from core.services.order_file import OrderFile
from core.ui import order_forms, page
from core.ui.i18n import join_list, t, translate_error
from core.ui.order_forms import key_of, open_key
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
    done: str = ""
    versioned: bool = False


def draw_actions(file: OrderFile, actor: Actor) -> None:
    """The row of buttons, and below it the form of the one that was opened."""
    actions = _actions(file, actor)
    if not actions:
        st.caption(t("You can look at this order, but your position has nothing to do on it."))
        return
    opened = st.session_state.get(open_key(file))
    with st.container(horizontal=True, key="order-actions", gap="small"):
        for action in actions:
            _button(file, action, opened == action.name)
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
            args=(action.command, file.fields["id"]),
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
    if actor.may("shipping.work") and (step := _warehouse_action(file)):
        found.append(step)
    if actor.may("orders.amend"):
        found.append(
            Action("amend", t("Correct the data"), "edit_location_alt", _no_amending(file), form=order_forms.amend_form)
        )
    if actor.may("orders.hold"):
        found.append(_hold_action(file))
    if actor.may("orders.notify"):
        found.append(Action("notify", t("Write to the buyer"), "chat", "", form=order_forms.notify_form))
    if actor.may("orders.cancel"):
        found.append(Action("cancel", t("Cancel the order"), "cancel", _words(file.refusals["cancel"])))
    return found


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


def _warehouse_action(file: OrderFile) -> Action | None:
    def refused(command: str) -> str:
        return _words(file.refusals[command])

    match file.status:
        case Status.ALLOCATED:
            label, done = t("Release to the warehouse"), t("The order was given to the warehouse.")
            return Action("release", label, "forklift", refused("release"), command=shipping.release_order, done=done)
        case Status.RELEASED:
            label, done = t("Start picking"), t("The units are picked.")
            why = refused("start_picking")
            return Action("start_picking", label, "shopping_basket", why, command=shipping.start_picking, done=done)
        case Status.PICKING:
            label, done = t("Pack"), t("The parcel is packed.")
            return Action("pack", label, "package_2", refused("pack"), command=shipping.pack_order, done=done)
        case Status.PACKED:
            return Action("ship", t("Hand over"), "local_shipping", refused("ship"), form=order_forms.ship_form)
        case _:
            return None


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
