"""A Jupyter server extension that sends a kernel's messages at once.

Jupyter's server leaves Nagle's algorithm on for a kernel's websocket: one update of a live figure is three or four
small frames, and each then waits up to 40 ms for a delayed acknowledgement. Without this, figures still work; what they
show is older by about that.
"""

from __future__ import annotations

import functools
from typing import Any

SLOWER = "rnnlab: live figures will be slower, kernel messages cannot be sent at once: %s"


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "rnnlab.live.server"}]


def switched_on() -> bool:
    """Whether this environment's Jupyter loads the extension by itself, as its configuration files say."""
    from jupyter_core.paths import jupyter_config_path
    from jupyter_server.extension.config import ExtensionConfigManager

    extensions = ExtensionConfigManager(read_config_path=jupyter_config_path()).get_jpserver_extensions()
    return bool(extensions.get("rnnlab.live.server", False))


def _load_jupyter_server_extension(app: Any) -> None:
    """Called by the server once. Whatever has changed in the server's inside, it goes on as it was."""
    try:
        from jupyter_server.services.kernels.websocket import KernelWebsocketHandler

        handler: Any = KernelWebsocketHandler
        handler.open = prompt(handler.open, app.log)
    except Exception as problem:
        app.log.warning(SLOWER, problem)
    else:
        app.log.info("rnnlab: kernel messages are sent at once")


def prompt(open_: Any, log: Any) -> Any:
    """The handler's `open`, which first tells its connection not to wait."""
    told = False

    @functools.wraps(open_)
    async def open_promptly(handler: Any, *arguments: Any, **named: Any) -> None:
        nonlocal told
        try:
            handler.set_nodelay(True)
        except Exception as problem:
            if not told:
                log.warning(SLOWER, problem)
            told = True
        await open_(handler, *arguments, **named)

    return open_promptly
