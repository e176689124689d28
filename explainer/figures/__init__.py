"""Pure functions: arrays and labels in, drawings out."""
