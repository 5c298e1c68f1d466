"""One thread at a time: small linear algebra without threads that wait for each other."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache
from importlib import import_module
from typing import Any


def one_thread() -> AbstractContextManager[Any]:
    """Within it, products of matrices are worked out by the thread that asks for them.

    Why: statistics of 2,000 people take 0.2 s so, and up to 2 s when they are shared among threads on a machine whose
    processors are in use (measured): the threads spend that time waiting for each other.
    """
    return _controller().limit(limits=1, user_api="blas")


@cache
def _controller() -> Any:
    from threadpoolctl import ThreadpoolController

    import_module("scipy.linalg")  # brings its own library, which has to be there to be told

    return ThreadpoolController()
