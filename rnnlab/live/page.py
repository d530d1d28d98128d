"""`save_page(figure, path)`: a live figure as one HTML file that needs neither a kernel nor the network."""

from __future__ import annotations

import base64
import html
import os
from collections.abc import Sequence
from pathlib import Path

from rnnlab.live.figure import LiveFigure
from rnnlab.live.recording import record

HERE = Path(__file__).parent
MOST_BYTES = 500_000  # of the whole page; the recording is written in base64, four letters for three bytes

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font-family: system-ui, sans-serif; margin: 1rem; }}
{css}</style>
</head>
<body class="live-page">
<div id="figure"></div>
<noscript><img src="data:image/png;base64,{still}" alt="{alt}"></noscript>
<script type="module">
{javascript}
play(document.getElementById("figure"), "{block}");
</script>
</body>
</html>
"""


def save_page(figure: LiveFigure, path: str | Path, controls: Sequence[str] | None = None) -> Path:
    """Writes the page, which plays a recording of the figure over a grid of `controls`, at most three.

    The whole page or nothing: where something fails, a file that was there stays as it was.
    """

    def page(block: bytes) -> bytes:
        return PAGE.format(
            title=html.escape(figure.scene.title()),
            css=(HERE / "live.css").read_text(encoding="utf-8"),
            still=base64.b64encode(figure.scene.still).decode(),
            alt=html.escape(figure.alt),
            javascript=(HERE / "live.js").read_text(encoding="utf-8"),
            block=base64.b64encode(block).decode(),
        ).encode()

    content = page(record(figure, controls, most_bytes=(MOST_BYTES - len(page(b""))) // 4 * 3))
    path = Path(path)
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return path
