"""What members say in seven languages: each form does its verb, and none where it is doubted."""

# ruff: noqa: RUF001 - letters of several scripts, and meant

from __future__ import annotations

import re
import textwrap
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worded import hint_of

from mailproc.message.words.quotation import Sent
from mailproc.review.language import verbs
from mailproc.review.language.lexicon import LEXICONS, Lexicon
from mailproc.review.language.words import split
from mailproc.review.reply.command import Listed, Listing, Reading, read_lines, read_reply

LISTING = Listing(
    (
        Listed("A-12", 12, "article", "The tram"),
        Listed("F-13", 13, "material", "Photos"),
        Listed("A-14", 14, "article", "Bread"),
        Listed("M-15", 15, "membership", "Jo Poole"),
        Listed("Q-16", 16, "enquiry", "Where is it from?"),
        Listed("A-17", 17, "article", "Fog"),
    ),
    single=False,
    files=(("North Pier Society", "North Pier Society"), ("NPS", "North Pier Society")),
)
TASK = Listing((Listed("T-12", 12, "task", "North Pier Society"),), single=False)
MATERIAL = Listing((Listed("F-12", 12, "material", "Photos"),), single=False)
ENQUIRY = Listing((Listed("Q-12", 12, "enquiry", "Who built it?"),), single=False)
SAID_OF = {"claim": TASK, "done": TASK, "up": TASK, "counts": MATERIAL} | dict.fromkeys(  # nothing to say of an article
    ("answer", "close", "concerns", "append"), ENQUIRY
)
WORDED = {"ask", "note", "counts", "concerns", "decoration", "not decoration"}  # that say nothing without words
ONE = Listing(LISTING.items[:1], single=True)
LANGUAGES = pytest.mark.parametrize("lexicon", LEXICONS, ids=lambda lexicon: lexicon.language)
SPELLINGS = (
    *("A-12", "a-12", "A12", "a12", "#A-12", "(A-12)", "*A-12*", "A 12", "a 12", "A - 12", "12", "#12"),
    *("A\u201312", "A\u201112", "A\u221212", "\u2116 12", "\u211612"),  # dashes, the numero sign
    *("\u0410-12", "\u0430-12", "\u041012", "\uff21-12", "A-\uff11\uff12"),  # a Cyrillic letter, full width
)
DECIDING = {verb for verb, about in verbs.VERBS.items() if about.decides and "member" in about.who}


def said(text: str, listing: Listing = LISTING, who: str = "member") -> Reading:
    return read_reply(text, None, None, Sent(""), (), listing, who)


def acts(reading: Reading) -> list[tuple[str, ...]]:
    return [tuple(p for p in (c.verb, *c.refs, c.words, c.argument) if p) for c in reading.commands]


def forms(lexicon: Lexicon) -> list[tuple[str, str]]:
    """(form, verb) of a member, with yes and no."""
    tables = [(verb, said_) for verb, said_ in lexicon.forms.items() if "member" in verbs.VERBS[verb].who]
    every = (*tables, ("yes", lexicon.yes), ("no", lexicon.no))
    return [(form, verb) for verb, said_ in every for phrase in said_ for form in verbs.spellings(phrase, lexicon)]


def deciding(lexicon: Lexicon) -> list[tuple[str, str]]:
    """Those that decide on an item, but for `ask`, whose words may be of any kind."""
    return [(form, verb) for form, verb in forms(lexicon) if verb in (DECIDING | {"yes", "no"}) - {"ask"}]


def complete(form: str, verb: str) -> tuple[str, tuple[str, str]]:
    """What follows the form so that it is whole; (words, argument) that come of it."""
    if verb == "sort":
        return f"{form} article", ("", "article")
    if verb == "schedule":
        return f"{form} 2026-12-05", ("", "2026-12-05")
    return (f"{form}: x y", ("x y", "")) if verb in WORDED else (form, ("", ""))


CANONICAL = {"yes": "approve", "no": "reject"}


