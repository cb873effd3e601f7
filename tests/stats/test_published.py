"""Every published value of fixtures/agreement, within its tolerance; and what is not there yet."""

import csv
import inspect
import json
from pathlib import Path

import numpy as np
import pytest

from mediacoding.stats import agreement, patterns

FIXTURES = Path(__file__).resolve().parent.parent.parent / "fixtures"
VALUES = json.loads(
    (FIXTURES / "agreement" / "values.json").read_text(encoding="utf-8")
)


def read_table(path: Path, missing: str = "") -> np.ndarray:
    """Units in rows, coders in columns; numbers where all cells are numbers."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))[1:]
    cells = [[None if cell == missing else cell for cell in row] for row in rows]
    try:
        return np.array(
            [[np.nan if c is None else float(c) for c in row] for row in cells]
        )
    except ValueError:
        return np.array(cells, dtype=object)


def alpha(table, level):
    ends = None
    if level == "bipolar":  # the programs that computed these took the data's ends
        ends = (np.nanmin(table), np.nanmax(table))
    return agreement.krippendorff_alpha(table, level=level, ends=ends)


COEFFICIENTS = {
    "alpha": alpha,
    "pa": lambda table, level: agreement.percent_agreement(table),
    "gwet": lambda table, level: agreement.gwet_ac(table),
    "bp": lambda table, level: agreement.brennan_prediger(table),
    "fleiss": lambda table, level: agreement.fleiss_kappa(table),
    "scott": lambda table, level: agreement.scott_pi(table),
    "cohen": lambda table, level: agreement.cohen_kappa(table),
}
LEVELS = ("nominal", "unweighted", "ordinal", "interval", "ratio", "bipolar")

#: What values.json asks for and the library has not, with the name that it will have.
#: The list may only become shorter: a name that exists fails the test below.
NOT_YET = {
    "(k)u_alpha": "mediacoding.stats.unitizing",
    "cu_alpha_nominal": "mediacoding.stats.unitizing",
    "u_alpha_binary": "mediacoding.stats.unitizing",
    "u_alpha_nominal": "mediacoding.stats.unitizing",
    "ICC(1,1)": "agreement.icc",
    "ICC(1,k)": "agreement.icc",
    "ICC(A,1)": "agreement.icc",
    "ICC(A,k)": "agreement.icc",
    "ICC(C,1)": "agreement.icc",
    "ICC(C,k)": "agreement.icc",
    "alpha with weights": "agreement.krippendorff_alpha(weights)",
    "alpha_boot_kalpha_ci95": "bootstrap.kalpha",
    "bp with weights": "agreement.brennan_prediger(weights)",
    "cohen with weights": "agreement.cohen_kappa(weights)",
    "conger": "agreement.conger_kappa",
    "conger with weights": "agreement.conger_kappa",
    "fleiss with weights": "agreement.fleiss_kappa(weights)",
    "fleiss_category": "agreement.by_category",
    "gwet with weights": "agreement.gwet_ac(weights)",
    "holsti": "agreement.holsti",
    "light": "agreement.light_kappa",
    "sample_size_krippendorff_bloch_kraemer": "mediacoding.stats.sampling",
    "sample_size_lacy_riffe": "mediacoding.stats.sampling",
    "scott_category": "agreement.by_category",
}


def asked_for(row) -> str:
    """What a row asks for: the coefficient, and whether with weights."""
    name = row["coefficient"].split(":")[0]
    weighted = row.get("level") in ("linear", "quadratic", "w:linear", "w:ordinal")
    if row.get("level") == "ordinal" and not name.startswith("alpha"):
        weighted = True
    return f"{name} with weights" if weighted else name


ROWS = [row for row in VALUES if asked_for(row) in COEFFICIENTS]


@pytest.mark.parametrize(
    "row",
    ROWS,
    ids=lambda row: f"{row['dataset']}-{row['coefficient']}-{row['level']}",
)
def test_a_published_value_is_reproduced(row):
    table = read_table(FIXTURES / "agreement" / f"{row['dataset']}.csv")

    found = COEFFICIENTS[row["coefficient"]](table, row["level"])

    assert row["level"] in LEVELS
    assert found.value == pytest.approx(row["expected"], abs=row["tolerance"])
    if row["coefficient"] == "alpha":
        return  # these errors are Gwet's linearised ones, ours the jackknife's
    if "se" in row:
        assert found.se == pytest.approx(row["se"], abs=max(row["tolerance"], 2e-6))
    if "ci95" in row:
        assert found.interval == pytest.approx(row["ci95"], abs=1e-5)


#: Where forty units and more make two good estimates of an error equal.
LARGE = {
    "agresti1992_landis_koch",
    "brennan_prediger1981_ex1",
    "cohen1960_p45",
    "gwet2008_paradox",
    "hayes_krippendorff2007",
}


@pytest.mark.parametrize(
    "row",
    [
        r
        for r in ROWS
        if asked_for(r) == "alpha" and "se" in r and r["dataset"] in LARGE
    ],
    ids=lambda row: f"{row['dataset']}-{row['level']}",
)
def test_the_jackknife_s_error_is_near_the_linearised_one(row):
    table = read_table(FIXTURES / "agreement" / f"{row['dataset']}.csv")
    found = alpha(table, row["level"])
    assert found.se == pytest.approx(row["se"], rel=0.1)


def test_what_the_values_ask_for_is_there_or_listed_as_missing():
    assert {asked_for(row) for row in VALUES} == set(COEFFICIENTS) | set(NOT_YET)
    assert len(ROWS) >= 150


@pytest.mark.parametrize("place", sorted(set(NOT_YET.values())))
def test_what_is_listed_as_missing_is_missing(place):
    if place.startswith("mediacoding."):
        folder = FIXTURES.parent / "mediacoding" / "stats"
        assert not (folder / f"{place.rsplit('.', 1)[1]}.py").exists()
        return
    module, _dot, name = place.partition(".")
    home = {"agreement": agreement, "bootstrap": agreement.bootstrap}[module]
    if "(" not in name:
        assert not hasattr(home, name)
        return
    function, _bracket, parameter = name.rstrip(")").partition("(")
    assert parameter not in inspect.signature(getattr(home, function)).parameters


def test_masi_alpha_of_the_sets_of_dkpro_is_that_of_nltk():
    table = read_table(FIXTURES / "agreement" / "dkpro_sets.csv")
    sets = np.empty(table.shape, dtype=object)
    for place, cell in np.ndenumerate(table):
        sets[place] = frozenset(cell.split("|")) - {"{}"}

    found = agreement.krippendorff_alpha(sets, level="sets")

    assert found.value == pytest.approx(0.2731, abs=5e-5)
    assert (found.n_units, found.n_coders, found.n_values) == (9, 2, 7)


@pytest.mark.parametrize(
    ("level", "expected"), [("ordinal", 0.7598), ("nominal", 0.4765)]
)
def test_the_tone_of_news_comes_out_as_published(level, expected):
    table = read_table(FIXTURES / "codings" / "news_tone_hayes2007.csv", missing=".")
    found = agreement.krippendorff_alpha(table[:, 1:], level=level)
    assert found.value == pytest.approx(expected, abs=5e-5)
    assert (found.n_units, found.n_coders) == (40, 5)


ECOSENT = json.loads(
    (FIXTURES / "codings" / "ecosent_values.json").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def ecosent():
    """2,859 rows: an item, a coder, eight coded variables; blank is not coded."""
    path = FIXTURES / "codings" / "ecosent_icr.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


@pytest.mark.parametrize("name", ECOSENT)
def test_the_ecosent_study_comes_out_to_six_decimals(ecosent, name):
    expected = ECOSENT[name]
    found = patterns.from_records(
        (row["ID"], row["Codeur"], row[name]) for row in ecosent
    )

    numbers = found.recoded(
        range(len(found.values)), [float(value) for value in found.values]
    )
    assert numbers.n_units == expected["units"]
    assert numbers.n_pairable == expected["pairable"]
    assert numbers.marginals.sum() == expected["codings"]
    for level in ("nominal", "ordinal", "interval"):
        alpha = agreement.krippendorff_alpha(numbers, level=level, interval=None)
        assert round(alpha.value, 6) == expected[f"alpha_{level}"], level
