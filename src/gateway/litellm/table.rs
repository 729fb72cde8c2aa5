//! Lists that stand in the binary as text, asked where they stand: no table is made of them at the
//! start of a run, of which a run asks a few rows. What a run needs beside the text, the place of
//! each line, the compiler works out.

use std::cmp::Ordering;

/// A text of lines `COLUMN TAB COLUMN …` in the order of their bytes. Lines that begin with `#` are
/// none of them.
#[derive(Debug)]
pub(super) struct Table {
    /// The text; its last line ends too.
    pub(super) text: &'static str,
    /// The first byte of each line: [`starts`] of the text.
    pub(super) starts: &'static [u32],
}

/// How many lines of a text are rows.
pub(super) const fn count(text: &str) -> usize {
    let (mut rows, mut rest) = (0, text.as_bytes());
    while let Some((is_row, after)) = next_line(rest) {
        rows += is_row as usize;
        rest = after;
    }
    rows
}

/// The first byte of each row of a text that has so many.
pub(super) const fn starts<const ROWS: usize>(text: &str) -> [u32; ROWS] {
    let (mut starts, mut row) = ([0; ROWS], 0);
    let mut rest = text.as_bytes();
    while let Some((is_row, after)) = next_line(rest) {
        if is_row {
            #[allow(clippy::cast_possible_truncation, reason = "a list has some kilobytes")]
            let start = (text.len() - rest.len()) as u32;
            #[allow(clippy::indexing_slicing, reason = "of `count` rows; else it does not build")]
            {
                starts[row] = start;
            }
            row += 1;
        }
        rest = after;
    }
    starts
}

/// Whether the first line of a text is a row, and what comes after it.
const fn next_line(text: &[u8]) -> Option<(bool, &[u8])> {
    let Some((first, mut rest)) = text.split_first() else { return None };
    let mut last = *first;
    while last != b'\n' {
        let Some((next, after)) = rest.split_first() else { break };
        last = *next;
        rest = after;
    }
    Some((*first != b'#', rest))
}

impl Table {
    /// What stands behind the first columns of the row that has them; `None` without such a row.
    pub(super) fn get(&self, columns: &[&str]) -> Option<&'static str> {
        let key = Key::new(columns, b'\t')?;
        let row = self.starts.binary_search_by(|start| self.order(*start, &key)).ok()?;
        self.starts.get(row).map(|start| self.rest(*start, &key))
    }

    /// True when these columns are a row.
    pub(super) fn has(&self, columns: &[&str]) -> bool {
        let Some(key) = Key::new(columns, b'\n') else { return false };
        self.starts.binary_search_by(|start| self.order(*start, &key)).is_ok()
    }

    /// What stands behind the first columns of each row that has them, in order.
    pub(super) fn starting(
        &'static self,
        columns: &[&str],
    ) -> impl Iterator<Item = &'static str> + use<> {
        let key = Key::new(columns, b'\t');
        let rows = key.as_ref().map_or(&[][..], |key| {
            let order = |start: &u32| self.order(*start, key);
            let first = self.starts.partition_point(|start| order(start) == Ordering::Less);
            let rows = self.starts.get(first..).unwrap_or_default();
            let end = rows.partition_point(|start| order(start) == Ordering::Equal);
            rows.get(..end).unwrap_or_default()
        });
        let key = key.unwrap_or_default();
        rows.iter().map(move |start| self.rest(*start, &key))
    }

    /// Where the row stands from the rows that begin with the key: what ends a column is smaller
    /// than any byte in it.
    fn order(&self, start: u32, key: &Key) -> Ordering {
        let text = self.text.as_bytes().get(start as usize..).unwrap_or_default();
        text.get(..key.length).unwrap_or(text).cmp(key.bytes())
    }

    fn rest(&self, start: u32, key: &Key) -> &'static str {
        let rest = self.text.get(start as usize + key.length..).unwrap_or("");
        rest.split_once('\n').map_or(rest, |(line, _)| line)
    }
}

/// Bytes of the longest row, and some more.
pub(super) const LONGEST: usize = 128;

/// The first columns of a row, as it would have them.
struct Key {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Default for Key {
    fn default() -> Self {
        Key { bytes: [0; LONGEST], length: 0 }
    }
}

impl Key {
    /// The columns, each with a tab behind it, the last with `end`; `None` for those that no row
    /// has: too long, or with a text of somebody's that would go on in the next column.
    fn new(columns: &[&str], end: u8) -> Option<Self> {
        let mut key = Key::default();
        for (number, column) in columns.iter().enumerate() {
            let after = key.length + column.len();
            key.bytes.get_mut(key.length..after)?.copy_from_slice(column.as_bytes());
            *key.bytes.get_mut(after)? = if number + 1 < columns.len() { b'\t' } else { end };
            key.length = after + 1;
            if column.bytes().any(|byte| byte < b' ') {
                return None;
            }
        }
        Some(key)
    }

    fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# a comment\na\tx\t1\na\tx-y\t2\na-b\tx\t3\nb\t\n";
    static STARTS: [u32; count(TEXT)] = starts(TEXT);
    static TABLE: Table = Table { text: TEXT, starts: &STARTS };

    #[test]
    fn rows_are_found_by_their_columns() {
        assert_eq!(STARTS, [12, 18, 26, 34]);
        assert_eq!(TABLE.get(&["a", "x"]), Some("1"));
        assert_eq!(TABLE.get(&["a", "x-y"]), Some("2"));
        assert_eq!(TABLE.get(&["a-b", "x"]), Some("3"));
        assert_eq!(TABLE.get(&["b"]), Some(""));
        assert_eq!(TABLE.starting(&["a"]).collect::<Vec<_>>(), ["x\t1", "x-y\t2"]);
        assert!(TABLE.has(&["b", ""]) && TABLE.has(&["a", "x", "1"]));
        let long = "a".repeat(LONGEST);
        let none: [&[&str]; 8] = [
            &["a", "y"],
            &["", "x"],
            &["c"],
            &["a", "x", ""],
            &["#"],
            &["a\tx"],
            &["b\t\n"],
            &[&long],
        ];
        for columns in none {
            assert_eq!((TABLE.get(columns), TABLE.has(columns)), (None, false), "{columns:?}");
        }
    }
}
