"""Paper forms: their source descriptions, their published versions, and the PDF that a person fills in."""
