"""The commands as an operator uses them: exit codes, what goes to which stream, unsafe settings, shutting down."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import httpx
import pytest

from app import config, serving
from app.command import spelling
from app.errors import ConfigurationFault
from tests.make import servers
from tests.make.firm import KEY
from tests.make.process import ROOT, Process, output

ISSUE = ["credentials", "issue", "--kind", "api-key", "--role", "service", "--name", "crm"]


@pytest.fixture
def embedded_environment(tmp_path: Path) -> dict[str, str]:
    return {"GATEHOUSE_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/g.db"}


def test_a_credential_stands_alone_on_standard_output_and_can_be_listed_and_revoked(embedded_environment: dict[str, str]) -> None:
    issued = output(ISSUE, embedded_environment)
    listed = output(["credentials", "list"], embedded_environment)
    credential_id = listed.stdout.split()[0]
    revoked = output(["credentials", "revoke", credential_id], embedded_environment)
    again = output(["credentials", "revoke", credential_id], embedded_environment)

    assert issued.returncode == 0
    assert issued.stdout.startswith("gh_test_")
    assert len(issued.stdout.split()) == 1
    assert issued.stdout.strip() not in listed.stdout
    assert (revoked.returncode, again.returncode) == (0, 1)
    assert "revoked" in output(["credentials", "list"], embedded_environment).stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["credentials", "issue", "--kind", "api-key", "--role", "admin", "--name", "x"],
        ["credentials", "issue", "--kind", "person", "--role", "admin", "--name", "x", "--scope", "persons:read"],
        ["credentials", "issue", "--kind", "person", "--role", "admin", "--name", " "],
        ["credentials", "issue", "--kind", "person", "--role", "admin", "--name", "x", "--expires-in", "soon"],
        ["credentials", "issue"],
        ["nonsense"],
        ["serve", "--port", "x"],
        ["twin", "sumsub", "--faults", "nonsense"],
        ["twin", "sumsub", "--scenario", "/nowhere.json"],
        ["twin", "veriff", "--faults", "nonsense"],
    ],
)
def test_wrong_usage_exits_with_two_and_says_why(arguments: list[str], embedded_environment: dict[str, str]) -> None:
    done = output(arguments, embedded_environment)

    assert done.returncode == 2
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["serve"],
        ["worker"],
        ["twin", "sumsub"],
        ["twin", "veriff"],
        ["doctor"],
        ["demo"],
        ["credentials", "issue"],
        ["schema"],
        ["db", "check"],
    ],
)
def test_every_command_has_help(arguments: list[str]) -> None:
    done = output([*arguments, "--help"], {})

    assert done.returncode == 0
    assert "Usage" in done.stdout


def test_the_version_is_the_packages() -> None:
    done = output(["--version"], {})

    assert (done.returncode, done.stdout) == (0, f"gatehouse {version('gatehouse')}\n")


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, app.command.cli; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)

    heavy = {
        "alembic",
        "sqlalchemy",
        "strawberry",
        "graphql",
        "pydantic",
        "structlog",
        "uvicorn",
        "starlette",
        "app.model",
        "app.service",
    }
    assert heavy & set(done.stdout.split()) == set(), "import it inside the command's function"


def test_commands_name_the_database_on_standard_error(embedded_environment: dict[str, str], tmp_path: Path) -> None:
    for arguments in (["credentials", "list"], ["stuck"], ["lists", "status"], ["db", "check"], ["db", "upgrade"]):
        done = output(arguments, embedded_environment)

        assert f"Database: {tmp_path}/g.db\n" in done.stderr
        assert str(tmp_path) not in done.stdout


def test_a_password_of_the_database_is_not_shown() -> None:
    environment = {
        "GATEHOUSE_DATABASE_URL": "postgresql+asyncpg://gate:pa55word@127.0.0.1:1/gatehouse",
        "GATEHOUSE_BLOB_URL": "file:///tmp/gatehouse-none",
        "GATEHOUSE_SECRET_KEYS": KEY,
    }
    done = output(["db", "check"], environment)

    assert "Database: postgresql+asyncpg://gate:***@127.0.0.1:1/gatehouse" in done.stderr
    assert "pa55word" not in done.stderr.splitlines()[0]


def test_a_misspelt_setting_is_named_by_doctor_with_the_one_that_was_meant(embedded_environment: dict[str, str]) -> None:
    done = output(["doctor"], {**embedded_environment, "GATEHOUSE_SUMSUB_TOKEN": "s3cret", "GATEHOUSE_ZZZ": "1"})

    assert "GATEHOUSE_SUMSUB_TOKEN" in done.stdout
    assert "Did you mean GATEHOUSE_SUMSUB_APP_TOKEN?" in done.stdout
    assert "GATEHOUSE_ZZZ" in done.stdout
    assert "s3cret" not in done.stdout + done.stderr


def test_a_misspelt_setting_in_the_file_is_found_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("GATEHOUSE_LOG_LEVL=INFO\nGATEHOUSE_LOG_LEVEL=INFO\nOTHER=1\n")
    monkeypatch.chdir(tmp_path)

    assert spelling.misspelt() == [spelling.Misspelt("GATEHOUSE_LOG_LEVL", ".env", "GATEHOUSE_LOG_LEVEL")]


def test_every_setting_is_in_the_documentation_and_in_the_example() -> None:
    documented = set(re.findall(r"^\| `(GATEHOUSE_[A-Z0-9_]+)` \|", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE))
    example = set(re.findall(r"^#? ?(GATEHOUSE_[A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))

    assert documented == set(spelling.known())
    assert example == set(spelling.known())


def test_the_schema_command_prints_the_file_byte_for_byte() -> None:
    assert output(["schema"], {}).stdout == (Path(__file__).parents[1] / "schema.graphql").read_text()


def test_production_lists_all_that_is_unsafe_in_one_message() -> None:
    unsafe = {
        "environment": "production",
        "graphiql": True,
        "introspection": True,
        "sumsub_app_token": "sbx:x",
        "sumsub_secret_key": "x",
    }
    with pytest.raises(ConfigurationFault) as refused:
        config.load(_env_file=None, **unsafe)

    names = [fault.split(":")[0] for fault in refused.value.faults]
    assert names == [
        "GATEHOUSE_SECRET_KEYS",
        "GATEHOUSE_GRAPHIQL",
        "GATEHOUSE_INTROSPECTION",
        "GATEHOUSE_SUMSUB_WEBHOOK_SECRET",
        "GATEHOUSE_SUMSUB_APP_TOKEN",
        "GATEHOUSE_PUBLIC_URL",
    ]


def test_safe_production_settings_close_what_the_sandbox_opens() -> None:
    settings = config.load(
        _env_file=None,
        environment="production",
        secret_keys=KEY,
        public_url="https://kyc.example",
        sumsub_app_token="prd:x",
        sumsub_secret_key="x",
        sumsub_webhook_secret="x",
    )

    assert (settings.graphiql_on, settings.introspection_on) == (False, False)
    assert "prd:x" not in repr(settings)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"database_url": "mysql://x"}, "GATEHOUSE_DATABASE_URL"),
        ({"database_url": "postgresql+asyncpg://x/y"}, "GATEHOUSE_SECRET_KEYS"),
        ({"redis_url": "redis://x"}, "GATEHOUSE_REDIS_URL"),
        ({"sumsub_app_token": "x"}, "GATEHOUSE_SUMSUB_SECRET_KEY"),
        ({"sumsub_import": "magic"}, "GATEHOUSE_SUMSUB_IMPORT"),
        ({"worker_concurrency": 0}, "GATEHOUSE_WORKER_CONCURRENCY"),
        ({"public_url": "nowhere"}, "GATEHOUSE_PUBLIC_URL"),
    ],
)
def test_a_setting_that_cannot_work_is_named(values: dict[str, object], named: str) -> None:
    with pytest.raises(ConfigurationFault) as refused:
        config.load(_env_file=None, **values)

    assert any(named in fault for fault in refused.value.faults)


def test_keys_that_are_none_are_refused() -> None:
    with pytest.raises(ConfigurationFault):
        config.load(_env_file=None, secret_keys="short").keys  # noqa: B018


def test_a_server_ends_with_zero_and_says_where_it_is(embedded_environment: dict[str, str], tmp_path: Path) -> None:
    port = serving.free_port("127.0.0.1")
    environment = {**embedded_environment, "GATEHOUSE_LOG_LEVL": "DEBUG"}
    gateway = Process(["serve", "--port", str(port)], environment, tmp_path / "log", f"http://127.0.0.1:{port}/readyz")
    gateway.start()
    gateway.await_ready()
    pointer = httpx.get(f"http://127.0.0.1:{port}/").json()

    assert httpx.get(f"http://127.0.0.1:{port}/readyz").json()["status"] == "ready"
    assert gateway.stop() == 0
    said = (tmp_path / "log").read_text()
    assert f"http://127.0.0.1:{port}/graphql" in said
    assert f"Database: {tmp_path}/g.db" in said
    assert "no setting GATEHOUSE_LOG_LEVL (environment). Did you mean GATEHOUSE_LOG_LEVEL?" in said
    assert (pointer["name"], pointer["graphql"], pointer["live"]) == ("Gatehouse", "/graphql", "/livez")


def test_postgresql_with_migrations_pending_is_refused_with_the_command_to_run(
    postgresql_server: servers.PostgreSQL, redis_server: servers.Redis
) -> None:
    environment = {
        "GATEHOUSE_DATABASE_URL": postgresql_server.database(),
        "GATEHOUSE_REDIS_URL": redis_server.url,
        "GATEHOUSE_SECRET_KEYS": KEY,
        "GATEHOUSE_BLOB_URL": "file:///tmp/gatehouse-none",
    }
    refused = [output(arguments, environment) for arguments in (["serve"], ["worker"], ["db", "check"])]

    for done in refused:
        assert done.returncode == 1
        assert "gatehouse db upgrade" in done.stderr
    assert output(["db", "upgrade"], environment).returncode == 0
    assert output(["db", "check"], environment).returncode == 0


def test_a_worker_drains_on_sigterm_and_readiness_tells_that_redis_is_gone(
    postgresql_server: servers.PostgreSQL, tmp_path: Path
) -> None:
    port = serving.free_port("127.0.0.1")
    with servers.redis() as redis:
        environment = {
            "GATEHOUSE_DATABASE_URL": postgresql_server.database(),
            "GATEHOUSE_REDIS_URL": redis.url,
            "GATEHOUSE_SECRET_KEYS": KEY,
            "GATEHOUSE_BLOB_URL": tmp_path.as_uri(),
        }
        assert output(["db", "upgrade"], environment).returncode == 0
        gateway = Process(["serve", "--port", str(port)], environment, tmp_path / "gateway", f"http://127.0.0.1:{port}/readyz")
        worker = Process(["worker", "--concurrency", "4"], environment, tmp_path / "worker")
        gateway.start()
        worker.start()
        gateway.await_ready()
        ready = httpx.get(f"http://127.0.0.1:{port}/readyz")
        while "worker.ready" not in (tmp_path / "worker").read_text():
            time.sleep(0.05)
        assert worker.started is not None
        worker.started.send_signal(signal.SIGTERM)
        assert worker.started.wait(30) == 0
    away = httpx.get(f"http://127.0.0.1:{port}/readyz")
    alive = httpx.get(f"http://127.0.0.1:{port}/livez")
    gateway.kill()

    assert (ready.status_code, ready.json()["checks"]) == (200, {"database": True, "blobs": True, "broker": True})
    assert (away.status_code, away.json()["checks"]["broker"]) == (503, False)
    assert alive.status_code == 200


def test_the_demo_runs_its_job_once_and_ends() -> None:
    done = output(["demo", "--exit", "--port", str(serving.free_port("127.0.0.1"))], {})

    assert done.returncode == 0, done.stderr
    shown = done.stdout + done.stderr
    assert "7/7" in shown
    assert "verification.reversed" in shown
    assert "UNDER_REVIEW → REJECTED" in shown
