/*
 * The C interface of the Electronic Prescription Service library.
 *
 * Generated from the sources of eps-ffi, whose README has the rules of ownership, threads and lifetimes. Do not edit:
 * EPS_BLESS=1 cargo test -p eps-ffi --test header
 */

#ifndef EPS_H
#define EPS_H

#include <stddef.h>
#include <stdint.h>

/**
 * The version of this interface. It grows when a program compiled with an older header could not go on working; functions
 * and statuses may be added without that. Compare it with `eps_abi_version()` at start.
 */
#define EPS_ABI_VERSION 1

/**
 * The number of random bytes that `eps_convert_release` asks for.
 */
#define EPS_RANDOM_LEN 32

/**
 * A time that is not known. No call takes it for `now`.
 */
#define EPS_TIME_UNKNOWN INT64_MIN

/**
 * How a call ended. The hundreds say whose matter it is: 0 nobody's, 1 to 99 the calling program's, 100 to 199 the
 * message's, 200 to 299 the signature's, 900 to 999 this library's. A number is never given a second meaning; more
 * may be added, so have a default branch.
 */
enum eps_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * Done; outputs are written.
   */
  EPS_STATUS_OK = 0,
  /**
   * A pointer that must not be NULL is.
   */
  EPS_STATUS_NULL_ARGUMENT = 1,
  /**
   * A text that must be UTF-8 is not.
   */
  EPS_STATUS_NOT_UTF8 = 2,
  /**
   * A length is larger than any object can be.
   */
  EPS_STATUS_LENGTH_TOO_LARGE = 3,
  /**
   * A number is none of those that the argument can be.
   */
  EPS_STATUS_UNKNOWN_CHOICE = 4,
  /**
   * The bytes are not as many as the argument must have.
   */
  EPS_STATUS_WRONG_LENGTH = 5,
  /**
   * The message is refused; the error holds every problem with its place.
   */
  EPS_STATUS_MESSAGE_REFUSED = 100,
  /**
   * An identifier is not well formed, or its check character is wrong.
   */
  EPS_STATUS_ID_REFUSED = 101,
  /**
   * The message is well formed, and is not a prescription.
   */
  EPS_STATUS_NOT_A_PRESCRIPTION = 102,
  /**
   * The signature is refused; the error holds every failure and the report.
   */
  EPS_STATUS_SIGNATURE_REFUSED = 200,
  /**
   * A CA certificate cannot be read, or cannot serve as one.
   */
  EPS_STATUS_CERTIFICATE_REFUSED = 201,
  /**
   * Some revocation list cannot be used; the others are in force.
   */
  EPS_STATUS_LIST_UNUSED = 202,
  /**
   * A panic was caught: a defect of this library. The handles of the call may be freed, and should not be used again.
   */
  EPS_STATUS_PANIC = 900,
  /**
   * A result cannot be expressed: a defect of this library.
   */
  EPS_STATUS_INTERNAL = 901,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum eps_status eps_status;
#else
typedef int32_t eps_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What a verifier accepts.
 */
enum eps_policy
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * What a live service uses: SHA-256, keys of 2048 bits, NHS certificate policies, known revocation.
   */
  EPS_POLICY_PRODUCTION = 1,
  /**
   * What published test prescriptions need: also SHA-1, small keys, unknown revocation. Never for a live service.
   */
  EPS_POLICY_TEST = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum eps_policy eps_policy;
#else
typedef int32_t eps_policy;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Bytes that a call produced, such as a converted message. Owned by the caller: free it with `eps_buffer_free`.
 * It never changes and may be read from several threads.
 */
typedef struct eps_buffer eps_buffer;

/**
 * Who sends messages to whom. Owned by the caller: free it with `eps_context_free`.
 *
 * Several threads may use one for reading messages at the same time; only one may use it while it is changed.
 */
typedef struct eps_context eps_context;

/**
 * Why a call failed. Owned by the caller: free it with `eps_error_free`. It never changes and may be read from several
 * threads.
 *
 * Its message is safe to log. What its problems found, their messages and the OperationOutcome may quote the message that
 * was refused, and so hold patient data.
 */
typedef struct eps_error eps_error;

/**
 * One breach of one rule: what, where, what was found and what was expected. It belongs to its error, lives as long, and is
 * not freed by itself.
 */
typedef struct eps_problem eps_problem;

/**
 * CA certificates, revocation lists and a policy. Owned by the caller: free it with `eps_verifier_free`.
 *
 * Several threads may verify with one at the same time; only one may use it while its lists are replaced.
 */
typedef struct eps_verifier eps_verifier;

/**
 * A view of bytes that something else owns: each function that returns one says what, and for how long it lives.
 *
 * `data` is never NULL and a NUL follows the last byte, which `len` does not count, so that texts can be printed with `%s`.
 * Texts are UTF-8. A value quoted from a message may hold NULs itself: then only `len` tells the whole.
 */
