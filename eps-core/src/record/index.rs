//! The terms under which Spine finds a record, computed from the record alone.

use std::collections::{BTreeMap, BTreeSet};

use super::state::State;
use super::{Activity, NextActivity, Periods, Record};
use crate::ids::OdsCode;

/// The release of the service that a record belongs to. Those of Release 1 are not kept.
const RELEASE: &str = "R2";

/// A record that nothing will happen to by itself is due for deletion on this day.
const NEVER: &str = "delete_99991231";

/// Each index by Spine's name for it, with the record's terms in it. An index without terms is left out.
pub type IndexTerms = BTreeMap<&'static str, BTreeSet<String>>;

impl Activity {
    /// Spine's name of the activity.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Expire => "expire",
            Self::CreateNoClaim => "createNoClaim",
            Self::Delete => "delete",
        }
    }
}

impl NextActivity {
    /// The term of Spine's index of what is due: `expire_20260705`.
    #[must_use]
    pub fn term(&self) -> String {
        format!("{}_{}", self.activity.name(), self.date.to_hl7())
    }
}

impl Record {
    /// The terms of every index, but for the one that tells when the record was stored.
    ///
    /// Dispensers and statuses are combined freely in the search terms, as Spine does: one of them can pair a dispenser
    /// with the status of another issue.
    #[must_use]
    pub fn index_terms(&self, periods: &Periods) -> IndexTerms {
        let nominee = self.nomination.as_ref().and_then(|nomination| nomination.performer.as_ref());
        let sites: Vec<(Option<&OdsCode>, &str)> =
            self.issues.iter().map(|(_, issue)| (issue.state.dispenser().or(nominee), issue.status().code())).collect();
        let statuses: BTreeSet<&str> = sites.iter().map(|(_, status)| *status).collect();
        let dispensers: BTreeSet<&str> = sites.iter().filter_map(|(site, _)| Some((*site)?.as_str())).collect();
        let (nhs, prescriber, time) = (self.patient.nhs_number.as_str(), self.prescriber.as_str(), self.time_term());
        let with_status = |start: String| statuses.iter().map(move |status| format!("{start}_{status}"));
        let found = |starts: Vec<String>| {
            let all = starts.into_iter().flat_map(|start| {
                let time = &time;
                statuses.iter().map(move |status| format!("{start}{time}|{RELEASE}|{status}"))
            });
            all.collect::<BTreeSet<_>>()
        };
        let by_dispenser = |start: &str| dispensers.iter().map(|site| format!("{start}{site}|")).collect::<Vec<_>>();
        let next = self.next_activity(periods).map_or_else(|| NEVER.to_owned(), |next| next.term());
        let terms = [
            ("prescribingSiteStatus_bin", with_status(prescriber.to_owned()).collect()),
            (
                "dispensingSiteStatus_bin",
                sites.iter().filter_map(|(site, status)| Some(format!("{}_{status}", (*site)?))).collect(),
            ),
            ("nomPharmStatus_bin", nominee.into_iter().flat_map(|site| with_status(site.to_string())).collect()),
            ("nextActivityNAD_bin", BTreeSet::from([next])),
            ("nhsNumber_bin", BTreeSet::from([nhs.to_owned()])),
            ("nhsNumberDate_bin", found(vec![format!("{nhs}|")])),
            ("nhsNumberPrescriberDate_bin", found(vec![format!("{nhs}|{prescriber}|")])),
            ("nhsNumberPrescDispDate_bin", found(by_dispenser(&format!("{nhs}|{prescriber}|")))),
            ("nhsNumberDispenserDate_bin", found(by_dispenser(&format!("{nhs}|")))),
            ("prescriberDate_bin", found(vec![format!("{prescriber}|")])),
            ("prescDispDate_bin", found(by_dispenser(&format!("{prescriber}|")))),
            ("dispenserDate_bin", found(by_dispenser(""))),
        ];
        terms.into_iter().filter(|(_, terms): &(_, BTreeSet<String>)| !terms.is_empty()).collect()
    }

    /// The time of the prescription. Before it comes, only the day of its first cancellation is known.
    fn time_term(&self) -> String {
        let placeholder = self.issues.iter().any(|(_, issue)| matches!(issue.state, State::CancelledFuture(_)));
        if placeholder { self.prescribed.date().to_hl7() } else { self.prescribed.to_hl7() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::ReleaseHow;
    use crate::record::samples::{self, Life};

    #[test]
    fn a_record_is_found_by_its_sites_statuses_and_day() {
        let mut life = Life::of(samples::repeat_dispensing(2));
        life.release("FA666", ReleaseHow::ById).unwrap();
        let terms = life.record.index_terms(&Periods::SPINE);
        let of = |name: &str| terms[name].iter().map(String::as_str).collect::<Vec<_>>();
        assert_eq!(of("prescribingSiteStatus_bin"), ["A83008_0002", "A83008_9000"]);
        assert_eq!(of("dispensingSiteStatus_bin"), ["FA565_9000", "FA666_0002"]);
        assert_eq!(of("nomPharmStatus_bin"), ["FA565_0002", "FA565_9000"]);
        assert_eq!(of("nextActivityNAD_bin"), ["expire_20260705"]);
        assert_eq!(of("nhsNumberDate_bin"), ["9449304130|20260105100000|R2|0002", "9449304130|20260105100000|R2|9000"]);
        // Each dispenser with each status.
        assert_eq!(of("prescDispDate_bin").len(), 4);
        assert_eq!(terms.len(), 12);
    }

    #[test]
    fn what_nobody_is_nominated_for_is_in_no_index_of_dispensers() {
        let mut life = Life::of(samples::with_dispenser());
        life.hand_back("FA565").unwrap();
        let terms = life.record.index_terms(&Periods::SPINE);
        for name in
            ["dispensingSiteStatus_bin", "nomPharmStatus_bin", "dispenserDate_bin", "nhsNumberDispenserDate_bin"]
        {
            assert!(!terms.contains_key(name), "{name}");
        }
    }
}
