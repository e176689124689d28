"""The names that a model learns from: the register's, or those of a table of one's own."""

from pathlib import Path
from typing import Any

from explainer import names
from explainer.names import RegisterError, Split

LEAST = 10  # names, of which one is left to choose by and one to judge by


def learned(sex: str, table: Path | None) -> Split:
    """Return the names of one sex in three parts, none of them empty.

    Args:
        sex: "girl" or "boy".
        table: another table than the app's, with the same columns.
    Raises:
        RegisterError: if the table is damaged or has too few names.
    """
    everyone = names.register() if table is None else names.register(table, sizes=None)
    found = names.select(everyone, sex)["name"].tolist()
    if len(found) < LEAST:
        raise RegisterError(
            f"{table or names.DATA} has {len(found)} {sex}s' names of at least {names.MIN_BEARERS} bearers; "
            f"at least {LEAST} are needed, to learn from some and to judge by others."
        )
    return names.split(found)


def together(table: Path | None) -> list[str]:
    """Return the names of both sexes that are there to learn from, none of which is held out for either.

    Args:
        table: another table than the app's, with the same columns.
    Raises:
        RegisterError: if the table is damaged.
    """
    everyone = names.register() if table is None else names.register(table, sizes=None)
    splits = [names.split(names.select(everyone, sex)["name"].tolist()) for sex in names.SIZES]
    held_out = {name for split in splits for name in (*split.dev, *split.test)}
    train = dict.fromkeys(name for split in splits for name in split.train)
    return [name for name in train if name not in held_out]


def described(sex: str, table: Path | None, split: Split) -> dict[str, Any]:
    """Return what the metadata tells of the names."""
    return {
        "file": "data/names.csv" if table is None else table.name,
        "sex": sex,
        "min_bearers": names.MIN_BEARERS,
        "names": {part: len(words) for part, words in split._asdict().items()},
    }
