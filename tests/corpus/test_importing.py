import datetime as dt
import signal
import time

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from mediacoding.corpus.models import Article, ArticleText, ImportBatch, Sample
from mediacoding.corpus.operations import articles, import_work, importing, sampling
from mediacoding.corpus.queries import articles as queries
from mediacoding.corpus.queries.importing import is_interrupted
from tests import servers
from tests.builders import corpus as builders
from tests.builders import studies as people

HEADER = "id,outlet,date,headline,body,page\n"


def clock():
    return people.NOON


def checked(study, rows, header=HEADER):
    """A batch of these rows, uploaded, mapped as suggested, and checked."""
    batch = importing.upload_file(
        study=study,
        file=ContentFile((header + rows).encode(), "rows.csv"),
        by=people.person(),
        at=people.NOON,
    )
    importing.map_columns(
        batch=batch,
        mapping=batch.mapping,
        in_background=False,
        by=people.person(),
        at=people.NOON,
    )
    import_work.check(batch.pk, clock=clock)
    batch.refresh_from_db()
    return batch


def committed(study, rows, **options):
    batch = checked(study, rows)
    importing.commit_import(
        batch=batch, in_background=False, by=people.person(), at=people.NOON, **options
    )
    import_work.commit(batch.pk, clock=clock)
    batch.refresh_from_db()
    assert batch.state == "committed"
    return batch


def outcomes(batch):
    return list(batch.rows.order_by("number").values_list("number", "outcome"))


