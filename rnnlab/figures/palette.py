"""One palette for the whole course, told apart by colour-blind eyes and in grey.

Each role has a line style as well as a colour, so that no figure depends on colour alone. A test measures the
distance between any two of them in normal, protan, deutan and tritan vision, and between their greys.
"""

from __future__ import annotations

INK = "#1b1f24"
QUIET = "#8a9099"
FAINT = "#d9dde2"

BLUE = "#004488"
VERMILION = "#b8390e"
GREEN = "#009e73"
SKY = "#56b4e9"
AMBER = "#e69f00"

SERIES = (BLUE, AMBER, GREEN, VERMILION)
STYLES = ("-", "--", "-.", ":")
SEQUENTIAL = "cividis"
