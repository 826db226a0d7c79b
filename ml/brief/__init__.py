"""Notes about a person become a brief in which every sentence cites the notes that carry it."""
