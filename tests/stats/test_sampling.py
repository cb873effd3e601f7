"""Sample sizes: against the published ones, and against rounds that are simulated one by one."""

from math import exp, sqrt

import numpy as np
import pytest

from mediacoding.stats import planning, sampling
from mediacoding.stats.agreement import krippendorff_alpha
from mediacoding.stats.distributions import NORMAL, student_t_quantile
from mediacoding.stats.patterns import from_table
from mediacoding.stats.result import NotComputable

SHARES = (0.4, 0.3, 0.2, 0.1)


def ratings(chance, units, coders=2, shares=SHARES, alpha=0.75):
    """Coders who see the true value with probability sqrt(alpha) and else guess by shares."""
    truth = chance.choice(len(shares), (units, 1), p=shares)
    guess = chance.choice(len(shares), (units, coders), p=shares)
    return np.where(chance.random((units, coders)) < np.sqrt(alpha), truth, guess) + 1.0


def alpha_of(design, level):
    """The alpha of a design, from a great many units."""
    plan = planning._plan(design, level, None, None)
    return float(plan.statistic(design.chances[None, :] * 1e9)[0])


@pytest.mark.parametrize(
    ("agreement", "published"), [(0.85, 125), (0.9, 92), (0.95, 52)]
)
def test_lacy_and_riffe_s_thousand_units_need_what_they_say_but_for_rounding(
    agreement, published
):
    found = sampling.lacy_riffe(population=1_000, agreement=agreement, se=0.03)
    assert abs(found.exact - published) < 1
    assert found.needed - published in (0, 1)  # they round 125.07 down, 51.13 up


def test_lacy_and_riffe_s_example_needs_92_units():
    found = sampling.lacy_riffe(population=1_000, agreement=0.9, se=0.03)
    assert (found.needed, found.units) == (92, 92)
    assert "two coders" in found.assumes


def test_a_minimum_is_the_same_as_its_standard_error():
    by_minimum = sampling.lacy_riffe(population=1_000, agreement=0.9, minimum=0.85)
    by_error = sampling.lacy_riffe(
        population=1_000, agreement=0.9, se=0.05 / NORMAL.inv_cdf(0.95)
    )
    assert by_minimum.exact == pytest.approx(by_error.exact)


def test_a_census_is_the_most_that_lacy_and_riffe_ask_for():
    found = sampling.lacy_riffe(population=50, agreement=0.6, se=0.0001)
    assert found.needed == 50


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"agreement": 0.9}, "either the minimum agreement or the standard error"),
        ({"agreement": 0.9, "minimum": 0.9}, "below the expected agreement"),
        ({"agreement": 0.9, "minimum": 0.8, "se": 0.1}, "either"),
        ({"agreement": 1.0, "se": 0.03}, "between 0 and 1"),
        ({"agreement": 0.9, "se": 0}, "standard error"),
        ({"agreement": 0.9, "minimum": 0.8, "confidence": 95}, "Confidence lies"),
        ({"agreement": 0.9, "se": 0.03, "population": 1}, "two or more"),
    ],
)
def test_lacy_and_riffe_refuse_nonsense(more, sentence):
    with pytest.raises(ValueError, match=sentence):
        sampling.lacy_riffe(**{"population": 1_000, **more})


@pytest.mark.parametrize(
    ("minimum", "exact", "needed"), [(0.8, 138.5, 139), (0.667, 80.7, 81)]
)
def test_krippendorff_s_table_is_reproduced(minimum, exact, needed):
    found = sampling.bloch_kraemer(minimum=minimum, categories=4)
    assert found.exact == pytest.approx(exact, abs=0.05)
    assert found.needed == needed
    assert found.units == (needed + 1) // 2
    same = sampling.bloch_kraemer(minimum=minimum, smallest_share=0.25)
    assert same.exact == found.exact


def test_half_of_the_codings_bring_the_normal_bound_to_the_minimum():
    """At alpha midway to 1, z standard errors of so many units are half the way."""
    found = sampling.bloch_kraemer(minimum=0.6, smallest_share=0.25)
    chance = np.random.default_rng(5)
    alphas = [
        krippendorff_alpha(
            ratings(chance, found.units, shares=(0.25, 0.75), alpha=0.8),
            level="nominal",
            interval=None,
        ).value
        for _round in range(3_000)
    ]
    assert NORMAL.inv_cdf(0.95) * np.std(alphas) == pytest.approx(0.2, rel=0.08)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"minimum": 1.0, "categories": 4}, "1 itself cannot be shown"),
        ({"minimum": 0.8}, "either the number of categories"),
        ({"minimum": 0.8, "categories": 1}, "two or more categories"),
        ({"minimum": 0.8, "smallest_share": 0.0}, "never occurs"),
        ({"minimum": 0.8, "categories": 4, "coders": 1}, "two or more coders"),
        ({"minimum": 0.8, "categories": 4, "significance": 0.95}, "significance"),
    ],
)
def test_bloch_and_kraemer_refuse_nonsense(more, sentence):
    with pytest.raises(ValueError, match=sentence):
        sampling.bloch_kraemer(**more)


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio"])
@pytest.mark.parametrize("coders", [2, 3, 4])
def test_an_assumed_design_has_the_assumed_alpha(level, coders):
    design = planning.assumed(alpha=0.7, shares=SHARES, coders=coders)
    assert design.chances.sum() == pytest.approx(1)
    assert alpha_of(design, level) == pytest.approx(0.7, abs=1e-6)


