"""Sentences of `mediacoding.stats`, which knows no Django, for the translators.

tests/test_house.py holds the list complete.
"""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

REASONS = [
    gettext_noop(
        "Ratio alpha needs values of 0 or more, and some are negative. Use the "
        "interval level, or check the values."
    ),
    gettext_noop(
        "There are more than 200,000 distinct values, too many for the ratio level. "
        "Round the values, or use the interval level."
    ),
    gettext_noop(
        "Some values lie beyond the ends of the scale. Check the values, or the "
        "bounds in the codebook."
    ),
    gettext_noop(
        "There are more than 3,000 distinct values, too many for this kind of "
        "distance. Merge or round values."
    ),
    gettext_noop(
        "The values are labels, not numbers: only the nominal level fits them."
    ),
    gettext_noop(
        "Only one unit brings any variation, so how certain the coefficient is cannot"
        " be told."
    ),
    gettext_noop(
        "The two are the same in every sample, so their difference has no interval."
    ),
    gettext_noop(
        "In more than one replicate of twenty one of the two is undefined, so their "
        "difference has no interval. Add units."
    ),
    gettext_noop("There are fewer than 20 pairable units, so the interval is rough."),
    gettext_noop("Infinite ratings cannot be compared; check the table."),
    gettext_noop(
        "Some cells hold lists. Give the options of a multiple choice as frozensets."
    ),
    gettext_noop("Scott's pi is for exactly two coders; Fleiss' kappa takes more."),
    gettext_noop(
        "There are too many distinct values to compare this coefficient with another."
    ),
    gettext_noop(
        "Only one category occurs and the codebook names no other, so chance "
        "agreement is undefined."
    ),
    gettext_noop(
        "Every value is the same, so agreement by chance is certain and the "
        "coefficient is undefined. Add units in which the variable varies."
    ),
    gettext_noop("One unit cannot show how certain the coefficient is."),
    gettext_noop(
        "Every pairable value is the same, so agreement by chance is certain and "
        "alpha is undefined. Add units in which the variable varies."
    ),
    gettext_noop(
        "One value holds more than 95 percent of the codings, so a few units decide "
        "the coefficient."
    ),
    gettext_noop(
        "All coders agree everywhere, so the interval rests on how many units there "
        "are, not on how they differ."
    ),
    gettext_noop(
        "This interval takes the pairs of a unit as independent and is too narrow; it"
        " is given for comparison with other studies."
    ),
    gettext_noop(
        "Some values are not sets of options. Give every answer to a multiple choice "
        "as a frozenset, the empty one too."
    ),
    gettext_noop(
        "There is no closed form of the error of ordinal alpha, because its distances"
        " depend on the data. Use the bootstrap or the jackknife."
    ),
    gettext_noop("A tolerance needs values that are numbers."),
    gettext_noop(
        "Units that not all coders rated are left out, because this coefficient needs"
        " complete data."
    ),
    gettext_noop(
        "Fewer than two units were rated by all coders, and this coefficient needs "
        "complete data. Interval alpha takes gaps."
    ),
    gettext_noop(
        "The values are labels, not numbers: this coefficient is for measurements."
    ),
    gettext_noop(
        "The units do not differ from each other in the mean, so the coefficient is "
        "undefined. Add units in which the variable varies."
    ),
    gettext_noop("The coefficient is so low that its interval has no lower end."),
    gettext_noop("There are too few units to tell how certain the coefficient is."),
    gettext_noop(
        "All values are the same, so there is no variation to agree on. Add units in "
        "which the variable varies."
    ),
    gettext_noop("Only one coder rated these units; agreement needs two or more."),
    gettext_noop(
        "Some answers hold more than 20 options, too many for multi-valued alpha. Use"
        " alpha with MASI distances."
    ),
    gettext_noop("This coefficient is for measurements: the interval or ratio level."),
    gettext_noop(
        "Both coders used one and the same category throughout, so agreement by "
        "chance is certain and kappa is undefined. Add units in which the variable "
        "varies."
    ),
    gettext_noop(
        "Some pairs of coders have no unit in common; the mean is over the others."
    ),
    gettext_noop("Cohen's kappa is for exactly two coders."),
    gettext_noop("No unit was coded by both coders."),
    gettext_noop("No unit was coded by two or more coders."),
    gettext_noop("This coefficient is for categories."),
    gettext_noop("These patterns do not say which coder gave which value."),
    gettext_noop("All units show the same disagreement, so they show no uncertainty."),
    gettext_noop("All coders agree everywhere, so these units show no uncertainty."),
    gettext_noop(
        "More values occur than the codebook defines categories. Check the codes."
    ),
    gettext_noop(
        "Some values are none of the categories that the codebook defines. Check the "
        "codes."
    ),
    gettext_noop(
        "Not all categories occur, and the weights between them depend on which they "
        "are. Give the list of the categories, not their number."
    ),
    gettext_noop("Ratio weights need categories that are numbers of 0 or more."),
    gettext_noop(
        "The pilot shows no disagreement, or the same in all units, so it cannot "
        "tell how much alpha will vary. Code more units in the pilot, or plan "
        "with an assumed alpha."
    ),
    gettext_noop(
        "The categories' shares are two or more numbers above 0 that make 1 together."
    ),
    gettext_noop("Agreement needs two or more coders."),
    gettext_noop(
        "So many categories and coders have too many patterns. Merge rare "
        "categories, or assume fewer coders."
    ),
    gettext_noop("Each share needs a value of its own."),
    gettext_noop("The half width lies between 0 and 1."),
    gettext_noop("Confidence lies between 0 and 1."),
    gettext_noop(" The pilot has fewer than 20 units, so this is a rough guide."),
    gettext_noop("The minimum alpha lies between -1 and 1."),
    gettext_noop("A round has two or more units, and one is simulated at least."),
    gettext_noop(
        "Every pairable value of the pilot is the same, so alpha is undefined "
        "and nothing can be planned from it. Add units in which the variable "
        "varies."
    ),
    gettext_noop(
        "No round of a possible size is expected to have so short an interval. "
        "Allow a wider one."
    ),
    gettext_noop("The study has a whole number of units, two or more."),
    gettext_noop(
        "Expected agreement lies between 0 and 1, without the ends: what is "
        "certain needs no sample. Use a share such as .9."
    ),
    gettext_noop("Give either the minimum agreement or the standard error."),
    gettext_noop(
        "The minimum agreement must lie below the expected agreement. Lower the "
        "minimum, or train the coders first."
    ),
    gettext_noop("A standard error of agreement lies between 0 and 1."),
    gettext_noop(
        "Give either the number of categories or the smallest category's share."
    ),
    gettext_noop(
        "A variable has two or more categories, so the smallest one's share is "
        "at most one half, and above 0: what never occurs cannot be tested."
    ),
    gettext_noop(
        "An alpha to plan with lies between 0 and 1; 1 itself cannot be shown."
    ),
    gettext_noop(
        "Confidence lies between one half and 1, significance between 0 and one half."
    ),
]

#: Sentences with figures in them: what finds the figures, and the sentence to translate.
WITH_FIGURES = [
    (
        re.compile(
            r"In (?P<lost>\d+) of (?P<all>\d+) replicates nothing varied; they are left out\."
        ),
        gettext_noop(
            "In %(lost)s of %(all)s replicates nothing varied; they are left out."
        ),
    )
]


def said(sentence: str | None) -> str:
    """A sentence of the statistics in the reader's language."""
    for pattern, text in WITH_FIGURES:
        if match := pattern.fullmatch(sentence or ""):
            return _(text) % match.groupdict()
    return _(sentence) if sentence else ""
