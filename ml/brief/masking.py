"""Codes in place of names and contact data, for text that leaves the house. Standard library only.

What looks like a person's name, an e-mail address, a telephone, identity card or bank card number is replaced by a code
such as `[[P1]]`, the same one wherever it stands, and put back in the reply. Names are those that the
caller knows, and those that look like one (`ml.text.names`): an unknown name in an unusual place is not noticed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ml.text.folding import fold
from ml.text.names import names

_CONTACTS = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # e-mail
    r"|(?<!\d)\d{6}(?:19|20)\d{2}(?:0\d|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx](?!\d)"  # identity card, 18 characters
    r"|(?<!\d)\d{4}(?:[ -]?\d{4}){2,3}(?:[ -]?\d{1,3})?(?!\d)"  # bank card, 12 to 19 digits
    r"|(?<![\d.])(?:\+\d{1,3}[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)"  # mobile, China
    r"|(?<![\d.])(?:\+|00)\d{1,3}(?:[ ().-]{0,2}\d{2,4}){2,5}(?!\d)"  # telephone with country code
    r"|(?<![\d.])0\d{2,3}-\d{7,8}(?!\d)"  # telephone with area code, China
)
_CODE = re.compile(r"\[\[\s*P(\d+)\s*\]\]")


class Mask:
    """The codes for the names and contact data of some texts."""

    def __init__(self, texts: Iterable[str], known: Iterable[str] = ()) -> None:
        found = dict.fromkeys(name for name in known if name)
        for text in texts:
            plain = fold(text)
            same = text if len(plain) == len(text) else plain
            found.update(dict.fromkeys(match.group() for match in _CONTACTS.finditer(same)))
            found.update(dict.fromkeys(span.of(text) for span in names(text)))
        self._words = list(found)
        self._codes = {word: f"[[P{number}]]" for number, word in enumerate(self._words, start=1)}
        longest_first = sorted(self._words, key=lambda word: (-len(word), word))
        self._pattern = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def hide(self, text: str) -> str:
        """The text with codes. A code that stands in the text already is taken apart, so that it reveals nothing."""
        apart = text.replace("[[", "[ [")
        return self._pattern.sub(lambda match: self._codes[match.group()], apart)

    def reveal(self, text: str) -> str:
        """The text with the words behind its codes; an unknown code stays, and no check will let it pass."""

        def word(match: re.Match[str]) -> str:
            number = int(match[1])
            return self._words[number - 1] if 1 <= number <= len(self._words) else match.group()

        return _CODE.sub(word, text)