@LANGUAGES
def test_every_form_with_every_spelling_of_a_reference_does_exactly_its_verb(lexicon: Lexicon):
    for form, verb in forms(lexicon):
        about = verbs.VERBS[CANONICAL.get(verb, verb)]
        if not about.needs_item:
            continue
        line, given_ = complete(form, verb)
        listing = SAID_OF.get(verb, LISTING)
        for spelling in SPELLINGS if listing is LISTING else (listing.refs[0], listing.refs[0].lower(), "12"):
            reading = said(f"{spelling} {line}", listing)
            (command,) = reading.commands or [None]
            assert command, (spelling, line, reading.unclear)
            assert (command.verb, command.refs) == (about.name, listing.refs[:1]), (spelling, line)
            assert (command.words, command.argument) == given_, (spelling, line)
            assert reading.unclear == ()


@LANGUAGES
def test_every_form_may_stand_before_the_reference(lexicon: Lexicon):
    for form, verb in forms(lexicon):
        about = verbs.VERBS[CANONICAL.get(verb, verb)]
        if about.needs_item and verb not in {"sort", "schedule", *WORDED, *SAID_OF} and form != "si":
            for spelling in ("A-12", "a12", "#A-12", "\u0410-12", "A 12"):
                assert acts(said(f"{form.upper()} {spelling}.")) == [(about.name, "A-12")], form


@LANGUAGES
def test_every_form_about_the_writer_is_a_whole_line(lexicon: Lexicon):
    words = {"quiet": "22:00-07:00", "time zone": "Europe/Lisbon", "stand-in": "Sam", "ask me for": "history"}
    words["language"] = "English"
    files = ("contents", "complete", "offline", "restore", "layout", "have a part in", "me again for")
    words |= dict.fromkeys(files, "North Pier")
    words |= dict.fromkeys(("wanted", "unwanted"), ": a cartoonist")
    for form, verb in forms(lexicon):
        if verbs.VERBS[CANONICAL.get(verb, verb)].needs_item:
            continue
        line = f"{form} {words.get(verb, '')}".strip()
        assert [c.verb for c in said(line).commands] == [verb], form
        if verbs.VERBS[verb].of_self:
            if verb not in {"wanted", "unwanted"}:
                assert said(f"{line} and then we took the tram").commands == (), form
            assert said(f"It rained, and so we stayed at home and said that it is\n{line}").commands == (), form
            assert said(f"{line}?").commands == (), form


@LANGUAGES
def test_a_decomposed_form_is_the_same(lexicon: Lexicon):
    for form, verb in deciding(lexicon):
        whole = complete(form, verb)[0]
        assert acts(said(f"A-12 {unicodedata.normalize('NFD', whole)}")) == acts(said(f"A-12 {whole}")), form


BEHIND = {
    "en": ("not {}", "do not {}", "don't {}", "never {}", "I would not {}", "we should never {}", "not yet {}"),
    "es": ("no {}", "nunca {}", "yo no {}", "no hay que {}", "no lo {}", "tampoco {}", "por favor no {}"),
    "fr": ("ne pas {}", "pas {}", "ne {} pas", "n'{}", "je ne {} pas", "jamais {}", "s'il vous plaît ne pas {}"),
    "de": ("nicht {}", "bitte nicht {}", "nie {}", "wir wollen nicht {}", "kein {}", "ich nicht {}", "{} ich nicht"),
    "it": ("non {}", "io non {}", "mai {}", "per favore non {}", "non lo {}", "nemmeno {}"),
    "pt": ("não {}", "nunca {}", "eu não {}", "por favor não {}", "não o {}", "nem {}"),
    "ru": ("не {}", "я не {}", "не надо {}", "никогда не {}", "пожалуйста не {}", "нельзя {}"),
}


@LANGUAGES
def test_a_form_behind_a_negation_of_its_language_decides_nothing(lexicon: Lexicon):
    for form, verb in deciding(lexicon):
        whole = complete(form, verb)[0]
        for negation in BEHIND[lexicon.language]:
            line = negation.format(whole)
            for text in (f"A-12 {line}", f"{line} A-12", f"A-12: {line}."):
                assert not [c for c in said(text).commands if c.verb in DECIDING], text
            assert said(line, ONE).commands == (), line


@LANGUAGES
def test_a_decision_that_a_line_with_a_negation_doubts_is_not_made(lexicon: Lexicon):
    negation = BEHIND[lexicon.language][0]
    for form, verb in deciding(lexicon):
        if verb in {"approve", "reject", "hold", "discard"}:
            text = f"A-12 approve\n\n{negation.format(form)} A-12"
            assert said(text).commands == (), text


