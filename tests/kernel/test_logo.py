"""The logos of kernels: that they can be read, on every page, and told apart."""

import io
from xml.etree import ElementTree

import pytest
from PIL import Image

from sesync_cli.kernel.logo import _COLOURS, initials, logos


def picture(name: str, side: int = 64, python: str = "3.11") -> Image.Image:
    return Image.open(io.BytesIO(logos(name, python)[f"logo-{side}x{side}.png"])).convert("RGBA")


def luminance(colour: str) -> float:
    """As the contrast of web pages is reckoned (WCAG 2)."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(
    "name,letters",
    [
        ("cooltrees", "CO"),
        ("cooltrees2", "C2"),
        ("heat-maps", "HM"),
        ("Urban_heat.island", "UH"),
        ("py3.8", "P3"),
        ("x", "X"),
    ],
)
def test_initials(name: str, letters: str):
    assert initials(name) == letters


@pytest.mark.parametrize("name", ["cooltrees", "mm-ww", "<&", "i"])
def test_what_is_written_is_whole_and_within_the_logo(name: str):
    for side in (64, 32):
        drawn = picture(name, side, "3.13")
        assert drawn.size == (side, side)
        assert (drawn.getpixel((0, 0))[3], drawn.getpixel((side // 2, 1))[3]) == (0, 255)  # the corners are round
        on_black = Image.alpha_composite(Image.new("RGBA", drawn.size, "black"), drawn).convert("L")
        left, top, right, bottom = on_black.point(lambda light: 255 * (light > 200)).getbbox()
        assert min(left, top, side - right, side - bottom) >= side // 16, name
    svg = ElementTree.fromstring(logos(name, "3.13")["logo-svg.svg"])
    assert [text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")] == [initials(name), "3.13"]


def test_a_name_has_its_colour_whatever_the_case_and_the_python():
    colours = {picture(name, python=python).getpixel((32, 4)) for name, python in (("trees", "3.8"), ("Trees", "3.13"))}
    assert len(colours) == 1
    assert len({picture(name).getpixel((32, 4)) for name in ("cooltrees", "lidar", "heat-maps")}) == 3


def test_every_colour_can_be_written_on_and_seen_on_every_page():
    assert min(contrast(colour, "#ffffff") for colour in _COLOURS) >= 4.5
    assert min(contrast(colour, "#212121") for colour in _COLOURS) >= 3
