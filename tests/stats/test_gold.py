"""Codings against a gold standard: against scikit-learn, and against a truth that is known."""

import numpy as np
import pytest
from sklearn import metrics
from statsmodels.stats.proportion import proportion_confint

from mediacoding.stats.agreement import cohen_kappa, krippendorff_alpha
from mediacoding.stats.gold import against_gold
from mediacoding.stats.prevalence import corrected_prevalence

NAMES = ("economy", "crime", "health", "sport")


def random_coding(seed):
    """Gold and coded values of a random number of units, with rare and absent categories."""
    chance = np.random.default_rng(seed)
    many, units = int(chance.integers(2, 7)), int(chance.integers(3, 120))
    shares = chance.dirichlet(np.full(many, 0.6))
    gold = chance.choice(many, units, p=shares)
    guess = chance.choice(many, units, p=chance.dirichlet(np.full(many, 0.6)))
    coded = np.where(chance.random(units) < chance.random(), gold, guess)
    return gold, coded, many


def test_three_hundred_random_tables_are_those_of_scikit_learn():
    for seed in range(300):
        gold, coded, many = random_coding(seed)
        found = against_gold(coded, gold, categories=range(many), replicates=10)
        labels = list(range(many))
        assert (
            found.confusion == metrics.confusion_matrix(gold, coded, labels=labels)
        ).all()
        assert found.accuracy.value == pytest.approx(
            metrics.accuracy_score(gold, coded)
        )
        precision, recall, f1, support = metrics.precision_recall_fscore_support(
            gold, coded, labels=labels, zero_division=np.nan
        )
        specificity = [
            metrics.recall_score(gold != k, coded != k, zero_division=np.nan)
            for k in labels
        ]
        for k, score in enumerate(found.by_category):
            assert score.support == support[k]
            assert score.predicted == (coded == k).sum()
            for one, theirs in (
                (score.precision, precision[k]),
                (score.recall, recall[k]),
                (score.specificity, specificity[k]),
                (score.f1, f1[k]),
            ):
                if np.isnan(theirs):
                    assert one.reason
                    assert one.interval is None
                else:
                    assert one.value == pytest.approx(theirs)
                    assert one.interval[0] <= one.value <= one.interval[1]
        occurring = np.union1d(gold, coded)
        macro = metrics.f1_score(gold, coded, labels=occurring, average="macro")
        assert found.macro_f1.value == pytest.approx(macro)
        if len(occurring) > 1:
            kappa = metrics.cohen_kappa_score(gold, coded)
            assert found.kappa.value == pytest.approx(kappa, abs=1e-9)


@pytest.fixture
def coding():
    chance = np.random.default_rng(7)
    gold = chance.choice(NAMES[:3], 150, p=(0.5, 0.3, 0.2)).astype(object)
    coded = np.where(chance.random(150) < 0.8, gold, chance.choice(NAMES[:3], 150))
    return coded, gold


def test_proportions_have_wilson_s_interval(coding):
    found = against_gold(*coding)
    for score in found.by_category:
        hits = round(score.precision.value * score.predicted)
        for one, base in (
            (score.precision, score.predicted),
            (score.recall, score.support),
        ):
            expected = proportion_confint(hits, base, method="wilson")
            assert one.interval == pytest.approx(expected)
            assert one.n_units == base
            assert one.method == "Wilson"
    right = round(found.accuracy.value * 150)
    assert found.accuracy.interval == pytest.approx(
        proportion_confint(right, 150, method="wilson")
    )


def test_f1_has_the_interval_of_the_overlap_that_it_is_a_function_of(coding):
    score = against_gold(*coding).by_category[0]
    hits = round(score.recall.value * score.support)
    either = score.support + score.predicted - hits
    low, high = proportion_confint(hits, either, method="wilson")
    assert score.f1.interval == pytest.approx(
        (2 * low / (1 + low), 2 * high / (1 + high))
    )


def test_the_interval_of_macro_f1_is_that_of_resampled_units(coding):
    coded, gold = coding
    chance, plain = np.random.default_rng(1), []
    for _replicate in range(800):
        drawn = chance.integers(0, 150, 150)
        plain.append(metrics.f1_score(gold[drawn], coded[drawn], average="macro"))
    found = against_gold(coded, gold).macro_f1
    assert found.interval == pytest.approx(
        np.quantile(plain, [0.025, 0.975]), abs=0.015
    )
    assert found.se == pytest.approx(np.std(plain), rel=0.1)
    assert found == against_gold(coded, gold).macro_f1  # the same seed


