"""Words that talk of decisions and make none: one row of phrases a kind, and what stands around a command."""

from __future__ import annotations

from bench.strangers.forms import FORMS, WHOLE, doubled, plain
from bench.strangers.scene import Kind, Scene, Words


def of_row(row: str, *, untorn: bool = False, of: tuple[str, ...] = ("approve", "approve", "reject", "hold")) -> Kind:
    """A phrase of this row; `untorn` where its lines must stay as they are."""

    def kind(scene: Scene) -> Words:
        template = scene.one(row)
        said = scene.fill(template, of=of)
        return Words(template, said, forms=WHOLE if untorn else FORMS, placed=True)

    return kind


def taken_back(scene: Scene) -> Words:
    """A command, and behind it, or below it, words that take it back."""
    ref = scene.refs(1)[0]
    command = scene.command(ref, of=("approve", "hold"))
    gap = scene.dice.choice([" ", "\n", "\n", "\n\n", ", ", " ... "])
    behind = scene.one("behind")
    return Words(behind, command + gap + scene.fill(behind), forms=(plain, plain, doubled), placed=True)


def weak(scene: Scene) -> Words:
    """A bare word, and other words that show it for no answer."""
    template = scene.one("weak")
    return Words(template, scene.fill(template), forms=(plain, plain, doubled))


def absent(scene: Scene) -> Words:
    """A vacation note that no header field marks."""
    template = scene.one("absent")
    whole = scene.chance(0.8)  # few notes quote what they answer
    return Words(template, scene.fill(template), forms=(plain, plain, doubled), signed=False, whole=whole)


TABLES = (  # {0}, {2}: references; {1}, {3}: verbs
    "item\tBen\tCleo\n{0}\t{1}\t{3}\n{2}\t{3}\t{1}",
    "Ben\t{0}\t{1}\nCleo\t{2}\t{3}",
    "| item | Ben |\n|---|---|\n| {0} | {1} |\n| {2} | {3} |",
    "+------+---------+\n| {0} | {1} |\n+------+---------+\n| {2} | {3} |\n+------+---------+\n(Ben's list)",
    "Ben's list;;\n{0};{1};\n{2};{3};",
    "who,what,vote\nBen,{0},{1}\nCleo,{2},{3}",
    "Who said what:\n{0} ........ {1} (Ben)\n{2} ........ {3} (Cleo)",
    "votes     {0}   {2}\nBen       {1}   {3}\nCleo      {3}   {1}",
    "        Ben      Cleo\n{0}    {1}     {3}\n{2}    {3}     {1}",
    "Ben's table:\n\n{0} {1}\n{2} {3}",
)


def tables(scene: Scene) -> Words:
    """What others said, as a table."""
    refs = scene.refs(2)
    template = scene.dice.choice(TABLES)
    verbs = [scene.verb(scene.dice.choice(["approve", "reject", "hold"])) for _ in range(2)]
    return Words(template, template.format(refs[0], verbs[0], refs[-1], verbs[1]), forms=(plain,), alone=True)


CHATS = (  # {0}, {2}: who; {1}, {3}: what
    "[10:02] {0}: {1}\n[10:03] {2}: {3}",
    "{0} 10:02 {1}\n{2} 10:03 {3}",
    "22.11.26, 10:02 - {0}: {1}\n22.11.26, 10:03 - {2}: {3}",
    "[22/11/2026, 10:02:33] {0}: {1}\n[22/11/2026, 10:03:01] {2}: {3}",
    "<{0}> {1}\n<{2}> {3}",
    "{0}, [22.11.2026 10:02]\n{1}\n\n{2}, [22.11.2026 10:03]\n{3}",
    "{0}  10:02 AM\n{1}\n{2}  10:03 AM\n{3}",
    "{0}\n10:02\n{1}\n{2}\n10:03\n{3}",
    "(10:02:11) {0}: {1}\n(10:03:05) {2}: {3}",
    "{0} (10:02): {1}\n{2} (10:03): {3}",
    "**{0}** {1}\n**{2}** {3}",
    "{0} > {1}\n{2} > {3}",
    "[10:02 AM] {0}\n{1}\n\n[10:03 AM] {2}\n{3}",
    "10:02 {0} » {1}\n10:03 {2} » {3}",
    "@{0}: {1}\n@{2}: {3}",
    "{0} wrote in the group:\n{1}",
    "{0}> {1}\n{2}> {3}",
    "[{0}] {1}\n[{2}] {3}",
    "({0}:) {1}\n({2}:) {3}",
    "-- {0}: {1}\n-- {2}: {3}",
    "{0} — {1}\n{2} — {3}",
    "{0}:\n{1}\n\n{2}:\n{3}",
)


def chats(scene: Scene) -> Words:
    """A chat, pasted."""
    ben, cleo = scene.dice.choice([("Ben", "Cleo"), ("Cleo", "Ben"), ("Ben Marsh", "Cleo Ray")])
    template = scene.dice.choice(CHATS)
    refs = scene.refs(2)
    pasted = template.format(ben, scene.command(refs[0]), cleo, scene.command(refs[-1]))
    above = scene.fill(scene.one("fyi"))
    return Words(template, f"{above}\n\n{pasted}".lstrip("\n"), forms=(plain, plain, doubled), signed=False)
