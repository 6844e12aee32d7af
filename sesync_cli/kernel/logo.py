"""The logo of a kernel: its initials and its Python, in a colour that is always the same for the same name."""

import io
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

# twelve hues of one lightness: white can be read on each, and each stands out from a light page and from a dark one
_COLOURS = (
    *("#b6525e", "#b2592c", "#9a6805", "#7c7402", "#4b7f29", "#05825e"),
    *("#027f7f", "#067c9d", "#3873bc", "#6e67bd", "#935caa", "#ab5488"),
)
_SIDE, _CORNER, _WIDEST = 64, 12, 54
_FINE = 4  # pictures are drawn this much larger, and then made small, so that their edges are smooth


@dataclass(frozen=True)
class _Line:
    """A line of text in the middle of the logo."""

    text: str
    size: float
    baseline: float
    bold: int  # by how much its strokes are thickened, where there is but one font

    @property
    def width(self) -> float:
        from PIL import ImageFont

        return float(ImageFont.load_default(self.size * _FINE).getlength(self.text)) / _FINE

    def fitting(self) -> "_Line":
        return _Line(self.text, self.size * min(1, _WIDEST / max(self.width, 1)), self.baseline, self.bold)


def logos(name: str, python: str) -> Mapping[str, bytes]:
    """The files that are a kernel's logo for Jupyter, by their names; `python` is its version, as 3.11."""
    letters, colour = initials(name), _COLOURS[zlib.crc32(name.lower().encode()) % len(_COLOURS)]
    lines = (_Line(letters, 32, 37, 3).fitting(), _Line(python, 15, 56, 1).fitting())
    alone = (_Line(letters, 36, 45, 4).fitting(),)  # at 32 pixels no version can be read
    return {
        "logo-svg.svg": _vector(lines, colour).encode(),
        "logo-64x64.png": _picture(64, lines, colour),
        "logo-32x32.png": _picture(32, alone, colour),
    }


def initials(name: str) -> str:
    """HM for heat-maps, C2 for cooltrees2, CO for cooltrees."""
    words: list[str] = re.findall(r"[a-z]+|[0-9]+", name.lower()) or [name]
    return (words[0][0] + words[1][0] if len(words) > 1 else words[0][:2]).upper()


def _vector(lines: tuple[_Line, ...], colour: str) -> str:
    """As SVG. Its lines have the same length in whatever font the browser has."""
    texts = "".join(
        f'<text x="{_SIDE // 2}" y="{line.baseline}" font-size="{line.size:.1f}" font-weight="{300 + line.bold * 100}"'
        f' textLength="{line.width:.1f}" lengthAdjust="spacingAndGlyphs">{escape(line.text)}</text>\n'
        for line in lines
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIDE} {_SIDE}" width="{_SIDE}" height="{_SIDE}"'
        ' fill="white" font-family="system-ui, sans-serif" text-anchor="middle">\n'
        f'<rect width="{_SIDE}" height="{_SIDE}" rx="{_CORNER}" fill="{colour}"/>\n{texts}</svg>\n'
    )


def _picture(side: int, lines: tuple[_Line, ...], colour: str) -> bytes:
    """As PNG, this many pixels wide and high."""
    from PIL import Image, ImageDraw, ImageFont

    large = _SIDE * _FINE
    picture = Image.new("RGBA", (large, large), f"{colour}00")
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((0, 0, large - 1, large - 1), _CORNER * _FINE, fill=colour)
    for line in lines:
        font, at = ImageFont.load_default(line.size * _FINE), (large // 2, line.baseline * _FINE)
        draw.text(at, line.text, "white", font, anchor="ms", stroke_width=line.bold)
    written = io.BytesIO()
    picture.reduce(large // side).save(written, "PNG", optimize=True)
    return written.getvalue()
