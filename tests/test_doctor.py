"""`gatehouse doctor`: each fault named with its remedy; and the twins as processes, with webhooks of their own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app import config, serving
from app.errors import ConfigurationFault
from providers.sumsub.twin.options import APP_TOKEN, SECRET_KEY, WEBHOOK_SECRET
from providers.veriff.twin.options import DEFAULT
from tests.make.firm import CREATE_CUSTOMER, CREATE_INGESTION
from tests.make.process import Process, output

KEYS = DEFAULT["default"]
HOST = "127.0.0.1"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Both twins and a gateway as an operator starts them; the environment that they share."""
    folder = tmp_path_factory.mktemp("whole")
    gateway, sumsub, veriff = (serving.free_port(HOST) for _ in range(3))
    environment = {
        "GATEHOUSE_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/g.db",
        "GATEHOUSE_SUMSUB_BASE_URL": f"http://{HOST}:{sumsub}",
        "GATEHOUSE_SUMSUB_APP_TOKEN": APP_TOKEN,
        "GATEHOUSE_SUMSUB_SECRET_KEY": SECRET_KEY,
        "GATEHOUSE_SUMSUB_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "GATEHOUSE_VERIFF_BASE_URL": f"http://{HOST}:{veriff}/v1",
        "GATEHOUSE_VERIFF_API_KEY": KEYS.api_key,
        "GATEHOUSE_VERIFF_SHARED_SECRET": KEYS.secret,
        "GATEHOUSE_LOG_LEVEL": "ERROR",
    }
    hooks = f"http://{HOST}:{gateway}/webhooks"
    twins = [
        Process(["twin", name, "--port", str(port), "--webhook-url", f"{hooks}/{name}"], environment, folder / f"{name}.log",
                f"http://{HOST}:{port}/_twin/scenarios")
        for name, port in (("sumsub", sumsub), ("veriff", veriff))
    ]  # fmt: skip
    serve = Process(["serve", "--port", str(gateway)], environment, folder / "serve.log", f"http://{HOST}:{gateway}/livez")
    for process in (*twins, serve):
        process.start()
    for process in (*twins, serve):
        process.await_ready()
    yield {
        **environment,
        "url": f"http://{HOST}:{gateway}",
        "sumsub": f"http://{HOST}:{sumsub}",
        "veriff": f"http://{HOST}:{veriff}",
    }
    for process in (*twins, serve):
        process.stop()


def settings_of(running: dict[str, str], **change: str) -> dict[str, str]:
    return {**{name: value for name, value in running.items() if name.startswith("GATEHOUSE_")}, **change}


def test_with_everything_right_it_finds_nothing_and_lists_the_settings_without_secrets(running: dict[str, str]) -> None:
    done = output(["doctor"], settings_of(running))

    assert done.returncode == 0, done.stdout
    for check in (
        "database: schema",
        "blob store",
        "sumsub: credentials",
        "sumsub: clock",
        "sumsub: level",
        "veriff default: keys",
    ):
        assert check in done.stdout
    assert "GATEHOUSE_SUMSUB_SECRET_KEY" in done.stdout
    assert SECRET_KEY not in done.stdout + done.stderr
    assert KEYS.secret not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("change", "named", "remedy"),
    [
        ({"GATEHOUSE_SUMSUB_SECRET_KEY": "wrong"}, "the signature is not right", "GATEHOUSE_SUMSUB_SECRET_KEY"),
        ({"GATEHOUSE_SUMSUB_APP_TOKEN": "sbx:other"}, "the app token does not exist", "Create one"),
        ({"GATEHOUSE_SUMSUB_LEVEL": "nothing"}, "no level", "GATEHOUSE_SUMSUB_LEVEL"),
        ({"GATEHOUSE_SUMSUB_BASE_URL": "http://127.0.0.1:1"}, "sumsub: reachable", "firewall"),
        ({"GATEHOUSE_SUMSUB_WEBHOOK_SECRET": ""}, "every webhook is refused", "GATEHOUSE_SUMSUB_WEBHOOK_SECRET"),
        ({"GATEHOUSE_VERIFF_SHARED_SECRET": "wrong"}, "veriff default: keys", "shared secret"),
        ({"GATEHOUSE_VERIFF_API_KEY": "wrong"}, "veriff default: keys", "customer portal"),
        ({"GATEHOUSE_VERIFF_BASE_URL": "http://127.0.0.1:1"}, "veriff default: reachable", "firewall"),
        ({"GATEHOUSE_DATABASE_URL": "mysql://x"}, "GATEHOUSE_DATABASE_URL", "postgresql"),
        ({"GATEHOUSE_DATABASE_URL": "postgresql+asyncpg://nobody@127.0.0.1:1/x", "GATEHOUSE_BLOB_URL": "file:///tmp/gh-blobs",
          "GATEHOUSE_SECRET_KEYS": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}, "database", "GATEHOUSE_DATABASE_URL"),
    ],
)  # fmt: skip
def test_each_fault_is_named_with_its_remedy(running: dict[str, str], change: dict[str, str], named: str, remedy: str) -> None:
    done = output(["doctor"], settings_of(running, **change))

    plain = " ".join(done.stdout.replace("│", " ").split())
    assert done.returncode == 1, plain
    assert "Traceback" not in done.stderr
    assert named in plain
    assert remedy in plain


