//! Why a call failed: a status, a sentence, and the problems of the message.

use eps_core::problem::{Place, Problem, Problems, operation_outcome};
use eps_core::signature::Report;

use crate::arguments::{Slot, borrow, free};
use crate::guard::{guard, guard_value};
use crate::status::eps_status;
use crate::text::{Text, eps_buffer, eps_str};

/// What a body gives back when it does not succeed. It becomes an [`eps_error`] only if the caller asks for one.
pub(crate) struct Failure {
    pub(crate) status: eps_status,
    message: String,
    problems: Option<Problems>,
    report: Option<Box<Report>>,
}

impl Failure {
    /// A failure that is no problem of a message.
    pub(crate) fn new(status: eps_status, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), problems: None, report: None }
    }

    /// A pointer that must not be NULL is.
    pub(crate) fn null(argument: &str) -> Self {
        Self::new(eps_status::NullArgument, format!("{argument} is NULL"))
    }

    /// What the caller passed has problems.
    pub(crate) fn problems(status: eps_status, problems: impl Into<Problems>) -> Self {
        let problems = problems.into();
        Self { status, message: problems.to_string(), problems: Some(problems), report: None }
    }

    /// The verification report that goes with it.
    pub(crate) fn with_report(mut self, report: &Report) -> Self {
        self.report = Some(Box::new(report.clone()));
        self
    }
}

/// A message was refused.
impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        Self::problems(eps_status::MessageRefused, problems)
    }
}

/// Why a call failed. Owned by the caller: free it with `eps_error_free`. It never changes and may be read from several
/// threads.
///
/// Its message is safe to log. What its problems found, their messages and the OperationOutcome may quote the message that
/// was refused, and so hold patient data.
pub struct eps_error {
    status: eps_status,
    message: Text,
    problems: Vec<eps_problem>,
    source: Option<Problems>,
    report: Option<Box<Report>>,
}

impl eps_error {
    pub(crate) fn new(failure: Failure) -> Self {
        let Failure { status, message, problems, report } = failure;
        let told = problems.iter().flatten().map(eps_problem::new).collect();
        Self { status, message: Text::new(message), problems: told, source: problems, report }
    }
}

/// One breach of one rule: what, where, what was found and what was expected. It belongs to its error, lives as long, and is
/// not freed by itself.
pub struct eps_problem {
    rule: Text,
    severity: Text,
    place: Text,
    path: Option<Text>,
    line: usize,
    column: usize,
    message: Text,
    found: Option<Text>,
    expected: Text,
    fix: Text,
}

impl eps_problem {
    fn new(problem: &Problem) -> Self {
        let (path, line, column) = match &problem.place {
            Place::Position { line, column } => (None, *line, *column),
            Place::Json { fhirpath: path, line, column, .. } | Place::Xml { xpath: path, line, column } => {
                (Some(path.as_str()), *line, *column)
            }
            // The second are kinds of places that are added later: `place` tells them.
            Place::Document | _ => (None, 0, 0),
        };
        Self {
            rule: Text::new(problem.rule.id),
            severity: Text::new(problem.rule.severity.code()),
            place: Text::new(problem.place.to_string()),
            path: path.map(Text::new),
            line,
            column,
            message: Text::new(problem.message.as_str()),
            found: problem.found.as_ref().map(|found| Text::new(found.as_str())),
            expected: Text::new(problem.expected.as_deref().unwrap_or(problem.rule.requires)),
            fix: Text::new(problem.rule.fix),
        }
    }
}

/// The status that the failed call returned; `EPS_STATUS_OK` for NULL.
///
/// # Safety
/// `error` is a live error or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn eps_error_status(error: *const eps_error) -> eps_status {
    // SAFETY: the caller promises a live error or NULL.
    let error = unsafe { borrow(error) };
    guard_value(eps_status::Panic, || error.map_or(eps_status::Ok, |error| error.status))
}

