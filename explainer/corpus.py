"""Book texts: reading, normalising to 96 symbols, splitting, downloading from Wolne Lektury.

``python -m explainer.corpus`` fetches Polish novels for ``python -m explainer.training polish-books``.
"""

import argparse
import json
import re
import sys
import unicodedata
from collections.abc import Collection
from pathlib import Path

from explainer.download import DownloadError, download
from explainer.faults import Fault, told
from explainer.vocabulary import POLISH_ALPHABET

ROOT = Path(__file__).resolve().parents[1]
BOOKS = ROOT / "runs" / "polish-books"

SYMBOLS = "\n .,;:!?-—…„”()'0123456789" + POLISH_ALPHABET + POLISH_ALPHABET.lower()  # 96

CATALOGUE = "https://wolnelektury.pl/api/books/"
TEXT = "https://wolnelektury.pl/media/book/txt/{slug}.txt"
LARGEST_CATALOGUE = 50_000_000  # bytes
LARGEST_BOOK = 20_000_000
# All dead for more than seventy years.
AUTHORS = (
    "Henryk Sienkiewicz",
    "Bolesław Prus",
    "Władysław Stanisław Reymont",
    "Eliza Orzeszkowa",
    "Stefan Żeromski",
    "Józef Ignacy Kraszewski",
    "Gabriela Zapolska",
    "Tadeusz Dołęga-Mostowicz",
    "Maria Rodziewiczówna",
    "Deotyma",
    "Władysław Łoziński",
)

_REPLACED = str.maketrans(
    {
        **dict.fromkeys("«", "„"),
        **dict.fromkeys('»"“', "”"),
        **dict.fromkeys("–―", "—"),
        **dict.fromkeys("‐‑−", "-"),
        **dict.fromkeys("‘’‚ʼ`´", "'"),
        **dict.fromkeys("[{", "("),
        **dict.fromkeys("]}", ")"),
        **{"ß": "ss", "Æ": "Ae", "æ": "ae", "Œ": "Oe", "œ": "oe", "Ø": "O", "ø": "o", "Đ": "D", "đ": "d"},
    }
)


class CorpusError(Fault, ValueError):
    """A text cannot be used; the message names the file, the line and what to do."""


def normalise(text: str) -> str:
    """Write a text in the 96 ``SYMBOLS``; a normalised text stays as it is.

    Guillemets and straight quotes become „ ”, dashes —, foreign letters their base letter; other
    characters are left out. Spaces are single, empty lines too, and the text ends with one line break.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    text = re.sub(r'(?<![^\s(—–„«])["“»](?=\S)', "„", text)  # before a word
    text = re.sub(r'(?<=\S)["“«]', "”", text)  # after a word
    text = re.sub(r"\.{3,}", "…", text.translate(_REPLACED))
    text = "".join(_symbol(character) for character in text)
    text = re.sub(r" *\n *", "\n", re.sub(r" +", " ", text))
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _symbol(character: str) -> str:
    """Return the character, its base letter, a space for any other space, or nothing."""
    if character in SYMBOLS:
        return character
    if character.isspace():
        return " "
    base = unicodedata.normalize("NFKD", character)[0]
    return base if base in SYMBOLS else ""


def read_corpus(path: Path) -> list[tuple[str, str]]:
    """Return the (title, text) of a file, or of every ``.txt`` file of a directory in the order of names.

    Returns:
        Texts in composed characters (NFC) with plain line breaks, otherwise as they stand.
    Raises:
        CorpusError: if there is nothing to read, or a file is empty or not UTF-8.
    """
    path = Path(path)
    if not path.exists():
        raise CorpusError(f"{path} does not exist. Name a text file, or a directory of .txt files.")
    files = sorted(path.glob("*.txt")) if path.is_dir() else [path]
    if not files:
        raise CorpusError(
            f"{path} holds no .txt file. Fetch some: python -m explainer.corpus --output {path}"
        )
    return [(file.stem, _read(file)) for file in files]


def _read(path: Path) -> str:
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise CorpusError(f"{path}, line {line:,}: the text is not UTF-8. Save it again in UTF-8.") from error
    if not text.strip():
        again = "fetch it again: python -m explainer.corpus" if path.parent == BOOKS else "put a text into it"
        raise CorpusError(f"{path} is empty. Remove it, or {again}.")
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n"))


def split_text(text: str, held_out: float = 0.05) -> tuple[str, str]:
    """Cut a text into the part to learn from and its end, held out to judge by.

    Args:
        held_out: share of the characters, 0 to 1.
    """
    at = len(text) - round(held_out * len(text))
    return text[:at], text[at:]


# --- Wolne Lektury ----------------------------------------------------------------------------------


def book_text(raw: str) -> str:
    """Take the work out of a file of Wolne Lektury: without title page and publisher's note; normalised."""
    if raw.lstrip("\ufeff \r\n").startswith("<"):
        raise CorpusError("what came is a web page and not a text; is there a login page on this network?")
    body = re.split(r"^-----\s*^Ta lektura,", raw, maxsplit=1, flags=re.MULTILINE)[0]
    title_page = re.match(r"\ufeff?(?:.*\n){0,20}?ISBN.*\n", body)
    return normalise(body[title_page.end() :] if title_page else body)


