"""What a template must hold beyond its shape before people may write on the form that it describes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from ocr.contract import FieldType, FormField, FormTemplate, TemplateError
from ocr.template_json import template_from_json, template_to_json

KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
FORM_KEY = re.compile(r"[a-z][a-z0-9-]{1,59}")
MOST_FIELDS, MOST_OPTIONS, MOST_LISTED, MOST_ANCHORS = 400, 40, 400, 800
LONGEST_NAME = 400
"""Of a PDF's form field, and of what it holds."""
LONGEST_LABEL, LONGEST_PATTERN = 200, 200
_REPEATED_GROUP = re.compile(r"\)[*+?{]|\\[1-9]|\(\?P=")


def checked_definition(data: Any, standing: FormTemplate) -> FormTemplate:
    """The template that edited JSON describes, as the next state of a draft that stands at `standing`.

    Key, version, number and size of the pages are the draft's, whatever the JSON says: they belong to its pictures.
    Left out anchors, markers and codes stay as they were. Raises `TemplateError`, whose message begins with the place.
    """
    if not isinstance(data, Mapping):
        raise TemplateError("template: expected an object")
    fixed: dict[str, Any] = {
        "key": standing.key,
        "version": standing.version,
        "page_size_mm": list(standing.page_size_mm),
        "pages": standing.pages,
    }
    template = template_from_json({**_kept(standing, data), **dict(data), **fixed})
    if not template.fields:
        raise TemplateError("template.fields: a form asks at least one thing")
    if len(template.fields) > MOST_FIELDS:
        raise TemplateError(f"template.fields: at most {MOST_FIELDS} fit")
    if len(template.anchors) > MOST_ANCHORS:
        raise TemplateError(f"template.anchors: at most {MOST_ANCHORS} fit")
    for name in ("zh", "en"):
        if len(getattr(template.title, name)) > LONGEST_LABEL:
            raise TemplateError(f"template.title.{name}: at most {LONGEST_LABEL} characters")
    roles: set[str] = set()
    for number, field in enumerate(template.fields):
        path = f"template.fields[{number}]"
        _check_field(field, path)
        if field.role is not None:
            if field.role in roles:
                raise TemplateError(f"{path}.role: {field.role!r} is used twice")
            roles.add(field.role)
    return template


def _kept(standing: FormTemplate, data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in template_to_json(standing).items() if name not in data}


def _check_field(field: FormField, path: str) -> None:
    if not KEY.fullmatch(field.key):
        raise TemplateError(f"{path}.key: lower-case letters, digits and underscores, a letter first, at most 60")
    if max(len(field.label.zh), len(field.label.en)) > LONGEST_LABEL:
        raise TemplateError(f"{path}.label: at most {LONGEST_LABEL} characters")
    most = MOST_LISTED if field.listed else MOST_OPTIONS
    if len(field.options) > most:
        raise TemplateError(f"{path}.options: at most {most} fit")
    if field.listed and (field.type is not FieldType.CHOICE or not field.options):
        raise TemplateError(f"{path}.listed: only a choice with options is chosen from a list")
    for place, holder in enumerate((field, *field.options)):
        for name in ("pdf_field", "pdf_state"):
            if len(getattr(holder, name, None) or "") > LONGEST_NAME:
                at = path if place == 0 else f"{path}.options[{place - 1}]"
                raise TemplateError(f"{at}.{name}: at most {LONGEST_NAME} characters")
    values = [option.value for option in field.options]
    for place, value in enumerate(values):
        if value in values[:place]:
            raise TemplateError(f"{path}.options[{place}].value: {value!r} is used twice")
        if len(value) > 100 or "\x00" in value:
            raise TemplateError(f"{path}.options[{place}].value: at most 100 characters")
    if field.options and field.type not in (FieldType.CHOICE, FieldType.SCORE):
        raise TemplateError(f"{path}.options: only a choice or a score is ticked")
    numbers = {
        name: _number(getattr(field, name), f"{path}.{name}") for name in ("minimum", "maximum", "step", "weight")
    }
    low, high = numbers["minimum"], numbers["maximum"]
    if low is not None and high is not None and low > high:
        raise TemplateError(f"{path}.minimum: above the maximum")
    if numbers["step"] is not None and numbers["step"] <= 0:
        raise TemplateError(f"{path}.step: must be above zero")
    if numbers["weight"] is not None and not 0 <= numbers["weight"] <= 100:
        raise TemplateError(f"{path}.weight: a share from 0 to 100")
    if field.type is FieldType.SCORE:
        for place, value in enumerate(values):
            _number(value, f"{path}.options[{place}].value")
    _check_pattern(field.pattern, f"{path}.pattern")


def _number(text: str | None, path: str) -> Decimal | None:
    if text is None:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise TemplateError(f"{path}: expected a number as text") from None
    if not number.is_finite() or abs(number) >= 10**9:
        raise TemplateError(f"{path}: expected a number as text")
    return number


def _check_pattern(pattern: str | None, path: str) -> None:
    """A pattern runs on what people write: one that may take for ever on a short text is refused."""
    if pattern is None:
        return
    if len(pattern) > LONGEST_PATTERN:
        raise TemplateError(f"{path}: at most {LONGEST_PATTERN} characters")
    if _REPEATED_GROUP.search(pattern) or len(re.findall(r"(?<!\\)[*+{]", pattern)) > 4:
        raise TemplateError(f"{path}: groups are not repeated, and at most four parts are")
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        raise TemplateError(f"{path}: not a regular expression") from None
