//! Releases: whatever waits for a pharmacy, or one prescription by its id.

use eps_core::model::{
    BatchInfo, Envelope, ReleaseKind, ReleaseRequest, ReleaseResponse, ReleaseTemplate, ReleasedPrescription,
};
use eps_core::record::{Command, Invalid, Refusal, ReleaseHow, ReleaseTo, Reply, SignedAt};

use super::judge::{Changed, Changes, Judged};
use super::{Broker, BrokerError, Request};
use crate::store::Store;

/// The most prescriptions of a nominated release.
const MAX_RELEASED: u32 = 25;

/// The most bytes of prescriptions in one release: what the receiver's reader takes (4 MiB) less the rest of the message.
/// At least one is always released.
const MAX_RELEASED_BYTES: usize = 3 * 1024 * 1024;

/// The most pages of the queue looked at for one release. Prescriptions that wait past their expiry are passed over until
/// the daily schedule has closed them; a pharmacy has far fewer of those than twenty pages.
const MAX_PAGES: u32 = 20;

/// A released prescription: its document, and its record as it becomes.
struct Released {
    document: ReleasedPrescription,
    changed: Changed,
}

/// What one response will hold.
#[derive(Default)]
struct Batch {
    released: Vec<Released>,
    bytes: usize,
    full: bool,
}

impl Batch {
    /// Takes one more if there is room.
    fn add(&mut self, one: Released) {
        self.bytes = self.bytes.saturating_add(one.document.document.xml.len());
        let fits = self.bytes <= MAX_RELEASED_BYTES || self.released.is_empty();
        if fits {
            self.released.push(one);
        }
        self.full = !fits || self.released.len() >= MAX_RELEASED as usize;
    }
}

impl<S: Store> Broker<S> {
    pub(super) fn judge_release(&self, request: &Request<'_>, asked: &ReleaseRequest) -> Result<Judged, BrokerError> {
        match &asked.kind {
            ReleaseKind::Nominated => {
                let asking = ReleaseTo::from_message(asked, ReleaseHow::Nominated, request.key());
                match asking {
                    Err(refusal) => self.refuse_release(request, asked, &refusal),
                    Ok(asking) => self.release_waiting(request, asked, &asking),
                }
            }
            ReleaseKind::Patient(id) => {
                let asking = ReleaseTo::from_message(asked, ReleaseHow::ById, request.key());
                let id = id.checked().map_err(|_| Refusal::from(Invalid::PrescriptionIdCheck));
                match id.and_then(|id| Ok((id, asking?))) {
                    Err(refusal) => self.refuse_release(request, asked, &refusal),
                    Ok((id, asking)) => match self.release_one(request, &id, asking)? {
                        Err(refusal) => self.refuse_release(request, asked, &refusal),
                        Ok(released) => Ok(self.hand_over(request, asked, vec![released], BatchInfo::default())),
                    },
                }
            }
        }
    }

    /// Takes the oldest that can be released, as many as one response holds.
    fn release_waiting(
        &self,
        request: &Request<'_>,
        asked: &ReleaseRequest,
        asking: &ReleaseTo,
    ) -> Result<Judged, BrokerError> {
        let Batch { released, .. } = self.gather(request, asking)?;
        if released.is_empty() {
            return self.refuse_release(request, asked, &Refusal::NoMorePrescriptions);
        }
        let size = u32::try_from(released.len()).ok();
        Ok(self.hand_over(request, asked, released, BatchInfo { size, maximum: Some(MAX_RELEASED) }))
    }

    fn gather(&self, request: &Request<'_>, asking: &ReleaseTo) -> Result<Batch, BrokerError> {
        let mut batch = Batch::default();
        let mut last = None;
        for _ in 0..MAX_PAGES {
            let page = self.store.waiting(asking.to(), last.as_ref(), MAX_RELEASED)?;
            for place in &page {
                // What can no longer be released, or was released a moment ago, is passed over.
                if let Ok(one) = self.release_one(request, &place.id, asking.clone())? {
                    batch.add(one);
                }
                if batch.full {
                    return Ok(batch);
                }
            }
            if page.len() < MAX_RELEASED as usize {
                break;
            }
            last = page.into_iter().next_back();
        }
        Ok(batch)
    }

    /// Decides the release of one prescription and fetches its document.
    fn release_one(
        &self,
        request: &Request<'_>,
        id: &eps_core::ids::PrescriptionId,
        asking: ReleaseTo,
    ) -> Result<Result<Released, Refusal>, BrokerError> {
        let changed = match self.decide(request, id, Command::Release(Box::new(asking)))? {
            Err(refusal) => return Ok(Err(refusal)),
            Ok(changed) => changed,
        };
        let document = match &changed.accepted.reply {
            Reply::Released(handover) => self.signed_document(&handover.signed)?,
            Reply::Done(_) | Reply::Cancellation(_) => return Ok(Err(Refusal::NothingToRelease)),
        };
        Ok(Ok(Released { document, changed }))
    }

    /// The signed prescription, byte for byte as it arrived.
    pub(super) fn signed_document(&self, signed: &SignedAt) -> Result<ReleasedPrescription, BrokerError> {
        let bytes = self.document(signed.key)?;
        let xml = String::from_utf8(bytes).map_err(|_| BrokerError::DocumentDamaged(signed.key))?;
        Ok(ReleasedPrescription { template: ReleaseTemplate::R2, document: signed.document(xml) })
    }

    fn hand_over(
        &self,
        request: &Request<'_>,
        asked: &ReleaseRequest,
        released: Vec<Released>,
        batch: BatchInfo,
    ) -> Judged {
        let (prescriptions, changed) = released.into_iter().map(|one| (one.document, one.changed)).unzip();
        let response = ReleaseResponse {
            id: self.next_id(),
            effective_time: request.now,
            prescriptions,
            batch,
            request: asked.id,
        };
        let changes = Changes { changed, later: Vec::new() };
        Judged { reply: self.release(request, asked, response), changed: Some(changes) }
    }

    fn refuse_release(
        &self,
        request: &Request<'_>,
        asked: &ReleaseRequest,
        refusal: &Refusal,
    ) -> Result<Judged, BrokerError> {
        let reply: Envelope = self.reject_release(request, asked, refusal)?;
        Ok(Judged { reply, changed: None })
    }
}
