"""A brief as JSON, for programs: the same page as the other files."""

from __future__ import annotations

import json
from dataclasses import asdict

from resolvers.briefs.page import Page


def make_json(page: Page) -> bytes:
    """The page in UTF-8; shares are decimals written as text."""
    return json.dumps(asdict(page), ensure_ascii=False, indent=1, default=str).encode()
