//! What each caller may take: one that floods the server waits for itself, and others are answered meanwhile.
//!
//! ```text
//!  request ─▶ place (refused: too many of this caller are here, or came in this second)
//!               └─▶ turn (waits while others of this caller are read or worked on) ─▶ body ─▶ work, shared by all
//! ```
//!
//! Only who is here is remembered, and whose second is not over.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::ConnectInfo;
use axum::http::Extensions;
use sha2::{Digest as _, Sha256};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::settings::Limits;
use super::token::Claims;

/// The most callers that are remembered for their rate when they are not here.
const MOST: usize = 4096;

/// The time over which a rate is judged.
const SECOND: Duration = Duration::from_secs(1);

/// A caller.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// An application, by the digest of its id: an id may be as long as a header.
    Application([u8; 32]),
    /// Whoever is at this address, for want of a name.
    Address(IpAddr),
    /// Whoever comes without a connection, as in the same process.
    Unknown,
}

impl Key {
    /// The application that a token names, else the address that a connection comes from.
    pub(super) fn of(claims: Option<&Claims>, extensions: &Extensions) -> Self {
        let named = claims.and_then(|claims| {
            let id = claims.application_id.as_ref().or(claims.client_id.as_ref()).or(claims.asid.as_ref())?;
            Some(Self::Application(Sha256::digest(id).into()))
        });
        let address = extensions.get::<ConnectInfo<SocketAddr>>();
        named.or_else(|| Some(Self::Address(network(address?.0.ip())))).unwrap_or(Self::Unknown)
    }
}

/// An address as far as it tells callers apart: of IPv6, a site has 64 bits to choose from.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

/// What is remembered of a caller.
struct Known {
    /// Its requests that are here.
    here: usize,
    turns: Arc<Semaphore>,
    /// When its rate is as if it had never come.
    clear: Instant,
}

/// The callers that are here or were a moment ago.
pub(super) struct Callers {
    /// Requests of one caller that are read or worked on at once.
    at_once: usize,
    /// Requests of one caller that may be here, with those that wait.
    most: usize,
    /// The time between two requests of one caller that comes as often as it may.
    interval: Option<Duration>,
    known: Mutex<HashMap<Key, Known>>,
}

/// The caller has enough here, or came too often: it may come again in a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooMany;

impl Callers {
    pub(super) fn new(limits: &Limits) -> Arc<Self> {
        let at_once = limits.per_caller.clamp(1, Semaphore::MAX_PERMITS);
        Arc::new(Self {
            at_once,
            most: at_once.saturating_add(limits.waiting_per_caller),
            interval: limits.rate_per_caller.map(|rate| SECOND / rate.get()),
            known: Mutex::default(),
        })
    }

    fn known(&self) -> MutexGuard<'_, HashMap<Key, Known>> {
        // An entry is whole between any two statements.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a caller in, unless it has enough here or came too often.
    pub(super) fn enter(self: &Arc<Self>, key: Key, now: Instant) -> Result<Place, TooMany> {
        let mut known = self.known();
        if known.len() >= MOST && !known.contains_key(&key) {
            forget(&mut known, now);
        }
        let fresh = || Known { here: 0, turns: Arc::new(Semaphore::new(self.at_once)), clear: now };
        let caller = known.entry(key.clone()).or_insert_with(fresh);
        if caller.here >= self.most {
            return Err(TooMany);
        }
        if let Some(interval) = self.interval {
            let clear = caller.clear.max(now) + interval;
            if clear > now + SECOND {
                return Err(TooMany);
            }
            caller.clear = clear;
        }
        caller.here += 1;
        let turns = Arc::clone(&caller.turns);
        drop(known);
        Ok(Place { callers: Arc::clone(self), key, turns })
    }

    fn leave(&self, key: &Key, now: Instant) {
        let mut known = self.known();
        let Some(caller) = known.get_mut(key) else { return };
        caller.here = caller.here.saturating_sub(1);
        if caller.here == 0 && caller.clear <= now {
            known.remove(key);
        }
    }
}

/// Forgets callers that are not here: those whose second is over, and the others where that makes no room.
fn forget(known: &mut HashMap<Key, Known>, now: Instant) {
    known.retain(|_, caller| caller.here > 0 || caller.clear > now);
    if known.len() >= MOST {
        known.retain(|_, caller| caller.here > 0);
    }
}

