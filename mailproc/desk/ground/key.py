"""The key of all secrets: read, made at the first start, made anew where it is lost, and known again (catalogue F97).

A letter's secret is its id, an HMAC by this key (design §4 "Ids and secrets"). With another key no answer to what was
sent counts, and members would be taken for somebody who guesses. So the database has a fingerprint of it, and where
it has none (an older desk, a rebuilt one) the letters themselves tell which key wrote them. A key that is gone,
damaged or another's is never replaced by itself once there are letters: `Key.trouble` says the cure, and whoever
needs a secret then raises it as a StoreError. The key itself is never shown or stored elsewhere.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
import shlex
import tempfile
from base64 import b32encode
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection

from mailproc.desk.ground.books import Books, lost
from mailproc.errors import StoreError, UsageError
from mailproc.message.field.address import canonical
from mailproc.store.database import reading, writing
from mailproc.store.mail import outgoing
from mailproc.store.octets.disk import make_folder, refusals, sync_folder
from mailproc.store.service import backups, keys
from mailproc.workflow.erasing import is_erased
from mailproc.workflow.outgoing import Outgoing

TOKEN_OCTETS = 16  # 128 bits; a Message-ID of ours stays under 72 characters, a local-part under 64
TOKEN_LENGTH = 26  # the same in base32
WHOLE = re.compile(r"[!-~]{32,}")  # what may be a key; ours are 64 hexadecimal digits
MOST = 4096  # octets of a file that is looked at
WITNESSES = 100  # of the latest letters, asked which key wrote them
MARK = b"mailproc: which key is this?"

GONE, LOCKED, DAMAGED, ANOTHER = "key-missing", "key-unreadable", "key-damaged", "key-differs"
RENEW = "mailproc work --new-key"
AFTER = "replies to letters sent until then do nothing, their senders are told so, and the next digests list all again"


@dataclass(frozen=True, slots=True)
class Key:
    """The key file as it was found."""

    path: Path
    octets: bytes = b""  # b"" where there is none that may be used
    flaw: str = ""  # key-missing, key-unreadable, key-damaged, key-differs
    where: str = ""  # the file, and what is wrong with it
    cure: str = ""
    renews: bool = False  # it takes the place of another in this moment

    @property
    def trouble(self) -> str:
        """One line with the cure; "" where all is well."""
        return f"{self.where}; {self.cure}" if self.flaw else ""

    def needed(self) -> bytes:
        """The key, for whoever makes or knows a secret. Raises StoreError."""
        if self.flaw:
            raise StoreError(self.trouble)
        return self.octets

    @property
    def fingerprint(self) -> str:
        """What tells this key from others, and nothing of it."""
        return hmac.digest(self.octets, MARK, sha256).hex()

    def secret(self, cause: int, template: str, to: str) -> str:
        """The secret and name of a letter. Raises StoreError."""
        return self.seal(f"{cause}\0{template}\0{canonical(to)}")

    def of_access(self, cause: int, to: str) -> str:
        """A member's one-time secret, by the letter that carries it. Raises StoreError."""
        return self.secret(cause, "access", to)  # no template is called so

    def salt_of_access(self, cause: int, to: str) -> bytes:
        """16 octets, the same ones each time: a rebuild writes the same file. Raises StoreError."""
        return hmac.digest(self.needed(), f"{cause}\0access/salt\0{canonical(to)}".encode(), sha256)[:TOKEN_OCTETS]

    def seal(self, text: str) -> str:
        """What only this key makes of a text, TOKEN_LENGTH letters and digits. Raises StoreError."""
        return b32encode(hmac.digest(self.needed(), text.encode(), sha256)[:TOKEN_OCTETS]).decode().rstrip("=").lower()

    def wrote(self, letter: Outgoing) -> bool:
        """Whether this key gives the letter's id again."""
        about = f"{letter.template}/{letter.ref}" if letter.ref else letter.template
        return hmac.compare_digest(self.secret(letter.cause, about, letter.to), letter.id)


# Looking


def look(books: Books) -> Key:
    """The key as it stands; nothing is made or written. Raises StoreError where the database cannot be asked."""
    found, needed = _read(books.config.storage.key), _is_needed(books)
    if found.flaw:
        return _with_cure(books, found, needed=needed)
    with reading(books.engine) as conn:
        right = not needed or _is_right(conn, found, keys.current(conn))
    return found if right else _with_cure(books, _another(found), needed=True)


def hold(books: Books) -> Key:
    """The key of a desk that opens: made where no letter needs one yet, its fingerprint noted. Raises StoreError."""
    path = books.config.storage.key
    with refusals(path.parent):
        if not os.path.lexists(path) and not _is_needed(books):
            make(path)
    found = look(books)
    if not found.flaw and not lost(books):
        _note(books, found)
    return found