def test_intervals_of_f1_hold_the_true_value():
    rates = np.array([[0.85, 0.1, 0.05], [0.15, 0.75, 0.1], [0.1, 0.2, 0.7]])
    joint = np.array([0.6, 0.3, 0.1])[:, None] * rates
    true = 2 * np.diag(joint) / (joint.sum(axis=0) + joint.sum(axis=1))
    gold_of, coded_of = np.divmod(np.arange(9), 3)
    chance, each, macro = np.random.default_rng(3), [], []
    for seed in range(400):
        cell = chance.choice(9, 200, p=joint.ravel())
        found = against_gold(coded_of[cell], gold_of[cell], replicates=400, seed=seed)
        each.append(
            [
                score.f1.interval[0] <= value <= score.f1.interval[1]
                for score, value in zip(found.by_category, true, strict=True)
            ]
        )
        low, high = found.macro_f1.interval
        macro.append(low <= true.mean() <= high)
    assert np.mean(each, axis=0) == pytest.approx([0.95] * 3, abs=0.03)
    assert np.mean(macro) == pytest.approx(0.94, abs=0.04)


def test_a_weight_of_two_counts_a_unit_twice(coding):
    coded, gold = coding
    times = np.random.default_rng(2).integers(1, 4, 150)
    weighted = against_gold(coded, gold, weights=times)
    repeated = against_gold(np.repeat(coded, times), np.repeat(gold, times))
    for one, other in [
        (weighted.accuracy, repeated.accuracy),
        (weighted.macro_f1, repeated.macro_f1),
        *(
            (getattr(a, name), getattr(b, name))
            for a, b in zip(weighted.by_category, repeated.by_category, strict=True)
            for name in ("precision", "recall", "specificity", "f1")
        ),
    ]:
        assert one.value == pytest.approx(other.value)
        width, narrower = (x.interval[1] - x.interval[0] for x in (one, other))
        assert width > narrower  # there are 150 units, not as many as they stand for
    assert weighted.confusion.sum() == 150
    assert "whatever its weight" in weighted.warnings[0]


def test_equal_weights_change_nothing(coding):
    plain, weighted = against_gold(*coding), against_gold(*coding, weights=[2.5] * 150)
    assert weighted.accuracy.interval == pytest.approx(plain.accuracy.interval)
    assert weighted.macro_f1.interval == pytest.approx(plain.macro_f1.interval)


def test_agreement_with_gold_is_that_of_two_coders(coding):
    coded, gold = coding
    found, table = against_gold(coded, gold), np.column_stack([gold, coded])
    assert found.alpha == krippendorff_alpha(table, level="nominal")
    assert found.kappa == cohen_kappa(table)


def test_alpha_can_take_the_level_of_the_variable():
    gold = np.array([1, 2, 3, 4, 2, 3, 1, 4], dtype=float)
    coded = np.array([1, 2, 3, 3, 2, 4, 1, 4], dtype=float)
    found = against_gold(coded, gold, level="ordinal").alpha
    assert found.value == pytest.approx(
        krippendorff_alpha(np.column_stack([gold, coded]), level="ordinal").value
    )


def test_units_with_one_value_only_are_counted_and_left_out():
    found = against_gold(
        ["crime", None, "sport", "", "crime"],
        ["crime", "crime", None, "sport", "sport"],
    )
    assert (found.n, found.uncoded, found.without_gold) == (2, 2, 1)
    assert found.categories == ("crime", "sport")
    assert found.confusion.tolist() == [[1, 0], [1, 0]]


def test_numbers_and_their_texts_are_one_category():
    found = against_gold([1.0, 2.0, np.nan], ["1", "1", "2"], categories=[2, 1])
    assert found.categories == (2, 1)
    assert found.confusion.tolist() == [[0, 0], [1, 1]]


def test_what_is_undefined_has_a_sentence_and_no_value():
    found = against_gold(
        ["crime", "crime", "crime"],
        ["crime", "crime", "sport"],
        categories=["crime", "sport", "health"],
    )
    crime, sport, health = found.by_category
    assert "No unit was coded “sport”" in sport.precision.reason
    assert sport.recall.value == 0
    assert sport.f1.value == 0
    assert "No gold unit shows “health”" in health.recall.reason
    assert "Neither gold nor coding has “health”" in health.f1.reason
    assert health.specificity.value == 1
    assert crime.recall.value == 1
    assert found.macro_f1.value == pytest.approx((0.8 + 0) / 2)
    alone = against_gold(["crime"] * 3, ["crime"] * 3)
    assert "anything but “crime”" in alone.by_category[0].specificity.reason
    assert alone.alpha.reason
    assert alone.kappa.reason


