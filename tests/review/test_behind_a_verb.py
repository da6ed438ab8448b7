"""Words right behind a verb are its reason, or talk of that verb: "reject too long", and "rejected last year"."""

from __future__ import annotations

import pytest

from mailproc.review.reply.command import Listed, Listing, Reading, read_lines

LISTING = Listing((Listed("A-12", 12, "article", "The tram"), Listed("A-13", 13, "article", "Fog")), single=False)


def said(text: str) -> Reading:
    return read_lines(text, LISTING, "member")


TALK = {
    "who did": (
        "rejected by Ben",
        "abgelehnt von Ben",
        "rechazado por Ben",
        "rejeté par Ben",
        "rifiutato da Ben",
        "rejeitado pela Cleo",
        "отклонено Беном",
    ),
    "when": (
        "rejected last year",
        "reject tomorrow",
        "reject later",
        "abgelehnt worden",
        "ablehnen letztes Jahr",
        "rechazado el año pasado",
        "rejeté l'an dernier",
        "rifiutato l'anno scorso",
        "rejeitado no ano passado",
        "отклонено в прошлом году",
        "reject pending Ben",
    ),
    "what is thought of it": (
        "reject seems harsh",
        "reject rate is high",
        "reject letter needs polish",
        "Ablehnen wäre schade",
        "rechazar sería una pena",
        "rejeter semble dur",
        "rifiutare pare troppo",
        "rejeitar parece duro",
        "отклонить было бы жаль",
        "rejecting this would be a pity",
    ),
    "who wants it": (
        "reject wants Ben",
        "ablehnen will Ben",
        "rechazar quería Ben",
        "rejeter voulait Ben",
        "rifiutare vuole Ben",
        "rejeitar queria o Ben",
        "отклонить хочет Бен",
        "reject, said nobody ever",
    ),
    "another thing": (
        "reject the second photo, keep the others",
        "reject only the photo",
        "reject them all, says Ben",
        "ablehnen nur das Foto",
        "rechazar la segunda foto",
        "rejeter les photos",
        "rifiutare solo la foto",
        "rejeitar os títulos",
        "отклонить только фото",
    ),
    "how many": ("reject 60%", "reject 2", "rejeter 3/5", "rechazar 8 de 10", "ablehnen 2 von 5", "note 15/20"),
    "another decision": (
        "reject / hold",
        "reject | approve",
        "reject vs approve",
        "reject, no wait, approve",
        "reject - no, sorry, I mean approve",
        "ablehnen / genehmigen",
        "rechazar / aprobar",
    ),
    "not meant": ("reject. Just kidding!", "ablehnen. War ein Scherz!", "rechazar. ¡Es broma!", "rejeter - blague !"),
    "asked": ("reject - what do you think?", "reject what? I cannot see it", "ablehnen - was meint ihr?"),
}
REASONS = (
    "reject too long",
    "reject we ran this in spring",
    "reject it is too long",
    "reject the photos are blurred",
    "reject the last part is not ours to tell",
    "reject a bit long",
    "reject 12 of these photos are stolen",
    "reject, spam",
    "reject - the second photo",
    "reject: last year",
    "reject: 60%",
    "reject: the second photo",
    "rejected: by Ben it was better",
    "abgelehnt zu lang",
    "abgelehnt, zu lang",
    "ablehnen das Foto ist unscharf",
    "rechazado demasiado largo",
    "rejeté trop long",
    "rejeter la photo est floue",
    "rifiutato troppo lungo",
    "отклонено слишком длинно",
)


@pytest.mark.parametrize(("kind", "words"), [(kind, each) for kind, rows in TALK.items() for each in rows])
def test_what_tells_of_a_verb_is_no_reason(kind: str, words: str):
    reading = said(f"A-12 {words}")
    assert reading.commands == (), kind
    assert reading.unclear


@pytest.mark.parametrize("words", REASONS)
def test_a_reason_behind_a_verb_goes_to_the_author(words: str):
    (command,) = said(f"A-12 {words}").commands
    assert (command.verb, command.refs) == ("reject", ("A-12",))
    assert command.words
