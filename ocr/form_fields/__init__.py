"""Form fields of PDF files: what they are, what they hold, and which field of a form they answer."""
