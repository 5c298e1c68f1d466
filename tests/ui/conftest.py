"""A really started server per kind, and people who visit it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.app_server import AppServer, running_app, sign_in
from tests.houses import house, migrated

__all__ = ["house", "migrated"]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """The application in demo mode, with people and without orders."""
    with running_app(tmp_path_factory.mktemp("demo")) as server:
        yield server


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """The application outside demo mode, as it is first started."""
    with running_app(tmp_path_factory.mktemp("real"), {"ORDERLY_DEMO": ""}) as server:
        yield server


@pytest.fixture
def nobody(demo: AppServer) -> Iterator[httpx.Client]:
    """A visitor of the demo who isn't signed in."""
    with httpx.Client(base_url=demo.url, timeout=30) as client:
        yield client


@pytest.fixture
def manager(demo: AppServer) -> Iterator[httpx.Client]:
    """The demo's manager, signed in."""
    with httpx.Client(base_url=demo.url, timeout=30, headers={"Cookie": sign_in(demo.url, "manager")}) as client:
        yield client
