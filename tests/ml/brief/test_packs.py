"""Briefs of the gold packs: claims covered, nothing forbidden, everything cited, contradictions shown as such."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest

from ml.brief.brief import write_brief
from ml.brief.checks import figure_in
from ml.text.quantities import quantities
from tests.brief_packs.packs import FOLDER, GoldPack, covered, read_packs, read_reviews
from tests.evaluation.reviews import review_figures

PACKS = list(read_packs())


@pytest.mark.parametrize("folder", [FOLDER, FOLDER / "reviews"], ids=["packs", "reviews"])
def test_the_packs_are_those_that_were_written(folder: Path) -> None:
    lines = [line.split() for line in (folder / "packs.sha256").read_text().splitlines()]
    listed = {name: digest for digest, name in lines}
    assert listed == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.json")}


def test_there_are_packs_of_both_languages() -> None:
    assert len(PACKS) >= 12
    assert {pack.language for pack in PACKS} == {"zh", "en"}


@pytest.mark.parametrize("pack", PACKS, ids=[pack.name for pack in PACKS])
def test_a_brief_carries_the_claims_and_nothing_else(pack: GoldPack) -> None:
    brief = write_brief(pack.notes)
    assert not brief.insufficient
    assert brief.subject_id == pack.subject
    assert sum(covered(claim, brief) for claim in pack.claims) >= 0.85 * len(pack.claims)
    notes = {note.id: note for note in pack.notes}
    for sentence in brief.sentences:
        assert sentence.citations
        assert not pack.forbidden & set(sentence.citations)
        assert sentence.support.notes == len(sentence.citations) <= sentence.support.of
        for quantity in quantities(sentence.text):
            assert any(figure_in(quantity, notes[note_id]) for note_id in sentence.citations)
    cited = {note_id for sentence in brief.sentences for note_id in sentence.citations}
    assert cited | {unused.note_id for unused in brief.unused} == set(notes)
    assert not cited & {unused.note_id for unused in brief.unused}


@pytest.mark.parametrize("pack", PACKS, ids=[pack.name for pack in PACKS])
def test_contradictions_are_shown_as_conflicts_and_never_merged(pack: GoldPack) -> None:
    brief = write_brief(pack.notes)
    for pair in pack.contradictions:
        together = [sentence for sentence in brief.sentences if pair <= set(sentence.citations)]
        assert [sentence.conflict for sentence in together] == [True]
    expected = {frozenset(pair) for pair in pack.contradictions}
    assert {frozenset(s.citations) for s in brief.sentences if s.conflict} == expected


@pytest.mark.parametrize("pack", PACKS[:4], ids=[pack.name for pack in PACKS[:4]])
def test_the_same_notes_give_the_same_brief_in_any_order(pack: GoldPack) -> None:
    shuffled = list(pack.notes)
    random.Random(3).shuffle(shuffled)
    assert write_brief(shuffled) == write_brief(pack.notes)


def test_briefs_of_reviews_say_as_much_as_the_baseline_and_seldom_take_blame_for_praise() -> None:
    assert {(pack.part, pack.language) for pack in read_reviews()} == {
        (part, language) for part in ("tuning", "told") for language in ("zh", "en")
    }
    means = review_figures()["means"].values()
    for side in ("rouge_1", "rouge_2", "rouge_l"):
        brief, baseline = (
            sum(sides[who][side] for row in means for sides in row["rouge"].values()) for who in ("brief", "baseline")
        )
        assert brief >= baseline
    right, wrong = (sum(row[f"kinds_{told}"] for row in means) for told in ("right", "wrong"))
    assert wrong <= 0.15 * (right + wrong)
