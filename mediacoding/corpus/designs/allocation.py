"""How a sample is shared out over strata: proportionally or equally. Pure, whole numbers only."""

from collections.abc import Sequence


def proportional(sizes: Sequence[int], size: int) -> list[int]:
    """Shares of `size` by the strata's sizes, largest remainder, at least one each.

    A stratum whose share is below one gets one, and the rest is shared among the others;
    so every unit has a chance. Needs len(sizes) <= size <= sum(sizes).
    """
    shares = [0] * len(sizes)
    others = list(range(len(sizes)))
    rest = size
    while True:
        total = sum(sizes[at] for at in others)
        small = [at for at in others if rest * sizes[at] < total]
        if not small:
            break
        for at in small:
            shares[at] = 1
        rest -= len(small)
        others = [at for at in others if at not in set(small)]
    for at in others:
        shares[at] = rest * sizes[at] // total
    left = rest - sum(shares[at] for at in others)
    by_remainder = sorted(others, key=lambda at: (-(rest * sizes[at] % total), at))
    for at in by_remainder[:left]:
        shares[at] += 1
    return shares


def equal(sizes: Sequence[int], size: int) -> list[int]:
    """The same number for every stratum; what a small one can't give goes to the others.

    A remainder goes one each to the first strata that have more. Needs
    len(sizes) <= size <= sum(sizes).
    """
    shares = [0] * len(sizes)
    rest = size
    while rest:
        still = [at for at, most in enumerate(sizes) if shares[at] < most]
        each = rest // len(still)
        if not each:
            for at in still[:rest]:
                shares[at] += 1
            break
        for at in still:
            more = min(each, sizes[at] - shares[at])
            shares[at] += more
            rest -= more
    return shares
