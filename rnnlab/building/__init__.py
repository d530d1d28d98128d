"""From `sources/` to notebooks: read, execute, prune, check, seal. `build.py` is where it starts."""
