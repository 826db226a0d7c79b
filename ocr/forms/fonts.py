"""Finding a font with Chinese characters for printing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_DEBIAN_FOLDER = Path("/usr/share/fonts/opentype/noto")
_FAMILIES = (
    # The file of Debian's package first, then static files as npm font packages carry them.
    ("NotoSansCJK-Regular.ttc", "Noto Sans CJK SC"),
    ("NotoSansCJKsc-Regular.otf", "Noto Sans CJK SC"),
    ("NotoSansSC-Regular.otf", "Noto Sans SC"),
    ("NotoSansSC-Regular.ttf", "Noto Sans SC"),
    ("NotoSansSC_400Regular.ttf", "Noto Sans SC"),
)


class FontMissingError(RuntimeError):
    """No usable font was found; the message says which package brings one."""


@dataclass(frozen=True, slots=True)
class CjkFont:
    """A font family that can print Chinese and Latin text, and the folder of its files."""

    family: str
    folder: Path


def find_cjk_font(folder: Path | None = None) -> CjkFont:
    """The font for printed forms: from `folder` (searched with its sub-folders), else from Debian's package.

    `folder` may be that of an npm package with OpenType or TrueType files (`.woff2` files cannot be used).
    Raises `FontMissingError` when none of the known files is there.
    """
    place = folder or _DEBIAN_FOLDER
    if place.is_dir():
        for name, family in _FAMILIES:
            for found in sorted(place.rglob(name)):
                return CjkFont(family, found.parent)
    raise FontMissingError(
        f"no font for Chinese text in {place}: install Debian's package fonts-noto-cjk, or give the folder of an npm"
        " font package with NotoSansSC or NotoSansCJKsc as .otf or .ttf"
    )
