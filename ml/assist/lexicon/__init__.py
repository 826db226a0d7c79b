"""Word lists of the writing help, one module a language with the same names in each. Data, no code."""
