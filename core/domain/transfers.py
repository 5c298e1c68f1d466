"""Transfers between warehouses: on the way, arrived in parts or whole, lost on the way, called back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from core.domain.errors import RuleViolation


class TransferStatus(StrEnum):
    """Where a transfer stands."""

    ON_THE_WAY = "on_the_way"
    PARTLY_ARRIVED = "partly_arrived"
    ARRIVED = "arrived"
    CALLED_BACK = "called_back"


TRANSFER_STATUS_LABELS = MappingProxyType(
    {
        TransferStatus.ON_THE_WAY: "On the way",
        TransferStatus.PARTLY_ARRIVED: "Partly arrived",
        TransferStatus.ARRIVED: "Arrived",
        TransferStatus.CALLED_BACK: "Called back",
    }
)


class TransferFact(StrEnum):
    """What can have happened to a transfer; the event log's kinds."""

    SENT = "TransferSent"
    ARRIVED = "TransferArrived"
    LOST = "TransferUnitsLost"
    CALLED_BACK = "TransferCalledBack"


@dataclass(frozen=True, slots=True)
class TransferProgress:
    """One line of a transfer. Units: of its article."""

    sent: int
    received: int
    lost: int

    @property
    def on_the_way(self) -> int:
        return self.sent - self.received - self.lost


@dataclass(frozen=True, slots=True)
class TransferTransition:
    """One row of the machine; which of the targets it is, the lines say."""

    command: str
    sources: tuple[TransferStatus, ...]
    targets: tuple[TransferStatus, ...]
    fact: TransferFact
    right: str


_S = TransferStatus
_OPEN = (_S.ON_THE_WAY, _S.PARTLY_ARRIVED)

TRANSFER_TRANSITIONS: tuple[TransferTransition, ...] = (
    TransferTransition("arrive", _OPEN, (_S.PARTLY_ARRIVED, _S.ARRIVED), TransferFact.ARRIVED, "stock.move"),
    TransferTransition("lose", _OPEN, (_S.PARTLY_ARRIVED, _S.ARRIVED), TransferFact.LOST, "stock.adjust"),
    TransferTransition("call_back", (_S.ON_THE_WAY,), (_S.CALLED_BACK,), TransferFact.CALLED_BACK, "stock.move"),
)
_BY_COMMAND = MappingProxyType({row.command: row for row in TRANSFER_TRANSITIONS})


def decide_transfer(command: str, number: str, status: TransferStatus) -> TransferTransition:
    """The machine's answer to a command. Raises: RuleViolation that names the state."""
    row = _BY_COMMAND[command]
    if status not in row.sources:
        raise RuleViolation(
            "Transfer {number} is “{status}”; this needs one of: {wanted}.",
            number=number,
            status=status,
            wanted=row.sources,
        )
    return row


def transfer_status(lines: tuple[TransferProgress, ...]) -> TransferStatus:
    """Where a transfer stands after something arrived or was lost."""
    return TransferStatus.PARTLY_ARRIVED if any(line.on_the_way for line in lines) else TransferStatus.ARRIVED
