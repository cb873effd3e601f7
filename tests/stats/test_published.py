"""Every published value of fixtures/agreement, within its tolerance."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from mediacoding.stats import (
    agreement,
    diagnostics,
    krippendorff,
    patterns,
    sampling,
    weights,
)
from mediacoding.stats.unitizing import alpha as unitizing
from mediacoding.stats.unitizing.markings import Passage, from_passages

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


#: The levels of values.json that are weights of a coefficient.
WEIGHTS = {"unweighted": "unweighted", "nominal": "unweighted"} | {
    name: name for name in ("linear", "quadratic", "ordinal")
}


def alpha(table, level, interval="linearised"):
    """Alpha at a level, or with "w:" by distances that are 1 - weights."""
    if level.startswith("w:"):
        values = patterns.from_table(table).values.tolist()
        distances = 1 - weights.named(level.removeprefix("w:"), values)
        return agreement.krippendorff_alpha(
            table, level="distances", distances=distances, interval=interval
        )
    ends = None
    if level == "bipolar":  # the programs that computed these took the data's ends
        ends = (np.nanmin(table), np.nanmax(table))
    if level == "ordinal":  # has no closed form of its error
        interval = None
    return agreement.krippendorff_alpha(
        table, level=level, ends=ends, interval=interval
    )


def weighted(coefficient):
    return lambda table, level: coefficient(table, weights=WEIGHTS[level])


def icc(form):
    return lambda table, level: agreement.icc(table, form=form)


COEFFICIENTS = {
    "alpha": alpha,
    "pa": lambda table, level: agreement.percent_agreement(table),
    "gwet": weighted(agreement.gwet_ac),
    "bp": weighted(agreement.brennan_prediger),
    "fleiss": weighted(agreement.fleiss_kappa),
    "conger": weighted(agreement.conger_kappa),
    "scott": lambda table, level: agreement.scott_pi(table),
    "cohen": weighted(agreement.cohen_kappa),
    "light": lambda table, level: agreement.light_kappa(table),
    "holsti": lambda table, level: agreement.holsti(table),
    **{
        f"ICC({form})": icc(form) for form in ("1,1", "A,1", "C,1", "1,k", "A,k", "C,k")
    },
}
BY_CATEGORY = {
    "fleiss_category": agreement.fleiss_kappa,
    "scott_category": agreement.scott_pi,
}
PASSAGES = {
    "u_alpha_nominal": unitizing.u_alpha,
    "u_alpha_binary": unitizing.u_alpha_binary,
    "cu_alpha_nominal": unitizing.cu_alpha,
}
#: Rows that have a test of their own below.
APART = {
    "(k)u_alpha",
    "alpha_boot_kalpha_ci95",
    "sample_size_krippendorff_bloch_kraemer",
    "sample_size_lacy_riffe",
}


def kind(row):
    return row["coefficient"].split(":")[0]


def rows(kinds):
    return [row for row in VALUES if kind(row) in kinds]


def name(row):
    return f"{row.get('dataset')}-{row['coefficient']}-{row.get('level')}"


def table_of(row):
    return read_table(FIXTURES / "agreement" / f"{row['dataset']}.csv")


@pytest.mark.parametrize("row", rows(COEFFICIENTS), ids=name)
def test_a_published_value_is_reproduced(row):
    found = COEFFICIENTS[row["coefficient"]](table_of(row), row["level"])

    assert found.value == pytest.approx(row["expected"], abs=row["tolerance"])
    if "se" in row and row["source"] != EARLIER_VERSION:
        assert found.se == pytest.approx(row["se"], abs=max(row["tolerance"], 2e-6))
    if "ci95" in row:
        assert found.interval == pytest.approx(row["ci95"], abs=1e-5)


#: Its error of alpha differs in the fourth digit from what the same program gives now,
#: which is the row computed by it.
EARLIER_VERSION = "irrCAC README/overview vignette (Gwet)"


@pytest.mark.parametrize("row", rows(BY_CATEGORY), ids=name)
def test_a_published_value_of_a_category_is_reproduced(row):
    category = row["coefficient"].split(":")[1]
    found = diagnostics.by_category(table_of(row), BY_CATEGORY[kind(row)])

    by_name = {str(value).removesuffix(".0"): c for value, c in found.items()}
    assert by_name[category].value == pytest.approx(
        row["expected"], abs=row["tolerance"]
    )


def passages():
    with (FIXTURES / "agreement" / "units_krippendorff2019_fig12_11.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        return from_passages(
            [
                Passage("text", r["coder"], int(r["start"]), int(r["end"]), r["value"])
                for r in csv.DictReader(file)
            ],
            {"text": 60},
            ["Alex", "Paul", "Suzan"],
        )


@pytest.mark.parametrize("row", rows(PASSAGES), ids=name)
def test_a_published_value_of_passages_is_reproduced(row):
    found = PASSAGES[row["coefficient"]](passages())
    assert found.value == pytest.approx(row["expected"], abs=row["tolerance"])


@pytest.mark.parametrize("row", rows({"(k)u_alpha"}), ids=name)
def test_a_published_value_of_one_kind_of_passage_is_reproduced(row):
    found = unitizing.ku_alpha(passages())[row["coefficient"].split(":")[1]]
    assert found.value == pytest.approx(row["expected"], abs=row["tolerance"])


@pytest.mark.parametrize("row", rows({"alpha_boot_kalpha_ci95"}), ids=name)
def test_the_interval_of_hayes_and_krippendorff_is_reproduced(row):
    found = agreement.krippendorff_alpha(
        table_of(row),
        level=row["level"],
        interval="kalpha2007",
        replicates=10_000,
        bounds=(0.7, 0.8),
    )
    assert found.interval == pytest.approx(row["expected"], abs=row["tolerance"])
    assert found.below == pytest.approx({0.7: 0.0125, 0.8: 0.9473}, abs=0.004)
    assert krippendorff.TOO_NARROW in found.warnings


@pytest.mark.parametrize(
    "row", rows({"sample_size_krippendorff_bloch_kraemer"}), ids=name
)
def test_the_sample_size_of_bloch_and_kraemer_is_reproduced(row):
    asked = row["params"]
    found = sampling.bloch_kraemer(
        minimum=asked["alpha_min"],
        categories=asked["values"],
        significance=asked["p"],
        coders=asked["coders"],
    )
    assert found.needed == pytest.approx(row["expected"], abs=row["tolerance"])


@pytest.mark.parametrize("row", rows({"sample_size_lacy_riffe"}), ids=name)
def test_the_sample_size_of_lacy_and_riffe_is_reproduced(row):
    asked = row["params"]
    found = sampling.lacy_riffe(
        population=asked["N"], agreement=asked["P"], se=asked["SE"]
    )
    assert found.needed == pytest.approx(row["expected"], abs=row["tolerance"])


def test_every_row_of_the_values_has_a_test():
    tested = set(COEFFICIENTS) | set(BY_CATEGORY) | set(PASSAGES) | APART
    assert {kind(row) for row in VALUES} == tested
    assert len(VALUES) >= 338


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
    [row for row in rows({"alpha"}) if "se" in row and row["dataset"] in LARGE],
    ids=name,
)
def test_the_jackknife_s_error_is_near_the_linearised_one(row):
    found = alpha(table_of(row), row["level"], interval="jackknife")
    assert found.se == pytest.approx(row["se"], rel=0.1)


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