def ask(running: dict[str, str], token: str, query: str, **variables: object) -> dict[str, object]:
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx.post(f"{running['url']}/graphql", json={"query": query, "variables": variables}, headers=headers, timeout=20)
    assert "errors" not in answer.json(), answer.text
    return answer.json()["data"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("vendor", ["sumsub", "veriff"])
def test_a_twin_tells_the_gateway_by_itself_when_its_vendor_changes_its_mind(running: dict[str, str], vendor: str) -> None:
    issue = ["credentials", "issue", "--kind", "api-key", "--role", "service", "--name", "crm"]
    token = output(issue, settings_of(running)).stdout.strip()
    made = ask(running, token, CREATE_CUSTOMER, input={"email": "iria@example.com", "firstName": "Iria"})
    customer = made["createCustomer"]["customer"]["id"]  # type: ignore[index]
    place = "applicants" if vendor == "sumsub" else "sessions"
    reference = next(
        value for key, value in httpx.post(f"{running[vendor]}/_twin/{place}", json={"scenario": "passport"}).json().items()
        if key in ("applicantId", "sessionId")
    )  # fmt: skip
    source = {"sumsub": {"applicantId": reference}} if vendor == "sumsub" else {"veriff": {"sessions": [{"sessionId": reference}]}}
    ask(running, token, CREATE_INGESTION, input={"customerId": customer, "source": source, "processes": ["PROFILE"]})
    read = "query($id: ID!) { customer(id: $id) { kycStatus } }"
    await_status(running, token, read, customer, "VERIFIED")

    verdict = (
        {"reviewResult": {"reviewAnswer": "RED", "reviewRejectType": "FINAL"}} if vendor == "sumsub" else {"status": "declined"}
    )
    kind = "review" if vendor == "sumsub" else "decision"
    httpx.post(f"{running[vendor]}/_twin/{place}/{reference}/{kind}", json=verdict)

    await_status(running, token, read, customer, "FAILED")
    tries = httpx.get(f"{running[vendor]}/_twin/webhooks").json()
    assert {tuple(item["answers"]) for item in tries if item["over"]} == {(200,)}


def await_status(running: dict[str, str], token: str, query: str, customer: str, wanted: str) -> None:
    seen: object = None
    for _ in range(200):
        seen = ask(running, token, query, id=customer)["customer"]["kycStatus"]  # type: ignore[index]
        if seen == wanted:
            return
        time.sleep(0.05)
    raise AssertionError(seen)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"veriff_api_key": "k"}, "GATEHOUSE_VERIFF_SHARED_SECRET"),
        ({"veriff_integrations": {"poa": {"key": "", "secret": "s"}}}, "poa needs a key"),
        ({"veriff_integrations": {"poa": {"key": "k", "secret": " , "}}}, "poa needs a key"),
        ({"veriff_integrations": {"poa": {"key": "k", "secret": "s", "processes": []}}}, "at least one process"),
        ({"veriff_integrations": {"poa": {"key": "k"}}}, "VERIFF_INTEGRATIONS"),
        ({"veriff_integrations": {"a": {"key": "k", "secret": "s"}, "b": {"key": "k", "secret": "t"}}}, "the same key"),
        (
            {"veriff_api_key": "k", "veriff_shared_secret": "s", "veriff_integrations": {"default": {"key": "l", "secret": "t"}}},
            "default",
        ),
        ({"sumsub_webhook_algorithms": "HMAC_MD5_HEX"}, "SUMSUB_WEBHOOK_ALGORITHMS"),
        ({"sumsub_webhook_algorithms": ""}, "SUMSUB_WEBHOOK_ALGORITHMS"),
        ({"expected_stay_seconds": {"APPROVED": 0}}, "EXPECTED_STAY_SECONDS"),
        ({"expected_stay_seconds": {"NOWHERE": 5}}, "EXPECTED_STAY_SECONDS"),
    ],
)
def test_settings_of_vendors_that_cannot_work_are_refused(tmp_path: Path, change: dict[str, object], named: str) -> None:
    with pytest.raises(ConfigurationFault, match=named):
        config.load(_env_file=None, database_url=f"sqlite+aiosqlite:///{tmp_path}/g.db", **change)


def test_secrets_may_overlap_while_they_are_changed(tmp_path: Path) -> None:
    loaded = config.load(
        _env_file=None,
        database_url=f"sqlite+aiosqlite:///{tmp_path}/g.db",
        veriff_api_key="k",
        veriff_shared_secret="new, old",
        sumsub_webhook_algorithms="HMAC_SHA512_HEX,HMAC_SHA256_HEX",
    )

    assert loaded.integrations["default"].secrets == (b"new", b"old")
    assert [str(item) for item in loaded.sumsub_webhook_algorithms] == ["HMAC_SHA512_HEX", "HMAC_SHA256_HEX"]
