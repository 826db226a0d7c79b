"""TF-IDF, cosine similarity and LexRank in numpy, for up to a few thousand sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ml.text.words import terms

Matrix = NDArray[np.float32]

WIDEST = 3000
"""Terms that similarity is computed on: those that most sentences share. Rarer ones still count in the length."""


def tfidf(texts: Sequence[str]) -> Matrix:
    """One line of unit length a text; a text without terms is a line of zeros.

    The weight of a term is (1 + log tf) × (1 + log((1 + n) / (1 + df))).
    """
    counts = [Counter(terms(text)) for text in texts]
    documents: Counter[str] = Counter()
    for count in counts:
        documents.update(count.keys())
    total = len(texts)
    shared = sorted((term for term, df in documents.items() if df >= 2), key=lambda term: (-documents[term], term))
    column = {term: index for index, term in enumerate(shared[:WIDEST])}
    idf = {term: 1.0 + np.log((1 + total) / (1 + df)) for term, df in documents.items()}
    matrix = np.zeros((total, len(column)), np.float32)
    for line, count in enumerate(counts):
        length = 0.0
        for term, frequency in count.items():
            weight = (1.0 + np.log(frequency)) * idf[term] if frequency > 1 else idf[term]
            length += weight * weight
            at = column.get(term)
            if at is not None:
                matrix[line, at] = weight
        if length:
            matrix[line] /= np.sqrt(length)
    return matrix


def lexrank(similarity: Matrix, threshold: float = 0.02, damping: float = 0.85) -> Matrix:
    """How central each sentence is: the stationary distribution of a walk over similar sentences, scaled to 0–1.

    After Erkan and Radev (2004), with similarities above `threshold` as weights.
    """
    size = len(similarity)
    if size == 0:
        return np.zeros(0, np.float32)
    weights = np.where(similarity >= threshold, similarity, 0.0).astype(np.float32)
    weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-6)
    rank = np.full(size, 1.0 / size, np.float32)
    for _ in range(60):
        after = (1 - damping) / size + damping * (rank @ weights)
        if float(np.abs(after - rank).sum()) < 1e-6:
            break
        rank = after
    return np.asarray(rank / max(float(rank.max()), 1e-9), np.float32)