def choose(catalogue: list[dict[str, str]], authors: Collection[str], kind: str = "Epika") -> list[str]:
    """Return the slugs of the prose of some authors, in the catalogue's order.

    *Pan Tadeusz* is left out: the model is refined on it later.

    Raises:
        CorpusError: if there is none.
    """
    slugs = [
        book["slug"]
        for book in catalogue
        if book["author"] in authors and book["kind"] == kind and not book["slug"].startswith("pan-tadeusz")
    ]
    if not slugs:
        raise CorpusError(f"The catalogue has no prose of {', '.join(authors)}. Name the works yourself.")
    return slugs


def fetch_catalogue(folder: Path) -> list[dict[str, str]]:
    """Download the list of all works, each with author, kind, title and slug."""
    path = download(CATALOGUE, folder / "catalogue.json", most=LARGEST_CATALOGUE)
    try:
        catalogue = json.loads(path.read_bytes())
        if not isinstance(catalogue, list):
            raise TypeError("a list of works was expected")
        return [{key: str(book[key]) for key in ("author", "kind", "title", "slug")} for book in catalogue]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise CorpusError(f"{CATALOGUE} sent something else than the catalogue. Try again later.") from error


def fetch_books(slugs: Collection[str], folder: Path) -> list[Path]:
    """Download and normalise books; those that are here already are not fetched again.

    Returns:
        The files, one a book; a work without a text of its own (a whole of several volumes) has none.
    Raises:
        DownloadError: if the server cannot be reached.
        CorpusError: if what it sends is not a text.
    """
    found = []
    for number, slug in enumerate(slugs, 1):
        if not re.fullmatch(r"[a-z0-9-]+", slug):
            raise CorpusError(f"“{slug}” is no name of a work; it looks like this: lalka-tom-pierwszy")
        path = folder / f"{slug}.txt"
        print(f"{number} of {len(slugs)}: {slug}", file=sys.stderr)
        if path.exists() or _fetch_book(slug, path):
            found.append(path)
    return found


def _fetch_book(slug: str, path: Path) -> bool:
    """Download one book; return whether there is a text of it."""
    try:
        raw = download(TEXT.format(slug=slug), path.with_suffix(".raw"), most=LARGEST_BOOK)
    except DownloadError as error:
        if error.status == 404:
            print("  has no text of its own", file=sys.stderr)
            return False
        raise
    part = path.with_suffix(".part")
    part.write_text(book_text(_read(raw)), encoding="utf-8", newline="\n")
    part.replace(path)
    raw.unlink()
    return True


def main(arguments: list[str] | None = None) -> int:
    """Download Polish books from Wolne Lektury; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m explainer.corpus", description=main.__doc__)
    parser.add_argument(
        "slugs", nargs="*", metavar="SLUG", help="works by the name in their address; else novels"
    )
    parser.add_argument("--output", type=Path, default=BOOKS, help="directory for the texts")
    parser.add_argument("--limit", type=int, default=50, help="how many works at most")
    options = parser.parse_args(arguments)
    if options.limit < 1:
        parser.error(f"--limit is {options.limit}; take 1 or more")
    try:
        slugs = options.slugs or choose(fetch_catalogue(options.output), AUTHORS)
        books = fetch_books(slugs[: options.limit], options.output)
    except (OSError, ValueError) as error:
        print(told(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. The same command goes on where it stopped.", file=sys.stderr)
        return 130
    print(f"{options.output}: {len(books)} books")
    return 0


if __name__ == "__main__":
    sys.exit(main())
