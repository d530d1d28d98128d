"""Analysis: what happened, in a small result that a figure can draw."""
