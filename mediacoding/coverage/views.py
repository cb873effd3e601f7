from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from codebook.queries import document_of, variables_of
from mediacoding.coding.queries import progress, work
from mediacoding.coding.queries.final_values import scope_of
from mediacoding.coverage import drawing, queries
from mediacoding.studies.doors import person_of, study_or_404


def coverage(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the corpus by outlet and month, one variable's final values, the coding's progress."""
    study = study_or_404(request, slug, "coverage.view_coverage")
    hidden = work.blind_rounds(person=person_of(request), study=study)
    language = get_language() or "en"
    calendar = queries.calendar(study)
    most = max((m.articles for row in calendar for m in row.months), default=0)
    context: dict[str, object] = {
        "calendar": [
            (
                row,
                drawing.month_bars(
                    [m.articles for m in row.months],
                    [f"{m.month:%Y-%m}" for m in row.months],
                    most,
                ),
            )
            for row in calendar
        ],
        "months": [m.month for m in calendar[0].months] if calendar else [],
        "hidden": hidden,
        "progress": list(progress.coding_by_outlet_and_month(study, hidden=hidden)),
        "coders": list(progress.coding_by_coder(study, hidden=hidden)),
    }
    scope = scope_of(study, hidden=hidden)
    if scope is not None:
        context |= _values(request, scope, language)
    return render(request, "coverage/coverage.html", context)


def _values(request: HttpRequest, scope, language: str) -> dict[str, object]:
    """The chosen variable's final values by the chosen group."""
    document = document_of(scope.version)
    rows = variables_of(scope.version)
    choices = [v for v in document.variables if v.kind.has_categories]
    names = [variable.name for variable in choices]
    asked = request.GET.get("variable", "")
    name = asked if asked in names else next(iter(names), "")
    group = request.GET.get("by", "")
    group = group if group in queries.GROUPS else "outlet"
    context: dict[str, object] = {
        "choices": [(v.name, v.label.in_(language)) for v in choices],
        "chosen": name,
        "group": group,
        "version": scope.version,
        "rule": scope.study.get_final_rule_display(),
    }
    if name:
        table = queries.value_table(scope, rows[name], document.variable(name), group)
        rests_on = scope.rests_on(name)
        context |= {
            "table": table,
            "pooled": rests_on if len(rests_on) > 1 else (),
            "label": table.spec.label.in_(language),
            "columns": [
                (code, table.spec.words_of(int(code), language), total)
                for code, total in zip(table.columns, table.total, strict=True)
            ],
            "bars": [
                (
                    table.spec.words_of(int(code), language),
                    total,
                    drawing.share_bar(total.share, total.interval),
                )
                for code, total in zip(table.columns, table.total, strict=True)
            ],
        }
    return context