@pytest.mark.django_db
class TestImport:
    def test_every_row_is_new_changed_identical_duplicate_or_invalid(self):
        study = people.study()
        committed(
            study, "a,Glas,2006-01-02,Naslov,Tekst,1\nb,Glas,2006-01-03,Drugi,Tekst,2\n"
        )
        batch = checked(
            study,
            "a,Glas,2006-01-02,Naslov,Tekst,1\n"
            "b,Glas,2006-01-03,Drugi,Ispravljen tekst,3\n"
            "c,Glas,2006-01-04,Treći,Tekst,4\n"
            "c,Glas,2006-01-04,Treći,Tekst,4\n"
            "d,Glas,sutra,Četvrti,Tekst,x\n",
        )

        assert outcomes(batch) == [
            (2, "identical"), (3, "changed"), (4, "new"), (5, "duplicate"), (6, "invalid"),
        ]  # fmt: skip
        assert batch.counts == {
            "identical": 1, "changed": 1, "new": 1, "duplicate": 1, "invalid": 1,
        }  # fmt: skip
        assert batch.rows.get(number=3).detail == {
            "body": ["Tekst", "Ispravljen tekst"],
            "page": ["2", "3"],
        }
        assert batch.rows.get(number=5).reason == "The id “c” stands in row 4 already."
        assert batch.rows.get(number=6).reason == (
            "published_on: “sutra” is no date: write it like 2006-03-14. "
            "page: “x” is no page number."
        )

    def test_one_bad_row_keeps_everything_out_unless_it_may_be_skipped(self):
        study = people.study()
        rows = "a,Glas,2006-01-02,Naslov,Tekst,1\nb,Glas,never,Drugi,Tekst,2\n"
        batch = checked(study, rows)
        with pytest.raises(importing.NotImportable, match="1 rows are invalid"):
            importing.commit_import(batch=batch, by=people.person(), at=people.NOON)
        assert not Article.objects.exists()

        importing.commit_import(
            batch=batch,
            skip_invalid=True,
            in_background=False,
            by=people.person(),
            at=people.NOON,
        )
        import_work.commit(batch.pk, clock=clock)
        assert list(queries.articles(study).values_list("external_id", flat=True)) == [
            "a"
        ]

    def test_a_changed_row_makes_a_new_revision_and_undo_brings_the_old_one_back(self):
        study = people.study()
        committed(study, "a,Glas,2006-01-02,Naslov,Tekst,1\n")
        second = committed(
            study, "a,Glas,2006-01-05,Naslov,Novi tekst,7\nb,Glas,2006-01-02,B,C,1\n"
        )
        article = Article.objects.get(external_id="a")
        assert (queries.text_of(article).body, article.page) == ("Novi tekst", 7)
        assert article.issue.published_on == dt.date(2006, 1, 5)

        importing.undo_import(batch=second, by=people.person(), at=people.NOON)
        import_work.undo(second.pk, clock=clock)
        article.refresh_from_db()
        assert (queries.text_of(article).body, article.page) == ("Tekst", 1)
        assert article.published_on == dt.date(2006, 1, 2)
        assert list(queries.articles(study)) == [article]

    def test_rows_without_ids_are_known_by_their_words(self):
        study = people.study()
        header = "outlet,date,headline,body\n"
        row = "Glas,2006-01-02,Naslov,Tekst\n"
        batch = checked(study, row + row, header)
        assert [outcome for _n, outcome in outcomes(batch)] == ["new", "duplicate"]
        importing.commit_import(
            batch=batch, in_background=False, by=people.person(), at=people.NOON
        )
        import_work.commit(batch.pk, clock=clock)
        again = checked(study, row + "Glas,2006-01-02,Drugi,Tekst\n", header)
        assert [outcome for _n, outcome in outcomes(again)] == ["identical", "new"]

    def test_the_same_words_in_the_other_script_are_shown_as_twins(self):
        study = people.study()
        committed(
            study,
            "a,Glas,2006-01-02,Njiva,Đorđe ore,1\nb,Глас,2006-01-02,Њива,Ђорђе оре,1\n",
        )
        first, second = queries.articles(study).order_by("external_id")
        assert list(queries.twins_of(first)) == [second]

    def test_articles_of_an_unfinished_import_do_not_exist_yet(self):
        study = people.study()
        batch = committed(study, "a,Glas,2006-01-02,Naslov,Tekst,1\n")
        ImportBatch.objects.filter(pk=batch.pk).update(state="committing")
        assert not queries.articles(study).exists()

    def test_a_mapping_is_remembered_for_the_same_headers(self):
        study = people.study()
        header = "sifra,kada,gde,sta\n"
        batch = importing.upload_file(
            study=study,
            file=ContentFile((header + "a,2.1.2006.,Glas,Naslov\n").encode(), "a.csv"),
            by=people.person(),
            at=people.NOON,
        )
        mapping = {
            "columns": {"external_id": "sifra", "published_on": "kada", "outlet": "gde",
                        "headline": "sta"},
        }  # fmt: skip
        importing.map_columns(
            batch=batch,
            mapping=mapping,
            in_background=False,
            by=people.person(),
            at=people.NOON,
        )
        again = importing.upload_file(
            study=study,
            file=ContentFile((header + "b,3.1.2006.,Glas,N\n").encode(), "b.csv"),
            by=people.person(),
            at=people.NOON,
        )
        assert again.mapping["columns"] == mapping["columns"]

    def test_missing_columns_are_all_named_at_once(self):
        study = people.study()
        batch = importing.upload_file(
            study=study,
            file=ContentFile(b"x,y\n1,2\n", "a.csv"),
            by=people.person(),
            at=people.NOON,
        )
        with pytest.raises(importing.NotImportable) as refusal:
            importing.map_columns(
                batch=batch, mapping=batch.mapping, by=people.person(), at=people.NOON
            )
        for word in ("date", "outlet", "headline"):
            assert word in str(refusal.value)

    def test_a_sampled_import_cannot_be_undone(self):
        study = people.study()
        batch = committed(study, "a,Glas,2006-01-02,Naslov,Tekst,1\n")
        sampling.draw_sample(
            study=study, name="All", method="census", by=people.person(), at=people.NOON
        )
        with pytest.raises(importing.NotImportable, match="part of “All”"):
            importing.undo_import(batch=batch, by=people.person(), at=people.NOON)

    def test_2019_real_articles_import_whole(self, shared_data):
        study = people.study()
        path = shared_data / "articles" / "alo_2019_articles.csv"
        batch = importing.upload_file(
            study=study,
            file=ContentFile(path.read_bytes(), path.name),
            by=people.person(),
            at=people.NOON,
        )
        importing.map_columns(
            batch=batch,
            mapping=batch.mapping,
            in_background=False,
            by=people.person(),
            at=people.NOON,
        )
        import_work.check(batch.pk, clock=clock)
        batch.refresh_from_db()
        assert batch.counts == {"new": 2019}
        importing.commit_import(
            batch=batch, in_background=False, by=people.person(), at=people.NOON
        )
        import_work.commit(batch.pk, clock=clock)
        assert queries.articles(study).count() == 2019
        assert queries.in_frame(study, {"words": "Вучић"}).count() > 100

    def test_a_text_is_immutable_and_a_correction_is_a_revision(self):
        article = builders.article(people.study())
        with (
            pytest.raises(IntegrityError, match="texts_are_immutable"),
            transaction.atomic(),
        ):
            ArticleText.objects.update(body="other")
        with pytest.raises(articles.NotStorable, match="Say why"):
            articles.correct_text(
                article=article,
                words={"body": "x"},
                reason="",
                by=people.person(),
                at=people.NOON,
            )
        new = articles.correct_text(
            article=article,
            words={"body": "x"},
            reason="OCR",
            by=people.person(),
            at=people.NOON,
        )
        assert (new.number, queries.text_of(article).body) == (2, "x")
        assert article.texts.count() == 2

    def test_the_same_seed_draws_the_same_sample(self):
        study = people.study()
        for number in range(20):
            builders.article(study, number)
        drawn = []
        for name in ("one", "two"):
            sample = sampling.draw_sample(
                study=study,
                name=name,
                method="simple",
                size=5,
                seed=7,
                by=people.person(),
                at=people.NOON,
            )
            drawn.append(list(sample.drawn.values_list("article", "probability")))
        assert drawn[0] == drawn[1]
        assert {probability for _article, probability in drawn[0]} == {0.25}
        with (
            pytest.raises(IntegrityError, match="samples_are_frozen"),
            transaction.atomic(),
        ):
            Sample.objects.update(seed=8)


