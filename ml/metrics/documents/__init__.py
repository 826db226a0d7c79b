"""File formats to blocks: headings, lines and tables in reading order, each with its place."""
