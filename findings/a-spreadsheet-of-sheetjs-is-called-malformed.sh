#!/usr/bin/env bash
# An old Excel file (.xls) that SheetJS wrote is opened with the crate `cfb`, to look at the container's streams before another library reads them.
#
# Most expect: what Excel and LibreOffice open is opened, above all as `cfb` has a strict way of opening besides the usual one.
# Seen (cfb 0.16.0, Rust 1.95; @e965/xlsx 0.20.3, which is SheetJS as npm has it): "Malformed FAT (FAT has 128 entries, but file has only 6 sectors)" in the usual way
# too. SheetJS fills the rest of the table of blocks with something other than the mark for a free block. Calamine reads the file.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact @e965/xlsx@0.20.3 >/dev/null 2>&1
cat >make.mjs <<'SCRIPT'
import { writeFileSync } from 'node:fs';
import * as XLSX from '@e965/xlsx';
const book = XLSX.utils.book_new();
XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet([['Name'], ['Ann']]), 'one');
writeFileSync('one.xls', XLSX.write(book, { type: 'buffer', bookType: 'biff8' }));
SCRIPT
node make.mjs
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "look"
version = "0.1.0"
edition = "2024"
[dependencies]
calamine = "=0.38.0"
cfb = "=0.16.0"
TOML
cat >src/main.rs <<'RUST'
use calamine::{Reader, Xls};
use std::io::Cursor;

fn main() {
    let file = std::fs::read("one.xls").unwrap();
    let container = cfb::CompoundFile::open(Cursor::new(&file)).err().map(|error| error.to_string());
    let size = Xls::new(Cursor::new(&file)).unwrap().worksheet_range("one").unwrap().get_size();
    println!("cfb: {container:?}\ncalamine: {size:?} cells");
    std::process::exit(i32::from(!(container.is_some_and(|error| error.contains("FAT")) && size == (2, 1))));
}
RUST
CARGO_TARGET_DIR=target cargo run -q
echo "As stated: the one refuses what the other reads."
