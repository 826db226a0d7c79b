"""Text of all kinds to blocks: Markdown, console output, tab-separated and column-aligned tables, plain paragraphs."""

from __future__ import annotations

import codecs
import re

import charset_normalizer

from ml.metrics.blocks import Block, Cell, Document, Heading, Line, Table, rectangular
from ml.metrics.contract import DeliverableError, Limits, Place
from ml.metrics.documents.ruled import ruled_table
from ml.metrics.numbers import normalise, quantities

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(data: bytes) -> str:
    """The encoding of text, from its first 200 kB: marks, zero bytes, UTF-8, GB18030, then a statistical guess."""
    for mark, name in _BOMS:
        if data.startswith(mark):
            return name
    head = data[:200_000]
    if b"\x00" in head:
        even, odd = head[0::2].count(0), head[1::2].count(0)
        return "utf-16-le" if odd > even else "utf-16-be"
    for name in ("utf-8", "gb18030"):
        try:
            codecs.getincrementaldecoder(name)().decode(head, final=len(head) == len(data))
        except UnicodeDecodeError:
            continue
        return name
    guess = charset_normalizer.from_bytes(head[:50_000]).best()
    return guess.encoding if guess is not None else "latin-1"


def decode(data: bytes, limits: Limits) -> str:
    """The text of a file.

    Raises DeliverableError (`too_long`) past the limit of characters, (`not_text`) when it is binary.
    """
    text = data.decode(encoding_of(data), errors="replace")
    if len(text) > limits.characters:
        raise DeliverableError(
            "too_long", f"The text has {len(text)} characters; at most {limits.characters} are read."
        )
    controls = sum(ch < " " and ch not in "\t\n\r\f\x1b\b" for ch in text[:10_000])
    if controls * 10 > len(text[:10_000]) or text[:10_000].count("\ufffd") * 10 > len(text[:10_000]) > 0:
        raise DeliverableError(
            "not_text", "The file is not text of a known kind: upload the report or the tool's output."
        )
    return _ANSI.sub("", text)


