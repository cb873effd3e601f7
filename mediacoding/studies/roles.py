"""Who may do what in a study: one table, read by the permission backend.

A permission is "app.act"; its name is what Django's `has_perm` is asked. Members of a
study are all who hold at least one role there.
"""

SUPERVISOR = "supervisor"
CODER = "coder"
ANALYST = "analyst"

EVERYONE = frozenset({SUPERVISOR, CODER, ANALYST})
READERS = frozenset({SUPERVISOR, ANALYST})
SUPERVISORS = frozenset({SUPERVISOR})
CODERS = frozenset({CODER})

PERMISSIONS: dict[str, frozenset[str]] = {
    "studies.view_study": EVERYONE,
    "studies.view_people": SUPERVISORS,
    "studies.change_people": SUPERVISORS,
    "studies.change_study": SUPERVISORS,
    "codebook.view_codebook": EVERYONE,
    "codebook.change_codebook": SUPERVISORS,
    "codebook.publish_version": SUPERVISORS,
    "corpus.view_corpus": READERS,
    "corpus.import_articles": SUPERVISORS,
    "corpus.change_corpus": SUPERVISORS,
    "corpus.draw_sample": SUPERVISORS,
    "coding.view_rounds": READERS,
    "coding.open_round": SUPERVISORS,
    "coding.import_codings": SUPERVISORS,
    "coding.adjudicate": SUPERVISORS,
    "coding.code": CODERS,
    "reliability.view_agreement": READERS,
    "coverage.view_coverage": READERS,
    "exports.export": READERS,
}
