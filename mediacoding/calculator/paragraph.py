"""The methods paragraph: what was computed, from what and how, as a paper tells it."""

from importlib.metadata import version

from django.utils.translation import gettext as _

from mediacoding.calculator import words
from mediacoding.calculator.calculation import Calculation, VariableAgreement
from mediacoding.stats.result import Coefficient

KRIPPENDORFF = (
    "Krippendorff, K. (2019). Content analysis: An introduction to its methodology "
    "(4th ed.). SAGE."
)
MCGRAW = (
    "McGraw, K. O., & Wong, S. P. (1996). Forming inferences about some intraclass "
    "correlation coefficients. Psychological Methods, 1, 30–46."
)
FRETWURST = (
    "Fretwurst, B. (2015). Reliabilität und Validität von Inhaltsanalysen. In W. Wirth, "
    "K. Sommer, M. Wettstein, & J. Matthes (Eds.), Qualitätskriterien in der "
    "Inhaltsanalyse (pp. 176–203). Herbert von Halem."
)
#: Where each coefficient is defined; percent agreement needs no reference.
REFERENCES = {
    "alpha": KRIPPENDORFF,
    "holsti": "Holsti, O. R. (1969). Content analysis for the social sciences and "
    "humanities. Addison-Wesley.",
    "scott": "Scott, W. A. (1955). Reliability of content analysis: The case of nominal "
    "scale coding. Public Opinion Quarterly, 19, 321–325.",
    "cohen": "Cohen, J. (1960). A coefficient of agreement for nominal scales. Educational "
    "and Psychological Measurement, 20, 37–46.",
    "fleiss": "Fleiss, J. L. (1971). Measuring nominal scale agreement among many raters. "
    "Psychological Bulletin, 76, 378–382.",
    "conger": "Conger, A. J. (1980). Integration and generalization of kappas for multiple "
    "raters. Psychological Bulletin, 88, 322–328.",
    "light": "Light, R. J. (1971). Measures of response agreement for qualitative data: "
    "Some generalizations and alternatives. Psychological Bulletin, 76, 365–377.",
    "brennan_prediger": "Brennan, R. L., & Prediger, D. J. (1981). Coefficient kappa: Some "
    "uses, misuses, and alternatives. Educational and Psychological Measurement, 41, "
    "687–699.",
    "ac1": "Gwet, K. L. (2008). Computing inter-rater reliability and its variance in the "
    "presence of high agreement. British Journal of Mathematical and Statistical "
    "Psychology, 61, 29–48.",
    "lotus": FRETWURST,
    "s_lotus": FRETWURST,
    **dict.fromkeys(
        ("icc_1_1", "icc_a_1", "icc_c_1", "icc_1_k", "icc_a_k", "icc_c_k"), MCGRAW
    ),
    "ccc": "Lin, L. I.-K. (1989). A concordance correlation coefficient to evaluate "
    "reproducibility. Biometrics, 45, 255–268.",
}
#: Where intervals are from.
METHOD_REFERENCES = {
    "smoothed": "Zapf, A., Castell, S., Morawietz, L., & Karch, A. (2016). Measuring "
    "inter-rater reliability for nominal data: which coefficients and confidence "
    "intervals are appropriate? BMC Medical Research Methodology, 16, 93.",
    "BCa": "Efron, B., & Tibshirani, R. J. (1993). An introduction to the bootstrap. "
    "Chapman & Hall.",
    "Gwet's t": "Gwet, K. L. (2014). Handbook of inter-rater reliability (4th ed.). "
    "Advanced Analytics.",
}


def paragraph(calculation: Calculation) -> str:
    """The methods paragraph, its references below it, in the reader's language."""
    sentences = [
        *(
            sentence
            for variable in calculation.variables
            for sentence in _variable(variable, calculation.settings.minimum)
        ),
        *_intervals(calculation),
        _not_coded(calculation),
        _("Computed with %(program)s %(version)s.")
        % {"program": "mediacoding", "version": version("mediacoding")},
    ]
    text = " ".join(sentences)
    if references := _references(calculation):
        text += "\n\n" + _("References") + "\n\n" + "\n".join(references)
    return text + "\n"


