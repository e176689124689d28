"""The receipt of a probability: of which model, and how it is opened and worded."""
