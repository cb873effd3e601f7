"""An export as a line to type: the same filters by command."""

import shlex
from collections.abc import Iterator

from mediacoding.exports.catalogue import Export
from mediacoding.exports.request import ExportRequest
from mediacoding.studies.models import Study

#: Filters as options: the field of the form and the option of the command.
OPTIONS = {
    "round": "--round",
    "version": "--codebook-version",
    "coder": "--coder",
    "outlet": "--outlet",
    "first": "--first",
    "last": "--last",
    "variable": "--variable",
    "submissions": "--submissions",
    "text": "--text",
    "missing": "--missing",
    "sensitive": "--sensitive",
    "smallest": "--smallest",
}


def command_line(study: Study, export: Export, asked: ExportRequest) -> str:
    """The command that writes this export with these filters into the folder at hand."""
    words = ["mediacoding", "export", export.slug, "--study", study.slug]
    words += ["--by", asked.person.username, "--format", export.formats[0]]
    return shlex.join([*words, *_options(asked)])


def _options(asked: ExportRequest) -> Iterator[str]:
    given = asked.filters
    if given.rounds:
        for round in asked.rounds:
            yield from ("--round", round.name)
    for outlet in asked.study.outlets.filter(pk__in=given.outlets):
        yield from ("--outlet", outlet.name)
    for name, values in (("coder", given.coders), ("variable", given.variables)):
        for value in values:
            yield from (OPTIONS[name], value)
    plain: dict[str, object] = {
        "version": given.version,
        "first": given.first or "",
        "last": given.last or "",
        "submissions": given.submissions,
        "text": given.words if given.words != "none" else "",
        "missing": given.missing if given.missing != "codes" else "",
        "sensitive": given.sensitive if given.sensitive != "with" else "",
        "smallest": given.smallest or "",
    }
    for field, one in plain.items():
        if one:
            yield from (OPTIONS[field], str(one))
