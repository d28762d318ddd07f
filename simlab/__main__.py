"""Let ``python -m simlab`` do what ``simlab`` does."""

from simlab.cli import main

main()
