"""What the tests of forms share."""

from __future__ import annotations

from typing import Any

import pytest

from ocr.forms.fonts import CjkFont, find_cjk_font


@pytest.fixture(scope="session")
def cjk_font() -> CjkFont:
    """The font that printing needs; tests that use it are marked `fonts`."""
    return find_cjk_font()


@pytest.fixture
def small_source() -> dict[str, Any]:
    """A form of two pages with all kinds of cells, other than the shipped one."""
    words = {"zh": "文字", "en": "Words"}
    return {
        "key": "visit-report",
        "version": 3,
        "title": {"zh": "走访记录", "en": "Visit report"},
        "care": {"zh": "请勿折叠。", "en": "Do not fold."},
        "pages": [
            {
                "sections": [
                    {
                        "label_width_mm": 30,
                        "rows": [
                            {
                                "height_mm": 12,
                                "cells": [
                                    {"key": "visitor", "type": "person", "label": {"zh": "走访人", "en": "Visitor"}},
                                    {"note": words},
                                ],
                            },
                            {
                                "height_mm": 12,
                                "cells": [
                                    {
                                        "key": "repeat",
                                        "type": "choice",
                                        "label": {"zh": "再访", "en": "Again"},
                                        "options": [
                                            {"value": "Y", "label": {"zh": "需要", "en": "Wanted"}},
                                            {"value": "N", "label": {"zh": "不必", "en": "Unneeded"}},
                                        ],
                                    }
                                ],
                            },
                        ],
                    }
                ]
            },
            {
                "sections": [
                    {
                        "label_width_mm": 40,
                        "heading": {"zh": "事项", "en": "Matter"},
                        "weight_heading": {"zh": "比重", "en": "Share"},
                        "scale": [
                            {"value": "0", "label": {"zh": "未达", "en": "Missed"}},
                            {"value": "1", "label": {"zh": "达成", "en": "Reached"}},
                        ],
                        "rows": [
                            {
                                "height_mm": 11,
                                "cells": [
                                    {
                                        "key": "service",
                                        "type": "score",
                                        "weight": "100",
                                        "label": {"zh": "服务", "en": "Service"},
                                    }
                                ],
                            }
                        ],
                    }
                ]
            },
        ],
    }