def ensure_same(conn: Connection, key: Key) -> None:
    """Raises StoreError where another key took the place of this one since the desk was opened."""
    known = keys.current(conn)
    if known is not None and not key.renews and known.fingerprint != key.fingerprint:
        raise StoreError(f"{key.path}: it was made anew, and this process has the old key; start `mailproc run` again")


def _is_needed(books: Books) -> bool:
    """Letters were written; their answers are known by the key that wrote them."""
    with reading(books.engine) as conn:
        return outgoing.any_written(conn) or lost(books)


def _is_right(conn: Connection, found: Key, known: keys.Known | None) -> bool:
    """The key that the letters were written with, as far as anything tells."""
    if known is not None:
        return known.fingerprint == found.fingerprint
    witnesses = [letter for letter in outgoing.latest(conn, WITNESSES) if not is_erased(letter.to)]
    return not witnesses or any(found.wrote(letter) for letter in witnesses)


def _note(books: Books, found: Key) -> None:
    """The database knows the key from now on; one that cannot be written is told by whoever writes."""
    with reading(books.engine) as conn:
        known = keys.current(conn)
    if known is None or known.fingerprint != found.fingerprint:
        with suppress(StoreError), writing(books.engine) as conn:
            keys.put(conn, keys.Known(found.fingerprint, books.now()))


def _read(path: Path) -> Key:
    try:
        with path.open("rb") as file:
            octets = file.read(MOST)
    except FileNotFoundError:
        dangles = f"{path}: a link to {path.readlink()}, and nothing is there" if path.is_symlink() else ""
        return Key(path, flaw=GONE, where=dangles or f"{path}: the key is gone")
    except IsADirectoryError:
        return Key(path, flaw=DAMAGED, where=f"{path}: a folder, where the key should be")
    except OSError as error:
        return Key(path, flaw=LOCKED, where=f"{path}: the key cannot be read ({error.strerror})")
    words = octets.decode("latin-1").strip()
    if not WHOLE.fullmatch(words):
        what = f"{len(octets)} octets that are no key" if octets.strip() else "empty"
        return Key(path, flaw=DAMAGED, where=f"{path}: the key is damaged ({what})")
    return Key(path, words.encode())


def _another(found: Key) -> Key:
    return Key(found.path, flaw=ANOTHER, where=f"{found.path}: not the key that this desk's letters were written with")


def _with_cure(books: Books, found: Key, *, needed: bool) -> Key:
    path = found.path
    if found.flaw == LOCKED:
        cure = f"let it belong to the user who runs mailproc (`chown USER {path}`, then `chmod 600 {path}`)"
    elif not needed:
        if found.flaw == GONE and not path.is_symlink():
            return Key(path)  # the first start makes one
        cure = "no letter needs it yet: take that away, and the next start makes one"
    else:
        cure = f"{_from_backup(books, path)}. Where no copy is left, `{RENEW}` makes another: {AFTER}"
    return Key(path, flaw=found.flaw, where=found.where, cure=cure)


def _from_backup(books: Books, path: Path) -> str:
    """The command that takes the key out of the latest backup that is known to lie somewhere."""
    with reading(books.engine) as conn:
        known = [made.path for made in reversed(backups.every(conn)) if Path(made.path).is_file()]
    folder, tar = books.config.folder, shlex.quote(known[0]) if known else "BACKUP.tar"
    first = "move that away and " if path.is_dir() else ""
    if path.is_relative_to(folder):
        place = shlex.quote(path.relative_to(folder).as_posix())
        return f"{first}put it back from the backup: `tar -xf {tar} -C {shlex.quote(str(folder))} {place}`"
    return f"{first}put it back from the backup: `tar -xf {tar} data/key`, then move it to {path}"


# Making


def make(path: Path) -> None:
    """A new key, whole or not at all, for its owner alone; the first process that makes one wins. Raises StoreError."""
    with refusals(path):
        make_folder(path.parent)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".key-")
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(32) + "\n")
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(name, path)
            sync_folder(path.parent)
        finally:
            Path(name).unlink()


def make_anew(books: Books) -> tuple[Key, Path | None]:
    """Another key in the place of one that cannot be used, which is set aside; and where it lies now.

    The database does not know the new one until the operator's message has had its turn: whoever dies before that
    says it again. Raises UsageError where the key is as it should be, StoreError.
    """
    found = look(books)
    if not found.flaw:
        raise UsageError(
            f"{found.path}: it is this desk's key and whole, so no other is needed; if somebody else may know it, "
            f"move it away and say it again"
        )
    if found.flaw == LOCKED:
        raise StoreError(found.trouble)
    aside = None
    if os.path.lexists(found.path):
        aside = found.path.with_name(f"{found.path.name}.{books.now():%Y%m%dT%H%M%SZ}.set-aside")
        with refusals(found.path):
            found.path.rename(aside)
    make(found.path)
    return Key(found.path, _read(found.path).octets, renews=True), aside
