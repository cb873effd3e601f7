"""Codebook documents and answers as Hypothesis draws them: sound in shape, free in content."""

import json

from hypothesis import strategies as st

from codebook.document import Document
from codebook.levels import CategoryKind, Kind, Level
from codebook.values import Value

WORDS = (
    "",
    "Tone",
    "Ton",
    "Boja",
    "Тон",
    "yes",
    "null",
    "1.0",
    "2006-03-14",
    "= a: b #",
    "–1",
)
words = st.sampled_from(WORDS) | st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=8
)
texts = words | st.fixed_dictionaries({}, optional={"en": words, "sr": words})
KINDS_AND_LEVELS = [(kind, level) for kind in Kind for level in sorted(kind.levels)]
FILTERS = (
    "a == 1", "a in [1, 2]", "b >= 1 and a != 3", "contains(c, 2)", "not (a == 1) or d < 5",
    "a  ==  1", "nothing == 1", "a ==",
)  # fmt: skip
NAMES = ("a", "b", "c", "d", "e")


@st.composite
def categories(draw):
    codes = draw(st.lists(st.integers(-1, 5), min_size=1, max_size=5, unique=True))
    found = []
    for code in codes:
        category = {"code": code, "label": draw(texts)}
        category |= draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "id": st.sampled_from(["k1", "k2"]),
                    "definition": texts,
                    "rule": texts,
                    "status": st.sampled_from(["active", "retired"]),
                    "examples": st.lists(texts, max_size=2),
                    "parent": st.integers(0, 3),
                },
            )
        )
        found.append(category)
    return found


@st.composite
def variables(draw, name, number):
    kind, level = draw(st.sampled_from(KINDS_AND_LEVELS))
    tree = {"name": name, "section": "s", "level": str(level), "type": str(kind)}
    if draw(st.booleans()):
        tree["id"] = draw(st.sampled_from([f"V{number}", "V9"]))
    tree |= draw(
        st.fixed_dictionaries(
            {},
            optional={
                "label": texts,
                "question": texts,
                "notes": texts,
                "ask_if": st.sampled_from(FILTERS) | st.none(),
                "required": st.booleans(),
                "missing_codes": st.lists(st.sampled_from([98, 99]), max_size=2),
                "reliability": st.fixed_dictionaries(
                    {}, optional={"target": st.sampled_from([0.8, 0.9, 1])}
                ),
                "unit": words.filter(bool),
                "tolerance": texts,
            },
        )
    )
    if kind.has_categories:
        tree["categories"] = draw(categories())
    if kind is Kind.MULTI:
        tree["exclusive"] = draw(st.lists(st.integers(0, 2), max_size=1))
    if kind.is_number:
        tree |= draw(
            st.fixed_dictionaries(
                {}, optional={"min": st.sampled_from([0, 1, 1.0]), "max": st.just(9)}
            )
        )
    return tree


declarations = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(
            [
                "split_category",
                "merge_categories",
                "recode_categories",
                "rename_variable",
                "add_category",
                "change_definition",
                "change_skip_rule",
                "nothing_known",
            ]
        )
    },
    optional={
        "variable": st.sampled_from(NAMES),
        "from": st.lists(st.integers(-1, 5), max_size=2) | st.integers(0, 2),
        "to": st.lists(st.integers(-1, 5), max_size=2) | st.sampled_from(NAMES),
        "code": st.integers(0, 3),
        "automatic": st.booleans(),
    },
)


@st.composite
def documents(draw):
    """A document whose shape is right; its contents may have any number of problems."""
    names = draw(st.lists(st.sampled_from(NAMES), max_size=5, unique=True))
    head = {"id": "drawn", "title": draw(words.filter(bool)), "version": "1"}
    head |= draw(
        st.fixed_dictionaries(
            {},
            optional={
                "universe": texts,
                "general_rules": st.lists(texts, max_size=2),
                "date": words,
                "version_history": st.lists(
                    st.fixed_dictionaries(
                        {
                            "version": st.sampled_from(["1", "2"]),
                            "changes": st.lists(declarations, max_size=4),
                        }
                    ),
                    max_size=2,
                ),
            },
        )
    )
    tree = {"codebook": head}
    tree["variables"] = [draw(variables(name, NAMES.index(name))) for name in names]
    section = st.fixed_dictionaries(
        {"id": st.sampled_from(["s", "t", "u"])}, optional={"label": texts}
    )
    derived = st.fixed_dictionaries(
        {"name": st.sampled_from(["x", "y"]), "label": texts},
        optional={
            "formula": words,
            "level": st.sampled_from([*Level]).map(str),
            "note": texts,
        },
    )
    tree |= draw(
        st.fixed_dictionaries(
            {},
            optional={
                "sections": st.none() | st.lists(section, max_size=3),
                "derived_variables": st.lists(derived, max_size=2),
                "system_fields": st.lists(words, max_size=2),
            },
        )
    )
    return Document(tree)


