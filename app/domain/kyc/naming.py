"""The conversion of internal names to those of the API."""

from __future__ import annotations


def camel(name: str) -> str:
    """Converts `expected_monthly_payments_usd` to `expectedMonthlyPaymentsUsd`."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
