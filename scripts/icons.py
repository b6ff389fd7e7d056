#!/usr/bin/env python3
"""Draws the icons of the installed site: the progress wheel of twelve modules, five of them completed. It writes
public/icon.svg and the PNG files beside it, and needs nothing but Python.   scripts/icons.py"""

import math
import struct
import zlib
from pathlib import Path

PUBLIC = Path(__file__).parent.parent / "public"
BRAND, DONE, OPEN = (0x0B, 0x3C, 0x5D), (0xFF, 0xFF, 0xFF), (0x5F, 0x8A, 0xA8)
SEGMENTS, COMPLETED = 12, 5
# In degrees, and in parts of the icon's width.
GAP, RING, WIDTH = 6, 0.30, 0.13


def colour_at(x: float, y: float, scale: float, corner: float):
    """Of a point of the icon, from 0 to 1; None outside its rounded corners."""
    dx, dy = max(abs(x - 0.5) - (0.5 - corner), 0), max(abs(y - 0.5) - (0.5 - corner), 0)
    if math.hypot(dx, dy) > corner > 0:
        return None
    distance = math.hypot(x - 0.5, y - 0.5) / scale
    if abs(distance - RING) > WIDTH / 2:
        return BRAND
    # Clockwise from the top.
    turn = math.degrees(math.atan2(x - 0.5, 0.5 - y)) % 360
    segment, within = divmod(turn, 360 / SEGMENTS)
    if not GAP / 2 <= within <= 360 / SEGMENTS - GAP / 2:
        return BRAND
    return DONE if segment < COMPLETED else OPEN


def png(name: str, size: int, scale: float, corner: float, fine: int = 3):
    rows = bytearray()
    for row in range(size):
        rows.append(0)
        for column in range(size):
            points = [
                colour_at((column + (i + 0.5) / fine) / size, (row + (j + 0.5) / fine) / size, scale, corner)
                for i in range(fine)
                for j in range(fine)
            ]
            seen = [point for point in points if point]
            mean = [sum(part) // len(seen) for part in zip(*seen)] if seen else [0, 0, 0]
            rows.extend([*mean, 255 * len(seen) // len(points)])

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    packed = zlib.compress(bytes(rows), 9)
    image = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    (PUBLIC / name).write_bytes(image)


def svg():
    hex_of = lambda colour: "#" + "".join(f"{part:02x}" for part in colour)
    parts = []
    for segment in range(SEGMENTS):
        ends = []
        for turn in (segment * 360 / SEGMENTS + GAP / 2, (segment + 1) * 360 / SEGMENTS - GAP / 2):
            angle = math.radians(turn)
            ends.append(f"{50 + 100 * RING * math.sin(angle):.2f} {50 - 100 * RING * math.cos(angle):.2f}")
        colour = hex_of(DONE if segment < COMPLETED else OPEN)
        parts.append(f'<path stroke="{colour}" d="M{ends[0]}A{100 * RING:g} {100 * RING:g} 0 0 1 {ends[1]}"/>')
    ring = f'<g fill="none" stroke-width="{100 * WIDTH:g}">{"".join(parts)}</g>'
    back = f'<rect width="100" height="100" rx="18" fill="{hex_of(BRAND)}"/>'
    (PUBLIC / "icon.svg").write_text(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">{back}{ring}</svg>\n')


svg()
png("icon-192.png", 192, 1, 0.18)
png("icon-512.png", 512, 1, 0.18)
# A device cuts this one to its own shape: the wheel stays within the middle.
png("icon-maskable-512.png", 512, 0.85, 0)