/// What went wrong, for people, one line for each problem: rule, place, and what the rule asks for. It quotes nothing of the
/// message, so it may be logged. Valid until the error is freed; an empty text for NULL.
///
/// # Safety
/// `error` is a live error or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn eps_error_message(error: *const eps_error) -> eps_str {
    // SAFETY: the caller promises a live error or NULL.
    let error = unsafe { borrow(error) };
    guard_value(eps_str::EMPTY, || error.map_or(eps_str::EMPTY, |error| error.message.view()))
}

/// The number of problems, in document order; 0 where the call failed for another reason, and for NULL.
///
/// # Safety
/// `error` is a live error or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn eps_error_problem_count(error: *const eps_error) -> usize {
    // SAFETY: the caller promises a live error or NULL.
    let error = unsafe { borrow(error) };
    guard_value(0, || error.map_or(0, |error| error.problems.len()))
}

/// One problem, counted from 0; NULL past the last one. It belongs to the error and lives as long.
///
/// # Safety
/// `error` is a live error or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn eps_error_problem(error: *const eps_error, index: usize) -> *const eps_problem {
    // SAFETY: the caller promises a live error or NULL.
    let error = unsafe { borrow(error) };
    guard_value(std::ptr::null(), || {
        error.and_then(|error| error.problems.get(index)).map_or(std::ptr::null(), std::ptr::from_ref)
    })
}

/// The problems as a FHIR OperationOutcome, JSON, one issue each. It may quote the message.
///
/// `*out` is a new buffer, or NULL where the call failed for another reason than problems.
///
/// # Safety
/// `error` is a live error or NULL; `out` is writable or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn eps_error_operation_outcome(error: *const eps_error, out: *mut *mut eps_buffer) -> eps_status {
    // SAFETY: the caller promises a live error or NULL.
    let error = unsafe { borrow(error) };
    // SAFETY: the caller promises that a non-NULL `out` is writable.
    let out = unsafe { Slot::new(out) };
    guard(None, || {
        let out = out.ok_or_else(|| Failure::null("out"))?;
        let error = error.ok_or_else(|| Failure::null("error"))?;
        if let Some(problems) = &error.source {
            out.fill(eps_buffer::new(operation_outcome(problems).to_string()));
        }
        Ok(())
    })
}

/// The report of the verification that was refused, JSON: every check with its outcome.
///
/// `*out` is a new buffer, or NULL where the status of the error is not `EPS_STATUS_SIGNATURE_REFUSED`.
///
/// # Safety
/// `error` is a live error or NULL; `out` is writable or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn eps_error_report(error: *const eps_error, out: *mut *mut eps_buffer) -> eps_status {
    // SAFETY: the caller promises a live error or NULL.
    let error = unsafe { borrow(error) };
    // SAFETY: the caller promises that a non-NULL `out` is writable.
    let out = unsafe { Slot::new(out) };
    guard(None, || {
        let out = out.ok_or_else(|| Failure::null("out"))?;
        let error = error.ok_or_else(|| Failure::null("error"))?;
        if let Some(report) = &error.report {
            out.fill(eps_buffer::json(report)?);
        }
        Ok(())
    })
}

/// Frees an error with all its problems. NULL is fine.
///
/// # Safety
/// `error` is an error that was not freed yet, or NULL. Its problems and texts are not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn eps_error_free(error: *mut eps_error) {
    // SAFETY: the caller promises an error of ours that was not freed yet, or NULL.
    guard_value((), || unsafe { free(error) });
}

/// The stable id of the broken rule, such as `xml.dtd`; `docs/errors.md` explains each. Empty for NULL.
///
/// # Safety
/// `problem` is a problem of a live error, or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn eps_problem_rule(problem: *const eps_problem) -> eps_str {
    // SAFETY: the caller promises a live problem or NULL.
    let problem = unsafe { borrow(problem) };
    guard_value(eps_str::EMPTY, || problem.map_or(eps_str::EMPTY, |problem| problem.rule.view()))
}

