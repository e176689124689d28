"""Pure functions: numbers in, frozen dataclasses of numpy arrays out."""
