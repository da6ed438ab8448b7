from __future__ import annotations

import pytest

from mailproc.publish.inert import inert


@pytest.mark.parametrize(
    ("name", "media_type", "shown"),
    [
        ("index.html", "text/html", "index-html.txt"),
        ("a.svg", "image/svg+xml", "a-svg.txt"),
        ("b.PHP", "text/plain", "b-PHP.txt"),
        ("photo.php.jpg", "image/jpeg", "photo-php-jpg.txt"),
        ("page", "text/html", "page.txt"),
        ("web.config", "text/plain", "attached-web.config"),
        ("index.docx", "application/octet-stream", "attached-index.docx"),
        ("lighthouse.docx", "application/octet-stream", "lighthouse.docx"),
        ("hives.jpg", "image/jpeg", "hives.jpg"),
    ],
)
def test_s83_what_a_server_would_run_goes_up_under_a_name_that_is_only_shown(name, media_type, shown):
    assert inert(name, media_type) == shown
