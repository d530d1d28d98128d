"""Each kind of artist is mirrored where matplotlib draws it; any other is an error that names it."""

import matplotlib.patheffects as effects
import numpy as np
import pytest
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle

from rnnlab.live.items import Frames
from rnnlab.live.mirror import CannotMirror
from rnnlab.live.scene import Scene


def scene_of(draw):
    figure = Figure(figsize=(4, 3))
    ax = figure.subplots()
    ax.set(xlim=(0, 10), ylim=(0, 10))
    draw(ax)
    return Scene(figure), ax


def items_of(draw):
    scene, ax = scene_of(draw)
    return scene.items(), ax


def pixel(ax, x, y):
    """Where the sheet has a point: pixels from the upper left."""
    across, up = ax.transData.transform((x, y))
    return across, ax.figure.bbox.height - up


def without_gaps(xy):
    return xy[~np.isnan(xy[:, 0])]


def test_a_line_lies_where_matplotlib_puts_it_and_has_its_look():
    (item,), ax = items_of(
        lambda ax: ax.plot([1, 2, np.nan, 4], [1, 5, 5, 9], "--", color="#ff0000", lw=1.44)
    )
    assert item.kind == "shape"
    assert item.arrays["xy"].dtype == np.float32
    np.testing.assert_allclose(
        item.arrays["xy"][[0, 1, 3]], [pixel(ax, 1, 1), pixel(ax, 2, 5), pixel(ax, 4, 9)], atol=1e-3
    )
    assert np.isnan(item.arrays["xy"][2]).any()
    assert item.arrays["edge"].tolist() == [255, 0, 0, 255]
    assert item.arrays["width"][0] == pytest.approx(2.0)  # 1.44 points at 100 dpi
    assert len(item.style["dash"]) == 2


def test_markers_are_one_outline_at_many_places():
    (item,), ax = items_of(lambda ax: ax.plot([1, 2], [3, 4], "o", ms=7.2))
    assert item.kind == "marks"
    np.testing.assert_allclose(item.arrays["at"], [pixel(ax, 1, 3), pixel(ax, 2, 4)], atol=1e-3)
    assert np.ptp(without_gaps(item.arrays["outline"])[:, 0]) == pytest.approx(10.0, abs=0.05)


def test_a_line_with_markers_is_two_items_and_steps_are_steps():
    items, _ = items_of(lambda ax: ax.plot([1, 2], [3, 4], "s-"))
    assert [item.kind for item in items] == ["shape", "marks"]
    (item,), ax = items_of(lambda ax: ax.step([1, 2], [3, 4], where="post"))
    np.testing.assert_allclose(item.arrays["xy"][1], pixel(ax, 2, 3), atol=1e-3)


def test_segments_are_parted_by_gaps():
    (item,), ax = items_of(lambda ax: ax.vlines([1, 2, 3], 0, [4, 5, 6], color="k"))
    xy = item.arrays["xy"]
    assert np.isnan(xy[2::3]).all() and len(xy) == 9
    np.testing.assert_allclose(xy[[3, 4]], [pixel(ax, 2, 0), pixel(ax, 2, 5)], atol=1e-3)


def test_segments_of_several_colours_know_where_each_ends():
    (item,), _ = items_of(lambda ax: ax.vlines([1, 2], 0, [4, 5], colors=["r", "b"]))
    assert item.arrays["ends"].tolist() == [3, 6] and item.arrays["edge"].tolist()[::4] == [255, 0]


def test_axis_lines_span_the_axes():
    (flat, upright), ax = items_of(lambda ax: (ax.axhline(5), ax.axvline(2)))
    np.testing.assert_allclose(flat.arrays["xy"], [pixel(ax, 0, 5), pixel(ax, 10, 5)], atol=1e-3)
    np.testing.assert_allclose(upright.arrays["xy"], [pixel(ax, 2, 0), pixel(ax, 2, 10)], atol=1e-3)


def test_scattered_points_have_places_sizes_and_mapped_colours():
    (item,), ax = items_of(
        lambda ax: ax.scatter([1, 2], [3, 4], s=[36, 144], c=[0.0, 1.0], cmap="gray", lw=0)
    )
    np.testing.assert_allclose(item.arrays["at"], [pixel(ax, 1, 3), pixel(ax, 2, 4)], atol=1e-3)
    assert item.arrays["scale"][1] == pytest.approx(2 * item.arrays["scale"][0])
    assert item.arrays["face"].reshape(-1, 4)[:, 0].tolist() == [0, 255]


def test_a_background_at_another_dpi_does_not_change_a_size():
    scene, _ = scene_of(lambda ax: ax.scatter([1], [3], s=[36]))
    before = scene.items()[0].arrays["scale"].copy()
    assert scene.background() is not None
    assert scene.items()[0].arrays["scale"] == before


