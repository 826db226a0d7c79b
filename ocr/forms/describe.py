"""The geometry of a form as JSON, for people who draw on it or read it with other programs."""

from __future__ import annotations

from typing import Any

from ocr.contract import FormField, FormTemplate


def describe(template: FormTemplate) -> dict[str, Any]:
    """What `throughline forms describe` prints: every field with its place, in mm from the page's top left corner."""
    return {
        "key": template.key,
        "version": template.version,
        "title": {"zh": template.title.zh, "en": template.title.en},
        "page_size_mm": list(template.page_size_mm),
        "pages": [
            {
                "page": page,
                "fields": [_field(field) for field in template.fields if field.page == page],
                "markers": [
                    {"id": marker.id, "box_mm": list(marker.box_mm)}
                    for marker in template.markers
                    if marker.page == page
                ],
                "code_box_mm": list(template.code_boxes_mm[page]) if page in template.code_boxes_mm else None,
            }
            for page in range(1, template.pages + 1)
        ],
    }


def _field(field: FormField) -> dict[str, Any]:
    return {
        "key": field.key,
        "label": field.label.zh or field.label.en,
        "labels": {"zh": field.label.zh, "en": field.label.en},
        "type": field.type.value,
        "required": field.required,
        "box_mm": list(field.box_mm),
        "options": [
            {
                "value": option.value,
                "label": option.label.zh or option.label.en,
                "labels": {"zh": option.label.zh, "en": option.label.en},
                "box_mm": list(option.box_mm),
            }
            for option in field.options
        ],
    }
