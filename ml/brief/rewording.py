"""Another wording of one text, by a chat model, held against the text before anybody sees it. Standard library only.

Both directions are looked at. What the proposal says must be borne by the text or the facts given with it: the checks
of `ml.brief.checks` with these as the one note. And what the text says must still be there: its quantities and names,
its negations, and most of its words. A proposal that fails is worth nothing: it is not mended.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Protocol

from ml.brief.checks import Failure, check, figure_in
from ml.brief.contract import Draft, EngineError, Note, storable
from ml.brief.masking import Mask
from ml.text.folding import Language, fold, language_of, normal
from ml.text.names import names
from ml.text.polarity import directions, negations
from ml.text.quantities import quantities
from ml.text.sentences import sentences
from ml.text.words import terms

PROMPT_VERSION = "reword-1"
OPENING = '{"text": "'
"""How every reply must begin. A local model is made to go on from here."""
HELD, CLAUSE_HELD = 0.7, 0.5
"""Share of a proposal's terms, and of those of each clause, that the text or the facts must hold."""
KEPT = 0.5
"""Share of the text's terms that a proposal must still hold."""
DENIED_TERMS = 3
_GROUPS = {
    "person": "added",
    "source": "added",
    "quantifier": "generalises",
    "absolute": "generalises",
}
"""Checks of briefs by the name that they have here; the others keep theirs."""
_CLAUSE = re.compile(r"[,，;；。!?！？\n]|\.(?=\s|$)")


class Chat(Protocol):
    """A model that answers a conversation."""

    @property
    def remote(self) -> bool:
        """Whether the conversation leaves this process, so that names and contact data must not be in it."""
        ...

    def reply(self, conversation: list[dict[str, str]], opening: str) -> str:
        """The answer; it begins with `opening` where the model can be made to. Raises EngineError."""
        ...


@dataclass(frozen=True, slots=True)
class Original:
    """What is to be said in other words. `limit` counts characters."""

    text: str
    facts: tuple[str, ...] = ()
    """What else is known and may be used."""
    questions: tuple[str, ...] = ()
    """What a reader misses, for the model to answer from the facts."""
    people: tuple[str, ...] = ()
    """Names of people that are known, to be hidden even where they do not look like names."""
    limit: int = 5_000

    @property
    def language(self) -> Language:
        return language_of(self.text)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A model's wording, and why it may not be shown: without a failure it may."""

    text: str
    failures: tuple[Failure, ...]


def propose(original: Original, chat: Chat) -> Proposal:
    """Ask for another wording and check it. Raises EngineError when there is none in the form that was asked for."""
    mask = Mask((original.text, *original.facts), original.people)
    hide = mask.hide if chat.remote else str
    asked = {
        "text": hide(original.text),
        "facts": [hide(fact) for fact in original.facts],
        "questions": list(original.questions),
    }
    prompt = resources.files("ml.brief.prompts").joinpath(f"{PROMPT_VERSION}.{original.language}.txt")
    conversation = [
        {"role": "system", "content": prompt.read_text(encoding="utf-8")},
        {"role": "user", "content": json.dumps(asked, ensure_ascii=False)},
    ]
    written = _parsed(chat.reply(conversation, OPENING))
    text = mask.reveal(written) if chat.remote else written
    return Proposal(text, tuple(failures(text, original)))


def _parsed(reply: str) -> str:
    """The text in the first complete object of the reply that has one."""
    decoder = json.JSONDecoder()
    for match in re.finditer(r"\{", reply):
        try:
            row, _ = decoder.raw_decode(reply, match.start())
        except RecursionError:
            raise EngineError("the model's reply is nested without end") from None
        except ValueError:
            continue
        if isinstance(row, dict) and isinstance(row.get("text"), str) and storable(row["text"]):
            return storable(row["text"])
    raise EngineError("the model's reply holds no text in the form that was asked for")


def failures(text: str, original: Original) -> list[Failure]:
    """Why the text may not stand in place of the original; an empty list when it may."""
    if len(text) > original.limit or "\x00" in text:
        return [Failure("length", str(len(text)))]
    if normal(text).rstrip(".。") == normal(original.text).rstrip(".。"):
        return [Failure("unchanged", "")]
    if language_of(text) != original.language:
        return [Failure("language", language_of(text))]
    return [*dict.fromkeys([*_added(text, original), *_lost(text, original)])]


def _added(text: str, original: Original) -> list[Failure]:
    """What neither the original nor the facts say."""
    source = Note("original", "\n".join((original.text, *original.facts)))
    known, held = fold(source.text), set(terms(source.text))
    found = []
    for span in sentences(text):
        for failure in check(Draft(span.of(text), (source.id,), "fact"), {source.id: source}):
            name = _GROUPS.get(failure.check, failure.check)
            if name != "coverage" and not (name == "generalises" and failure.detail.strip() in known):
                found.append(Failure(name, failure.detail))
    # Figures were compared by their value; what remains are words.
    words = _without_quantities(text)
    clauses = [piece for piece in _CLAUSE.split(words) if terms(piece)]
    found += [Failure("added", clause.strip()) for clause in clauses if _share(clause, held) < CLAUSE_HELD]
    if _share(words, held) < HELD:
        found.append(Failure("added", ""))
    wanted = _denied(source.text)
    found += [Failure("direction", said) for said, scope in _denied(text) if not _among(scope, wanted)]
    return found


def _lost(text: str, original: Original) -> list[Failure]:
    """What the original says and the text does not any more."""
    draft = Note("draft", text)
    found = [
        Failure("lost", original.text[quantity.start : quantity.end].strip())
        for quantity in quantities(original.text)
        if not figure_in(quantity, draft)
    ]
    plain = normal(text)
    kept = [span.of(original.text) for span in names(original.text)]
    kept += [name for name in original.people if name in original.text]
    found += [Failure("lost", name) for name in dict.fromkeys(kept) if normal(name) not in plain]
    denied = _denied(text)
    found += [Failure("direction", said) for said, scope in _denied(original.text) if not _among(scope, denied)]
    ways = {(each.axis, each.sign) for each in directions(text)}
    found += [
        Failure("direction", original.text[each.start : each.end])
        for each in directions(original.text)
        if (each.axis, each.sign) not in ways
    ]
    if _share(_without_quantities(original.text), set(terms(text))) < KEPT:
        found.append(Failure("lost", ""))
    return found


def _share(text: str, held: set[str]) -> float:
    """Share of the text's terms that are held; a text without terms holds nothing else."""
    said = terms(text)
    return sum(term in held for term in said) / len(said) if said else 1.0


def _without_quantities(text: str) -> str:
    for quantity in reversed(quantities(text)):
        text = f"{text[: quantity.start]} {text[quantity.end :]}"
    return text


def _denied(text: str) -> list[tuple[str, list[str]]]:
    """Each negation with the words after it, and their first terms: what it is that was not so."""
    found = []
    for start, end in negations(text):
        after = _CLAUSE.split(text[end:], maxsplit=1)[0]
        found.append((f"{text[start:end]}{after}".strip(), terms(after)[:DENIED_TERMS]))
    return found


def _among(scope: list[str], others: list[tuple[str, list[str]]]) -> bool:
    """Whether one of the others denies the same: they share half of their terms or more."""
    mine = set(scope)
    return any(2 * len(mine & set(other)) >= max(1, min(len(mine), len(other))) for _, other in others)


def worse(before: Sequence[str], after: Sequence[str]) -> list[Failure]:
    """What a reader found in the text before and does not find in it now, by the names of the parts."""
    return [Failure("part", name) for name in before if name not in after]
