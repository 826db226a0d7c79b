"""What can be said of a text without a model: sentences, words, quantities, names, negation, direction; zh, en."""
