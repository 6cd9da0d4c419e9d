"""Runs the benchmarks named on the command line, or all of them, and prints one table each."""

from __future__ import annotations

import asyncio
import platform
import sys

from bench import fanout, files, ingest, listing, screening, upload, wake, webhook

ALL = {
    "ingest": ingest.run,
    "list": listing.run,
    "fanout": fanout.run,
    "wake": wake.run,
    "files": files.run,
    "webhook": webhook.run,
    "upload": upload.run,
    "screening": screening.run,
}


def main() -> None:
    wanted = sys.argv[1:] or list(ALL)
    unknown = set(wanted) - set(ALL)
    if unknown:
        sys.exit(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(ALL)}")
    print(f"Python {platform.python_version()}, {platform.machine()}, {platform.system()}")
    for name in wanted:
        print(f"\n== {name}", flush=True)
        asyncio.run(ALL[name]())


main()
