//! gwcfg
