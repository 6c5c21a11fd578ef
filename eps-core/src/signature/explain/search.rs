//! Which mistake, or which two, make a digest out of a prescription.

use super::draft::{Draft, Form};
use super::mistake::{Mistake, TimeMistake};
use crate::signature::algorithm::Algorithm;
use crate::signature::fragments::{self, Parts};
use crate::signature::provider::Provider;
use crate::xml::c14n::{self, Options};

/// A digest as it was found: bytes, and what its `DigestMethod` says of them.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) digest: Vec<u8>,
    pub(super) declared: Algorithm,
}

impl Target {
    /// The same without hexadecimal, and what that explains so far.
    fn plain(&self) -> (Vec<u8>, Vec<Mistake>) {
        let mut mistakes = Vec::new();
        let mut digest = self.digest.clone();
        if matches!(digest.len(), 40 | 64)
            && let Some(decoded) = from_hex(&digest)
        {
            digest = decoded;
            mistakes.push(Mistake::Hexadecimal);
        }
        let expected = match self.declared {
            Algorithm::Rs256 => 32,
            Algorithm::Rs1 => 20,
        };
        if matches!(digest.len(), 20 | 32) && digest.len() != expected {
            mistakes.push(Mistake::OtherHash);
        }
        (digest, mistakes)
    }
}

fn from_hex(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    text.chunks(2)
        .map(|pair| match pair {
            [high, low] => Some(digit(high)? << 4 | digit(low)?),
            _ => None,
        })
        .collect()
}

/// Mistakes that are tried alone and in pairs.
const COMMON: &[Mistake] = &[
    Mistake::BlankKept,
    Mistake::Trimmed,
    Mistake::LinesJoined,
    Mistake::Collapsed,
    Mistake::LineEnds,
    Mistake::Indented("  "),
    Mistake::Indented("    "),
    Mistake::Indented("\t"),
    Mistake::Indented(""),
    Mistake::IdBeforeTime,
    Mistake::Grouped,
    Mistake::AttributesAsWritten,
    Mistake::StatusKept,
    Mistake::LowKept,
    Mistake::RepeatDropped,
    Mistake::NoNamespace,
    Mistake::NamespaceOnRoot,
    Mistake::NamespaceEverywhere,
    Mistake::Inclusive,
    Mistake::SelfClosed,
    Mistake::Declaration,
    Mistake::FinalNewline,
    Mistake::Unwrapped,
    Mistake::EscapedTwice,
    Mistake::NotEscaped,
    Mistake::QuotesEscaped,
    Mistake::TextEscaped,
    Mistake::TextUnescaped,
    Mistake::Latin1,
    Mistake::UuidLower,
    Mistake::UuidUpper,
    Mistake::Time(TimeMistake::Shifted(3600)),
    Mistake::Time(TimeMistake::Shifted(-3600)),
    Mistake::Time(TimeMistake::NoSeconds),
    Mistake::Time(TimeMistake::SecondsZero),
    Mistake::Time(TimeMistake::Suffix("+0000")),
    Mistake::Time(TimeMistake::Suffix("+00")),
    Mistake::Time(TimeMistake::Suffix("Z")),
    Mistake::Time(TimeMistake::Suffix(".000")),
    Mistake::Time(TimeMistake::Fhir("Z")),
    Mistake::Time(TimeMistake::Fhir("+00:00")),
    Mistake::Time(TimeMistake::Fhir(".000Z")),
    Mistake::Time(TimeMistake::Fhir("")),
];

/// How far, in seconds, a time is tried: a prescription that is prepared twice has two times.
const NEAR: i64 = 600;
/// How far, in hours.
const ZONES: i64 = 14;
/// So many line items are tried in every order.
const MAX_ORDERED: usize = 4;

/// One search.
pub(super) struct Search<'s, 'd, 'a> {
    draft: Draft<'d>,
    parts: &'s Parts<'d, 'a>,
    time: &'s str,
    digest: Vec<u8>,
    provider: &'s dyn Provider,
    /// What the plain form gives: a mistake that changes nothing explains nothing.
    right: Vec<u8>,
}

/// The mistakes that explain the digest: one, two, or none found. Empty too where the digest is right.
pub(super) fn search(parts: &Parts<'_, '_>, target: &Target, provider: &dyn Provider) -> Vec<Mistake> {
    let (digest, mut explained) = target.plain();
    let draft = Draft::of(parts);
    let right = draft.write(&Form::RIGHT);
    // The prescription has something that the draft does not know how to write: better no answer than a wrong one.
    if fragments::canonical(parts).ok().as_ref() != Some(&right) {
        return Vec::new();
    }
    let time = parts.time.attribute("value").unwrap_or_default();
    let search = Search { draft, parts, time, digest, provider, right };
    if search.is(&search.right) {
        return explained;
    }
    let found = search.alone().or_else(|| search.in_pairs());
    match found {
        Some(found) => {
            explained.extend(found);
            explained
        }
        None => Vec::new(),
    }
}

