"""The server extension: tells each kernel connection not to wait, and never stands in the server's way."""

import asyncio
import json
import logging
import sys
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest

from rnnlab.live import server

CONFIG = Path(server.__file__).parent / "etc" / "rnnlab.json"


class Handler:
    def __init__(self):
        self.heard = []

    def set_nodelay(self, value):
        self.heard.append(value)

    async def open(self, kernel_id):
        self.heard.append(kernel_id)


def test_a_connection_is_told_not_to_wait_and_then_opened_as_ever(caplog):
    handler = Handler()
    open_promptly = server.prompt(Handler.open, logging.getLogger("test"))
    asyncio.run(open_promptly(handler, kernel_id="k1"))
    asyncio.run(open_promptly(handler, "k2"))
    assert handler.heard == [True, "k1", True, "k2"] and not caplog.records


def test_a_connection_that_cannot_be_told_is_opened_as_ever_and_it_is_said_once(caplog):
    class Changed(Handler):
        set_nodelay = None

    handler = Changed()
    open_promptly = server.prompt(Handler.open, logging.getLogger("test"))
    for kernel in ("k1", "k2"):
        asyncio.run(open_promptly(handler, kernel_id=kernel))
    assert handler.heard == ["k1", "k2"]
    assert len(caplog.records) == 1 and "live figures will be slower" in caplog.text


def test_a_server_whose_inside_has_changed_is_left_as_it_was(monkeypatch, caplog):
    monkeypatch.setitem(sys.modules, "jupyter_server.services.kernels.websocket", SimpleNamespace())
    server._load_jupyter_server_extension(SimpleNamespace(log=logging.getLogger("test")))
    assert len(caplog.records) == 1 and "slower" in caplog.text


def test_the_real_server_s_handler_has_what_the_extension_needs(monkeypatch, caplog):
    websocket = pytest.importorskip("jupyter_server.services.kernels.websocket")
    before = websocket.KernelWebsocketHandler.open
    monkeypatch.setattr(websocket.KernelWebsocketHandler, "open", before)  # put back afterwards
    server._load_jupyter_server_extension(SimpleNamespace(log=logging.getLogger("test")))
    assert websocket.KernelWebsocketHandler.open is not before
    assert callable(websocket.KernelWebsocketHandler.set_nodelay) and "slower" not in caplog.text


def test_the_configuration_switches_on_a_module_that_is_there():
    (name, on) = json.loads(CONFIG.read_text())["ServerApp"]["jpserver_extensions"].popitem()
    assert on is True and import_module(name)._jupyter_server_extension_points() == [{"module": name}]


@pytest.mark.parametrize("there", [True, False])
def test_whether_it_is_switched_on_is_read_from_the_configuration(monkeypatch, tmp_path, there):
    pytest.importorskip("jupyter_server")
    folder = tmp_path / "jupyter_server_config.d"
    folder.mkdir()
    if there:
        (folder / "rnnlab.json").write_text(CONFIG.read_text())
    monkeypatch.setattr("jupyter_core.paths.jupyter_config_path", lambda: [str(tmp_path)])
    assert server.switched_on() is there
