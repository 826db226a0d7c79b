"""Pictures of the pages and images in which something was found, for people who want to see it in its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ml.metrics.contract import Extraction, Outcome, PagePicture, Place
from ml.metrics.documents.pdf import render_pages

PAGES = 40
"""Rendered at most; what stands on later ones is shown by its page number alone."""


def pictures_of_pages(data: bytes, found: Extraction, images: Mapping[int, PagePicture]) -> tuple[PagePicture, ...]:
    """One picture for each page of a PDF and each image that a value or an answer of the checklist names.

    `images` are those that were read, by their numbers.
    """
    places = [metric.where for metric in found.metrics]
    places += [answer.where for answer in found.checklist if answer.outcome is not Outcome.MISSING]
    return tuple(_images(places, images)) + tuple(_pages(data, found, places))


def _images(places: list[Place], images: Mapping[int, PagePicture]) -> list[PagePicture]:
    wanted = dict.fromkeys((place.page, place.image) for place in places if place.image in images)
    return [replace(images[image], page=page) for page, image in wanted if image is not None]


def _pages(data: bytes, found: Extraction, places: list[Place]) -> list[PagePicture]:
    if found.format != "pdf":
        return []
    wanted = sorted({place.page for place in places if place.page is not None and place.image is None})
    return render_pages(data, wanted[:PAGES])
