"""In which encoding a visitor's text was saved: recognised by its bytes, or as the visitor says.

Few short words are all that there is to go by. On lists of three Czech names in ISO 8859-2 the library that
is asked here for other alphabets is right 91 times of 200, on lists of a thousand once of 20. By which
letters the languages of an encoding use, how often and beside which others, it is 186 and 20.
"""

import math
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from explainer.faults import Fault

ENCODINGS = {
    "utf-8": "UTF-8",
    "cp1250": "Windows-1250",
    "iso8859-2": "ISO 8859-2",
    "cp1252": "Windows-1252",
    "utf-16": "UTF-16",
}

# The letters that a language has besides A to Z, the most frequent first.
CENTRAL = {
    "Polish": "łóżśąęćńź",
    "Czech": "íáéčšřžěýůúňťďó",
    "Slovak": "áíéčšžýľúťňôďäóĺŕ",
    "Hungarian": "áéöóőüíúű",
    "Croatian": "čšžćđ",
    "Romanian": "ăîâţş",
    "German": "üöäß",
}
WESTERN = {
    "French": "éèïëçêôâîàûœùæÿ",
    "German": "üöäß",
    "Spanish": "áéíóñúü",
    "Portuguese": "ãçáéíóêâõôúà",
    "Italian": "èòàùìé",
    "Swedish": "åäöé",
    "Danish": "øåæé",
    "Icelandic": "áíðóþéúöýæ",
}
LANGUAGES = {"cp1250": CENTRAL, "iso8859-2": CENTRAL, "cp1252": WESTERN}
PRIOR = {"Polish": 1.5}  # who comes here most often brings Polish words
FOREIGN, SIGN, CONTROL = -8.0, -14.0, -18.0  # ln p of a letter of another language, of none, of no character
UNSPEAKABLE = -1.0  # beside a vowel a further one, or a third consonant in a row
SAMPLE = 20_000  # bytes that are judged
VOWELS = frozenset("aeiouyøæœ")
BOMS = (b"\xff\xfe", b"\xfe\xff")


class EncodingError(Fault, ValueError):
    """Bytes are no text in the encoding that is asked for, or in any; the message says where."""


class Decoded(NamedTuple):
    """A text, the codec that read it, and whether that was guessed, so that it may be wrong."""

    text: str
    codec: str
    guessed: bool


def decode(data: bytes, codec: str | None = None) -> Decoded:
    """Return the text of a file.

    Args:
        codec: a key of ``ENCODINGS``, or another of Python's; recognised by the bytes if None.
    Raises:
        EncodingError: if the bytes are no such text.
    """
    sure = codec or _marked(data) or _unmarked_utf_16(data) or ("utf-8" if _is_utf_8(data) else None)
    guessed, codec = sure is None, sure or likeliest(data)
    python = {"utf-8": "utf-8-sig"}.get(codec, codec)
    try:
        return Decoded(data.decode(python), codec, guessed)
    except UnicodeError as error:
        line = data[: getattr(error, "start", len(data))].count(b"\n") + 1
        raise EncodingError(f"line {line:,}: the text is not {called(codec)}") from error


def called(codec: str) -> str:
    """Return an encoding as it is spoken of."""
    shown = {"utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
    return ENCODINGS.get(codec) or shown.get(codec) or codec.replace("cp125", "Windows-125").replace("_", " ")


def likeliest(data: bytes) -> str:
    """Return the codec of one byte a letter in which bytes look most like words."""
    sample = _sample(data)
    tried = {codec: sample.decode(codec, errors="replace") for codec in LANGUAGES}
    scores = {codec: _score(text, LANGUAGES[codec]) for codec, text in tried.items()}
    best = max(scores, key=scores.__getitem__)
    foreign = sum(not character.isascii() for character in tried[best])
    latin = sum(character.isascii() and character.isalpha() for character in tried[best])
    return best if foreign <= latin else _other_alphabet(sample) or best


def _marked(data: bytes) -> str | None:
    """Return the codec that the first bytes name."""
    return "utf-16" if data.startswith(BOMS) else None


def _unmarked_utf_16(data: bytes) -> str | None:
    """Return which UTF-16 it is if every second byte of most of the text is zero."""
    sample = data[:SAMPLE]
    for first, codec in ((1, "utf-16-le"), (0, "utf-16-be")):
        half = sample[first::2]
        if len(sample) > 3 and 2 * half.count(0) > len(half) and 0 not in sample[1 - first :: 2]:
            return codec
    return None


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return True


def _sample(data: bytes) -> bytes:
    """Return the lines that hold more than ASCII, as many as are judged."""
    kept, size = [], 0
    for line in data.splitlines():
        if not line.isascii():
            kept.append(line[: SAMPLE - size])
            size += len(kept[-1])
        if size >= SAMPLE:
            break
    return b"\n".join(kept)


def _score(text: str, languages: dict[str, str]) -> float:
    """Return the logarithm of how likely a text is in the one of some languages in which it is likeliest."""
    found = Counter(character for character in text if not character.isascii())
    best = max(_likelihood(found, name, letters) for name, letters in languages.items())
    return best + UNSPEAKABLE * sum(_unspeakable(text))


def _likelihood(found: Counter[str], name: str, letters: str) -> float:
    known = _logarithms(letters)
    return PRIOR.get(name, 0.0) + sum(n * known.get(c.lower(), _foreign(c)) for c, n in found.items())


def _logarithms(letters: str) -> dict[str, float]:
    """Return ln p of each letter of a language, p falling with its place as words do (Zipf)."""
    weights = [1 / (place + 2) for place in range(len(letters))]
    return {letter: math.log(weight / sum(weights)) for letter, weight in zip(letters, weights, strict=True)}


def _foreign(character: str) -> float:
    if character.isalpha():
        return FOREIGN
    return SIGN if character.isprintable() else CONTROL


def _unspeakable(text: str) -> Iterator[bool]:
    """Yield of every letter beyond ASCII whether it stands where nobody could say it."""
    framed = f" {text} "
    for before, letter, after in zip(framed, framed[1:], framed[2:], strict=False):
        if not letter.isascii() and letter.isalpha():
            beside = [_vowel(one) for one in (before, after) if one.isalpha()]
            yield any(beside) if _vowel(letter) else len(beside) == 2 and not any(beside)


def _vowel(letter: str) -> bool:
    return unicodedata.normalize("NFD", letter.lower())[0] in VOWELS


def _other_alphabet(sample: bytes) -> str | None:
    """Return the codec that a library recognises, if that is Cyrillic, Greek or another alphabet."""
    from charset_normalizer import from_bytes  # hardly any file needs it

    found = from_bytes(sample).best()
    letters = [c for c in str(found or "") if c.isalpha() and not unicodedata.name(c, "").startswith("LATIN")]
    return found.encoding if found and 2 * len(letters) > len(sample) else None