@st.composite
def answers(draw, document):
    """Answers of one coding that are legal under a document, some questions left open."""
    found = {}
    for variable in document.variables:
        states = [st.none()]
        if variable.ask_if:
            states.append(st.just(Value.not_applicable()))
        states += [st.just(Value.missing(code)) for code in variable.missing_codes]
        codes = [category.code for category in variable.categories]
        if variable.kind is Kind.SINGLE:
            states.append(st.sampled_from(codes).map(lambda c: Value("value", str(c))))
        elif variable.kind is Kind.MULTI:
            alone = {
                c.code for c in variable.categories if c.kind is CategoryKind.EXCLUSIVE
            }
            together = [code for code in codes if code not in alone]
            states += [st.just(Value("value", str(code))) for code in alone]
            if together:
                chosen = st.lists(st.sampled_from(together), unique=True)
                states.append(
                    chosen.map(lambda c: Value("value", " ".join(map(str, sorted(c)))))
                )
        elif variable.kind.is_number:
            states.append(st.integers(1, 9).map(lambda n: Value("value", str(n))))
        elif variable.kind is Kind.DATE:
            states.append(st.just(Value("value", "2006-03-14")))
        else:
            states.append(words.map(lambda text: Value("value", text.strip())))
        answer = draw(st.one_of(states))
        if answer is not None:
            found[variable.name] = answer
    return found


@st.composite
def revisions(draw, document):
    """The next version of a document: some of what supervisors do, told in its history."""
    tree = json.loads(document.stored_text)
    changes = []
    for revise in draw(st.lists(st.sampled_from(REVISIONS), min_size=1, max_size=6)):
        revise(draw, tree, changes)
    tree["codebook"]["version"] = "2"
    tree["codebook"]["version_history"] = [{"version": "2", "changes": changes}]
    return Document(tree)


def _one(draw, tree):
    return draw(st.sampled_from(tree["variables"]))


def _rename(draw, tree, changes):
    variable = _one(draw, tree)
    variable["name"] += "_x"


def _shuffle(draw, tree, changes):
    tree["variables"] = draw(st.permutations(tree["variables"]))


def _shuffle_categories(draw, tree, changes):
    variable = _one(draw, tree)
    if variable.get("categories"):
        variable["categories"] = draw(st.permutations(variable["categories"]))


def _reword(draw, tree, changes):
    variable = _one(draw, tree)
    name = draw(
        st.sampled_from(["label", "question", "notes", "describes", "evidence"])
    )
    variable[name] = (
        draw(st.sampled_from(["none", "required"]))
        if name == "evidence"
        else draw(words.filter(bool))
    )


def _merge(draw, tree, changes):
    variable = _one(draw, tree)
    codes = [category["code"] for category in variable.get("categories", [])]
    if len(codes) > 1:
        kept, gone = draw(st.permutations(codes))[:2]
        variable["categories"] = [
            c for c in variable["categories"] if c["code"] != gone
        ]
        changes.append(
            {"kind": "merge_categories", "variable": variable["name"], "automatic": True,
             "from": [kept, gone], "to": [kept]}
        )  # fmt: skip


def _split(draw, tree, changes):
    variable = _one(draw, tree)
    if variable.get("categories"):
        gone = draw(st.sampled_from(variable["categories"]))
        codes = [category["code"] for category in variable["categories"]]
        new = [max(codes) + 1, max(codes) + 2]
        at = variable["categories"].index(gone)
        variable["categories"][at : at + 1] = [
            {**gone, "code": code, "label": f"{code}"} for code in new
        ]
        changes.append(
            {"kind": "split_category", "variable": variable["name"], "automatic": False,
             "from": [gone["code"]], "to": new}
        )  # fmt: skip


def _renumber(draw, tree, changes):
    variable = _one(draw, tree)
    for category in variable.get("categories", []):
        category["code"] += 100


def _remove(draw, tree, changes):
    if len(tree["variables"]) > 1:
        tree["variables"].remove(_one(draw, tree))


def _translate(draw, tree, changes):
    tree["codebook"]["languages"] = ["en", "sr", "de"]
    tree["codebook"]["missing_codes"]["categorical"]["98"] = draw(words)


def _drop_filter(draw, tree, changes):
    _one(draw, tree).pop("ask_if", None)


REVISIONS = (
    _rename, _shuffle, _shuffle_categories, _reword, _merge, _split, _renumber, _remove,
    _translate, _drop_filter,
)  # fmt: skip
