import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from codebook.values import Value
from mediacoding.coding.models import Adjudication, Answer
from mediacoding.coding.operations import adjudication, answers, importing, rounds
from mediacoding.coding.operations.importing import Plan
from mediacoding.coding.queries.final_values import (
    Origin,
    by_rule,
    final_values,
    scope_of,
)
from mediacoding.coding.queries.ratings import round_ratings
from mediacoding.coding.queries.work import blind_rounds
from mediacoding.reliability import operations, queries
from tests.builders import codebooks
from tests.builders import coding as builders
from tests.builders import studies as people

pytestmark = pytest.mark.django_db


def given(tone, **more):
    return {**builders.READY, "tone": tone, **more}


@pytest.fixture
def round():
    """Three articles, coded by boris and vesna; both submit 1, 2, 1 and 1, 2, 2 in some order."""
    round = builders.round(people.study())
    for name, tones in (("boris", "121"), ("vesna", "122")):
        for _number in range(3):
            coding = builders.take(round, name)
            index = coding.assignment.article.page - 1
            builders.submit(coding, given(tones[index]))
    return round


def row(rows, name, option=None):
    return next(r for r in rows if (r["name"], r["option"]) == (name, option))


def test_a_variable_s_agreement_is_computed_from_the_submissions(round):
    tone = row(queries.fresh_rows(round), "tone")
    assert (tone["n_units"], tone["n_pairable"], tone["n_coders"]) == (3, 3, 2)
    assert tone["percent"] == pytest.approx(2 / 3)
    assert tone["alpha"] == pytest.approx(1 - 5 * 2 / 18)
    assert tone["verdict"] == "below"


def test_an_undefined_value_has_its_sentence(round):
    relevance = row(queries.fresh_rows(round), "relevance")
    assert relevance["alpha"] is None
    assert relevance["reason"].startswith("Every pairable value is the same")


def test_multiple_choice_is_judged_as_a_set_and_by_option(round):
    rows = queries.fresh_rows(round)
    assert row(rows, "sources")["level"] == "sets"
    assert row(rows, "sources", 1)["percent"] == 1.0


def test_only_first_submissions_count(round):
    coding = (
        round.assignments.filter(coder__person__username="vesna").last().codings.get()
    )
    before = queries.fresh_rows(round)
    answers.reopen_coding(
        coding=coding, reason="Slip", by=people.person(), at=people.NOON
    )
    builders.answer(coding, "tone", "1")
    answers.submit_coding(coding=coding, by=people.person("vesna"), at=people.NOON)
    assert queries.fresh_rows(round) == before


def test_an_adjudicated_value_never_enters_agreement(round):
    before = queries.fresh_rows(round)
    article = round.articles.first().article
    adjudication.adjudicate(
        round=round, article=article, variable=round.version.variables.get(name="tone"),
        raw="98", reason="ambiguous", by=people.person(), at=people.NOON,
    )  # fmt: skip
    assert queries.fresh_rows(round) == before


def test_what_was_handed_back_is_no_rating():
    round = builders.round(people.study())
    coding = builders.take(round)
    builders.answer(coding, "relevance", "2")
    rounds.hand_back(coding=coding, by=people.person("boris"), at=people.NOON)
    assert round_ratings(round).articles == ()


def test_a_filter_is_read_both_ways():
    round = builders.round(people.study(), articles=4)
    plan = {"boris": [0, 1, 1, 1], "vesna": [0, 0, 1, 1]}
    for name, relevances in plan.items():
        for _number in range(4):
            coding = builders.take(round, name)
            index = coding.assignment.article.page - 1
            values = given("12"[index % 2]) if relevances[index] else {"page_no": "1"}
            builders.submit(coding, {**values, "relevance": str(relevances[index])})
    tone = row(queries.fresh_rows(round), "tone")
    assert (tone["n_units"], tone["n_pairable"]) == (3, 2)
    assert tone["alpha"] == 1.0
    assert tone["with_filter"] < 1.0


def test_a_report_is_kept_until_a_submission_changes_it(
    round, django_assert_num_queries
):
    first = operations.report(round=round, at=people.NOON)
    with django_assert_num_queries(2):
        assert operations.report(round=round, at=people.NOON) == json.loads(
            json.dumps(first)
        )


def test_a_record_freezes_what_defends_the_number(round):
    record = operations.freeze_record(round=round, by=people.person(), at=people.NOON)
    assert record.version_digest == round.version.digest
    assert len(record.inputs_digest) == 64
    assert record.result == json.loads(json.dumps(queries.fresh_rows(round)))