impl Search<'_, '_, '_> {
    fn is(&self, bytes: &[u8]) -> bool {
        match self.digest.len() {
            32 => self.provider.sha256(bytes).as_slice() == self.digest,
            20 => self.provider.sha1(bytes).as_slice() == self.digest,
            _ => false,
        }
    }

    fn explains(&self, form: &Form) -> bool {
        let made = self.draft.write(form);
        made != self.right && self.is(&made)
    }

    fn form(&self, mistakes: &[&Mistake]) -> Form {
        let mut form = Form::RIGHT;
        mistakes.iter().for_each(|mistake| mistake.make(&mut form, self.time));
        form
    }

    fn alone(&self) -> Option<Vec<Mistake>> {
        let common = COMMON.iter().find(|mistake| self.explains(&self.form(&[mistake]))).cloned();
        let found = common.or_else(|| self.whole()).or_else(|| self.times()).or_else(|| self.orders());
        found.or_else(|| self.swaps()).map(|mistake| vec![mistake])
    }

    /// The prescription as a whole, with its signature or without.
    fn whole(&self) -> Option<Mistake> {
        let text = self.parts.signature_text;
        let keep = |element: crate::xml::Element<'_, '_>| element != text;
        let within = |element: crate::xml::Element<'_, '_>| element.parent() != Some(text);
        let bases = [Options::EXCLUSIVE, Options::INCLUSIVE];
        let filters: [&dyn Fn(crate::xml::Element<'_, '_>) -> bool; 2] = [&keep, &within];
        let found = bases.into_iter().any(|base| {
            filters.into_iter().any(|filter| {
                [false, true].into_iter().any(|drop| {
                    let options = Options { drop_blank_text: drop, ..base }.keeping(filter);
                    self.is(&c14n::canonicalise(self.parts.parent, &options))
                })
            })
        });
        found.then_some(Mistake::WholePrescription)
    }

    fn times(&self) -> Option<Mistake> {
        let hours = (1..=ZONES).flat_map(|hours| [hours * 3600, -hours * 3600]);
        let seconds = (1..=NEAR).flat_map(|seconds| [seconds, -seconds]);
        let shifts = hours.chain(seconds).map(|shift| Mistake::Time(TimeMistake::Shifted(shift)));
        shifts.into_iter().find(|mistake| self.explains(&self.form(&[mistake])))
    }

    fn orders(&self) -> Option<Mistake> {
        let items = self.draft.items();
        if items > MAX_ORDERED {
            return None;
        }
        let orders = permutations(items).into_iter().map(Mistake::ItemOrder);
        orders.into_iter().find(|mistake| self.explains(&self.form(&[mistake])))
    }

    /// Any two neighbouring elements the other way round.
    fn swaps(&self) -> Option<Mistake> {
        for (number, (element, children)) in self.draft.children.iter().enumerate() {
            for at in 0..children.saturating_sub(1) {
                let form = Form { swapped: Some((number, at)), ..Form::RIGHT };
                if self.explains(&form) {
                    let parent = self.parts.parent.document().element(*element);
                    let first =
                        parent.and_then(|parent| parent.children().filter(|it| fragments::is_hashed(*it)).nth(at));
                    let place = first.map(|first| first.place().to_string()).unwrap_or_default();
                    return Some(Mistake::Swapped(place));
                }
            }
        }
        None
    }

    fn in_pairs(&self) -> Option<Vec<Mistake>> {
        // What changes nothing alone changes nothing in company either.
        let telling = |mistake: &&Mistake| self.draft.write(&self.form(&[mistake])) != self.right;
        let telling: Vec<&Mistake> = COMMON.iter().filter(telling).collect();
        for (at, one) in telling.iter().enumerate() {
            for other in telling.iter().skip(at + 1) {
                if self.explains(&self.form(&[one, other])) {
                    return Some(vec![(*one).clone(), (*other).clone()]);
                }
            }
        }
        None
    }
}

/// Every order of `1..=count` but the first.
fn permutations(count: usize) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for number in 1..=count {
        let longer = all.iter().flat_map(|order: &Vec<usize>| {
            (0..=order.len()).map(move |at| {
                let mut order = order.clone();
                order.insert(at, number);
                order
            })
        });
        all = longer.collect();
    }
    all.retain(|order| !order.is_sorted());
    all
}
