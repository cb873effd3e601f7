"""Scripts that read a file in pandas and in R, with its types, labels and missing codes.

Both make `data` (codes as they are), `valid` (missing codes blank) and `labelled` (words
for codes, in their order). Their first argument is another file, or the address of the
export with a personal token.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from mediacoding.exports.columns import Column, Type
from mediacoding.exports.formats.typed import wrapped
from mediacoding.exports.table import Table

PANDAS = {
    "csv": """data = pd.read_csv(
    SOURCE, sep={delimiter!r}, decimal={decimal!r}, encoding="utf-8-sig", dtype=TYPES,
    keep_default_na=False, na_values={{name: [""] for name, kind in TYPES.items() if kind != "str"}},
)
""",
    "xlsx": """sheets = pd.read_excel(
    SOURCE, sheet_name=None, engine="calamine", dtype=TYPES, keep_default_na=False,
    na_values=[""],
)
parts = [sheet for name, sheet in sheets.items() if name.startswith({sheet!r})]
data = pd.concat(parts, ignore_index=True)
for name, kind in TYPES.items():
    if kind == "str":
        data[name] = data[name].fillna("")
""",
    "sav": """import pyreadstat
data, about = pyreadstat.read_sav(SOURCE, user_missing=True)  # about: labels and levels
for name, kind in TYPES.items():
    if kind != "str":
        data[name] = data[name].astype(kind)
""",
    "dta": """import pyreadstat
data, about = pyreadstat.read_dta(SOURCE, user_missing=True)
for name, kind in TYPES.items():
    if kind != "str":
        codes = {{letter: code for code, letter in LETTERS.items()}}
        data[name] = data[name].map(lambda cell: codes.get(cell, cell)).astype(kind)
""",
    "parquet": "data = pd.read_parquet(SOURCE).astype(TYPES)\n",
    "jsonl": """import json
from urllib.request import urlopen

with urlopen(SOURCE) if "://" in SOURCE else open(SOURCE, "rb") as file:
    data = pd.DataFrame([json.loads(line) for line in file], columns=list(TYPES)).astype(TYPES)
""",
}
#: Formats whose readers make dates of days by themselves.
KNOWS_DAYS = frozenset({"sav", "dta", "parquet", "xlsx"})
R = {
    "csv": """data <- read.csv(source_file, sep = {delimiter}, dec = {decimal},
  fileEncoding = "UTF-8-BOM", na.strings = "", colClasses = types, check.names = FALSE)
for (name in names(types)[types == "character"]) data[[name]][is.na(data[[name]])] <- ""
""",
    "xlsx": """data <- as.data.frame(readxl::read_excel(source_file, sheet = 1, col_types = "text"))
for (name in names(types)[types == "numeric"]) data[[name]] <- as.numeric(data[[name]])
for (name in names(types)[types == "character"]) data[[name]][is.na(data[[name]])] <- ""
""",
    "sav": "data <- as.data.frame(haven::zap_labels(haven::read_sav(source_file, user_na = TRUE), user_na = TRUE))\n",
    "dta": "data <- as.data.frame(haven::zap_labels(haven::read_dta(source_file)))\n"
    "for (name in names(missing)) for (code in missing[[name]]) {{\n"
    "  mark <- letters_of[[as.character(code)]]\n"
    "  data[[name]][haven::is_tagged_na(data[[name]], mark)] <- code\n}}\n",
    "parquet": "data <- as.data.frame(arrow::read_parquet(source_file))\n",
    "jsonl": "data <- jsonlite::stream_in(file(source_file), verbose = FALSE)\n",
}


def pandas_script(
    table: Table, form: str, file_name: str, preset: Any
) -> Iterator[str]:
    """Yield a Python script that reads the file into pandas frames."""
    columns = table.columns
    days = [c.name for c in columns if c.type is Type.DAY and not c.has_coded_days]
    types = {c.name: _pandas_type(c, form) for c in columns}
    types = {name: kind for name, kind in types.items() if kind}
    yield from _comments(table, "#")
    yield "import sys\n\nimport pandas as pd\n\n"
    yield "#: A file, or the address of the export with your token.\n"
    yield f"SOURCE = sys.argv[1] if len(sys.argv) > 1 else {json.dumps(file_name)}\n"
    yield f"TYPES = {_python(types)}\n"
    yield f"DAYS = {_python(days)}\n"
    yield f"LABELS = {_python({c.name: dict(c.labels) for c in columns if c.labels})}\n"
    yield f"MISSING = {_python({c.name: list(c.missing) for c in columns if c.missing})}\n"
    ordered = [c.name for c in columns if c.labels and c.measure == "ordinal"]
    yield f"ORDERED = {_python(ordered)}\n"
    if form == "dta":
        yield f"LETTERS = {_python(_letters(columns))}\n"
    yield "\n"
    yield PANDAS[form].format(
        delimiter=preset.delimiter, decimal=preset.decimal, sheet=_sheet_name()
    )
    yield """for name in DAYS:
    data[name] = pd.to_datetime(data[name].where(data[name] != ""), format="%Y-%m-%d")

