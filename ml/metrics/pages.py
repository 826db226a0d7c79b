"""Pictures of the pages and images in which something was found, for people who want to see it in its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ml.metrics.contract import Extraction, Outcome, PagePicture, Place
from ml.metrics.documents.pdf import render_pages, text_regions

PAGES = 40
"""Rendered at most; what stands on later ones is shown by its page number alone."""


def pictures_of_pages(data: bytes, found: Extraction, images: Mapping[int, PagePicture]) -> tuple[PagePicture, ...]:
    """One picture for each page of a PDF and each image that a value or an answer of the checklist names.

    `images` are those that were read, by their numbers.
    """
    places = [metric.where for metric in found.metrics]
    places += [answer.where for answer in found.checklist if answer.outcome is not Outcome.MISSING]
    return tuple(_images(places, images)) + tuple(_pages(data, found, places))


def with_regions(data: bytes, found: Extraction) -> Extraction:
    """The extraction with the regions of values that were read from running text of a PDF, which costs a call for each
    and is therefore done only for what is shown."""
    if found.format != "pdf":
        return found
    wanted = [metric for metric in found.metrics if _is_bare(metric.where)]
    asked = [answer for answer in found.checklist if answer.words and _is_bare(answer.where)]
    regions = text_regions(
        data,
        [(metric.where.page or 0, metric.raw, metric.snippet) for metric in wanted]
        + [(answer.where.page or 0, answer.words, answer.words) for answer in asked],
    )
    placed = {
        metric: metric._replace(where=metric.where._replace(region=region))
        for metric, region in zip(wanted, regions, strict=False)
    }
    shown = {
        answer.key: replace(answer, where=answer.where._replace(region=region))
        for answer, region in zip(asked, regions[len(wanted) :], strict=True)
    }
    return replace(
        found,
        metrics=tuple(placed.get(metric, metric) for metric in found.metrics),
        conflicts=tuple(
            replace(conflict, metrics=tuple(placed.get(metric, metric) for metric in conflict.metrics))
            for conflict in found.conflicts
        ),
        checklist=tuple(shown.get(answer.key, answer) for answer in found.checklist),
    )


def _is_bare(place: Place) -> bool:
    return place.page is not None and place.image is None and place.region is None


def _images(places: list[Place], images: Mapping[int, PagePicture]) -> list[PagePicture]:
    wanted = dict.fromkeys((place.page, place.image) for place in places if place.image in images)
    return [replace(images[image], page=page) for page, image in wanted if image is not None]


def _pages(data: bytes, found: Extraction, places: list[Place]) -> list[PagePicture]:
    if found.format != "pdf":
        return []
    wanted = sorted({place.page for place in places if place.page is not None and place.image is None})
    return render_pages(data, wanted[:PAGES])
