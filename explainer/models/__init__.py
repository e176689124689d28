"""The models, each readable line by line like its paper."""
