"""Steps from one shape of the tables to the next, by Alembic. `db.migrate` runs them."""
