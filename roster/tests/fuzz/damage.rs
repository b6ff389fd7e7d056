use crate::packing::{packed, unpacked};

/// Nothing grows beyond this by damage alone.
const LARGE: usize = 1_000_000;

/// Sizes, offsets and counts that readers trip over.
const BINARY: [u32; 8] = [0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0xffff_ffff];
const DECIMAL: [&str; 9] =
    ["0", "-1", "1", "65536", "1048577", "4294967296", "99999999999999999999", "1e309", "NaN"];

/// One of the files, damaged as the number of the case says.
pub fn damaged(files: &[Vec<u8>], case: u64) -> Vec<u8> {
    let mut dice = Dice(case);
    let file = &files[dice.below(files.len())];
    // Damage of the packing seldom gets through it, so mostly what is packed is damaged.
    if file.starts_with(b"PK") && dice.below(8) > 0 {
        let mut parts = unpacked(file);
        for _ in 0..=dice.below(3) {
            let other = parts[dice.below(parts.len())].1.clone();
            let part = dice.below(parts.len());
            damage(&mut parts[part].1, &other, &mut dice);
        }
        packed(&parts)
    } else {
        let mut content = file.clone();
        let other = &files[dice.below(files.len())];
        damage(&mut content, other, &mut dice);
        content
    }
}

fn damage(content: &mut Vec<u8>, other: &[u8], dice: &mut Dice) {
    for _ in 0..=dice.below(6) {
        if content.is_empty() || content.len() > LARGE {
            return;
        }
        let at = dice.below(content.len());
        let piece = at..at + dice.below(64).min(content.len() - at);
        match dice.below(20) {
            0 => content.truncate(at),
            1..=3 => drop(content.drain(piece)),
            4..=6 => {
                let again = content[piece].repeat(dice.below(50));
                drop(content.splice(at..at, again));
            }
            7..=9 => {
                let from = dice.below(other.len());
                let foreign = other[from..].iter().take(dice.below(200)).copied().collect::<Vec<_>>();
                drop(content.splice(piece, foreign));
            }
            10..=12 => {
                let number = BINARY[dice.below(BINARY.len())].to_le_bytes();
                let width = [1, 2, 4][dice.below(3)];
                for (place, byte) in content[at..].iter_mut().zip(number).take(width) {
                    *place = byte;
                }
            }
            13..=15 => {
                let Some(found) = content[at..].iter().position(u8::is_ascii_digit) else { continue };
                let from = at + found;
                let digits = content[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                let number = DECIMAL[dice.below(DECIMAL.len())];
                drop(content.splice(from..from + digits, number.bytes()));
            }
            16..=17 => content[at] ^= 1 << dice.below(8),
            _ => content[at] = b"<>/&\"'=;,\t\r\n\0\xff@-"[dice.below(16)],
        }
    }
}

/// Numbers that are the same for the same case (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Less than `end`, or 0.
    fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap().max(1);
        usize::try_from(self.roll() % end).unwrap()
    }
}
