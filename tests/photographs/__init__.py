"""Photographs of filled-in forms made in software, with their truth: seeded, so the same everywhere.

`fill` invents what somebody writes, `hands` and `ink` write it on the printed page, `camera` photographs the page,
`corpus` puts them together. Nothing here knows how forms are read.
"""
