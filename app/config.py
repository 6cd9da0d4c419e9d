"""Settings: environment variables with the prefix GATEHOUSE_, or a `.env` file beside where the command runs."""

from __future__ import annotations

import base64
import binascii
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.domain.process import KycProcess
from app.domain.reference import DEFAULT_INTEGRATION
from app.domain.screening import ScreenerName
from app.domain.verification import Stage
from app.errors import ConfigurationFault

SERVICES = ("exchange", "remittance", "wallet", "lending", "real_estate", "legal", "accounting", "precious_metals", "other")
EMBEDDED_URL = "sqlite+aiosqlite:///var/gatehouse.db"


class Environment(StrEnum):
    SANDBOX = "sandbox"
    PRODUCTION = "production"


class ImportProduct(StrEnum):
    """The product that redeems a Sumsub share token: reusable identity (re-checked), or a plain copy of the applicant."""

    REUSABLE = "reusable"
    COPY = "copy"


class DigestAlgorithm(StrEnum):
    """The digest algorithm of a Sumsub webhook's signature."""

    SHA1 = "HMAC_SHA1_HEX"
    SHA256 = "HMAC_SHA256_HEX"
    SHA512 = "HMAC_SHA512_HEX"


class Integration(BaseModel):
    """An integration at Veriff.

    `secret` may hold several secrets, comma-separated, newest first, during a rotation. `processes` names the KYC processes
    that its sessions deliver; all by default.
    """

    model_config = ConfigDict(extra="forbid")

    key: SecretStr
    secret: SecretStr
    processes: tuple[KycProcess, ...] = tuple(KycProcess)

    @property
    def secrets(self) -> tuple[bytes, ...]:
        return tuple(part.strip().encode() for part in self.secret.get_secret_value().split(",") if part.strip())


