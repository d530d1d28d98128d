"""`python -m rnnlab.cli`, where the `rnnlab` script is not on the path."""

from rnnlab.cli import main

raise SystemExit(main())
