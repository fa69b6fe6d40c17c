"""The cases and contestants that were asked for."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence

from .model import LIMIT, Case


def made_of(case: Case, systems: Collection[str]) -> Case:
    """The case with the contestants made of those systems alone, and the limits."""
    left = tuple(c for c in case.contestants if c.kind == LIMIT or set(c.systems) <= set(systems))
    return dataclasses.replace(case, contestants=left)


def chosen(cases: Sequence[Case], only: Collection[str], systems: Collection[str]) -> list[Case]:
    """The cases meant, if any are named, made of the systems, if any are named."""
    found = [case for case in cases if not only or any(meant(case, word, cases) for word in only)]
    left = [made_of(case, systems) for case in found] if systems else found
    return [case for case in left if any(c.kind != LIMIT for c in case.contestants)]


def unmatched(cases: Sequence[Case], only: Collection[str]) -> list[str]:
    """Words that name no case."""
    return [word for word in only if not any(meant(case, word, cases) for case in cases)]


def meant(case: Case, word: str, cases: Sequence[Case]) -> bool:
    """Whether a word is a case's name, or, where no case is called so, how it or its group begins."""
    if any(word in (c.key, c.group) for c in cases):
        return word in (case.key, case.group)
    return case.key.startswith(word) or case.group.startswith(word)
