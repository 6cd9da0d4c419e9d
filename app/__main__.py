"""`python -m app` is the command `gatehouse`."""

from app.command.cli import main

main()
