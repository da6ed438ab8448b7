"""The words of seven languages, understood at once: no word says two things, and none is said by accident."""

# ruff: noqa: RUF001 - letters of several scripts, and meant

from __future__ import annotations

from collections import defaultdict

import pytest

from mailproc.kinds.every import KINDS
from mailproc.review.language import verbs, words
from mailproc.review.language.lexicon import LEXICONS, SHARED, Calendar, Lexicon

ROLES = ("member", "author", "applicant")
DOUBTING = ("negations", "conditions", "alternatives", "excepting")
SILENT = (
    "leads",
    "particles",
    "copulas",
    "courtesies",
    "greetings",
    "sign_offs",
    "determiners",
    "joining",
    "everything",
    "others",
)
Phrase = tuple[str, ...]

# The words that one meets everywhere in a language: alone on a line they may be the rest of any sentence.
EVERYDAY = {
    "en": "the be to of and a in that have i it for not on with he as you do at this but his by from they we say her "
    "she or an will my one all would there their what so up out if about who get which go me when make can like "
    "time just him know take people into year your good some could them see other than then now look only come "
    "its over think also use two how our work first well way even new want because any these give day most us "
    "is was are were had has did been may here very more still much own off again too down should must bin art "
    "point end part men via",
    "es": "de la que el en y a los se del las un por con no una su para es al lo como más o pero sus le ha me sin "
    "sobre este ya entre cuando todo esta ser son dos también fue había era muy años desde está mi porque qué "
    "han yo hay vez puede así nos ni parte tiene él uno donde bien tiempo mismo ese ahora cada vida otro "
    "después te otros aunque esa eso hace durante siempre día tanto ella tres dijo sido gran país según año "
    "antes diario once",
    "fr": "de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont aux d avec "
    "son comme ou mais on fait nous vous tout cette ces ses leur être même elle deux bien sans peut si tous "
    "avoir aussi encore entre après donc autre où moins temps très avant ils ont dont quand faut rien lui moi "
    "toujours ici alors jour fois peu était cela cet ma mon ta ton mes tes sous vers chez plein nuit dire lire "
    "port main pain reporter",
    "de": "der die und in den von zu das mit sich des auf für ist im dem ein eine als auch es an werden aus er hat "
    "dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben oder vor zur mehr durch "
    "man sein wurde hatte kann vom können schon habe ihre dann unter wir soll ich eines jahr diese dieser "
    "wieder worden will zwischen immer was sagte gibt seit beim jetzt waren drei mich bin mir ihm bist du uns "
    "euch hier da ganz gut sehr weil mal still also rat tag gift art die",
    "it": "di e il la che in a per un è del si le da una sono i ha al lo come più o della nel dei alla anche mi io su "
    "gli ci era questo suo dal sua ho essere fra fatto anni loro ne due ancora prima così qui sempre molto "
    "perché dove noi cosa me bene fare te tu lei stata ora tempo via casa sia hanno quella quello oggi parte "
    "già cui ad ed ti vi chi",
    "pt": "de a o que e do da em um para é com uma os na por mais as dos como ao ele das tem à seu sua ou ser muito "
    "há nos já está eu também pelo pela isso ela entre era mesmo aos ter seus quem nas me esse eles estão você "
    "tinha foram essa num suas meu às minha têm numa pelos elas havia seja qual será nós tenho lhe deles te "
    "vocês vos logo vez dia",
    "ru": "и в на я быть он что по это она этот к мы весь который из у то за свой год от так о для ты же тот мочь вы "
    "человек такой его сказать ещё бы себя один как уже время сам другой вот говорить наш мой знать стать при "
    "чтобы дело жизнь кто первый очень два день её новый рука даже во со раз где там под можно ну какой их "
    "работа самый",
}


def phrases(lexicon: Lexicon, said: tuple[str, ...]) -> set[Phrase]:
    return {words.split(form) for phrase in said for form in verbs.spellings(phrase, lexicon)}


def said_by(role: str) -> dict[Phrase, dict[str, str]]:
    """Form -> language -> what it says there, for what somebody of this role can say."""
    found: defaultdict[Phrase, dict[str, str]] = defaultdict(dict)
    for lexicon in LEXICONS:
        tables = [(verb, forms) for verb, forms in lexicon.forms.items() if role in verbs.VERBS[verb].who]
        for meaning, forms in (*tables, ("yes", lexicon.yes), *([("no", lexicon.no)] if role == "member" else [])):
            for form in phrases(lexicon, forms):
                assert found[form].get(lexicon.language, meaning) == meaning, f"{form} twice in {lexicon.language}"
                found[form][lexicon.language] = meaning
    return found


def of_fields(names: tuple[str, ...]) -> dict[Phrase, str]:
    return {
        form: lexicon.language
        for lexicon in LEXICONS
        for name in names
        for form in phrases(lexicon, getattr(lexicon, name))
    }


def harmless(form: Phrase) -> bool:
    return form in {words.split(word) for word in SHARED.harmless}


@pytest.mark.parametrize("role", ROLES)
def test_no_form_says_one_thing_in_one_language_and_another_in_another(role: str):
    assert {form: by for form, by in said_by(role).items() if len(set(by.values())) > 1} == {}


def test_no_form_doubts_or_takes_back_in_another_language():
    doubting = of_fields(DOUBTING)
    clashes = {form for form in said_by("member") if form in doubting and not harmless(form)}
    assert clashes == set()


