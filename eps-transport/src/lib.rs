//! Everything of the Electronic Prescription Service that touches a clock, a disk or a socket.
//!
//! ```text
//!   bytes ─▶ Broker::submit ─┬─ read, verify, decide (eps-core) ─┬─▶ reply bytes
//!                            │                                   │
//!                            └── Clock, Ids ──── Store::commit ──┘
//! ```
//!
//! | To | start at |
//! |---|---|
//! | answer messages as the Spine does | [`broker`] |
//! | keep what was answered | [`store`] |
//! | stop or move time | [`clock`] |
//! | make keys and certificates for an occasion | [`pki`] |
#![forbid(unsafe_code)]

pub mod broker;
pub mod clock;
pub mod pki;
pub mod store;
