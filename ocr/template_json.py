"""A form template as JSON: what a version is stored as, and what people who edit a draft send.

Standard library only, like `ocr.contract`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocr.contract import ROLES, Anchor, Box, FieldType, FormField, FormTemplate, Marker, Option, TemplateError, Words


def template_from_json(data: Any) -> FormTemplate:
    """Build a template from decoded JSON.

    Raises `TemplateError` with the path of the first thing that is missing, of the wrong type, out of the page,
    or named twice.
    """
    top = _Reader(data, "template")
    template = FormTemplate(
        key=top.text("key"),
        version=top.integer("version"),
        title=top.words("title"),
        page_size_mm=top.numbers("page_size_mm", 2),  # type: ignore[arg-type]
        pages=top.integer("pages"),
        fields=tuple(_field(item) for item in top.items("fields")),
        anchors=tuple(Anchor(item.text("text"), item.integer("page"), item.box()) for item in top.items("anchors")),
        markers=tuple(Marker(item.integer("id"), item.integer("page"), item.box()) for item in top.items("markers")),
        code_boxes_mm={item.integer("page"): item.box() for item in top.items("codes")},
    )
    _check(template)
    return template


def template_to_json(template: FormTemplate) -> dict[str, Any]:
    """The JSON form of a template; `template_from_json` gives the same template back."""
    return {
        "key": template.key,
        "version": template.version,
        "title": _words_json(template.title),
        "page_size_mm": list(template.page_size_mm),
        "pages": template.pages,
        "fields": [_field_json(item) for item in template.fields],
        "anchors": [{"text": a.text, "page": a.page, "box_mm": list(a.box_mm)} for a in template.anchors],
        "markers": [{"id": m.id, "page": m.page, "box_mm": list(m.box_mm)} for m in template.markers],
        "codes": [{"page": page, "box_mm": list(box)} for page, box in sorted(template.code_boxes_mm.items())],
    }


class _Reader:
    """Typed access to a JSON object that knows its own path for error messages."""

    def __init__(self, data: Any, path: str) -> None:
        if not isinstance(data, Mapping):
            raise TemplateError(f"{path}: expected an object")
        self.data: Mapping[str, Any] = data
        self.path = path

    def _get(self, name: str, kind: type | tuple[type, ...], what: str) -> Any:
        value = self.data.get(name)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise TemplateError(f"{self.path}.{name}: expected {what}")
        return value

    def text(self, name: str) -> str:
        value: str = self._get(name, str, "a text")
        if not value.strip():
            raise TemplateError(f"{self.path}.{name}: must not be empty")
        return value

    def optional_text(self, name: str) -> str | None:
        return None if self.data.get(name) is None else self.text(name)

    def integer(self, name: str) -> int:
        value: int = self._get(name, int, "a whole number")
        if value < 0:
            raise TemplateError(f"{self.path}.{name}: must not be negative")
        return value

    def numbers(self, name: str, count: int) -> tuple[float, ...]:
        values = self._get(name, list, f"a list of {count} numbers")
        if len(values) != count or any(isinstance(v, bool) or not isinstance(v, int | float) for v in values):
            raise TemplateError(f"{self.path}.{name}: expected a list of {count} numbers")
        if not all(-1e5 < value < 1e5 for value in values):
            raise TemplateError(f"{self.path}.{name}: a number is not a length on paper")
        return tuple(float(value) for value in values)

    def box(self) -> Box:
        x, y, width, height = self.numbers("box_mm", 4)
        if width <= 0 or height <= 0:
            raise TemplateError(f"{self.path}.box_mm: width and height must be above zero")
        return x, y, width, height

    def words(self, name: str) -> Words:
        inner = _Reader(self._get(name, Mapping, 'an object {"zh": …, "en": …}'), f"{self.path}.{name}")
        return Words(inner.text("zh"), inner.text("en"))

    def items(self, name: str) -> list[_Reader]:
        if name not in self.data:
            return []
        values = self._get(name, list, "a list")
        return [_Reader(value, f"{self.path}.{name}[{index}]") for index, value in enumerate(values)]


def _field(item: _Reader) -> FormField:
    kind = item.text("type")
    if kind not in set(FieldType):
        raise TemplateError(f"{item.path}.type: {kind!r} is not one of {', '.join(FieldType)}")
    aliases = item.data.get("aliases", [])
    if not isinstance(aliases, list) or not all(isinstance(alias, str) for alias in aliases):
        raise TemplateError(f"{item.path}.aliases: expected a list of texts")
    return FormField(
        key=item.text("key"),
        label=item.words("label"),
        type=FieldType(kind),
        page=item.integer("page"),
        box_mm=item.box(),
        required=bool(item.data.get("required", False)),
        aliases=tuple(aliases),
        options=tuple(
            Option(
                option.text("value"),
                option.words("label"),
                option.box(),
                option.optional_text("pdf_field"),
                option.optional_text("pdf_state"),
            )
            for option in item.items("options")
        ),
        minimum=item.optional_text("minimum"),
        maximum=item.optional_text("maximum"),
        step=item.optional_text("step"),
        weight=item.optional_text("weight"),
        pattern=item.optional_text("pattern"),
        role=item.optional_text("role"),
        pdf_field=item.optional_text("pdf_field"),
        listed=bool(item.data.get("listed", False)),
    )


def _check(template: FormTemplate) -> None:
    width, height = template.page_size_mm
    seen: set[str] = set()
    for number, item in enumerate(template.fields):
        path = f"template.fields[{number}]"
        if item.key in seen:
            raise TemplateError(f"{path}.key: {item.key!r} is used twice")
        seen.add(item.key)
        if item.role is not None and item.role not in ROLES:
            raise TemplateError(f"{path}.role: {item.role!r} is not one of {', '.join(sorted(ROLES))}")
        if item.type is FieldType.CHOICE and not item.options:
            raise TemplateError(f"{path}.options: a choice needs tick boxes")
        if not 1 <= item.page <= template.pages:
            raise TemplateError(f"{path}.page: the form has {template.pages} pages")
        for box in (item.box_mm, *(option.box_mm for option in item.options)):
            x, y, w, h = box
            if x < 0 or y < 0 or x + w > width or y + h > height:
                raise TemplateError(f"{path}: a box lies outside the page")


def _words_json(words: Words) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}


def _field_json(item: FormField) -> dict[str, Any]:
    data: dict[str, Any] = {
        "key": item.key,
        "label": _words_json(item.label),
        "type": item.type.value,
        "page": item.page,
        "box_mm": list(item.box_mm),
        "required": item.required,
    }
    if item.aliases:
        data["aliases"] = list(item.aliases)
    if item.options:
        data["options"] = [_option_json(option) for option in item.options]
    for name in ("minimum", "maximum", "step", "weight", "pattern", "role", "pdf_field"):
        value = getattr(item, name)
        if value is not None:
            data[name] = value
    if item.listed:
        data["listed"] = True
    return data


def _option_json(option: Option) -> dict[str, Any]:
    data: dict[str, Any] = {
        "value": option.value,
        "label": _words_json(option.label),
        "box_mm": list(option.box_mm),
    }
    for name in ("pdf_field", "pdf_state"):
        value = getattr(option, name)
        if value is not None:
            data[name] = value
    return data
