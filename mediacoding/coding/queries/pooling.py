"""Which codebook versions' answers of a variable mean the same, and may be pooled.

A recode change separates a variable's answers before it from those after it. What no such
change separates is one variable under several versions: pooled, with merged or renumbered
codes read as the new ones, and every statistic says which versions it rests on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from codebook.changes.carrying import Step, comparable, plan_of
from codebook.changes.compare import compare
from codebook.models import CodebookVersion
from codebook.queries import document_of, variables_of
from codebook.values import Value

#: For each variable of the later version its name in an earlier one, and how codes are read.
Chain = dict[str, tuple[str, dict[int, int]]]


@dataclass(frozen=True, slots=True)
class Member:
    """An earlier version's variable, pooled with a later one's: row, and codes to read."""

    variable: int  # row of the later version's variable
    codes: Mapping[int, int]

    def read(self, value: Value) -> Value:
        """The earlier answer as the later version has it."""
        if not self.codes or not value.is_value:
            return value
        new = sorted({self.codes.get(code, code) for code in value.codes})
        return Value(value.state, " ".join(str(code) for code in new))


@dataclass(frozen=True, slots=True)
class Pool:
    """What of the codebook's earlier versions may be pooled with a version.

    `members` says for the rows of earlier variables which later one they are; `numbers`
    for each variable (name) of the version the versions pooled, itself last.
    """

    version: int
    members: Mapping[int, Member]
    numbers: Mapping[str, tuple[str, ...]]
    versions: tuple[int, ...]  # earlier ones with anything to pool


def pool_of(version: CodebookVersion) -> Pool:
    """What may be pooled with a published version; published versions never change."""
    return _pool(version.pk)


@lru_cache(maxsize=64)
def _pool(version_id: int) -> Pool:
    version = CodebookVersion.objects.get(pk=version_id)
    earlier = list(
        CodebookVersion.objects.filter(
            codebook=version.codebook_id,
            status=CodebookVersion.Status.PUBLISHED,
            ordinal__lt=version.ordinal,
        ).order_by("-ordinal")
    )
    members: dict[int, Member] = {}
    numbers = {name: [version.number] for name in variables_of(version)}
    pooled = []
    # From the version backwards: each name's name there, and how its codes are read.
    chain: Chain = {name: (name, {}) for name in variables_of(version)}
    later = version
    for before in earlier:
        chain = _one_back(before, later, chain)
        rows, mine = variables_of(before), variables_of(version)
        for name, (old, codes) in chain.items():
            members[rows[old].pk] = Member(mine[name].pk, codes)
            numbers[name].append(before.number)
        if chain:
            pooled.append(before.pk)
        later = before
    return Pool(
        version_id,
        members,
        {name: tuple(reversed(found)) for name, found in numbers.items()},
        tuple(pooled),
    )


def _one_back(
    before: CodebookVersion,
    later: CodebookVersion,
    chain: Chain,
) -> Chain:
    """The chain of names and codes, one version further back; ends where it is cut."""
    changes = compare(document_of(before), document_of(later))
    old_of = {new: old for old, new in comparable(changes).items()}
    steps = {step.variable.name: step for step in plan_of(changes).steps}
    found: Chain = {}
    for name, (here, codes) in chain.items():
        step = steps[here]
        if here in old_of and _is_read_alone(step):
            own = {old: codes.get(new, new) for old, new in step.codes.items()}
            found[name] = (old_of[here], {**codes, **own})
    return found


def _is_read_alone(step: Step) -> bool:
    """Whether an old answer can be read without the other answers of its coding."""
    return step.filter is None and not step.has_limits
