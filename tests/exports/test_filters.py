"""Filters leave out what was not asked for, and nothing else; they live in the address."""

import datetime as dt

import pytest
from django.http import QueryDict
from django.urls import reverse

from codebook.queries import document_of, variables_of
from mediacoding.coding.operations import answers, carrying
from mediacoding.coding.queries.final_values import scope_of
from mediacoding.coverage.queries import value_table
from mediacoding.exports.catalogue import CATALOGUE
from mediacoding.exports.forms import FilterForm
from mediacoding.exports.queries.variables import earlier_names
from tests.builders import codebooks, corpus
from tests.builders import coding as builders
from tests.builders import studies as people
from tests.exports.reading import exported


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"coders": ("P02",)}, 5),
        ({"first": dt.date(2006, 3, 5)}, 4),
        ({"last": dt.date(2006, 3, 3)}, 4),
        ({"first": dt.date(2006, 3, 3), "last": dt.date(2006, 3, 3)}, 2),
        ({}, 10),
    ],
)
def test_codings_of_some_coders_and_days(study, chosen, expected):
    assert len(exported(study, "codings-wide", **chosen)) == expected


def test_some_variables_in_every_export_that_has_variables(study):
    chosen = {"variables": ("tone", "sources")}
    for slug in ("codings-long", "final-values", "codebook", "coverage-values"):
        assert {r["variable"] for r in exported(study, slug, **chosen)} == {
            "tone", "sources",
        }, slug  # fmt: skip
    wide = list(exported(study, "codings-wide", **chosen)[0])
    assert wide[8:-1] == ["tone", "sources", *(f"sources_{n}" for n in range(4))]


def test_missing_codes_are_blank_on_request(study):
    found = exported(study, "codings-wide", missing="blank")
    assert sorted(row["tone"] for row in found) == ["", "", "", *"1111222"]
    assert {row["page_no"] for row in found} == {"", "7", "9", "12"}


def test_outlets_are_chosen_by_number(study):
    other = corpus.outlet(study, "Večernji list")
    corpus.article(study, 40, outlet=other)
    found = exported(study, "articles", outlets=(other.pk,))
    assert [row["external_id"] for row in found] == ["x40"]
    months = exported(study, "coverage", outlets=(other.pk,))
    assert {row["outlet"] for row in months} == {"Večernji list"}


@pytest.fixture
def reopened(study):
    """boris's first coding, reopened and submitted again with another tone."""
    coding = study.rounds.get().assignments.first().codings.get()
    answers.reopen_coding(
        coding=coding, reason="a slip", by=people.person(), at=people.NOON
    )
    builders.submit(coding, {**builders.READY, "tone": "1"})
    return study


@pytest.mark.parametrize(
    ("which", "many"), [("all", 11), ("", 11), ("first", 10), ("newest", 10)]
)
def test_submissions_are_all_the_first_or_the_newest(reopened, which, many):
    found = exported(reopened, "codings-wide", submissions=which)
    assert len(found) == many
    if many == 10:
        assert ("2" in {row["submission"] for row in found}) == (which == "newest")


SENSITIVE = codebooks.SMALL.replace(
    "  max_length: 200\n", "  max_length: 200\n  sensitive: true\n"
)


def test_sensitive_variables_stay_at_home_on_request(db):
    study = people.study()
    round = builders.round(study, codebooks.published(study, SENSITIVE))
    builders.code(round, "boris", {**builders.READY, "remarks": "her name"})
    for slug in (
        "codings-long",
        "codings-wide",
        "codings-by-coder",
        "final-values",
        "final-wide",
    ):
        assert "her name" in str(exported(study, slug))
        assert "her name" not in str(exported(study, slug, sensitive="without")), slug


@pytest.fixture
def carried(study):
    """The round, carried to a version in which page_no is called page and tone is split."""
    round = study.rounds.get()
    later = codebooks.later(round.version)
    carrying.carry_round_forward(
        round=round, version=later, by=people.person(), at=people.NOON
    )
    return study


