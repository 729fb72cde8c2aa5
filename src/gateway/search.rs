//! Looks for a text in a gateway config without writing it.

use super::sink::{Scalar, Sink};

/// Receives a config and stops at the first text, key or value, for which `is_wanted` holds.
#[derive(Debug)]
pub struct TextSearch<F> {
    /// What is looked for.
    pub is_wanted: F,
}

/// The text stands in the config.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextFound;

impl<F: Fn(&str) -> bool> TextSearch<F> {
    fn look(&self, text: &str) -> Result<(), TextFound> {
        if (self.is_wanted)(text) { Err(TextFound) } else { Ok(()) }
    }
}

impl<F: Fn(&str) -> bool> Sink for TextSearch<F> {
    type Error = TextFound;

    fn map_start(&mut self) -> Result<(), TextFound> {
        Ok(())
    }

    fn key(&mut self, key: &str, _: Option<crate::source::Span>) -> Result<(), TextFound> {
        self.look(key)
    }

    fn map_end(&mut self) -> Result<(), TextFound> {
        Ok(())
    }

    fn list_start(&mut self) -> Result<(), TextFound> {
        Ok(())
    }

    fn item(&mut self, _: Option<crate::source::Span>) -> Result<(), TextFound> {
        Ok(())
    }

    fn list_end(&mut self) -> Result<(), TextFound> {
        Ok(())
    }

    fn scalar(&mut self, scalar: Scalar<'_>) -> Result<(), TextFound> {
        match scalar {
            Scalar::Text(text) => self.look(text),
            Scalar::Int(_) | Scalar::Float(_) | Scalar::Bool(_) | Scalar::Null => Ok(()),
        }
    }
}
