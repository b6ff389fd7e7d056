//! The container of old Office files: a small file system, [MS-CFB].
//!
//! It is read here, because the crate `cfb` refuses what SheetJS writes, whose table of blocks is longer than the file, and calamine
//! follows a chain of blocks that goes round until there is no memory left. What was found is given to calamine in a container of ours.

/// Chains of blocks end with it.
const LAST: u32 = 0xffff_fffa;

pub(super) struct Container<'a> {
    bytes: &'a [u8],
    /// Bytes in a block.
    block: usize,
    /// Which block follows which.
    next: Vec<u32>,
    /// The same for the small blocks, of which short streams are made.
    next_small: Vec<u32>,
    small_blocks: Vec<u8>,
    entries: Vec<Entry>,
}

struct Entry {
    name: String,
    first: u32,
    length: usize,
}

const SMALL: usize = 64;

/// Streams shorter than this are made of small blocks.
const SHORT: usize = 4_096;

impl<'a> Container<'a> {
    /// Nothing if it is none.
    pub fn open(bytes: &'a [u8]) -> Option<Self> {
        let shift = two(bytes, 0x1e)?;
        let block = 1_usize.checked_shl(u32::from(shift)).filter(|block| (512..=65_536).contains(block))?;
        let mut container = Self {
            bytes,
            block,
            next: Vec::new(),
            next_small: Vec::new(),
            small_blocks: Vec::new(),
            entries: Vec::new(),
        };
        container.next = container.table()?;
        container.next_small = numbers(&container.chain(four(bytes, 0x3c)?));
        let folder = container.chain(four(bytes, 0x30)?);
        container.entries = folder.chunks_exact(128).filter_map(entry).collect();
        let root = container.entries.first().map_or(LAST, |root| root.first);
        container.small_blocks = container.chain(root);
        Some(container)
    }

    pub fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|entry| entry.name.eq_ignore_ascii_case(name))
    }

    pub fn stream(&self, name: &str) -> Option<Vec<u8>> {
        let entry = self.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name))?;
        let mut stream = if entry.length < SHORT {
            let mut stream = Vec::new();
            follow(&self.next_small, entry.first, |at| {
                let from = at.checked_mul(SMALL)?;
                stream.extend_from_slice(self.small_blocks.get(from..from + SMALL)?);
                Some(())
            });
            stream
        } else {
            self.chain(entry.first)
        };
        stream.truncate(entry.length);
        Some(stream)
    }

    /// The numbers of the blocks in which the table of blocks is: the first 109 are in the head, the rest in blocks of their own.
    fn table(&self) -> Option<Vec<u32>> {
        let mut places = numbers(self.bytes.get(0x4c..0x200)?);
        let mut more = four(self.bytes, 0x44)?;
        // No file has more blocks than it has bytes, which ends a chain that goes round.
        for _ in 0..self.bytes.len() / self.block {
            let Some(content) = self.block(more) else { break };
            let mut numbers = numbers(content);
            more = numbers.pop().unwrap_or(LAST);
            places.append(&mut numbers);
        }
        Some(places.into_iter().filter_map(|place| self.block(place)).flat_map(numbers).collect())
    }

    fn block(&self, number: u32) -> Option<&'a [u8]> {
        let from = usize::try_from(number).ok()?.checked_add(1)?.checked_mul(self.block)?;
        // The last one may be cut short.
        self.bytes.get(from..from.checked_add(self.block)?.min(self.bytes.len()))
    }

    fn chain(&self, first: u32) -> Vec<u8> {
        let mut content = Vec::new();
        follow(&self.next, first, |at| {
            content.extend_from_slice(self.block(u32::try_from(at).ok()?)?);
            (content.len() <= self.bytes.len()).then_some(())
        });
        content
    }
}

/// Goes along a chain until it ends, breaks off or has gone round.
fn follow(next: &[u32], first: u32, mut visit: impl FnMut(usize) -> Option<()>) {
    let mut at = first;
    for _ in 0..=next.len() {
        let Ok(place) = usize::try_from(at) else { return };
        if at >= LAST || visit(place).is_none() {
            return;
        }
        at = next.get(place).copied().unwrap_or(LAST);
    }
}