def test_a_filled_band_is_a_closed_polygon():
    (item,), ax = items_of(lambda ax: ax.fill_between([1, 2, 3], [1, 1, 1], [2, 3, 2], color="g"))
    xy = without_gaps(item.arrays["xy"])
    np.testing.assert_allclose(xy[0], xy[-1])
    assert item.arrays["face"][3] == 255
    assert xy[:, 1].min() == pytest.approx(pixel(ax, 2, 3)[1], abs=1e-3)


def test_arrows_point_where_their_vectors_do():
    (item,), ax = items_of(lambda ax: ax.quiver([5], [5], [1.0], [0.0], scale=2))
    xy = without_gaps(item.arrays["xy"])
    x, y = pixel(ax, 5, 5)
    assert xy[:, 0].max() > x + 20 and abs(xy[:, 1] - y).max() < 10


def test_an_image_is_a_byte_an_element_with_a_table():
    numbers = np.array([[0.0, 0.5], [1.0, np.nan]])
    (item,), ax = items_of(
        lambda ax: ax.imshow(numbers, cmap="gray", vmin=0, vmax=1, extent=(2, 4, 2, 4), aspect="auto")
    )
    assert item.arrays["pixels"].tolist() == [0, 127, 254, 255]
    assert item.arrays["table"].reshape(-1, 4)[[0, 254], 0].tolist() == [0, 255]
    (x0, y0), (x1, y1) = pixel(ax, 2, 4), pixel(ax, 4, 2)
    np.testing.assert_allclose(item.style["box"], [x0, y0, x1 - x0, y1 - y0], atol=0.02)


def test_an_image_with_its_origin_below_starts_with_its_last_row():
    (item,), _ = items_of(lambda ax: ax.imshow([[0.0], [1.0]], origin="lower", vmin=0, vmax=1))
    assert item.arrays["pixels"].tolist() == [254, 0]


def test_true_colours_travel_as_they_are():
    (item,), _ = items_of(lambda ax: ax.imshow(np.full((2, 2, 3), 0.5)))
    assert item.arrays["pixels"].tolist()[:4] == [127, 127, 127, 255] and "table" not in item.arrays


def test_patches_and_bars_are_polygons():
    def draw(ax):
        ax.add_patch(Rectangle((1, 2), 3, 4))
        ax.add_patch(Circle((5, 5), 1, fill=False))
        ax.bar([7, 8], [1, 2])

    items, ax = items_of(draw)
    assert [item.kind for item in items] == ["shape"] * 4
    corner = without_gaps(items[0].arrays["xy"])[0]
    np.testing.assert_allclose(corner, pixel(ax, 1, 2), atol=1e-3)
    assert "face" not in items[1].arrays and len(items[1].arrays["xy"]) > 16


def test_a_collection_of_patches_knows_where_each_ends():
    def draw(ax):
        shapes = PatchCollection([Circle((1, 1), 1), Rectangle((5, 5), 1, 1)], facecolor=["r", "g"])
        ax.add_collection(shapes)

    (item,), _ = items_of(draw)
    assert item.arrays["ends"][-1] == len(item.arrays["xy"]) and len(item.arrays["ends"]) == 2


def test_text_is_text_and_a_formula_is_its_outline():
    def draw(ax):
        ax.text(2, 3, "two\nlines", ha="center", bbox={"facecolor": "w"})
        ax.text(5, 5, r"$\lambda$", fontsize=20)
        ax.text(1, 1, "")

    (plain, formula), ax = items_of(draw)
    assert plain.style["lines"] == ["two", "lines"] and plain.style["frame"]["pad"] > 0
    np.testing.assert_allclose((plain.style["x"], plain.style["y"]), pixel(ax, 2, 3), atol=0.01)
    xy, (x, y) = without_gaps(formula.arrays["xy"]), pixel(ax, 5, 5)
    assert formula.kind == "shape" and formula.style["letters"]
    assert x - 2 < xy[:, 0].min() < x + 4 and y - 25 < xy[:, 1].min() < y - 10


def test_an_annotation_brings_its_arrow():
    items, ax = items_of(lambda ax: ax.annotate("here", (2, 2), (6, 6), arrowprops={"arrowstyle": "->"}))
    assert [item.kind for item in items] == ["shape", "text"]
    tip = without_gaps(items[0].arrays["xy"])
    assert np.hypot(*(tip - pixel(ax, 2, 2)).T).min() < 6


