"""Where in a file of a deliverable something stands, and the picture that shows it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import strawberry

from db.models.projects import deliverables as rows
from db.queries.projects import deliverables
from schema.batching import batch, field
from schema.context import Context
from schema.files import file_url
from schema.permissions import Permission, PermissionMap, grant

SEERS = Permission("who handed it in, the managers above them, HR and the PMO")


@dataclass(frozen=True, slots=True)
class Box:
    """Pixels of a picture."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file, as it is kept."""

    page: int | None
    sheet: str | None
    cell: str | None
    line: int | None
    image: int | None
    region: Box | None
    picture_id: uuid.UUID | None


def locations(_context: Context, parents: Sequence[rows.Reading] | Sequence[rows.ChecklistItem]) -> list[Location]:
    found = []
    for parent in parents:
        place = parent.place
        region = place.get("region")
        found.append(
            Location(
                page=place.get("page"),
                sheet=place.get("sheet"),
                cell=place.get("cell"),
                line=place.get("line"),
                image=place.get("image"),
                region=None if region is None else Box(*region),
                picture_id=parent.picture_id,
            )
        )
    return found


def _shown(context: Context, parents: Sequence[Location]) -> list[rows.DeliverablePicture | None]:
    wanted = [parent.picture_id for parent in parents if parent.picture_id is not None]
    found = deliverables.pictures(context.session, wanted) if wanted else {}
    return [None if parent.picture_id is None else found.get(parent.picture_id) for parent in parents]


def _urls(context: Context, parents: Sequence[rows.DeliverablePicture]) -> list[str]:
    return [file_url(context, parent.image_id) for parent in parents]


@strawberry.type(description="A rectangle in a picture, in pixels from its top left corner.")
class Region:
    x: float = field(description="From the left.")
    y: float = field(description="From the top.")
    width: float = field(description="Width.")
    height: float = field(description="Height.")


@strawberry.type(description="A page or picture of a file, re-encoded, without metadata.")
class DeliverablePicture:
    url: str = batch(_urls, description="Where to get it (JPEG), for some minutes; relative to the API.")
    width: int = field(description="Pixels.")
    height: int = field(description="Pixels.")


@strawberry.type(description="A place in a file; only what its format knows is set. Counts start at 1.")
class DeliverablePlace:
    page: int | None = field(description="Page.")
    sheet: str | None = field(description="Sheet of a workbook.")
    cell: str | None = field(description="Cell: `B7` of a sheet, `T2:R3C4` of the second table of a document.")
    line: int | None = field(description="Line or paragraph.")
    image: int | None = field(description="Which picture of the file.")
    region: Region | None = field(description="Where in the picture.")
    picture: DeliverablePicture | None = batch(_shown, description="The page or picture, to be shown with the region.")


PERMISSIONS: PermissionMap = {
    **grant("DeliverablePlace", SEERS, "page sheet cell line image region picture"),
    **grant("DeliverablePicture", SEERS, "url width height"),
    **grant("Region", SEERS, "x y width height"),
}
