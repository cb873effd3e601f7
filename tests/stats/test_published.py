"""Every published value that the library reproduces so far, within its tolerance."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from mediacoding.stats import agreement

FIXTURES = Path(__file__).resolve().parent.parent.parent / "fixtures"
VALUES = json.loads(
    (FIXTURES / "agreement" / "values.json").read_text(encoding="utf-8")
)

IMPLEMENTED = {
    ("alpha", level): lambda table, q, level=level: agreement.krippendorff_alpha(
        table, level=level, interval=False
    )
    for level in ("nominal", "ordinal", "interval", "ratio")
} | {
    ("gwet", "unweighted"): lambda table, q: agreement.gwet_ac(table, categories=q),
    ("gwet", "nominal"): lambda table, q: agreement.gwet_ac(table, categories=q),
    ("bp", "unweighted"): lambda table, q: agreement.brennan_prediger(
        table, categories=q
    ),
    ("bp", "nominal"): lambda table, q: agreement.brennan_prediger(table, categories=q),
    ("fleiss", "unweighted"): lambda table, q: agreement.fleiss_kappa(table),
    ("fleiss", "nominal"): lambda table, q: agreement.fleiss_kappa(table),
    ("scott", "nominal"): lambda table, q: agreement.scott_pi(table),
    ("cohen", "unweighted"): lambda table, q: agreement.cohen_kappa(table),
    ("cohen", "nominal"): lambda table, q: agreement.cohen_kappa(table),
    ("pa", "nominal"): lambda table, q: agreement.percent_agreement(table),
}


def read_table(name: str) -> np.ndarray:
    """Units in rows, coders in columns; numbers where all cells are numbers."""
    with (FIXTURES / "agreement" / f"{name}.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))[1:]
    try:
        return np.array([[float(c) if c else np.nan for c in row] for row in rows])
    except ValueError:
        return np.array([[c or None for c in row] for row in rows], dtype=object)


ROWS = [row for row in VALUES if (row["coefficient"], row.get("level")) in IMPLEMENTED]


@pytest.mark.parametrize(
    "row",
    ROWS,
    ids=lambda row: f"{row['dataset']}-{row['coefficient']}-{row['level']}",
)
def test_a_published_value_is_reproduced(row):
    table = read_table(row["dataset"])
    found = IMPLEMENTED[row["coefficient"], row["level"]](table, row.get("q"))

    assert found.value == pytest.approx(row["expected"], abs=row["tolerance"])
    if "se" in row and row["coefficient"] not in ("alpha", "cohen"):
        assert found.se == pytest.approx(row["se"], abs=2e-4)


def test_most_of_the_published_values_are_covered():
    assert len(ROWS) == 145


def test_the_ecosent_study_comes_out_to_six_decimals():
    expected = json.loads((FIXTURES / "codings" / "ecosent_values.json").read_text())
    with (FIXTURES / "codings" / "ecosent_icr.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    units = sorted({row["ID"] for row in rows})
    coders = sorted({row["Codeur"] for row in rows})
    for name, values in expected.items():
        table = np.full((len(units), len(coders)), np.nan)
        for row in rows:
            if row[name].strip():
                place = units.index(row["ID"]), coders.index(row["Codeur"])
                table[place] = float(row[name])
        for level in ("nominal", "ordinal", "interval"):
            alpha = agreement.krippendorff_alpha(table, level=level, interval=False)
            assert round(alpha.value, 6) == values[f"alpha_{level}"], (name, level)
