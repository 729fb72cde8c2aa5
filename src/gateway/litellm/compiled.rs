//! What gwcfg compiles, in the form in which any config is read
//! ([`Config`]), with the place in the sources that each piece comes from.
//! Nothing is written and parsed again.

use std::convert::Infallible;

use crate::gateway::sink::{Scalar, Sink};
use crate::source::{Composed, Composer, SourceFile, Sources, Span, Tree};

use super::config::Config;
use super::releases::Release;
use super::walk::Gateway;
use super::{Lowered, emit};

/// A compiled config that can be read.
#[derive(Debug)]
pub struct Compiled {
    /// Every scalar, a line each: the text that the places of the read config point into.
    pub text: String,
    /// The nodes in it.
    pub composed: Composed,
    /// The places in the sources.
    pub origins: Origins,
}

impl Compiled {
    /// Hands the config on as a release of the gateway serves it.
    pub fn served<T>(self, release: Release, then: impl FnOnce(&Gateway<'_>, &Origins) -> T) -> T {
        self.as_read(|tree, origins| {
            then(&Gateway::for_release(&Config::read(tree), release), origins)
        })
    }

    /// Hands the config on as a reader of YAML has it, for who looks at all of it.
    pub fn as_read<T>(self, then: impl FnOnce(&Tree<'_>, &Origins) -> T) -> T {
        let Compiled { text, composed, origins } = self;
        let mut memory = Sources::default();
        let id = memory.add(SourceFile::new(String::new(), text.into_bytes(), false));
        then(&composed.tree(id, memory.text(id)), &origins)
    }
}

/// Where the pieces of a compiled config come from.
#[derive(Debug, Default)]
pub struct Origins {
    /// First byte in the compiled text, and the origin from there on.
    places: Vec<(u32, Option<Span>)>,
}

impl Origins {
    /// The place in the sources behind a place in the compiled text.
    #[must_use]
    pub fn of(&self, compiled: Span) -> Option<Span> {
        let after = self.places.partition_point(|(start, _)| *start <= compiled.start());
        self.places.get(after.checked_sub(1)?)?.1
    }
}

/// Compiles into memory.
#[must_use]
pub fn compile(lowered: &Lowered<'_>) -> Compiled {
    let mut receiver = Receiver::default();
    let Ok(()) = emit(lowered, &mut receiver);
    let (text, composed) = receiver.composer.finish();
    Compiled { text, composed, origins: Origins { places: receiver.places } }
}

#[derive(Default)]
struct Receiver {
    composer: Composer,
    places: Vec<(u32, Option<Span>)>,
    /// Origin of the open containers, and of the key or item that comes next.
    open: Vec<Option<Span>>,
    origin: Option<Span>,
}

impl Receiver {
    /// A key or an item without an origin of its own has that of what it stands in.
    fn entry(&mut self, origin: Option<Span>) {
        self.origin = origin.or(self.open.last().copied().flatten());
        let start = u32::try_from(self.composer.position()).unwrap_or(u32::MAX);
        self.places.push((start, self.origin));
    }
}

impl Sink for Receiver {
    type Error = Infallible;

    fn map_start(&mut self) -> Result<(), Infallible> {
        self.open.push(self.origin);
        self.composer.map_start();
        Ok(())
    }

    fn key(&mut self, key: &str, origin: Option<Span>) -> Result<(), Infallible> {
        self.entry(origin);
        self.composer.text(key);
        Ok(())
    }

    fn map_end(&mut self) -> Result<(), Infallible> {
        self.open.pop();
        self.composer.end();
        Ok(())
    }

    fn list_start(&mut self) -> Result<(), Infallible> {
        self.open.push(self.origin);
        self.composer.list_start();
        Ok(())
    }

    fn item(&mut self, origin: Option<Span>) -> Result<(), Infallible> {
        self.entry(origin);
        Ok(())
    }

    fn list_end(&mut self) -> Result<(), Infallible> {
        self.open.pop();
        self.composer.end();
        Ok(())
    }

    fn scalar(&mut self, scalar: Scalar<'_>) -> Result<(), Infallible> {
        match scalar {
            Scalar::Text(text) => self.composer.text(text),
            Scalar::Int(number) => self.composer.plain(&number.to_string()),
            // In digits: an exponent without a point is text to a reader of YAML 1.1.
            Scalar::Float(number) => self.composer.plain(&format!("{number:.17}")),
            Scalar::Bool(value) => self.composer.plain(if value { "true" } else { "false" }),
            Scalar::Null => self.composer.plain("null"),
        }
        Ok(())
    }
}
