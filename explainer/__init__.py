"""Gen AI, demystified: from one multiplication to a 10-million-parameter GPT."""
