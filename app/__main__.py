"""`python -m app` is the command `gatehouse`."""

from app.cli import main

main()