typedef struct eps_str {
  /**
   * The first byte.
   */
  const char *data;
  /**
   * The number of bytes, without the NUL that follows them.
   */
  size_t len;
} eps_str;

/**
 * Bytes of the caller, for calls that take several at once.
 */
typedef struct eps_bytes {
  /**
   * The first byte.
   */
  const void *data;
  /**
   * The number of bytes.
   */
  size_t len;
} eps_bytes;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The `EPS_ABI_VERSION` of the library that is linked, which may be another than that of the header.
 */
uint32_t eps_abi_version(void);

/**
 * The version of the library, such as `0.1.0`. Static: valid for ever.
 */
struct eps_str eps_version(void);

/**
 * The name of a status, such as `EPS_STATUS_OK`; an empty text for a number that is none. Static: valid for ever.
 */
struct eps_str eps_status_name(int32_t status);

/**
 * The bytes of a buffer, valid until the buffer is freed; an empty text for NULL.
 *
 * # Safety
 * `buffer` is a live buffer or NULL.
 */
struct eps_str eps_buffer_bytes(const struct eps_buffer *buffer);

/**
 * Frees a buffer. NULL is fine.
 *
 * # Safety
 * `buffer` is a buffer that was not freed yet, or NULL. Views of its bytes are not used any more.
 */
void eps_buffer_free(struct eps_buffer *buffer);

/**
 * The status that the failed call returned; `EPS_STATUS_OK` for NULL.
 *
 * # Safety
 * `error` is a live error or NULL.
 */
eps_status eps_error_status(const struct eps_error *error);

/**
 * What went wrong, for people, one line for each problem: rule, place, and what the rule asks for. It quotes nothing of the
 * message, so it may be logged. Valid until the error is freed; an empty text for NULL.
 *
 * # Safety
 * `error` is a live error or NULL.
 */
struct eps_str eps_error_message(const struct eps_error *error);

/**
 * The number of problems, in document order; 0 where the call failed for another reason, and for NULL.
 *
 * # Safety
 * `error` is a live error or NULL.
 */
size_t eps_error_problem_count(const struct eps_error *error);

/**
 * One problem, counted from 0; NULL past the last one. It belongs to the error and lives as long.
 *
 * # Safety
 * `error` is a live error or NULL.
 */
const struct eps_problem *eps_error_problem(const struct eps_error *error, size_t index);

/**
 * The problems as a FHIR OperationOutcome, JSON, one issue each. It may quote the message.
 *
 * `*out` is a new buffer, or NULL where the call failed for another reason than problems.
 *
 * # Safety
 * `error` is a live error or NULL; `out` is writable or NULL.
 */
eps_status eps_error_operation_outcome(const struct eps_error *error, struct eps_buffer **out);

/**
 * The report of the verification that was refused, JSON: every check with its outcome.
 *
 * `*out` is a new buffer, or NULL where the status of the error is not `EPS_STATUS_SIGNATURE_REFUSED`.
 *
 * # Safety
 * `error` is a live error or NULL; `out` is writable or NULL.
 */
eps_status eps_error_report(const struct eps_error *error,
                            struct eps_buffer **out);

/**
 * Frees an error with all its problems. NULL is fine.
 *
 * # Safety
 * `error` is an error that was not freed yet, or NULL. Its problems and texts are not used any more.
 */
void eps_error_free(struct eps_error *error);

/**
 * The stable id of the broken rule, such as `xml.dtd`; `docs/errors.md` explains each. Empty for NULL.
 *
 * # Safety
 * `problem` is a problem of a live error, or NULL.
 */
struct eps_str eps_problem_rule(const struct eps_problem *problem);

/**
 * How bad it is: `fatal`, `error`, `warning` or `information`, as in FHIR. Empty for NULL.
 *
 * # Safety
 * `problem` is a problem of a live error, or NULL.
 */
struct eps_str eps_problem_severity(const struct eps_problem *problem);

/**
 * Where, for people: path, line and column, or `the document`. Empty for NULL.
 *
 * # Safety
 * `problem` is a problem of a live error, or NULL.
 */
struct eps_str eps_problem_place(const struct eps_problem *problem);

/**
 * Where, for programs: an indexed FHIRPath in a FHIR message, an indexed XPath of local names in an HL7 v3 one. Empty where
 * the place is no node, and for NULL.
 *
 * # Safety
 * `problem` is a problem of a live error, or NULL.
 */
struct eps_str eps_problem_path(const struct eps_problem *problem);

/**
 * The line of the place, from 1; 0 where the problem is that of the whole document, and for NULL.
 *
 * # Safety
 * `problem` is a problem of a live error, or NULL.
 */