def _variable(variable: VariableAgreement, minimum: float | None) -> list[str]:
    """What was found on one variable."""
    sentences = [
        _(
            "“%(variable)s” (%(level)s) was coded in %(units)s by %(coders)s; "
            "%(pairable)s were coded by two or more."
        )
        % {
            "variable": variable.name,
            "level": words.level_of(variable.level),
            "units": words.units(variable.n_units),
            "coders": words.coders(variable.n_coders),
            "pairable": words.whole(variable.n_pairable),
        }
    ]
    values = [
        f"{words.name_of(key)} {_equals(words.figure(found.value))}{_interval(found)}"
        for key, found in variable.coefficients.items()
        if found.is_defined
    ]
    if values:
        sentences.append(f"{'; '.join(values)}.")
    alpha = variable.coefficients.get("alpha")
    if alpha and minimum is not None and minimum in alpha.below:
        sentences.append(
            _("The probability that alpha is below %(minimum)s is %(share)s.")
            % {
                "minimum": words.figure(minimum),
                "share": words.figure(alpha.below[minimum]),
            }
        )
    sentences += _undefined(variable)
    if variable.categories:
        sentences.append(
            _("The codebook defines this many categories: %(n)s.")
            % {"n": variable.categories}
        )
    return sentences


def _undefined(variable: VariableAgreement) -> list[str]:
    """Which coefficients are undefined and why: one sentence for each reason."""
    named: dict[str, list[str]] = {}
    for key, found in variable.coefficients.items():
        if not found.is_defined:
            named.setdefault(words.reason_of(found), []).append(words.name_of(key))
    return [
        _("Undefined: %(names)s. %(reason)s")
        % {"names": ", ".join(names), "reason": reason}
        for reason, names in named.items()
    ]


def _equals(figure: str) -> str:
    return figure if figure.startswith(">") else f"= {figure}"


def _interval(found: Coefficient) -> str:
    if found.interval is None:
        return ""
    low, high = (words.figure(bound) for bound in found.interval)
    share = words.whole(round(100 * found.confidence))
    return " " + _("(%(share)s%% CI %(low)s to %(high)s)") % {
        "share": share,
        "low": low,
        "high": high,
    }


def _intervals(calculation: Calculation) -> list[str]:
    """How the intervals were made: one sentence for each method."""
    names: dict[tuple[str, int, int | None], dict[str, None]] = {}
    for variable in calculation.variables:
        for key, found in variable.coefficients.items():
            if found.interval is not None and found.method:
                drawn = found.method in words.DRAWN
                how = (
                    found.method,
                    found.replicates if drawn else 0,
                    found.seed if drawn else None,
                )
                names.setdefault(how, {})[words.name_of(key)] = None
    sentences = []
    for (method, replicates, seed), named in names.items():
        figures = {"names": ", ".join(named), "method": words.method_of(method)}
        if replicates:
            figures |= {"replicates": words.replicates(replicates), "seed": str(seed)}
            text = _(
                "Intervals of %(names)s: %(method)s (%(replicates)s, seed %(seed)s)."
            )
        else:
            text = _("Intervals of %(names)s: %(method)s.")
        sentences.append(text % figures)
    return sentences


def _not_coded(calculation: Calculation) -> str:
    """What was read as not coded."""
    missing = calculation.n_missing
    if not missing:
        return _("Blank cells were read as not coded.")
    return _(
        "Blank cells and the codes %(codes)s (%(cells)s) were read as not coded."
    ) % {
        "codes": ", ".join(missing),
        "cells": words.cells(sum(missing.values())),
    }


def _references(calculation: Calculation) -> list[str]:
    """The references of what was computed, by author, each once."""
    methods = {
        found.method
        for variable in calculation.variables
        for found in variable.coefficients.values()
        if found.interval is not None
    }
    cited = [
        REFERENCES.get(key, "")
        for variable in calculation.variables
        for key, found in variable.coefficients.items()
        if found.is_defined
    ]
    cited += [METHOD_REFERENCES.get(method, "") for method in methods]
    return sorted({reference for reference in cited if reference})
