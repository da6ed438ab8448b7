"""People answer our questions in sentences: they agree, accept, sort, withdraw, or hear which word works."""

# ruff: noqa: RUF001 - letters of several scripts, and meant

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from build import (
    ANA,
    BEN,
    JO,
    a_desk,
    a_mail,
    a_reply,
    add_member,
    digest_now,
    entry_of,
    give,
    item,
    later,
    letters,
    octets_of,
    ref_of,
    say,
    state,
    text_of,
)

from mailproc.desk.ground.wire import Desk
from mailproc.store.database import reading
from mailproc.store.people import members as member_rows

KIM = "kim@reyes.example"
WHO = {JO: f"Jo Poole <{JO}>", KIM: f"Kim Reyes <{KIM}>", BEN: f"Ben <{BEN}>"}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One desk for many tests, each with an item of its own."""
    folder = tmp_path_factory.mktemp("answers") / "desk"
    with a_desk(folder, **{"limits.letters_per_sender_per_day": 5000}) as one:
        add_member(one, ANA, "Ana")
        yield one


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path / "desk") as one:
        add_member(one, ANA, "Ana")
        yield one


def answers(desk: Desk, text: str, who: str = JO, template: str | None = None, *, authentic: bool = True) -> int:
    """They answer the last letter that they got (of this template)."""
    letter = octets_of(desk, letters(desk, template, to=who)[-1])
    return give(desk, a_reply(letter, text, WHO[who], authentic=authentic, at=desk.now()))


def last(desk: Desk, to: str = JO) -> tuple[str, str]:
    """The last letter to them: its template, its words on one line."""
    letter = letters(desk, to=to)[-1]
    return letter.template, " ".join(text_of(octets_of(desk, letter)).split())


# The duties


def a_request(desk: Desk) -> str:
    text = "I would like to become a member. I have evenings, and I can spell.\n"
    mail = a_mail(text, sender=WHO[KIM], to="join@harbour.example", subject="May I join?", authentic=True)
    ref = ref_of(desk, give(desk, mail))
    assert state(desk, ref) == "awaiting_agreement"
    return ref


AGREES = (
    "Yes, I agree to that",
    "I agree to the duties.",
    "Yes, I accept the duties",
    "I fully agree with all of this, thank you!",
    "Hello,\n\nYes, I agree to that.\n\nKind regards,\nKim Reyes",
    "Sí, estoy de acuerdo",
    "Sí, acepto los deberes",
    "Oui, je suis d'accord",
    "J'accepte ces obligations, merci",
    "Ja, damit bin ich einverstanden",
    "Ja, ich stimme dem zu",
    "Sono d'accordo con tutto",
    "Accetto gli obblighi",
    "Sim, concordo com tudo isso",
    "Estou de acordo com os deveres",
    "Да, я согласен с этим",
    "Я согласна на эти условия",
    "Sure!",
)


@pytest.mark.parametrize("text", AGREES)
def test_a_sentence_that_agrees_is_agreement(desk: Desk, text: str):
    ref = a_request(desk)
    answers(desk, text, KIM)
    assert state(desk, ref) == "pending"


NO_AGREEMENT = (
    "yes but not on Sundays",
    "Yes, if it is not too much work",
    "I do not agree",
    "I would agree if I had the time",
    "Do I have to agree to that?",
    "I agree with half of it",
    "I agree to\nnothing of the sort",
    "Of course\nI have some questions",
    "No, thank you",
    "No, I don't agree",
    "Sí, pero no los domingos",
    "No estoy de acuerdo",
    "Oui, mais pas le dimanche",
    "Je ne suis pas d'accord",
    "Ja, aber nicht sonntags",
    "Damit bin ich nicht einverstanden",
    "Sì, ma non la domenica",
    "Non sono d'accordo",
    "Sim, mas não aos domingos",
    "Não concordo com isso",
    "Да, но не по воскресеньям",
    "Я не согласен с этим",
)


@pytest.mark.parametrize("text", NO_AGREEMENT)
def test_mixed_words_never_agree_and_are_asked_back_with_the_word_that_works(desk: Desk, text: str):
    ref = a_request(desk)
    answers(desk, text, KIM)
    assert state(desk, ref) == "awaiting_agreement"
    template, words = last(desk, KIM)
    assert template in {"author/not-understood", "author/receipt-addition"}
    assert 'reply with the word "agree" on a line of its own' in words


def test_what_stands_beside_an_agreement_reaches_the_members(desk: Desk):
    ref = a_request(desk)
    answers(desk, "I agree to that.\n\nMy evenings are free, but for Tuesdays and the choir.", KIM)
    assert state(desk, ref) == "pending"
    assert "but for Tuesdays and the choir" in text_of(digest_now(desk, ANA))


# The invitation


def invited(desk: Desk) -> None:
    say(desk, f"invite {BEN} Ben invited")


def standing(desk: Desk) -> str:
    with reading(desk.engine) as conn:
        found = member_rows.get(conn, BEN)
    return found.state if found else "nobody"


@pytest.mark.parametrize(
    "text",
    [
        *("Sure, I would love to", "Yes, I'd be glad to join you.", "Count me in!", "With pleasure"),
        *("Claro que sí, me encantaría", "Avec grand plaisir", "Klar, ich bin dabei!", "Certo, volentieri"),
        *("Com muito gosto", "С удовольствием", "Yes, thank you.\n\nBest,\nBen"),
    ],
)
def test_a_sentence_that_accepts_an_invitation_accepts_it(desk: Desk, text: str):
    invited(desk)
    answers(desk, text, BEN, authentic=False)
    assert standing(desk) == "active"
    assert last(desk, BEN)[0] == "member/welcome"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Maybe later",
            "Who are you?",
            "I would love to",
            "Sure, but what does it cost?",
            "Yes, if I may stop in May",
        ),
        *("Of course not", "Quizás", "Peut-être plus tard", "Vielleicht im Mai", "Forse", "Talvez", "Может быть"),
    ],
)
def test_anything_else_is_asked_back_once_with_the_word_that_works(desk: Desk, text: str):
    invited(desk)
    answers(desk, text, BEN)
    assert standing(desk) == "invited"
    template, words = last(desk, BEN)
    assert template == "member/invitation-asked"
    assert 'reply to this letter with the word "yes" on a line of its own' in words
    answers(desk, "Well, tell me more.", BEN)
    answers(desk, "Well, tell me more!", BEN, "member/invitation")
    assert len(letters(desk, "member/invitation-asked", BEN)) == 1
    assert len(letters(desk, "operator/notice")) == 3
    answers(desk, "Yes", BEN, "member/invitation-asked")
    assert standing(desk) == "active"


@pytest.mark.parametrize("text", ["No, thank you", "no", "Nein, danke", "Non, merci", "No, gracias", "Нет, спасибо"])
def test_no_thank_you_declines_and_the_operator_hears(desk: Desk, text: str):
    invited(desk)
    number = answers(desk, text, BEN)
    assert (standing(desk), entry_of(desk, number).reason) == ("invited", "declined")
    assert [letter.template for letter in letters(desk, to=BEN)] == ["member/invitation"]
    assert f"{BEN} declined the invitation" in text_of(octets_of(desk, letters(desk, "operator/notice")[-1]))


# What a mail is that nobody could sort


def unsorted(desk: Desk) -> str:
    mail = a_mail(
        "Please find it below.\n\nThe quay is loud.\n", to="desk@harbour.example", subject="Hm", authentic=True
    )
    ref = ref_of(desk, give(desk, mail))
    assert ref.startswith("U-")
    return ref


NAMED = {
    "article": "A",
    "It is a poem.": "A",
    "artículo": "A",
    "Es un artículo de opinión, gracias": "A",
    "c'est un article": "A",
    "Leserbrief": "A",
    "Es ist ein Gedicht": "A",
    "opinion piece": "A",
    "È una poesia": "A",
    "É um artigo": "A",
    "Это статья": "A",
    "photos for the file": "F",
    "des photos pour votre dossier": "F",
    "I would like to become a member": "M",
    "a question": "Q",
    "eine Frage": "Q",
    "Hello,\n\nit is an article, thank you.\n\nBest,\nJo": "A",
}


@pytest.mark.parametrize("text", NAMED)
def test_a_kind_s_name_under_our_question_sorts_the_mail(desk: Desk, text: str):
    ref = unsorted(desk)
    answers(desk, text, template="author/receipt-unsorted")
    found = item(desk, ref).item
    assert found.ref == f"{NAMED[text]}-{ref[2:]}"
    assert found.text == "Please find it below.\n\nThe quay is loud.\n"
    assert f"receipt-{found.kind}" in last(desk)[0]
    if found.kind == "membership":
        assert found.state == "awaiting_agreement"


@pytest.mark.parametrize(
    "text",
    [
        *("It is not an article", "Is it an article?", "an article or a question", "I have a question: when is it up?"),
        *("an article\nabout the harbour would be nice", "I think it is\nan article"),
        *("An article about a question", "The article in your March issue was wrong.", "no es un artículo"),
    ],
)
def test_prose_that_names_a_kind_sorts_nothing(shared: Desk, text: str):
    ref = unsorted(shared)
    answers(shared, text, template="author/receipt-unsorted")
    assert (item(shared, ref).item.ref, state(shared, ref)) == (ref, "pending")


def test_a_kind_s_name_under_another_receipt_is_an_addition(shared: Desk):
    ref = ref_of(shared, give(shared, a_mail(authentic=True)))
    answers(shared, "It is a poem.", template="author/receipt-article")
    assert (item(shared, ref).item.ref, last(shared)[0]) == (ref, "author/receipt-addition")


@pytest.mark.parametrize(("words", "kind"), [("{} material", "F"), ("{}: it is an article", "A"), ("{} enquiry", "Q")])
def test_a_member_s_bare_kind_behind_an_unsorted_item_sorts_it(shared: Desk, words: str, kind: str):
    ref = unsorted(shared)
    give(shared, a_reply(digest_now(shared, ANA), words.format(ref), f"Ana <{ANA}>", at=shared.now()))
    assert item(shared, ref).item.ref == f"{kind}-{ref[2:]}"


# Withdrawals

WITHDRAWS = (
    "I would like to withdraw my article please",
    "Please withdraw my article.",
    "Please withdraw my article. Thanks, Jo",
    "I want to take it back",
    "Hello,\n\nI would like to withdraw my poem.\n\nSorry,\nJo",
    "Quisiera retirar mi artículo, por favor",
    "Je voudrais retirer mon article, merci",
    "Ich möchte meinen Artikel zurückziehen",
    "Ich ziehe meinen Artikel zurück",
    "Vorrei ritirare il mio articolo",
    "Gostaria de retirar o meu artigo",
    "Я хочу отозвать свою статью",
)


@pytest.mark.parametrize("text", WITHDRAWS)
def test_a_sentence_that_withdraws_does(shared: Desk, text: str):
    ref = ref_of(shared, give(shared, a_mail(authentic=True)))
    answers(shared, text)
    assert (state(shared, ref), last(shared)[0]) == ("withdrawn", "author/withdrawn")


PERHAPS = (
    "I would like to withdraw my article because it is sold",
    "If it is too late I would like to withdraw it",
    "Can I withdraw my article?",
    "I would withdraw it",
    "I would like to withdraw my article\nfrom your May issue, if it is not the one about the pier",
    "I told Ben that\nI would like to withdraw my article",
    "withdraw, unless it runs this week",
    "Please do not publish my article",
    "¿Puedo retirar mi artículo?",
    "No publiquen mi artículo",
    "Puis-je retirer mon article ?",
    "Ne publiez pas mon article",
    "Kann ich meinen Artikel zurückziehen?",
    "Bitte veröffentlicht meinen Artikel nicht",
    "Posso ritirare il mio articolo?",
    "Non pubblicate il mio articolo",
    "Posso retirar o meu artigo?",
    "Não publiquem o meu artigo",
    "Можно отозвать мою статью?",
    "Не публикуйте мою статью",
)


@pytest.mark.parametrize("text", PERHAPS)
def test_who_may_want_it_back_is_asked_once_and_it_is_on_hold(shared: Desk, text: str):
    ref = ref_of(shared, give(shared, a_mail(authentic=True)))
    answers(shared, text)
    assert state(shared, ref) == "held"
    template, words = last(shared)
    assert template == "author/withdrawal-asked"
    assert 'with the word "yes"' in words
    assert "Until you answer, it is on hold" in words
    assert any(f"| {line}"[:20] in words for line in text.split("\n"))


def perhaps(desk: Desk) -> str:
    ref = ref_of(desk, give(desk, a_mail(authentic=True)))
    answers(desk, "Can I withdraw my article?")
    assert state(desk, ref) == "held"
    return ref


@pytest.mark.parametrize("text", ["yes", "Yes, please", "Yes, I want it back", "withdraw", "sí", "oui", "ja", "да"])
def test_a_yes_to_that_question_takes_it_back(shared: Desk, text: str):
    ref = perhaps(shared)
    answers(shared, text, template="author/withdrawal-asked", authentic=False)
    assert state(shared, ref) == ("held" if "want" in text else "withdrawn")


@pytest.mark.parametrize("text", ["no", "No, thank you!", "non", "nein", "нет"])
def test_a_no_ends_the_hold(shared: Desk, text: str):
    ref = perhaps(shared)
    answers(shared, text, template="author/withdrawal-asked")
    assert (state(shared, ref), last(shared)[0]) == ("pending", "author/status")


def test_a_no_does_not_end_a_member_s_hold(desk: Desk):
    ref = perhaps(desk)
    for words in (f"{ref} undo", f"{ref} hold"):
        assert say(desk, f'decide {ANA} "{words}"').reason == "all-done"
    answers(desk, "no", template="author/withdrawal-asked")
    assert state(desk, ref) == "held"


def test_other_words_to_that_question_are_kept_and_nothing_is_asked_again(desk: Desk):
    ref = perhaps(desk)
    answers(desk, "I wonder whether to withdraw my article after all.", template="author/withdrawal-asked")
    assert state(desk, ref) == "held"
    assert len(letters(desk, "author/withdrawal-asked")) == 1
    later(desk, days=15)
    assert state(desk, ref) == "pending", "a hold ends by itself"


def test_what_is_approved_and_not_yet_up_is_held_too(desk: Desk):
    ref = ref_of(desk, give(desk, a_mail(authentic=True)))
    assert say(desk, f'decide {ANA} "{ref} approve"').reason == "all-done"
    answers(desk, "Could you please take back my article?")
    later(desk, hours=1)
    assert state(desk, ref) == "held"


@pytest.mark.parametrize(
    "text",
    [
        *("Please do not withdraw my article", "I do not want to withdraw it, only to mend the date."),
        *("No quiero retirar mi artículo", "Je ne veux pas retirer mon article", "Ich möchte ihn nicht zurückziehen"),
        *("Non voglio ritirare il mio articolo", "Não quero retirar o meu artigo", "Я не хочу отозвать свою статью"),
        *("He had to withdraw the ads.", "Please do not publish my telephone number.", "The tram was late."),
    ],
)
def test_no_wish_to_withdraw_is_an_addition(shared: Desk, text: str):
    ref = ref_of(shared, give(shared, a_mail(authentic=True)))
    answers(shared, text)
    assert (state(shared, ref), last(shared)[0]) == ("pending", "author/receipt-addition")
