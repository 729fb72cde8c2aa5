//! gwcfg on the command line.

fn main() {}