/// A request that is here.
pub(super) struct Place {
    callers: Arc<Callers>,
    key: Key,
    turns: Arc<Semaphore>,
}

impl Place {
    /// Waits until it is this request's turn among those of its caller.
    pub(super) async fn turn(self, patience: Duration) -> Result<Turn, TooMany> {
        let turn = tokio::time::timeout(patience, Arc::clone(&self.turns).acquire_owned()).await;
        let Ok(Ok(permit)) = turn else { return Err(TooMany) };
        Ok(Turn { _permit: permit, _place: self })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.callers.leave(&self.key, Instant::now());
    }
}

/// A request that is read or worked on, until this is dropped.
pub(super) struct Turn {
    _permit: OwnedSemaphorePermit,
    _place: Place,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn callers(change: impl FnOnce(&mut Limits)) -> Arc<Callers> {
        let mut limits = Limits::default();
        change(&mut limits);
        Callers::new(&limits)
    }

    fn key(number: u32) -> Key {
        Key::Address(IpAddr::from(number.to_be_bytes()))
    }

    #[test]
    fn a_caller_has_its_places_and_others_have_theirs() {
        let callers = callers(|limits| (limits.per_caller, limits.waiting_per_caller) = (2, 1));
        let now = Instant::now();
        let mut places: Vec<_> = (0..3).map(|_| callers.enter(key(1), now).ok().unwrap()).collect();
        assert_eq!(callers.enter(key(1), now).err(), Some(TooMany));
        assert!(callers.enter(key(2), now).is_ok());
        drop(places.pop());
        assert!(callers.enter(key(1), now).is_ok());
    }

    #[test]
    fn a_caller_comes_as_often_as_its_rate_says() {
        let callers = callers(|limits| limits.rate_per_caller = std::num::NonZeroU32::new(4));
        let now = Instant::now();
        let admitted = |after: u64, times: usize| {
            let now = now + Duration::from_millis(after);
            (0..times).filter(|_| callers.enter(key(1), now).is_ok()).count()
        };
        assert_eq!(admitted(0, 10), 4, "as many at once as in a second");
        assert_eq!(admitted(249, 1), 0);
        assert_eq!(admitted(250, 2), 1);
        assert_eq!(admitted(1500, 10), 4);
    }

    #[test]
    fn callers_that_are_gone_are_forgotten() {
        let unlimited = callers(|_| {});
        for number in 0..100_000 {
            drop(unlimited.enter(key(number), Instant::now()).ok().unwrap());
        }
        assert_eq!(unlimited.known().len(), 0);
        // With a rate they are remembered for a moment, and not more of them than there is room for.
        let limited = callers(|limits| limits.rate_per_caller = std::num::NonZeroU32::new(1));
        let here = limited.enter(key(u32::MAX), Instant::now()).ok().unwrap();
        for number in 0..100_000 {
            drop(limited.enter(key(number), Instant::now()).ok().unwrap());
            assert!(limited.known().len() <= MOST);
        }
        assert!(limited.known().contains_key(&here.key), "who is here is not forgotten");
        let later = Instant::now() + 2 * SECOND;
        forget(&mut limited.known(), later);
        assert_eq!(limited.known().len(), 1);
    }

    #[test]
    fn an_application_is_told_by_its_id_and_anybody_else_by_the_address() {
        let claims = |application: &str, client: &str| Claims {
            application_id: (!application.is_empty()).then(|| application.to_owned()),
            client_id: (!client.is_empty()).then(|| client.to_owned()),
            ..Claims::default()
        };
        let mut extensions = Extensions::new();
        assert_eq!(Key::of(None, &extensions), Key::Unknown);
        let mut from = |address: &str| {
            extensions.insert(ConnectInfo::<SocketAddr>(SocketAddr::new(address.parse().unwrap(), 1)));
            Key::of(Some(&claims("", "")), &extensions)
        };
        assert_eq!(from("2001:db8::1"), from("2001:db8::ffff:1"));
        assert_ne!(from("2001:db8:0:1::1"), from("2001:db8:0:2::1"));
        assert_eq!(from("::ffff:192.0.2.1"), from("192.0.2.1"));
        assert_ne!(from("192.0.2.1"), from("192.0.2.2"));
        let named = |application, client| Key::of(Some(&claims(application, client)), &extensions);
        assert_eq!(named("a", "b"), named("a", "c"));
        assert_ne!(named("", "b"), named("", "c"));
    }
}