@pytest.mark.parametrize("person", ["ana", "mira"])
def test_the_page_costs_the_same_with_one_and_with_three_articles(
    client, person, django_assert_max_num_queries
):
    counts = []
    for name, size in (("one", 1), ("three", 3)):
        study = people.study(name)
        people.member(study, "mira")
        round = builders.round(study, articles=size)
        for coder in ("boris", "vesna"):
            builders.code(round, coder, *[builders.READY] * size)
        client.force_login(people.person(person))
        url = reverse("reliability:round", args=[study.slug, round.pk])
        client.get(url)
        with django_assert_max_num_queries(20) as captured:
            assert client.get(url).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


# -- blind ----------------------------------------------------------------------------------


def test_a_supervisor_who_codes_a_blind_round_sees_nothing_of_it(client):
    study = people.study()
    people.member(study, "boris")
    member = study.memberships.get(person__username="boris")
    from mediacoding.studies import operations as studies

    studies.change_roles(
        member=member,
        roles={"supervisor", "coder", "analyst"},
        by=people.person(),
        at=people.NOON,
    )
    round = builders.round(study)
    builders.code(round, "vesna", given("2"), given("2"), given("2"))
    client.force_login(people.person("boris"))
    slug = study.slug
    pages = [
        reverse("reliability:round", args=[slug, round.pk]),
        reverse("reliability:variable", args=[slug, round.pk, "tone"]),
        reverse("coding:round", args=[slug, round.pk]),
        reverse("coverage:coverage", args=[slug]),
        reverse("study", args=[slug]),
        reverse("coding:rounds", args=[slug]),
    ]
    secret = study.memberships.get(person__username="vesna").pseudonym
    for url in pages:
        text = client.get(url).content.decode()
        assert secret not in text, url
        assert "3 / 6" not in text, url
        assert "3 codings submitted" not in text, url
    for export in ("codings-long", "codings-wide", "final-values", "agreement"):
        response = client.get(reverse("exports:download", args=[slug, export]))
        lines = b"".join(response.streaming_content).decode().splitlines()
        assert len(lines) == 1, export

    rounds.close_round(round=round, by=people.person(), at=people.NOON)
    assert secret in client.get(pages[2]).content.decode()


def test_a_coder_s_pages_do_not_depend_on_the_others(client):
    """Byte for byte the same, whether vesna has coded or not."""
    study = people.study()
    round = builders.round(study)
    mine = builders.take(round, "boris")
    client.force_login(people.person("boris"))
    urls = [
        reverse("desk:my_work", args=[study.slug]),
        reverse("desk:coding", args=[study.slug, mine.pk]),
        reverse("study", args=[study.slug]),
        reverse("home"),
    ]

    def pages():
        import re

        return [
            re.sub(r"(csrf|X-CSRFToken)[^>]*", "", client.get(url).content.decode())
            for url in urls
        ]

    before = pages()
    builders.code(round, "vesna", given("1"), given("2"), given("2"))
    assert pages() == before


# -- final values ---------------------------------------------------------------------------


def values(*texts):
    return [Value("value", text) for text in texts]


@pytest.mark.parametrize(
    ("texts", "rule", "result"),
    [
        ("1", "majority", ("1", Origin.SINGLE)),
        ("11", "unanimous", ("1", Origin.UNANIMOUS)),
        ("112", "majority", ("1", Origin.MAJORITY)),
        ("112", "unanimous", (None, Origin.UNDECIDED)),
        ("12", "majority", (None, Origin.UNDECIDED)),
    ],
)
def test_a_rule_makes_the_final_value(texts, rule, result):
    value, origin = by_rule(values(*texts), rule)
    assert (value.value if value else None, origin) == result


def test_a_decision_is_the_final_value_and_a_later_one_replaces_it(round):
    tone = round.version.variables.get(name="tone")
    article = next(p.article for p in round.articles.all() if p.article.page == 3)
    scope = scope_of(
        round.study, hidden=blind_rounds(person=people.person(), study=round.study)
    )
    found = {f.article: f for f in final_values(scope, [tone])}
    assert found[article.pk].origin is Origin.UNDECIDED
    for raw in ("1", "2"):
        adjudication.adjudicate(
            round=round, article=article, variable=tone, raw=raw, reason="gap",
            by=people.person(), at=people.NOON,
        )  # fmt: skip
    found = {f.article: f for f in final_values(scope, [tone])}
    assert (found[article.pk].value.value, found[article.pk].origin) == (
        "2",
        "adjudicated",
    )
    assert Adjudication.objects.filter(is_current=True).count() == 1
    assert Answer.objects.filter(
        variable=tone, value="1"
    ).exists()  # coders' rows stand


