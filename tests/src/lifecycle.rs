//! Lives of prescriptions at random: several prescribers and dispensers send a broker whatever comes to mind, at times that
//! jump, and what must always hold is checked after each step.
//!
//! The harness knows a store only by its trait, so it runs over each of them; [`World::reopen`] puts another broker in the
//! place of the one that was, as after a restart. What it finds wrong it names with its seed and the number of the step.

use std::collections::BTreeMap;
use std::sync::Arc;

use eps_core::ids::{MessageId, OdsCode};
use eps_core::model::Timestamp;
use eps_core::record::{IssueNumber, Record};
use eps_transport::broker::Broker;
use eps_transport::clock::SettableClock;
use eps_transport::schedule;
use eps_transport::store::Store;

use crate::messages::{message_id, outcome, prescription_id, time};

mod check;
mod send;

/// Numbers that look random and are the same for the same seed (SplitMix64).
pub struct Dice(u64);

impl Dice {
    /// The dice of a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `sides`.
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % sides.max(1)
    }

    /// One of these.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        let at = usize::try_from(self.roll(from.len() as u64)).unwrap_or(0);
        *from.get(at).unwrap_or_else(|| panic!("nothing to pick from"))
    }

    /// True once in `times`.
    pub fn once_in(&mut self, times: u64) -> bool {
        self.roll(times) == 0
    }
}

/// What is done in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Upload,
    NominatedRelease,
    ReleaseById,
    Notify,
    Amend,
    Claim,
    AmendClaim,
    Cancel,
    Return,
    WithdrawLast,
    WithdrawAll,
    Rebuild,
    Repeat,
    Wait,
}

/// How often each is done.
const ACTS: [(Act, u64); 14] = [
    (Act::Upload, 10),
    (Act::NominatedRelease, 8),
    (Act::ReleaseById, 14),
    (Act::Notify, 24),
    (Act::Amend, 7),
    (Act::Claim, 8),
    (Act::AmendClaim, 3),
    (Act::Cancel, 9),
    (Act::Return, 5),
    (Act::WithdrawLast, 4),
    (Act::WithdrawAll, 2),
    (Act::Rebuild, 3),
    (Act::Repeat, 5),
    (Act::Wait, 8),
];

/// A message that was accepted.
struct Accepted {
    message: MessageId,
    bytes: Vec<u8>,
    reply: Vec<u8>,
    prescriptions: Vec<u32>,
}

/// What is known of one prescription, apart from what the broker says.
#[derive(Default)]
struct Known {
    /// Its record as it was last seen; `None` before its first message and after it was deleted.
    record: Option<Record>,
    /// Who was given each issue and has not returned it.
    holders: BTreeMap<IssueNumber, OdsCode>,
    /// How often each issue was claimed for the first time.
    claims: BTreeMap<IssueNumber, u32>,
}

/// How a run went: so that a test can tell that it tried what it should.
#[derive(Clone, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "it is read by tests")]
pub struct Tally {
    /// Steps taken.
    pub steps: u64,
    /// Messages that were accepted, and how each kind of act fared: done, refused.
    pub acts: BTreeMap<String, (u64, u64)>,
    /// Prescriptions that were deleted.
    pub deleted: u64,
    /// Messages sent again and answered the same.
    pub repeats: u64,
    /// Every status that an issue has had.
    pub statuses: BTreeMap<&'static str, u64>,
}

/// A broker, the time, and all that was sent to it.
pub struct World<S> {
    seed: u64,
    dice: Dice,
    clock: Arc<SettableClock>,
    broker: Broker<S>,
    known: BTreeMap<u32, Known>,
    accepted: Vec<Accepted>,
    messages: u32,
    tally: Tally,
}

/// The most prescriptions of a world: few, so that much happens to each.
const PRESCRIPTIONS: u32 = 6;

/// When a world begins: just before a summer time change.
const BEGIN: &str = "20260328220000";

impl<S: Store> World<S> {
    /// A world over a store.
    #[must_use]
    pub fn new(store: S, seed: u64) -> Self {
        let clock = Arc::new(SettableClock::new(time(BEGIN)));
        let broker = at_clock(store, &clock);
        let (known, accepted) = (BTreeMap::new(), Vec::new());
        Self { seed, dice: Dice::new(seed), clock, broker, known, accepted, messages: 0, tally: Tally::default() }
    }

    /// The same world after its broker was stopped and begun again over this store.
    #[must_use]
    pub fn reopen(self, reopened: impl FnOnce(Broker<S>) -> S) -> Self {
        let Self { seed, dice, clock, broker, known, accepted, messages, tally } = self;
        let broker = at_clock(reopened(broker), &clock);
        let mut world = Self { seed, dice, clock, broker, known, accepted, messages, tally };
        world.check_all();
        world
    }

    /// The broker.
    #[must_use]
    pub fn broker(&self) -> &Broker<S> {
        &self.broker
    }

