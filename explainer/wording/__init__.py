"""Pure functions: numbers of a trace in, the sentences that a visitor reads of them out."""