@LANGUAGES
def test_a_form_with_a_condition_of_its_language_decides_nothing(lexicon: Lexicon):
    conditions = [c for c in lexicon.conditions if c.isalpha() or " " in c]
    for n, (form, verb) in enumerate(deciding(lexicon)):
        whole = complete(form, verb)[0]
        for condition in (conditions[n % len(conditions)], conditions[(7 * n + 3) % len(conditions)]):
            for text in (
                f"A-12 {whole} {condition} x y z",
                f"A-12 {whole}, {condition} x y z",
                f"A-12 {whole} - {condition} x y z",
                f"{whole} A-12 {condition} x y z",
                f"A-12 {whole}\n{condition} x y z",
                f"{condition} x y z\nA-12 {whole}",
                f"{condition} x y z, A-12 {whole}",
            ):
                assert not [c for c in said(text).commands if c.verb in DECIDING], text


@LANGUAGES
def test_every_condition_of_a_language_takes_back_an_approval(lexicon: Lexicon):
    for condition in lexicon.conditions:
        for text in (
            f"A-12 approve {condition} x y",
            f"A-12 approve\n{condition} x y",
            f"A-12 reject, {condition} x y",
        ):
            assert said(text).commands == (), text


QUESTIONS = ("?", " ?", "\uff1f", "\u061f", "\u037e", "?!", "!?", " \u203d", "...?")


@LANGUAGES
@pytest.mark.parametrize("mark", QUESTIONS)
def test_a_question_decides_nothing(lexicon: Lexicon, mark: str):
    for form, verb in deciding(lexicon)[::3]:
        whole = complete(form, verb)[0]
        assert said(f"A-12 {whole}{mark}").commands == (), whole
        assert said(f"\xbf{whole} A-12").commands == (), whole


@LANGUAGES
def test_courtesies_of_a_language_change_nothing(lexicon: Lexicon):
    form = lexicon.forms["approve"][0]
    for courtesy in lexicon.courtesies:
        assert acts(said(f"A-12 {form}, {courtesy}!")) == [("approve", "A-12")], courtesy
    for greeting in lexicon.greetings:
        reading = said(f"{greeting.capitalize()} Ana,\n\nA-12 {form}\n\n{lexicon.sign_offs[0].capitalize()}\nBen Lund")
        assert (acts(reading), reading.unclear) == ([("approve", "A-12")], ()), greeting
    for sign_off in lexicon.sign_offs:
        reading = said(f"A-12 {form}\n\n{sign_off},\nBen")
        assert (acts(reading), reading.unclear) == ([("approve", "A-12")], ()), sign_off


@LANGUAGES
def test_a_bare_yes_is_enough_in_a_letter_on_one_item_and_nowhere_else(lexicon: Lexicon):
    for yes in lexicon.yes:
        assert acts(said(f"{yes.capitalize()}!", ONE)) == [("approve", "A-12")], yes
        assert [unclear.reason for unclear in said(yes).unclear] == ["no-reference"], yes
    for no in lexicon.no:
        assert acts(said(no, ONE)) == [("reject", "A-12")], no


LISTS = {
    "en": ("A-12, F-13 and A-14 {}", "A-12 to A-14 {}", "all articles {}", "all except A-12 {}", "all {}"),
    "es": ("A-12, F-13 y A-14 {}", "A-12 a A-14 {}", "todos los artículos {}", "todos excepto A-12 {}", "todo {}"),
    "fr": ("A-12, F-13 et A-14 {}", "A-12 à A-14 {}", "tous les articles {}", "tous sauf A-12 {}", "tout {}"),
    "de": ("A-12, F-13 und A-14 {}", "A-12 bis A-14 {}", "alle Artikel {}", "alle außer A-12 {}", "alle {}"),
    "it": ("A-12, F-13 e A-14 {}", "A-12 fino a A-14 {}", "tutti gli articoli {}", "tutti tranne A-12 {}", "tutto {}"),
    "pt": ("A-12, F-13 e A-14 {}", "A-12 até A-14 {}", "todos os artigos {}", "todos exceto A-12 {}", "tudo {}"),
    "ru": ("A-12, F-13 и A-14 {}", "A-12 по A-14 {}", "все статьи {}", "все кроме A-12 {}", "всё {}"),
}
MEANT = (
    ("A-12", "F-13", "A-14"),
    ("A-12", "A-14"),
    ("A-12", "A-14", "A-17"),
    ("F-13", "A-14", "M-15", "A-17"),
    ("A-12", "F-13", "A-14", "M-15", "A-17"),
)


