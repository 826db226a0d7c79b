"""Briefs as files: HTML, PDF and DOCX of the same page. Words of people are data everywhere, never markup."""
