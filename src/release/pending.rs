//! A deploy that is not confirmed yet: the head names it beside what was in place before, so that
//! whoever comes next can take it back.

use std::path::Path;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::atomic::{AtomicFile, Spare, WriteError};
use super::output;
use super::store::{Facts, Origin, Pending};
use super::writer::{Output, Prepared, ReleaseError, Writer, fingerprint};

impl Writer {
    /// Puts a prepared generation in place, to be confirmed. The note comes first: from then on
    /// every run knows the way back, and that it is to be taken when this run does not reach its
    /// end.
    ///
    /// # Errors
    /// When the disk refuses. The note may be there then: take it back.
    pub fn begin(&mut self, prepared: Prepared) -> Result<Pending, ReleaseError> {
        let (generation, file, output) = prepared.into_parts();
        let place = output.place();
        let since = Timestamp::now();
        let pending = Pending {
            number: generation.number,
            before: self.head().current_of(&output.key),
            output: output.key.clone(),
            since,
            deadline: since,
            by_hand: false,
        };
        self.change_head(|head| {
            head.last = Some(generation.number);
            head.pending = Some(pending.clone());
        })?;
        self.spare = Spare::of(&place);
        file.commit()?;
        Ok(pending)
    }

    /// The gateway serves the pending generation: from now on a person has `time` to confirm it.
    /// Gives the deadline.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn await_hand(&mut self, time: Duration) -> Result<Timestamp, ReleaseError> {
        let time = SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX);
        let since = Timestamp::now();
        let deadline = since.saturating_add(time).unwrap_or(Timestamp::MAX);
        self.change_head(|head| {
            head.pending = head.pending.take().map(|pending| Pending {
                since,
                deadline,
                by_hand: true,
                ..pending
            });
        })?;
        Ok(deadline)
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
    pub fn fail_pending(&mut self) -> Result<(), ReleaseError> {
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
            let known = match self.store().generation(number) {
                Ok(known) => known.sha256 == there.sha256,
                // A manifest that cannot be read does not stop the way back, and the bytes are
                // kept when the store holds them under their hash.
                Err(_) => self.store().holds(&there.sha256),
            };
            if known {
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

    /// Puts the file from before a deploy of this run back, when it is still what it was: that
    /// needs no space. True when it is back.
    pub(super) fn replace_by_spare(&mut self, sha256: &str) -> bool {
        let Some(spare) = self.spare.take() else { return false };
        let there = fingerprint(spare.path()).ok().flatten();
        there.is_some_and(|there| there.sha256 == sha256) && spare.restore().is_ok()
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

    /// The output that a pending note is about. The note is not trusted: it must be the `known`
    /// one, which the project file names, or hold a file of gwcfg, or be missing inside the
    /// project.
    ///
    /// # Errors
    /// When it is none of these, or leads out of the project.
    pub fn output_of(
        &self,
        pending: &Pending,
        known: Option<&Path>,
    ) -> Result<Output, ReleaseError> {
        let output = Output::new(&self.root().join(&pending.output), self.root())?;
        let known = known.and_then(|known| Output::new(known, self.root()).ok());
        if known.is_some_and(|known| known.key == output.key) {
            return Ok(output);
        }
        let inside = Path::new(&output.key).is_relative() && output.key == pending.output;
        let ours = match output::read_header(&output.path) {
            Ok(Some(_)) => true,
            Ok(None) => inside && !output.path.exists(),
            Err(_) => false,
        };
        if ours { Ok(output) } else { Err(ReleaseError::NotOurs { path: output.path }) }
    }
}

/// True when a deploy is to be taken back by whoever holds the lock: the run that deployed it is
/// dead, or nobody confirmed it in time. A clock that was set back behind the beginning by more
/// than that time says nothing about it; then it counts as over.
#[must_use]
pub fn is_due(pending: &Pending, now: Timestamp) -> bool {
    let Pending { since, deadline, by_hand, .. } = pending;
    let time = deadline.duration_since(*since);
    !by_hand || *deadline <= now || since.duration_since(now) > time
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_over_behind_the_deadline_and_far_before_the_beginning() {
        let at = |second: i64| Timestamp::from_second(1_000_000 + second).unwrap();
        let pending = |by_hand| Pending {
            number: 2,
            output: "a".to_owned(),
            before: Some(1),
            since: at(0),
            deadline: at(300),
            by_hand,
        };
        assert!(is_due(&pending(false), at(1)), "its run is dead");
        for (second, due) in [(0, false), (299, false), (300, true), (-2, false), (-301, true)] {
            assert_eq!(is_due(&pending(true), at(second)), due, "{second}");
        }
    }
}
