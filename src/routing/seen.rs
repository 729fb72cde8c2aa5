//! What a list has named already.

use crate::source::Span;

use super::GroupId;

/// Which groups the list in hand has already, and where: one table for the lists of a whole file.
#[derive(Default)]
pub(super) struct Seen {
    list: u32,
    /// By group: the list that had it last, and the entry.
    rows: Vec<(u32, Option<Span>)>,
}

impl Seen {
    /// The next list begins.
    pub(super) fn next_list(&mut self) {
        self.list += 1;
    }

    /// The first entry of this list with the same target; remembers this one when there is none.
    pub(super) fn first(&mut self, target: GroupId, span: Span) -> Option<Span> {
        let index = target.0 as usize;
        if self.rows.len() <= index {
            self.rows.resize(index + 1, (0, None));
        }
        let row = self.rows.get_mut(index)?;
        if row.0 == self.list {
            return row.1;
        }
        *row = (self.list, Some(span));
        None
    }
}
