"""All that is kept of what was made once, for all visitors together: one table, its bounds in bytes.

Streamlit's own caches count entries, whatever their size, and any browser may ask for them to be cleared.
What is kept here belongs to all visitors: nobody writes to it, and what is least in use goes first.
"""

import gc
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from functools import partial, wraps
from hashlib import blake2b
from threading import Condition
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any, ParamSpec, TypeVar

import numpy as np
from cachetools import LRUCache
from cachetools import cached as remembered

from explainer.notebook import Origin
from explainer.ui import allocator

P = ParamSpec("P")
R = TypeVar("R")

MEGABYTE = 1_000_000
BOUNDS = {
    "models": 110 * MEGABYTE,  # every shipped checkpoint: one that were dropped lived on in what it computed
    "scenes": 28 * MEGABYTE,  # what is computed and drawn from a scene's own choices
    "own": 24 * MEGABYTE,  # visitors' own models, made from their files again if they were dropped
    "typed": 12 * MEGABYTE,  # what is computed from what visitors typed, pasted or uploaded
}
HEAVY = 0.05  # seconds; what takes longer leaves 60 MB that are free in the heap, and 3 ms give them back
LONG = 200  # characters of a text from which on a key holds its digest

_CODE = (type, ModuleType, FunctionType, BuiltinFunctionType, MethodType)


def keep(pool: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return a decorator that keeps what a function returns; visitors who ask at once wait for one answer.

    Args:
        pool: the row of ``BOUNDS`` that it counts in; an answer larger than all of that is not kept.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        def key(*args: P.args, **kwargs: P.kwargs) -> tuple:
            return function.__module__, function.__qualname__, _brief(args), _brief(tuple(kwargs.items()))

        @wraps(function)
        def made(*args: P.args, **kwargs: P.kwargs) -> R:
            begun = time.thread_time()
            value = function(*args, **kwargs)
            if time.thread_time() - begun > HEAVY:
                allocator.trim()
            return _sealed(value)

        return remembered(_POOLS[pool], key, condition=_CONDITIONS[pool])(made)

    return decorate


def sizes() -> dict[str, int]:
    """Return how many bytes each pool holds now."""
    return {name: int(pool.currsize) for name, pool in _POOLS.items()}


def clear() -> None:
    """Forget everything, as after a start."""
    for name, pool in _POOLS.items():
        with _CONDITIONS[name]:
            pool.clear()


def origin(value: Any) -> Origin | None:
    """Return how a value was made that is kept here, or a part of it; None if it is not, or from too much."""
    for name, pool in _POOLS.items():
        with _CONDITIONS[name]:
            entries = list(pool.items())
        for (module, function, args, kwargs), kept in entries:
            part = _part_of(value, kept)
            if part is not None and not kwargs and all(_is_short(one) for one in args):
                return Origin(module, function, tuple(one[1] for one in args), part)
    return None


def _part_of(value: Any, kept: Any) -> str | None:
    """Return as which field a value stands in what is kept; "" if it is all of it, None if it does not."""
    if kept is value:
        return ""
    names = [one.name for one in fields(kept)] if is_dataclass(kept) else getattr(kept, "_fields", ())
    return next((name for name in names if getattr(kept, name, None) is value), None)


def _is_short(brief: Any) -> bool:
    """Return whether an argument stands in a key as it was; bytes may be a digest of others."""
    kind, value = brief if isinstance(brief, tuple) and len(brief) == 2 else (None, brief)
    return type(value) is kind and kind is not bytes


def footprint(value: Any, models: bool = True) -> int:
    """Return how many bytes a value takes, with all that it refers to; code is not counted.

    Args:
        models: whether models that it refers to are; most count in a pool of their own.
    """
    return sum(_own_size(one) for one in _reachable(value, lambda one: models or not _is_model(one)))


def _sealed(value: R) -> R:
    """Return a value whose arrays nobody can write to any more."""
    for one in _reachable(value, lambda one: not (_is_table(one) or _is_model(one))):
        if isinstance(one, np.ndarray):
            one.flags.writeable = False
    return value


def _reachable(value: Any, opened: Callable[[Any], bool]) -> Iterator[Any]:
    """Return a value and all that it refers to, each once.

    Args:
        opened: whether what an object refers to is among that.
    """
    seen, waiting = {}, [value]
    while waiting:
        one = waiting.pop()
        if id(one) not in seen and not isinstance(one, _CODE):
            seen[id(one)] = one  # held, so that no other object takes its place in memory
            yield one
            if opened(one):
                waiting += gc.get_referents(one)
            if isinstance(one, np.ndarray) and one.base is not None:
                waiting.append(one.base)  # a view keeps all that it is a part of


def _own_size(one: Any) -> int:
    """Return the bytes of one object without those that it refers to."""
    if hasattr(one, "untyped_storage"):  # a tensor of torch, which is not to be imported for this
        return sys.getsizeof(one) + (0 if one.is_meta else one.untyped_storage().nbytes())
    return object.__sizeof__(one) if _is_table(one) else sys.getsizeof(one)  # it would count its columns


def _is_table(one: Any) -> bool:
    """Return whether an object is pandas's, which is not to be imported for this either, nor written to."""
    return hasattr(one, "memory_usage")


def _is_model(one: Any) -> bool:
    return hasattr(one, "register_forward_hook")


def _brief(argument: Any) -> Any:
    """Return what stands for an argument in a key: equal for equal ones only, and small."""
    if isinstance(argument, str | bytes) and len(argument) > LONG:
        data = argument.encode(errors="surrogatepass") if isinstance(argument, str) else argument
        return type(argument), blake2b(data, digest_size=16).digest()
    if isinstance(argument, tuple):
        return tuple(map(_brief, argument))
    if is_dataclass(argument):
        return type(argument), *(_brief(getattr(argument, field.name)) for field in fields(argument))
    return type(argument), argument


_POOLS: dict[str, LRUCache] = {
    name: LRUCache(bound, partial(footprint, models=name in ("models", "own")))
    for name, bound in BOUNDS.items()
}
_CONDITIONS = {name: Condition() for name in BOUNDS}