    /// How it went so far.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Every record that is there, with the number of its prescription.
    pub fn records(&self) -> impl Iterator<Item = (u32, &Record)> {
        self.known.iter().filter_map(|(number, known)| Some((*number, known.record.as_ref()?)))
    }

    /// Takes so many steps, and checks after each.
    pub fn run(&mut self, steps: u64) {
        for _ in 0..steps {
            self.tally.steps += 1;
            let act = self.choose();
            self.act(act);
            if self.tally.steps.is_multiple_of(100) {
                self.check_all();
            }
        }
        self.check_all();
    }

    fn choose(&mut self) -> Act {
        let all: u64 = ACTS.iter().map(|(_, weight)| weight).sum();
        let mut rolled = self.dice.roll(all);
        for (act, weight) in ACTS {
            if rolled < weight {
                return act;
            }
            rolled -= weight;
        }
        Act::Wait
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Wait => self.wait(),
            Act::Repeat => self.repeat(),
            Act::Upload
            | Act::NominatedRelease
            | Act::ReleaseById
            | Act::Notify
            | Act::Amend
            | Act::Claim
            | Act::AmendClaim
            | Act::Cancel
            | Act::Return
            | Act::WithdrawLast
            | Act::WithdrawAll
            | Act::Rebuild => self.send(act),
        }
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        use eps_transport::clock::Clock as _;
        self.clock.now()
    }

    fn next_message(&mut self) -> u32 {
        self.messages += 1;
        self.messages
    }

    /// Where something is wrong.
    fn place(&self, act: &str) -> String {
        format!("seed {}, step {}, {act} at {}", self.seed, self.tally.steps, self.now().to_hl7())
    }

    fn below(&mut self, sides: u64) -> i64 {
        i64::try_from(self.dice.roll(sides)).unwrap_or(0)
    }

    /// Time jumps: mostly by days, to where something may be due, or to the last second before.
    fn wait(&mut self) {
        let seconds = match self.dice.roll(9) {
            0 => 1,
            1 => 3600 * self.below(48),
            2..=5 => 86_400 * self.below(12),
            6 => 86_400 * self.below(120),
            _ => 86_399 - self.now().unix().rem_euclid(86_400),
        };
        self.clock.advance(seconds);
        if !self.dice.once_in(4) {
            let place = self.place("passing time");
            let passed = schedule::run(&self.broker).unwrap_or_else(|error| panic!("{place}: {error}"));
            assert_eq!(passed.stuck, 0, "{place}");
            self.check_time(&place);
        }
    }

    /// A reply was lost: its message is sent again.
    fn repeat(&mut self) {
        let count = self.accepted.len() as u64;
        let Ok(at) = usize::try_from(self.dice.roll(count)) else { return };
        let Some(before) = self.accepted.get(at) else { return };
        let alive = before
            .prescriptions
            .iter()
            .all(|number| self.known.get(number).is_some_and(|known| known.record.is_some()));
        if !alive {
            return;
        }
        let place = self.place("repeating");
        let reply = self.broker.submit(&before.bytes).unwrap_or_else(|error| panic!("{place}: {error}"));
        assert!(reply == before.reply, "{place}: {} another reply", outcome(&reply));
        let prescriptions = before.prescriptions.clone();
        prescriptions.iter().for_each(|number| self.check_unchanged(*number, &place));
        self.tally.repeats += 1;
    }

    /// Sends a message of this kind about some prescription, and checks what came of it.
    fn send(&mut self, act: Act) {
        let Some(sent) = self.message(act) else { return };
        let place = self.place(&format!("{act:?} of prescription {}", sent.prescription));
        let reply = self.broker.submit(&sent.bytes).unwrap_or_else(|error| panic!("{place}: {error}"));
        let outcome = outcome(&reply);
        let place = format!("{place}: {outcome}");
        let tally = self.tally.acts.entry(format!("{act:?}")).or_default();
        if outcome.starts_with("AA") {
            tally.0 += 1
        } else {
            tally.1 += 1
        }
        let prescriptions = self.check_sent(&sent, &reply, &outcome, &place);
        if !prescriptions.is_empty() {
            let message = message_id(sent.number);
            self.accepted.push(Accepted { message, bytes: sent.bytes, reply, prescriptions });
        }
    }

    fn record(&self, number: u32, place: &str) -> Option<Record> {
        let track = self.broker.track(&prescription_id(number));
        track.unwrap_or_else(|error| panic!("{place}: {error}")).map(|track| track.record)
    }
}

fn at_clock<S: Store>(store: S, clock: &Arc<SettableClock>) -> Broker<S> {
    let asid = "200000001285".parse().unwrap_or_else(|_| panic!("an ASID"));
    let clock: Arc<SettableClock> = Arc::clone(clock);
    Broker::new(store, asid).clock(clock)
}
