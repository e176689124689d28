"""What PyTorch's refusals and the limits of float32 mean, in plain words."""

import re

import numpy as np

from explainer.traces.pytorch import CrossEntropy, Outcome

NESTED_LIST = (
    "A list of lists is read as one index for each dimension, as if the outer brackets were not there. "
    "PyTorch is about to change that; write a tuple, or a tensor like X."
)

# What PyTorch says -> the same in plain words.
EXPLANATIONS = {
    r"index (-?\d+) is out of bounds for dimension (\d+) with size (\d+)": (
        "Dimension {1} has {2} places, counted from 0 (or from -1 at the end); there is no place {0}."
    ),
    r"too many indices for tensor of dimension (\d+)": (
        "The tensor has {0} dimensions, so at most {0} indices can stand between the brackets."
    ),
    r"got float|!float!": "An index or a size is a place or a count: a whole number.",
    r"shape mismatch: indexing tensors.* shapes (.*)": (
        "Lists beside each other are read in pairs: the first of one with the first of the other. "
        "They need the same length; here their shapes are {0}."
    ),
    r"shape of the mask \[([\d, ]*)\].*indexed tensor \[([\d, ]*)\]": (
        "A list of True and False says for every place whether to take it; "
        "it needs as many as there are places ({1}), not {0}."
    ),
    r"step must be greater than zero|slice step cannot be zero": (
        "A slice goes forwards only: the number after the second colon must be 1 or more."
    ),
    r"Overflow when unpacking": "The number is larger than any place in memory.",
    r"shape '\[(.*)\]' is invalid for input of size (\d+)": (
        "The sizes {0} multiplied must give exactly {1}, the number of elements: "
        "a view neither adds nor drops any."
    ),
    r"view size is not compatible": (
        "No single step size walks through these elements in the new order: neighbours in the new shape do "
        "not lie evenly in memory. .reshape copies them into a new row; .contiguous().view does the same in "
        "two words."
    ),
    r"only one dimension can be inferred": (
        "One -1 can be worked out from the other sizes; with two there is more than one answer."
    ),
    r"invalid shape dimension (-?\d+)": "A size is a count; only -1 has a meaning of its own: work it out.",
    r"invalid combination of arguments": "It takes whole numbers: one size for each dimension.",
    r"Dimension out of range \(expected to be in range of \[(-?\d+), (-?\d+)\], but got (-?\d+)\)": (
        "Dimensions are counted from 0 to {1} (or from -1 at the end); there is no dimension {2}."
    ),
    r"t\(\) expects a tensor with <= 2 dimensions": (
        "t() turns a matrix over; with more dimensions name the two to swap: .transpose(0, 1)."
    ),
    r"duplicate dims|repeated dim": "permute puts the dimensions in a new order: each must be named once.",
    r"does not match the length of the desired ordering": (
        "permute puts the dimensions in a new order: every one must be named, once."
    ),
    r"start_dim cannot come after end_dim": "flatten joins the dimensions from the first named to the last.",
}

# Where the three lines of the loss break -> why, and what helps.
BREAKS = {
    "exp": (
        "exp of a large logit is more than float32 can hold ({largest:.2g}): it becomes inf, and "
        "inf / inf is nan, not a number. Subtracting each row's maximum first leaves the probabilities "
        "as they are, and exp never sees a number above 0."
    ),
    "sum": (
        "Every exp of a row of very negative logits is rounded to 0, and 0 / 0 is nan, not a number. "
        "Subtracting each row's maximum first leaves the probabilities as they are, and one exp is "
        "exactly 1."
    ),
    "log": (
        "A probability is so small that float32 rounds it to 0, and log 0 is -inf. Working with "
        "logarithms from the start, shifted - log(sum), never takes the logarithm of a rounded 0."
    ),
}


def explanation(outcome: Outcome) -> str:
    """Return PyTorch's message in plain words, or a remark on a surprising result; often empty."""
    for pattern, sentence in EXPLANATIONS.items():
        found = re.search(pattern, outcome.error)
        if found:
            return sentence.format(*found.groups())
    return NESTED_LIST if outcome.nested and not outcome.error else ""


def why_it_broke(found: CrossEntropy) -> str:
    """Return why the three lines of the loss gave no number; empty if they gave one."""
    return BREAKS[found.breaks].format(largest=np.finfo(np.float32).max) if found.breaks else ""
