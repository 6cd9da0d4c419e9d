"""A firm that uses Gatehouse: a gateway with its workers and a Sumsub twin, over real HTTP and real sockets."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

from app import config, main, serving, wiring
from app.clock import SystemClock
from app.domain.credential import CredentialKind, Right, Role
from app.service.dependencies import Dependencies
from app.service.trust import credential
from app.store import migrate
from app.store.db import transaction
from providers.sumsub import twin
from providers.veriff import twin as veriff_twin
from tasks import pool
from tests.make import storage

KEY = base64.b64encode(bytes(range(32))).decode()
CREATE_CUSTOMER = """mutation($input: CreateCustomerInput!) { createCustomer(input: $input) {
    customer { id externalId status kycStatus } userErrors { code message field hint } } }"""
CREATE_INGESTION = """mutation($input: CreateIngestionInput!) { createIngestion(input: $input) {
    ingestion { id status attempts processes results { process status } } userErrors { code message field hint } } }"""
UPDATE_KYC_DATA = """mutation($input: UpdateKycDataInput!) { updateKycData(input: $input) {
    customer { id status kycStatus nextAction { code } requiredInformation { field reason message } }
    userErrors { code message field hint } } }"""
CREATE_UPLOAD = """mutation($input: CreateUploadInput!) { createUpload(input: $input) {
    upload { id url headers expiresAt } userErrors { code message field } } }"""
RISK = {
    "designatedService": "exchange",
    "paymentMethod": "BANK_TRANSFER",
    "clientRelationship": "NEW",
    "comment": "Known from the branch",
}
START_VERIFICATION = """mutation($input: StartVerificationInput!) { startVerification(input: $input) {
    verification { id provider level startedBy providerReference link stage }
    start { id status charge requestedBy approvedBy problem { code message hint } }
    customer { id status kycStatus nextAction { code } } userErrors { code message field hint } } }"""
READ_INGESTION = (Path(__file__).parents[2] / "graphql/operations/03_ingestion.graphql").read_text()
INTEGRATIONS = {
    **veriff_twin.Options().integrations,
    "poa": veriff_twin.Keys("22222222-2222-4333-8444-555555555555", "77777777-7777-4888-8999-aaaaaaaaaaaa"),
}
PROCESSES = {"poa": ["ADDRESS", "PROOF_OF_ADDRESS"]}
SECRETS = ("shareVerification", "createSdkToken", "createVerificationLink")
PLAIN = ("resetVerification", "submitVerification", "deleteVerification")
_numbers = itertools.count(1)
HOST = "127.0.0.1"


@dataclass
class Firm:
    settings: config.Settings
    options: twin.Options
    veriff: veriff_twin.Options
    twin_port: int
    veriff_port: int
    port: int
    storage_port: int
    deps: Dependencies = field(init=False)
    http: httpx.AsyncClient = field(init=False)
    tokens: dict[str, str] = field(default_factory=dict)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    @classmethod
    def embedded(cls, folder: Path, **more: Any) -> Firm:
        return cls._make(folder, f"sqlite+aiosqlite:///{folder}/gatehouse.db", None, more)

    @classmethod
    def distributed(cls, folder: Path, database_url: str, redis_url: str, **more: Any) -> Firm:
        return cls._make(folder, database_url, redis_url, more)

    @classmethod
    def _make(cls, folder: Path, database_url: str, redis_url: str | None, more: dict[str, Any]) -> Firm:
        port, twin_port, veriff_port, storage_port = (serving.free_port(HOST) for _ in range(4))
        hooks = f"http://127.0.0.1:{port}/webhooks"
        wanted = more.pop("options", None) or twin.Options(
            seed=1, reads_per_5s=100_000, writes_per_5s=100_000, aml_per_minute=100_000
        )
        options = replace(wanted, webhook_url=f"{hooks}/sumsub") if more.pop("webhooks", False) else wanted
        veriff = more.pop("veriff", None) or veriff_twin.Options(INTEGRATIONS, seed=1, calls_per_5s=100_000)
        values = {
            "database_url": database_url,
            "redis_url": redis_url,
            "blob_url": (folder / "blobs").as_uri(),
            "secret_keys": KEY,
            "public_url": f"http://127.0.0.1:{port}",
            "sumsub_base_url": f"http://127.0.0.1:{twin_port}",
            "sumsub_app_token": options.app_token,
            "sumsub_secret_key": options.secret_key,
            "sumsub_webhook_secret": options.webhook_secret,
            "veriff_base_url": f"http://127.0.0.1:{veriff_port}/v1",
            "veriff_api_key": veriff.integrations["default"].api_key,
            "veriff_shared_secret": veriff.integrations["default"].secret,
            "veriff_integrations": {
                name: {"key": keys.api_key, "secret": keys.secret, "processes": PROCESSES[name]}
                for name, keys in veriff.integrations.items()
                if name != "default"
            },
            "veriff_reads_per_5s": 100_000,
            "veriff_writes_per_5s": 100_000,
            "sumsub_reads_per_5s": 100_000,
            "sumsub_writes_per_5s": 100_000,
            "sumsub_screenings_per_5s": 100_000,
            "worker_concurrency": 32,
            "fetch_allowed_hosts": (f"{HOST}:{storage_port}",),
            "log_level": "ERROR",
            **more,
        }
        return cls(config.load(_env_file=None, **values), options, veriff, twin_port, veriff_port, port, storage_port)

    async def __aenter__(self) -> Firm:
        stack = self._stack
        await stack.enter_async_context(serving.running(twin.application(self.options), host=HOST, port=self.twin_port))
        veriff = veriff_twin.application(self.veriff)
        await stack.enter_async_context(serving.running(veriff, host=HOST, port=self.veriff_port))
        await stack.enter_async_context(serving.running(storage.application(), host=HOST, port=self.storage_port))
        if not self.settings.embedded:
            await migrate.upgrade(self.settings.database_url)
        application = await stack.enter_async_context(main.gateway(self.settings))
        await stack.enter_async_context(serving.running(application, host=HOST, port=self.port))
        parts = await stack.enter_async_context(wiring.opened(self.settings))
        self.deps = parts.deps
        if self.settings.redis_url:
            await stack.enter_async_context(self.worker(parts))
        self.http = await stack.enter_async_context(httpx.AsyncClient(base_url=self.url, timeout=30))
        for name, role, scopes in (
            ("service", Role.SERVICE, ()),
            ("reader", Role.SERVICE, (Right.READ_PERSONS,)),
            ("back-office", Role.BACK_OFFICE, ()),
            ("compliance", Role.COMPLIANCE, ()),
            ("admin", Role.ADMIN, ()),
        ):
            self.tokens[name] = await self.issue(role, scopes=scopes)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def twin_url(self) -> str:
        return f"http://127.0.0.1:{self.twin_port}"

    @asynccontextmanager
    async def worker(self, parts: wiring.Parts) -> AsyncIterator[None]:
        """What `gatehouse worker` runs, in this process."""
        async with (
            pool.waking(self.settings, parts.deps) as (queue, waker),
            pool.work_context(self.settings, parts.deps) as context,
            pool.working(queue, waker, context, concurrency=32),
        ):
            yield

    async def issue(
        self, role: Role, *, tenant: str = "default", scopes: Any = (), expires_at: Any = None, name: str = "test"
    ) -> str:
        at = SystemClock().now()
        kind = CredentialKind.API_KEY if role is Role.SERVICE else CredentialKind.PERSON
        async with transaction(self.deps.database) as session:
            tenant_id = await credential.ensure_tenant(session, tenant, at=at)
            return await credential.issue(
                session,
                tenant_id=tenant_id,
                kind=kind,
                role=role,
                name=name,
                scopes=scopes,
                live=False,
                at=at,
                expires_at=expires_at,
            )

    async def ask(self, query: str, variables: Any = None, *, who: str | None = "reader") -> dict[str, Any]:
        """The whole answer of an operation."""
        headers = {"Authorization": f"Bearer {self.tokens.get(who, who)}"} if who else {}
        # Escaped, so that broken Unicode can be sent as hostile clients send it.
        content = json.dumps({"query": query, "variables": variables})
        headers["Content-Type"] = "application/json"
        answer = await self.http.post("/graphql", content=content, headers=headers)
        return answer.json()  # type: ignore[no-any-return]

    async def data(self, query: str, variables: Any = None, *, who: str = "reader") -> Any:
        answer = await self.ask(query, variables, who=who)
        assert "errors" not in answer, answer
        return answer["data"]

    async def customer(self, *, who: str = "service", **more: Any) -> str:
        given = {"email": f"c{next(_numbers)}@example.com", "firstName": "Iria", "lastName": "Vale", **more}
        payload = (await self.data(CREATE_CUSTOMER, {"input": given}, who=who))["createCustomer"]
        assert payload["userErrors"] == [], payload
        return str(payload["customer"]["id"])

    async def submit(self, customer: str, *, who: str = "service", expect: Any = (), key: str | None = None, **data: Any) -> Any:
        """Submits KYC data and answers the customer; `expect` are the codes of the userErrors it must have."""
        given = {"customerId": customer, "kycData": data, "idempotencyKey": key}
        payload = (await self.data(UPDATE_KYC_DATA, {"input": given}, who=who))["updateKycData"]
        assert [error["code"] for error in payload["userErrors"]] == list(expect), payload
        return payload["customer"] if not expect else payload["userErrors"]

    async def start(self, customer: str, *, who: str = "back-office", expect: Any = (), key: str | None = None, **more: Any) -> Any:
        """Starts a verification and answers the payload; `expect` are the codes of the userErrors it must have."""
        given = {"customerId": customer, "risk": RISK, "idempotencyKey": key or f"start-{next(_numbers)}", **more}
        payload = (await self.data(START_VERIFICATION, {"input": given}, who=who))["startVerification"]
        assert [error["code"] for error in payload["userErrors"]] == list(expect), payload
        return payload

    async def upload(self, customer: str, content: bytes, kind: str = "image/jpeg", *, who: str = "service", **more: Any) -> Any:
        """Announces and sends a file: the upload's id, and the answer to the PUT."""
        given = {"customerId": customer, "contentType": kind, "size": len(content), **more}
        payload = (await self.data(CREATE_UPLOAD, {"input": given}, who=who))["createUpload"]
        assert payload["userErrors"] == [], payload
        made = payload["upload"]
        return made["id"], await self.http.put(made["url"], content=content, headers=made["headers"])

    async def share(self, scenario: str = "passport") -> str:
        answer = await self.http.post(f"{self.twin_url}/_twin/share-tokens", json={"scenario": scenario})
        return str(answer.json()["token"])

    async def applicant(self, scenario: str = "passport") -> str:
        answer = await self.http.post(f"{self.twin_url}/_twin/applicants", json={"scenario": scenario})
        return str(answer.json()["applicantId"])

    async def act(self, mutation: str, *, who: str = "back-office", expect: str | None = None, **given: Any) -> dict[str, Any]:
        """A mutation on a verification, and its payload; `expect` is the code of the one userError it must have."""
        kind = "CustomerVerification" if mutation in PLAIN else mutation[0].upper() + mutation[1:]
        secret = "token url" if mutation in SECRETS else "customer { id kycStatus riskLevel tags }"
        query = f"""mutation($input: {kind}Input!) {{ done: {mutation}(input: $input) {{
            {secret} verification {{ id stage }} userErrors {{ code message field hint }} }} }}"""
        payload = (await self.data(query, {"input": given}, who=who))["done"]
        assert [error["code"] for error in payload["userErrors"]] == ([expect] if expect else []), payload
        return payload  # type: ignore[no-any-return]

    async def session(self, scenario: str = "passport", integration: str = "default", **more: Any) -> str:
        """A session at Veriff's twin."""
        return str((await self.twin("veriff", "sessions", scenario=scenario, integration=integration, **more))["sessionId"])

    async def twin(self, vendor: str, place: str, **given: Any) -> Any:
        """Asks a twin at one of its own addresses."""
        url = self.twin_url if vendor == "sumsub" else f"http://127.0.0.1:{self.veriff_port}"
        answer = await self.http.post(f"{url}/_twin/{place}", json=given)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def effects(self) -> dict[str, int]:
        return (await self.http.get(f"{self.twin_url}/_twin/effects")).json()  # type: ignore[no-any-return]

    async def create_ingestion(self, given: dict[str, Any], *, who: str = "service") -> dict[str, Any]:
        return (await self.data(CREATE_INGESTION, {"input": given}, who=who))["createIngestion"]  # type: ignore[no-any-return]

    async def ingest(self, scenario: str = "passport", *, processes: Any = None, customer: str | None = None) -> str:
        """Queues an ingestion of a fresh share token and answers its id."""
        given: dict[str, Any] = {
            "customerId": customer or await self.customer(),
            "source": {"sumsub": {"shareToken": await self.share(scenario)}},
        }
        if processes:
            given["processes"] = processes
        payload = await self.create_ingestion(given)
        assert payload["userErrors"] == [], payload
        return str(payload["ingestion"]["id"])

    async def finished(self, ingestion_id: str, *, seconds: float = 30, who: str = "reader") -> dict[str, Any]:
        """The ingestion once it is FINISHED, by process."""
        for _ in range(int(seconds / 0.05)):
            found = (await self.data(READ_INGESTION, {"id": ingestion_id}, who=who))["ingestion"]
            if found["status"] == "FINISHED":
                return found  # type: ignore[no-any-return]
            await asyncio.sleep(0.05)
        raise AssertionError(f"not finished: {found}")

    async def outcome(self, scenario: str, *, who: str = "reader") -> dict[str, Any]:
        """The results of a scenario by process."""
        found = await self.finished(await self.ingest(scenario), who=who)
        return {result["process"]: result for result in found["results"]}

    def subscribe(self, query: str, variables: Any = None, *, who: str = "reader") -> Subscription:
        return Subscription(f"ws://127.0.0.1:{self.port}/graphql", self.tokens.get(who, who), query, variables)


