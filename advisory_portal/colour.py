"""A business's colour as a style sheet of its own, because pages carry no inline style.

The sheet's address names the colour, so browsers keep it for ever. Text in the colour, and on it, is made to reach a
contrast of 4.5 to 1 (WCAG 2.2, 1.4.3) in light and in dark.
"""

import re

from django.http import Http404, HttpRequest, HttpResponse

from advisory_portal.core.access import public

Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)
DARK_SURFACE: Colour = (44, 49, 58)  # --sunken in dark of css/tokens.css, the lightest ground that links stand on
LIGHT_SURFACE: Colour = (236, 238, 241)  # --sunken in light
ENOUGH = 4.5


@public
def sheet(request: HttpRequest, hexadecimal: str) -> HttpResponse:
    if not re.fullmatch(r"[0-9a-fA-F]{6}", hexadecimal):
        raise Http404
    response = HttpResponse(brand_css(parse(hexadecimal)), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def brand_css(brand: Colour) -> str:
    """The custom properties of css/tokens.css that follow the business."""
    light, dark = readable(brand, on=LIGHT_SURFACE), readable(brand, on=DARK_SURFACE)
    return (
        f":root{{--brand:{text(brand)};--brand-ink:{ink_on(text(brand))};"
        f"--accent:light-dark({text(light)},{text(dark)});"
        f"--accent-ink:light-dark({text(WHITE)},{text(BLACK)})}}\n"
    )


def ink_on(ground: str) -> str:
    """Of white and black the one that is read better on a colour ("#1f5f8b"): always 4.5 to 1 or more."""
    colour = parse(ground.removeprefix("#"))
    return text(WHITE if contrast(colour, WHITE) >= contrast(colour, BLACK) else BLACK)


def readable(colour: Colour, *, on: Colour) -> Colour:
    """The colour, moved towards black or white (whichever the ground is not) until it can be read on it."""
    towards = BLACK if luminance(on) > 0.18 else WHITE
    for step in range(101):
        mixed = mix(colour, towards, step / 100)
        if contrast(mixed, on) >= ENOUGH:
            return mixed
    return towards


def mix(colour: Colour, other: Colour, share: float) -> Colour:
    """`share` (0 to 1) of the other colour, the rest of the first."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(colour, other, strict=True))
    return red, green, blue


def contrast(one: Colour, other: Colour) -> float:
    """1 to 21. Source: WCAG 2.2, definition of contrast ratio."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: Colour) -> float:
    """0 (black) to 1 (white). Source: WCAG 2.2, definition of relative luminance."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (c / 255 for c in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def parse(hexadecimal: str) -> Colour:
    """The three parts, 0 to 255, of "1f5f8b"."""
    red, green, blue = bytes.fromhex(hexadecimal)
    return red, green, blue


def text(colour: Colour) -> str:
    return "#" + bytes(colour).hex()