def test_a_design_s_patterns_are_as_frequent_as_in_drawn_ratings():
    design = planning.assumed(alpha=0.6, shares=(0.5, 0.3, 0.2), coders=3)
    chance = np.random.default_rng(2)
    table = ratings(chance, 200_000, 3, (0.5, 0.3, 0.2), alpha=0.6)
    drawn = from_table(table).regardless_of_coders()
    seen = {
        tuple(sorted(row)): n for row, n in zip(drawn.codes, drawn.units, strict=True)
    }
    for row, expected in zip(design.patterns.codes, design.chances, strict=True):
        assert seen[tuple(row)] / 200_000 == pytest.approx(expected, abs=0.004)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"shares": (0.5, 0.4)}, "make 1 together"),
        ({"shares": (1.0,)}, "two or more numbers"),
        ({"shares": (1.0, 0.0)}, "above 0"),
        ({"shares": (0.5, 0.5), "alpha": -0.1}, "between 0 and 1"),
        ({"shares": (0.5, 0.5), "values": (1, 1)}, "value of its own"),
        ({"shares": (0.05,) * 20, "coders": 9}, "fewer coders"),
    ],
)
def test_a_design_that_makes_no_sense_is_refused(more, sentence):
    with pytest.raises(ValueError, match=sentence):
        planning.assumed(**{"alpha": 0.7, **more})


@pytest.mark.parametrize("level", ["nominal", "interval"])
def test_the_units_planned_from_a_pilot_have_the_interval_that_was_asked_for(level):
    pilot = ratings(np.random.default_rng(3), 80)
    pilot[::5, 1] = np.nan
    found = planning.from_pilot(from_table(pilot), level=level, half_width=0.1)

    pairable = pilot[~np.isnan(pilot).any(axis=1)]
    chance = np.random.default_rng(4)

    def half_width(units):
        alphas = [
            krippendorff_alpha(
                pairable[chance.integers(0, len(pairable), units)],
                level=level,
                interval=None,
            ).value
            for _round in range(3_000)
        ]
        low, high = np.quantile(alphas, [0.025, 0.975])
        return (high - low) / 2

    assert half_width(found.needed) == pytest.approx(0.1, rel=0.05)
    assert half_width(found.needed // 2) > 0.12
    assert f"{len(pairable)} pairable units" in found.assumes


def test_planning_gives_the_same_for_the_same_seed_and_nearly_so_for_another():
    pilot = from_table(ratings(np.random.default_rng(3), 100))
    plans = [
        planning.from_pilot(pilot, level="nominal", half_width=0.05, seed=seed)
        for seed in (1, 1, 2)
    ]
    assert plans[0] == plans[1]
    assert plans[2].exact == pytest.approx(plans[0].exact, rel=0.06)
    assert plans[2].exact != plans[0].exact


def test_half_the_width_takes_four_times_the_units():
    design = planning.assumed(alpha=0.75, shares=SHARES)
    wide, narrow = (
        planning.from_pilot(design, level="ordinal", half_width=width)
        for width in (0.08, 0.04)
    )
    assert narrow.exact / wide.exact == pytest.approx(4, rel=0.1)
    assert "the assumption" in narrow.assumes


def test_a_round_is_never_planned_so_small_that_it_may_show_no_disagreement():
    pilot = from_table([[1, 1]] * 50 + [[2, 2]] * 45 + [[1, 2]] * 5)
    found = planning.from_pilot(pilot, level="nominal", half_width=0.9)
    assert found.needed == 59  # the first n with .95^n below .05
    assert "no disagreement" in found.assumes


def test_other_levels_take_their_scale():
    table = np.random.default_rng(1).integers(0, 7, (60, 1)) + np.array([[0, 0]])
    table[::4, 1] = np.minimum(table[::4, 1] + 1, 6)
    pilot = from_table(table)
    for level, more in (("circular", {"steps": 7}), ("bipolar", {"ends": (0, 6)})):
        found = planning.from_pilot(pilot, level=level, half_width=0.02, **more)
        assert found.needed > 5
        assert planning.power(
            pilot, level=level, minimum=0.5, units=60, rounds=50, **more
        ).power == pytest.approx(1)
    with pytest.raises(ValueError, match="number of steps"):
        planning.from_pilot(pilot, level="circular", half_width=0.1)


def test_a_multiple_choice_is_planned_by_masi():
    one, two, both = frozenset("a"), frozenset("b"), frozenset("ab")
    table = np.empty((40, 2), dtype=object)
    table[:, 0] = [one, two, both, one] * 10
    table[:, 1] = [one, two, one, one] * 5 + [one, two, both, one] * 5
    found = planning.from_pilot(from_table(table), level="sets", half_width=0.1)
    assert found.needed > 20


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ([[1, 1], [2, 2], [1, 1]], "no disagreement"),
        ([[1, 2], [1, 2], [2, 1]], "same in all units"),
        ([[1, 1], [1, 1]], "pairable value of the pilot is the same"),
        ([[1, None], [None, 2]], "No unit was coded by two"),
    ],
)
def test_a_pilot_that_cannot_tell_is_refused_with_a_sentence(table, sentence):
    pilot = from_table(np.array(table, dtype=object))
    with pytest.raises(NotComputable, match=sentence):
        planning.from_pilot(pilot, level="nominal", half_width=0.1)


