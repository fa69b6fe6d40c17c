"""The cases and contestants that were asked for."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence

from .model import LIMIT, Case


def chosen(cases: Sequence[Case], only: Collection[str], systems: Collection[str]) -> list[Case]:
    """The cases meant, with the contestants made of those systems and the limits."""
    found = []
    for case in cases:
        if only and not any(meant(case, word, cases) for word in only):
            continue
        left = tuple(
            c for c in case.contestants if not systems or c.kind == LIMIT or set(c.systems) <= set(systems)
        )
        if any(c.kind != LIMIT for c in left):
            found.append(dataclasses.replace(case, contestants=left))
    return found


def unmatched(cases: Sequence[Case], only: Collection[str]) -> list[str]:
    """Words that name no case."""
    return [word for word in only if not any(meant(case, word, cases) for case in cases)]


def meant(case: Case, word: str, cases: Sequence[Case]) -> bool:
    """Whether a word is a case's name, or, where no case is called so, how it or its group begins."""
    if any(word in (c.key, c.group) for c in cases):
        return word in (case.key, case.group)
    return case.key.startswith(word) or case.group.startswith(word)
