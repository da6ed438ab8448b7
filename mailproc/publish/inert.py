"""Names under which a web server shows a stranger's file and never runs it: not in a browser, not on itself.

The octets stay as they were sent; only the name is ours to choose (catalogue S83). What is put up is a folder of
plain files, and we cannot know the server's settings, so the list errs on the side of a `.txt` too many.
"""

from __future__ import annotations

# By any part of the name behind a dot: some servers look at the middle ones too (`photo.php.jpg`).
_ACTIVE = frozenset(
    (
        *("html", "htm", "xhtml", "xht", "shtml", "mhtml", "hta", "svg", "svgz", "xml", "xsl", "xslt", "css", "swf"),
        *("js", "mjs", "cjs", "wasm", "php", "php3", "php4", "php5", "php7", "php8", "phtml", "phar", "cgi", "fcgi"),
        *("pl", "py", "rb", "sh", "asp", "aspx", "ashx", "asmx", "jsp", "jspx", "cfm", "htaccess", "htpasswd"),
    )
)
_ACTIVE_TYPES = frozenset(
    (
        *("text/html", "application/xhtml+xml", "image/svg+xml"),
        *("text/xml", "application/xml", "text/javascript", "text/css"),
    )
)
_READ_BY_SERVERS = frozenset(("index", "default", "web", "htaccess", "robots", "user"))  # index.*, web.config ...


def inert(name: str, media_type: str) -> str:
    """`index-html.txt` for `index.html`, `attached-index.docx` for `index.docx`, any other name as it is."""
    stem, *endings = name.casefold().split(".")
    if media_type in _ACTIVE_TYPES or not _ACTIVE.isdisjoint(endings):
        return f"{name.replace('.', '-')}.txt"
    return f"attached-{name}" if stem in _READ_BY_SERVERS else name