def test_a_half_width_that_is_none_is_refused():
    design = planning.assumed(alpha=0.7, shares=SHARES)
    with pytest.raises(ValueError, match="half width"):
        planning.from_pilot(design, level="nominal", half_width=0)
    with pytest.raises(NotComputable, match="Allow a wider one"):
        planning.from_pilot(design, level="nominal", half_width=1e-6)


@pytest.mark.parametrize(
    ("level", "shares", "coders"),
    [("nominal", (0.85, 0.15), 2), ("nominal", (0.25,) * 4, 2),
     ("ordinal", SHARES, 3), ("ordinal", (0.1,) * 10, 3)],
)  # fmt: skip
@pytest.mark.parametrize("alpha", [0.667, 0.8])
def test_alpha_at_the_minimum_is_rarely_shown_to_be_above_it(
    level, shares, coders, alpha
):
    design = planning.assumed(alpha=alpha, shares=shares, coders=coders)
    for units in (20, 50, 100):
        found = planning.power(design, level=level, minimum=alpha, units=units)
        assert found.power <= 0.08 + 2 * sqrt(0.08 * 0.92 / found.rounds)
    found = planning.power(design, level=level, minimum=alpha, units=1_000, rounds=2000)
    assert found.power == pytest.approx(0.05, abs=0.02)


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
def test_power_rises_with_the_units(level):
    design = planning.assumed(alpha=0.85, shares=SHARES)
    powers = [
        planning.power(design, level=level, minimum=0.7, units=units).power
        for units in (30, 60, 120, 240)
    ]
    assert powers == sorted(powers)
    assert powers[0] < 0.6
    assert powers[-1] > 0.9


@pytest.mark.parametrize("level", ["nominal", "ordinal"])
def test_power_is_that_of_rounds_tested_one_by_one(level):
    chance, units, minimum = np.random.default_rng(8), 80, 0.7
    t = student_t_quantile(0.95, units - 1)
    shown = []
    for _round in range(600):
        table = ratings(chance, units, 3, alpha=0.8)
        found = krippendorff_alpha(table, level=level, interval="jackknife")
        odds = 1 - found.value
        shown.append(1 - odds * exp(t * found.se / odds) > minimum)
    design = planning.assumed(alpha=0.8, shares=SHARES, coders=3)
    simulated = planning.power(
        design, level=level, minimum=minimum, units=units, rounds=2_000
    )
    assert simulated.power == pytest.approx(np.mean(shown), abs=0.06)
    low, high = simulated.interval
    assert low < simulated.power < high


def test_the_power_of_a_pilot_is_that_of_a_design_like_it():
    pilot = from_table(ratings(np.random.default_rng(6), 20_000, alpha=0.8))
    design = planning.assumed(alpha=0.8, shares=SHARES)
    by_pilot, by_design = (
        planning.power(plan, level="nominal", minimum=0.7, units=100, rounds=2_000)
        for plan in (pilot, design)
    )
    assert by_pilot.power == pytest.approx(by_design.power, abs=0.06)
    assert by_pilot == planning.power(
        pilot, level="nominal", minimum=0.7, units=100, rounds=2_000
    )


def test_coders_who_nearly_always_agree_need_not_disagree_to_show_it():
    design = planning.assumed(alpha=0.999, shares=(0.5, 0.5))
    found = planning.power(design, level="nominal", minimum=0.8, units=100, rounds=500)
    assert found.power > 0.9
    few = planning.power(design, level="nominal", minimum=0.8, units=10, rounds=500)
    assert few.power == 0  # ten that agree leave an agreement of .74 possible


def test_a_round_that_may_not_vary_counts_as_not_shown():
    design = planning.assumed(alpha=0.8, shares=(0.95, 0.05))
    found = planning.power(design, level="nominal", minimum=0.1, units=20, rounds=500)
    assert found.undefined > 100
    assert found.power <= 1 - found.undefined / 500


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"minimum": 1.0}, "minimum alpha"),
        ({"units": 1}, "two or more units"),
        ({"confidence": 0.4}, "Confidence"),
    ],
)
def test_a_power_that_makes_no_sense_is_refused(more, sentence):
    design = planning.assumed(alpha=0.8, shares=SHARES)
    with pytest.raises(ValueError, match=sentence):
        planning.power(
            design, **{"level": "nominal", "minimum": 0.7, "units": 50, **more}
        )
