#!/usr/bin/env bash
# A spreadsheet (ODS) whose XML is laid out with line ends and indents, as many tools and every pretty printer write it, is opened with calamine; and one
# whose cells have a text but no type, as odfpy writes them.
#
# Most expect: white space between the elements of a table means nothing, and a cell shows its text. LibreOffice opens both.
# Seen (calamine 0.38.0, Rust 1.95; odfpy 1.4.1): the first is refused as a whole, with "Expecting 'table-cell', found 'Text(…)'"; of the second every cell is
# empty, and nobody is told. A reader of uploads has to read the XML itself, or to drop that white space, and to look for columns that are empty.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv && venv/bin/pip install -q odfpy==1.4.1
venv/bin/python - <<'SCRIPT'
import zipfile
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

def save(name, **kind):
    book = OpenDocumentSpreadsheet()
    table, row, cell = Table(name='one'), TableRow(), TableCell(**kind)
    cell.addElement(P(text='Ann'))
    row.addElement(cell)
    table.addElement(row)
    book.spreadsheet.addElement(table)
    book.save(name)

save('typed.ods', valuetype='string')
save('untyped.ods')
with zipfile.ZipFile('typed.ods') as source, zipfile.ZipFile('indented.ods', 'w') as target:
    for part in source.namelist():
        content = source.read(part)
        if part == 'content.xml':
            content = content.replace(b'<table:table-row', b'\n <table:table-row').replace(b'<table:table-cell', b'\n  <table:table-cell')
        target.writestr(part, content)
SCRIPT
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "look"
version = "0.1.0"
edition = "2024"
[dependencies]
calamine = "=0.38.0"
TOML
cat >src/main.rs <<'RUST'
use calamine::{Data, Ods, Reader};

fn look(name: &str) -> Result<Option<Data>, String> {
    let file = std::fs::read(name).unwrap();
    let mut book = Ods::new(std::io::Cursor::new(file)).map_err(|error| error.to_string())?;
    let range = book.worksheet_range("one").map_err(|error| error.to_string())?;
    Ok(range.get((0, 0)).cloned())
}

fn main() {
    let seen = ["typed.ods", "indented.ods", "untyped.ods"].map(look);
    println!("typed: {:?}\nindented: {:?}\nuntyped: {:?}", seen[0], seen[1], seen[2]);
    let as_stated = seen[0] == Ok(Some(Data::String("Ann".into()))) && seen[1].is_err() && !matches!(&seen[2], Ok(Some(Data::String(_))) | Err(_));
    std::process::exit(i32::from(!as_stated));
}
RUST
CARGO_TARGET_DIR=target cargo run -q
echo "As stated: the first is refused, and the second has nothing in it."
