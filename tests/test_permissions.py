"""Who may open which address: every URL of the project has its row here.

The test enumerates the URLs itself, so a new one without a row fails.
"""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from mediacoding.coding.operations import carrying
from mediacoding.corpus.models import ImportBatch
from mediacoding.studies import operations
from tests.builders import codebooks
from tests.builders import coding as builders
from tests.builders import studies as people

pytestmark = pytest.mark.django_db

WHO = (
    "ana",
    "boris",
    "mira",
    "ivo",
    None,
)  # supervisor, coder, analyst, stranger, signed out
ALL, MEMBERS = "ALL", ("ana", "boris", "mira")
READERS, SUPERVISOR, CODER = ("ana", "mira"), ("ana",), ("boris",)

#: URL name -> who gets past the door. Everyone else is told that there is no such page;
#: the signed out are sent to sign in.
MATRIX = {
    "home": ("ana", "boris", "mira", "ivo"),
    "sign_in": ALL,
    "sign_out": ALL,
    "set_language": ALL,
    "calculator:calculator": ("ana", "boris", "mira", "ivo"),
    "study": MEMBERS,
    "studies:start": ("ana", "boris", "mira", "ivo"),
    "studies:people": SUPERVISOR,
    "studies:roles": SUPERVISOR,
    "studies:journal": SUPERVISOR,
    "studies:tokens": READERS,
    "studies:revoke_token": SUPERVISOR,  # mira may end her own; this one is ana's
    "studies:codebook": MEMBERS,
    "studies:codebook_import": SUPERVISOR,
    "studies:codebook_version": MEMBERS,
    "studies:codebook_publish": SUPERVISOR,
    "studies:codebook_discard": SUPERVISOR,
    "studies:codebook_download": MEMBERS,
    "studies:codebook_print": MEMBERS,
    "studies:codebook_new": SUPERVISOR,
    "studies:codebook_start": SUPERVISOR,
    "studies:codebook_edit": SUPERVISOR,
    "studies:codebook_edit_outline": SUPERVISOR,
    "studies:codebook_edit_steps": SUPERVISOR,
    "studies:codebook_edit_undo": SUPERVISOR,
    "studies:codebook_edit_section": SUPERVISOR,
    "studies:codebook_edit_derived": SUPERVISOR,
    "studies:codebook_edit_variable": SUPERVISOR,
    "studies:codebook_edit_live": SUPERVISOR,
    "corpus:articles": READERS,
    "corpus:article": READERS,
    "corpus:outlets": READERS,
    "corpus:outlet": SUPERVISOR,
    "corpus:samples": SUPERVISOR,
    "corpus:sample": SUPERVISOR,
    "corpus:sample_list": SUPERVISOR,
    "corpus:sample_record": SUPERVISOR,
    "corpus:imports": SUPERVISOR,
    "corpus:import": SUPERVISOR,
    "corpus:import_reading": SUPERVISOR,
    "corpus:import_mapping": SUPERVISOR,
    "corpus:import_rows": SUPERVISOR,
    "corpus:import_act": SUPERVISOR,
    "desk:my_work": CODER,
    "desk:take": CODER,
    "desk:coding": CODER,
    "desk:remark": CODER,
    "desk:submit": CODER,
    "desk:hand_back": CODER,
    "desk:answer": CODER,
    "desk:uncertain": CODER,
    "coding:rounds": READERS,
    "coding:open_round": SUPERVISOR,
    "coding:import": SUPERVISOR,
    "coding:import_plan": SUPERVISOR,
    "coding:codebook_compare": MEMBERS,
    "coding:codebook_publish": SUPERVISOR,
    "coding:carry": SUPERVISOR,
    "coding:undo_carrying": SUPERVISOR,
    "coding:round": READERS,
    "coding:close": SUPERVISOR,
    "coding:reopen": SUPERVISOR,
    "desk:ask": CODER,
    "desk:questions": CODER,
    "desk:withdraw_question": CODER,
    "questions:questions": SUPERVISOR,
    "questions:question": SUPERVISOR,
    "questions:reply": SUPERVISOR,
    "questions:by_ruling": SUPERVISOR,
    "questions:rulings": SUPERVISOR,
    "questions:make_ruling": SUPERVISOR,
    "questions:ruling": SUPERVISOR,
    "questions:withdraw_ruling": SUPERVISOR,
    "reliability:rounds": READERS,
    "reliability:planner": READERS,
    "reliability:round": READERS,
    "reliability:freeze": SUPERVISOR,
    "reliability:variable": READERS,
    "coverage:coverage": READERS,
    "exports:catalogue": READERS,
    "exports:preview": READERS,
    "exports:download": READERS,
    "exports:file": READERS,
}
POSTED = {
    "studies:revoke_token",
    "sign_out", "set_language", "studies:roles", "studies:codebook_import",
    "studies:codebook_publish", "studies:codebook_discard", "corpus:import_reading",
    "corpus:import_mapping", "corpus:import_act", "desk:take", "desk:remark", "desk:submit",
    "desk:hand_back", "desk:answer", "desk:uncertain", "coding:close", "coding:reopen",
    "coding:undo_carrying", "studies:codebook_start", "studies:codebook_edit_outline",
    "studies:codebook_edit_undo", "studies:codebook_edit_live",
    "reliability:freeze", "desk:ask", "desk:withdraw_question", "questions:reply",
    "questions:by_ruling", "questions:withdraw_ruling",
}  # fmt: skip


