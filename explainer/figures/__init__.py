"""Pure functions: arrays and labels in, plotly figures out."""