@LANGUAGES
def test_lists_ranges_all_and_all_but(lexicon: Lexicon):
    form = lexicon.forms["approve"][0]
    for pattern, refs in zip(LISTS[lexicon.language], MEANT, strict=True):
        assert acts(said(pattern.format(form))) == [("approve", *refs)], pattern
        assert acts(said(pattern.format(f": {form}"))) == [("approve", *refs)], pattern


@LANGUAGES
def test_the_rest_is_what_no_other_line_is_about(lexicon: Lexicon):
    approve, hold = lexicon.forms["approve"][0], lexicon.forms["hold"][0]
    for others in lexicon.others:
        text = f"A-12 {approve}\nF-13 xyz\nQ-16 discard\n\n{others} {hold}"
        assert ("hold", "A-14", "M-15", "A-17") in acts(said(text)), others
        assert ("approve", "A-12") in acts(said(text)), others


def test_the_rest_waits_where_a_line_s_item_is_not_known():
    reading = said("1 yes\nthe rest reject")
    assert reading.commands == ()
    assert [unclear.reason for unclear in reading.unclear] == ["unknown-number", "which-rest"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A-12 aprobado\nA-12 abgelehnt", []),
        ("A-12 одобрено\nA-12 approvato", [("approve", "A-12")]),
        ("A-12 genehmigt\nalle ablehnen", [("reject", "F-13", "A-14", "M-15", "A-17")]),
        ("A-12 nota: rechazar es duro\nno aprobar", [("note", "A-12", "rechazar es duro\nno aprobar")]),
        (
            "A-12 refuser: trop long\napprouver\nF-13 approuver",
            [("reject", "A-12", "trop long\napprouver"), ("approve", "F-13")],
        ),
        ("A-12 fragen: wann war das?\nannehmen", [("ask", "A-12", "wann war das?\nannehmen")]),
        ("no, rechazar A-12", [("reject", "A-12")]),
        ("sí, apruebo A-12", [("approve", "A-12")]),
        ("ja, genehmigen A-12", [("approve", "A-12")]),
        ("A-12 si", [("approve", "A-12")]),
        ("J'approuve A-12, merci", [("approve", "A-12")]),
        ("A-12 lehne ich ab: zu lang", [("reject", "A-12", "zu lang")]),
        ("von A-12 bis A-14 annehmen", [("approve", "A-12", "A-14")]),
        ("A-12..A-14 annehmen", [("approve", "A-12", "A-14")]),
        ("A-12 \u2013 A-14 annehmen", [("approve", "A-12", "A-14")]),
        ("A-12 preguntar \xbfcuándo fue?", [("ask", "A-12", "\xbfcuándo fue?")]),
        ("ask the author of A-12: when?", [("ask", "A-12", "when?")]),
        ("A-12 ask author: when?", [("ask", "A-12", "when?")]),
        ("A-12 approve \U0001f44d", [("approve", "A-12")]),
        ("A-12 sort artículo", [("sort", "A-12", "article")]),
        ("A-12 reject: ", [("reject", "A-12")]),
        ("A-12 reject: no", [("reject", "A-12", "no")]),
        ("A-12 хорошо", [("approve", "A-12")]),
        ("A-12 reject:\n\nSent later", [("reject", "A-12")]),
        ("Q-16 sort as an article", [("sort", "Q-16", "article")]),
        ("A-12 retract: it was never true", [("retract", "A-12", "it was never true")]),
        ("A-12 retract", [("retract", "A-12")]),
        ("replace A-12", [("replace", "A-12")]),
        ("A-12 replace\n\nA new text.\n\nIts end.", [("replace", "A-12", "A new text.\n\nIts end.")]),
        ("A-12 replace\n--- begin\nA-12 approve\n--- end", [("replace", "A-12", "A-12 approve\n")]),
        ("A-12 not me", [("unclaim", "A-12")]),
        ("A-12 not me, ask Sam", [("unclaim", "A-12", "ask Sam", "Sam")]),
        ("A-12 not me - ask Sam, please", [("unclaim", "A-12", "ask Sam, please", "Sam")]),
        ("A-12 give to Sam Hill", [("unclaim", "A-12", "Sam Hill", "Sam Hill")]),
        ("A-12 no soy yo, pregunta a Sam", [("unclaim", "A-12", "pregunta a Sam", "Sam")]),
        ("A-12 not me, too much to do", [("unclaim", "A-12", "too much to do")]),
    ],
)
def test_what_acts(text: str, expected: list[tuple[str, ...]]):
    assert sorted(acts(said(text))) == sorted(expected)


