"""Reads that more than one use case or field needs, one file a domain. Rows come only through `visible_to(viewer)`."""