fn entry(bytes: &[u8]) -> Option<Entry> {
    let length = usize::from(two(bytes, 64)?).min(64);
    let name: Vec<u16> = bytes
        .get(..length.saturating_sub(2))?
        .as_chunks::<2>()
        .0
        .iter()
        .map(|pair| u16::from_le_bytes(*pair))
        .collect();
    Some(Entry {
        name: String::from_utf16_lossy(&name),
        first: four(bytes, 116)?,
        length: usize::try_from(four(bytes, 120)?).ok()?,
    })
}

/// A container with this one stream, in blocks of 4,096 bytes: the folder, the table of blocks, the stream.
pub(super) fn wrapped(name: &str, stream: &[u8]) -> Option<Vec<u8>> {
    const BLOCK: usize = 4_096;
    const END: u32 = 0xffff_fffe;
    const TABLE: u32 = 0xffff_fffd;
    let length = stream.len().max(SHORT);
    let blocks = length.div_ceil(BLOCK);
    let tables = (blocks + 1).div_ceil(BLOCK / 4 - 1);
    let first = u32::try_from(1 + tables).ok()?;
    let last = first.checked_add(u32::try_from(blocks).ok()?)?;

    let mut head = vec![0xff_u8; BLOCK];
    head.get_mut(..0x4c)?.fill(0);
    head.get_mut(..8)?.copy_from_slice(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
    head.get_mut(0x18..0x22)?.copy_from_slice(&[0x3e, 0, 4, 0, 0xfe, 0xff, 12, 0, 6, 0]);
    let mut put = |at: usize, number: u32| {
        head.get_mut(at..at + 4).map(|place| place.copy_from_slice(&number.to_le_bytes()))
    };
    put(0x28, 1)?;
    put(0x2c, u32::try_from(tables).ok()?)?;
    put(0x38, u32::try_from(SHORT).ok()?)?;
    put(0x3c, END)?;
    put(0x44, END)?;
    for (at, table) in (0x4c..0x200).step_by(4).zip(1..first) {
        put(at, table)?;
    }

    let mut file = head;
    file.extend(folder_entry("Root Entry", 5, 0, 0));
    file.extend(folder_entry(name, 2, first, length));
    file.resize(2 * BLOCK, 0);
    let next = std::iter::once(END)
        .chain((1..first).map(|_| TABLE))
        .chain((first..last).map(|at| if at + 1 == last { END } else { at + 1 }));
    file.extend(next.flat_map(u32::to_le_bytes));
    file.resize((2 + tables) * BLOCK, 0xff);
    file.extend_from_slice(stream);
    file.resize((2 + tables + blocks) * BLOCK, 0);
    Some(file)
}

fn folder_entry(name: &str, kind: u8, first: u32, length: usize) -> Vec<u8> {
    let mut entry: Vec<u8> = name.encode_utf16().take(31).flat_map(u16::to_le_bytes).collect();
    let name_length = u8::try_from(entry.len() + 2).unwrap_or(64);
    entry.resize(64, 0);
    entry.extend([name_length, 0, kind, 1]);
    // No entry before, after or below it in the tree: readers that look for a name go through all.
    entry.extend([0xff; 12]);
    entry.resize(116, 0);
    entry.extend(first.to_le_bytes());
    entry.extend((length as u64).to_le_bytes());
    entry
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.as_chunks::<4>().0.iter().map(|four| u32::from_le_bytes(*four)).collect()
}

pub(super) fn two(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

pub(super) fn four(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrapped_is_found_again() {
        for length in [0, 1, 4_095, 4_096, 4_097, 9_000_000] {
            let stream: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
            let file = wrapped("Workbook", &stream).unwrap();
            let read = Container::open(&file).unwrap().stream("workbook").unwrap();
            assert!(read.starts_with(&stream) && read.len() == length.max(SHORT), "{length}");
        }
    }

    #[test]
    fn a_chain_that_goes_round_is_no_longer_than_the_file() {
        let mut file = wrapped("Workbook", b"short").unwrap();
        let table = 2 * 4_096;
        file[table..table + 4].copy_from_slice(&0_u32.to_le_bytes());
        let container = Container::open(&file).unwrap();
        assert!(container.chain(0).len() <= file.len() + 4_096);
        assert!(container.has("Workbook"));
    }
}
