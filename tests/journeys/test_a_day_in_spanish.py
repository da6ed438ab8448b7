"""A day of mail in Spanish, from the first wish to publication, at a desk in Spanish: no letter holds an English word.

Searched for is every word that stands in the English templates and in no Spanish one, in nothing that the people of
this day wrote, and not in the desk's own names; so a word out of the code is found, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from build import (
    START,
    Clock,
    a_mail,
    a_reply,
    add_member,
    digest_now,
    give,
    later,
    letters,
    make_desk,
    octets_of,
    ref_of,
    state,
)

from mailproc.config import load
from mailproc.desk.ground.wire import Desk, open_desk
from mailproc.letters.language.compare import shape_of
from mailproc.letters.sample import DOT
from mailproc.letters.texts import texts
from mailproc.message.blank import BLANK
from mailproc.message.html.text import to_text
from mailproc.review.language.lexicon import LEXICONS

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
INES, LUZ, PABLO, NURIA = "ines@muelle.example", "luz@faro.example", "pablo@dique.example", "nuria@boya.example"
GROUPS = """
[[group]]
name = "Sociedad del Muelle Norte"
aliases = ["SMN"]
needs = ["fotos", "experiencia propia"]

[[need]]
slug = "fotos"
called = "fotografías"
forms = ["picture"]
signs = ["foto", "fotos"]

[[need]]
slug = "experiencia"
called = "experiencia propia"
forms = ["text", "document"]
signs = ["experiencia"]
"""
PHOTO = DOT  # of one pixel
OF_THE_WORLD = {  # words of no language, or of the standard's own
    *(
        "sha",
        "pdf",
        "jpeg",
        "png",
        "html",
        "utc",
        "mail",
        "desk",
        "example",
        "harbour",
        "kb",
        "mb",
        "md",
        "txt",
        "word",
    ),
    *(
        "jpg",
        "url",
        "https",
        "web",
        "no",
        "a",
        "me",
        "he",
        "come",
        "as",
        "son",
        "final",
        "general",
        "personal",
        "original",
    ),
}
_WORD = re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"\S+@\S+|https?://\S+|mailto:\S+|\S+/\S+|\S+\.(?:md|txt|html|jpg|pdf)\b")


def words_of(text: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(_ADDRESS.sub(" ", text))}


def vocabulary(language: str) -> set[str]:
    """Every word that a language's letters, phrases and table can say."""
    folder = TEMPLATES / language
    sources = [path.read_text(encoding="utf-8") for path in folder.glob("*/*.txt")]
    sources += [text.source for text in texts(folder)]
    said = [words for source in sources for _, words in shape_of(source).pieces]
    return words_of("\n".join(said)) | words_of((folder / "language.toml").read_text(encoding="utf-8"))


def spanish() -> set[str]:
    lexicon = next(each for each in LEXICONS if each.language == "es")
    return vocabulary("es") | {word for said in lexicon.forms.values() for each in said for word in words_of(each)}


ENGLISH = vocabulary("en") - spanish() - OF_THE_WORLD


class Day:
    """The people of the day, and what they wrote."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.wrote: list[str] = []

    def mail(
        self, text: str, subject: str, sender: str = f"Pablo Salas <{PABLO}>", to: str = "desk", **more: object
    ) -> int:
        self.wrote += [text, subject]
        address = f"{to}@harbour.example"
        return give(
            self.desk,
            a_mail(text, subject=subject, sender=sender, to=address, authentic=True, at=self.desk.now(), **more),
        )

    def answer(self, letter: bytes, text: str, sender: str) -> int:
        self.wrote.append(text)
        return give(self.desk, a_reply(letter, text, sender, at=self.desk.now()))

    def last(self, template: str, to: str | None = None) -> bytes:
        return octets_of(self.desk, letters(self.desk, template, to)[-1])

    def decides(self, words: str, member: str = INES) -> None:
        """A member answers the list of what waits."""
        self.answer(digest_now(self.desk, member), words, member)
        later(self.desk, minutes=20)

    def foreign(self) -> Iterator[tuple[str, list[str], str]]:
        """Each letter with its English words, and the line of the first."""
        own = words_of("\n".join(self.wrote)) | words_of(GROUPS) | words_of(BLANK)
        for letter in letters(self.desk):
            if letter.template.startswith("operator/"):  # words of the program to whoever runs it
                continue
            mail = message_from_bytes(octets_of(self.desk, letter), policy=policy.default)
            parts = [mail.get_body((kind,)) for kind in ("plain", "html")]
            plain, html = (part.get_content() if part else "" for part in parts)
            for said in (str(mail["Subject"]), plain, to_text(html)):
                found = (words_of(said) & ENGLISH) - own
                if found:
                    line = next(line for line in said.split("\n") if words_of(line) & found)
                    yield letter.template, sorted(found), line.strip()


@pytest.fixture
def day(tmp_path: Path):
    options = {"desk.language": "es", "desk.name": "La Gaceta del Puerto"}
    config = make_desk(tmp_path / "desk", **options)
    (config.parent / "rules/groups.toml").write_text(GROUPS, encoding="utf-8")
    with open_desk(load(config), Clock(START)) as desk:
        for email, name in ((INES, "Inés"), (LUZ, "Luz")):
            add_member(desk, email, name)
        yield Day(desk)


ARTICLE = """\
Esperamos el tranvía hasta las nueve y después volvimos a casa andando por el muelle.

