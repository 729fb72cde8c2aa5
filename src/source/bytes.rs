//! Where bytes of a kind stand in a text.
//!
//! `memchr` would look at twice as many bytes at a time, once it knows what the processor can do.
//! To ask that takes 40 µs in a virtual machine, which traps the question: as long as all searches
//! of a real project's `validate` together. What every processor can do is enough here. See
//! docs/design/start.md.

/// Bytes that are looked at at a time: a register of every x86-64 and AArch64.
const REGISTER: usize = 16;

/// Where the first byte stands of which `is` is true.
#[inline]
pub(super) fn find(bytes: &[u8], is: impl Fn(u8) -> bool) -> Option<usize> {
    // Without an early end: so a register is compared at once.
    let has = |some: &[u8; REGISTER]| some.iter().fold(false, |found, byte| found | is(*byte));
    let (registers, _) = bytes.as_chunks();
    let without = registers.iter().position(has).unwrap_or(registers.len()) * REGISTER;
    let rest = bytes.get(without..)?;
    rest.iter().position(|byte| is(*byte)).map(|at| without + at)
}

/// Where a byte first stands.
#[inline]
pub(super) fn find_byte(bytes: &[u8], sought: u8) -> Option<usize> {
    const LOW: u128 = u128::from_le_bytes([0x01; REGISTER]);
    const HIGH: u128 = u128::from_le_bytes([0x80; REGISTER]);
    let has =
        |some: &[u8; REGISTER]| some.iter().fold(false, |found, byte| found | (*byte == sought));
    let (registers, rest) = bytes.as_chunks();
    let Some(index) = registers.iter().position(has) else {
        let behind = bytes.len() - rest.len();
        return rest.iter().position(|byte| *byte == sought).map(|at| behind + at);
    };
    // The lowest byte that is zero is the first one that lends.
    let zeros =
        u128::from_le_bytes(*registers.get(index)?) ^ u128::from_le_bytes([sought; REGISTER]);
    let lent = zeros.wrapping_sub(LOW) & !zeros & HIGH;
    Some(index * REGISTER + lent.trailing_zeros() as usize / 8)
}

/// All places of bytes of which `is` is true, in order.
#[inline]
pub(super) fn all(bytes: &[u8], is: impl Fn(u8) -> bool) -> impl Iterator<Item = usize> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let at = from + find(bytes.get(from..)?, &is)?;
        from = at + 1;
        Some(at)
    })
}

/// All places of a word of two bytes or more, in order; they may overlap.
pub(super) fn words(bytes: &[u8], word: &str) -> impl Iterator<Item = usize> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let pair = word.as_bytes().first_chunk()?;
        loop {
            let at = from + find_pair(bytes.get(from..)?, *pair)?;
            from = at + 1;
            if bytes.get(at..)?.starts_with(word.as_bytes()) {
                return Some(at);
            }
        }
    })
}

/// Where two bytes first stand beside each other.
fn find_pair(bytes: &[u8], [first, second]: [u8; 2]) -> Option<usize> {
    let has = |(some, behind): (&[u8; REGISTER], &[u8; REGISTER])| {
        let pairs = some.iter().zip(behind);
        pairs.fold(false, |found, (one, next)| found | ((*one == first) & (*next == second)))
    };
    let (registers, _) = bytes.as_chunks();
    let (behind, _) = bytes.get(1..)?.as_chunks();
    let without = registers.iter().zip(behind).position(has).unwrap_or(behind.len()) * REGISTER;
    let rest = bytes.get(without..)?;
    rest.windows(2).position(|pair| *pair == [first, second]).map(|at| without + at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn registers_hide_no_byte(bytes in prop::collection::vec(b'a'..b'e', 0..80)) {
            let places = |sought: u8| -> Vec<usize> {
                (0..bytes.len()).filter(|at| bytes[*at] == sought).collect()
            };
            for sought in b'a'..=b'e' {
                let is = |byte: u8| byte == sought;
                prop_assert_eq!(all(&bytes, is).collect::<Vec<_>>(), places(sought));
                let first = places(sought).first().copied();
                prop_assert_eq!((find(&bytes, is), find_byte(&bytes, sought)), (first, first));
            }
            for word in ["ab", "aa", "aba", "abcd"] {
                let is_there = |at: &usize| bytes[*at..].starts_with(word.as_bytes());
                let expected: Vec<usize> = (0..bytes.len()).filter(is_there).collect();
                prop_assert_eq!(words(&bytes, word).collect::<Vec<_>>(), expected);
            }
        }
    }
}
