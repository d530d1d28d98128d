"""A water tank behind a valve: a stand-in for the pilot plant of Ribeiro and Aguirre (2018), and a loader for it."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from rnnlab.models.unroll import unroll

PILOT_ROWS = {"training_set.csv": 711, "test_set.csv": 359}


def valve(u: np.ndarray) -> np.ndarray:
    """Inflow in mm a sample for a voltage: an equal-percentage valve, each tenth of a volt lets 20 % more through."""
    return 34.0 * np.exp(1.8 * (u - 3.3))


def tank(
    T: int, rng: np.random.Generator, sigma_v: float = 2.0, sigma_w: float = 9.0, hold: int = 18
) -> tuple[np.ndarray, np.ndarray]:
    """y*_{t+1} = y*_t + q(u_t) − k √y*_t + v_t, and y_t = y*_t + w_t: Torricelli's law, a step of 10 s.

    us (T,) in V, drawn anew every `hold` samples between 3.3 and 3.75; ys (T,) in mm, with noise in the equation
    (turbulence, a pump that shakes) and at the sensor. A synthetic stand-in with the size of the real record.
    """
    us = np.repeat(rng.uniform(3.3, 3.75, size=-(-T // hold)), hold)[:T]

    def step(level: np.ndarray, row: np.ndarray) -> np.ndarray:
        return np.maximum(level + valve(row[0]) - 3.0 * np.sqrt(level) + row[1], 1.0)

    rows = np.stack([us[:-1], sigma_v * rng.normal(size=T - 1)], 1)
    start = np.asarray(300.0)
    levels = np.concatenate([[start], unroll(step, start, rows)])
    return us, levels + sigma_w * rng.normal(size=T)


def pilot_plant(folder: str | Path) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """((us, ys), (us, ys)) for training and test of the real plant: volts and millimetres, one row every 10 s.

    `folder` holds training_set.csv (711 rows) and test_set.csv (359), columns time, input, output, as in
    github.com/antonior92/MultipleShootingPEM.jl, examples/ex2/processed_data.
    """
    train, test = (_read(Path(folder) / name, rows) for name, rows in PILOT_ROWS.items())
    return train, test


def _read(path: Path, rows: int) -> tuple[np.ndarray, np.ndarray]:
    if not path.exists():
        raise FileNotFoundError(
            f"{path.name} is not in {path.parent.name or '.'}/. It is public: copy training_set.csv and"
            " test_set.csv from"
            " github.com/antonior92/MultipleShootingPEM.jl, folder examples/ex2/processed_data, and name that folder;"
            " without them the course uses tank()"
        )
    with path.open(newline="") as file:
        header, *lines = list(csv.reader(file))
    if [name.strip() for name in header] != ["time", "input", "output"] or len(lines) != rows:
        raise ValueError(
            f"{path.name} has the columns {header} and {len(lines)} rows; expected time, input, output and {rows} rows:"
            " the file from processed_data, not the one from raw_data"
        )
    values = np.array(lines, dtype=float)
    return values[:, 1], values[:, 2]