class Settings(BaseSettings):
    """Every setting, with its default. Names and meanings are listed in docs/settings.md."""

    model_config = SettingsConfigDict(env_prefix="GATEHOUSE_", env_file=".env", extra="ignore", env_ignore_empty=True)

    environment: Environment = Environment.SANDBOX
    database_url: str = EMBEDDED_URL
    redis_url: str | None = None
    blob_url: str | None = None
    secret_keys: SecretStr | None = None
    public_url: str = "http://127.0.0.1:8000"
    sumsub_base_url: str = "https://api.sumsub.com"
    sumsub_app_token: SecretStr | None = None
    sumsub_secret_key: SecretStr | None = None
    sumsub_webhook_secret: SecretStr | None = None
    sumsub_level: str = "basic-kyc-level"
    sumsub_import: ImportProduct = ImportProduct.REUSABLE
    sumsub_reads_per_5s: int = Field(300, ge=1, le=100_000)
    sumsub_writes_per_5s: int = Field(50, ge=1, le=100_000)
    sumsub_screenings_per_5s: int = Field(1, ge=1, le=100_000)
    sumsub_webhook_algorithms: Annotated[tuple[DigestAlgorithm, ...], NoDecode] = tuple(DigestAlgorithm)
    veriff_base_url: str = "https://stationapi.veriff.com"
    veriff_api_key: SecretStr | None = None
    veriff_shared_secret: SecretStr | None = None
    veriff_integrations: dict[str, Integration] = Field(default_factory=dict)
    veriff_reads_per_5s: int = Field(100, ge=1, le=100_000)
    veriff_writes_per_5s: int = Field(50, ge=1, le=100_000)
    expected_stay_seconds: dict[Stage, float] = Field(default_factory=dict)
    provider_readiness_seconds: float = Field(600, ge=0)
    provider_retry_seconds: float = Field(300, ge=0)
    sandbox_decision_seconds: float = Field(2, ge=0)
    worker_concurrency: int = Field(128, ge=1, le=512)
    lease_seconds: float = Field(15, ge=1)
    graphiql: bool | None = None
    introspection: bool | None = None
    designated_services: Annotated[tuple[str, ...], NoDecode] = SERVICES
    starts_per_day: int = Field(500, ge=0)
    start_needs_second_person: bool = False
    screeners: Annotated[tuple[ScreenerName, ...], NoDecode] = (ScreenerName.PROVIDER, ScreenerName.LISTS)
    rescreen_days: float = Field(30, gt=0)
    aml_needs_second_person: bool = False
    yente_base_url: str | None = None
    yente_token: SecretStr | None = None
    yente_dataset: str = "default"
    yente_algorithm: str = "best"
    yente_threshold: float = Field(0.7, gt=0, le=1)
    fetch_allowed_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    cors_origins: Annotated[tuple[str, ...], NoDecode] = ()
    log_level: str = "INFO"

    @field_validator("cors_origins", "designated_services", "fetch_allowed_hosts", "sumsub_webhook_algorithms", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("screeners", mode="before")
    @classmethod
    def _screeners(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        names = tuple(part.strip().upper() for part in value.split(",") if part.strip())
        if names == ("NONE",):
            return ()
        if any(name not in ScreenerName.__members__ for name in names):
            raise ValueError(f"name any of {', '.join(name.lower() for name in ScreenerName)}; or none")
        return names

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if not value.startswith(("sqlite+aiosqlite://", "postgresql+asyncpg://")):
            raise ValueError("use sqlite+aiosqlite:///path or postgresql+asyncpg://user:password@host/name")
        return value

    @field_validator("sumsub_webhook_algorithms")
    @classmethod
    def _some_algorithm(cls, value: tuple[DigestAlgorithm, ...]) -> tuple[DigestAlgorithm, ...]:
        if not value:
            raise ValueError("name at least one of HMAC_SHA1_HEX, HMAC_SHA256_HEX, HMAC_SHA512_HEX")
        return value

    @field_validator("expected_stay_seconds")
    @classmethod
    def _positive(cls, value: dict[Stage, float]) -> dict[Stage, float]:
        if any(seconds <= 0 for seconds in value.values()):
            raise ValueError("the seconds of each stage must be more than 0")
        return value

    @field_validator("sumsub_base_url", "veriff_base_url", "public_url", "yente_base_url")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError("use an address such as https://api.example.com")
        return value.rstrip("/")

    @property
    def embedded(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def production(self) -> bool:
        return self.environment is Environment.PRODUCTION

    @property
    def database_path(self) -> Path:
        """Returns the path of the embedded database's file."""
        return Path(self.database_url.split("///", 1)[1])

    @property
    def blobs(self) -> str:
        return self.blob_url or (self.database_path.absolute().parent / "blobs").as_uri()

    @property
    def graphiql_on(self) -> bool:
        return not self.production if self.graphiql is None else self.graphiql

    @property
    def introspection_on(self) -> bool:
        """Returns whether anyone may introspect. If not, callers with a credential may, unless the setting is false."""
        return not self.production if self.introspection is None else self.introspection

    @property
    def sumsub_configured(self) -> bool:
        return bool(_reveal(self.sumsub_app_token) and _reveal(self.sumsub_secret_key))

    @property
    def integrations(self) -> dict[str, Integration]:
        """Returns every integration at Veriff by its name. The one of the plain settings is called `default`."""
        found = dict(self.veriff_integrations)
        if self.veriff_api_key and self.veriff_shared_secret:
            found[DEFAULT_INTEGRATION] = Integration(key=self.veriff_api_key, secret=self.veriff_shared_secret)
        return found

    @cached_property
    def keys(self) -> tuple[bytes, ...]:
        """Returns the key ring, newest first. Raises ConfigurationFault if a key is not 32 bytes in base64."""
        ring = []
        for part in _reveal(self.secret_keys).split(","):
            try:
                key = base64.b64decode(part.strip(), validate=True)
            except (binascii.Error, ValueError):
                key = b""
            if len(key) != 32:
                raise ConfigurationFault(
                    ["GATEHOUSE_SECRET_KEYS: each key must be 32 bytes in base64; make one with: openssl rand -base64 32"]
                )
            ring.append(key)
        return tuple(ring)

    def reveal(self, name: str) -> str:
        """Returns the clear text of a secret setting, empty if it is unset."""
        return _reveal(getattr(self, name))


def _reveal(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""


def load(**overrides: Any) -> Settings:
    """Returns the settings. Raises one ConfigurationFault that lists every invalid or unsafe setting."""
    try:
        settings = Settings(**overrides)
    except ValidationError as problem:
        raise ConfigurationFault(
            [
                f"GATEHOUSE_{'_'.join(map(str, error['loc'])).upper()}: {error['msg'].removeprefix('Value error, ')}"
                for error in problem.errors()
            ]
        ) from None
    faults = unsafe(settings)
    if faults:
        raise ConfigurationFault(faults)
    return settings


def unsafe(settings: Settings) -> list[str]:
    """Returns the faults that prevent a start with these settings. Production has more checks than the sandbox."""
    faults = []
    if not settings.embedded and not settings.reveal("secret_keys"):
        faults.append("GATEHOUSE_SECRET_KEYS: required with PostgreSQL; make a key with: openssl rand -base64 32")
    if not settings.embedded and not settings.blob_url:
        faults.append("GATEHOUSE_BLOB_URL: required with PostgreSQL; file:///… or s3://bucket/prefix")
    if settings.embedded and settings.redis_url:
        faults.append("GATEHOUSE_REDIS_URL: worker processes need PostgreSQL; unset it or set GATEHOUSE_DATABASE_URL")
    if bool(settings.reveal("sumsub_app_token")) != bool(settings.reveal("sumsub_secret_key")):
        faults.append("GATEHOUSE_SUMSUB_APP_TOKEN and GATEHOUSE_SUMSUB_SECRET_KEY: set both, or neither")
    faults += _unsafe_integrations(settings)
    if ScreenerName.YENTE in settings.screeners and settings.yente_base_url is None:
        faults.append("GATEHOUSE_YENTE_BASE_URL: required with yente among GATEHOUSE_SCREENERS, e.g. http://yente.internal:8000")
    if settings.production:
        faults += _unsafe_in_production(settings)
    return faults


def _unsafe_integrations(settings: Settings) -> list[str]:
    faults = []
    if bool(settings.reveal("veriff_api_key")) != bool(settings.reveal("veriff_shared_secret")):
        faults.append("GATEHOUSE_VERIFF_API_KEY and GATEHOUSE_VERIFF_SHARED_SECRET: set both, or neither")
    if DEFAULT_INTEGRATION in settings.veriff_integrations and settings.reveal("veriff_api_key"):
        faults.append("GATEHOUSE_VERIFF_INTEGRATIONS: the name default belongs to GATEHOUSE_VERIFF_API_KEY; choose another one")
    integrations = settings.integrations
    for name, integration in integrations.items():
        if not integration.key.get_secret_value().strip() or not integration.secrets or not integration.processes:
            faults.append(f"GATEHOUSE_VERIFF_INTEGRATIONS: {name} needs a key, a secret and at least one process")
    keys = [integration.key.get_secret_value() for integration in integrations.values()]
    if len(set(keys)) != len(keys):
        faults.append("GATEHOUSE_VERIFF_INTEGRATIONS: two integrations have the same key; each has its own at Veriff")
    return faults


def _unsafe_in_production(settings: Settings) -> list[str]:
    faults = []
    if settings.embedded and not settings.reveal("secret_keys"):
        faults.append("GATEHOUSE_SECRET_KEYS: set your own; the key made beside the database is for the sandbox only")
    if settings.graphiql:
        faults.append("GATEHOUSE_GRAPHIQL: an open GraphiQL is refused in production; unset it")
    if settings.introspection:
        faults.append("GATEHOUSE_INTROSPECTION: open introspection is refused in production; unset it")
    if settings.sumsub_configured and not settings.reveal("sumsub_webhook_secret"):
        faults.append("GATEHOUSE_SUMSUB_WEBHOOK_SECRET: required; copy it from the webhook's page in Sumsub's dashboard")
    if settings.reveal("sumsub_app_token").startswith("sbx:"):
        faults.append("GATEHOUSE_SUMSUB_APP_TOKEN: this is a sandbox token; create a production one in Sumsub's dashboard")
    for name in ("public_url", "sumsub_base_url", "veriff_base_url"):
        if not getattr(settings, name).startswith("https://"):
            faults.append(f"GATEHOUSE_{name.upper()}: must start with https:// in production")
    return faults
