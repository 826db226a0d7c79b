"""Warnings against too many goals and measures. They never refuse anything."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

OBJECTIVES = range(1, 4)
"""Objectives of one owner in one cycle."""
KEY_RESULTS = range(2, 4)
"""Key results of one objective."""


class GuardCode(StrEnum):
    TOO_MANY_OBJECTIVES = "TOO_MANY_OBJECTIVES"
    TOO_FEW_KEY_RESULTS = "TOO_FEW_KEY_RESULTS"
    TOO_MANY_KEY_RESULTS = "TOO_MANY_KEY_RESULTS"
    TOO_MANY_MEASURES = "TOO_MANY_MEASURES"
    MEASURE_WITHOUT_SOURCE = "MEASURE_WITHOUT_SOURCE"


@dataclass(frozen=True, slots=True)
class GuardWarning:
    """A warning and the numbers its message names."""

    code: GuardCode
    count: int
    limit: int | None = None
    lacking_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Portfolio:
    """What one owner has in one cycle."""

    objectives: int
    measures: int
    measures_without_data: int
    """Measures without a data source, or with one that has not given a value yet."""


def portfolio_warnings(owned: Portfolio, measure_limit: int) -> list[GuardWarning]:
    """Too many objectives for one owner; more measures than the organisation's limit, with the share lacking data."""
    found = []
    if owned.objectives >= OBJECTIVES.stop:
        found.append(GuardWarning(GuardCode.TOO_MANY_OBJECTIVES, owned.objectives, OBJECTIVES.stop - 1))
    if owned.measures > measure_limit:
        lacking = Decimal(100 * owned.measures_without_data) / owned.measures
        found.append(
            GuardWarning(GuardCode.TOO_MANY_MEASURES, owned.measures, measure_limit, lacking.quantize(Decimal("0.1")))
        )
    return found


def objective_warnings(key_results: int) -> list[GuardWarning]:
    """Fewer than two or more than three key results under one objective."""
    if key_results < KEY_RESULTS.start:
        return [GuardWarning(GuardCode.TOO_FEW_KEY_RESULTS, key_results, KEY_RESULTS.start)]
    if key_results >= KEY_RESULTS.stop:
        return [GuardWarning(GuardCode.TOO_MANY_KEY_RESULTS, key_results, KEY_RESULTS.stop - 1)]
    return []


def source_warnings(without_source: int) -> list[GuardWarning]:
    """Measures that nobody and nothing will ever give a value."""
    return [GuardWarning(GuardCode.MEASURE_WITHOUT_SOURCE, without_source)] if without_source else []
