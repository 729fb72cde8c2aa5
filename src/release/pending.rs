//! A deploy that is not confirmed yet: the head names it beside what was in place before, so that
//! whoever comes next can take it back.

use std::path::PathBuf;

use jiff::Timestamp;

use super::atomic::{AtomicFile, WriteError};
use super::store::{Facts, Origin, Pending};
use super::writer::{Output, Prepared, ReleaseError, Writer, fingerprint};

impl Writer {
    /// Puts a prepared generation in place, to be confirmed. The note comes first: from then on
    /// every run knows the way back.
    ///
    /// # Errors
    /// When the disk refuses. The note may be there then: take it back.
    pub fn begin(
        &mut self,
        prepared: Prepared,
        deadline: Timestamp,
        by_hand: bool,
    ) -> Result<Pending, ReleaseError> {
        let (generation, file, output) = prepared.into_parts();
        let pending = Pending {
            number: generation.number,
            before: self.head().current_of(&output.key),
            output: output.key,
            since: Timestamp::now(),
            deadline,
            by_hand,
        };
        self.change_head(|head| {
            head.last = Some(generation.number);
            head.pending = Some(pending.clone());
        })?;
        file.commit()?;
        Ok(pending)
    }

    /// The pending generation is the one in place now.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn confirm(&mut self, pending: &Pending) -> Result<(), ReleaseError> {
        self.change_head(|head| {
            head.pending = None;
            head.current.insert(pending.output.clone(), pending.number);
        })
    }

    /// The pending generation was taken back.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(super) fn fail_pending(&mut self) -> Result<(), ReleaseError> {
        self.change_head(|head| {
            if let Some(pending) = head.pending.take() {
                head.failed.insert(pending.number);
            }
        })
    }

    /// Keeps what a hand put into the output's place while a deploy was pending.
    pub(super) fn keep_stray(
        &mut self,
        output: &Output,
        pending: &Pending,
    ) -> Result<(), ReleaseError> {
        let Some(there) = fingerprint(&output.path)? else { return Ok(()) };
        for number in [Some(pending.number), pending.before].into_iter().flatten() {
            if self.store().generation(number)?.sha256 == there.sha256 {
                return Ok(());
            }
        }
        let generation = self.record_file(output, Origin::Found, Facts::default())?;
        self.change_head(|head| head.last = Some(generation.number))
    }

    /// Replaces the output without recording anything: its bytes are recorded already.
    pub(super) fn replace(
        &self,
        output: &Output,
        fill: impl FnOnce(&mut AtomicFile) -> Result<(), WriteError>,
    ) -> Result<(), WriteError> {
        let mut file = AtomicFile::create(&output.place())?;
        fill(&mut file)?;
        file.commit()
    }

    /// Removes the output: there was none before.
    pub(super) fn remove(&self, output: &Output) -> Result<(), WriteError> {
        super::place::resolve(&output.place())?;
        match std::fs::remove_file(&output.path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(WriteError::new(&output.path, error))
            }
            _ => Ok(()),
        }
    }

    /// The output that a pending note is about, as far as it may be trusted: inside the project.
    ///
    /// # Errors
    /// When it leads out of the project.
    pub fn output_of(&self, pending: &Pending) -> Result<Output, ReleaseError> {
        let path: PathBuf = self.root().join(&pending.output);
        Ok(Output::new(&path, self.root())?)
    }
}

/// True when a deploy is to be taken back by whoever holds the lock: the run that deployed it is
/// dead, or nobody confirmed it in time.
#[must_use]
pub fn is_due(pending: &Pending, now: Timestamp) -> bool {
    !pending.by_hand || pending.deadline <= now
}
