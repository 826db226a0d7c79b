"""`throughline brief` and `throughline assist`: what notes say, and help in writing one."""
# ruff: noqa: PLC0415 - numpy and the word lists are for these commands alone

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from db.settings import Settings
from workers.commands.output import CommandError, Json, emit, show, tell, wrong_usage

if TYPE_CHECKING:
    from ml.brief.contract import Note


class Language(StrEnum):
    ZH = "zh"
    EN = "en"


def _readable(name: str) -> Path:
    """The file with that name, or standard input for `-`. Ends with exit code 2 where there is none."""
    path = Path("/dev/stdin" if name == "-" else name)
    if not path.exists():
        raise typer.BadParameter(f"file {name!r} does not exist.")
    if path.is_dir():
        raise typer.BadParameter(f"file {name!r} is a directory.")
    if not os.access(path, os.R_OK):
        raise typer.BadParameter(f"file {name!r} is not readable.")
    return path


Notes = Annotated[
    list[Path], typer.Argument(parser=_readable, metavar="FILE…", help="Notes as JSON lines; - for standard input.")
]
Spoken = Annotated[Language | None, typer.Option(help="Language; default: that of the notes.")]


def brief(  # noqa: PLR0917 - options of a command
    notes: Notes,
    subject: Annotated[str | None, typer.Option(help="Id of the person; default: the commonest.")] = None,
    max_words: Annotated[int | None, typer.Option(min=1, help="English words and Chinese characters at most.")] = None,
    max_chars: Annotated[int | None, typer.Option(min=1, help="Characters without white space at most.")] = None,
    language: Spoken = None,
    as_json: Json = False,
) -> None:
    """Write a brief in which every sentence cites its notes."""
    from ml.brief.brief import write_briefs
    from ml.brief.contract import BriefOptions, EngineError
    from ml.brief.describe import describe
    from workers.writing import brief_engine, entailment_judge

    if max_words is not None and max_chars is not None:
        wrong_usage("give --max-words or --max-chars, not both")
    settings = Settings()
    options = BriefOptions(
        subject=subject, max_words=max_words, max_chars=max_chars, language=language.value if language else None
    )
    packs = [_notes(path) for path in notes]
    try:
        briefs = write_briefs(packs, [options] * len(packs), brief_engine(settings), entailment_judge(settings))
    except EngineError as error:
        raise CommandError(str(error)) from error
    results = [describe(each) for each in briefs]
    for each in briefs:
        if each.fallback is not None:
            tell(f"the configured generator was not used: {each.fallback}")
    if as_json:
        emit(results[0] if len(results) == 1 else results)
    else:
        for result in results:
            _show_brief(result)


def assist(
    texts: Annotated[list[str] | None, typer.Argument(help="One or more notes.")] = None,
    file: Annotated[
        Path | None,
        typer.Option(parser=_readable, metavar="FILE", help="Notes as JSON lines; - for standard input."),
    ] = None,
    language: Spoken = None,
    as_json: Json = False,
) -> None:
    """Say what a note holds, what it lacks and what to be careful of."""
    from ml.assist.assist import assist as help_with
    from ml.assist.describe import describe

    if (file is None) == (not texts):
        wrong_usage("give the text of a note, or --file with notes as JSON lines")
    spoken: Literal["zh", "en"] | None = language.value if language else None
    if file is None:
        results = [describe(help_with(text, language=spoken)) for text in texts or []]
    else:
        results = [describe(help_with(note.text, language=spoken), note.id) for note in _notes(file)]
    if as_json:
        emit(results[0] if file is None and len(results) == 1 else results)
    else:
        for result in results:
            _show_assist(result)


def _notes(path: Path) -> list[Note]:
    from ml.brief.contract import NotesError
    from ml.brief.notes import fields_unread, read_notes

    try:
        text = path.read_text(encoding="utf-8")
        notes = read_notes(text.split("\n"))
        if unread := fields_unread(text.split("\n")):
            tell(f"{path}: fields that are not read: {', '.join(unread)}")
        return notes
    except NotesError as error:
        raise CommandError(f"{path}: {error}") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{path}: not UTF-8 text (byte {error.start})") from error


def _show_brief(result: dict[str, Any]) -> None:
    if result["insufficient"]:
        show(result["reason"])
    for sentence in result["sentences"]:
        support = f"{sentence['support']['notes']}/{sentence['support']['of']}"
        show(f"[{sentence['kind']}] {sentence['text']}  ({', '.join(sentence['citations'])}; {support})")
    for dropped in result["dropped"]:
        tell(f"dropped: {dropped['text']} ({dropped['reason']})")


def _show_assist(result: dict[str, Any]) -> None:
    if "id" in result:
        show(f"{result['id']}:")
    for part in ("situation", "behaviour", "impact"):
        show(f"  {part}: {result[part] or '-'}")
    show(f"  {result['sentiment']}" + (", nothing in it can be acted on" if result["empty_praise"] else ""))
    for caution in result["cautions"]:
        show(f"  careful, {caution['span']!r}: {caution['message']}")
    if result["suggestion"]:
        show(f"  {result['suggestion']}")