Nadie lo ha visto desde entonces, aunque el horario sigue colgado en la parada.
"""


def join(day: Day) -> None:
    """Somebody asks to join, agrees, and is welcome; somebody else is not, and appeals."""
    for name, words in (("marta", "aprobar"), ("bruno", "rechazar: somos muchos ya")):
        sender = f"{name.title()} <{name}@vela.example>"
        ref = ref_of(day.desk, day.mail("Quiero ser miembro y ayudar con el sitio.\n", "Ser miembro", sender, "join"))
        day.answer(day.last("applicant/receipt-membership", sender.split("<")[1][:-1]), "estoy de acuerdo", sender)
        for member in (INES, LUZ):
            day.decides(f"{ref} {words}", member)
    assert {"applicant/welcome", "applicant/rejected"} <= {letter.template for letter in letters(day.desk)}
    day.answer(day.last("applicant/rejected"), "apelo: puedo ayudar todas las noches", "bruno@vela.example")


def pile(day: Day) -> None:
    """Material for a file, and mails that nobody can sort, with what members say of them."""
    attached = (("muelle.jpg", "image/jpeg", PHOTO), ("programa.exe", "application/octet-stream", b"MZ" + bytes(99)))
    sender = "Olga <olga@ancla.example>"
    text = "Para el expediente de la Sociedad del Muelle Norte: fotos de su oficina.\n"
    piece = ref_of(day.desk, day.mail(text, "Fotos para el expediente", sender, "files", attachments=attached))
    odd = ref_of(day.desk, day.mail("Esto es para ustedes, ya dirán.\n", "Hola", "Beto <beto@grua.example>"))
    day.decides(f"{piece} aprobar\n{piece} mostrar\n{odd} clasificar artículo\ncontenido Sociedad del Muelle Norte")
    day.decides("se busca: una dibujante\nno me toca Sociedad del Muelle Norte\nenseguida", LUZ)
    day.mail("¿Qué pueden decirme del faro viejo?\n", "El faro", "Nuria <nuria@boya.example>", "contact")
    later(day.desk, hours=100)
    day.decides("todo aplazar\ndimito", LUZ)
    later(day.desk, hours=400)


def test_a_day_of_mail_holds_no_english_word(day: Day):
    desk = day.desk
    day.mail("¿Cómo puedo ayudar? Tengo tiempo los sábados.\n", "Quiero ayudar", to="help")
    article = ref_of(desk, day.mail(ARTICLE, "El tranvía que nunca llegó", to="articles"))
    day.answer(
        day.last("author/receipt-article"), "Añado que el conductor nos saludó desde la otra orilla del río.", PABLO
    )
    question = ref_of(
        desk,
        day.mail("¿Sigue cerrado el muelle viejo? Nadie contesta.\n", "Una pregunta", f"Nuria <{NURIA}>", "questions"),
    )
    day.mail("Quiero ser miembro y ayudar con el sitio cuando haga falta.\n", "Solicitud", f"Marta <{LUZ[1:]}>", "join")
    day.mail("Un texto sin más que nadie sabe dónde poner, la verdad.\n", "Hola", "Beto <beto@grua.example>")
    later(desk, hours=20)
    day.decides(f"{article} preguntar: ¿qué día fue?\n{question} nota: lo sabe Luz\n{article} quizás")
    day.answer(day.last("author/question"), "Fue el martes pasado, por la tarde, con mucha niebla.", PABLO)
    day.decides(f"{article} aprobar pero quiten el final", LUZ)
    day.decides("ausente hasta el viernes\nayuda\nlista\nguardia\nzona horaria Europe/Madrid", LUZ)
    day.decides("de vuelta", LUZ)
    day.decides(f"{article} aprobar\nZ-99 aprobar\n{question} aplazar")
    assert state(desk, article) == "published"
    day.answer(day.last("author/published"), "estado", PABLO)
    day.answer(day.last("author/published"), "una carta al día", PABLO)
    day.decides(f"{article} retirar: se repite", LUZ)
    rejected = ref_of(
        desk, day.mail(f"{ARTICLE}Y luego nada más.\n", "Otra vez el tranvía", "Ada <ada@ola.example>", "articles")
    )
    day.decides(f"{rejected} rechazar: ya publicamos uno parecido")
    taken = ref_of(desk, day.mail(f"{ARTICLE}Fin del cuento.\n", "Un cuento", "Leo <leo@red.example>", "articles"))
    day.answer(day.last("author/receipt-article", "leo@red.example"), "retirar", "leo@red.example")
    assert (state(desk, rejected), state(desk, taken)) == ("rejected", "withdrawn")
    later(desk, hours=90)
    join(day)
    pile(day)
    assert len({letter.template for letter in letters(desk)}) >= 25, {letter.template for letter in letters(desk)}
    found = [*day.foreign()]
    assert not found, "\n".join(map(str, found))


def test_a_letter_with_an_english_word_is_found(day: Day):
    day.mail("We waited for the tram until nine, and then we walked home.\n", "The tram", to="articles")
    found = {template: words for template, words, _ in day.foreign()}
    assert "received" in found["author/receipt-article"] or len(found["author/receipt-article"]) > 20
