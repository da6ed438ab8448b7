"""Links to files that lie in a cloud: they end, or open for their owner alone, so the file itself is asked for.

Told by the host alone; nothing is fetched.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from mailproc.dossier.link import links_in

HOSTS = (  # of services that keep files for a time, or for some people
    *("drive.google.com", "docs.google.com", "photos.google.com", "photos.app.goo.gl", "dropbox.com", "db.tt"),
    *("1drv.ms", "onedrive.live.com", "sharepoint.com", "icloud.com", "wetransfer.com", "we.tl", "mega.nz", "box.com"),
    *("pcloud.com", "sendspace.com", "mediafire.com", "smash.com", "fromsmash.com", "swisstransfer.com", "yadi.sk"),
    *("transfernow.net", "filemail.com", "grosfichiers.com", "magentacloud.de", "disk.yandex.ru", "disk.yandex.com"),
    *("cloud.mail.ru",),
)
MOST = 3  # that are named


def clouds_in(text: str) -> tuple[str, ...]:
    """The services to whose files a text links, each once, in its order, at most three."""
    hosts = (_host(link.url) for link in links_in(text))
    found = (known for host in hosts for known in HOSTS if host == known or host.endswith(f".{known}"))
    return tuple(dict.fromkeys(found))[:MOST]


def _host(url: str) -> str:
    try:
        return (urlsplit(url if "://" in url else f"https://{url}").hostname or "").removeprefix("www.")
    except ValueError:  # brackets that are no address: RFC 3986 §3.2.2
        return ""
