"""What the attention component is sent: every number in its place, aligned, in the promised precision."""

import json

import numpy as np

from explainer.components.attention import Chunk, packed


def unpacked(data: bytes) -> tuple[dict, dict[str, np.ndarray]]:
    """Return the header and the arrays of a payload, read as the browser reads them."""
    length = int.from_bytes(data[:4], "little")
    header = json.loads(data[4 : 4 + length])
    at, arrays = _padded(4 + length), {}
    for name, dtype, size in header["arrays"]:
        arrays[name] = np.frombuffer(data, f"<{dtype}", size, at)
        at += _padded(arrays[name].nbytes)
    assert at == len(data)
    return header, arrays


def attention_rows(header: dict, arrays: dict[str, np.ndarray], shape: tuple[int, int]) -> dict:
    """Return the rows by (character, window), each (n_layer, n_head, S)."""
    shares, at, rows = arrays["shares"].view("<f2"), 0, {}
    for character, window in header["rows"]:
        length = character - window + 1
        size = shape[0] * shape[1] * length
        rows[character, window] = shares[at : at + size].reshape(*shape, length)
        at += size
    assert at == len(shares)
    return rows


def _padded(size: int) -> int:
    return size + -size % 8


def chunk(rows=()) -> Chunk:
    numbers = np.array([[0.1, 0.2, 0.7], [0.5, 0.25, 0.25]])
    return Chunk(
        [2, 1], rows, numbers, numbers[:, ::-1], np.array([0.3, 1 / 3]), np.array([2, 0]), np.array([2, 1])
    )


def test_every_number_arrives():
    rng = np.random.default_rng(0)
    rows = [(i, w, rng.random((2, 3, i - w + 1)).astype(np.float16)) for i, w in ((3, 0), (4, 0), (4, 2))]
    stream, view = {"prompt": [1], "symbols": ["ą", "\n", "<"]}, {"position": 2}
    header, arrays = unpacked(packed(stream, view, chunk(rows)))
    assert (header["stream"], header["view"], header["kept"]) == (stream, view, [2, 1])
    found = attention_rows(header, arrays, (2, 3))
    assert list(found) == [(3, 0), (4, 0), (4, 2)]
    for character, window, shares in rows:
        np.testing.assert_array_equal(found[character, window], shares)
    np.testing.assert_allclose(arrays["probabilities"], [0.1, 0.2, 0.7, 0.5, 0.25, 0.25], rtol=1e-7)
    np.testing.assert_allclose(arrays["chances"], [0.7, 0.2, 0.1, 0.25, 0.25, 0.5], rtol=1e-7)
    assert arrays["rolls"].tolist() == [0.3, 1 / 3]
    assert (arrays["fallen"].tolist(), arrays["tokens"].tolist()) == ([2, 0], [2, 1])


def test_arrays_begin_where_the_browser_may_map_them():
    for stream in ({"x": "a" * i} for i in range(9)):
        data = packed(stream, {}, chunk())
        header, arrays = unpacked(data)
        assert header["rows"] == []
        assert arrays["shares"].size == 0
        assert len(data) % 8 == 0
