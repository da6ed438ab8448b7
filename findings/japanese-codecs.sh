#!/usr/bin/env bash
# No codec of Python takes what mail programs on Windows write into ISO-2022-JP.
#
# Version:   CPython 3.11 (as Debian 12 has it); the same in its six ISO-2022-JP codecs
# Behaviour: a circled number, a company's sign or the second form of a common surname (NEC row 13 and the IBM
#            extensions) stands in row 13 or from row 89 on behind ESC $ B. Outlook and mobile telephones write them
#            under the label iso-2022-jp. Each of the six codecs raises UnicodeDecodeError at them; the labels cp50220
#            and cp50221 are unknown. The same characters in Shift_JIS are read, but by cp932 only. A wave dash that was
#            written from Windows as FULLWIDTH TILDE comes back as WAVE DASH from ISO-2022-JP, and as FULLWIDTH TILDE
#            from cp932.
# Output:    six times "UnicodeDecodeError", twice "LookupError", then "cp932 reads them", then the two tildes
set -euo pipefail
python3 - <<'PYTHON'
import sys

CODECS = ("iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_3", "iso2022_jp_2004", "iso2022_jp_ext")
CIRCLED_ONE = b"\x1b$B\x2d\x21\x1b(B"
COMPANY = b"\x1b$B\x2d\x6a\x1b(B"
SURNAME = b"\x1b$B\x7c\x62\x1b(B"
TILDE = b"\x1b$B\x21\x41\x1b(B"


def reading(octets, codec):
    try:
        return octets.decode(codec)
    except (UnicodeDecodeError, LookupError) as error:
        return type(error).__name__


print("Python", sys.version.split()[0])
same = True
for codec in CODECS:
    found = {reading(octets, codec) for octets in (CIRCLED_ONE, COMPANY, SURNAME)}
    print(f"{codec}: {found}")
    same &= found == {"UnicodeDecodeError"}
for label in ("cp50220", "cp50221"):
    print(f"{label}: {reading(b'a', label)}")
    same &= reading(b"a", label) == "LookupError"
in_shift_jis = b"\x87\x40\x87\x8a\xfb\xfc"
same &= reading(in_shift_jis, "cp932") == "\u2460\u3231\u9ad9"
same &= reading(in_shift_jis, "shift_jis") == "UnicodeDecodeError"
print("cp932 reads them:", ascii(reading(in_shift_jis, "cp932")))
tildes = reading(TILDE, "iso2022_jp"), reading(b"\x81\x60", "cp932")
print("wave dash:", ascii(tildes))
same &= tildes == ("\u301c", "\uff5e")
sys.exit(0 if same else "changed: Python reads ISO-2022-JP in another way now")
PYTHON
