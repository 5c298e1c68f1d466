"""A bounded memory of reads, keyed by what they read, of which world, and the last event in it: never stale."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.engine import Transaction

from core.context import Context
from core.db.fold import watermark

P = ParamSpec("P")
T = TypeVar("T")

KEPT = 512  # reads per database
BULKY_KEPT = 4  # of those that give megabytes
_kept: WeakKeyDictionary[Engine, OrderedDict[Hashable, Any]] = WeakKeyDictionary()
_bulky: WeakKeyDictionary[Engine, OrderedDict[Hashable, Any]] = WeakKeyDictionary()
_marks: WeakKeyDictionary[Transaction, tuple[int, ...]] = WeakKeyDictionary()
_lock = threading.Lock()


def cached(read: Callable[Concatenate[Context, P], T]) -> Callable[Concatenate[Context, P], T]:
    """Remembers what a read gave until the next event or fold. What depends on the moment takes it as an argument.

    The right to see the board is asked for before the memory is.
    Raises: NotAllowed.
    """
    return _remembering(read, _mark)


def bulky(read: Callable[Concatenate[Context, P], T]) -> Callable[Concatenate[Context, P], T]:
    """Like `cached`, for a read that gives megabytes: only the last few are remembered.

    Raises: NotAllowed.
    """
    return _remembering(read, _mark, _bulky, BULKY_KEPT)


def kept(read: Callable[Concatenate[Context, P], T]) -> Callable[Concatenate[Context, P], T]:
    """Remembers what a read gave for its arguments, which tell everything that it depends on.

    Raises: NotAllowed.
    """
    return _remembering(read, lambda _: ())


def _remembering(
    read: Callable[Concatenate[Context, P], T],
    mark: Callable[[Context], tuple[int, ...]],
    memories: WeakKeyDictionary[Engine, OrderedDict[Hashable, Any]] = _kept,
    most: int = KEPT,
) -> Callable[Concatenate[Context, P], T]:
    @wraps(read)
    def remembered(ctx: Context, *args: P.args, **kwargs: P.kwargs) -> T:
        ctx.actor.need("board.read")
        key = (read, ctx.world, mark(ctx), args, tuple(sorted(kwargs.items())))
        with _lock:
            memory = memories.setdefault(ctx.db.engine, OrderedDict())
            if key in memory:
                memory.move_to_end(key)
                return memory[key]
        found = read(ctx, *args, **kwargs)
        with _lock:
            memory[key] = found
            while len(memory) > most:
                memory.popitem(last=False)
        return found

    return remembered


def _mark(ctx: Context) -> tuple[int, ...]:
    """The world's watermark as this transaction first saw it: what is read together is remembered together."""
    transaction = ctx.db.get_transaction()
    if transaction is None:
        return watermark(ctx.db)
    with _lock:
        found = _marks.get(transaction)
    if found is None:
        found = watermark(ctx.db)
        with _lock:
            _marks[transaction] = found
    return found


def forget(engine: Engine) -> None:
    """Drops everything remembered of a database: for measuring what a read costs without it."""
    with _lock:
        _kept.pop(engine, None)
        _bulky.pop(engine, None)