ASKED_BACK = {
    "no rechazar A-12": "bare-word",
    "A-12 no rechazar": "extra-words",
    "si A-12": "extra-words",
    "si apruebo A-12": "bare-word",
    "A-12 ja aprovado": "extra-words",
    "A-12 já aprovado": "extra-words",
    "A-12 a 14 approve": "extra-words",
    "A-12, o A-14: approvare": "extra-words",
    "No. 12": "ambiguous",
    "No 12": "ambiguous",
    "A-12 approve \U0001f44e": "extra-words",
    "A-12 bin": "two-meanings",
    "A-12 y": "two-meanings",
    "A-12 y\nF-13 reject": "two-meanings",
    "A-12 ask Sam": "two-meanings",
    "A-12 claim": "not-for-kind",
    "A-12 answer: it is from 1994": "not-for-kind",
    "A-12 aprobdo": "near-miss",
    "A-12 genemigt": "near-miss",
    "A-12 одобренно": "near-miss",
    "A-12 ablehnen nicht": "negated",
    "A-12 ablehnen würde ich nicht": "extra-words",
    "A-12 reject, or hold": "conditional",
    "A-12 not me who wrote that": "extra-words",
    "A-12 not me, approve it": "extra-words",
    "A-12 retract, unless he agrees": "conditional",
    "A-12 replace\nbut only the end": "broken-text",
}


@pytest.mark.parametrize("text", ASKED_BACK)
def test_what_is_asked_back(text: str):
    reading = said(text)
    assert not [c for c in reading.commands if "A-12" in c.refs]
    assert ASKED_BACK[text] in [unclear.reason for unclear in reading.unclear]


HINTS = {
    "Q-16 approve": 'Q-16 is an enquiry; write "Q-16 claim" or "Q-16 answer"',
    "Q-16 aprove": 'did you mean "approve"? on Q-16 write for example "Q-16 hold"',
    "Q-16": 'write for example "Q-16 hold" on a line of its own',
    "not sure about Q-16": 'write for example "Q-16 hold" on a line of its own',
    "A-12 aprobdo": 'did you mean "aprobado"? write "A-12 aprobado" on a line of its own',
    "A-14 claim": 'A-14 is an article; write "A-14 approve" or "A-14 reject"',
    "A-14 answer: it is": 'A-14 is an article; write "A-14 approve" or "A-14 reject"',
    "2 yes": "no item has the number 2; if you mean the one at place 2, write F-13",
    "M-15 retract": 'M-15 is a request to join; write "M-15 approve" or "M-15 reject"',
    "A-12 not me who": 'write "A-12 not me" on a line of its own, or "A-12 not me, ask" and a name',
}


@pytest.mark.parametrize("text", HINTS)
def test_a_hint_fits_the_item(text: str):
    (unclear,) = said(text).unclear
    assert hint_of(unclear) == HINTS[text]


def test_S18_parts_that_say_different_things_in_two_languages_act_on_neither():
    different = read_reply("A-12 rechazar", "A-12 genehmigt", None, Sent(""), (), LISTING, "member")
    assert different.commands == ()
    assert {unclear.reason for unclear in different.unclear} == {"parts-differ"}
    away = read_reply("away until 3 December", "away until 30 December", None, Sent(""), (), LISTING, "member")
    assert away.commands == ()


# Prose