def test_what_is_invisible_is_not_sent_and_what_leaves_the_axes_is_clipped():
    (item,), ax = items_of(lambda ax: (ax.plot([0, 1e9], [0, 1e12]), ax.plot([1], [1])[0].set_visible(False)))
    assert np.isfinite(item.arrays["xy"]).all() and abs(item.arrays["xy"]).max() <= 32000
    clip = np.reshape(item.style["clip"], (-1, 2))
    np.testing.assert_allclose(clip.max(axis=0), pixel(ax, 10, 0), atol=0.06)


def test_items_come_back_to_front():
    (first, second), _ = items_of(
        lambda ax: (ax.plot([1, 2], color="r", zorder=5), ax.plot([1, 2], color="b", zorder=1))
    )
    assert first.arrays["edge"][2] == 255 and second.arrays["edge"][0] == 255


@pytest.mark.parametrize(
    ("draw", "names"),
    [
        (lambda ax: ax.pcolormesh(np.zeros((2, 2))), "QuadMesh"),
        (lambda ax: ax.table([["a"]]), "Table"),
        (lambda ax: ax.bar([1], [1], hatch="//"), "hatch"),
        (lambda ax: ax.plot([1, 2], path_effects=[effects.withStroke(linewidth=3)]), "path effects"),
    ],
)
def test_what_cannot_be_mirrored_is_an_error_that_names_it(draw, names):
    with pytest.raises(CannotMirror, match=names):
        items_of(draw)


def test_the_error_names_what_can_be_mirrored():
    with pytest.raises(CannotMirror, match="Line2D, LineCollection.*Text.*imshow"):
        items_of(lambda ax: ax.pcolormesh(np.zeros((2, 2))))


def test_a_frame_holds_only_what_changed():
    scene, ax = scene_of(lambda ax: (ax.plot([1, 2], [3, 4]), ax.plot([5, 6], [7, 8])))
    frames = Frames()
    header, data = frames.pack(scene.items())
    assert [change["i"] for change in header["changes"]] == [0, 1]
    assert frames.pack(scene.items()) == ({"count": 2, "changes": []}, b"")
    ax.lines[1].set_ydata([9, 9])
    header, data = frames.pack(scene.items())
    assert header["changes"] == [{"i": 1, "arrays": {"xy": ["f4", 0, 4]}}]
    np.testing.assert_allclose(np.frombuffer(data, np.float32)[1], pixel(ax, 5, 9)[1], atol=1e-3)
    frames.forget()
    assert len(frames.pack(scene.items())[0]["changes"]) == 2


def test_a_title_moves_as_the_outline_of_its_letters_and_a_label_stands_still():
    scene, ax = scene_of(lambda ax: ax.set(title="ab", xlabel="time"))
    (item,) = scene.items()
    xy = without_gaps(item.arrays["xy"])
    middle = (pixel(ax, 0, 10)[0] + pixel(ax, 10, 10)[0]) / 2
    assert abs((xy[:, 0].min() + xy[:, 0].max()) / 2 - middle) < 2 and xy[:, 1].max() < pixel(ax, 0, 10)[1]
    assert scene.background() is not None and scene.background() is None
    ax.set_title("c")
    assert scene.background() is None
    ax.set_xlabel("step")
    assert scene.background() is not None


def test_axes_stand_on_whole_pixels_and_come_back_to_where_they_were():
    figure = Figure(figsize=(4, 3), layout="constrained")
    axes = figure.subplots(2, 2)
    axes[0, 0].set(aspect="equal", ylabel="y")
    scene = Scene(figure)
    scene.background()
    before = scene.layout()
    for limit in (1000.0, 3.0, 1e-5, 1.0):
        axes[1, 1].set_ylim(0, limit)
        assert scene.background() is not None
        for ax in scene.layout()["axes"][1:]:
            np.testing.assert_allclose(ax["box"], np.round(ax["box"]), atol=1e-6)
    assert scene.layout() == before


def test_a_legend_is_in_front_and_knows_whether_it_has_a_frame():
    figure = Figure()
    ax = figure.subplots()
    ax.plot([1, 2], label="a")
    ax.legend(frameon=False)
    scene = Scene(figure)
    scene.background()
    ((x, y, w, h, framed),) = scene.layout()["over"]
    assert framed is False and 0 < x < x + w < 640 and 0 < y < y + h < 480


def test_a_colour_bar_stands_still():
    figure = Figure(layout="constrained")
    ax = figure.subplots()
    image = ax.imshow([[0.0, 1.0]])
    figure.colorbar(image)
    scene = Scene(figure)
    assert [item.kind for item in scene.items()] == ["image"]
    assert scene.background() is not None and scene.background() is None
    image.set_clim(0, 5)
    assert scene.background() is not None
