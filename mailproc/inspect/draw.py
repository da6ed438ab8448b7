"""Draws a picture small, in a process that may be killed (`python -m mailproc.inspect.draw`): see `picture`.

A view is upright, as the camera was held, in sRGB, on white where the picture has holes, of an animation the first
picture; it is made of pixels alone: no EXIF, place, comment or profile is in it. Pillow may raise what it likes, or
die.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from io import BytesIO
from typing import BinaryIO

from PIL import Image, ImageCms, ImageOps, TiffImagePlugin, WebPImagePlugin

from mailproc.inspect import aside
from mailproc.inspect.picture import Size, View

_LOADED = (TiffImagePlugin, WebPImagePlugin)  # beyond those that Pillow loads first: later no file can be opened
MAX_PIXELS = 64_000_000  # what telephones make; decoded, 256 MB
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP")
_ANIMATED = frozenset({"GIF", "WEBP", "PNG"})
_QUALITIES = (82, 70, 55, 40)
_LEAST_SIDE = 48
_CLEAR = ("A", "a")  # with which the modes end that let something shine through: RGBA, LA, RGBa


def draw(file: BinaryIO, words: Sequence[str]) -> bytes:
    """The job: a line of figures, then the views; or a line with the slug of a failure."""
    sizes = [Size(*map(int, word.split("x"))) for word in words]
    try:
        picture = Image.open(BytesIO(file.read()), formats=_FORMATS)
    except Image.DecompressionBombError:
        return b"too-large\n"
    except (OSError, ValueError, SyntaxError, EOFError, OverflowError):
        return b"no-picture\n"
    if picture.width * picture.height > MAX_PIXELS:
        return b"too-large\n"
    animated = picture.format in _ANIMATED and bool(getattr(picture, "is_animated", False))
    try:
        pixels, width, height = _decoded(picture, max(size.side for size in sizes))
    except Image.DecompressionBombError:
        return b"too-large\n"
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - decoders of hostile octets raise whatever comes
        return b"damaged\n"
    made = [_fitted(pixels, size) for size in sizes]
    figures = [width, height, int(animated), *(n for view in made for n in (view.width, view.height, len(view.octets)))]
    return b" ".join(b"%d" % n for n in figures) + b"\n" + b"".join(view.octets for view in made)


def _decoded(picture: Image.Image, side: int) -> tuple[Image.Image, int, int]:
    """Its pixels in sRGB and upright, near to the size that is needed, and the size that the picture has itself."""
    width, height = picture.size
    near = side / max(width, height)
    picture.draft("RGB", (math.ceil(near * width), math.ceil(near * height)))  # a JPEG at a half, a quarter, an eighth
    picture.load()
    turned = picture.getexif().get(0x0112, 1)  # Orientation (Exif 2.32 §4.6.4)
    profile = picture.info.get("icc_profile")
    flat = _flat(picture)
    flat.thumbnail((side, side), reducing_gap=3.0)
    upright = _upright(_in_srgb(flat, profile), turned)
    return upright, *((height, width) if turned in range(5, 9) else (width, height))


def _upright(picture: Image.Image, turned: int) -> Image.Image:
    exif = picture.getexif()
    exif[0x0112] = turned
    return ImageOps.exif_transpose(picture)


def _flat(picture: Image.Image) -> Image.Image:
    """In RGB or CMYK, eight bits a channel, on white."""
    if picture.mode in {"I", "F"} or picture.mode.startswith("I;"):
        brightest = picture.getextrema()[1]
        deep = float(brightest) if isinstance(brightest, (int, float)) else 0.0
        deep = 65_535.0 if picture.mode.startswith("I;16") else deep or 1.0
        return picture.convert("F").point(lambda value: value * (255.0 / deep)).convert("L").convert("RGB")
    if "transparency" in picture.info or picture.mode.endswith(_CLEAR):
        clear = picture.convert("RGBA")
        white = Image.new("RGB", clear.size, "white")
        white.paste(clear, mask=clear.getchannel("A"))
        return white
    return picture if picture.mode in {"RGB", "CMYK"} else picture.convert("RGB")  # a copy may be 256 MB


def _in_srgb(picture: Image.Image, profile: object) -> Image.Image:
    """By the picture's own profile where it fits; else as the mode says."""
    if isinstance(profile, bytes):
        try:
            theirs = ImageCms.ImageCmsProfile(BytesIO(profile))
            seen = ImageCms.profileToProfile(picture, theirs, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            seen = None
        if seen is not None:
            return seen
    return picture.convert("RGB")


def _fitted(pixels: Image.Image, size: Size) -> View:
    """A JPEG within the size's octets: of less quality if need be, then smaller."""
    side = size.side
    while True:
        view = pixels.copy()
        view.thumbnail((side, side))
        bare = Image.frombytes("RGB", view.size, view.tobytes())  # no note of any sort comes along
        for quality in _QUALITIES:
            out = BytesIO()
            bare.save(out, "JPEG", quality=quality, optimize=True)
            if out.tell() <= size.octets:
                return View(bare.width, bare.height, out.getvalue())
        if side <= _LEAST_SIDE:
            return View(bare.width, bare.height, out.getvalue())
        side = side * 2 // 3


if __name__ == "__main__":
    Image.preinit()  # what Pillow would import when it opens its first picture
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("ignore")
    aside.do(draw)