def test_a_decision_must_be_a_legal_value(round):
    with pytest.raises(adjudication.NotAdjudicable, match="is not a category"):
        adjudication.adjudicate(
            round=round,
            article=round.articles.first().article,
            variable=round.version.variables.get(name="tone"),
            raw="7",
            reason="gap",
            by=people.person(),
            at=people.NOON,
        )


# -- codings made elsewhere -----------------------------------------------------------------

ECOSENT = codebooks.FIXTURES / "codings"
COLUMNS = ["Economisch", "Context", "Toon_Kop", "Posit_Nega", "Hoofd_OW", "CAP_onderw",
           "Locatie", "Onzekerhei"]  # fmt: skip


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
def test_a_real_study_comes_through_the_page_to_six_decimals(client, level):
    """492 items, 26 coders, blanks as missing, the filter; no codebook written by hand."""
    expected = json.loads((ECOSENT / "ecosent_values.json").read_text())
    study = people.study("ecosent")
    client.force_login(people.person())
    file = SimpleUploadedFile("icr.csv", (ECOSENT / "ecosent_icr.csv").read_bytes())
    response = client.post(reverse("coding:import", args=[study.slug]), {"file": file})
    page = client.get(response.url)
    form = page.context["form"]
    assert form["unit"].value() == "ID"
    assert form["coder"].value() == "Codeur"
    data = {
        name: form[name].value() or ""
        for name in form.fields
        if not name.startswith("use_")
    }
    for draft, fields in page.context["columns"]:
        if draft.column in COLUMNS:
            data[fields[0].html_name] = "on"
            data[fields[1].html_name] = level
    assert (
        data[page.context["columns"][-1][1][2].html_name] == ""
    )  # headline has no filter
    done = client.post(response.url, data)
    assert done.status_code == 302, done.content.decode()[:4000]
    round = study.rounds.get()
    rows = {r["name"]: r for r in operations.report(round=round, at=people.NOON)}
    for column in COLUMNS:
        assert round_to(rows[column]["alpha"]) == expected[column][f"alpha_{level}"], (
            column
        )
        assert rows[column]["n_units"] == expected[column]["units"]
        assert rows[column]["n_pairable"] == expected[column]["pairable"]
        assert rows[column]["n_ratings"] == expected[column]["codings"]
    assert round.assignments.count() == 2859
    assert round.coders.count() == 26


def round_to(value):
    return float(f"{value:.6f}")


def test_codings_with_bad_cells_are_refused_whole_with_every_place(tmp_path):
    study = people.study()
    codebooks.published(study)
    path = tmp_path / "codings.csv"
    path.write_text(
        "id,coder,tone,page_no\nx,a,1,5\nx,b,9,5\ny,a,2,999\nx,a,1,5\n,b,1,1\n"
    )
    from mediacoding.coding.drafting import draft_columns
    from mediacoding.corpus import tabular

    sniffed = tabular.sniff(path)
    cells = [row.cells for row in tabular.rows(path, sniffed.reading)]
    drafts = draft_columns(cells, ["tone", "page_no"], "id")
    with pytest.raises(importing.NotImportable) as refusal:
        importing.import_codings(
            study=study, path=path, reading=sniffed.reading,
            plan=Plan("id", "coder", tuple(drafts)), by=people.person(), at=people.NOON,
        )  # fmt: skip
    assert refusal.value.reasons == [
        "Row 3, tone: “9” is not a category of “Tone”. Legal are 1, 2, 98, 99.",
        "Row 4, page_no: “Page” must be between 1 and 160, not 999.",
        "Row 5: coder a has article x in row 2 already.",
        "Row 6 names no article or no coder.",
    ]
    assert not study.rounds.exists()


def test_a_report_that_an_earlier_program_kept_is_made_anew():
    from mediacoding.coding.queries.ratings import ratings_fingerprint
    from mediacoding.reliability import operations, queries
    from mediacoding.reliability.models import AgreementReport

    round = builders.round(people.study())
    operations.report(round=round, at=people.NOON)
    assert queries.known_report(round) is not None
    # Before the method was part of it, the key was that of the submissions alone.
    AgreementReport.objects.update(fingerprint=ratings_fingerprint(round))
    assert queries.known_report(round) is None
