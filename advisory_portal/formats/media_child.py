"""Reads PDF files and pictures in a process of its own, whose memory and time are bounded.

A program, not a module: `formats.pdf_text` starts it with the file on its standard input. `read` answers JSON
({"pages", "words", "attachments"}), `page NUMBER WIDTH` a PNG, `count` the number of pages. A refusal is the code of a
FormatError on standard error, with exit status 3. The libraries are imported where they are used: each start pays only
for the one it needs, after its memory was bounded.
"""

import base64
import ctypes
import io
import json
import resource
import sys
from typing import Any

MEMORY, SECONDS, OUTPUT = 1_500 * 1024**2, 20, 64 * 1024**2
MOST_PAGES_READ, MOST_CHARACTERS, MOST_WORDS = 10, 60_000, 8_000
MOST_ATTACHMENTS, LARGEST_ATTACHMENT = 20, 20_000_000
MOST_PIXELS = 60_000_000
GRID = 10_000  # places on a page are whole parts of this
REFUSED = 3


class Refusal(Exception):
    """The code of a FormatError."""


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    content, wish = sys.stdin.buffer.read(), sys.argv[1]
    is_pdf = content.startswith(b"%PDF-")
    try:
        if wish == "page":
            number, width = int(sys.argv[2]), int(sys.argv[3])
            answer = pdf_page(content, number, width) if is_pdf else picture_page(content, number, width)
        elif wish == "read":
            answer = json.dumps(pdf_text(content)).encode()
        else:
            answer = str(picture_count(content)).encode()
    except Refusal as refusal:
        sys.stderr.write(str(refusal))
        return REFUSED
    sys.stdout.buffer.write(answer)
    return 0


# --- PDF -----------------------------------------------------------------------------------------------------


def opened(content: bytes) -> Any:
    import pypdfium2  # noqa: PLC0415

    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise Refusal("pdf_encrypted" if "password" in str(error).lower() else "pdf_broken") from None


def pdf_text(content: bytes) -> dict[str, Any]:
    document = opened(content)
    count = len(document)
    if not count:
        raise Refusal("pdf_broken")
    # The end of a long one too: that is where totals stand.
    numbers = list(range(min(count, MOST_PAGES_READ)))
    numbers += [count - 1] if count > MOST_PAGES_READ else []
    words: list[list[Any]] = []
    for number in numbers:
        words += words_of(document, number)[: MOST_WORDS - len(words)]
    return {"pages": count, "words": words, "attachments": attachments_of(document)}


def words_of(document: Any, number: int) -> list[list[Any]]:
    """[page from 1, x, y, width, height, text] of each word, in parts of GRID from the upper left corner as seen."""
    import pypdfium2  # noqa: PLC0415
    import pypdfium2.raw as raw  # noqa: PLC0415

    try:
        page = document[number]
        text = page.get_textpage()
    except pypdfium2.PdfiumError:
        return []
    sides = [ctypes.c_double() for _side in range(4)]
    found: list[list[Any]] = []
    letters: list[str] = []
    box: list[float] = []  # left, right, bottom, top, as the page's own coordinates have them

    def end() -> None:
        if letters:
            x1, y1, x2, y2 = seen(raw, page, box[0], box[2], box[1], box[3])
            found.append([number + 1, x1, y1, x2 - x1, y2 - y1, "".join(letters)[:200]])
        letters.clear()

    for index in range(min(raw.FPDFText_CountChars(text), MOST_CHARACTERS)):
        code = raw.FPDFText_GetUnicode(text, index)
        if code <= 32 or code in (160, 8239, 0xFFFE, 0xFFFF) or 0xD800 <= code < 0xE000:
            end()
        elif raw.FPDFText_GetCharBox(text, index, *sides):
            left, right, bottom, top = (side.value for side in sides)
            if letters and is_apart(box, left, bottom, top):
                end()
            joined = (min(box[0], left), max(box[1], right), min(box[2], bottom), max(box[3], top)) if letters else ()
            box[:] = joined or (left, right, bottom, top)
            letters.append(chr(code))
    end()
    return found


def is_apart(box: list[float], left: float, bottom: float, top: float) -> bool:
    """Whether a letter belongs to another word than the box before it: further right than a space, or elsewhere."""
    high = max(box[3] - box[2], top - bottom)
    return left > box[1] + high or bottom > box[3] + high or top < box[2] - high


def seen(raw: Any, page: Any, left: float, bottom: float, right: float, top: float) -> list[int]:
    """A box of the page's own coordinates as it is seen: turned and cropped as the page says."""
    corners = []
    for x, y in ((left, bottom), (right, top)):
        device_x, device_y = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page, 0, 0, GRID, GRID, 0, x, y, device_x, device_y)
        corners.append((device_x.value, device_y.value))
    (x1, y1), (x2, y2) = corners
    return [min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)]


def attachments_of(document: Any) -> list[dict[str, str]]:
    """Name and content (base64) of the embedded XML files."""
    found = []
    for index in range(min(document.count_attachments(), MOST_ATTACHMENTS)):
        attachment = document.get_attachment(index)
        name = attachment.get_name()
        if name.lower().endswith(".xml"):
            data = bytes(attachment.get_data())
            if len(data) <= LARGEST_ATTACHMENT:
                found.append({"name": name[:200], "data": base64.b64encode(data).decode()})
    return found


def pdf_page(content: bytes, number: int, width: int) -> bytes:
    import pypdfium2  # noqa: PLC0415

    document = opened(content)
    if not 1 <= number <= len(document):
        raise Refusal("no_such_page")
    try:
        page = document[number - 1]
        wide, high = page.get_size()
        scale = min(width / max(wide, 1), 4 * width / max(high, 1))
        picture = page.render(scale=scale).to_pil()
    except pypdfium2.PdfiumError:
        raise Refusal("pdf_broken") from None
    return as_png(picture.convert("RGB"))


# --- Pictures ------------------------------------------------------------------------------------------------


def picture(content: bytes) -> Any:
    from PIL import Image  # noqa: PLC0415

    Image.MAX_IMAGE_PIXELS = None
    try:
        found = Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "TIFF"))
    except Exception:  # whatever a picture is made of
        raise Refusal("picture_broken") from None
    if found.width * found.height > MOST_PIXELS:
        raise Refusal("picture_too_large")
    return found


def picture_count(content: bytes) -> int:
    found = picture(content)
    return min(getattr(found, "n_frames", 1), 500)


def picture_page(content: bytes, number: int, width: int) -> bytes:
    from PIL import ImageOps  # noqa: PLC0415

    found = picture(content)
    try:
        found.seek(number - 1)
        if found.width * found.height > MOST_PIXELS:
            raise Refusal("picture_too_large")
        found.draft("RGB", (width, width))
        turned = ImageOps.exif_transpose(found).convert("RGB")
        turned.thumbnail((width, 4 * width))
    except EOFError:
        raise Refusal("no_such_page") from None
    except Refusal:
        raise
    except Exception:  # whatever a picture is made of
        raise Refusal("picture_broken") from None
    return as_png(turned)


def as_png(image: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main())
