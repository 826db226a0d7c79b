"""Full figures on generated corpora, too long for the test suite: `make evaluate`."""
