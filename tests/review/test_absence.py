"""A mail program's note while its owner is away is known by its words; a member who tells the desk so is heard."""

from __future__ import annotations

import pytest

from mailproc.review.language.absence import is_note

NOTES = (
    "You have reached my mailbox.\n\nI am on holiday.\n\nAna",
    "I am out of office until 12 December.\n\nAna",
    "I'm on annual leave. Back on Monday.\n\nKind regards\nAna Poole",
    "Thank you for your message. I am away until Friday and will answer then.",
    "Hello,\n\nI am currently out of the office with limited access to email.\nFor urgent matters please contact Ben.",
    "Automatic reply: I am not in the office today.",
    "Thanks for your mail! I'm on parental leave until 3 May; your mail will not be forwarded.",
    "I will be out of the office from 1 to 12 December. In my absence, please write to Ben.",
    "Ich bin bis zum 5.12. im Urlaub.\n\nAna",
    "Vielen Dank für Ihre Nachricht. Ich bin bis 12. Dezember nicht im Büro.",
    "Guten Tag,\n\nich bin derzeit nicht erreichbar. In dringenden Fällen wenden Sie sich bitte an Ben.",
    "Vielen Dank für deine E-Mail. Ich bin bis Freitag abwesend und melde mich danach.",
    "Je suis en vacances jusqu'au 5 décembre. Merci de contacter Ben.",
    "Merci pour votre message. Je suis absente du bureau et vous répondrai à mon retour.",
    "Bonjour,\n\nJe suis en congé.\n\nCordialement,\nAna",
    "Gracias por su correo. Estoy de vacaciones hasta el 12 de diciembre.",
    "Estoy fuera de la oficina. Para asuntos urgentes, contacte con Ben.",
    "Estoy de vacaciones.\n\nAna",
    "Grazie per la sua email. Sono in ferie fino al 12 dicembre.",
    "Sono fuori ufficio. Risponderò al mio rientro.",
    "Obrigada pela sua mensagem. Estou de férias até 12 de dezembro.",
    "Estou fora do escritório. Em caso de urgência contacte o Ben.",
    "Спасибо за ваше письмо. Я в отпуске до 12 декабря.",
    "Я нахожусь в отпуске. По срочным вопросам обращайтесь к Бену.",
    "Bedankt voor je bericht. Ik ben op vakantie tot 12 december.",
    "Tack för ditt mejl. Jag är på semester.",
    "Tak for din mail. Jeg er på ferie.",
    "Dziękuję za wiadomość. Jestem na urlopie do 12 grudnia.",
    "メールありがとうございます。休暇をいただいております。",
)
NOT_NOTES = (
    "away until Friday",
    "I am away until Friday",
    "I'm away until Friday.\n\nAna",
    "on holiday until Friday",
    "on holiday until Friday\n\nI will answer then.",
    "abwesend bis 5.12.",
    "ausente hasta el viernes",
    "absente jusqu'à vendredi",
    "away",
    "back",
    "A-12 approve\n\nI am on holiday until Friday and will answer the rest then.",
    "approve\n\nThanks for your mail, I am on holiday until Friday.",
    "I am on holiday, but I have read it.",
    "I am on holiday but this one I like",
    "A-12 reject: please contact Ben, I am on holiday",
    "Thank you for your mail.",
    "I will answer when I am back.",
    "The mayor is on holiday, which is what the piece is about.",
    "What a lovely piece about leave and holidays.",
    "> I am on holiday.\n> Thank you for your mail.",
    "Thank you for your mail. I am away.\n" + "And so on, for ever and a day.\n" * 40,
)


@pytest.mark.parametrize("text", NOTES)
def test_a_program_s_note_is_known_by_its_words(text: str):
    assert is_note(text, quotes=False)


@pytest.mark.parametrize("text", NOT_NOTES)
def test_what_a_member_says_is_no_note(text: str):
    assert not is_note(text, quotes=False)


def test_a_note_that_quotes_our_letter_is_known_only_by_how_it_begins():
    assert is_note("Thank you for your message. I am on holiday.", quotes=True)
    assert not is_note("I am on holiday.", quotes=True)
    assert not is_note("I am on holiday until Friday and will answer then.", quotes=True)
