"""What a brief is measured against: scikit-learn's TF-IDF, LexRank, and maximal marginal relevance, nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from ml.text.folding import Language
from ml.text.sentences import sentences
from ml.text.words import count_words


def summarise(texts: Sequence[str], language: Language, max_words: int, variety: float = 0.7) -> str:
    """All sentences of all texts, ranked by LexRank on TF-IDF (characters 1–2 for Chinese, words for English), then
    chosen by maximal marginal relevance until the words run out."""
    pieces = [span.of(text) for text in texts for span in sentences(text)]
    if not pieces:
        return ""
    vectoriser = (
        TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True)
        if language == "zh"
        else TfidfVectorizer(stop_words="english", sublinear_tf=True)
    )
    matrix = vectoriser.fit_transform(pieces)
    similarity = (matrix @ matrix.T).toarray()
    walk = np.where(similarity >= 0.1, similarity, 0.0)
    walk /= np.maximum(walk.sum(axis=1, keepdims=True), 1e-9)
    rank = np.full(len(pieces), 1 / len(pieces))
    for _ in range(100):
        rank = 0.15 / len(pieces) + 0.85 * (rank @ walk)
    rank /= rank.max()
    chosen: list[int] = []
    rest = set(range(len(pieces)))
    words = 0
    while rest:
        best = max(
            sorted(rest),
            key=lambda i: variety * rank[i] - (1 - variety) * max((similarity[i, j] for j in chosen), default=0.0),
        )
        rest.remove(best)
        size = count_words(pieces[best])
        if words + size <= max_words:
            chosen.append(best)
            words += size
    return " ".join(pieces[i] for i in chosen)
