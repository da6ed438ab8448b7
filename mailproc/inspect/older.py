"""The child that becomes another program, within limits (`python -m mailproc.inspect.older MEMORY CPU PROGRAM ...`).

For the formats that no library reads. The program reads the file as /dev/stdin and answers on its standard output.
"""

from __future__ import annotations

import sys

from mailproc.inspect import aside

if __name__ == "__main__":
    aside.become(sys.argv[3:])
