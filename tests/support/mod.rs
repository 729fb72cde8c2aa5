//! What integration tests share.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses its share of the module")]

pub mod python;
