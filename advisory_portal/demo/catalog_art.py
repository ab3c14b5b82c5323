"""Pictures of the demo's products, drawn: the same arguments always give the same picture."""

from __future__ import annotations

import colorsys
from collections.abc import Callable, Sequence
from io import BytesIO
from math import cos, pi, sin

from PIL import Image, ImageColor, ImageDraw, ImageFilter

SIZE, FINE = 800, 2  # drawn at twice the size, then reduced: smooth edges
DARK, STEEL, LIGHT = "#22262e", "#9aa4b2", "#f4f1ea"

Point = tuple[float, float]
Colour = str | tuple[int, int, int]


class Canvas:
    """A square of 100 by 100 units on which things are drawn, with a soft shadow below them."""

    def __init__(self, ground: Colour) -> None:
        self.side = SIZE * FINE
        self.picture = _graded(ground, self.side)
        self.layer = Image.new("RGBA", (self.side, self.side))
        self.draw = ImageDraw.Draw(self.layer)

    def _at(self, *values: float) -> list[float]:
        return [value * self.side / 100 for value in values]

    def line(self, points: Sequence[Point], colour: Colour, width: float) -> None:
        """A line with round ends and corners."""
        flat = [tuple(self._at(*point)) for point in points]
        thick = round(width * self.side / 100)
        self.draw.line(flat, colour, thick, joint="curve")
        for x, y in flat:
            self.draw.ellipse([x - thick / 2, y - thick / 2, x + thick / 2, y + thick / 2], colour)

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        self.draw.ellipse(self._at(x - radius, y - radius, x + radius, y + radius), colour)

    def ring(self, x: float, y: float, radius: float, colour: Colour, width: float) -> None:
        box = self._at(x - radius, y - radius, x + radius, y + radius)
        self.draw.ellipse(box, outline=colour, width=round(width * self.side / 100))

    def box(self, x: float, y: float, right: float, bottom: float, colour: Colour, radius: float = 2) -> None:
        self.draw.rounded_rectangle(self._at(x, y, right, bottom), radius * self.side / 100, colour)

    def shape(self, points: Sequence[Point], colour: Colour) -> None:
        self.draw.polygon([tuple(self._at(*point)) for point in points], colour)

    def arc(self, box: tuple[float, float, float, float], start: int, end: int, colour: Colour, width: float) -> None:
        self.draw.arc(self._at(*box), start, end, colour, round(width * self.side / 100))

    def png(self) -> bytes:
        """The picture, its things over their shadow."""
        shadow = Image.new("RGBA", self.layer.size, "#00000000")
        shadow.paste(Image.new("RGBA", self.layer.size, "#00000038"), (0, round(self.side * 0.02)), self.layer)
        small = shadow.resize((SIZE // 4, SIZE // 4)).filter(ImageFilter.GaussianBlur(4))
        self.picture.alpha_composite(small.resize(self.layer.size, Image.Resampling.BICUBIC))
        self.picture.alpha_composite(self.layer)
        written = BytesIO()
        self.picture.convert("RGB").resize((SIZE, SIZE), Image.Resampling.LANCZOS).save(written, "JPEG", quality=92)
        return written.getvalue()


def draw_product(art: str, colour: str, view: int = 0) -> bytes:
    """A JPEG of 800 by 800 pixels: one of ARTS in a colour ("#2a9d8f"); `view` 1 is the same on another ground."""
    canvas = Canvas(tint(colour, 0.9 if view == 0 else 0.28))
    ARTS[art](canvas, colour if view == 0 else tint(colour, 0.62))
    return canvas.png()


def tint(colour: str, towards: float) -> Colour:
    """The colour mixed with white; 1 is white."""
    red, green, blue = ImageColor.getrgb(colour)[:3]
    hue, light, saturation = colorsys.rgb_to_hls(red / 255, green / 255, blue / 255)
    mixed = colorsys.hls_to_rgb(hue, light + (1 - light) * towards, saturation * (1 - towards * 0.35))
    found = [round(part * 255) for part in mixed]
    return found[0], found[1], found[2]


def _graded(ground: Colour, side: int) -> Image.Image:
    """A ground that is a little lighter above."""
    red, green, blue = ground if isinstance(ground, tuple) else ImageColor.getrgb(ground)[:3]
    column = Image.new("RGBA", (1, 64))
    for y in range(64):
        lift = round((32 - y) * 0.35)
        column.putpixel((0, y), (*(max(0, min(255, part + lift)) for part in (red, green, blue)), 255))
    return column.resize((side, side), Image.Resampling.BICUBIC)


def _shade(colour: Colour, by: float = 0.72) -> Colour:
    red, green, blue = colour if isinstance(colour, tuple) else ImageColor.getrgb(colour)[:3]
    return round(red * by), round(green * by), round(blue * by)


def _wheel(canvas: Canvas, x: float, y: float, radius: float, spokes: int = 18) -> None:
    for number in range(spokes):
        angle = 2 * pi * number / spokes
        canvas.line([(x, y), (x + radius * cos(angle), y + radius * sin(angle))], STEEL, 0.25)
    canvas.ring(x, y, radius, DARK, 1.9)
    canvas.ring(x, y, radius - 1.9, STEEL, 0.6)
    canvas.disc(x, y, 1.5, DARK)


def _frame(canvas: Canvas, colour: Colour, *, low: bool, small: float = 1.0) -> tuple[float, float]:
    """Two wheels and the tubes between them; gives where the pedals are."""
    radius, y = 17.5 * small, 64.0
    back, front, pedals = (26.0, y), (75.0, y), (46.0, y + 1)
    seat, head = (40.5, 40.0), (67.0, 38.0)
    _wheel(canvas, *back, radius)
    _wheel(canvas, *front, radius)
    top = (44.5, 56.0) if low else (41.5, 43.0)
    canvas.line([back, pedals, seat], colour, 1.9)
    canvas.line([back, (41.8, 45.0)], colour, 1.4)
    canvas.line([pedals, (67.8, 43.5)], colour, 2.4)
    canvas.line([top, (67.3, 40.5)], colour, 2.1)
    canvas.line([head, (69.0, 47.0), front], _shade(colour), 2.0)
    canvas.line([seat, (39.3, 35.5)], STEEL, 1.2)
    canvas.line([(34.0, 34.6), (44.0, 34.2)], DARK, 2.6)
    canvas.ring(*pedals, 4.2, DARK, 0.9)
    canvas.line([pedals, (pedals[0] + 3.5, pedals[1] + 6.5)], DARK, 1.2)
    canvas.line([(pedals[0] + 1.5, pedals[1] + 6.8), (pedals[0] + 5.8, pedals[1] + 6.8)], DARK, 1.2)
    canvas.line([(back[0], y - 1.6), (pedals[0], y - 3)], DARK, 0.5)
    canvas.line([(back[0], y + 1.6), (pedals[0], y + 5)], DARK, 0.5)
    return pedals


def _city(canvas: Canvas, colour: Colour) -> None:
    _frame(canvas, colour, low=True)
    canvas.line([(67, 38), (65.4, 31), (59.5, 31.5)], STEEL, 1.3)
    canvas.line([(59.5, 31.5), (56.5, 32)], DARK, 1.8)
    canvas.line([(17, 44.5), (37, 44.5)], DARK, 1.1)
    canvas.arc((6.5, 44.5, 45.5, 83.5), 190, 300, DARK, 1.0)
    canvas.box(68.8, 39.0, 72.2, 42.4, "#ffd166", 1.2)


def _road(canvas: Canvas, colour: Colour) -> None:
    _frame(canvas, colour, low=False)
    canvas.line([(67, 38), (66.6, 34), (73, 34)], DARK, 1.4)
    canvas.arc((68.6, 34, 76.6, 42), 270, 90, DARK, 1.5)


def _mountain(canvas: Canvas, colour: Colour) -> None:
    _frame(canvas, colour, low=False)
    canvas.line([(67, 38), (66.2, 33.5), (61, 33.5)], DARK, 1.5)
    canvas.line([(69.2, 47), (74.6, 62)], DARK, 2.8)
    for number in range(24):
        angle = 2 * pi * number / 24
        for x in (26.0, 75.0):
            canvas.disc(x + 17.8 * cos(angle), 64 + 17.8 * sin(angle), 0.75, DARK)


def _electric(canvas: Canvas, colour: Colour) -> None:
    _city(canvas, colour)
    canvas.line([(48.5, 60), (62, 47)], DARK, 4.2)
    canvas.disc(46, 65, 4.6, DARK)
    canvas.shape([(57.4, 49.6), (54.2, 54), (56.2, 54), (54.8, 57.6), (58.6, 52.4), (56.6, 52.4)], "#ffd166")


def _child(canvas: Canvas, colour: Colour) -> None:
    _frame(canvas, colour, low=True, small=0.72)
    canvas.line([(67, 38), (65.6, 32), (61, 32)], STEEL, 1.4)
    canvas.disc(63, 32, 1.8, "#ffd166")


def _only_wheel(canvas: Canvas, colour: Colour) -> None:
    _wheel(canvas, 50, 50, 34, 32)
    canvas.ring(50, 50, 31.6, colour, 2.2)
    canvas.disc(50, 50, 3.4, STEEL)
    canvas.disc(50, 50, 1.6, DARK)


def _tyre(canvas: Canvas, colour: Colour) -> None:
    canvas.ring(50, 50, 34, DARK, 7.5)
    canvas.ring(50, 50, 30.6, colour, 1.2)
    for number in range(48):
        angle = 2 * pi * number / 48
        inner, outer = (32.2, 33.8) if number % 2 else (31.2, 32.4)
        canvas.line(
            [
                (50 + inner * cos(angle), 50 + inner * sin(angle)),
                (50 + outer * cos(angle + 0.05), 50 + outer * sin(angle + 0.05)),
            ],
            STEEL,
            0.5,
        )


def _saddle(canvas: Canvas, colour: Colour) -> None:
    canvas.shape([(18, 44), (26, 36), (46, 38), (70, 42), (84, 40), (85, 44), (70, 49), (46, 52), (26, 54)], colour)
    canvas.line([(20, 45), (27, 39), (46, 41), (70, 44), (83, 42.5)], _shade(colour), 0.7)
    canvas.line([(28, 54), (38, 62), (66, 60), (74, 49)], STEEL, 1.5)
    canvas.line([(48, 61), (46, 82)], DARK, 4.2)
    canvas.box(42, 58.5, 55, 64, DARK, 1.5)


def _light(canvas: Canvas, colour: Colour) -> None:
    canvas.shape([(57, 44), (96, 28), (96, 76), (57, 60)], "#fff2b8a0")
    canvas.box(26, 38, 60, 66, DARK, 6)
    canvas.box(54, 36, 62, 68, colour, 3)
    canvas.disc(58, 52, 9, "#fff8e1")
    canvas.ring(58, 52, 9, STEEL, 1)
    canvas.box(36, 66, 46, 78, STEEL, 2)
    canvas.disc(36, 45, 2, colour)


def _bell(canvas: Canvas, colour: Colour) -> None:
    canvas.draw.pieslice(canvas._at(22, 24, 78, 80), 180, 360, colour)
    canvas.arc((29, 31, 71, 73), 195, 250, LIGHT, 1.6)
    canvas.box(20, 51, 80, 56, _shade(colour), 2)
    canvas.box(44, 56, 56, 68, STEEL, 2)
    canvas.line([(26, 71), (74, 71)], DARK, 6)
    canvas.line([(76, 50), (88, 46)], DARK, 3)
    canvas.disc(50, 23.5, 2.6, STEEL)


def _bottle(canvas: Canvas, colour: Colour) -> None:
    canvas.box(37, 32, 63, 86, colour, 6)
    canvas.box(37, 52, 63, 64, LIGHT, 0)
    canvas.line([(42, 58), (58, 58)], _shade(colour), 1.2)
    canvas.box(41, 22, 59, 33, DARK, 3)
    canvas.box(46, 14, 54, 23, STEEL, 3)
    canvas.line([(41.5, 38), (41.5, 48)], tint("#ffffff", 1), 0.9)


def _helmet(canvas: Canvas, colour: Colour) -> None:
    canvas.draw.pieslice(canvas._at(16, 24, 84, 92), 180, 360, colour)
    canvas.box(14, 54, 86, 62, _shade(colour), 3)
    for x in (28, 42, 56, 70):
        canvas.line([(x, 48), (50 + (x - 50) * 0.62, 32)], DARK, 3.4)
    canvas.line([(28, 62), (44, 82), (60, 62)], DARK, 1.1)
    canvas.box(41, 79, 47, 84, STEEL, 1)


def _jersey(canvas: Canvas, colour: Colour) -> None:
    body = [(34, 22), (66, 22), (86, 36), (79, 50), (70, 45), (70, 84), (30, 84), (30, 45), (21, 50), (14, 36)]
    canvas.shape(body, colour)
    canvas.shape([(30, 56), (70, 56), (70, 66), (30, 66)], LIGHT)
    canvas.arc((39, 12, 61, 32), 10, 170, _shade(colour), 2.6)
    canvas.line([(50, 31), (50, 54)], _shade(colour), 0.7)
    canvas.line([(20, 46), (27, 42)], LIGHT, 1.2)
    canvas.line([(80, 46), (73, 42)], LIGHT, 1.2)


def _glove(canvas: Canvas, colour: Colour) -> None:
    canvas.box(32, 44, 68, 82, colour, 8)
    for number, top in enumerate((30, 24, 24, 31)):
        canvas.line([(36.5 + number * 9, 50), (36.5 + number * 9, top)], colour, 7.6)
    canvas.line([(66, 66), (78, 52)], colour, 8)
    canvas.box(32, 74, 68, 86, _shade(colour), 2)
    canvas.box(40, 54, 60, 66, DARK, 4)


def _lock(canvas: Canvas, colour: Colour) -> None:
    canvas.arc((30, 14, 70, 66), 180, 360, STEEL, 5.6)
    canvas.line([(32.8, 40), (32.8, 58)], STEEL, 5.6)
    canvas.line([(67.2, 40), (67.2, 58)], STEEL, 5.6)
    canvas.box(22, 56, 78, 82, colour, 5)
    canvas.disc(50, 67, 4, DARK)
    canvas.line([(50, 68), (50, 75)], DARK, 2.4)


def _pump(canvas: Canvas, colour: Colour) -> None:
    canvas.line([(50, 20), (50, 54)], STEEL, 2.4)
    canvas.line([(36, 20), (64, 20)], DARK, 5)
    canvas.box(44, 40, 56, 80, colour, 2)
    canvas.line([(32, 82), (68, 82)], DARK, 4.4)
    canvas.ring(65, 70, 6, DARK, 1.4)
    canvas.disc(65, 70, 4.6, LIGHT)
    canvas.line([(65, 70), (67, 67)], "#c1121f", 0.7)
    canvas.arc((14, 44, 48, 90), 60, 250, DARK, 1.8)


def _bag(canvas: Canvas, colour: Colour) -> None:
    canvas.arc((36, 18, 64, 46), 180, 360, DARK, 2.6)
    canvas.shape([(24, 34), (76, 34), (80, 82), (20, 82)], colour)
    canvas.shape([(23, 32), (77, 32), (72, 56), (28, 56)], _shade(colour, 0.85))
    for x in (37, 60):
        canvas.box(x, 50, x + 4, 66, DARK, 1)
        canvas.box(x - 1, 60, x + 5, 65, STEEL, 1)
    canvas.line([(30, 74), (70, 74)], LIGHT, 1.4)


def _chain(canvas: Canvas, colour: Colour) -> None:
    for number in range(14):
        angle = 2 * pi * number / 14
        following = 2 * pi * (number + 1) / 14
        ends = [(50 + 30 * cos(one), 50 + 30 * sin(one)) for one in (angle, following)]
        canvas.line(ends, STEEL if number % 2 else colour, 4.4)
        canvas.disc(*ends[0], 1.5, DARK)
    canvas.ring(50, 50, 15, DARK, 2.6)
    for number in range(16):
        angle = 2 * pi * number / 16
        canvas.disc(50 + 16.4 * cos(angle), 50 + 16.4 * sin(angle), 1.4, DARK)


def _pedal(canvas: Canvas, colour: Colour) -> None:
    canvas.box(24, 36, 64, 66, DARK, 4)
    canvas.box(31, 42, 57, 60, colour, 2)
    canvas.line([(60, 51), (88, 51)], STEEL, 4.6)
    for x in (28, 44, 60):
        for y in (39.5, 62.5):
            canvas.disc(x, y, 1.1, STEEL)


def _tool(canvas: Canvas, colour: Colour) -> None:
    canvas.line([(34, 70), (68, 34)], colour, 9)
    canvas.line([(66, 36), (78, 24)], STEEL, 4)
    canvas.ring(80, 22, 7, STEEL, 3.4)
    canvas.line([(24, 30), (70, 76)], STEEL, 3.6)
    canvas.shape([(18, 24), (27, 22), (31, 31), (24, 35)], STEEL)
    canvas.line([(58, 64), (76, 82)], DARK, 8)


ARTS: dict[str, Callable[[Canvas, Colour], None]] = {
    "city": _city, "road": _road, "mountain": _mountain, "electric": _electric, "child": _child,
    "wheel": _only_wheel, "tyre": _tyre, "saddle": _saddle, "light": _light, "bell": _bell, "bottle": _bottle,
    "helmet": _helmet, "jersey": _jersey, "glove": _glove, "lock": _lock, "pump": _pump, "bag": _bag,
    "chain": _chain, "pedal": _pedal, "tool": _tool,
}  # fmt: skip
