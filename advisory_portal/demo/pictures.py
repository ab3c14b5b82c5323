"""Logos and covers of the demo's firms, drawn: the same arguments always give the same picture."""

from collections.abc import Callable
from io import BytesIO
from math import cos, pi, sin

import fontpkg
from PIL import Image, ImageDraw, ImageFont

SIZE, FINE = 512, 1024  # drawn at twice the size, then reduced: smooth edges
COVER = (1600, 600)
WHITE = "#ffffff"
# Ground and accent.
COLOURS = (
    ("#0f4c5c", "#f2a65a"),
    ("#3d348b", "#f7b801"),
    ("#14532d", "#a3e635"),
    ("#7f1d1d", "#fca5a5"),
    ("#1e3a8a", "#60a5fa"),
    ("#4a044e", "#f0abfc"),
    ("#27272a", "#facc15"),
    ("#134e4a", "#5eead4"),
    ("#7c2d12", "#fdba74"),
    ("#0c4a6e", "#fde68a"),
)

Draw = ImageDraw.ImageDraw


def draw_logo(initials: str, number: int) -> bytes:
    """A square PNG of 512 pixels: one of the signs with the initials, in one of the pairs of colours."""
    ground, accent = COLOURS[number % len(COLOURS)]
    picture = Image.new("RGB", (FINE, FINE), WHITE)
    sign = SIGNS[(number * 3 + number // 10) % len(SIGNS)]
    sign(ImageDraw.Draw(picture), initials, ground, accent)
    return _bytes(picture.resize((SIZE, SIZE), Image.Resampling.LANCZOS), "PNG")


def draw_cover(number: int) -> bytes:
    """A wide JPEG of 1600 by 600 pixels: waves or hills in the firm's colours."""
    ground, accent = COLOURS[number % len(COLOURS)]
    width, height = COVER
    picture = Image.new("RGB", COVER, _mixed(ground, WHITE, 0.82))
    draw = ImageDraw.Draw(picture)
    for layer in range(5):
        colour = _mixed(ground, accent if layer == 1 else WHITE, 0.68 - layer * 0.15)
        base, swing = height * (0.35 + 0.13 * layer), 70 - layer * 8
        edge = [
            (x, base + swing * sin(x / (190 + 23 * layer) + number + layer * 1.7) + 18 * sin(x / 67 + number * layer))
            for x in range(0, width + 1, 8)
        ]
        draw.polygon([(0, height), *edge, (width, height)], fill=colour)
    radius = 60 + number % 4 * 14
    x, y = 250 + number * 97 % 1100, 130
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=accent)
    return _bytes(picture, "JPEG")


def _bytes(picture: Image.Image, kind: str) -> bytes:
    kept = BytesIO()
    picture.save(kept, kind, quality=85)
    return kept.getvalue()


def _mixed(one: str, other: str, share: float) -> str:
    """The colour `share` of the way from one to the other."""
    parts = [
        round(int(one[at : at + 2], 16) * (1 - share) + int(other[at : at + 2], 16) * share) for at in range(1, 7, 2)
    ]
    return "#" + "".join(f"{part:02x}" for part in parts)


def _write(draw: Draw, text: str, middle: tuple[float, float], size: int, colour: str) -> None:
    font = ImageFont.truetype(fontpkg.path("Inter", 700), size)
    font.set_variation_by_axes([32, 700])  # optical size, weight
    draw.text(middle, text, font=font, fill=colour, anchor="mm")


def _disc(draw: Draw, initials: str, ground: str, accent: str) -> None:
    draw.ellipse((40, 40, 984, 984), fill=ground)
    draw.arc((110, 110, 914, 914), 20, 200, fill=accent, width=34)
    _write(draw, initials, (512, 512), 340, WHITE)


def _tile(draw: Draw, initials: str, ground: str, accent: str) -> None:
    draw.rounded_rectangle((60, 60, 964, 964), 200, fill=ground)
    draw.rectangle((220, 760, 804, 800), fill=accent)
    _write(draw, initials, (512, 480), 430, WHITE)


def _columns(draw: Draw, initials: str, ground: str, accent: str) -> None:
    for number, top in enumerate((520, 360, 430, 180)):
        left = 150 + number * 190
        draw.rounded_rectangle((left, top, left + 150, 640), 30, fill=accent if number == 3 else ground)
    _write(draw, initials, (512, 810), 240, ground)


def _quarters(draw: Draw, initials: str, ground: str, accent: str) -> None:
    draw.pieslice((-388, 84, 508, 980), 270, 360, fill=ground)
    draw.pieslice((516, 84, 1412, 980), 90, 180, fill=accent)
    draw.pieslice((516, -364, 1412, 532), 90, 180, fill=ground)
    draw.pieslice((68, 532, 964, 1428), 180, 270, fill=accent)
    draw.ellipse((312, 312, 712, 712), fill=WHITE)
    _write(draw, initials, (512, 512), 200, ground)


def _hexagon(draw: Draw, initials: str, ground: str, accent: str) -> None:
    for radius, colour in ((480, ground), (400, WHITE), (360, accent)):
        corners = [(512 + radius * sin(turn * pi / 3), 512 + radius * cos(turn * pi / 3)) for turn in range(6)]
        draw.polygon(corners, fill=colour)
    _write(draw, initials, (512, 512), 300, ground)


def _circles(draw: Draw, initials: str, ground: str, accent: str) -> None:
    draw.ellipse((60, 120, 660, 720), fill=accent)
    draw.ellipse((364, 120, 964, 720), fill=ground)
    draw.ellipse((440, 348, 584, 492), fill=WHITE)
    _write(draw, initials, (512, 860), 220, ground)


def _arch(draw: Draw, initials: str, ground: str, accent: str) -> None:
    for inset, colour in ((0, ground), (110, WHITE), (160, accent)):
        draw.rounded_rectangle((112 + inset, 80 + inset, 912 - inset, 1400), 400 - inset, fill=colour)
    draw.rectangle((0, 944, 1024, 1024), fill=WHITE)
    _write(draw, initials, (512, 640), 240, ground)


def _diamond(draw: Draw, initials: str, ground: str, accent: str) -> None:
    draw.polygon([(512, 30), (994, 512), (512, 994), (30, 512)], fill=ground)
    draw.polygon([(512, 994), (753, 753), (994, 512), (753, 512)], fill=accent)
    _write(draw, initials, (480, 500), 330, WHITE)


def _peaks(draw: Draw, initials: str, ground: str, accent: str) -> None:
    draw.polygon([(40, 700), (400, 160), (760, 700)], fill=ground)
    draw.polygon([(430, 700), (690, 330), (984, 700)], fill=accent)
    _write(draw, initials, (512, 850), 230, ground)


def _lines(draw: Draw, initials: str, ground: str, accent: str) -> None:
    draw.rectangle((0, 0, 1024, 1024), fill=ground)
    for number in range(5):
        draw.line((100, 660 + number * 62, 924, 560 + number * 62), fill=accent, width=20)
    _write(draw, initials, (512, 360), 400, WHITE)


SIGNS: tuple[Callable[[Draw, str, str, str], None], ...] = (
    _disc,
    _columns,
    _tile,
    _quarters,
    _hexagon,
    _peaks,
    _circles,
    _lines,
    _arch,
    _diamond,
)
