"""A codebook document as the sheets of a workbook. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from codebook.document import Document
from codebook.interchange.cells import (
    CODES,
    LANGUAGE,
    LINES,
    LOOSE,
    TEXT,
    TEXTS,
    cells_of,
)
from codebook.interchange.columns import COLUMNS, EXACT, HEAD, WHOLE
from codebook.interchange.tables import NAME, Entry, Fields, Table, table_of


def tables_of(document: Document) -> list[Table]:
    """Return a document as tables; `read_tables` gives an equal tree.

    The document's shape must be right (`codebook.shape`).
    """
    tree = {**document.tree}
    head = {**tree.pop("codebook")}
    entries: dict[str, list[Entry]] = {name: [] for name in COLUMNS}
    entries["missing codes"] = list(_pop_missing_codes(head))
    entries["rules"] = [{"rule": rule} for rule in _pop_list(head, "general_rules")]
    entries["versions"], entries["changes"] = _parted(
        _pop_list(head, "version_history", of=dict), "version", "changes", "version"
    )
    entries["sections"] = _pop_list(tree, "sections", of=dict)
    entries["variables"], entries["categories"] = _parted(
        tree.pop("variables"), "name", "categories", "variable"
    )
    entries["derived"], entries["groups"] = _grouped(
        _pop_list(tree, "derived_variables", of=dict)
    )
    entries["codebook"] = [*_stated_fields(head, nests=True)]
    entries["more"] = [*_stated_fields(tree, nests=False)]
    return [
        table_of(name, entries[name], fields, document.languages)
        for name, fields in COLUMNS.items()
        if entries[name] or name in ("codebook", "sections", "variables", "categories")
    ]


def _pop_list(tree: dict[str, Any], key: str, of: type = object) -> list[Any]:
    """A list that goes to a sheet of its own; where it cannot, it stays in the tree."""
    entries = tree.get(key)
    if isinstance(entries, list) and all(isinstance(entry, of) for entry in entries):
        return list(tree.pop(key)) if entries else []
    return []


def _parted(
    parents: Sequence[Entry], name: str, inside: str, reference: str
) -> tuple[list[Entry], list[Entry]]:
    """The entries without those inside them, and these with a reference to theirs."""
    names = Counter(str(parent.get(name)) for parent in parents)
    outer: list[Entry] = []
    inner: list[Entry] = []
    for parent in parents:
        entries = parent.get(inside)
        if (
            isinstance(entries, list)
            and entries
            and all(isinstance(e, dict) and reference not in e for e in entries)
            and _is_named(parent, name, names)
        ):
            inner += [{reference: parent[name], **entry} for entry in entries]
            parent = {key: value for key, value in parent.items() if key != inside}
        outer.append(parent)
    return outer, inner


def _grouped(derived: Sequence[Entry]) -> tuple[list[Entry], list[Entry]]:
    """Derived variables without their groups, and the groups."""
    names = Counter(str(entry.get("name")) for entry in derived)
    outer: list[Entry] = []
    inner: list[Entry] = []
    for entry in derived:
        groups = entry.get("map")
        if (
            isinstance(groups, dict)
            and groups
            and all(cells_of(TEXT, group) for group in groups)
            and all(cells_of(CODES, codes) for codes in groups.values())
            and _is_named(entry, "name", names)
        ):
            inner += [
                {"derived": entry["name"], "group": group, "codes": codes}
                for group, codes in groups.items()
            ]
            entry = {key: value for key, value in entry.items() if key != "map"}
        outer.append(entry)
    return outer, inner


def _is_named(entry: Entry, name: str, names: Mapping[str, int]) -> bool:
    """Whether another sheet can tell the entry by its name."""
    own = entry.get(name)
    return names[str(own)] == 1 and cells_of(TEXT, own) is not None


def _pop_missing_codes(head: dict[str, Any]) -> Iterator[Entry]:
    groups = head.get("missing_codes")
    if not isinstance(groups, dict) or not groups:
        return
    left = {}
    for group, entries in groups.items():
        if not isinstance(entries, dict) or not entries:
            left[group] = entries
            continue
        for key, words in entries.items():
            code = int(key) if key.lstrip("-").isdecimal() else key
            yield {
                "group": group,
                "code": code if str(code) == key else key,
                **_missing_words(words),
            }
    head.pop("missing_codes")
    if left:
        head["missing_codes"] = left


def _missing_words(words: Any) -> Entry:
    if cells_of(TEXTS, words):
        return {"label": words}
    taken = {"group", "code", EXACT}
    if isinstance(words, dict) and len(words) > 1 and "label" in words:
        return {EXACT: [words]} if words.keys() & taken else words
    return {EXACT: [words]}


def _stated_fields(tree: Mapping[str, Any], *, nests: bool) -> Iterator[Entry]:
    """A row for each field; with `nests`, a field in a field as “units.sampling_unit”."""
    odd = {key: value for key, value in tree.items() if not NAME.fullmatch(key)}
    for key, value in tree.items():
        if key in odd:
            continue
        if (
            nests
            and isinstance(value, dict)
            and value
            and all(NAME.fullmatch(inner) for inner in value)
            and not all(LANGUAGE.fullmatch(inner) for inner in value)
        ):
            for inner, text in value.items():
                yield _stated(f"{key}.{inner}", text, {})
        else:
            yield _stated(key, value, HEAD if nests else {})
    if odd:
        yield {"field": WHOLE, EXACT: [odd]}


def _stated(key: str, value: Any, kinds: Fields) -> Entry:
    kind = kinds.get(key)
    cells = cells_of(kind or LOOSE, value)
    if cells and kind and "" in cells:
        return {"field": key, "value": cells[""]}
    if cells:
        return {"field": key, "value": value}
    if not kind and cells_of(LINES, value):
        return {"field": key, "list": value}
    return {"field": key, EXACT: [value]}
