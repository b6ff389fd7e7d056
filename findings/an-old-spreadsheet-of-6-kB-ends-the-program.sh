#!/usr/bin/env bash
# An old Excel file (.xls) of one cell says in its DIMENSIONS record that it has 2,147,483,647 rows of 256 columns. A program opens it with calamine.
#
# Most expect: the cell, since what a sheet says about its size is a hint; or an error. Calamine's readers of the newer formats have limits.
# Seen (calamine 0.38.0, Rust 1.95; file by xlwt 1.3.0, one number changed): room for all those cells is asked for at once, and where there is none the
# process is aborted, which no `catch_unwind` holds up. A server that lets people upload .xls files can be ended by any of them. Whoever
# uses calamine for that has to take these records out of the stream first, or to read such files in a process of their own.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv && venv/bin/pip install -q xlwt==1.3.0
venv/bin/python - <<'SCRIPT'
import struct, xlwt
book = xlwt.Workbook()
book.add_sheet('one').write(0, 0, 'cell')
book.save('good.xls')
bytes_ = bytearray(open('good.xls', 'rb').read())
at = bytes_.index(struct.pack('<HH', 0x200, 14))
bytes_[at + 4:at + 16] = struct.pack('<IIHH', 0, 0x7fffffff, 0, 256)
open('large.xls', 'wb').write(bytes_)
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
use calamine::{Reader, Xls};

fn main() {
    let file = std::fs::read(std::env::args().nth(1).unwrap()).unwrap();
    let read = std::panic::catch_unwind(|| {
        Xls::new(std::io::Cursor::new(file)).map(|mut book| book.worksheet_range("one").unwrap().get_size())
    });
    println!("{read:?}");
}
RUST
CARGO_TARGET_DIR=target cargo build -q
# With all the memory of the world in sight it would be given; a container has a limit too.
ulimit -v 8000000
export RUST_BACKTRACE=0
target/debug/look good.xls
code=0
target/debug/look large.xls || code=$?
echo "large.xls, $(stat -c %s large.xls) bytes: exit code $code"
[[ $code == 134 ]]
echo "As stated: the process is aborted."
