"""The token bucket: a flood from one socket waits, and the server stays awake for everybody else."""

from __future__ import annotations

import time
from itertools import pairwise

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from core.ui.server_bucket import BURST, RATE, Bucket
from tests.app_server import AppServer, sign_in
from tests.ui.sockets import open_socket, rerun, until_finished


def test_a_burst_passes_and_then_the_rate_holds() -> None:
    now = [0.0]
    bucket = Bucket(lambda: now[0])
    assert [bucket.take() for _ in range(int(BURST))] == [0.0] * int(BURST)
    waits = []
    for _ in range(20):
        waits.append(bucket.take())
        now[0] += waits[-1]
    assert waits == pytest.approx([1 / RATE] * 20)


def test_rest_fills_the_bucket_but_never_over_its_brim() -> None:
    now = [0.0]
    bucket = Bucket(lambda: now[0])
    for _ in range(int(BURST)):
        bucket.take()
    now[0] += 1.0
    assert [bucket.take() for _ in range(int(RATE))] == [0.0] * int(RATE)
    assert bucket.take() > 0
    now[0] += 1e6
    assert sum(bucket.take() == 0 for _ in range(int(BURST) + 5)) == int(BURST)


@pytest.mark.slow
def test_three_thousand_queued_reruns_do_not_silence_the_server(demo: AppServer) -> None:
    """Measured without the bucket: 241 s of silence."""
    flood, other = sign_in(demo.url, "admin"), sign_in(demo.url, "clerk")
    with open_socket(demo.url, flood) as attacker, open_socket(demo.url, other) as visitor:
        for socket in (attacker, visitor):
            rerun(socket)
            until_finished(socket)
        try:
            for _ in range(3000):
                rerun(attacker)
        except ConnectionClosed:
            pass
        start = time.perf_counter()
        rerun(visitor)
        until_finished(visitor)
        assert httpx.get(f"{demo.url}/_stcore/health", timeout=10).status_code == 200
        assert time.perf_counter() - start < 3


def test_a_flood_is_worked_off_at_the_buckets_pace(demo: AppServer) -> None:
    with open_socket(demo.url, sign_in(demo.url, "warehouse")) as socket:
        rerun(socket)
        until_finished(socket)
        begun: list[float] = []
        for _ in range(int(BURST) + 15):
            rerun(socket)
        start = time.perf_counter()
        while time.perf_counter() - start < 12:
            try:
                until_finished(socket, timeout=1.5)
            except TimeoutError:
                break
            begun.append(time.perf_counter())
    late = [later - earlier for earlier, later in pairwise(begun[-8:])]
    assert sum(late) / len(late) > 0.6 / RATE
