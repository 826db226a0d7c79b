"""One file a step; the newest is the shape that `db.models` describes."""