_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_ATX = re.compile(r"^\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_STYLING = re.compile(r"</?(?:font|span|b|i|u|s|em|strong|mark|small|center|sub|sup)(?:\s[^<>]*)?>", re.IGNORECASE)
"""Tags of HTML within a line of Markdown that only say how it looks."""
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_UNDERLINE = re.compile(r"^\s*(?:={3,}|-{3,}|~{3,})\s*$")
_RULE = re.compile(r"^[\s|+:=\-─━═┼├┤┬┴┌┐└┘╔╗╚╝╠╣╪╫╬|*]{3,}$")
_NUMBERED = re.compile(
    r"^\s*(?:第[一二三四五六七八九十\d]+[章节部分]|[一二三四五六七八九十]+[、.．]|[(（][一二三四五六七八九十]+[)）]|\d{1,2}(?:\.\d{1,2}){0,3}[.、．]?(?=\s*[A-Za-z\u4e00-\u9fff]))\s*(?P<title>\S.{0,50})$"
)
ITEM_LEVEL = 7
"""Of an entry of a list with entries of its own: below every other heading."""
_BOX_BAR = re.compile(r"[│┃║]")
_FRAMED = re.compile(r"^\s*[│┃║](?=\s)([^│┃║├└|]*?)\s*[│┃║]\s*$")
"""A line of text in a drawn frame, which is no row of a table."""


def heading_of(text: str) -> str | None:
    """The title of a numbered heading ("3.1 登录", "二、测试结果"), or None for a line that says something."""
    found = _NUMBERED.match(text.rstrip())
    if not found:
        return None
    title = found.group("title").strip()
    if re.search(r"[:：。.;；,，=]$|[:：=]\s*\S|[。；;,，]", title) or len(title) > 40:
        return None
    return None if quantities(normalise(title)) else title


_DEPTH = re.compile(
    r"\s*(?:(?P<upper>第|[一二三四五六七八九十]+[、.．])|(?P<middle>[(（][一二三四五六七八九十])|\d+(?P<deeper>(?:\.\d+)*))"
)


def numbered_level(line: str) -> int:
    """How deep a heading stands by its number: 二、 over (一) over 3 over 3.1 over 3.1.2."""
    found = _DEPTH.match(line)
    if found is None:
        return 4
    return 2 if found.group("upper") else 3 if found.group("middle") else min(6, 4 + found.group("deeper").count("."))


def read_text(text: str) -> Document:
    """The blocks of Markdown, console output or plain text."""
    document = Document()
    lines = text.replace("\r\n", "\n").split("\n")
    # A console rewrites its line with a carriage return: only what is left standing counts.
    lines = [line.rsplit("\r", 1)[-1] if "\r" in line.rstrip("\r") else line.rstrip("\r") for line in lines]
    if "<" in text:
        lines = [_STYLING.sub("", line) if "<" in line else line for line in lines]
    if "│" in text or "║" in text or "┃" in text:
        lines = [_FRAMED.sub(r"\1", line) for line in lines]
    at, fenced = 0, False
    while at < len(lines):
        line = lines[at]
        if _FENCE.match(line):
            fenced = not fenced
            at += 1
            continue
        used = _table_at(lines, at)
        if used is not None:
            table, at = used
            document.blocks.append(table)
            continue
        document.blocks += _line_blocks(lines, at, fenced)
        at += 1
    document.blocks = _unwrapped(document.blocks)
    return document


def _line_blocks(lines: list[str], at: int, fenced: bool) -> list[Block]:
    line = lines[at]
    where = Place(line=at + 1)
    if not line.strip():
        return [Line("", where, verbatim=True)]
    if fenced:
        return [Line(line, where, verbatim=True)]
    atx = _ATX.match(line)
    if atx:
        return [Heading(_LINK.sub(r"\1", atx.group(2)), len(atx.group(1)), where)]
    if (
        at + 1 < len(lines)
        and _UNDERLINE.match(lines[at + 1])
        and len(line.strip()) < 80
        and not line.lstrip().startswith(("|", "-", "*"))
        and not quantities(normalise(line))
    ):
        return [Heading(line.strip(), 1 if "=" in lines[at + 1] else 2, where)]
    title = heading_of(line) or _name_over_block(lines, at)
    if title is not None:
        return [Heading(title, ITEM_LEVEL if _ITEM.match(line) else numbered_level(line), where)]
    bold = re.fullmatch(r"\s*(?:\d{1,2}[.)、]\s*)?(?:\*\*|__)([^*_]{2,40})(?:\*\*|__)\s*[:：]?\s*", line)
    if bold and not quantities(normalise(bold.group(1))):
        return [Heading(bold.group(1).rstrip(":："), 6, where)]
    return [Line(_ESCAPED.sub(r"\1", line) if "\\" in line else line, where, verbatim=True)]


_ESCAPED = re.compile(r"\\([~<>#+*_.-])")
"""What Markdown's writers escape: "\\~900 req/s"."""
_ENTRY = re.compile(r"^\s+[-*]?\s*[^\s:=：][^:=：]{0,40}[:=：]\s*\S")


_ITEM = re.compile(r"^\s*[-*•·▪]\s+\S")
_TITLE_ITEM = re.compile(r"^\s*(?:[(（]?\d{1,2}[)）]|[①-⑳]|【(?=[^】]{1,30}】\s*$))\s*")


def _name_over_block(lines: list[str], at: int) -> str | None:
    """A line without a value of its own over deeper "label: value" lines: what they are about."""
    line = lines[at].rstrip()
    depth = len(line) - len(line.lstrip())
    title = _TITLE_ITEM.sub("", line).rstrip(":：】 ")
    if (
        title != line
        and 0 < len(title) <= 40
        and _ITEM.match("".join(lines[at + 1 : at + 2]))
        and not quantities(normalise(title))
    ):
        return title
    if len(line.strip()) > 80 or quantities(normalise(line)) or re.search(r"=\s*\S|[。.;；,，]$", line):
        return None
    below = lines[at + 1 : at + 3]
    deeper = [other for other in below if len(other) - len(other.lstrip()) > depth and _ENTRY.match(other)]
    if len(deeper) < 2:
        return None
    # "接口: /api/login": the name is what the word stands for.
    return re.split(r"[:：]\s+(?=\S)", line.strip(), maxsplit=1)[-1].rstrip(":：") or None


WRAPPED_AT = 60
"""A line of running text at least this long may go on in the next one."""


def _unwrapped(blocks: list[Block]) -> list[Block]:
    """Sentences that were broken at the margin, whole again at the place of their first line."""
    joined: list[Block] = []
    for block in blocks:
        last = joined[-1] if joined else None
        if (
            isinstance(block, Line)
            and isinstance(last, Line)
            and last.text
            and len(last.text.rsplit("\n", 1)[-1]) >= WRAPPED_AT
            and _goes_on(last.text, block.text)
        ):
            joined[-1] = Line(f"{last.text.rstrip()} {block.text.strip()}", last.where, verbatim=True)
        else:
            joined.append(block)
    return joined


def _goes_on(line: str, following: str) -> bool:
    """Whether a line ends in the middle of an English sentence; Chinese lines are broken anywhere and stay apart."""
    return (
        re.search(r"[a-z,]\s*$", line) is not None
        and re.match(r"^[a-z0-9(]", following) is not None
        and "  " not in line.strip()
        and not re.match(r"^\S+\s*[:=]", following)
    )


_FULL_LINE = 60
"""Columns of a page whose lines are running text; a Chinese character takes two."""
_NEW_ITEM = re.compile(
    r"^\s*(?:[-*•·▪‣◦○●■□–✓✔☑☐]|[(（]?\d{1,2}(?:[)）、]|\.(?!\d))|[①-⑳]|[一二三四五六七八九十]+、|[^:：=]{1,24}[:：=])"
)


_STOPS = tuple("。.!！?？;；:：|)）")


def rejoined(blocks: list[Block]) -> list[Block]:
    """Paragraphs of a page whole again at the place of their first line: those of its lines that reach the margin and
    end in no stop go on in the next."""
    widths = {id(block): _width(block.text) for block in blocks if isinstance(block, Line)}
    full = max(widths.values(), default=0)
    if full < _FULL_LINE:
        return blocks
    joined: list[Block] = []
    reaches = False
    for block in blocks:
        last = joined[-1] if joined else None
        goes_on = reaches and isinstance(block, Line) and block.text.strip() and not _NEW_ITEM.match(block.text)
        if goes_on and isinstance(last, Line) and isinstance(block, Line):
            space = " " if last.text[-1:].isascii() and block.text.lstrip()[:1].isascii() else ""
            joined[-1] = Line(
                f"{last.text.rstrip()}{space}{block.text.strip()}", last.where, confidence=last.confidence
            )
        else:
            joined.append(block)
        reaches = (
            isinstance(block, Line) and widths[id(block)] >= 0.8 * full and not block.text.rstrip().endswith(_STOPS)
        )
    return joined


def _width(text: str) -> int:
    return len(text) if text.isascii() else sum(2 if ch > "\u2e7f" else 1 for ch in text)


def _table_at(lines: list[str], at: int) -> tuple[Table, int] | None:
    return _piped(lines, at) or ruled_table(lines, at) or _tabbed(lines, at) or _spaced(lines, at)


def _split_pipes(line: str) -> list[str]:
    text = _BOX_BAR.sub("|", line).strip()
    text = text.removeprefix("|")
    text = text.removesuffix("|")
    return [_ESCAPED.sub(r"\1", cell.replace("\\|", "|")).strip() for cell in re.split(r"(?<!\\)\|", text)]


def _piped(lines: list[str], at: int) -> tuple[Table, int] | None:
    """Markdown tables, and tables drawn with +---+ or box characters."""
    rows: list[list[Cell]] = []
    ruled = False
    end = at
    while end < len(lines):
        line = lines[end]
        stripped = line.strip()
        bars = len(re.findall(r"(?<!\\)\||[│┃║]", stripped))
        if (
            stripped
            and _RULE.match(stripped)
            and ("-" in stripped or "=" in stripped or "─" in stripped or "═" in stripped or "━" in stripped)
        ):
            if (
                not rows
                and "|" not in stripped
                and "+" not in stripped
                and not _BOX_BAR.search(stripped)
                and stripped[0] not in "┌╔"
            ):
                return None
            ruled = True
        elif _ITEM.match(line):
            break  # "- App | defects: 158 | open: 12" is an entry of a list
        elif bars >= 2 or (bars == 1 and (rows or _next_is_rule(lines, end))):
            rows.append([Cell(text, Place(line=end + 1)) for text in _split_pipes(line)])
        else:
            break
        end += 1
    if len(rows) < 2 and not (ruled and rows):
        return None
    return Table(rectangular(rows), _caption(lines, at)), end


def _next_is_rule(lines: list[str], at: int) -> bool:
    return at + 1 < len(lines) and "|" in lines[at + 1] and bool(_RULE.match(lines[at + 1].strip()))


def _caption(lines: list[str], at: int) -> str:
    for above in range(at - 1, max(-1, at - 3), -1):
        text = lines[above].strip()
        if text:
            is_caption = (
                len(text) <= 60
                and not text.startswith(("#", "|", "-", "*", "```"))
                and (re.match(r"^(?:表|table|图)\s*\d", text, re.IGNORECASE) or re.search(r"单位|[:：]$|\bunit", text))
            )
            return text if is_caption else ""
    return ""


def _tabbed(lines: list[str], at: int) -> tuple[Table, int] | None:
    rows: list[list[Cell]] = []
    end = at
    while end < len(lines) and "\t" in lines[end].strip():
        cells = [cell.strip() for cell in lines[end].strip("\n").split("\t")]
        rows.append([Cell(text, Place(line=end + 1)) for text in cells])
        end += 1
    return (
        (Table(rectangular(rows), _caption(lines, at)), end)
        if len(rows) >= 2 and max(map(len, rows)) >= 2 and any(len([c for c in row if c.text]) >= 2 for row in rows)
        else None
    )


def _spaced(lines: list[str], at: int) -> tuple[Table, int] | None:
    """Columns set apart by two spaces or more, three columns at least, over two lines or more."""
    rows: list[tuple[int, list[tuple[int, int, str]]]] = []
    end = at
    while end < len(lines):
        line = lines[end].expandtabs(8).rstrip()
        cells = [(found.start(), found.end(), found.group()) for found in re.finditer(r"\S+(?: \S+)*", line)]
        if rows and line.strip() and _RULE.match(line.strip()):
            end += 1
            continue
        if line.lstrip()[:1] in ("|", "+") or (rows and len(cells) > len(rows[0][1])):
            break
        if len(cells) < 3 or (line.count(":") > 2 and not rows):
            break
        rows.append((end, cells))
        end += 1
    if len(rows) < 2 or len(rows[0][1]) < 3:
        return None
    head = rows[0][1]
    made: list[list[Cell]] = []
    for number, cells in rows:
        placed = [Cell("", Place(line=number + 1)) for _ in head]
        if len(cells) == len(head):
            placed = [Cell(text, Place(line=number + 1)) for _, _, text in cells]
        else:
            for start, stop, text in cells:
                column = max(
                    range(len(head)),
                    key=lambda at: (min(stop, head[at][1]) - max(start, head[at][0]), -abs(start - head[at][0])),
                )
                placed[column] = Cell(text, Place(line=number + 1))
        made.append(placed)
    return Table(rectangular(made), _caption(lines, at)), end
