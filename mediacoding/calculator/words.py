"""What the calculator says, in the reader's language."""

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from mediacoding.calculator.calculation import VariableAgreement
from mediacoding.calculator.sentences import Sentence
from mediacoding.stats import offer
from mediacoding.stats.result import Coefficient
from mediacoding.studies.templatetags.figures import percent, reason, term

#: Names of `mediacoding.stats.offer`, which knows no Django, for the translators.
NAMES = [
    gettext_noop("Krippendorff's alpha"),
    gettext_noop("Percent agreement"),
    gettext_noop("Full agreement"),
    gettext_noop("Holsti"),
    gettext_noop("Scott's pi"),
    gettext_noop("Cohen's kappa"),
    gettext_noop("Fleiss' kappa"),
    gettext_noop("Conger's kappa"),
    gettext_noop("Light's kappa"),
    gettext_noop("Brennan-Prediger"),
    gettext_noop("Gwet's AC1"),
    gettext_noop("Lotus"),
    gettext_noop("S-Lotus"),
    gettext_noop("Lin's CCC"),
]
METHODS = {
    "smoothed": gettext_noop("smoothed bootstrap over units"),
    "BCa": gettext_noop("BCa bootstrap over units"),
    "percentile": gettext_noop("percentile bootstrap over units"),
    "jackknife-t": gettext_noop("jackknife over units with Student's t"),
    "Gwet's t": gettext_noop("Gwet's linearised variance over units with Student's t"),
    "linearised t": gettext_noop("linearised variance over units with Student's t"),
    "t": gettext_noop("Student's t over units"),
    "Wald": gettext_noop("Wald interval"),
    "Wilson": gettext_noop("Wilson interval"),
    "F distribution": gettext_noop("F distribution"),
    "Fisher's z": gettext_noop("Fisher's z"),
}
#: Methods that draw samples, so that replicates and seed belong to them.
DRAWN = ("smoothed", "BCa", "percentile")


def said(sentence: Sentence) -> str:
    """A sentence with its figures, in the reader's language."""
    text = _(sentence.text)
    return text % sentence.figures if sentence.figures else text


def name_of(key: str) -> str:
    """The name of a coefficient."""
    return _(offer.COEFFICIENTS[key].name)


def level_of(level: str) -> str:
    """A level of measurement."""
    return term(level)


def method_of(method: str) -> str:
    """How an interval was made."""
    return _(METHODS[method]) if method in METHODS else method


def reason_of(coefficient: Coefficient) -> str:
    """Why a coefficient is undefined; empty where it is defined."""
    return reason(coefficient.reason)


def warnings_of(coefficient: Coefficient) -> list[str]:
    """What is to be known of a coefficient."""
    return [reason(warning) for warning in coefficient.warnings]


def figure(value: float | None) -> str:
    """A coefficient with three decimals and no leading zero: .743, −.050, 1.000."""
    if value is None:
        return ""
    if 0.9995 <= value < 1:
        return f"> {figure(0.999)}"  # 1.000 would say more than is known
    rounded = round(abs(value), 3)
    text = formats.number_format(rounded, 3)
    sign = "−" if value < 0 and rounded else ""
    return sign + (text.replace("0", "", 1) if rounded < 1 else text)


def interval(coefficient: Coefficient) -> str:
    """An interval as two figures; empty where there is none."""
    if coefficient.interval is None:
        return ""
    low, high = coefficient.interval
    return f"{figure(low)} – {figure(high)}"


def whole(number: int) -> str:
    """A whole number with its thousands marked."""
    return formats.number_format(number, 0, use_l10n=True, force_grouping=True)


def units(number: int) -> str:
    return ngettext("%(n)s unit", "%(n)s units", number) % {"n": whole(number)}


def coders(number: int) -> str:
    return ngettext("%(n)s coder", "%(n)s coders", number) % {"n": whole(number)}


def cells(number: int) -> str:
    return ngettext("%(n)s cell", "%(n)s cells", number) % {"n": whole(number)}


def replicates(number: int) -> str:
    return ngettext("%(n)s replicate", "%(n)s replicates", number) % {
        "n": whole(number)
    }


def shown(variable: VariableAgreement, minimum: float | None) -> dict[str, object]:
    """Agreement on a variable as the page shows it: every figure as it is written."""
    rows = [
        {
            "key": key,
            "name": name_of(key),
            "value": figure(found.value),
            "interval": interval(found),
            "se": figure(found.se),
            "below": figure(None if minimum is None else found.below.get(minimum)),
            "method": method_of(found.method) if found.interval else "",
            "reason": reason_of(found),
            "warnings": warnings_of(found),
        }
        for key, found in variable.coefficients.items()
    ]
    return {
        "variable": variable,
        "level": level_of(variable.level),
        "base": base_of(variable),
        "rows": rows,
    }


def base_of(variable: VariableAgreement) -> str:
    """What the coefficients of a variable rest on."""
    text = _(
        "Units: %(units)s, pairable: %(pairable)s, coders: %(coders)s, ratings: %(ratings)s"
    ) % {
        "units": whole(variable.n_units),
        "pairable": whole(variable.n_pairable),
        "coders": whole(variable.n_coders),
        "ratings": whole(variable.n_ratings),
    }
    if variable.modal_share is None:
        return f"{text}."
    modal = _("most frequent value: %(value)s (%(share)s)") % {
        "value": variable.modal,
        "share": percent(variable.modal_share),
    }
    return f"{text}; {modal}."
