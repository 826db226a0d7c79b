"""Tables, one file a domain. `db.models.registry` imports every file, so that metadata is whole."""
