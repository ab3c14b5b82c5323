"""Texts that many rows share, made once."""

from collections.abc import Callable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Once(dict[Key, Value], Generic[Key, Value]):
    """A dict that makes what it lacks: `once[key]` is `make(key)`, made when it is first asked for."""

    def __init__(self, make: Callable[[Key], Value]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: Key) -> Value:
        made = self[key] = self._make(key)
        return made
