//! Numbers that have a range.

use schemars::JsonSchema;
use serde::Deserialize;

/// A TCP port, 1 to 65535.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(try_from = "u16")]
#[schemars(inline)]
pub struct Port(#[schemars(range(min = 1, max = 65535))] pub u16);

impl TryFrom<u16> for Port {
    type Error = &'static str;

    fn try_from(port: u16) -> Result<Self, Self::Error> {
        if port == 0 { Err("a port is 1 to 65535") } else { Ok(Port(port)) }
    }
}

/// A finite number above zero: seconds, limits.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Deserialize, JsonSchema)]
#[serde(try_from = "f64")]
#[schemars(inline)]
pub struct Positive(#[schemars(extend("exclusiveMinimum" = 0))] pub f64);

impl TryFrom<f64> for Positive {
    type Error = &'static str;

    fn try_from(number: f64) -> Result<Self, Self::Error> {
        if number.is_finite() && number > 0.0 { Ok(Positive(number)) } else { Err("above zero") }
    }
}

/// A finite number, zero or above: weights, prices.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Deserialize, JsonSchema)]
#[serde(try_from = "f64")]
#[schemars(inline)]
pub struct NonNegative(#[schemars(range(min = 0))] pub f64);

impl TryFrom<f64> for NonNegative {
    type Error = &'static str;

    fn try_from(number: f64) -> Result<Self, Self::Error> {
        if number.is_finite() && number >= 0.0 {
            Ok(NonNegative(number))
        } else {
            Err("zero or above")
        }
    }
}