#: Missing codes blank.
valid = data.copy()
for name, codes in MISSING.items():
    valid[name] = data[name].where(~data[name].isin(codes))

#: Words for codes, in their order.
labelled = data.copy()
for name, words in LABELS.items():
    kind = pd.CategoricalDtype(list(dict.fromkeys(words.values())), ordered=name in ORDERED)
    labelled[name] = data[name].map(words).astype(kind)

if __name__ == "__main__":
    print(data.describe(include="all"))
"""


def _sheet_name() -> str:
    from django.utils.translation import gettext as _

    return _("Data")


def _letters(columns: Sequence[Column]) -> dict[int, str]:
    from mediacoding.exports.formats import stata

    return stata.letters_of(columns)


def _pandas_type(column: Column, form: str) -> str:
    if column.type is Type.WHOLE:
        return "Int64"
    if column.type is Type.DECIMAL:
        return "Float64"
    if column.type is Type.DAY and form in KNOWS_DAYS:
        return ""
    return "str"


def _python(value: Any) -> str:
    """A value as Python source, an entry a line where it holds entries."""
    if isinstance(value, dict) and value:
        return "{\n" + "".join(f"    {k!r}: {v!r},\n" for k, v in value.items()) + "}"
    return repr(value)


def r_script(table: Table, form: str, file_name: str, preset: Any) -> Iterator[str]:
    """Yield an R script that reads the file into data frames."""
    columns = table.columns
    coded = [c for c in columns if c.labels and c.type is not Type.TEXT]
    types = {
        c.name: "character" if c.type in (Type.TEXT, Type.DAY) else "numeric"
        for c in columns
    }
    days = [c.name for c in columns if c.type is Type.DAY and not c.has_coded_days]
    yield from _comments(table, "#")
    yield "# A file, or the address of the export with your token.\n"
    yield "arguments <- commandArgs(trailingOnly = TRUE)\n"
    yield f"source_file <- if (length(arguments)) arguments[1] else {_r(file_name)}\n"
    yield f"types <- {_r_vector(types)}\n"
    yield f"days <- c({', '.join(_r(name) for name in days)})\n"
    missing = (
        f"  {_r_name(c.name)} = c({', '.join(map(str, c.missing))})"
        for c in columns
        if c.missing
    )
    yield "missing <- list(\n" + ",\n".join(missing) + "\n)\n"
    yield "labels <- list(\n" + ",\n".join(map(_r_labels, coded)) + "\n)\n"
    if form == "dta":
        letters = (
            f"{_r_name(str(code))} = {_r(letter)}"
            for code, letter in _letters(columns).items()
        )
        yield f"letters_of <- list({', '.join(letters)})\n"
    ordered = [c.name for c in coded if c.measure == "ordinal"]
    yield f"ordered_names <- c({', '.join(_r(name) for name in ordered)})\n\n"
    yield R[form].format(delimiter=_r(preset.delimiter), decimal=_r(preset.decimal))
    yield """for (name in days) if (is.character(data[[name]]))
  data[[name]] <- as.Date(ifelse(data[[name]] == "", NA, data[[name]]))

# Missing codes blank.
valid <- data
for (name in names(missing)) valid[[name]][valid[[name]] %in% missing[[name]]] <- NA

# Words for codes, in their order.
labelled <- data
for (name in names(labels)) labelled[[name]] <- factor(data[[name]],
  levels = labels[[name]], labels = names(labels[[name]]), ordered = name %in% ordered_names)
"""


def _r(words: str) -> str:
    """Words as a string of R."""
    plain = words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{plain}"'


def _r_name(name: str) -> str:
    return f"`{name}`"


def _r_vector(values: dict[str, str]) -> str:
    return (
        "c(\n"
        + ",\n".join(f"  {_r_name(k)} = {_r(v)}" for k, v in values.items())
        + "\n)"
    )


def _r_labels(column: Column) -> str:
    codes = ", ".join(
        f"`{_r_tick(words)}` = {code}" for code, words in column.labels.items()
    )
    return f"  {_r_name(column.name)} = c({codes})"


def _r_tick(words: str) -> str:
    return words.replace("\\", "\\\\").replace("`", "\\`").replace("\n", " ") or " "


def _comments(table: Table, mark: str) -> Iterator[str]:
    lines = [
        table.title,
        *(f"{what}: {which}" for what, which in table.facts),
        *table.notes,
    ]
    for line in wrapped(lines, 96):
        yield f"{mark} {line}\n"
    yield "\n"
