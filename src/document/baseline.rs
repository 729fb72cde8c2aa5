//! A baseline: findings that are known. gwcfg writes it, and people read it in a review.

use serde::Deserialize;

use crate::source::{Field, Text};

/// The only version that there is. What an identity is made of may change with a new one only.
pub const BASELINE_VERSION: u32 = 1;

/// The file.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct KnownFindings<'a> {
    /// [`BASELINE_VERSION`].
    pub version: Field<u32>,
    /// What is known.
    pub findings: Field<Vec<Field<KnownFinding<'a>>>>,
}

/// Findings that are alike.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct KnownFinding<'a> {
    /// The rule.
    pub rule: Field<Text<'a>>,
    /// The file, from the project root.
    pub file: Field<Text<'a>>,
    /// The way to the place in the file.
    pub path: Field<Text<'a>>,
    /// What stands there, when it is a scalar.
    pub value: Field<Text<'a>>,
    /// How many there are; one when it is not said.
    pub count: Field<u32>,
}
