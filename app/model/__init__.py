"""The tables. Importing this package registers them all with SQLModel's metadata, for migrations and tests."""

from app.model.action import VendorAction
from app.model.aml_decision import AmlDecisionRow
from app.model.budget import Budget
from app.model.change import CustomerChange
from app.model.charge import Charge
from app.model.check import AmlCheck
from app.model.credential import Credential
from app.model.customer import Customer
from app.model.data_key import DataKey
from app.model.drift import Drift
from app.model.event import Event
from app.model.file import File
from app.model.fingerprint import IdentityFingerprint
from app.model.hit import AmlHit
from app.model.idempotency import IdempotencyKey
from app.model.inbound import InboundEvent
from app.model.ingestion import Ingestion
from app.model.payload import Payload
from app.model.rescreening import Rescreening
from app.model.result import ProcessResult
from app.model.sandbox_clock import SandboxClock
from app.model.screening import Screening
from app.model.start import Start
from app.model.tenant import Tenant
from app.model.upload import Upload
from app.model.verification import Verification
from app.model.watch_list import WatchEntry, WatchList

__all__ = [
    "AmlCheck",
    "AmlDecisionRow",
    "AmlHit",
    "Budget",
    "Charge",
    "Credential",
    "Customer",
    "CustomerChange",
    "DataKey",
    "Drift",
    "Event",
    "File",
    "IdempotencyKey",
    "IdentityFingerprint",
    "InboundEvent",
    "Ingestion",
    "Payload",
    "ProcessResult",
    "Rescreening",
    "SandboxClock",
    "Screening",
    "Start",
    "Tenant",
    "Upload",
    "VendorAction",
    "Verification",
    "WatchEntry",
    "WatchList",
]
