//! Who calls: what the gateway of the live service would say of a caller, taken from the token and two headers.

use axum::http::HeaderMap;
use eps_core::ids::{Asid, SdsRoleProfileId, SdsUserId};
use eps_core::model::{Code, SdsAuthor};

use super::Service;
use super::answer::{Answer, Problem};
use super::scope::{Access, EVERY};
use super::settings::Leniency;
use super::token::{Claims, NotAccepted};

/// Who calls.
#[derive(Clone)]
pub(super) struct Caller {
    user: Option<SdsUserId>,
    role: Option<SdsRoleProfileId>,
    job_role: Option<Code>,
    scopes: Vec<String>,
    /// The calling application's id.
    pub(super) application: Option<String>,
    /// The calling system; `None` where the token does not say.
    pub(super) asid: Option<Asid>,
}

/// The user, role profile and scopes of a caller whose token says nothing, on a server that believes any.
const ANYBODY: (&str, &str) = ("555254239107", "555254240100");

/// What is written for a job role that is not known.
const UNKNOWN_ROLE: &str = "UNKNOWN";

impl Caller {
    /// The caller of a request.
    pub(super) fn of(claims: Claims, headers: &HeaderMap, leniency: Leniency) -> Result<Self, Answer> {
        if !leniency.role_of_token && claims.user().is_some() && header(headers, ROLE).is_none() {
            return Err(Problem::NoRole.answer());
        }
        let role = role(headers, &claims)?;
        let known = |id: &str| claims.nhsid_nrbac_roles.iter().find(|role| role.person_roleid.as_deref() == Some(id));
        let job_role = role.as_deref().and_then(known).and_then(|role| role.role_code.as_deref()?.parse().ok());
        Ok(Self {
            user: claims.user().and_then(|user| user.parse().ok()),
            role: role.and_then(|role| role.parse().ok()),
            job_role,
            scopes: claims.scopes(),
            application: claims.application_id,
            asid: claims.asid.and_then(|asid| asid.parse().ok()),
        })
    }

    /// Whether the caller may.
    pub(super) fn may(&self, access: Access) -> Result<(), Answer> {
        access.allowed(&self.scopes).map_err(|denied| Problem::Denied(denied).answer())
    }

    /// Who sends, as a message names them; `None` for an unattended system.
    pub(super) fn author(&self) -> Result<Option<SdsAuthor>, Answer> {
        let Some(user) = self.user.clone() else { return Ok(None) };
        let role_profile = self.role.clone().ok_or_else(|| Problem::NoRole.answer())?;
        let unknown = || UNKNOWN_ROLE.parse().map_err(|_| Problem::Server.answer());
        let job_role = self.job_role.clone().map_or_else(unknown, Ok)?;
        Ok(Some(SdsAuthor { role_profile, user, job_role }))
    }
}

const ROLE: &str = "nhsd-session-urid";

/// What somebody may whose token says nothing, on a server that believes any: everything.
fn anybody() -> Claims {
    let (user, role) = ANYBODY;
    Claims {
        nhsid_useruid: Some(user.to_owned()),
        selected_roleid: Some(role.to_owned()),
        scope: Some(EVERY.join(" ")),
        ..Claims::default()
    }
}

/// What the token of a request claims.
pub(super) fn claims<S>(headers: &HeaderMap, service: &Service<S>) -> Result<Claims, NotAccepted> {
    let token = bearer(headers).ok_or(NotAccepted)?;
    let given = service.clients.as_ref().and_then(|clients| clients.claims(token));
    given.map_or_else(|| Ok(service.tokens.claims(token)?.unwrap_or_else(anybody)), Ok)
}

/// The same where an API key may stand for the token.
pub(super) fn claims_of_key<S>(headers: &HeaderMap, service: &Service<S>) -> Result<Claims, NotAccepted> {
    let Some(key) = header(headers, "apikey") else { return claims(headers, service) };
    let known = service.clients.as_ref().and_then(|clients| clients.by_api_key(key));
    known.or_else(|| service.tokens.are_believed().then(anybody)).ok_or(NotAccepted)
}

/// The role profile: the header's, which must be one of the token's if it lists any; else the token's.
fn role(headers: &HeaderMap, claims: &Claims) -> Result<Option<String>, Answer> {
    let mut listed = claims.nhsid_nrbac_roles.iter().filter_map(|role| role.person_roleid.as_deref()).peekable();
    let Some(asked) = header(headers, ROLE) else { return Ok(claims.role().map(str::to_owned)) };
    let is_listed = listed.peek().is_none() || listed.any(|role| role == asked);
    if is_listed && asked.parse::<SdsRoleProfileId>().is_ok() {
        Ok(Some(asked.to_owned()))
    } else {
        Err(Problem::WrongRole(asked.to_owned()).answer())
    }
}

/// The token of an `Authorization: Bearer` header. On a server that believes any, an empty one is one.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = header(headers, "authorization")?;
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The value of a header; one that is not ASCII is none.
pub(super) fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok().map(str::trim).filter(|value| !value.is_empty())
}
