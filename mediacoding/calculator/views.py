"""The calculator's one page. Nothing is stored: the file comes with every request."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from mediacoding.calculator import forms, reading, words
from mediacoding.calculator.calculation import Calculation, calculate
from mediacoding.calculator.paragraph import paragraph
from mediacoding.calculator.ratings import ratings_of
from mediacoding.calculator.sentences import Refused, Sentence
from mediacoding.calculator.table import Table
from mediacoding.calculator.writing import csv_of

Context = dict[str, object]


def calculator(request: HttpRequest) -> HttpResponse:
    """Show the calculator; with a file its agreement, as a page, a CSV or a paragraph."""
    if request.method != "POST":
        return render(request, "calculator/calculator.html", {"form": forms.FileForm()})
    form = forms.FileForm(request.POST, request.FILES)
    context: Context = {"form": form}
    calculation = None
    if form.is_valid():
        try:
            table = _read(form.cleaned_data["file"], form.has_names)
        except Refused as why:
            context["refusals"] = _said(why.sentences)
        else:
            calculation = _calculation(request, table, context)
    if calculation is not None and (wanted := request.POST.get("as")) in DOWNLOADS:
        return _download(calculation, wanted)
    context["is_part"] = request.headers.get("HX-Request") == "true"
    part = "_calculation" if context["is_part"] else "calculator"
    name = f"calculator/{part}.html"
    return render(request, name, context, status=200 if calculation else 422)


def _read(file: UploadedFile, has_names: bool | None) -> Table:
    """Read an upload. Raises Refused.

    The readers want a path: a large upload has one that Django removes, a small one gets
    one for as long as it is read.
    """
    name = file.name or ""
    if isinstance(file, TemporaryUploadedFile):
        path = Path(file.temporary_file_path())
        return reading.read(path, name=name, has_names=has_names)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table"
        path.write_bytes(file.read())
        return reading.read(path, name=name, has_names=has_names)


def _calculation(
    request: HttpRequest, table: Table, context: Context
) -> Calculation | None:
    """Fill the context with the choices for a table, and with its agreement or the refusals."""
    columns, mark = forms.columns_form(request.POST, table)
    chosen = forms.settings_form(request.POST)
    context |= {
        "table": table,
        "mark": mark,
        "columns": columns,
        "settings": chosen,
        "notes": _said(table.notes),
    }
    if not columns.is_valid():
        return None
    try:
        ratings = ratings_of(table, columns.plan(), columns.missing_codes())
        variables = forms.variables_form(request.POST, ratings)
        context["variables"] = variables
        if not (variables.is_valid() and chosen.is_valid()):
            return None
        settings = forms.settings_of(variables, chosen)
        calculation = calculate(table, columns.plan(), ratings, settings)
    except Refused as why:
        context["refusals"] = _said(why.sentences)
        return None
    context |= {
        "calculation": calculation,
        "shown": [
            words.shown(variable, settings.minimum)
            for variable in calculation.variables
        ],
        "paragraph": paragraph(calculation),
    }
    return calculation


def _said(sentences: Iterable[Sentence]) -> list[str]:
    return [words.said(sentence) for sentence in sentences]


#: What can be taken away: the ending of the file, what is in it, and who writes it.
DOWNLOADS = {
    "csv": ("csv", "text/csv", csv_of),
    "paragraph": ("txt", "text/plain", paragraph),
}


def _download(calculation: Calculation, wanted: str) -> HttpResponse:
    ending, kind, write = DOWNLOADS[wanted]
    return HttpResponse(
        write(calculation),
        content_type=f"{kind}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="agreement.{ending}"'},
    )
