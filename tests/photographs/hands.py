"""The hands that fill in forms: fonts that look written, or at least are not the font of the printed labels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from PIL import ImageFont

_FONTS = Path("/usr/share/fonts")


class HandMissingError(RuntimeError):
    """A font of a hand is not installed; the message names Debian's package with it."""


@dataclass(frozen=True, slots=True)
class Script:
    """One font: where its file is, the package it comes with, its size beside others, and how loosely it is joined."""

    file: str
    package: str
    family: str
    scale: float = 1.0
    looseness: float = 1.0
    """How far glyphs may be moved and turned each for itself; small for joined writing."""


@dataclass(frozen=True, slots=True)
class Hand:
    """One person's writing: `latin` for all characters that it has, `chinese` for the others."""

    name: str
    latin: Script
    chinese: Script

    def script(self, character: str) -> Script:
        """The font for that character. Raises `ValueError` when the hand cannot write it."""
        for script in (self.latin, self.chinese):
            if ord(character) in _characters(script):
                return script
        raise ValueError(f"the hand {self.name} has no character {character!r}")


_WENKAI = Script("truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf", "fonts-lxgw-wenkai", "LXGW WenKai")
_WENKAI_LIGHT = Script("truetype/lxgw-wenkai/LXGWWenKai-Light.ttf", "fonts-lxgw-wenkai", "LXGW WenKai Light")
_UKAI = Script("truetype/arphic/ukai.ttc", "fonts-arphic-ukai", "AR PL UKai CN", scale=1.05)
_KLEE = Script("truetype/klee/KleeOne-Regular.ttf", "fonts-klee", "Klee One")
_BREIP = Script("truetype/breip/Breip.ttf", "fonts-breip", "Breip", scale=1.2)
_DANCING = Script(
    "opentype/dancingscript/DancingScript-Regular.otf", "fonts-dancingscript", "Dancing Script", 1.15, looseness=0.15
)
_KRISTI = Script("truetype/kristi/Kristi.ttf", "fonts-kristi", "Kristi", scale=1.6, looseness=0.25)
_ORGANIZE = Script("opentype/bwht/BecauseWeOrganize-Regular.otf", "fonts-bwht", "Because We Organize", scale=1.1)
_CONNECT = Script("opentype/bwht/BecauseWeConnect-Regular.otf", "fonts-bwht", "Because We Connect")
_DKG = Script("truetype/fifthhorseman/dkg.ttf", "fonts-dkg-handwriting", "DkgHandwriting", scale=1.1, looseness=0.5)
_DKG_SLANTED = Script(
    "truetype/fifthhorseman/dkgIt.ttf", "fonts-dkg-handwriting", "DkgHandwriting", scale=1.1, looseness=0.5
)

CHINESE_HANDS = (
    Hand("kai", _WENKAI, _WENKAI),
    Hand("brush-kai", _UKAI, _UKAI),
    Hand("kai-with-loose-latin", _ORGANIZE, _WENKAI),
    Hand("light-kai", _WENKAI_LIGHT, _WENKAI_LIGHT),
    Hand("brush-kai-with-slanted-latin", _DKG_SLANTED, _UKAI),
    Hand("light-kai-with-thin-latin", _BREIP, _WENKAI_LIGHT),
)
"""Hands for forms filled in mostly in Chinese."""

LATIN_HANDS = (
    Hand("loose", _ORGANIZE, _WENKAI),
    Hand("joined", _DANCING, _UKAI),
    Hand("upright", _DKG, _UKAI),
    Hand("klee", _KLEE, _WENKAI_LIGHT),
    Hand("capitals", _CONNECT, _WENKAI),
    Hand("thin", _BREIP, _WENKAI_LIGHT),
    Hand("flourish", _KRISTI, _UKAI),
)
"""Hands for forms filled in mostly in English."""

_BUILD = Script("opentype/bwht/BecauseWeBuild-Regular.otf", "fonts-bwht", "Because We Build", scale=1.05)
_CREATE = Script("opentype/bwht/BecauseWeCreate-Regular.otf", "fonts-bwht", "Because We Create", scale=1.05)
_LEARN = Script("opentype/bwht/BecauseWeLearn-Regular.otf", "fonts-bwht", "Because We Learn", scale=1.05)
_MENTOR = Script("opentype/bwht/BecauseWeMentor-Regular.otf", "fonts-bwht", "Because We Mentor", scale=1.05)
_KLEE_BOLD = Script("truetype/klee/KleeOne-SemiBold.ttf", "fonts-klee", "Klee One SemiBold")
_WENKAI_BOLD = Script("truetype/lxgw-wenkai/LXGWWenKai-Bold.ttf", "fonts-lxgw-wenkai", "LXGW WenKai")
_WENKAI_MONO = Script("truetype/lxgw-wenkai/LXGWWenKaiMono-Light.ttf", "fonts-lxgw-wenkai", "LXGW WenKai Mono Light")

UNSEEN_CHINESE_HANDS = (
    Hand("bold-kai", _WENKAI_BOLD, _WENKAI_BOLD),
    Hand("even-kai", _WENKAI_MONO, _WENKAI_MONO),
    Hand("kai-with-mentor-latin", _MENTOR, _UKAI),
    Hand("brush-kai-with-learn-latin", _LEARN, _UKAI),
)
UNSEEN_LATIN_HANDS = (
    Hand("build", _BUILD, _WENKAI),
    Hand("create", _CREATE, _WENKAI),
    Hand("klee-bold", _KLEE_BOLD, _WENKAI),
    Hand("mentor", _MENTOR, _UKAI),
)
"""Hands kept for measuring: no rule was made looking at them."""

SIGNATURE_HAND = Hand("signature", _KRISTI, _UKAI)

_HANDS = (*CHINESE_HANDS, *LATIN_HANDS, *UNSEEN_CHINESE_HANDS, *UNSEEN_LATIN_HANDS)
_SCRIPTS = {script for hand in _HANDS for script in (hand.latin, hand.chinese)}
PACKAGES = sorted({script.package for script in _SCRIPTS})
"""Debian's packages with the fonts of all hands."""


def check_installed() -> None:
    """Raise `HandMissingError` when the font of any hand is not installed."""
    for script in _SCRIPTS:
        _path(script)


def font(script: Script, pixels: float) -> ImageFont.FreeTypeFont:
    """The font of a script, `pixels` high. Raises `HandMissingError` when it is not installed."""
    return _font(script, max(4, round(pixels * script.scale)))


@cache
def _font(script: Script, pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_path(script)), pixels, index=_face(script))


@cache
def _face(script: Script) -> int:
    """Which face of a collection has the family's name."""
    if not script.file.endswith(".ttc"):
        return 0
    for index in range(16):
        if ImageFont.truetype(str(_path(script)), 12, index=index).getname()[0] == script.family:
            return index
    raise HandMissingError(f"{script.file} has no face {script.family}: update the package {script.package}")


@cache
def _characters(script: Script) -> frozenset[int]:
    with TTFont(str(_path(script)), fontNumber=_face(script), lazy=True) as opened:
        return frozenset(opened.getBestCmap())


def _path(script: Script) -> Path:
    path = _FONTS / script.file
    if not path.is_file():
        raise HandMissingError(f"the handwriting font {script.family} is missing: apt-get install {script.package}")
    return path
