"""The options of Streamlit that Orderly's safety and speed rest on, read as Streamlit reads them."""

from __future__ import annotations

import json
import subprocess
import sys

from core.ui.server_gate import PERSON_HEADER, SESSION_HEADER
from tests.app_server import surroundings
from tests.house_rules import ROOT

WANTED = {
    "server.address": "127.0.0.1",
    "server.fileWatcherType": "none",
    "server.runOnSave": False,
    "server.maxUploadSize": 64,
    "server.maxMessageSize": 64,
    "server.enableXsrfProtection": True,
    "server.enableCORS": True,
    "server.enableStaticServing": False,
    "server.enableAgentApi": False,
    "server.trustedUserHeaders": {SESSION_HEADER.title(): "session", PERSON_HEADER.title(): "person"},
    "runner.postScriptGC": False,
    "runner.magicEnabled": False,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.toolbarMode": "minimal",
    "browser.gatherUsageStats": False,
    "global.developmentMode": False,
}


def test_the_options_that_matter_are_set(tmp_path: object) -> None:
    code = (
        "import json, sys; from streamlit import config; "
        "print(json.dumps({key: config.get_option(key) for key in json.loads(sys.argv[1])}))"
    )
    command = [sys.executable, "-c", code, json.dumps(list(WANTED))]
    env = surroundings(tmp_path)  # type: ignore[arg-type]
    said = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True).stdout
    assert json.loads(said) == WANTED
