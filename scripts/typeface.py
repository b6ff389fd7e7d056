"""Makes public/fonts/: one variable file of Atkinson Hyperlegible Next, with the signs that the pages use.

    npm pack @fontsource-variable/atkinson-hyperlegible-next@5.3.0 && tar xzf *.tgz
    pip install fonttools==4.68.0 brotli==1.2.1
    python3 scripts/typeface.py package public/fonts

The package has two files, Latin and the rest of Latin, which this joins. Weights go from 400 to 700, those of the
style sheet. The letters have no ticks, crosses, arrows and roots, so these are drawn here, and the micro sign is a u
with a stem; Greek mu looks the same. Whoever changes the letters gives the file another name: browsers keep it for a year.
"""

import sys
from io import BytesIO
from pathlib import Path

from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables.TupleVariation import TupleVariation
from fontTools.varLib.instancer import instantiateVariableFont

NAME = "atkinson-hyperlegible-next-1.woff2"
WIDE = 640
# Outlines, clockwise, in thousandths of the size. The letters stand on 0, and a capital is 668 high.
DRAWN = {
    "✓": [[(50, 300), (120, 370), (245, 245), (520, 590), (595, 530), (255, 105)]],
    "✗": [[(120, 590), (320, 390), (520, 590), (590, 520), (390, 320), (590, 120), (520, 50), (320, 250), (120, 50), (50, 120), (250, 320), (50, 520)]],
    "→": [[(40, 365), (445, 365), (315, 500), (385, 565), (605, 325), (385, 85), (315, 150), (445, 285), (40, 285)]],
    "←": [[(600, 365), (600, 285), (195, 285), (325, 150), (255, 85), (35, 325), (255, 565), (325, 500), (195, 365)]],
    "√": [[(30, 330), (150, 375), (265, 150), (430, 740), (630, 740), (630, 660), (495, 660), (305, -20), (245, -20), (120, 262), (50, 262)]],
    "≤": [[(560, 610), (560, 520), (180, 385), (560, 250), (560, 160), (70, 340), (70, 430)], [(70, 90), (560, 90), (560, 10), (70, 10)]],
    "≥": [[(80, 610), (570, 430), (570, 340), (80, 160), (80, 250), (460, 385), (80, 520)], [(80, 90), (570, 90), (570, 10), (80, 10)]],
}
OTHERWISE = {0x3BC: 0xB5, 0x202F: 0x2009, 0x2011: 0x2D}

package, target = Path(sys.argv[1]), Path(sys.argv[2])
part = lambda name: TTFont(package / f"files/atkinson-hyperlegible-next-{name}-wght-normal.woff2")
font, rest = part("latin"), part("latin-ext")
for table in ("HVAR", "MVAR", "STAT", "prep", "gasp"):
    if table in font:
        del font[table]

glyf, gvar, order = font["glyf"], font["gvar"], font.getGlyphOrder()
for name in [name for name in rest.getGlyphOrder() if name not in order]:
    glyf[name] = rest["glyf"][name]
    gvar.variations[name] = rest["gvar"].variations.get(name, [])
    font["hmtx"][name] = rest["hmtx"][name]
cmaps = [table for table in font["cmap"].tables if table.isUnicode()]
for code, name in rest.getBestCmap().items():
    for table in cmaps:
        table.cmap.setdefault(code, name)
for sign, outlines in DRAWN.items():
    pen = TTGlyphPen(None)
    for first, *others in outlines:
        pen.moveTo(first)
        for point in others:
            pen.lineTo(point)
        pen.closePath()
    name = f"uni{ord(sign):04X}"
    glyf[name] = pen.glyph()
    gvar.variations[name] = []
    glyf[name].recalcBounds(glyf)
    font["hmtx"][name] = (WIDE, glyf[name].xMin)
    for table in cmaps:
        table.cmap[ord(sign)] = name
# The stem under the micro sign is as wide as those of the u, and as deep as the p, in each weight.
pen = TTGlyphPen(None)
pen.moveTo((70, 200))
for point in ((154, 200), (154, -162), (70, -162)):
    pen.lineTo(point)
pen.closePath()
glyf["micro.stem"] = pen.glyph()
heavier = {"wght": (0.0, 1.0, 1.0)}
still = (0, 0)
gvar.variations["micro.stem"] = [TupleVariation(heavier, [(-23, 0), (58, 0), (58, 0), (-23, 0), still, still, still, still])]
font["hmtx"]["micro.stem"] = (540, 70)
pen = TTGlyphPen({"u": None, "micro.stem": None})
pen.addComponent("u", (1, 0, 0, 1, 0, 0))
pen.addComponent("micro.stem", (1, 0, 0, 1, 0, 0))
glyf["uni00B5"] = pen.glyph()
gvar.variations["uni00B5"] = [TupleVariation(heavier, [still, still, still, (40, 0), still, still])]
font["hmtx"]["uni00B5"] = (540, 70)
for table in cmaps:
    table.cmap[0xB5] = "uni00B5"
best = font.getBestCmap()
for code, like in OTHERWISE.items():
    if like in best:
        for table in cmaps:
            table.cmap.setdefault(code, best[like])
font.setGlyphOrder(list(glyf.glyphOrder))
# What belongs to the old list of letters is built anew.
joined = BytesIO()
font["post"].extraNames, font["post"].mapping = [], {}
font.save(joined)
joined.seek(0)

font = instantiateVariableFont(TTFont(joined), {"wght": (400, 400, 700)})
for name in font.getGlyphOrder():
    font["gvar"].variations.setdefault(name, [])
options = Options()
options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl", "tnum", "pnum"]
options.hinting, options.name_IDs, options.notdef_outline = False, [0, 1, 2, 3, 4, 5, 6, 13, 14], True
subsetter = Subsetter(options)
subsetter.populate(unicodes=font.getBestCmap().keys())
subsetter.subset(font)
font.flavor = "woff2"
target.mkdir(parents=True, exist_ok=True)
font.save(target / NAME)
(target / "OFL.txt").write_text((package / "LICENSE").read_text())
print(NAME, (target / NAME).stat().st_size, "bytes")