PROSE = {
    "en": "I read all of this on the train and I am not sure that we should approve A-12 before somebody has asked "
    "the author about the photo. If it were mine I would hold it, or at least ask for a better one, and never "
    "publish it as it stands. Nobody will be back before Friday, so let us decide then. To reject it outright "
    "seems too hard to me, and yes, I know that F-13 was approved in spite of everything that Ben said about it "
    "daily.",
    "es": "He leído todo esto en el tren y no estoy segura de que debamos aprobar A-12 antes de que alguien pregunte "
    "a la autora por la foto. Si fuera por mí lo dejaría en espera, o al menos pediría una mejor, y nunca lo "
    "vamos a publicar tal como está. Nadie estará de vuelta antes del viernes, así que decidamos entonces. "
    "Rechazar sin más me parece demasiado duro, y sí, ya sé que F-13 fue aprobado a pesar de todo lo que dijo "
    "Ben.",
    "fr": "J'ai lu tout cela dans le train et je ne suis pas sûre que nous devions approuver A-12 avant que quelqu'un "
    "ait pu demander à l'autrice d'où vient la photo. Si cela ne tenait qu'à moi je le mettrais en attente, et "
    "jamais je n'irais publier un tel texte. Personne ne sera de retour avant vendredi, donc décidons ce "
    "jour-là. Rejeter tout simplement me paraît trop dur, et oui, je sais que F-13 fut accepté malgré ce que "
    "disait Ben.",
    "de": "Ich habe das alles im Zug gelesen und bin nicht sicher, ob wir A-12 annehmen sollten, bevor jemand die "
    "Autorin nach dem Foto fragen konnte. Wenn es nach mir ginge, würde ich warten, und jedenfalls nicht so "
    "veröffentlichen, wie es dasteht. Vor Freitag ist niemand zurück, also entscheiden wir dann. Einfach "
    "ablehnen scheint mir zu hart, und ja, ich weiß, dass F-13 trotz allem genehmigt wurde, was Ben täglich "
    "dazu sagte.",
    "it": "Ho letto tutto questo in treno e non sono sicura che dovremmo approvare A-12 prima che qualcuno possa "
    "chiedere all'autrice della foto. Se fosse per me lo terrei in attesa, e mai andrei a pubblicare un testo "
    "simile. Nessuno sarà di ritorno prima di venerdì, quindi decidiamo allora. Rifiutare e basta mi sembra "
    "troppo duro, e sì, so bene che F-13 è stato accettato malgrado tutto quello che diceva Ben.",
    "pt": "Li tudo isto no comboio e não tenho a certeza de que devamos aprovar A-12 antes de alguém perguntar à "
    "autora pela fotografia. Se fosse por mim ficava em espera, e nunca o vamos publicar tal como está. Ninguém "
    "estará de volta antes de sexta, por isso decidamos então. Rejeitar sem mais parece-me demasiado duro, e "
    "sim, já sei que F-13 foi aceito apesar de tudo o que o Ben disse.",
    "ru": "Я прочитала всё это в поезде и не уверена, что нам стоит принять А-12 раньше, чем кто-то сможет спросить "
    "автора о фотографии. Если бы решала я, то предпочла бы подождать, и уж точно не опубликовать в таком виде. "
    "До пятницы никто не вернулся и не вернётся, так что решим тогда. Просто отклонить кажется мне слишком "
    "жёстким, и да, я знаю, что F-13 был принят вопреки всему, что говорил Бен.",
}


@pytest.mark.parametrize("language", PROSE)
@pytest.mark.parametrize("who", ["member", "author"])
def test_prose_with_verbs_in_it_decides_nothing_however_it_is_wrapped(language: str, who: str):
    for width in (*range(38, 100), 2000):
        text = "\n".join(textwrap.wrap(PROSE[language], width))
        reading = said(text, LISTING, who)
        assert reading.commands == (), (width, reading.commands)
        assert said(text, ONE, who).commands == (), width


def first_words() -> set[str]:
    """Words with which something may be said; text without them says nothing."""
    return {first for who in ("member", "author", "applicant") for first in verbs.forms(who)}


def harmless_words() -> list[str]:
    said_ = first_words()
    every = {word for text in PROSE.values() for word in re.findall(r"[^\W\d_]+", text)}
    return sorted(word for word in every if word.casefold() not in said_ and not set(verbs_of(word)) & said_)