@pytest.mark.slow
def test_a_killed_job_shows_nothing_and_is_resumed_exactly(tmp_path):
    """A real child process, killed with SIGKILL in the middle of 4,000 rows."""
    with servers.installation(tmp_path) as made:
        made.run("new-person", "ana", "--study", "s", input="reads-the-paper-99\n")
        rows = "".join(
            f"{n},Glas,2006-01-{n % 28 + 1:02},Naslov {n},Tekst broj {n},{n % 40 + 1}\n"
            for n in range(4000)
        )
        path = tmp_path / "rows.csv"
        path.write_text(HEADER + rows)
        made.python(
            """
import sys
from django.core.files import File
from django.utils import timezone
from mediacoding.corpus.operations import importing, import_work
from mediacoding.studies.models import Study, User
study, ana = Study.objects.get(), User.objects.get()
with open(sys.argv[1], 'rb') as file:
    batch = importing.upload_file(study=study, file=File(file, 'rows.csv'), by=ana, at=timezone.now())
importing.map_columns(batch=batch, mapping=batch.mapping, in_background=False, by=ana, at=timezone.now())
import_work.check(batch.pk, clock=timezone.now)
batch.refresh_from_db()
importing.commit_import(batch=batch, in_background=False, by=ana, at=timezone.now())
""",
            str(path),
        )
        job = made.start("run-job", "mediacoding.corpus.tasks.commit_import", "[1]")
        state = (
            "from mediacoding.corpus.models import Article, ImportBatch; "
            "from mediacoding.corpus.queries.articles import articles; "
            "from mediacoding.studies.models import Study; b = ImportBatch.objects.get(); "
            "print(b.state, b.rows_done, Article.objects.count(), articles(Study.objects.get()).count())"
        )
        end = time.monotonic() + 60
        while time.monotonic() < end:
            name, done, written, visible = made.python(state).split()
            if int(done) >= 500:
                break
        job.send_signal(signal.SIGKILL)
        job.wait()
        name, done, written, visible = made.python(state).split()
        if name == "committing":  # else it had finished before the signal came
            assert visible == "0"
            assert int(done) <= int(written)
            made.run("run-job", "mediacoding.corpus.tasks.commit_import", "[1]")
        assert made.python(state).split() == ["committed", "4000", "4000", "4000"]


def test_a_silent_job_is_called_interrupted():
    now = timezone.now()
    batch = ImportBatch(state="committing", heartbeat_at=now - dt.timedelta(seconds=61))
    assert is_interrupted(batch, at=now)
    batch.heartbeat_at = now
    assert not is_interrupted(batch, at=now)
    assert not is_interrupted(ImportBatch(state="committed"), at=now)
