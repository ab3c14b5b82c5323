"""Charts of accounts by country, from `bookkeeping/charts/*.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_FOLDER = Path(__file__).parent.parent / "charts"
_OF_COUNTRY = {"ES": "es"}
SHORTEST_CODE, LONGEST_CODE = 3, 12


@dataclass(frozen=True)
class Chart:
    """A chart as it is written for a new business. `parts` says which account takes a part of an entry (PARTS)."""

    language: str
    kinds: Mapping[str, str]
    groups: Mapping[str, str]
    accounts: Mapping[str, str]
    parts: Mapping[str, str]

    def kind_of(self, code: str) -> str:
        """asset, liability, equity, income or expense, by the longest known beginning of the code; "" for none."""
        return next((self.kinds[code[:size]] for size in range(len(code), 0, -1) if code[:size] in self.kinds), "")

    def group_of(self, code: str) -> tuple[str, str]:
        """The two-digit group of a code and its name in the chart's language; the name of its class if it has none."""
        name = self.groups.get(code[:2]) or self.groups.get(code[:1], "")
        return code[:2], name


@lru_cache(maxsize=8)
def _read(name: str) -> Chart:
    return Chart(**tomllib.loads((_FOLDER / f"{name}.toml").read_text()))


def chart_of(country: str) -> Chart:
    """The chart of a country (ISO 3166); the short international one where it has none here."""
    return _read(_OF_COUNTRY.get(country, "international"))
