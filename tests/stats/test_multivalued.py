"""Multi-valued alpha against all sets listed, and the distances between sets."""

from itertools import combinations, product

import numpy as np
import pytest

from mediacoding.stats import multivalued
from mediacoding.stats.agreement import krippendorff_alpha
from mediacoding.stats.multivalued import mv_alpha
from mediacoding.stats.patterns import from_table
from mediacoding.stats.sets import dice_distances, jaccard_distances

SOME = [frozenset(), frozenset("a"), frozenset("ab"), frozenset("bc"), frozenset("abc")]


def sets(table):
    found = np.empty((len(table), len(table[0])), dtype=object)
    for place, cell in np.ndenumerate(np.array(table, dtype=object)):
        found[place] = None if cell is None else frozenset(cell)
    return found


def drawn(units=30, coders=3, seed=1, options="abcd", gaps=0.1):
    chance = np.random.default_rng(seed)
    table = np.empty((units, coders), dtype=object)
    for unit in range(units):
        truth = chance.random(len(options)) < 0.4
        for coder in range(coders):
            given = np.where(
                chance.random(len(options)) < 0.8,
                truth,
                chance.random(len(options)) < 0.4,
            )
            table[unit, coder] = frozenset(np.array(list(options))[given].tolist())
            if chance.random() < gaps:
                table[unit, coder] = None
    return table


def listed(table):
    """Multi-valued alpha with every set of every size written out."""
    units = [[cell for cell in row if cell is not None] for row in table]
    units = [row for row in units if len(row) >= 2]
    answers = [answer for row in units for answer in row]
    options = sorted(set().union(*answers))
    times = {option: sum(option in a for a in answers) for option in options}

    def apart(one, other):
        both = len(one) + len(other)
        return 1 - 2 * len(one & other) / both if both else 0.0

    observed = sum(
        apart(row[i], row[j]) / (len(row) - 1)
        for row in units
        for i, j in product(range(len(row)), repeat=2)
        if i != j
    ) / len(answers)
    expected = 0.0
    sizes = sorted({len(answer) for answer in answers})
    share = {s: sum(len(a) == s for a in answers) / len(answers) for s in sizes}
    for a, b in product(sizes, repeat=2):
        above = below = 0.0
        for one, other in product(combinations(options, a), combinations(options, b)):
            first, second = set(one), set(other)
            weight = np.prod([times[o] for o in first]) * np.prod(
                [times[o] - (o in first) for o in second]
            )
            above += weight * apart(first, second)
            below += weight
        if below:
            expected += share[a] * share[b] * above / below
    return 1 - observed / expected


@pytest.mark.parametrize("seed", range(8))
def test_it_is_the_value_with_all_sets_listed(seed):
    table = drawn(seed=seed)
    assert mv_alpha(table, interval=None).value == pytest.approx(
        listed(table), abs=1e-12
    )


def test_the_example_of_the_paper_comes_out_as_with_all_sets_listed():
    table = sets(
        [
            ["bd", "d", None],
            ["abd", "b", "bd"],
            ["", "a", "a"],
            ["a", None, None],
        ]
    )
    found = mv_alpha(table, interval=None)
    assert found.value == pytest.approx(listed(table), abs=1e-12)
    assert (found.n_units, found.n_pairable) == (4, 3)


def test_with_one_option_an_answer_it_is_nominal_alpha():
    chance = np.random.default_rng(3)
    codes = chance.integers(0, 4, (40, 3))
    table = sets([["abcd"[code] for code in row] for row in codes])
    nominal = krippendorff_alpha(codes, level="nominal", interval="bca")
    found = mv_alpha(table)
    assert found.value == pytest.approx(nominal.value)
    assert found.se == pytest.approx(nominal.se)
    assert found.interval == pytest.approx(nominal.interval, abs=1e-9)


def test_the_value_without_a_unit_is_that_of_the_rest():
    table = drawn()
    patterns = from_table(table).pairable().regardless_of_coders()
    statistic = multivalued._statistic(patterns)
    units = patterns.units.astype(float)
    left = units - np.eye(len(units))
    assert statistic.without_one(units) == pytest.approx(statistic(left))


def test_sets_that_do_not_vary_or_are_no_sets_have_a_reason():
    assert "same" in mv_alpha(sets([["ab", "ab"]] * 5)).reason
    assert mv_alpha([[1, 2], [2, 1]]).reason == multivalued.NO_SETS
    many = frozenset(map(str, range(21)))
    assert mv_alpha(sets([[many, many], ["1", "2"]])).reason == multivalued.TOO_LARGE


def test_many_options_cost_no_more_than_they_must():
    table = drawn(units=200, options="abcdefghijklmno", coders=2)
    found = mv_alpha(table, replicates=500)
    assert found.interval[0] < found.value < found.interval[1]


def test_dice_and_jaccard_are_those_of_the_textbook():
    jaccard, dice = jaccard_distances(SOME), dice_distances(SOME)
    assert jaccard[1].tolist() == pytest.approx([1, 0, 1 / 2, 1, 2 / 3])
    assert dice[1].tolist() == pytest.approx([1, 0, 1 / 3, 1, 1 / 2])
    assert dice[2, 3] == pytest.approx(1 / 2)
    assert jaccard[2, 3] == pytest.approx(2 / 3)
    assert (jaccard[0, 0], dice[0, 0]) == (0, 0)


def test_alpha_takes_other_distances_between_sets():
    table = drawn(coders=2, gaps=0)
    values = from_table(table).values.tolist()
    masi = krippendorff_alpha(table, level="sets", interval=None)
    dice = krippendorff_alpha(
        table, level="sets", distances=dice_distances(values), interval=None
    )
    jaccard = krippendorff_alpha(
        table, level="sets", distances=jaccard_distances(values), interval=None
    )
    assert masi.value < jaccard.value < dice.value