/// How bad it is: `fatal`, `error`, `warning` or `information`, as in FHIR. Empty for NULL.
///
/// # Safety
/// `problem` is a problem of a live error, or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn eps_problem_severity(problem: *const eps_problem) -> eps_str {
    // SAFETY: the caller promises a live problem or NULL.
    let problem = unsafe { borrow(problem) };
    guard_value(eps_str::EMPTY, || problem.map_or(eps_str::EMPTY, |problem| problem.severity.view()))
}

/// Where, for people: path, line and column, or `the document`. Empty for NULL.
///
/// # Safety
/// `problem` is a problem of a live error, or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn eps_problem_place(problem: *const eps_problem) -> eps_str {
    // SAFETY: the caller promises a live problem or NULL.
    let problem = unsafe { borrow(problem) };
    guard_value(eps_str::EMPTY, || problem.map_or(eps_str::EMPTY, |problem| problem.place.view()))
}

/// Where, for programs: an indexed FHIRPath in a FHIR message, an indexed XPath of local names in an HL7 v3 one. Empty where
/// the place is no node, and for NULL.
///
/// # Safety
/// `problem` is a problem of a live error, or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn eps_problem_path(problem: *const eps_problem) -> eps_str {
    // SAFETY: the caller promises a live problem or NULL.
    let problem = unsafe { borrow(problem) };
    guard_value(eps_str::EMPTY, || problem.and_then(|problem| problem.path.as_ref()).map_or(eps_str::EMPTY, Text::view))
}

/// The line of the place, from 1; 0 where the problem is that of the whole document, and for NULL.
///
/// # Safety
/// `problem` is a problem of a live error, or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn eps_problem_line(problem: *const eps_problem) -> usize {
    // SAFETY: the caller promises a live problem or NULL.
    let problem = unsafe { borrow(problem) };
    guard_value(0, || problem.map_or(0, |problem| problem.line))
}

/// The column of the place in bytes, from 1; 0 where the problem is that of the whole document, and for NULL.
///
/// # Safety
/// `problem` is a problem of a live error, or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn eps_problem_column(problem: *const eps_problem) -> usize {
    // SAFETY: the caller promises a live problem or NULL.
    let problem = unsafe { borrow(problem) };
    guard_value(0, || problem.map_or(0, |problem| problem.column))
}

/// What is wrong, in a sentence; where the NHS service has a text for it, that text. It may quote the message. Empty for NULL.
///
/// # Safety
/// `problem` is a problem of a live error, or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn eps_problem_message(problem: *const eps_problem) -> eps_str {
    // SAFETY: the caller promises a live problem or NULL.
    let problem = unsafe { borrow(problem) };
    guard_value(eps_str::EMPTY, || problem.map_or(eps_str::EMPTY, |problem| problem.message.view()))
}

/// The offending value, cut to 200 characters: it is part of the message. Empty where there is none, and for NULL.
///
/// # Safety
/// `problem` is a problem of a live error, or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn eps_problem_found(problem: *const eps_problem) -> eps_str {
    // SAFETY: the caller promises a live problem or NULL.
    let problem = unsafe { borrow(problem) };
    guard_value(eps_str::EMPTY, || {
        problem.and_then(|problem| problem.found.as_ref()).map_or(eps_str::EMPTY, Text::view)
    })
}

/// What would have been right. Empty for NULL.
///
/// # Safety
/// `problem` is a problem of a live error, or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn eps_problem_expected(problem: *const eps_problem) -> eps_str {
    // SAFETY: the caller promises a live problem or NULL.
    let problem = unsafe { borrow(problem) };
    guard_value(eps_str::EMPTY, || problem.map_or(eps_str::EMPTY, |problem| problem.expected.view()))
}

/// How to repair a message that breaks the rule, in a sentence. Empty for NULL.
///
/// # Safety
/// `problem` is a problem of a live error, or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn eps_problem_fix(problem: *const eps_problem) -> eps_str {
    // SAFETY: the caller promises a live problem or NULL.
    let problem = unsafe { borrow(problem) };
    guard_value(eps_str::EMPTY, || problem.map_or(eps_str::EMPTY, |problem| problem.fix.view()))
}
