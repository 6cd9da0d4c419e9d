"""The tables. Importing this package registers them all with SQLModel's metadata, for migrations and tests."""

from app.model.budget import Budget
from app.model.credential import Credential
from app.model.customer import Customer
from app.model.data_key import DataKey
from app.model.event import Event
from app.model.file import File
from app.model.idempotency import IdempotencyKey
from app.model.ingestion import Ingestion
from app.model.payload import Payload
from app.model.result import ProcessResult
from app.model.tenant import Tenant

__all__ = [
    "Budget",
    "Credential",
    "Customer",
    "DataKey",
    "Event",
    "File",
    "IdempotencyKey",
    "Ingestion",
    "Payload",
    "ProcessResult",
    "Tenant",
]
