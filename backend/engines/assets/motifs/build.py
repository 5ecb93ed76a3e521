#!/usr/bin/env python3
"""Writes figures.txt from words.txt: the outlines of Noto Emoji's figures, their overlaps removed.

Not part of the server's build; its result is committed. Needs npm, and fonttools and skia-pathops from PyPI.
"""

import pathlib
import subprocess
import tarfile
import tempfile

import pathops
from fontTools.ttLib import TTFont

PACKAGE = "@expo-google-fonts/noto-emoji@0.4.7"
FILE = "package/300Light/NotoEmoji_300Light.ttf"
BOX = 1000  # the longer side of a figure

here = pathlib.Path(__file__).parent


def outline(glyphs, name):
    path = pathops.Path()
    glyphs[name].draw(path.getPen(glyphSet=glyphs))
    # What is outside turns one way, what is cut out of it the other.
    path.simplify(fix_winding=True, keep_starting_points=False)
    left, bottom, right, top = path.bounds
    scale = BOX / max(right - left, top - bottom)
    centre = ((left + right) / 2, (bottom + top) / 2)

    def put(point):
        return f"{round((point[0] - centre[0]) * scale)} {round((centre[1] - point[1]) * scale)}"

    letters = {pathops.PathVerb.MOVE: "M", pathops.PathVerb.LINE: "L", pathops.PathVerb.QUAD: "Q", pathops.PathVerb.CUBIC: "C"}
    words = [letters[verb] + " ".join(map(put, points)) for verb, points in path if verb in letters]
    return "".join(words)


with tempfile.TemporaryDirectory() as work:
    tarball = subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=work, check=True, capture_output=True, text=True).stdout.strip()
    with tarfile.open(f"{work}/{tarball}") as archive:
        archive.extract(FILE, work, filter="data")
    font = TTFont(f"{work}/{FILE}")

names, glyphs = font.getBestCmap(), font.getGlyphSet()
lines = [line for line in (here / "words.txt").read_text().splitlines() if not line.startswith("#")]
with open(here / "figures.txt", "w") as out:
    for line in lines:
        figure = line.split()[0]
        out.write(f"{figure} {outline(glyphs, names[ord(figure)])}\n")
