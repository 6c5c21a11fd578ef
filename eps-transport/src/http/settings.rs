//! What a server is set to.

use std::num::NonZeroU32;
use std::time::Duration;

use eps_core::record::Periods;

/// Whether the signature of an order is verified before the order is accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "it is verified or it is not")]
pub enum SignatureOnCreate {
    /// Refuse what does not verify, with every reason.
    #[default]
    Verified,
    /// Leave it to the dispenser's release, as the live service does.
    LeftToRelease,
}

/// What callers may take of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a server needs each of these")]
pub struct Limits {
    /// Bytes of a body.
    pub body: usize,
    /// Bytes of all bodies together that are read or worked on; a request for which there is no room waits.
    pub bodies: usize,
    /// Bytes of a request's line and headers together.
    pub headers: usize,
    /// Time until the headers of a request have arrived.
    pub header_time: Duration,
    /// Time until a body has arrived.
    pub body_time: Duration,
    /// Messages that are worked on at once; further ones wait.
    pub concurrent: usize,
    /// Messages of one caller that are read or worked on at once; its further ones wait, and others pass them. A caller is
    /// the application that its token names, or else the address that it calls from.
    pub per_caller: usize,
    /// Messages of one caller that may wait beside these; further ones are refused for load.
    pub waiting_per_caller: usize,
    /// Requests of one caller in a second, which may come at once; further ones are refused for load.
    pub rate_per_caller: Option<NonZeroU32>,
    /// How long a message waits before it is refused for load.
    pub queue_time: Duration,
    /// Time until a request with status updates is answered that is not stored yet.
    pub update_time: Duration,
    /// Connections at once; further ones are not accepted until one ends.
    pub connections: usize,
}

const CONCURRENT: usize = 64;

impl Limits {
    /// What one caller may have of so many messages at once, so that something is left for others.
    #[must_use]
    pub const fn share(concurrent: usize) -> usize {
        concurrent - concurrent.div_ceil(4)
    }
}

impl Default for Limits {
    /// A message is below 4 MiB, which is what the readers take.
    fn default() -> Self {
        Self {
            body: 4 * 1024 * 1024,
            bodies: 256 * 1024 * 1024,
            headers: 32 * 1024,
            header_time: Duration::from_secs(10),
            body_time: Duration::from_secs(30),
            concurrent: CONCURRENT,
            per_caller: Self::share(CONCURRENT),
            waiting_per_caller: 512,
            rate_per_caller: None,
            queue_time: Duration::from_secs(5),
            // As in the live service.
            update_time: Duration::from_millis(9_500),
            connections: 1024,
        }
    }
}

/// What existing clients need although the specification says otherwise. Each is a choice of its own.
///
/// Source: the published clients of the NHS's EPS APIs, and its coordinator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a server needs each of these")]
pub struct Leniency {
    /// A return is taken from any organisation; strict: from the dispenser that has the prescription.
    pub returned_by_anybody: bool,
    /// An amendment may leave a prescription dispensed of which no item is; strict: its statuses must agree.
    pub amended_as_told: bool,
    /// A notification for a repeat prescription may count its repeats in another way than the prescription; strict: it may not.
    pub repeat_counts_as_told: bool,
    /// The role may come from the token alone; strict: every message needs `NHSD-Session-URID`.
    pub role_of_token: bool,
    /// Under `/fhir-dispensing` an application without a user releases by id; strict: only users do.
    pub release_by_application: bool,
    /// The tracker takes two of its five headers from the token; strict: all five must be sent.
    pub headers_of_token: bool,
}

impl Leniency {
    /// As existing clients need it.
    pub const LENIENT: Self = Self {
        returned_by_anybody: true,
        amended_as_told: true,
        repeat_counts_as_told: true,
        role_of_token: true,
        release_by_application: true,
        headers_of_token: true,
    };
    /// As the specification has it.
    pub const STRICT: Self = Self {
        returned_by_anybody: false,
        amended_as_told: false,
        repeat_counts_as_told: false,
        role_of_token: false,
        release_by_application: false,
        headers_of_token: false,
    };
}

/// What a server is set to.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a server needs each of these")]
pub struct Settings {
    /// Applications, by id, whose prescriptions are signed with SHA-1.
    pub sha1_applications: Vec<String>,
    /// Whether orders are verified.
    pub verify_on_create: SignatureOnCreate,
    /// Where clients find the service, which replies name.
    pub base_path: String,
    /// What is taken although the specification says otherwise.
    pub leniency: Leniency,
    /// Whether only applications that their token names may send status updates.
    pub named_applications: bool,
    /// What callers may take of the machine.
    pub limits: Limits,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            sha1_applications: Vec::new(),
            verify_on_create: SignatureOnCreate::default(),
            base_path: "/fhir-dispensing/FHIR/R4".to_owned(),
            leniency: Leniency::LENIENT,
            named_applications: false,
            limits: Limits::default(),
        }
    }
}

impl Settings {
    /// The periods that the broker is to count by.
    #[must_use]
    pub fn periods(&self) -> Periods {
        let mut periods = Periods::SPINE;
        periods.returned_by_anybody = self.leniency.returned_by_anybody;
        periods.amended_as_told = self.leniency.amended_as_told;
        periods.repeat_counts_as_told = self.leniency.repeat_counts_as_told;
        periods
    }
}
