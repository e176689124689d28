"""The colour grammar, in placeholders that the browser replaces by the theme's colours, light or dark.

The colours themselves stand once, in ``.streamlit/config.toml``.
"""

INPUT = "#000001"
WEIGHTS = "#000002"
ACTIVATIONS = "#000003"
PROBABILITIES = "#000004"
LOSS = "#000005"

# The same roles in the shade that text needs for its contrast.
INPUT_TEXT = "#000006"
WEIGHTS_TEXT = "#000007"
ACTIVATIONS_TEXT = "#000008"
PROBABILITIES_TEXT = "#000009"
LOSS_TEXT = "#000010"

DIVERGING = [f"#0000{i}" for i in range(21, 31)]  # signed numbers, centred on zero

# Streamlit's own greys, by distance from the background.
BACKGROUND = "#000038"
GREY = "#000036"
INK = "#000037"
GRID = "#000035"
