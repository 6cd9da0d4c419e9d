"""Sumsub API client: every documented call, grouped by noun."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from app.domain.provider import CallBudget
from providers.call import Caller
from providers.sumsub.account import Account, SumsubDialect
from providers.sumsub.call.access import Access
from providers.sumsub.call.applicant import Applicants
from providers.sumsub.call.document import Documents
from providers.sumsub.call.importing import Importing
from providers.sumsub.call.review import Reviews
from providers.sumsub.call.service import Service


class Client:
    def __init__(self, http: httpx.AsyncClient, account: Account, budget: CallBudget, *, epoch: Callable[[], float]) -> None:
        caller = Caller(http, SumsubDialect(account, epoch), account.base_url, budget)
        self.level = account.level
        self.epoch = epoch
        self.access = Access(caller)
        self.applicants = Applicants(caller)
        self.documents = Documents(caller)
        self.importing = Importing(caller)
        self.reviews = Reviews(caller)
        self.service = Service(caller)