def verbs_of(word: str) -> list[str]:
    return list(split(word))


MORE = ["A-12", "F-13", "12", "all", "\n", "\n\n", ",", ".", ":", "-", "!", "the rest", "* ", "1."]


@settings(deadline=None, max_examples=300)
@given(
    st.lists(st.sampled_from([*harmless_words(), *MORE]), max_size=40).map(" ".join),
    st.sampled_from(["member", "author"]),
)
def test_random_text_without_a_verb_decides_nothing(text: str, who: str):
    assert said(text, LISTING, who).commands == ()
    assert said(text, ONE, who).commands == ()


DOUBTFUL = (
    "si no non não nein нет ja já да da oui A-12 F-13 aprobar approve ablehnen принять не pas nicht , : \n aber but "
    "sauf pero если tutti all y o e a 12 ? el die"
)


@settings(deadline=None, max_examples=200)
@given(
    st.lists(
        st.sampled_from(DOUBTFUL.split(" ")),
        max_size=9,
    ).map(" ".join)
)
def test_a_line_with_a_clear_negation_never_approves(text: str):
    doubts = {"não", "non", "не", "pas", "nicht", "aber", "but", "sauf", "pero", "если"}
    for line in (each for each in text.split("\n") if doubts & set(each.split())):
        approving = [c for c in said(line).commands if c.verb == "approve"]
        assert not approving, line


@pytest.mark.parametrize(
    "text",
    [
        "no, no problem",
        "Nein, kein Problem",
        "nein, keine Einwände",
        "Non, pas de problème",
        "No, ningún problema",
        "No, nessun problema",
        "Não, nenhum problema",
        "нет, без возражений",
    ],
)
def test_a_no_that_has_no_objection_rejects_nothing(text: str):
    """It is asked back; behind a no that is meant, a reason may hold the same words."""
    assert acts(said(f"A-12 {text}")) == []
    assert acts(said("A-12 no, the problem is its length")) == [("reject", "A-12", "the problem is its length")]


@pytest.mark.parametrize(
    "unit",
    ["da ", "aprobado A-12 ", "A-12 a ", "no no ", "si si ", "\xbf", "e\u0301", "l'", "12-", "todos excepto A-12, "],
)
def test_hostile_lines_are_read_to_their_end(unit: str):
    """What is not linear does not come back."""
    line = unit * (300_000 // len(unit))
    assert len(said(line).commands) <= 1
    assert len(said("\n".join([unit * 3] * 3_000)).unclear) <= 31


MANNERS = (
    "Thank you all for the good work!",
    "¡Gracias a todos por el buen trabajo!",
    "Merci à tous pour ce beau travail !",
    "Danke an alle für die gute Arbeit!",
    "Grazie a tutti per il bel lavoro!",
    "Obrigada a todos pelo bom trabalho!",
    "Спасибо всем за работу!",
    "Best wishes\nAna Lund\nHold the Line Press",
    "Viele Grüße\nAna Lund\nVerlag Warten",
    "See my answers below.",
    "siehe unten:",
    "voir ci-dessous",
)


@pytest.mark.parametrize("text", MANNERS)
def test_manners_are_not_asked_back(text: str):
    for mail in (f"A-12 approve\n\n{text}", f"{text}\n\nA-12 approve"):
        reading = said(mail)
        assert (acts(reading), reading.unclear) == ([("approve", "A-12")], ()), mail


@pytest.mark.parametrize(
    "text",
    ["Thanks, but not this one", "Gracias, pero no", "Danke, A-14 nicht", "Thanks for what?", "Thanks, reject it"],
)
def test_thanks_that_say_more_are_asked_back(text: str):
    reading = said(f"A-12 approve\n\n{text}")
    assert text in [unclear.line for unclear in reading.unclear]


def test_lines_that_answer_no_letter_are_read_in_all_languages():
    reading = read_lines(
        "a-123 aprobado\nотклонить F-9: нечётко\n\nalle annehmen", Listing((), single=False), "operator"
    )
    assert acts(reading) == [("approve", "A-123"), ("reject", "F-9", "нечётко")]
