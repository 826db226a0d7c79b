"""Packs of notes about invented people, with the claims that a fair brief must carry and the notes it may not use."""
