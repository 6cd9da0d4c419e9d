"""The sandbox: test addresses that behave as the integration guide says, and the operator that acts in a person's place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

# The name recorded in place of a person's. Used in the sandbox only.
OPERATOR, OPERATOR_ID = "sandbox operator", "sandbox"
DELAY_SECONDS = 300.0


class Behaviour(StrEnum):
    """The outcome for a customer with a test address once its data is complete."""

    SUCCESS = "success"
    RFI = "rfi"
    REJECTED = "rejected"
    DELAY = "delay"


ADDRESSES: dict[str, Behaviour] = {f"test-{behaviour}@example.com": behaviour for behaviour in Behaviour}


@dataclass(frozen=True)
class Verdict:
    """The verdict to request from the provider's sandbox."""

    approve: bool
    retry: bool = False
    labels: tuple[str, ...] = ()
    comment: str | None = None


APPROVED = Verdict(approve=True)
ASKED_AGAIN = Verdict(False, True, ("UNSATISFACTORY_PHOTOS",), "Please send a clearer picture of your document.")
DECLINED = Verdict(False, False, ("FORGERY",), None)


def behaviour(email: str) -> Behaviour | None:
    return ADDRESSES.get(email.strip().lower())


def seconds(found: Behaviour, usual: float) -> float:
    """Returns the delay until the verdict, in sandbox time."""
    return DELAY_SECONDS if found is Behaviour.DELAY else usual


def verdict(found: Behaviour, submissions: int) -> Verdict:
    """Asks for more information once; a customer that has submitted again is approved."""
    if found is Behaviour.REJECTED:
        return DECLINED
    return ASKED_AGAIN if found is Behaviour.RFI and submissions == 1 else APPROVED