def test_without_a_unit_that_has_both_nothing_has_a_value():
    for coded, gold in (([], []), ([1, None], [None, 2]), ([None], [None])):
        found = against_gold(coded, gold)
        assert found.n == 0
        for one in (found.accuracy, found.macro_f1, found.alpha, found.kappa):
            assert one.value is None
            assert one.reason.endswith(".")


def test_perfect_coding_shows_no_uncertainty_of_macro_f1():
    found = against_gold([1, 2, 2], [1, 2, 2])
    assert found.macro_f1.value == 1
    assert found.macro_f1.interval is None
    assert "no uncertainty" in found.macro_f1.warnings[0]
    assert found.accuracy.interval[0] < 0.5


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"gold": [1]}, "one coded and one gold value"),
        ({"categories": [1, 3]}, "“2.0” is not among the categories"),
        ({"categories": [1, 2, 1]}, "value of its own"),
        ({"weights": [1, 0]}, "weight above 0"),
        ({"weights": [1]}, "weight above 0"),
    ],
)
def test_nonsense_is_refused(more, sentence):
    with pytest.raises(ValueError, match=sentence):
        against_gold(**{"coded": [1, 2], "gold": [2, 1], **more})


# Corrected prevalence


def simulated(rates, truth, *, units, validation, rounds, seed=0):
    """Mean corrected and observed shares, and how often the intervals hold the truth."""
    chance, rates, truth = np.random.default_rng(seed), np.array(rates), np.array(truth)
    corrected, observed, held = [], [], []
    for at in range(rounds):
        counts = chance.multinomial(units, truth @ rates)
        table = [
            chance.multinomial(n, row) for n, row in zip(validation, rates, strict=True)
        ]
        found = corrected_prevalence(counts, table, replicates=500, seed=at)
        if found.reason is None:
            shares = found.corrected
            corrected.append([one.value for one in shares])
            observed.append(counts / units)
            held.append(
                [
                    one.interval[0] <= value <= one.interval[1]
                    for one, value in zip(shares, truth, strict=True)
                ]
            )
    return (np.mean(each, axis=0) for each in (corrected, observed, held))


@pytest.mark.parametrize(
    ("truth", "validation"), [(0.3, (50, 100)), (0.1, (30, 200)), (0.2, (100, 100))]
)
def test_a_corrected_share_is_right_where_the_observed_one_is_not(truth, validation):
    corrected, observed, held = simulated(
        [[0.8, 0.2], [0.1, 0.9]],
        (truth, 1 - truth),
        units=1_000,
        validation=validation,
        rounds=1_500,
    )
    assert corrected[0] == pytest.approx(truth, abs=0.006)
    assert observed[0] == pytest.approx(0.1 + 0.7 * truth, abs=0.002)
    assert 0.92 <= held[0] <= 0.98


@pytest.mark.parametrize(
    ("truth", "validation"),
    [((0.6, 0.3, 0.1), (60, 60, 60)), ((0.8, 0.15, 0.05), (160, 40, 15))],
)
def test_several_corrected_shares_are_right_where_the_observed_are_not(
    truth, validation
):
    corrected, observed, held = simulated(
        [[0.85, 0.1, 0.05], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]],
        truth,
        units=1_500,
        validation=validation,
        rounds=500,
    )
    assert corrected == pytest.approx(truth, abs=0.01)
    assert abs(observed[0] - truth[0]) > 0.04
    assert (held >= 0.92).all()
    assert (held <= 0.98).all()


def test_two_categories_are_corrected_as_rogan_and_gladen_do():
    found = corrected_prevalence(
        [300, 700], [[40, 10], [10, 90]], categories=("a", "b")
    )
    expected = (0.3 + 0.9 - 1) / (0.8 + 0.9 - 1)
    assert [one.value for one in found.corrected] == pytest.approx(
        [expected, 1 - expected]
    )
    first, second = found.corrected
    assert first.method == "Lang-Reiczigel"
    assert second.interval == pytest.approx(
        (1 - first.interval[1], 1 - first.interval[0])
    )
    assert [one.share for one in found.observed] == [0.3, 0.7]


def test_the_interval_is_the_normal_one_where_there_is_much_data():
    counts, table = [30_000, 70_000], [[4_000, 1_000], [1_000, 9_000]]
    p, informed = 2 / 7, 0.7
    variance = (
        0.3 * 0.7 / 100_000 + p**2 * 0.16 / 5_000 + (1 - p) ** 2 * 0.09 / 10_000
    ) / informed**2
    found = corrected_prevalence(counts, table).corrected[0]
    assert found.se == pytest.approx(np.sqrt(variance), rel=0.01)
    reach = 1.959964 * np.sqrt(variance)
    assert found.interval == pytest.approx((p - reach, p + reach), abs=5e-4)


