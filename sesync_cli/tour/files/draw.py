"""Draws a picture in a terminal, as dots; run by a Python that has Pillow."""

import sys

from PIL import Image

BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # the dots of a Braille sign, row by row

path, columns = sys.argv[1], int(sys.argv[2])
picture = Image.open(path).convert("L")
width = columns * 2
height = width * picture.height // picture.width // 4 * 4
small = picture.resize((width, height), Image.LANCZOS).load()
lines = []
for top in range(0, height, 4):
    signs = []
    for left in range(0, width, 2):
        dots = sum(BITS[y][x] for y in range(4) for x in range(2) if small[left + x, top + y] < 190)
        signs.append(chr(0x2800 + dots))
    lines.append("".join(signs).rstrip("\u2800"))
print("\n".join(lines).strip("\n"))
