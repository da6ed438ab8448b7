"""Nobody's word but the writer's: what stands beside a command, above it or below it, takes its power (S17).

Each row is a kind, and its siblings are of several languages; `>` begins what must still decide. The bench of strangers
(`make bench ARGS=strangers`) has thousands more.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailproc.message.words.postmark import Postmark
from mailproc.message.words.quotation import Sent
from mailproc.review.reply.command import Listed, Listing, Reading, read_reply
from mailproc.review.reply.reading import ONE_QUESTION

LISTING = Listing((Listed("A-12", 12, "article", "The tram"), Listed("A-13", 13, "article", "Fog")), single=False)
SINGLE = Listing(LISTING.items[:1], single=True)
LETTER = """Two items wait.

1. A-12  article  The tram
| It was due at eight.

2. A-13  article  Fog
| No gull.

========
"""
SENT = Sent(
    LETTER, (), Postmark("The Harbour Review", ("desk@harbour.example",), datetime(2026, 11, 22, 8, tzinfo=UTC))
)


def said(text: str, listing: Listing = LISTING) -> Reading:
    return read_reply(text, None, None, SENT, (), listing, "member")


def signed(text: str, listing: Listing = LISTING, *, html: bool = False) -> Reading:
    """What Ana Poole says, in text or in HTML."""
    parts = (None, text) if html else (text, None)
    return read_reply(*parts, None, SENT, (), listing, "member", signed_by=("Ana Poole",))


ABOVE = {
    "broken off": (
        "Ben wants to",
        "Having talked to everybody I really do not think that we should",
        "Wir sollten auf keinen Fall",
        "Il faudrait peut-être",
        "Creo que no deberíamos",
        "Non credo che dovremmo",
        "Acho que não devemos",
        "Я не думаю, что надо",
        "Ik denk niet dat we",
        "Nie sądzę, żebyśmy mieli",
        "If the photo is ours,",
    ),
    "reported": (
        "Ben said:",
        "Cleo thinks differently.",
        "Ben hat so gestimmt.",
        "Voici ce que pense Ben.",
        "Ben opina lo siguiente.",
        "Cleo la pensa così, secondo me.",
        "O Ben votou assim.",
        "Бен считает иначе.",
        "Ben vindt het volgende.",
        "Ben uważa inaczej.",
    ),
    "presented": (
        "What follows is from Ben.",
        "These are Ben's.",
        "Das Folgende ist von Ben.",
        "Lo que sigue es de Ben.",
        "Quello che segue è di Ben.",
        "O que segue é do Ben.",
        "Ниже голоса Бена.",
        "Wat volgt is van Ben.",
        "I paste her answer.",
        "Ich leite das weiter.",
    ),
    "given by somebody": (
        "Ben me dijo esto.",
        "Ben mi ha detto questo.",
        "Das hat mir Ben gesagt.",
        "Ben m'a dit cela.",
        "Бен мне это сказал.",
        "Ben mi to powiedział.",
        "Ben heeft mij dit gezegd.",
        "Poniżej głosy Bena, tak jak mi je podał.",
        "I got it from Ben.",
        "Das habe ich von Ben.",
        "Recibido de Ben.",
        "От Бена.",
        "Od Bena.",
        "Van Ben.",
        "Ben on the phone.",
        "Ben am Telefon.",
        "Бен по телефону.",
        "Dictated by Ben.",
        "Ben wörtlich.",
    ),
    "somebody's own": (
        "Ben's list.",
        "Bens Liste",
        "Bens Stimmen,",
        "Bens Stimmen, wie er sie mir gab.",
        "My husband's votes.",
        "La liste de Ben.",
        "La lista di Ben.",
        "Lista Bena",
        "Her answer.",
        "Seine Antwort",
        "Sa réponse.",
        "Su respuesta.",
        "A resposta dele.",
        "Её голос",
        "Zijn antwoord.",
        "Jego odpowiedź.",
        "His.",
    ),
    "a sample": (
        "For example:",
        "z. B.",
        "Par exemple :",
        "Por ejemplo:",
        "Ad esempio:",
        "Например:",
        "To approve, write",
        "Draft, do not count it:",
        "Options:",
        "Bijvoorbeeld:",
    ),
    "denied": (
        "None of these should go up.",
        "Not yet!",
        "I would not do this.",
        "Keins davon, von diesen hier.",
        "Aucun de ceux-ci ne devrait passer.",
        "Ninguno de estos debería salir.",
        "Nessuno di questi.",
        "Just kidding.",
        "If nobody objects.",
        "Jeśli nikt nie ma nic przeciw.",
    ),
    "what sounds like a reference": (
        "The others want",
        "The rest would be glad if we",
        "All of them would like to",
        "All the others asked us to",
        "1. It would be nice to",
        "2) Nobody would be glad if we",
        "Die anderen wollen",
        "Alle würden gern",
        "Les autres veulent",
        "Los demás quieren",
        "Gli altri vogliono",
        "Os outros querem",
        "Остальные хотят",
    ),
    "a chat": (
        "[10:02] Ben",
        "Ben, 10:02",
        "Ben Marsh 10:02 AM",
        "Ben:",
        "From: Ben",
        "Von: Ben Marsh",
        "De: Ben Marsh",
        "On Sun, 22 Nov 2026 at 09:00, Ben Marsh <ben@gangway.example> wrote:",
        "Am 22.11.2026 um 09:00 schrieb Ben:",
        "---------- Forwarded message ---------\nFrom: Ben <ben@gangway.example>\nDate: 22 Nov 2026\nSubject: x\nTo: A",
        "-----Ursprüngliche Nachricht-----\nVon: Ben <ben@gangway.example>\nGesendet: 22.11.2026\nAn: Ana\nBetreff: x",
    ),
}
BELOW = (
    "and I do not.",
    "Just kidding.",
    "No, wait.",
    "but not yet",
    "unless it is cut",
    "says Ben at least",
    "wrong item, sorry",
    "I mixed them up.",
    "I take it back.",
    "Let me think again.",
    "It does not count.",
    "Ich habe mich vertan.",
    "Ich muss es erst lesen.",
    "Das galt einem anderen Text.",
    "J'ai confondu.",
    "Je dois d'abord le lire.",
    "Me he confundido.",
    "Primero tengo que leerlo.",
    "Mi sono confusa.",
    "Prima devo leggerlo.",
    "Confundi-me.",
    "Preciso de ler primeiro.",
    "Я перепутал.",
    "Сначала я прочитаю.",
    "Ik heb me vergist.",
    "Chodziło mi o inny.",
    "aber ich nicht.",
    "das war ein Scherz",
    "mais pas moi.",
    "pero yo no.",
    "ma non io.",
    "mas eu não.",
    "но я против.",
    "maar ik niet.",
    "ale ja nie.",
    "?",
)
HONEST = (
    "I read them all on the train.",
    "Sorry, I could not look at it earlier.",
    "Hi all,",
    "Moin,",
    "My votes for today:",
    "Here are mine:",
    "Meine Stimmen:",
    "Hier zijn mijn stemmen:",
    "Mes réponses, enfin.",
    "Home again from town.",
    "These are my votes for the week.",
    "I propose to go on as we do.",
    "Voici mes réponses :",
    "Mis votos:",
    "What a week!",
    "Ich habe alles im Zug gelesen.",
    "Dzień dobry,",
)


@pytest.mark.parametrize("gap", ["\n", "\n\n", "\n\n\n"], ids=["one", "two", "three"])
@pytest.mark.parametrize(("kind", "above"), [(kind, each) for kind, rows in ABOVE.items() for each in rows])
def test_S17_what_stands_above_takes_the_power(kind: str, above: str, gap: str):
    for command in ("A-12 approve", "approve A-13", "A-12 hold"):
        assert said(f"{above}{gap}{command}").commands == (), (kind, command)


@pytest.mark.parametrize("gap", ["\n", "\n\n"], ids=["one", "two"])
@pytest.mark.parametrize("below", BELOW)
def test_S17_what_stands_below_takes_it_back(below: str, gap: str):
    assert said(f"Hello,\n\nA-12 approve{gap}{below}").commands == ()


@pytest.mark.parametrize("words", HONEST)
def test_polite_words_take_nothing_and_do_not_come_back(words: str):
    reading = said(f"{words}\n\nA-12 approve\nA-13 hold")
    assert [(each.verb, each.refs) for each in reading.commands] == [("approve", ("A-12",)), ("hold", ("A-13",))]
    assert reading.unclear == ()


@pytest.mark.parametrize("words", ["Bis Donnerstag am Kai.", "До четверга на причале.", "Hasta el jueves aquí."])
def test_a_farewell_until_a_day_is_no_condition(words: str):
    below = said(f"A-12 approve\n\n{words}")
    assert ([each.verb for each in below.commands], below.unclear) == (["approve"], ())
    for doubted in ("Bis Donnerstag nicht.", "Bis Ben zustimmt.", "до четверга", "Hasta que Ben lo lea."):
        assert said(f"A-12 approve\n\n{doubted}").commands == ()


@pytest.mark.parametrize("bare", ["Yes", "Okay.", "No", "ja", "oui", "sí", "да"])
@pytest.mark.parametrize(
    "beside",
    [
        "Will have a look at it tonight.",
        "Schaue ich mir heute Abend an.",
        "Je regarde ce soir.",
        "Who is Jo?",
        "No time.",
    ],
)
def test_S17_a_bare_word_beside_others_is_asked_back(bare: str, beside: str):
    for text in (f"{bare}\n{beside}", f"{bare}\n\n{beside}", f"{beside}\n\n{bare}"):
        reading = said(text, SINGLE)
        assert reading.commands == ()
        assert reading.unclear


@pytest.mark.parametrize(
    "text", ["Yes", "Okay, thanks!\n\nAna", "Hi,\n\nyes\n\nBest wishes\nAna", "no\n\n-- \nAna\nEditor"]
)
def test_a_bare_word_alone_answers(text: str):
    assert len(said(text, SINGLE).commands) == 1


@pytest.mark.parametrize("text", ["Notes to myself: hold", "Notiz an mich: hold", "nota para mí: hold", "note to self"])
def test_S17_a_note_to_oneself_is_none(text: str):
    assert said(text, SINGLE).commands == ()


def test_S17_what_an_author_says_is_not_the_writer_s_where_more_of_it_was_pasted():
    letter = LETTER.replace("| It was due at eight.", "| It was due at eight, and nobody came.\n|\n| approve")
    sent = Sent(letter, (), SENT.postmark)
    for broken in ("eight, and nobody came.\n\n", "eight,\nand nobody came.\n"):
        pasted = f"It was due at {broken}approve"
        text = f"Hello,\n\n{pasted}\n\nFrom: The Harbour Review <desk@harbour.example>\nSent: 22.11.2026\nTo: Ana\n\n"
        assert read_reply(text + letter, None, None, sent, (), SINGLE, "member").commands == ()
    alone = read_reply(f"approve\n\n{letter}", None, None, sent, (), SINGLE, "member")
    assert [(each.verb, each.refs) for each in alone.commands] == [("approve", ("A-12",))]


def test_talk_beside_a_decision_is_told_to_an_announced_silence():
    assert said("A-12 approve\n\nThe tram story makes me uneasy, to be honest with you.").talked
    assert not said("A-12 approve\n\nThanks, Ana").talked


@pytest.mark.parametrize("wrote", ["Ben wrote:", "Ben schrieb:", "Cleo napisał:", "Бен написал:", "Ben skrev:"])
def test_S17_who_wrote_is_no_field_of_the_header_that_stands_further_down(wrote: str):
    header = "From: The Harbour Review <desk@harbour.example>\nSent: 22.11.2026 08:00\nTo: Ana\nSubject: x\n"
    for mark in ("", "> "):
        quoted = "".join(f"{mark}{line}\n" for line in (header + "\n" + LETTER).split("\n"))
        assert said(f"{wrote}\n\nA-12 reject\n\nA-13 reject\n\n{quoted}").commands == ()


def test_what_is_marked_below_an_attribution_ends_with_its_marks():
    text = "On 22 Nov 2026 at 09:00, Ben <ben@gangway.example> wrote:\n> A-12 approve\n> Ben\n\nA-13 hold"
    assert [(each.verb, each.refs) for each in said(text).commands] == [("hold", ("A-13",))]


def test_our_own_letter_introduced_is_nobody_else_s():
    text = "On 22 Nov 2026 at 08:00, The Harbour Review <desk@harbour.example> wrote:\n\nA-13 hold"
    assert [(each.verb, each.refs) for each in said(text).commands] == [("hold", ("A-13",))]


@pytest.mark.parametrize(
    "below",
    [
        "Sorry, I meant reject.",
        "Wait, no.",
        "Wait!",
        "I mean reject.",
        "Correction: reject",
        "Sorry, wrong button.",
        "Entschuldigung, ich meinte ablehnen.",
        "Pardon, je voulais dire rejeter.",
        "Perdón, quería decir rechazar.",
        "Scusate, volevo dire rifiutare.",
        "Desculpem, queria dizer rejeitar.",
        "Извините, я имела в виду отклонить.",
        "hold",
        "Reject.",
    ],
)
def test_another_word_below_a_blank_line_makes_the_first_doubtful(below: str):
    text = f"A-13 approve\n\n{below}"
    reading = read_reply(text, None, None, Sent(""), (), LISTING, "member")
    assert reading.commands == (), text
    assert reading.unclear[0].reason == "taken-back"


@pytest.mark.parametrize("below", ["Sorry for the delay.", "Sorry, I was away.", "ok", "Thank you all!"])
def test_a_courtesy_below_a_blank_line_takes_nothing(below: str):
    reading = read_reply(f"A-13 approve\n\n{below}", None, None, Sent(""), (), LISTING, "member")
    assert [(command.verb, command.refs) for command in reading.commands] == [("approve", ("A-13",))]


def test_a_long_sentence_in_small_letters_goes_on_with_the_word_above_it():
    for words in (
        "Thanks!\n\nPlease\n\ndiscard\n\nthis mail if you are not the person to whom it was sent by us, and tell.",
        "Danke!\n\nBitte\n\nverwerfen\n\nsie diese mail, wenn sie nicht die person sind, an die sie heute ging.",
    ):
        assert said(words, SINGLE).commands == ()


@pytest.mark.parametrize("name", ["Cleo said:", "Cleo sagte:", "Cleo a dit :", "Cleo wrote:", "Cleo escribió:"])
def test_a_colleague_who_is_introduced_in_the_first_line_decides_nothing(name: str):
    block = "From: The Harbour Review <desk@harbour.example>\nSent: Sunday, November 22, 2026 8:00 AM\nSubject: Items"
    for indent in ("\t", "", "  "):
        text = f"{name}\n{indent}A-13: approve\n{indent}hold A-12\n\n\n{block}\n\n{LETTER}"
        reading = said(text)
        assert reading.commands == (), text


@pytest.mark.parametrize("verb", ["approve", "discard", "reject", "hold"])
def test_a_tap_link_of_ours_in_three_lines_is_nobody_s_word(verb: str):
    link = f"{verb}\nA-12\nby mail\n"
    for text in (link, link.replace("\n", "\n\n"), f"Thanks\n{link}hold\nA-12\nby mail"):
        assert said(text, SINGLE).commands == (), text


@pytest.mark.parametrize("below", ["of niet?", "or not?", "oder nicht?", "ou pas ?", "albo nie?", "eller inte?"])
def test_an_alternative_right_below_is_no_reason(below: str):
    assert said(f"A-12 reject\n{below}").commands == ()


@pytest.mark.parametrize("above", ["Best,\nAna", "Viele Grüße\nAna Lund", "-- \nAna"])
def test_whoever_is_introduced_below_a_signature_decides_nothing(above: str):
    text = f"Hi all,\nnews of Ben and Cleo.\n{above}\n\nBen Marsh:\nA-12 approve\n\nCleo Ray:\nA-13 approved"
    assert said(text).commands == ()


@pytest.mark.parametrize("html", [False, True], ids=["text", "HTML"])
@pytest.mark.parametrize(
    "greeting",
    ["Dear Ana,", "Hi Ana!", "Liebe Ana,", "Chère Ana,", "Hola Ana:", "Cara Ana,", "Привет Ana,", "Ana,", "Ana Poole,"],
)
def test_a_letter_to_the_member_that_was_pasted_is_somebody_else_s(greeting: str, html: bool):  # noqa: FBT001
    for text in (f"{greeting}\n\nA-12 approve\n\nThanks,\nBen", f"{greeting}\nA-12 approve\nBen"):
        reading = signed(text, html=html)
        assert reading.commands == ()
        assert [each.reason for each in reading.unclear] == ["somebody-else"]


@pytest.mark.parametrize("text", ["Dear Cleo,\n\nA-12 approve\n\nAna", "Ana\n\nA-12 approve", "A-12 approve\n\nAna,"])
def test_a_greeting_of_others_and_the_writer_s_own_name_take_nothing(text: str):
    assert [(each.verb, each.refs) for each in signed(text).commands] == [("approve", ("A-12",))]


@pytest.mark.parametrize(
    "text",
    [
        "Gruß\nAna\n\nPS: A-13 nein",
        "Cheers\nAna\n\nP.S. A-13 no",
        "Saludos\nAna\n\nPD: A-13 rechazar",
        "Best wishes\nAna Poole\n\nPS A-13 reject",
        "Ana\n\nPS: A-13 reject",
    ],
)
def test_a_whole_command_behind_ps_acts(text: str):
    found = signed(f"A-12 approve\n\n{text}").commands
    assert [(each.verb, each.refs) for each in found] == [("approve", ("A-12",)), ("reject", ("A-13",))]


@pytest.mark.parametrize(
    "line", ["And please reject A-13 too", "Also, A-13 should be rejected", "und A-13 bitte lieber ablehnen"]
)
def test_what_names_an_item_and_a_decision_below_a_signature_comes_back(line: str):
    reading = signed(f"A-12 approve\n\nGruß\nAna\n{line}")
    assert any(line in each.line for each in reading.unclear)


@pytest.mark.parametrize(
    "word",
    [
        "Veto!",
        "Einspruch!",
        "Protest!",
        "Objection!",
        "¡Protesto!",
        "Opposition !",
        "Obiezione!",
        "Возражаю!",
        "Bezwaar!",
        "Sprzeciw!",
        "Invändning!",
        "Námitka!",
    ],
)
def test_an_exclamation_that_objects_is_no_sign_off(word: str):
    assert signed(f"A-12 approve\n\n{word}").commands == ()
    assert signed(word).unclear
    assert signed(word, SINGLE).unclear


@pytest.mark.parametrize("word", ["Passt!", "Raus!", "Top!", "Vastaan!", "Weg!"])
def test_an_exclamation_alone_is_not_lost(word: str):
    assert signed(word, SINGLE).unclear
    assert signed(f"A-12 approve\n\n{word}").talked or signed(f"A-12 approve\n\n{word}").unclear


@pytest.mark.parametrize("word", ["Great!", "Claro!", "Of course!", "Gerne!", "Bien sûr !", "Конечно!"])
def test_a_kind_word_that_is_the_whole_answer_is_shown_back(word: str):
    assert signed(word, SINGLE).unclear
    assert signed(f"A-12 approve\n\n{word}", SINGLE).unclear == ()


@pytest.mark.parametrize("word", ["Thanks!", "Danke!", "Merci !", "Best wishes\nAna"])
def test_thanks_alone_are_not_asked_about(word: str):
    assert signed(word, SINGLE).unclear == ()


@pytest.mark.parametrize(
    "line", ["The tram: no", "Fog: yes", "Tram ok", "The tram is fine.", "The tram must not go up.", "Stop the tram!"]
)
def test_what_judges_an_item_by_its_title_comes_back(line: str):
    assert any(each.line == line for each in signed(f"A-13 approve\n\n{line}").unclear)


def test_a_title_s_word_in_other_talk_does_not_come_back():
    assert signed("A-13 approve\n\nI took the tram this morning with my two small children.").unclear == ()


@pytest.mark.parametrize("word", ["Unsinn", "Nonsense", "Blödsinn", "Tontería", "Sciocchezze", "Bobagem", "Чепуха"])
def test_an_unknown_word_below_a_bare_yes_is_no_signature(word: str):
    assert signed(f"yes\n\n{word}", SINGLE).commands == ()
    assert signed(f"yes\n\nHilsen\n{word}\nAna", SINGLE).commands  # above the writer's own name it is one


@pytest.mark.parametrize("end", ["Ana", "Ana Poole", "ana", "Hilsen\nAna", "Groetjes", "Gruß, Ana", "Pozdrawiam"])
def test_a_bare_yes_may_be_signed(end: str):
    assert signed(f"yes\n\n{end}", SINGLE).commands


@pytest.mark.parametrize("name", ["Ana Poole", "Ben Marsh", "Cleo"])
@pytest.mark.parametrize(
    "end", ["but not before Friday", "unless it is cut", "aber nicht vor Freitag", "mais pas avant"]
)
def test_a_name_between_ends_nothing(name: str, end: str):
    assert signed(f"A-12 approve\n{name}\n{end}").commands == ()


THEIRS = (
    "Ben's words.",
    "That was Cleo's answer.",
    "Voici le vote de Ben.",
    "Das ist Bens Stimme.",
    "Die Antwort von Cleo.",
    "La respuesta de Ben.",
    "Il parere di Ben.",
    "O voto do Ben.",
    "Вот голос Бена.",
    "To jest głos Bena.",
    "Det här är Bens röst.",
    "De mening van Ben.",
)


@pytest.mark.parametrize("line", THEIRS)
def test_a_name_beside_vote_or_answer_says_whose_it_is(line: str):
    assert signed(f"{line}\n\nA-12 approve").commands == ()
    assert signed(f"Hello,\n\nA-12 approve\n\n{line}").commands == ()


@pytest.mark.parametrize(
    "line", ["My vote on the Harbour.", "The vote. Thanks all.", "A good list, this week.", "Viele Worte."]
)
def test_a_vote_without_a_name_is_talk(line: str):
    assert signed(f"{line}\n\nA-12 approve").commands


@pytest.mark.parametrize("below", ["objections", "idea", "problem", "time yet", "lu", "lo sé", "времени", "está mal"])
def test_a_no_that_goes_on_below_a_blank_line_is_none(below: str):
    assert signed(f"A-12 no\n\n{below}").commands == ()


@pytest.mark.parametrize("below", ["reject", "hold", "no", "nein", "later", "wait no", "ablehnen", "rechazar"])
def test_another_decision_without_an_item_below_takes_it_back(below: str):
    assert signed(f"A-12 approve\n\n{below}").commands == ()
    assert signed(f"A-12 approve\n{below}").commands == ()


@pytest.mark.parametrize(
    "line", ["Alles in Ordnung", "Всё хорошо", "Tutto va bene", "Alles okay", "All good", "Tudo bem"]
)
def test_that_all_is_well_decides_nothing(line: str):
    assert signed(line).commands == ()
    assert signed(line).unclear


@pytest.mark.parametrize(
    "line",
    [
        "For information only.",
        "To be confirmed.",
        "I typed this by accident.",
        "War ein Versehen.",
        "Por error.",
        "À ignorer.",
        "Per errore.",
        "Por engano.",
        "По ошибке.",
        "Per ongeluk.",
        "Av misstag.",
        "Brudnopis.",
    ],
)
def test_what_was_not_meant_takes_the_power(line: str):
    assert (
        signed(f"{line}\n\nA-12 approve").commands == () or signed(f"Hello,\n\nA-12 approve\n\n{line}").commands == ()
    )


@pytest.mark.parametrize("listing", [SINGLE, ONE_QUESTION], ids=["item", "question"])
@pytest.mark.parametrize("below", ["I have questions", "Ich habe Fragen", "J'ai des questions", "Tengo preguntas"])
def test_an_applicant_s_yes_beside_other_words_is_asked_back(below: str, listing: Listing):
    for text in (f"Yes\n{below}", f"Yes\n\n{below}"):
        reading = read_reply(text, None, None, SENT, (), listing, "applicant")
        assert reading.commands == ()
        assert reading.unclear


def test_an_applicant_s_yes_with_thanks_agrees():
    assert read_reply("Yes\n\nThank you!\nBen", None, None, SENT, (), ONE_QUESTION, "applicant").commands
