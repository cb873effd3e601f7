"""Rows that the database itself keeps as they are: triggers, in SQLite and PostgreSQL alike.

Python can be got round (a shell, an admin action, `update()`); a published version, a
submitted coding and the event log may not change even then. A migration names the table,
the events and the condition once; the same condition text serves both databases.
"""

from django.db.migrations.operations.base import Operation


class FrozenRows(Operation):
    """Refuse `events` on the rows of `table` for which `when` holds, with a sentence.

    `when` is SQL over OLD (update, delete) or NEW (insert) and may hold subqueries; empty
    means always. `columns` limits an UPDATE to changes of those columns.
    The refusal arrives in Python as IntegrityError, its text beginning with the name.
    """

    reversible = True

    def __init__(
        self,
        name: str,
        *,
        table: str,
        sentence: str,
        events: tuple[str, ...] = ("UPDATE", "DELETE"),
        when: str = "",
        columns: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.table = table
        self.sentence = sentence
        self.events = events
        self.when = when
        self.columns = columns

    def deconstruct(self):
        arguments = {
            "table": self.table,
            "sentence": self.sentence,
            "events": self.events,
            "when": self.when,
            "columns": self.columns,
        }
        return self.__class__.__qualname__, [self.name], arguments

    def state_forwards(self, app_label, state) -> None:
        """Triggers are no part of the models' state."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state) -> None:
        make = self._postgresql if self._is_postgresql(schema_editor) else self._sqlite
        for statement in make():
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self, app_label, schema_editor, from_state, to_state
    ) -> None:
        for event in self.events:
            if self._is_postgresql(schema_editor):
                name = self._trigger(event)
                schema_editor.execute(
                    f"DROP TRIGGER {name} ON {self.table}", params=None
                )
                schema_editor.execute(f"DROP FUNCTION {name}()", params=None)
            else:
                schema_editor.execute(
                    f"DROP TRIGGER {self._trigger(event)}", params=None
                )

    def describe(self) -> str:
        return f"Freeze rows of {self.table} ({self.name})"

    def _is_postgresql(self, schema_editor) -> bool:
        return schema_editor.connection.vendor == "postgresql"

    def _trigger(self, event: str) -> str:
        return f"{self.name}_{event.lower()}"

    def _event(self, event: str) -> str:
        return f"UPDATE OF {', '.join(self.columns)}" if self._limited(event) else event

    def _limited(self, event: str) -> bool:
        return event == "UPDATE" and bool(self.columns)

    def _refusal(self) -> str:
        return f"{self.name}: {self.sentence}".replace("'", "''")

    def _sqlite(self):
        for event in self.events:
            condition = f"WHEN {self.when}" if self.when else ""
            yield (
                f"CREATE TRIGGER {self._trigger(event)} BEFORE {self._event(event)} "
                f"ON {self.table} FOR EACH ROW {condition} "
                f"BEGIN SELECT RAISE(ABORT, '{self._refusal()}'); END"
            )

    def _postgresql(self):
        for event in self.events:
            name = self._trigger(event)
            returned = "OLD" if event == "DELETE" else "NEW"
            yield (
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $frozen$ "
                f"BEGIN IF {self.when or 'TRUE'} THEN "
                f"RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', "
                f"MESSAGE = '{self._refusal()}'; END IF; RETURN {returned}; END $frozen$"
            )
            yield (
                f"CREATE TRIGGER {name} BEFORE {self._event(event)} ON {self.table} "
                f"FOR EACH ROW EXECUTE FUNCTION {name}()"
            )


class Unfrozen(Operation):
    """Take away the triggers of some FrozenRows, so that others can be put in their place."""

    reversible = True

    def __init__(self, frozen: FrozenRows) -> None:
        self.frozen = frozen

    def deconstruct(self):
        return self.__class__.__qualname__, [self.frozen], {}

    def state_forwards(self, app_label, state) -> None:
        """Triggers are no part of the models' state."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state) -> None:
        self.frozen.database_backwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label, schema_editor, from_state, to_state
    ) -> None:
        self.frozen.database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Unfreeze rows of {self.frozen.table} ({self.frozen.name})"
