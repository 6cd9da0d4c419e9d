"""The yardstick of `list`: the same page by hand, Starlette, sqlite3 and orjson, from the same database file.

`python -m bench.plain_list PORT DATABASE`
"""

from __future__ import annotations

import sqlite3
import sys

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app import serving

INGESTIONS = """SELECT i.id, i.status, i.created_at, i.finished_at, c.id, c.kyc_status
    FROM ingestion i JOIN customer c ON c.id = i.customer_id ORDER BY i.id DESC LIMIT 50"""
RESULTS = "SELECT ingestion_id, process, status, error FROM process_result WHERE ingestion_id IN ({}) ORDER BY position"


def application(path: str) -> Starlette:
    rows = sqlite3.connect(path, check_same_thread=False)

    async def page(request: Request) -> Response:
        await request.body()
        found = rows.execute(INGESTIONS).fetchall()
        results: dict[str, list[dict[str, object]]] = {item[0]: [] for item in found}
        for owner, process, status, error in rows.execute(RESULTS.format(",".join("?" * len(results))), list(results)):
            code = {"code": orjson.loads(error)["code"]} if error else None
            results[owner].append({"process": process, "status": status, "error": code})
        nodes = [
            {
                "id": id_,
                "status": status,
                "createdAt": created,
                "finishedAt": finished,
                "customer": {"id": customer, "kycStatus": kyc},
                "results": results[id_],
            }
            for id_, status, created, finished, customer, kyc in found
        ]
        return Response(orjson.dumps({"data": {"ingestions": {"nodes": nodes}}}), media_type="application/json")

    return Starlette(routes=[Route("/graphql", page, methods=["GET", "POST"])])


if __name__ == "__main__":
    serving.server(application(sys.argv[2]), host="127.0.0.1", port=int(sys.argv[1])).run()
