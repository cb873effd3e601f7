"""The full-text index over `ArticleText.folded`: FTS5 in SQLite, a stored tsvector in PostgreSQL.

Both index the same folded words; `corpus.search` renders one query for either.
"""

from django.db.migrations.operations.base import Operation

SQLITE = [
    "CREATE VIRTUAL TABLE corpus_articletext_search USING fts5("
    "folded, content='corpus_articletext', content_rowid='id', tokenize='unicode61')",
    # An import writes in many small transactions: merging sixteen segments at a time and not
    # four halves what the index costs it, and a search hardly feels it.
    "INSERT INTO corpus_articletext_search(corpus_articletext_search, rank) "
    "VALUES ('automerge', 16)",
    "INSERT INTO corpus_articletext_search(corpus_articletext_search, rank) "
    "VALUES ('crisismerge', 64)",
    "CREATE TRIGGER articletext_search_insert AFTER INSERT ON corpus_articletext BEGIN "
    "INSERT INTO corpus_articletext_search(rowid, folded) VALUES (NEW.id, NEW.folded); END",
    "CREATE TRIGGER articletext_search_delete AFTER DELETE ON corpus_articletext BEGIN "
    "INSERT INTO corpus_articletext_search(corpus_articletext_search, rowid, folded) "
    "VALUES ('delete', OLD.id, OLD.folded); END",
]
SQLITE_BACK = [
    "DROP TRIGGER articletext_search_insert",
    "DROP TRIGGER articletext_search_delete",
    "DROP TABLE corpus_articletext_search",
]
# A stored column, not an expression index: a phrase took 25 s there and 0.6 s here.
POSTGRESQL = [
    "ALTER TABLE corpus_articletext ADD COLUMN search tsvector "
    "GENERATED ALWAYS AS (to_tsvector('simple', folded)) STORED",
    "CREATE INDEX articletext_search ON corpus_articletext USING gin (search)",
]
POSTGRESQL_BACK = [
    "DROP INDEX articletext_search",
    "ALTER TABLE corpus_articletext DROP COLUMN search",
]


class SearchIndex(Operation):
    """Make the index; the text is immutable, so rows only ever enter and leave it."""

    reversible = True

    def deconstruct(self):
        return self.__class__.__qualname__, [], {}

    def state_forwards(self, app_label, state) -> None:
        """The index is no part of the models' state."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state) -> None:
        postgresql = schema_editor.connection.vendor == "postgresql"
        for statement in POSTGRESQL if postgresql else SQLITE:
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self, app_label, schema_editor, from_state, to_state
    ) -> None:
        postgresql = schema_editor.connection.vendor == "postgresql"
        for statement in POSTGRESQL_BACK if postgresql else SQLITE_BACK:
            schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        return "Make the full-text index over the folded texts"