def test_a_carried_round_counts_once_and_its_old_codings_on_request(carried):
    submitted = exported(carried, "codings-long")
    assert {row["codebook_version"] for row in submitted} <= {"1.1"}
    old = exported(carried, "codings-long", version="1.0")
    assert {row["codebook_version"] for row in old} == {"1.0"}
    assert len(exported(carried, "codings-wide", version="1.0")) == 10
    assert "page_no" in exported(carried, "codings-wide", version="1.0")[0]


def test_old_names_of_variables_stay_as_a_note(carried):
    later = carried.codebook.versions.order_by("ordinal").last()
    assert earlier_names(later)["D"] == ("page_no",)
    rows = exported(carried, "codebook")
    assert {r["earlier_names"] for r in rows if r["variable"] == "page"} == {"page_no"}
    assert {r["earlier_names"] for r in rows if r["variable"] == "tone"} == {""}


def form(study, slug, query, person="ana"):
    return FilterForm(
        QueryDict(query),
        export=CATALOGUE[slug],
        study=study,
        person=people.person(person),
    )


def test_a_form_offers_only_what_the_export_minds(study):
    assert list(form(study, "journal", "").fields) == ["first", "last"]
    assert "text" in form(study, "articles", "").fields
    assert "variable" not in form(study, "articles", "").fields


def test_a_filter_that_is_none_is_refused_with_its_name(study, client):
    found = form(study, "codings-wide", "variable=nothing&first=yesterday")
    assert not found.is_valid()
    said = " ".join(found.refusals())
    assert "Variables" in said
    assert "From" in said
    client.force_login(people.person())
    url = reverse("exports:download", args=[study.slug, "codings-wide"])
    response = client.get(url, {"variable": "nothing"})
    assert response.status_code == 422
    assert "nothing" in response.text


def test_a_blind_round_is_in_no_form_and_no_file(study, client):
    """ana codes in a blind round of her own: no name of it, no coding, no coder's figure."""
    people.operations.change_roles(
        member=study.memberships.get(person__username="ana"),
        roles={"supervisor", "coder", "analyst"},
        by=people.person(),
        at=people.NOON,
    )
    blind = builders.round(
        study, study.codebook.versions.get(), coders=("ana", "boris"), name="Secret"
    )
    builders.code(blind, "boris", builders.READY)
    assert "Secret" not in str(form(study, "codings-wide", ""))
    for slug in sorted(set(CATALOGUE) - {"journal", "kalpha", "recal"}):
        assert "Secret" not in str(exported(study, slug)), slug
    found = form(study, "codings-wide", f"round={blind.pk}")
    assert not found.is_valid()
    assert exported(study, "codings-wide", rounds=(blind.pk,)) == []


@pytest.mark.parametrize(("slug", "least"), [("coverage-values", 3), ("coverage", 6)])
def test_small_cells_are_left_out_and_marked(study, slug, least):
    found = exported(study, slug, smallest=least)
    counts = [int(row["articles"]) for row in found if row["articles"]]
    assert [count for count in counts if 0 < count < least] == []
    assert "1" in {row["suppressed"] for row in found}
    for row in found:
        if row["suppressed"] == "1":
            assert row["articles"] == "" or row.get("base") == ""
            assert row.get("share", "") == ""


def test_values_are_counted_as_on_the_page(study):
    scope = scope_of(study, hidden=study.rounds.none())
    found = exported(study, "coverage-values")
    for name in ("relevance", "tone", "sources"):
        spec = document_of(scope.version).variable(name)
        page = value_table(scope, variables_of(scope.version)[name], spec, "outlet")
        by_outlet = [
            (row["group"], row["code"], int(row["articles"]), int(row["base"]))
            for row in found
            if row["variable"] == name and row["grouping"] == "outlet"
        ]
        assert by_outlet == [
            (group, code, one.count, base)
            for group, shares, base in page.rows
            for code, one in zip(page.columns, shares, strict=True)
        ]
        whole = [
            row for row in found if (row["variable"], row["grouping"]) == (name, "all")
        ]
        assert [int(row["articles"]) for row in whole] == [
            one.count for one in page.total
        ]
        assert {int(row["missing"]) for row in whole} == {page.missing}
        assert {int(row["undecided"]) for row in whole} == {page.undecided}