def test_no_word_that_is_skipped_says_or_doubts_anything():
    silent, doubting, said = of_fields(SILENT), of_fields(DOUBTING), said_by("member")
    assert {form for form in silent if form in doubting} == set()
    assert {form for form in silent if form in said} == set()


@pytest.mark.parametrize("lexicon", LEXICONS, ids=lambda lexicon: lexicon.language)
def test_no_form_that_decides_is_an_everyday_word_of_another_language(lexicon: Lexicon):
    acting = {verb for verb, about in verbs.VERBS.items() if about.decides or about.of_self} | {"yes", "no"}
    mine = {form for form, by in said_by("member").items() if by.get(lexicon.language) in acting}
    for language, everyday in EVERYDAY.items():
        if language != lexicon.language:
            clashes = {form for form in mine & {words.split(word) for word in everyday.split()} if not harmless(form)}
            assert clashes == set(), f"{lexicon.language} in {language}"


def test_what_was_left_out_stays_out_and_each_exception_is_needed():
    said, doubting = said_by("member"), of_fields(DOUBTING)
    everyday = {words.split(word) for text in EVERYDAY.values() for word in text.split()} | {("hold",), ("ja",)}
    assert not [word for word in (*SHARED.two_meanings, *SHARED.left_out) if words.split(word) in said]
    assert [word for word in SHARED.harmless if words.split(word) not in said] == []
    assert [word for word in SHARED.harmless if words.split(word) not in doubting.keys() | everyday] == []


def test_no_kind_has_the_name_of_another():
    named: defaultdict[Phrase, set[str]] = defaultdict(set)
    for lexicon in LEXICONS:
        for kind, names in lexicon.kinds.items():
            for name in phrases(lexicon, names):
                named[name].add(kind)
    assert {name: kinds for name, kinds in named.items() if len(kinds) > 1} == {}


@pytest.mark.parametrize("lexicon", LEXICONS, ids=lambda lexicon: lexicon.language)
def test_every_language_can_say_everything(lexicon: Lexicon):
    assert set(lexicon.forms) == set(verbs.VERBS)
    assert set(lexicon.kinds) == {"help", *KINDS}
    for value in (lexicon, lexicon.calendar):
        names = set(value.__struct_fields__) - {"spellings"}
        assert [name for name in names if not getattr(value, name)] == []
    assert all(lexicon.forms.values())
    assert (len(lexicon.calendar.weekdays), len(lexicon.calendar.months)) == (7, 12)


@pytest.mark.parametrize("lexicon", LEXICONS, ids=lambda lexicon: lexicon.language)
def test_no_phrase_stands_twice_in_a_list(lexicon: Lexicon):
    lists = {
        name: getattr(lexicon, name)
        for name in lexicon.__struct_fields__
        if isinstance(getattr(lexicon, name), tuple) and name not in {"numbers", "ordinals"}
    }
    for name, said in (lists | dict(lexicon.forms)).items():
        folded = [words.split(phrase) for phrase in said]
        assert len(said) == len(set(said)), name
        assert len(folded) >= len(said), name


def test_a_calendar_s_word_means_one_day_and_one_month_in_all_languages():
    for names in ("weekdays", "months"):
        meant: defaultdict[Phrase, set[int]] = defaultdict(set)
        for calendar in (lexicon.calendar for lexicon in LEXICONS):
            assert isinstance(calendar, Calendar)
            for n, said in enumerate(getattr(calendar, names)):
                for name in said:
                    meant[words.split(name)].add(n)
        assert {name: days for name, days in meant.items() if len(days) > 1} == {}


@pytest.mark.parametrize("field", ["numbers", "ordinals"])
def test_a_number_s_word_is_one_number_in_all_languages(field: str):
    meant: defaultdict[Phrase, set[int]] = defaultdict(set)
    for lexicon in LEXICONS:
        for number, said in enumerate(getattr(lexicon, field), 1):
            for form in phrases(lexicon, said):
                meant[form].add(number)
    assert {form: numbers for form, numbers in meant.items() if len(numbers) > 1} == {}


def test_no_dash_number_or_sign_says_or_doubts_anything_else():
    """Between a letter and a number "minus" is a dash; "menos" and "moins", which except, are so only there."""
    doubting, said = of_fields(("negations", "conditions", "alternatives")), said_by("member")
    counting = of_fields(("dashes", "numbering")).keys() | {words.split(sign) for sign in SHARED.signs}
    assert {form for form in counting if form in doubting or form in said} == set()
    for place in verbs.ordinals():
        assert (place,) not in said


def test_no_word_around_a_plain_answer_doubts_or_answers():
    """What `plain` passes over says nothing: a condition or a denial among it would let mixed words agree."""
    fields = ("wishes", "mine", "it", "it_is", "beside")
    around = {
        form for lexicon in LEXICONS for name in fields for form in phrases(lexicon, getattr(lexicon.answers, name))
    }
    doubting, said = of_fields(DOUBTING), said_by("applicant")
    assert {form for form in around if form in doubting} == set()
    assert {form for form in around if form in said} == set()


def test_words_are_compared_without_case_accents_and_sharp_s():
    for one, other in (
        ("Aprobó", "aprobo"),
        ("approuvée", "APPROUVE\u0301E"),
        ("Straße", "STRASSE"),
        ("ещё", "еще"),
        ("não", "na\u0303o"),
    ):
        assert words.fold(one) == words.fold(other)
    for one, other in (("sí", "si"), ("é", "e"), ("è", "e"), ("já", "ja")):
        assert words.fold(one) != words.fold(other)
    assert words.fold("sí") == words.fold("si\u0301")