def names(resolver=None, prefix=""):
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            if entry.namespace != "admin":
                space = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
                yield from names(entry, space)
        elif isinstance(entry, URLPattern):
            yield f"{prefix}{entry.name}"


def test_every_address_has_its_row():
    assert set(names()) == set(MATRIX)


@pytest.fixture
def world(tmp_path):
    """A study with everything an address can name, and values for the parts of addresses."""
    from django.core.files.base import ContentFile

    from mediacoding.coding.views.importing import _folder, _token
    from mediacoding.corpus.operations import importing

    study = people.study()
    round = builders.round(study)
    people.member(study, "mira")
    coding = builders.take(round)
    batch = importing.upload_file(
        study=study,
        file=ContentFile(b"date,outlet,headline\n2006-01-02,X,Y\n", "a.csv"),
        by=people.person(),
        at=people.NOON,
    )
    (_folder() / "x.csv").write_text("id,coder,tone\n1,a,1\n1,b,2\n")
    article = study.articles.first()
    carried = carrying.carry_round_forward(
        round=builders.round(study, round.version, articles=1, name="Round 0"),
        version=codebooks.later(round.version),
        by=people.person(),
        at=people.NOON,
    )
    return {
        "slug": study.slug,
        "member_id": study.memberships.get(person__username="mira").pk,
        "ordinal": 1,
        "key": "B",
        "form": "yaml",
        "article_id": article.pk,
        "outlet_id": article.outlet_id,
        "batch_id": batch.pk,
        "sample_id": study.samples.first().pk,
        "verb": "resume",
        "round_id": round.pk,
        "coding_id": coding.pk,
        "question_id": builders.ask(coding, "tone").pk,
        "ruling_id": builders.rule(round, "tone").pk,
        "name": "tone",
        "token": _token(study, "x.csv"),
        "export": "articles",
        "kind": "jsonl",
        "token_id": operations.make_token(
            study=study, name="Script", by=people.person(), at=people.NOON
        )[0].pk,
        "carrying_id": carried.pk,
    }


def parts(name):
    """The names of the parts that an address is made of."""
    space, _colon, local = name.rpartition(":")
    if not space:
        return set(get_resolver().reverse_dict.getlist(local)[0][0][0][1])
    prefix, resolver = get_resolver().namespace_dict[space]
    inside = resolver.reverse_dict.getlist(local)[0][0][0][1]
    return {*inside, *(["slug"] if "slug" in prefix else [])}


def address(name, world):
    return reverse(name, kwargs={key: world[key] for key in parts(name)})


@pytest.mark.parametrize("who", WHO)
def test_the_matrix_holds(client, world, who):
    if who:
        client.force_login(people.person(who))
    wrong = []
    for name, allowed in MATRIX.items():
        if name == "sign_out" or (name == "home" and who is None):
            continue
        url = address(name, world)
        response = client.post(url, {}) if name in POSTED else client.get(url)
        may = allowed == ALL or who in allowed
        if may and response.status_code not in (200, 302, 422):
            wrong.append((name, response.status_code))
        if not may and who and response.status_code != 404:
            wrong.append((name, response.status_code))
        if (
            not may
            and not who
            and "/sign-in/" not in response.headers.get("Location", "")
        ):
            wrong.append((name, response.status_code))
    assert wrong == []


def test_the_objects_of_another_study_are_not_found(client, world):
    """ivo supervises a study of his own and tries the other study's ids in its addresses."""
    ivo = people.person("ivo")
    own = operations.start_study(name="Own", by=ivo, at=people.NOON)
    operations.change_roles(
        member=own.memberships.get(),
        roles={"supervisor", "coder", "analyst"},
        by=ivo,
        at=people.NOON,
    )
    client.force_login(ivo)
    objects = {"member_id", "ordinal", "article_id", "outlet_id", "batch_id", "round_id",
               "coding_id", "token", "token_id", "sample_id", "question_id", "ruling_id"}  # fmt: skip
    found = []
    for name in MATRIX:
        if not parts(name) & objects:
            continue
        url = address(name, {**world, "slug": own.slug})
        response = client.post(url, {}) if name in POSTED else client.get(url)
        if response.status_code != 404:
            found.append((name, response.status_code))
    assert found == []


def test_an_import_of_another_study_cannot_be_acted_on(client, world):
    ivo = people.person("ivo")
    own = operations.start_study(name="Own", by=ivo, at=people.NOON)
    client.force_login(ivo)
    url = reverse("corpus:import_act", args=[own.slug, world["batch_id"], "undo"])
    assert client.post(url).status_code == 404
    assert ImportBatch.objects.get(pk=world["batch_id"]).state == "uploaded"
