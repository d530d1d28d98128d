"""A recording: the frames at its grid points are the kernel's, it is small, and its page needs nothing else."""

import base64
import gzip
import json
import os
import re

import numpy as np
import pytest
from matplotlib.figure import Figure

from rnnlab.live import choice, integer, live, log_slider, point, save_page, slider, toggle
from rnnlab.live.film import REACH, Film, small
from rnnlab.live.items import POINTS, Item
from rnnlab.live.recording import record
from rnnlab.live.scene import Scene

pytestmark = pytest.mark.thorough


def wave(w, T=50, kind="sin", on=True):
    return getattr(np, kind)(w * np.arange(T)) * on


def draw(result):
    figure = Figure(figsize=(4, 2), layout="constrained")
    ax = figure.subplots()
    (line,) = ax.plot(result, "o-")
    ax.axhline(0)
    text = ax.text(1, 1, "")

    def update(result):
        line.set_data(np.arange(len(result)), result)
        text.set_text(f"{result.sum():.2f}")
        ax.set(ylim=(-1.5, 1.5) if len(result) < 60 else (-2, 2), title=f"{len(result)} steps")

    return figure, update


def figure():
    controls = {"w": slider(0, 2, 0.5), "T": integer(40, 60, 50), "kind": choice(["sin", "cos"], "sin")}
    return live(wave, draw, lambda result: f"sum {result.sum():.3f}", **controls, on=toggle(True))


def unpacked(block):
    raw = gzip.decompress(block)
    length = int.from_bytes(raw[:4], "little")
    return json.loads(raw[4 : 4 + length]), raw[4 + length :]


def array(header, data, number):
    kind, at, count = header["arrays"][number]
    numbers = np.frombuffer(data, kind, count, at)
    return np.where(numbers == -32768, np.nan, numbers / 16) if kind == "i2" else numbers


def test_the_frame_at_a_grid_point_is_the_kernel_s():
    header, data = unpacked(record(figure(), ("w", "T", "kind")))
    live_figure = figure()  # another one, which has seen nothing yet
    grid, shape = header["grid"], [len(side) for side in header["grid"]]
    assert len(header["frames"]) == np.prod(shape) and grid[0][0] == 0 and grid[0][-1] == 2 and 0.5 in grid[0]
    rng = np.random.default_rng(1)
    for place in rng.choice(len(header["frames"]), 20, replace=False):
        numbers = [side[i] for side, i in zip(grid, np.unravel_index(place, shape), strict=True)]
        shown = live_figure.show(live_figure.values([*numbers, 1.0]))
        live_figure.scene.background()
        look, words, *items = header["frames"][place]
        assert header["words"][words] == shown.words
        assert header["looks"][look][0] == json.loads(json.dumps(live_figure.scene.layout()))
        for number, item in zip(items, live_figure.scene.items(), strict=True):
            style, held = header["items"][number]
            assert header["styles"][style] == {"kind": item.kind, **item.style}
            for name, wanted in item.arrays.items():
                tolerance = 0.04 if name in POINTS else 0
                np.testing.assert_allclose(array(header, data, held[name]), wanted.ravel(), atol=tolerance)


def test_a_recording_is_small_and_the_same_twice():
    blocks = [record(figure(), ("w", "T", "kind"), most_bytes=60_000) for _ in range(2)]
    assert blocks[0] == blocks[1] and len(blocks[0]) <= 60_000
    header, _ = unpacked(blocks[0])
    assert len(header["grid"][2]) == 2 and min(len(side) for side in header["grid"][:2]) >= 5


def test_what_is_not_recorded_stays_at_its_start_and_is_in_the_copied_code():
    header, _ = unpacked(record(figure(), ("w",)))
    assert header["spec"]["fixed"] == ["T=50", "kind='sin'", "on=True"]
    assert [control["name"] for control in header["spec"]["controls"]] == ["w"]
    assert header["spec"]["controls"][0]["stops"] == header["grid"][0] and header["spec"]["start"] == [0.5]


def test_a_point_is_two_sides_of_the_grid():
    def at(p, r):
        return np.array([*p, r])

    live_figure = live(
        at, draw, p=point((-1, 1), (0, 2), (0, 1), step=0.2), r=log_slider(0.1, 1, 0.5, step=1.5)
    )
    header, _ = unpacked(record(live_figure))
    assert len(header["grid"]) == 3
    assert header["spec"]["controls"][0]["ys"] == header["grid"][1]


@pytest.mark.parametrize(
    ("controls", "most", "says"),
    [
        (None, 10**6, "one to 3 controls: name them"),
        (("v",), 10**6, "no control v; this figure has w, T"),
        ((), 10**6, "one to 3"),
        (("w", "T"), 500, "even the coarsest"),
    ],
)
def test_what_cannot_be_recorded_is_said(controls, most, says):
    with pytest.raises(ValueError, match=says):
        record(figure(), controls, most)


def test_a_line_that_leaves_the_reach_of_16_bits_is_cut_not_bent():
    xy = np.array([[0, 0], [100, 30000], [200, 0]], np.float32)
    cut = small(Item("shape", {}, {"xy": xy}))["xy"].reshape(-1, 2) / 16.0
    np.testing.assert_allclose(cut[1], [100 * REACH / 30000, REACH], atol=0.1)
    assert (cut[2] == -2048).all()  # a gap


def test_equal_things_are_kept_once():
    live_figure = figure()
    film = Film(live_figure)
    for _ in range(3):
        film.shoot(live_figure.start)
    header, _ = unpacked(film.packed())
    assert len(header["looks"]) == len(header["words"]) == 1 and header["frames"][0] == header["frames"][2]


def test_the_page_stands_alone_and_is_at_most_500_kb_of_figure(tmp_path):
    path = save_page(figure(), tmp_path / "page.html", controls=("w", "kind"))
    text = path.read_text(encoding="utf-8")
    assert not re.findall(r"""(?:src|href)=["'](?!data:)|https?://|@import|import\s*\(""", text)
    assert "<noscript><img" in text and re.search(r'"(H4sI[^"]+)"', text)
    assert path.stat().st_size <= 500_000


def test_a_figure_whose_background_changes_often_fits_into_a_page(tmp_path, monkeypatch):
    """Its backgrounds are most of its bytes, and to draw them is most of its time: each is drawn once."""
    drawn = []
    draw_one = Scene._draw_background
    monkeypatch.setattr(
        Scene, "_draw_background", lambda scene, looks: drawn.append(1) or draw_one(scene, looks)
    )
    controls = {"w": slider(0, 2, 0.5), "T": integer(40, 80, 50), "kind": choice(["sin", "cos"], "sin")}
    path = save_page(live(wave, draw, **controls), tmp_path / "page.html")
    block = base64.b64decode(re.search(r'"(H4sI[^"]+)"', path.read_text(encoding="utf-8"))[1])
    header, _ = unpacked(block)
    looks = {(json.dumps(layout["axes"]), place) for layout, (_, place, _) in header["looks"]}
    assert len(drawn) == len(looks) == 2 and len(header["frames"]) > 100


def test_a_page_that_cannot_be_made_leaves_the_old_one(tmp_path, monkeypatch):
    path = tmp_path / "page.html"
    path.write_text("the old one")
    with pytest.raises(ValueError, match="one to 3"):
        save_page(figure(), path)

    def full(*paths):
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="no space"):
        save_page(figure(), path, controls=("kind",))
    assert path.read_text() == "the old one" and list(tmp_path.iterdir()) == [path]