size_t eps_problem_line(const struct eps_problem *problem);

/**
 * The column of the place in bytes, from 1; 0 where the problem is that of the whole document, and for NULL.
 *
 * # Safety
 * `problem` is a problem of a live error, or NULL.
 */
size_t eps_problem_column(const struct eps_problem *problem);

/**
 * What is wrong, in a sentence; where the NHS service has a text for it, that text. It may quote the message. Empty for NULL.
 *
 * # Safety
 * `problem` is a problem of a live error, or NULL.
 */
struct eps_str eps_problem_message(const struct eps_problem *problem);

/**
 * The offending value, cut to 200 characters: it is part of the message. Empty where there is none, and for NULL.
 *
 * # Safety
 * `problem` is a problem of a live error, or NULL.
 */
struct eps_str eps_problem_found(const struct eps_problem *problem);

/**
 * What would have been right. Empty for NULL.
 *
 * # Safety
 * `problem` is a problem of a live error, or NULL.
 */
struct eps_str eps_problem_expected(const struct eps_problem *problem);

/**
 * How to repair a message that breaks the rule, in a sentence. Empty for NULL.
 *
 * # Safety
 * `problem` is a problem of a live error, or NULL.
 */
struct eps_str eps_problem_fix(const struct eps_problem *problem);

/**
 * Checks a short-form prescription id: 20 characters, `XXXXXX-XXXXXX-XXXXXC`, capitals, the last one its check character.
 *
 * Returns `EPS_STATUS_OK` or `EPS_STATUS_ID_REFUSED`; the one problem of the error says which rule is broken and, for a wrong
 * check character, which one is expected.
 *
 * # Safety
 * `id` is readable for `id_len` bytes or NULL; `error` is writable or NULL.
 */
eps_status eps_prescription_id_check(const void *id,
                                     size_t id_len,
                                     struct eps_error **error);

/**
 * Makes a context from the accredited system ids (ASIDs) of the sending and the receiving system, 1 to 15 digits each. It
 * has no author, which suits unattended systems.
 *
 * # Safety
 * `from_asid` is readable for `from_asid_len` bytes or NULL, `to_asid` likewise; `out` and `error` are each writable or NULL.
 */
eps_status eps_context_new(const void *from_asid,
                           size_t from_asid_len,
                           const void *to_asid,
                           size_t to_asid_len,
                           struct eps_context **out,
                           struct eps_error **error);

/**
 * Says who sends: their SDS user id and SDS role profile id, 1 to 15 digits each, and the code of their job role, such as
 * `R8000`, or `UNKNOWN` where the sender does not know it. The context is unchanged when one of them is refused.
 *
 * # Safety
 * `context` is a live context that no other thread uses, or NULL. Each text is readable for its length or NULL; `error` is
 * writable or NULL.
 */
eps_status eps_context_set_author(struct eps_context *context,
                                  const void *user,
                                  size_t user_len,
                                  const void *role_profile,
                                  size_t role_profile_len,
                                  const void *job_role,
                                  size_t job_role_len,
                                  struct eps_error **error);

/**
 * Frees a context. NULL is fine.
 *
 * # Safety
 * `context` is a context that was not freed yet and that no thread uses, or NULL.
 */
void eps_context_free(struct eps_context *context);

/**
 * Reads a message, FHIR R4 JSON or HL7 v3 XML, and reports every problem found.
 *
 * `now` is the time of reading in seconds since 1970, UTC. Returns `EPS_STATUS_OK` when the message can be read whole, else
 * `EPS_STATUS_MESSAGE_REFUSED`. A prescription id with a wrong check character is refused. A signature is not verified: see
 * `eps_verify`.
 *
 * # Safety
 * `context` is a live context or NULL; `message` is readable for `message_len` bytes or NULL; `error` is writable or NULL.
 */
eps_status eps_validate(const struct eps_context *context,
                        int64_t now,
                        const void *message,
                        size_t message_len,
                        struct eps_error **error);

/**
 * Converts a FHIR R4 message, JSON, to HL7 v3 XML in canonical form.
 *
 * `now` is the time of conversion in seconds since 1970, UTC: the creation time of the message, and of an unsigned
 * prescription. Prescription ids are taken as they are written: see `eps_validate`. A release request is refused, because
 * it brings no ids to send it under: see `eps_convert_release`. On success `*out` is a new buffer. Returns `EPS_STATUS_MESSAGE_REFUSED` with every problem and its place when
 * the message cannot be converted.
 *
 * # Safety
 * `context` is a live context or NULL; `message` is readable for `message_len` bytes or NULL; `out` and `error` are each
 * writable or NULL.
 */
eps_status eps_convert(const struct eps_context *context,
                       int64_t now,
                       const void *message,
                       size_t message_len,
                       struct eps_buffer **out,
                       struct eps_error **error);