def test_the_order_of_the_categories_does_not_matter():
    counts, table = np.array([300, 700]), np.array([[40, 10], [10, 90]])
    there = corrected_prevalence(counts, table).corrected
    back = corrected_prevalence(counts[::-1], table[::-1, ::-1]).corrected
    assert back[0].value == pytest.approx(there[1].value)
    assert back[0].interval == pytest.approx(there[1].interval)


def test_perfect_coding_leaves_shares_as_they_are():
    found = corrected_prevalence([200, 300, 500], np.diag([50, 50, 50]))
    assert [one.value for one in found.corrected] == pytest.approx([0.2, 0.3, 0.5])
    assert found.corrected[0].interval[0] > 0.1


def test_the_same_seed_gives_the_same_interval():
    arguments = [300, 500, 200], [[45, 5, 2], [10, 40, 2], [3, 3, 30]]
    first, second = (corrected_prevalence(*arguments, seed=4) for _once in range(2))
    assert first == second
    assert first.corrected[0].replicates == 2_000


def test_a_share_below_0_is_cut_and_said_so():
    found = corrected_prevalence(
        [90, 910], [[40, 10], [10, 90]], categories=("protest", "other")
    )
    assert found.was_cut
    assert "“protest” came out below 0" in found.warnings[0]
    assert [one.value for one in found.corrected] == [0, 1]
    low, high = found.corrected[0].interval
    assert low == 0
    assert high > 0.02


@pytest.mark.parametrize(
    ("counts", "table", "sentence"),
    [
        ([300, 700], [[26, 24], [25, 25]], "specificity - 1 is 0.02"),
        ([300, 700], [[4, 6], [2, 8]], "lower bound of -0"),
        ([300, 700], [[10, 40], [40, 10]], "specificity - 1 is -0.60"),
        ([10, 990], [[40, 10], [20, 80]], "less often than by the errors"),
        ([300, 700], [[0, 0], [10, 90]], "No unit of the validation sample shows “1”"),
        ([0, 0], [[40, 10], [10, 90]], "No unit of the study was coded"),
        ([10, 0], [[40, 0], [0, 0]], "Only one category occurs"),
        (
            [300, 500, 200],
            [[20, 20, 2], [20, 21, 2], [3, 3, 30]],
            "because “1” and “2” are coded alike",
        ),
        ([300, 500, 200], [[3, 2, 1], [1, 3, 0], [1, 0, 2]], "sample is so small"),
        (
            [10, 790, 200],
            [[80, 10, 10], [30, 60, 10], [5, 5, 90]],
            "less often than by the errors",
        ),
    ],
)
def test_a_correction_that_would_mean_nothing_is_refused(counts, table, sentence):
    found = corrected_prevalence(counts, table)
    assert sentence in found.reason
    assert all(one.reason == found.reason for one in found.corrected)
    assert len(found.observed) == len(counts)


def test_a_category_that_occurs_nowhere_has_no_corrected_share():
    found = corrected_prevalence(
        [300, 700, 0], [[40, 10, 0], [10, 90, 0], [0, 0, 0]], categories="abc"
    )
    assert "occurs neither" in found.corrected[2].reason
    assert found.corrected[0].value == pytest.approx(2 / 7)
    assert found.reason is None


@pytest.mark.parametrize(
    ("counts", "table", "names", "sentence"),
    [
        ([1, 2], [[1, 2, 3], [1, 2, 3]], None, "a row and a column for each"),
        ([5], [[5]], None, "two or more categories"),
        ([1, -2], [[1, 2], [1, 2]], None, "0 or more"),
        ([1, 2], [[1, 0.5], [1, 2]], None, "whole numbers"),
        ([1, 2], [[1, 2], [1, 2]], ["a"], "a name for each"),
    ],
)
def test_counts_that_are_none_are_refused(counts, table, names, sentence):
    with pytest.raises(ValueError, match=sentence):
        corrected_prevalence(counts, table, categories=names)


def test_a_confusion_table_goes_straight_into_the_correction():
    chance = np.random.default_rng(9)
    gold = chance.choice(NAMES[:2], 300, p=(0.3, 0.7))
    coded = np.where(chance.random(300) < 0.9, gold, chance.choice(NAMES[:2], 300))
    checked = against_gold(coded, gold, categories=NAMES[:2])
    found = corrected_prevalence(
        [400, 600], checked.confusion, categories=checked.categories
    )
    recall, specificity = (
        checked.by_category[0].recall.value,
        checked.by_category[0].specificity.value,
    )
    assert found.corrected[0].value == pytest.approx(
        (0.4 + specificity - 1) / (recall + specificity - 1)
    )
