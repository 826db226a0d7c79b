"""Comparing what a reader says with the truth, field by field.

A field is *exact* when value and truth are equal after NFKC, casefolding and without white space (both may be None);
its *letters* are exact when that holds for letters and digits alone, whatever marks stand between them.
It is *sure* when its status says that nobody needs to look: `read`, or `empty`. The worst outcome is sure and not
exact; every such field is kept with all that is needed to find it.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rapidfuzz.distance import Levenshtein

from ocr.contract import FieldReading, FieldStatus, FieldType, FormReading, FormTemplate

_SURE = frozenset({FieldStatus.READ.value, FieldStatus.EMPTY.value})
_TICKED = frozenset({FieldType.CHOICE, FieldType.SCORE})
MISSING = "missing"
"""Status of a field that the reading does not have, because the picture was refused or the field was left out."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One field of one picture."""

    picture: str
    condition: str
    key: str
    type: FieldType
    truth: str | None
    value: str | None
    status: str
    confidence: float
    unclear: bool
    """No value is right here; only being sure is wrong."""

    @property
    def exact(self) -> bool:
        return not self.unclear and plain(self.truth) == plain(self.value)

    @property
    def exact_letters(self) -> bool:
        return not self.unclear and letters(self.truth) == letters(self.value)

    @property
    def sure(self) -> bool:
        return self.status in _SURE

    @property
    def wrong_but_sure(self) -> bool:
        return self.sure and not self.exact

    @property
    def character_error_rate(self) -> float:
        """Edits needed, in characters, as a share of the truth's length; 0 for two empty texts."""
        truth, value = plain(self.truth) or "", plain(self.value) or ""
        return Levenshtein.distance(truth, value) / max(1, len(truth))

    def as_json(self) -> dict[str, Any]:
        return {
            "picture": self.picture,
            "field": self.key,
            "truth": self.truth,
            "value": self.value,
            "status": self.status,
            "confidence": round(self.confidence, 4),
            "letters_exact": self.exact_letters,
        }


def plain(text: str | None) -> str | None:
    """The text as it is compared: after NFKC and casefolding, without white space; None when nothing is left."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split()) or None if text else None


def letters(text: str | None) -> str | None:
    """Only letters and digits of the text as it is compared; None when there are none."""
    return "".join(character for character in plain(text) or "" if character.isalnum()) or None


def outcomes(reading: FormReading, truth: Mapping[str, Any], template: FormTemplate) -> list[Outcome]:
    """One outcome for each field of the template, for a truth as `tests.photographs.corpus` writes it."""
    read: dict[str, FieldReading] = {field.key: field for field in reading.fields}
    right_form = reading.retake is None and reading.template_key == template.key
    made = []
    for field in template.fields:
        said = read.get(field.key) if right_form else None
        made.append(
            Outcome(
                picture=truth["picture"],
                condition=truth["condition"],
                key=field.key,
                type=field.type,
                truth=truth["values"][field.key],
                value=said.value if said else None,
                status=said.status.value if said else MISSING,
                confidence=said.confidence.whole if said else 0.0,
                unclear=field.key in truth["unclear"],
            )
        )
    return made


def summary(all_outcomes: Iterable[Outcome]) -> dict[str, Any]:
    """Figures over those outcomes. Fields of refused pictures count as fields that were not read."""
    every = list(all_outcomes)
    judged = [one for one in every if not one.unclear]
    ticked = [one for one in judged if one.type in _TICKED]
    long_texts = [one for one in judged if one.type is FieldType.LONG_TEXT and one.truth]
    empty = [one for one in judged if one.truth is None]
    return {
        "fields": len(judged),
        "exact": _share(one.exact and one.status != MISSING for one in judged),
        "exact_letters": _share(one.exact_letters and one.status != MISSING for one in judged),
        "exact_without_long_text": _share(
            one.exact and one.status != MISSING for one in judged if one.type is not FieldType.LONG_TEXT
        ),
        "sure": _share(one.sure for one in judged),
        "exact_where_sure": _share(one.exact for one in judged if one.sure),
        "wrong_but_sure": sum(one.wrong_but_sure for one in every),
        "ticks": {"fields": len(ticked), "exact": _share(one.exact and one.status != MISSING for one in ticked)},
        "empty": {
            "fields": len(empty),
            "told_empty": _share(one.status == FieldStatus.EMPTY for one in empty),
            "filled_but_told_empty": sum(one.status == FieldStatus.EMPTY for one in judged if one.truth is not None),
        },
        "unclear": {
            "fields": len(every) - len(judged),
            "not_sure": _share(not one.sure for one in every if one.unclear),
        },
        "long_text": {
            "fields": len(long_texts),
            "character_error_rate": _mean(one.character_error_rate for one in long_texts),
        },
        "status": dict(sorted(Counter(one.status for one in every).items())),
    }


def grouped(all_outcomes: Iterable[Outcome], by: str) -> dict[str, dict[str, Any]]:
    """A summary for each value of the outcome's attribute `by`, such as `condition` or `type`."""
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for one in all_outcomes:
        groups[str(getattr(one, by))].append(one)
    return {name: summary(members) for name, members in groups.items()}


def _share(truths: Iterable[bool]) -> float | None:
    """The share of true ones; None when there are none to count."""
    return _mean(float(truth) for truth in truths)


def _mean(values: Iterable[float]) -> float | None:
    counted = list(values)
    return round(sum(counted) / len(counted), 4) if counted else None
