"""Census, simple random and stratified samples, of articles or of whole issues. Pure."""

from collections.abc import Iterator, Sequence

from mediacoding.corpus.designs import allocation
from mediacoding.corpus.designs.frame import (
    BETWEEN,
    FIELDS,
    OF_ARTICLES_ONLY,
    Frame,
    Unit,
    part,
)
from mediacoding.corpus.designs.lines import (
    Line,
    Refused,
    gettext_noop,
    note,
    warning,
)
from mediacoding.corpus.designs.plan import Design, Plan, Selection, Stratum

ALLOCATIONS = ("proportional", "equal", "given")


def census_plan(frame: Frame, design: Design) -> Plan:
    """Plan to take all articles."""
    units = frame.units("article")
    return Plan(
        design, frame, (Stratum((), units, len(units), selection=Selection.ALL),)
    )


def simple_plan(frame: Frame, design: Design) -> Plan:
    """Plan a simple random sample without replacement, of articles, issues or days."""
    units = frame.units(design.unit)
    _refuse_size(design.size, len(units))
    assert design.size is not None
    return Plan(design, frame, (Stratum((), units, design.size),))


def _refuse_size(size: int | None, most: int) -> None:
    if not size or not 1 <= size <= most:
        raise Refused(
            gettext_noop("Draw between 1 and %(most)s: the frame holds no more."),
            most=most,
        )


def stratified_plan(frame: Frame, design: Design) -> Plan:
    """Plan simple random samples, one from every stratum, shared out as `allocation` says."""
    parts = strata_of(frame, design)
    sizes = [len(units) for units in parts.values()]
    if design.allocation == "given":
        shares, lines = _given(parts, design)
    else:
        shares, lines = _shared(sizes, design)
    strata = tuple(
        Stratum(name, tuple(units), share)
        for (name, units), share in zip(parts.items(), shares, strict=True)
    )
    lone = sum(s.draw == 1 < len(s.units) for s in strata)
    if lone:
        lines.append(
            warning(
                gettext_noop(
                    "Strata of which only one is drawn: %(lone)s. One shows no variance; for "
                    "intervals they are taken together with their neighbours."
                ),
                lone=lone,
            )
        )
    return Plan(design, frame, strata, tuple(lines))


def strata_of(frame: Frame, design: Design) -> dict[tuple[str, ...], list[Unit]]:
    """The units of every stratum, strata in the order of their values."""
    if not design.stratify_by:
        raise Refused(gettext_noop("Choose what the sample is stratified by."))
    if design.unit == "day":
        raise Refused(gettext_noop("Days are not stratified: draw articles or issues."))
    if design.unit != "article" and OF_ARTICLES_ONLY & set(design.stratify_by):
        raise Refused(
            gettext_noop(
                "Whole issues can be stratified by outlet and time only: draw articles, or "
                "leave out what only articles have."
            )
        )
    found: dict[tuple, list[Unit]] = {}
    for unit in frame.units(design.unit):
        values = tuple(FIELDS[name](unit) for name in design.stratify_by)
        found.setdefault(values, []).append(unit)

    def in_order(values: tuple) -> tuple:
        return tuple((value is not None, value) for value in values)

    return {
        tuple(map(part, design.stratify_by, values)): found[values]
        for values in sorted(found, key=in_order)
    }


def _shared(sizes: Sequence[int], design: Design) -> tuple[list[int], list[Line]]:
    _refuse_size(design.size, sum(sizes))
    assert design.size is not None
    if design.size < len(sizes):
        raise Refused(
            gettext_noop(
                "There are %(strata)s strata and %(size)s to draw, and each needs one at "
                "least. Draw more, or stratify by less."
            ),
            strata=len(sizes),
            size=design.size,
        )
    if design.allocation == "equal":
        shares = allocation.equal(sizes, design.size)
        return shares, list(_of_equal(sizes, shares))
    shares = allocation.proportional(sizes, design.size)
    return shares, list(_of_proportional(sizes, shares, design.size))


def _of_equal(sizes: Sequence[int], shares: Sequence[int]) -> Iterator[Line]:
    largest = max(shares)
    whole = sum(
        share == most < largest for share, most in zip(shares, sizes, strict=True)
    )
    if whole:
        yield note(
            gettext_noop(
                "Strata that are smaller than an equal share, and taken whole: %(whole)s. "
                "The others give more."
            ),
            whole=whole,
        )


def _of_proportional(
    sizes: Sequence[int], shares: Sequence[int], size: int
) -> Iterator[Line]:
    total = sum(sizes)
    raised = sum(
        share == 1 and size * own < total
        for share, own in zip(shares, sizes, strict=True)
    )
    if raised:
        yield note(
            gettext_noop(
                "Strata whose share is below one: %(raised)s. One is drawn from each, so "
                "that all have a chance; weights make up for it."
            ),
            raised=raised,
        )


def _given(
    parts: dict[tuple[str, ...], list[Unit]], design: Design
) -> tuple[list[int], list[Line]]:
    names = {BETWEEN.join(name): units for name, units in parts.items()}
    if strange := set(design.shares) - set(names):
        raise Refused(
            gettext_noop(
                "The frame has no stratum “%(name)s”: look at the effect again."
            ),
            name=sorted(strange)[0],
        )
    for name, share in design.shares.items():
        if not 0 <= share <= len(names[name]):
            raise Refused(
                gettext_noop(
                    "From “%(name)s” between 0 and %(most)s can be drawn: it holds no more."
                ),
                name=name,
                most=len(names[name]),
            )
    shares = [design.shares.get(name, 0) for name in names]
    if not sum(shares):
        raise Refused(gettext_noop("Say how many are drawn from each stratum."))
    left_out = sum(
        len(units) for name, units in names.items() if not design.shares.get(name)
    )
    if not left_out:
        return shares, []
    return shares, [
        warning(
            gettext_noop(
                "%(n)s of the frame have no chance, because nothing is drawn from their "
                "strata: the sample says nothing about them."
            ),
            n=left_out,
        )
    ]
