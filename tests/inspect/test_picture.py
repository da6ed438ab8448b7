"""Small views of pictures that strangers sent: whatever they are, there is an answer, and no note of theirs is in it.

Pictures are drawn here with Pillow, as cameras and programs write them; the desk itself loads it in a child only.
"""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from mailproc.inspect.picture import Seen, Size, small

SIZES = (Size(320, 40_000), Size(1600, 1_000_000))
RED, BLUE = (200, 0, 0), (0, 0, 200)
SECRETS = (b"Exif", b"ICC_PROFILE", b"my darling", b"Cam-4711", b"http://ns.adobe.com")


def halves(width: int = 600, height: int = 400, mode: str = "RGB") -> Image.Image:
    """Red on the left, blue on the right."""
    drawn = Image.new("RGB", (width, height), RED)
    drawn.paste(BLUE, (width // 2, 0, width, height))
    return drawn.convert(mode)


def octets(drawn: Image.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    drawn.save(out, kind, **options)
    return out.getvalue()


def looked_at(tmp_path: Path, given: bytes) -> Seen:
    path = tmp_path / "picture"
    path.write_bytes(given)
    return small(path, SIZES)


def pixels(seen: Seen, view: int = 0) -> Image.Image:
    shown = Image.open(BytesIO(seen.views[view].octets))
    assert shown.format == "JPEG"
    assert shown.size == (seen.views[view].width, seen.views[view].height)
    return shown.convert("RGB")


def near(found: object, wanted: tuple[int, int, int]) -> bool:
    assert isinstance(found, tuple)
    return all(abs(one - other) < 40 for one, other in zip(found, wanted, strict=True))


def noted() -> bytes:
    """As a telephone writes it, held upright: turned, where it was taken, and what its owner wrote into it."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Cam-4711"
    exif.get_ifd(0x8825)[2] = (53.0, 5.0, 6.0)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return octets(halves(2000, 1000), "JPEG", exif=exif, comment=b"for my darling", icc_profile=profile)


def test_S104_the_notes_are_gone_and_the_picture_stands_upright(tmp_path):
    given = noted()
    assert b"Cam-4711" in given
    assert b"my darling" in given
    seen = looked_at(tmp_path, given)
    assert (seen.width, seen.height) == (1000, 2000)
    assert [(view.width, view.height) for view in seen.views] == [(160, 320), (800, 1600)]
    for n, view in enumerate(seen.views):
        assert not any(secret in view.octets for secret in SECRETS)
        shown = Image.open(BytesIO(view.octets))
        assert set(shown.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}
        assert near(pixels(seen, n).getpixel((view.width // 2, 10)), RED), "what was left is above"
        assert near(pixels(seen, n).getpixel((view.width // 2, view.height - 10)), BLUE)


@pytest.mark.parametrize(
    ("kind", "mode", "options"),
    [
        ("JPEG", "CMYK", {}),
        ("PNG", "RGB", {}),
        ("PNG", "P", {}),
        ("GIF", "P", {}),
        ("WEBP", "RGB", {"lossless": True}),
        ("TIFF", "RGB", {"compression": "tiff_lzw"}),
        ("TIFF", "CMYK", {}),
        ("BMP", "RGB", {}),
    ],
)
def test_what_cameras_scanners_and_programs_write_is_seen(tmp_path, kind, mode, options):
    seen = looked_at(tmp_path, octets(halves(mode=mode), kind, **options))
    assert (seen.width, seen.height, seen.failure) == (600, 400, "")
    assert near(pixels(seen).getpixel((20, 100)), RED)
    assert near(pixels(seen).getpixel((300, 100)), BLUE)


def test_what_is_clear_is_white(tmp_path):
    for mode in ("RGBA", "LA", "P"):
        clear = Image.new("RGBA", (300, 200), (0, 0, 0, 0))
        clear.paste((0, 0, 200, 255), (0, 0, 150, 200))
        drawn = clear.convert("P") if mode == "P" else clear.convert(mode)
        options = {"transparency": drawn.getpixel((299, 199))} if mode == "P" else {}
        shown = pixels(looked_at(tmp_path, octets(drawn, "PNG", **options)))
        assert near(shown.getpixel((290, 100)), (255, 255, 255)), mode


def test_sixteen_bits_are_as_bright_as_eight(tmp_path):
    grey = pixels(looked_at(tmp_path, octets(Image.new("I;16", (300, 200), 128 * 256), "PNG")))
    assert near(grey.getpixel((100, 100)), (128, 128, 128))


def test_of_what_moves_the_first_picture_is_seen(tmp_path):
    frames = [Image.new("RGB", (200, 100), colour) for colour in (RED, BLUE)]
    for kind in ("GIF", "WEBP", "PNG"):
        seen = looked_at(tmp_path, octets(frames[0], kind, save_all=True, append_images=frames[1:]))
        assert seen.is_animated, kind
        assert near(pixels(seen).getpixel((100, 50)), RED), kind
    assert not looked_at(tmp_path, octets(frames[0], "GIF")).is_animated


def test_a_small_picture_is_not_made_larger(tmp_path):
    seen = looked_at(tmp_path, octets(halves(90, 60), "PNG"))
    assert [(view.width, view.height) for view in seen.views] == [(90, 60), (90, 60)]


def test_a_view_is_within_its_octets_whatever_is_on_it(tmp_path):
    noise = Image.effect_noise((1200, 1200), 200).convert("RGB")
    seen = small(_kept(tmp_path, octets(noise, "JPEG", quality=95)), (Size(320, 9_000),))
    assert 0 < len(seen.views[0].octets) <= 9_000


def _kept(tmp_path: Path, given: bytes) -> Path:
    path = tmp_path / "picture"
    path.write_bytes(given)
    return path


# Hostile ones


def png(width: int, height: int, rows: bytes) -> bytes:
    """A PNG that says so of itself, whatever its rows hold."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def bomb() -> bytes:
    """63 million white pixels in 180 KB."""
    packer = zlib.compressobj(1)
    return png(9000, 7000, b"".join(packer.compress(bytes(27_001)) for _ in range(7000)) + packer.flush())


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "no-picture"),
    "no picture": (lambda: b"\xff\xd8\xff" + bytes(4000), "no-picture"),
    "a page": (lambda: b"<svg onload='x()'>", "no-picture"),
    "PostScript": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "no-picture"),
    "a huge size": (lambda: png(60_000, 60_000, zlib.compress(bytes(1000))), "too-large"),
    "no rows": (lambda: png(100, 100, b""), "damaged"),
    "half a PNG": (lambda: octets(Image.effect_noise((300, 300), 90), "PNG")[:20_000], "damaged"),
    "half a JPEG": (lambda: octets(halves(), "JPEG")[:700], "damaged"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_S102_a_hostile_picture_is_an_answer(tmp_path, name):
    made, failure = HOSTILE[name]
    seen = looked_at(tmp_path, made())
    assert (seen.failure, seen.views) == (failure, ())


def test_S102_a_bomb_within_the_limits_is_seen_and_one_beyond_them_is_an_answer(tmp_path):
    seen = looked_at(tmp_path, bomb())
    assert seen.failure in {"", "too-much"}
    assert (seen.width, seen.height) in {(9000, 7000), (0, 0)}


def test_the_desk_itself_loads_no_decoder():
    """A fault in one is a fault in a child."""
    command = "import sys, mailproc.cli.service, mailproc.desk.serve.process; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", command], check=False).returncode == 0  # noqa: S603 - our own words
