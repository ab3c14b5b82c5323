"""Pictures of products: what is taken, and what is made of it."""

from io import BytesIO

from PIL import Image

from partners.rules.pictures import (
    KINDS,
    MOST_BYTES,
    SHORTEST_SIDE,
    TOO_MANY_PIXELS,
    BadPicture,
    Fault,
    Shape,
    clean_picture,
)

MOST_PICTURES = 12
SHAPE = Shape(large=(1600, 1600), small=(480, 480))


def check_picture(content: bytes) -> str:
    """The content type of a PNG, JPEG or WebP, known by its head; nothing is decoded. Raises BadPicture."""
    if len(content) > MOST_BYTES:
        raise BadPicture(Fault.TOO_BIG)
    try:
        with Image.open(BytesIO(content), formats=KINDS) as opened:
            (width, height), kind = opened.size, opened.format
    except Exception as error:  # a reader may fail in any way on bytes that somebody made up
        raise BadPicture(Fault.NOT_A_PICTURE) from error
    if width * height >= TOO_MANY_PIXELS:
        raise BadPicture(Fault.TOO_MANY_PIXELS)
    if min(width, height) < SHORTEST_SIDE:
        raise BadPicture(Fault.TOO_SMALL)
    return f"image/{str(kind).lower()}"


def sizes_of(content: bytes) -> tuple[bytes, bytes, tuple[int, int]]:
    """A picture as WebP, large and small, without anything but its pixels, and the size of the large one.

    Raises BadPicture.
    """
    large, small = clean_picture(content, SHAPE)
    with Image.open(BytesIO(large)) as opened:
        return large, small, opened.size
