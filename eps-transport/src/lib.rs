//! Everything of the Electronic Prescription Service that touches a clock, a disk or a socket.
//!
//! ```text
//!   bytes ─▶ Broker::submit ─┬─ read, verify, decide (eps-core) ─┬─▶ reply bytes
//!                            │                                   │
//!                            └── Clock, Ids ──── Store::commit ──┴─▶ journal ─▶ verify, replay, diff
//!                                                     ▲
//!   Clock ─▶ schedule ─▶ Broker::pass_time ───────────┘
//! ```
//!
//! | To | start at |
//! |---|---|
//! | answer messages as the Spine does | [`broker`] |
//! | answer HTTP as the NHS's EPS APIs do | `http` (feature `server`) |
//! | trace what requests go through | [`spans`], and `telemetry` (feature `opentelemetry`) |
//! | keep what was answered | [`store`] |
//! | keep what patients were told of their items | [`updates`] |
//! | do what is due by itself | [`schedule`] |
//! | prove what happened, or do it again | [`journal`] |
//! | stop or move time | [`clock`] |
//! | write what a pharmacy's system sends | [`pharmacy`] |
//! | call a service as a prescriber's or a pharmacy's system | `client` (feature `client`) |
//! | see how much a service can take, and that it loses nothing | `load` (feature `client`) |
//! | sign with a smartcard, a token or the remote signing service | [`signers`] |
//! | make keys and certificates for an occasion | [`pki`] |
//! | make valid prescriptions up, the same again from a seed | [`generate`] |
//! | make signed prescriptions that are wrong in one way each | [`zoo`] |
//! | make signed prescriptions in quantity | [`workload`] |
#![forbid(unsafe_code)]

pub mod broker;
#[cfg(feature = "client")]
pub mod client;
pub mod clock;
mod derived;
pub mod generate;
#[cfg(feature = "server")]
pub mod http;
pub mod journal;
#[cfg(any(feature = "client", feature = "remote-signing"))]
mod jws;
#[cfg(feature = "client")]
pub mod load;
pub mod pharmacy;
pub mod pki;
pub mod schedule;
pub mod signers;
pub mod spans;
pub mod store;
#[cfg(feature = "opentelemetry")]
pub mod telemetry;
pub mod updates;
pub mod workload;
pub mod zoo;
