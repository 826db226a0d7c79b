"""Imports every table, for whoever needs the whole metadata: migrations, row security, the file sweeper."""

from importlib import import_module
from pkgutil import walk_packages

from db import models
from db.base import Base

for found in walk_packages(models.__path__, f"{models.__name__}."):
    if found.name != __name__:
        import_module(found.name)

METADATA = Base.metadata
