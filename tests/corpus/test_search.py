import sqlite3

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mediacoding.corpus import search
from mediacoding.corpus.folding import fold
from mediacoding.corpus.search import Query, Term, parse
from mediacoding.demo.script import cyrillic

TEXTS = [
    "Ђорђе чита новине",
    "Đorđe piše novine na mreži",
    "Dete na mreži: škola i policija",
    "On-line trgovina, ana@list.rs, 1.234,50 dinara",
    "Na novoj mreži dete",
]


@pytest.fixture(scope="module")
def index():
    """A real FTS5 table, made as the migration makes it, over folded texts."""
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE texts USING fts5(folded, tokenize='unicode61')"
    )
    connection.executemany(
        "INSERT INTO texts VALUES (?)", [(fold(text),) for text in TEXTS]
    )
    return connection


def hits(index, text):
    query = search.for_sqlite(parse(text))
    found = index.execute(
        "SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY 1", [query]
    )
    return [row[0] for row in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("đorđe", [1, 2]),
        ("djordje", [1, 2]),
        ("ЂОРЂЕ новине", [1, 2]),
        ("novine AND đorđe", [1, 2]),
        ('"na mreži"', [2, 3]),
        ("„na mreži“", [2, 3]),
        ("»на мрежи«", [2, 3]),
        ("na mreži", [2, 3, 5]),
        ("novine -piše", [1]),
        ("novine NOT piše", [1]),
        ('mreži -"na mreži"', [5]),
        ("mreži -piše -policija", [5]),
        ("dete OR čita", [1, 3, 5]),
        ("дете ИЛИ чита", [1, 3, 5]),
        ("dete OR čita na", [3, 5]),
        ("na dete OR čita OR trgovina", [3, 5]),
        ("(dete OR čita) na", None),
        ("mrež*", [2, 3, 5]),
        ("mrež*, dete", [3, 5]),
        ('"na mrež*"', [2, 3]),
        ('"na mre"*', [2, 3]),
        ("on-line", [4]),
        ("online", []),
        ("ana@list.rs", [4]),
        ("1.234,50", [4]),
        ("škola (policija)", [3]),
        ("or", []),
    ],
)
def test_a_query_finds_words_in_either_script(index, text, found):
    if found is None:
        with pytest.raises(search.NotAQuery, match="Brackets are not understood"):
            parse(text)
    else:
        assert hits(index, text) == found


def test_a_query_is_a_value_of_folded_words():
    assert parse('Ђорђе "na mreži" OR škol* -bez') == Query(
        (
            (Term(("djordje",)),),
            (Term(("na", "mrezi")), Term(("skol",), is_prefix=True)),
        ),
        (Term(("bez",)),),
    )


def test_a_query_is_rendered_for_both_databases():
    query = parse('Ђорђе "na mreži" OR škol* -bez -ovog')
    assert search.for_sqlite(query) == (
        '(("djordje") AND ("na mrezi" OR "skol"*)) NOT ("bez" OR "ovog")'
    )
    assert search.for_postgresql(query) == (
        "(('djordje')) & (('na' <-> 'mrezi') | ('skol':*)) & !(('bez') | ('ovog'))"
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Type at least one word to search for"),
        ('?! "" -', "Type at least one word to search for"),
        ("-rat", "at least one word that is wanted"),
        ('"na mreži', "quotation mark is not closed"),
        ("OR rat", "OR stands between two words: or in small letters is a word"),
        ("rat ILI", "OR stands between two words"),
        ("rat OR OR mir", "OR stands between two words"),
        ("rat OR -mir", "OR cannot be followed by an unwanted word"),
        ("rat NOT", "NOT stands before the word that is unwanted"),
        ("*rat", "The star in “[*]rat” can stand at the end of a word only"),
        ("r*t", "The star in “r[*]t” can stand at the end"),
        ('"novi * rat"', "can stand at the end"),
        ("rat " * 51, "at most 50 words"),
        ("r" * 201, "at most 200 letters"),
    ],
)
def test_what_cannot_be_searched_for_says_what_to_type(text, sentence):
    with pytest.raises(search.NotAQuery, match=sentence):
        parse(text)


PIECES = st.sampled_from(
    ['"', "'", "*", "-", "(", ")", ":", "^", "+", "&", "|", "!", "<->", "\\", "\0", " ",
     "OR", "NOT", "NEAR(", "folded:", "rat", "đ", "ж", "12e5ab", "ᦰ", "\ud800", "--", "; DROP"]
)  # fmt: skip


@given(
    st.one_of(st.text(), st.lists(PIECES).map(" ".join), st.lists(PIECES).map("".join))
)
@example("-a " * 49 + "b")
@example("a OR " * 49 + "b")
@example("\U0001f600")
@settings(max_examples=500)
def test_any_text_is_a_query_or_is_refused_with_a_sentence(index, text):
    try:
        query = parse(text)
    except search.NotAQuery as refusal:
        sentence = str(refusal)
    else:
        hits(index, text)
        assert set(search.for_postgresql(query)) - set("()'&|!<->:* ") <= set(
            "".join(word for words in _words(query) for word in words)
        )
        sentence = "Found."
    assert sentence.endswith(".")


def _words(query):
    terms = [term for group in query.groups for term in group]
    return [term.words for term in (*terms, *query.unwanted)]


WORDS = st.text(alphabet="abvgđžčćš0123", min_size=1, max_size=4)


@given(
    st.lists(st.lists(WORDS, min_size=1, max_size=6), min_size=1, max_size=5), st.data()
)
def test_the_database_finds_what_reading_the_texts_finds(texts, data):
    """Against the plainest meaning of a query: words looked up in lists of words."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE texts USING fts5(folded)")
    written = [" ".join(words) for words in texts]
    connection.executemany(
        "INSERT INTO texts VALUES (?)",
        [(fold(cyrillic(text) if n % 2 else text),) for n, text in enumerate(written)],
    )
    known = st.sampled_from(sorted({word for words in texts for word in words}))
    wanted = data.draw(st.lists(known, min_size=1, max_size=3))
    beginning = data.draw(known)[:2]
    unwanted = data.draw(known)
    query = f"{' '.join(wanted)} {beginning}* -{unwanted}"
    expected = []
    for number, text in enumerate(written, start=1):
        words = fold(text).split()
        if (
            all(fold(word) in words for word in wanted)
            and any(word.startswith(fold(beginning)) for word in words)
            and fold(unwanted) not in words
        ):
            expected.append(number)
    assert hits(connection, query) == expected
