//! Calling the service: what a prescriber's and a pharmacy's system do over its REST face.
//!
//! ```text
//!  PrescriberClient, PharmacyClient ─▶ FHIR ─▶ again, with the same request id, until an answer ─▶ typed answer
//!                                                       │
//!                                                   Transport: Http or InProcess
//! ```
//!
//! | To | look at |
//! |---|---|
//! | send prescriptions, cancel them | [`PrescriberClient`] |
//! | release, dispense, claim, give back | [`PharmacyClient`] |
//! | be told when prescriptions wait | [`PharmacyClient::waiting`] |
//! | call with a token, or have it fetched | [`Credentials`] |
//! | call a server | [`Http`] |
//! | call a broker in the same process | `InProcess` (feature `server`) |
//! | wait longer, or try less often | [`Patience`] |
//!
//! A request is known by its [`RequestId`]: sent again under the same id it is answered the same and done once. A client
//! that got no answer ([`ClientError::NoAnswer`]) does not know whether the service has the message; it keeps the id with
//! the message and asks again, be it tomorrow.

mod credentials;
mod error;
mod http;
#[cfg(feature = "server")]
mod in_process;
mod pharmacy;
mod prescriber;
mod session;
mod tracked;
mod transport;
mod waiting;

pub use credentials::{Application, ApplicationKeyError, Credentials};
pub use error::ClientError;
pub use http::{AddressError, Http, Identity, Tls};
#[cfg(feature = "server")]
pub use in_process::InProcess;
pub use pharmacy::{Form, PharmacyClient, Releases};
pub use prescriber::{Prepared, PrescriberClient, cancellation};
pub use session::{Patience, RequestId};
pub use tracked::{Event, Tracked, TrackedItem};
pub use transport::{Arriving, Exchanged, Opened, Transport, TransportError};
pub use waiting::{EventId, Waiting};
