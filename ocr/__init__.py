"""From the picture of a page to text with place and confidence, and from there to the fields of a form."""
