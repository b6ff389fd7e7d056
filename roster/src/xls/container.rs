//! The container of old Office files: a small file system, [MS-CFB]. The crate `cfb` refuses what SheetJS writes, whose table of
//! blocks is longer than the file.

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
    /// Streams shorter than this are made of small blocks.
    short: usize,
    entries: Vec<Entry>,
}

struct Entry {
    name: String,
    first: u32,
    length: usize,
}

const SMALL: usize = 64;

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
            short: usize::try_from(four(bytes, 0x38)?).ok()?,
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
        self.entries.iter().any(|entry| entry.name == name)
    }

    pub fn stream(&self, name: &str) -> Option<Vec<u8>> {
        let entry = self.entries.iter().find(|entry| entry.name == name)?;
        let mut stream = if entry.length < self.short {
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

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.as_chunks::<4>().0.iter().map(|four| u32::from_le_bytes(*four)).collect()
}

pub(super) fn two(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

pub(super) fn four(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}
