"""The palette holds for colour-blind eyes and in grey, and every figure says in words what is seen."""

import itertools

import numpy as np
import pytest

from rnnlab.analysis.impulse import memory
from rnnlab.figures import palette
from rnnlab.figures.canvas import canvas
from rnnlab.figures.impulse_response import two_roads

# Machado, Oliveira and Fernandes (2009), doi:10.1109/TVCG.2009.113: severity 1, on linear RGB.
VISION = {
    "normal": np.eye(3),
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def linear(colour):
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(colour, vision):
    """CIE L*a*b* (D65) of a colour as that vision sees it; distances in it are about what the eye finds."""
    xyz = TO_XYZ @ np.clip(np.asarray(VISION[vision]) @ linear(colour), 0, 1) / [0.95047, 1.0, 1.08883]
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("vision", VISION)
def test_any_two_series_are_far_apart(vision):
    for one, other in itertools.combinations(palette.SERIES, 2):
        assert np.linalg.norm(lab(one, vision) - lab(other, vision)) > 30, (one, other)


def test_the_series_differ_in_grey_and_in_style():
    grey = sorted(lab(colour, "normal")[0] for colour in palette.SERIES)
    assert np.diff(grey).min() > 10
    assert len(set(palette.STYLES)) == len(palette.SERIES)


def test_series_are_told_from_the_paper():
    for colour in (*palette.SERIES, palette.INK):
        assert lab(colour, "normal")[0] < 75


def test_a_figure_without_words_is_refused_and_one_with_words_shows_them():
    empty, _ = canvas()
    with pytest.raises(ValueError, match="says what is seen"):
        empty._repr_mimebundle_()
    empty.alt = "nothing"
    with pytest.raises(ValueError, match="nothing in this figure"):
        empty._repr_mimebundle_()
    fig = two_roads(memory(0.5, T=10), memory(0.9, T=10))
    data, metadata = fig._repr_mimebundle_()
    assert data["text/plain"] == metadata["image/png"]["alt"]
    assert "0.00195" in data["text/plain"]
    assert data["image/png"][:8] == b"\x89PNG\r\n\x1a\n" and len(data["image/png"]) < 40_000
    assert fig.png() == data["image/png"]
