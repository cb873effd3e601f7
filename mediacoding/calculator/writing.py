"""A calculation as rows of a CSV and as an aligned table of text."""

import csv
import io
from collections.abc import Iterator, Sequence

from mediacoding.calculator import words
from mediacoding.calculator.calculation import Calculation, VariableAgreement
from mediacoding.stats import offer

COLUMNS = (
    "variable", "level", "coefficient", "value", "low", "high", "confidence", "se", "method",
    "replicates", "seed", "minimum", "below_minimum", "units", "pairable_units", "coders",
    "ratings", "values", "categories", "missing", "modal_value", "modal_share", "reason",
    "warnings",
)  # fmt: skip
#: A text that begins like this would be run as a formula by a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_of(calculation: Calculation) -> str:
    """The calculation as CSV: a row a variable and coefficient, figures in full."""
    buffer = io.StringIO()
    buffer.write("\ufeff")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for variable in calculation.variables:
        writer.writerows(_rows(variable, calculation))
    return buffer.getvalue()


def safe(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would take for a formula.

    As `mediacoding.exports.writing.safe`, which stands on a higher floor.
    """
    if not text.startswith(FORMULA):
        return text
    is_number = text[0] in "+-" and text[1:].replace(".", "", 1).isdecimal()
    return text if is_number else f"'{text}"


def _rows(
    variable: VariableAgreement, calculation: Calculation
) -> Iterator[list[object]]:
    minimum = calculation.settings.minimum
    for key, found in variable.coefficients.items():
        low, high = found.interval or (None, None)
        drawn = found.method in words.DRAWN
        row: list[object] = [
            variable.name, variable.level, key, found.value, low, high,
            found.confidence if found.interval else None, found.se, found.method,
            found.replicates if drawn else None, found.seed if drawn else None, minimum,
            found.below.get(minimum) if minimum is not None else None, variable.n_units,
            variable.n_pairable, variable.n_coders, variable.n_ratings, variable.n_values,
            variable.categories, sum(variable.n_missing.values()), variable.modal,
            variable.modal_share, found.reason or "", " ".join(found.warnings),
        ]  # fmt: skip
        yield [safe(cell) if isinstance(cell, str) else cell for cell in row]


def text_table(calculation: Calculation) -> str:
    """The calculation as a table to read in a terminal, a block a variable."""
    blocks = []
    for variable in calculation.variables:
        share = variable.modal_share
        head = [
            f"{variable.name}: {variable.level}, {variable.n_units} units, "
            f"{variable.n_pairable} pairable, {variable.n_coders} coders",
        ]
        if share is not None:
            head.append(f"most frequent value {variable.modal}: {100 * share:.1f} %")
        if variable.n_missing:
            codes = (f"{code} ({times})" for code, times in variable.n_missing.items())
            head.append(f"read as not coded: {', '.join(codes)}")
        blocks.append("; ".join(head) + "\n" + _aligned(variable, calculation))
    return "\n".join(blocks)


def _aligned(variable: VariableAgreement, calculation: Calculation) -> str:
    minimum = calculation.settings.minimum
    header = ["", "value", "95 % interval", "s. e.", "interval by"]
    rows = [header]
    notes = []
    for key, found in variable.coefficients.items():
        name = offer.COEFFICIENTS[key].name
        if found.value is None:
            notes.append(f"  {name}: undefined. {found.reason}")
            continue
        low, high = found.interval or (None, None)
        rows.append(
            [
                name,
                f"{found.value:.4f}",
                "" if low is None else f"{low:.4f} to {high:.4f}",
                "" if found.se is None else f"{found.se:.4f}",
                found.method if found.interval else "",
            ]
        )
        notes += [f"  {name}: {warning}" for warning in found.warnings]
        if minimum is not None and minimum in found.below:
            notes.append(f"  P({name} < {minimum:g}) = {found.below[minimum]:.4f}")
    return _columns(rows) + "".join(f"{note}\n" for note in dict.fromkeys(notes))


def _columns(rows: Sequence[Sequence[str]]) -> str:
    """Rows with their cells under each other: words left, figures right."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if at in (0, len(row) - 1) else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  " + "  ".join(cells).rstrip() + "\n")
    return "".join(lines)