class Subscription:
    """One subscription on a socket of its own. Iterating gives payloads until `complete`."""

    def __init__(self, url: str, token: str, query: str, variables: Any) -> None:
        self._url, self._token, self._query, self._variables = url, token, query, variables
        self.socket: ClientConnection | None = None

    async def __aenter__(self) -> Subscription:
        self.socket = await connect(self._url, subprotocols=["graphql-transport-ws"], max_size=None)  # type: ignore[list-item]
        await self.send({"type": "connection_init", "payload": {"authorization": f"Bearer {self._token}"}})
        assert (await self.message())["type"] == "connection_ack"
        payload = {"query": self._query, "variables": self._variables}
        await self.send({"type": "subscribe", "id": "1", "payload": payload})
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self.socket is not None
        await self.socket.close()

    async def send(self, message: Any) -> None:
        assert self.socket is not None
        await self.socket.send(json.dumps(message))

    async def message(self, seconds: float = 15) -> dict[str, Any]:
        assert self.socket is not None
        return json.loads(await asyncio.wait_for(self.socket.recv(), seconds))  # type: ignore[no-any-return]

    async def payloads(self) -> AsyncIterator[dict[str, Any]]:
        while True:
            message = await self.message()
            if message["type"] == "complete":
                return
            assert message["type"] == "next", message
            yield message["payload"]["data"]