/**
 * Converts a message as `eps_convert` does, a release request too: it is sent under ids made of `EPS_RANDOM_LEN` random bytes.
 *
 * Take fresh bytes from the system's random source for each request: two requests with the same ids are one request, and
 * get the same answer. To repeat a request whose answer was lost, send the same converted message again.
 *
 * # Safety
 * `context` is a live context or NULL; `random` is readable for `random_len` bytes or NULL, `message` for `message_len`; `out` and
 * `error` are each writable or NULL.
 */
eps_status eps_convert_release(const struct eps_context *context,
                               int64_t now,
                               const void *random,
                               size_t random_len,
                               const void *message,
                               size_t message_len,
                               struct eps_buffer **out,
                               struct eps_error **error);

/**
 * Prepares a prescription for signing: reads an order, FHIR R4 JSON or HL7 v3 XML, and answers the FHIR `Parameters` with
 * `digest` (the payload to sign, base64), `timestamp` and `algorithm` (`RS256`).
 *
 * `now` is the time of signing in seconds since 1970, UTC; in FHIR it becomes the author time of an unsigned prescription.
 * On success `*out` is a new buffer of JSON. Returns `EPS_STATUS_NOT_A_PRESCRIPTION` for a message of another kind.
 *
 * # Safety
 * `context` is a live context or NULL; `message` is readable for `message_len` bytes or NULL; `out` and `error` are each
 * writable or NULL.
 */
eps_status eps_prepare(const struct eps_context *context,
                       int64_t now,
                       const void *message,
                       size_t message_len,
                       struct eps_buffer **out,
                       struct eps_error **error);

/**
 * Makes a verifier for a policy (`EPS_POLICY_PRODUCTION` or `EPS_POLICY_TEST`) from CA certificates: `anchors` are trusted,
 * `intermediates` are believed as far as a path leads to an anchor. Each is either PEM with any number of certificates, or
 * DER with one. `intermediates` may be NULL for none.
 *
 * The signatures between them are verified once, here. Without revocation lists the production policy accepts nothing: see
 * `eps_verifier_set_revocation_lists`.
 *
 * # Safety
 * `anchors` is readable for `anchors_len` bytes or NULL, `intermediates` likewise; `out` and `error` are each writable or NULL.
 */
eps_status eps_verifier_new(int32_t policy,
                            const void *anchors,
                            size_t anchors_len,
                            const void *intermediates,
                            size_t intermediates_len,
                            struct eps_verifier **out,
                            struct eps_error **error);

/**
 * Replaces the revocation lists of a verifier by others, each verified with the CA that signed it. Each of the `count` elements
 * of `lists` is either PEM with any number of lists, or DER with one.
 *
 * A list that cannot be used must not switch off the others, so all that can be used are in force when the call returns;
 * if some cannot, it returns `EPS_STATUS_LIST_UNUSED` and the message of the error names each, counted from 0 in the order given. In all other
 * failures the verifier is unchanged. `lists` may be NULL with a `count` of 0.
 *
 * # Safety
 * `verifier` is a live verifier that no other thread uses, or NULL; `lists` are `count` readable elements or NULL, whose bytes
 * are readable for their lengths or NULL; `error` is writable or NULL.
 */
eps_status eps_verifier_set_revocation_lists(struct eps_verifier *verifier,
                                             const struct eps_bytes *lists,
                                             size_t count,
                                             struct eps_error **error);

/**
 * Verifies the signature of a prescription, HL7 v3 XML: a message that carries a `ParentPrescription`, or that element.
 *
 * `now` is the time of verification, `received` when the prescription was received, both in seconds since 1970, UTC;
 * `EPS_TIME_UNKNOWN` for `received` when it is not on record. Pass the very bytes that arrived, and use no others
 * afterwards.
 *
 * Returns `EPS_STATUS_OK` only if every check has passed, or was left out because the policy accepts that it cannot be made;
 * `*report` is then a new buffer with the report, JSON. Returns `EPS_STATUS_SIGNATURE_REFUSED` when a check has failed:
 * `eps_error_report` has the report, and each failure is a problem of the error.
 *
 * # Safety
 * `verifier` is a live verifier or NULL; `message` is readable for `message_len` bytes or NULL; `report` and `error` are each
 * writable or NULL.
 */
eps_status eps_verify(const struct eps_verifier *verifier,
                      int64_t now,
                      int64_t received,
                      const void *message,
                      size_t message_len,
                      struct eps_buffer **report,
                      struct eps_error **error);

/**
 * Frees a verifier. NULL is fine.
 *
 * # Safety
 * `verifier` is a verifier that was not freed yet and that no thread uses, or NULL.
 */
void eps_verifier_free(struct eps_verifier *verifier);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* EPS_H */
