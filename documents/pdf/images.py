"""Images on a sheet: the logo as a PNG or JPEG that print needs, and QR codes as drawings."""

import io
import json
from functools import lru_cache

import segno
from PIL import Image, ImageOps

from documents.pdf.sheet import Logo

LOGO_PIXELS = (900, 300)
LOGO_MAX_PIXELS = 40_000_000


def clean_logo(content: bytes) -> bytes:
    """A PNG, JPEG or WebP picture as the PNG that our PDFs print: its pixels only, upright, no larger than needed.

    Raises ValueError for anything else, for a picture of LOGO_MAX_PIXELS pixels or more, and for an empty one.
    """
    try:
        with Image.open(io.BytesIO(content), formats=("png", "jpeg", "webp")) as image:
            if image.width * image.height >= LOGO_MAX_PIXELS:
                raise ValueError("The logo has too many pixels.")
            pixels = ImageOps.exif_transpose(image).convert("RGBA")
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError("The logo is not a readable picture.") from error
    box = pixels.getchannel("A").getbbox()
    if box is None:
        raise ValueError("The logo has nothing to see.")
    bare = Image.new("RGBA", pixels.size)
    bare.paste(pixels)
    bare = bare.crop(box)
    bare.thumbnail(LOGO_PIXELS)
    out = io.BytesIO()
    bare.save(out, "png", optimize=True)
    return out.getvalue()


@lru_cache(maxsize=16)
def logo_image(logo: Logo) -> tuple[str, float]:
    """The logo as a JSON list of bytes, and its width by its height.

    It is turned upright, freed of empty edges and made no larger than print needs.
    Raises ValueError if it is not the image it says to be.
    """
    try:
        with Image.open(io.BytesIO(logo.data), formats=(logo.kind,)) as image:
            if image.width * image.height > LOGO_MAX_PIXELS:
                raise ValueError("The logo has too many pixels.")
            upright = ImageOps.exif_transpose(image).convert("RGB" if logo.kind == "jpeg" else "RGBA")
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError("The logo is not a readable PNG or JPEG image.") from error
    if logo.kind == "png":
        upright = upright.crop(upright.getchannel("A").getbbox())
    upright.thumbnail(LOGO_PIXELS)
    out = io.BytesIO()
    upright.save(out, logo.kind, quality=90)
    return json.dumps(list(out.getvalue())), upright.width / upright.height


def qr_svg(content: str) -> str:
    """A QR code of the text (UTF-8, error correction M) as SVG, one unit a module, without a margin."""
    code = segno.make(content, error="m", micro=False, boost_error=False, encoding="utf-8")
    size = len(code.matrix)
    modules = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(code.matrix) for x, module in enumerate(row) if module
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}"><path d="{modules}"/></svg>'
