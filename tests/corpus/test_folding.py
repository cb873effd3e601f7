import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediacoding.corpus import folding
from mediacoding.corpus.folding import fingerprint, fold, nfc, script_of
from mediacoding.demo.script import cyrillic

SERBIAN = "abvgdđežzijklmnoprstćufhcčš"
BOTH_CASES = SERBIAN + SERBIAN.upper()


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ђорђе", "djordje"),
        ("Đorđe", "djordje"),
        ("DJORDJE", "djordje"),
        ("ЊИВА, љубав!", "njiva ljubav"),
        ("Ǉubav ǈubav ǉubav", "ljubav ljubav ljubav"),
        ("Ǌiva ǋiva ǌiva", "njiva njiva njiva"),
        ("Ǆep ǅep ǆep Џеп džep", "dzep dzep dzep dzep dzep"),
        ("„Čšž ćšž“ — 2006.", "csz csz 2006"),
        ("»Da«,\u00a0rekao\u2009je\t’on’\n", "da rekao je on"),
        ("e\u0301lan c\u030casopis", "elan casopis"),
        ("на\u0301род", "narod"),
        ("mini\u00adstar\u200b", "ministar"),
        ("20 m² ½ ①", "20 m2 1 2 1"),
        ("on-line, ana@list.rs, 1.234,50", "on line ana list rs 1 234 50"),
        ("Ќерка, Ѓорѓи, Čajkovskij и Чайковский", "kjerka gjorgji cajkovskij i cajkovskij"),
        ("Łódź, Straße, Ærø, İzmir", "lodz strasse aero izmir"),
        ("Ο Σωκράτης", "ο σωκρατησ"),
        ("😀", ""),
        ("\ud800x\ufffe", "x"),
        ("", ""),
    ],
)  # fmt: skip
def test_words_fold_as_a_reader_would_say(text, folded):
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_a_folded_text_holds_letters_digits_and_single_blanks(text):
    folded = fold(text)
    assert all(word.isalnum() for word in folded.split(" ") if folded)
    assert len(folded) <= 18 * len(text)


@given(st.text())
def test_composed_and_decomposed_texts_fold_to_the_same(text):
    forms = [unicodedata.normalize(form, text) for form in ("NFC", "NFD")]
    assert fold(forms[0]) == fold(forms[1])


@given(st.text(alphabet=folding.COMMON))
def test_the_quick_way_and_the_table_agree(text):
    assert fold(text) == " ".join(text.translate(folding.TABLE).split())


@given(st.text(alphabet=BOTH_CASES + " .,-"))
def test_both_scripts_fold_to_the_same_and_grow_at_most_to_double(text):
    assert fold(cyrillic(text)) == fold(text)
    assert len(fold(text)) <= 2 * len(text)


def test_every_character_of_unicode_can_be_folded():
    text = "".join(map(chr, range(0x110000)))
    assert fold(text).split()[0] == "0123456789"


def test_the_same_words_in_either_script_have_one_fingerprint():
    printed = "ЂОРЂЕ: „Њива је наша!“"
    online = "Đorđe – “Njiva je naša”"
    assert fingerprint(fold(printed)) == fingerprint(fold(online))
    assert fingerprint(fold(printed)) != fingerprint(fold("Njiva je naša"))
    assert len(fingerprint("")) == 64


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Ово је ћирилица", "Cyrl"),
        ("Ово је ћирилица (SNS)", "Cyrl"),
        ("Ovo je latinica: č, ć, ž", "Latn"),
        ("Ово је пола, this is the other", "mixed"),
        ("Ово је дуже " * 500 + "and a little", "Cyrl"),
        ("2006. — 14", ""),
        ("", ""),
    ],
)
def test_the_script_of_a_text_is_told_by_its_letters(text, script):
    assert script_of(text) == script


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("\ufeffc\u030c\r\nred \r\n", "č\nred"),
        ("a\rb\r\nc", "a\nb\nc"),
        ("red  \t\n\tuvučen\n \n", "red\n\tuvučen"),
        ("a\0b\x07c", "abc"),
        ("c\0\u030c", "č"),
        ("strana\x0cstrana", "strana\nstrana"),
        ("ka\x9ae: \x93da\x94", "kaše: “da”"),
        ("\ud83d", ""),
        ("", ""),
    ],
)
def test_the_stored_form_is_nfc_with_plain_line_ends(text, stored):
    assert nfc(text) == stored


@given(st.text(st.characters(exclude_categories=())))
def test_the_stored_form_of_the_stored_form_is_the_same(text):
    stored = nfc(text)
    assert nfc(stored) == stored
    assert unicodedata.is_normalized("NFC", stored)
    stored.encode()  # which half a surrogate pair would refuse
    assert "\0" not in stored
    assert "\r" not in stored
