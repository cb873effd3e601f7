from codebook import queries as codebooks
from codebook.changes.outline import variables
from codebook.models import CodebookVersion
from mediacoding.coding.queries.pooling import pool_of


def cut_between(old: CodebookVersion, new: CodebookVersion) -> frozenset[str]:
    """The variables, by their new name, that a version between two separates.

    Statistics pool from version to version (`pooling.pool_of`), so a change that was taken
    back later still keeps the answers apart.
    """
    if not new.is_draft:
        numbers = pool_of(new).numbers
        return frozenset(name for name in numbers if old.number not in numbers[name])
    before = codebooks.predecessor_of(new)
    if before is None or before.pk == old.pk:
        return frozenset()
    numbers = pool_of(before).numbers
    return frozenset(
        topic.new.name
        for topic in variables(codebooks.comparison_of(before, new))
        if topic.new
        and not (
            topic.pooling
            and topic.pooling.is_possible
            and topic.old
            and old.number in numbers[topic.old.name]
        )
    )
