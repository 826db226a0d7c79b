"""Pure functions with the product's formulas: no database, no clock, no viewer."""
