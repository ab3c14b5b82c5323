"""Pictures that people upload: checked by what they hold, written anew, made small."""

from dataclasses import dataclass
from enum import Enum
from io import BytesIO

from PIL import Image, ImageOps

KINDS = ("PNG", "JPEG", "WEBP")
MOST_BYTES = 10 * 1024 * 1024
# A picture of so many pixels or more is refused before any of them is decoded.
TOO_MANY_PIXELS = 40_000_000
SHORTEST_SIDE = 64
CONTENT_TYPE = "image/webp"
QUALITY = 86


class Fault(Enum):
    """Why a picture is refused."""

    TOO_BIG = "too_big"
    TOO_MANY_PIXELS = "too_many_pixels"
    NOT_A_PICTURE = "not_a_picture"
    TOO_SMALL = "too_small"


class BadPicture(ValueError):
    """An upload that is no picture we take."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Shape:
    """What a picture becomes: it fits into `large` (and `small`) pixels, width and height.

    A picture taller than `large` in proportion loses its upper and lower edge where `is_cropped`.
    """

    large: tuple[int, int]
    small: tuple[int, int]
    is_cropped: bool = False


SHAPES = {
    "logo": Shape(large=(512, 512), small=(128, 128)),
    "cover": Shape(large=(1600, 600), small=(800, 300), is_cropped=True),
}


def clean_picture(content: bytes, shape: Shape) -> tuple[bytes, bytes]:
    """The picture as WebP, large and small: its pixels only, without metadata or anything that followed them.

    PNG, JPEG and WebP are taken, by content and not by name, up to MOST_BYTES bytes and fewer than TOO_MANY_PIXELS
    pixels, which is read from the head before decoding. Of moving pictures the first frame stays; a picture that was
    turned by a note of the camera is turned for good. Raises BadPicture.
    """
    if len(content) > MOST_BYTES:
        raise BadPicture(Fault.TOO_BIG)
    try:
        return _written(content, shape)
    except BadPicture:
        raise
    except Exception as error:  # a decoder may fail in any way on bytes that somebody made up
        raise BadPicture(Fault.NOT_A_PICTURE) from error


def _written(content: bytes, shape: Shape) -> tuple[bytes, bytes]:
    with Image.open(BytesIO(content), formats=KINDS) as opened:
        width, height = opened.size
        if width * height >= TOO_MANY_PIXELS:
            raise BadPicture(Fault.TOO_MANY_PIXELS)
        if min(width, height) < SHORTEST_SIDE:
            raise BadPicture(Fault.TOO_SMALL)
        opened.draft("RGB", (2 * shape.large[0], 2 * shape.large[1]))  # JPEG decodes smaller what is shown smaller
        pixels = _bare(opened)
    if shape.is_cropped:
        pixels = _cropped(pixels, shape.large[0] / shape.large[1])
    return _fitted(pixels, shape.large), _fitted(pixels, shape.small)


def _bare(opened: Image.Image) -> Image.Image:
    """A copy that has nothing but pixels."""
    turned = ImageOps.exif_transpose(opened)
    coloured = turned.convert("RGBA" if turned.has_transparency_data else "RGB")
    bare = Image.new(coloured.mode, coloured.size)
    bare.paste(coloured)
    return bare


def _cropped(pixels: Image.Image, proportion: float) -> Image.Image:
    height = round(pixels.width / proportion)
    if pixels.height <= height:
        return pixels
    top = (pixels.height - height) // 2
    return pixels.crop((0, top, pixels.width, top + height))


def _fitted(pixels: Image.Image, box: tuple[int, int]) -> bytes:
    fitted = pixels.copy()
    fitted.thumbnail(box, Image.Resampling.LANCZOS)
    written = BytesIO()
    fitted.save(written, "WEBP", quality=QUALITY, method=4)
    return written.getvalue()
