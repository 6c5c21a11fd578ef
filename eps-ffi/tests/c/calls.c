/*
 * Every call of eps.h with good, missing, empty and meaningless arguments. Built with sanitizers by the tests: what this
 * program does not say itself, they say.
 *
 *   calls ORDER.json RELEASE.json SIGNED.xml CHANGED.xml CA.pem SUB-CA.der LIST.pem CA-LIST.crl
 *
 * SIGNED.xml is signed by a prescriber of the sub-CA, CHANGED.xml is the same with another quantity.
 */

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eps.h"

#define TEXT(literal) (literal), (sizeof(literal) - 1)
#define NOW INT64_C(1643673600) /* 2022-02-01T00:00:00Z */

typedef struct {
  char *bytes;
  size_t len;
} file;

static int failures = 0;
static int checks = 0;

#define CHECK(condition) check((condition), #condition, __LINE__)

static void check(int holds, const char *condition, int line) {
  checks++;
  if (!holds) {
    failures++;
    printf("line %d: %s\n", line, condition);
  }
}

/* Whether a view holds exactly this text and ends in a NUL. */
static int is(eps_str view, const char *text) {
  return view.data != NULL && view.len == strlen(text) && memcmp(view.data, text, view.len + 1) == 0;
}

static int holds(eps_str view, const char *part) { return strstr(view.data, part) != NULL; }

/* An address that no object has: a call that touched it would end the program. */
static void *nowhere(void) { return (void *)(uintptr_t)16; }

static void versions(void) {
  CHECK(eps_abi_version() == EPS_ABI_VERSION);
  CHECK(is(eps_version(), VERSION));
  CHECK(is(eps_status_name(EPS_STATUS_OK), "EPS_STATUS_OK"));
  CHECK(is(eps_status_name(EPS_STATUS_PANIC), "EPS_STATUS_PANIC"));
  CHECK(is(eps_status_name(-1), ""));
  CHECK(is(eps_status_name(INT32_MAX), ""));
}

static void nothing_at_all(void) {
  eps_buffer_free(NULL);
  eps_error_free(NULL);
  eps_context_free(NULL);
  eps_verifier_free(NULL);
  CHECK(is(eps_buffer_bytes(NULL), ""));
  CHECK(eps_error_status(NULL) == EPS_STATUS_OK);
  CHECK(is(eps_error_message(NULL), ""));
  CHECK(eps_error_problem_count(NULL) == 0);
  CHECK(eps_error_problem(NULL, 0) == NULL);
  CHECK(eps_error_operation_outcome(NULL, NULL) == EPS_STATUS_NULL_ARGUMENT);
  eps_buffer *out = nowhere();
  CHECK(eps_error_operation_outcome(NULL, &out) == EPS_STATUS_NULL_ARGUMENT && out == NULL);
  CHECK(is(eps_problem_rule(NULL), ""));
  CHECK(is(eps_problem_severity(NULL), ""));
  CHECK(is(eps_problem_place(NULL), ""));
  CHECK(is(eps_problem_path(NULL), ""));
  CHECK(eps_problem_line(NULL) == 0);
  CHECK(eps_problem_column(NULL) == 0);
  CHECK(is(eps_problem_message(NULL), ""));
  CHECK(is(eps_problem_found(NULL), ""));
  CHECK(is(eps_problem_expected(NULL), ""));
  CHECK(is(eps_problem_fix(NULL), ""));
}

static void prescription_ids(void) {
  eps_error *error = nowhere();
  CHECK(eps_prescription_id_check(TEXT("9142DC-A99968-11EB9M"), &error) == EPS_STATUS_OK && error == NULL);
  CHECK(eps_prescription_id_check(TEXT("9142DC-A99968-11EB9M"), NULL) == EPS_STATUS_OK);
  CHECK(eps_prescription_id_check(NULL, 20, NULL) == EPS_STATUS_NULL_ARGUMENT);
  CHECK(eps_prescription_id_check("", 0, NULL) == EPS_STATUS_ID_REFUSED);
  CHECK(eps_prescription_id_check("x", SIZE_MAX, NULL) == EPS_STATUS_LENGTH_TOO_LARGE);
  CHECK(eps_prescription_id_check(TEXT("\xFF\xFE"), &error) == EPS_STATUS_NOT_UTF8);
  CHECK(eps_error_status(error) == EPS_STATUS_NOT_UTF8);
  CHECK(eps_error_problem_count(error) == 0);
  eps_buffer *outcome = nowhere();
  CHECK(eps_error_operation_outcome(error, &outcome) == EPS_STATUS_OK && outcome == NULL);
  eps_error_free(error);

  CHECK(eps_prescription_id_check(TEXT("9142DC-A99968-11EB9N"), &error) == EPS_STATUS_ID_REFUSED);
  CHECK(eps_error_status(error) == EPS_STATUS_ID_REFUSED);
  CHECK(holds(eps_error_message(error), "ids.prescription-id.check-character at the document"));
  CHECK(eps_error_problem_count(error) == 1);
  CHECK(eps_error_problem(error, 1) == NULL);
  CHECK(eps_error_problem(error, SIZE_MAX) == NULL);
  const eps_problem *problem = eps_error_problem(error, 0);
  CHECK(is(eps_problem_rule(problem), "ids.prescription-id.check-character"));
  CHECK(is(eps_problem_severity(problem), "error"));
  CHECK(is(eps_problem_place(problem), "the document"));
  CHECK(is(eps_problem_path(problem), ""));
  CHECK(eps_problem_line(problem) == 0 && eps_problem_column(problem) == 0);
  CHECK(is(eps_problem_found(problem), "9142DC-A99968-11EB9N"));
  CHECK(is(eps_problem_expected(problem), "M"));
  CHECK(eps_problem_fix(problem).len > 0);
  CHECK(eps_error_operation_outcome(error, &outcome) == EPS_STATUS_OK);
  CHECK(holds(eps_buffer_bytes(outcome), "\"resourceType\":\"OperationOutcome\""));
  eps_error_free(error);
  CHECK(holds(eps_buffer_bytes(outcome), "ids.prescription-id.check-character")); /* it outlives the error */
  eps_buffer_free(outcome);
}

static eps_context *contexts(void) {
  eps_context *context = nowhere();
  eps_error *error = nowhere();
  CHECK(eps_context_new(NULL, 0, TEXT("2"), &context, &error) == EPS_STATUS_NULL_ARGUMENT && context == NULL);
  CHECK(is(eps_error_message(error), "from_asid is NULL"));
  eps_error_free(error);
  CHECK(eps_context_new(TEXT("1"), NULL, 0, &context, NULL) == EPS_STATUS_NULL_ARGUMENT);
  CHECK(eps_context_new(TEXT("1"), TEXT("2"), NULL, NULL) == EPS_STATUS_NULL_ARGUMENT);
  CHECK(eps_context_new(TEXT("A"), TEXT("2"), &context, &error) == EPS_STATUS_ID_REFUSED && context == NULL);
  CHECK(is(eps_problem_rule(eps_error_problem(error, 0)), "ids.sds"));
  eps_error_free(error);
  CHECK(eps_context_new(TEXT("200000000001"), TEXT("200000000002"), &context, &error) == EPS_STATUS_OK);
  CHECK(context != NULL && error == NULL);

  CHECK(eps_context_set_author(NULL, TEXT("1"), TEXT("2"), TEXT("R8000"), NULL) == EPS_STATUS_NULL_ARGUMENT);
  CHECK(eps_context_set_author(context, NULL, 0, TEXT("2"), TEXT("R8000"), NULL) == EPS_STATUS_NULL_ARGUMENT);
  CHECK(eps_context_set_author(context, TEXT("1"), NULL, 0, TEXT("R8000"), NULL) == EPS_STATUS_NULL_ARGUMENT);
  CHECK(eps_context_set_author(context, TEXT("1"), TEXT("2"), NULL, 0, NULL) == EPS_STATUS_NULL_ARGUMENT);
  CHECK(eps_context_set_author(context, TEXT("x"), TEXT("2"), TEXT("R8000"), NULL) == EPS_STATUS_ID_REFUSED);
  CHECK(eps_context_set_author(context, TEXT("1"), TEXT("2"), TEXT(""), &error) == EPS_STATUS_ID_REFUSED);
  CHECK(is(eps_error_message(error), "job_role: the text is empty"));
  eps_error_free(error);
  CHECK(eps_context_set_author(context, TEXT("1"), TEXT("2"), TEXT("R8000"), NULL) == EPS_STATUS_OK);
  CHECK(eps_context_set_author(context, TEXT("3"), TEXT("4"), TEXT("UNKNOWN"), NULL) == EPS_STATUS_OK);
  return context;
}

/* What neither reader takes: refused with a place, never a crash. */
static void garbage(const eps_context *context) {
  static const char *const MESSAGES[] = {
      "", " ", "{", "[]", "null", "{\"resourceType\":\"Patient\"}", "<", "<a/>", "<!DOCTYPE a><a/>", "\xEF\xBB\xBF", "\xFF",
      "{\"resourceType\":\"Bundle\"}", "<PORX_IN020101SM31 xmlns=\"urn:hl7-org:v3\"/>",
  };
  for (size_t at = 0; at < sizeof MESSAGES / sizeof *MESSAGES; at++) {
    /* A copy without a NUL behind it, so that a read past the end is found. */
    size_t len = strlen(MESSAGES[at]);
    char *copy = malloc(len == 0 ? 1 : len);
    memcpy(copy, MESSAGES[at], len);
    eps_error *error = NULL;
    CHECK(eps_validate(context, NOW, copy, len, &error) == EPS_STATUS_MESSAGE_REFUSED);
    CHECK(eps_error_problem_count(error) > 0);
    CHECK(eps_problem_rule(eps_error_problem(error, 0)).len > 0);
    eps_error_free(error);
    eps_buffer *out = nowhere();
    CHECK(eps_convert(context, NOW, copy, len, &out, &error) == EPS_STATUS_MESSAGE_REFUSED && out == NULL);
    eps_error_free(error);
    free(copy);
  }
}

static void messages(const eps_context *context, const char *bundle, size_t len) {
  eps_buffer *out = nowhere();
  eps_error *error = nowhere();
  CHECK(eps_validate(NULL, NOW, bundle, len, NULL) == EPS_STATUS_NULL_ARGUMENT);
  CHECK(eps_validate(context, NOW, NULL, len, NULL) == EPS_STATUS_NULL_ARGUMENT);
  CHECK(eps_convert(NULL, NOW, bundle, len, &out, &error) == EPS_STATUS_NULL_ARGUMENT && out == NULL);
  CHECK(is(eps_error_message(error), "context is NULL"));
  eps_error_free(error);
  CHECK(eps_convert(context, NOW, NULL, len, &out, NULL) == EPS_STATUS_NULL_ARGUMENT);
  CHECK(eps_convert(context, NOW, bundle, len, NULL, NULL) == EPS_STATUS_NULL_ARGUMENT);

  CHECK(eps_validate(context, NOW, bundle, len, &error) == EPS_STATUS_OK && error == NULL);
  for (int again = 0; again < 2; again++) { /* a context serves any number of calls */
    CHECK(eps_convert(context, NOW, bundle, len, &out, &error) == EPS_STATUS_OK && out != NULL && error == NULL);
    eps_str xml = eps_buffer_bytes(out);
    CHECK(strncmp(xml.data, "<PORX_IN020101SM31 ", 19) == 0 && xml.data[xml.len] == '\0');
    CHECK(holds(xml, "<creationTime value=\"20220201000000\">"));
    CHECK(eps_validate(context, NOW, xml.data, xml.len, NULL) == EPS_STATUS_OK);
    eps_buffer_free(out);
  }
  /* Times that no calendar has are held within it. */
  CHECK(eps_validate(context, INT64_MAX, bundle, len, NULL) != EPS_STATUS_PANIC);
  CHECK(eps_validate(context, INT64_MIN, bundle, len, NULL) != EPS_STATUS_PANIC);
  /* Cut anywhere, it is refused. */
  for (size_t cut = 0; cut < len; cut += 997) {
    CHECK(eps_convert(context, NOW, bundle, cut, &out, NULL) == EPS_STATUS_MESSAGE_REFUSED && out == NULL);
  }
}

static void releases(const eps_context *context, const file *order, const file *release) {
  unsigned char random[EPS_RANDOM_LEN];
  const size_t enough = sizeof random;
  memset(random, 0xA5, enough);
  const char *id = "A5A5A5A5-A5A5-45A5-A5A5-A5A5A5A5A5A5";
  const char *bytes = release->bytes;
  const size_t len = release->len;
  eps_buffer *out = nowhere();
  eps_error *error = nowhere();
  CHECK(eps_convert_release(NULL, NOW, random, enough, bytes, len, &out, NULL) == EPS_STATUS_NULL_ARGUMENT);
  CHECK(out == NULL);
  CHECK(eps_convert_release(context, NOW, NULL, enough, bytes, len, &out, &error) == EPS_STATUS_NULL_ARGUMENT);
  CHECK(is(eps_error_message(error), "random is NULL"));
  eps_error_free(error);
  CHECK(eps_convert_release(context, NOW, random, 31, bytes, len, &out, NULL) == EPS_STATUS_WRONG_LENGTH);
  CHECK(eps_convert_release(context, NOW, random, 0, bytes, len, &out, NULL) == EPS_STATUS_WRONG_LENGTH);
  CHECK(eps_convert_release(context, NOW, random, enough, NULL, 0, &out, NULL) == EPS_STATUS_NULL_ARGUMENT);
  CHECK(eps_convert_release(context, NOW, random, enough, bytes, len, NULL, NULL) == EPS_STATUS_NULL_ARGUMENT);
  CHECK(eps_convert_release(context, NOW, random, enough, TEXT("{}"), &out, NULL) == EPS_STATUS_MESSAGE_REFUSED);

  CHECK(eps_validate(context, NOW, bytes, len, NULL) == EPS_STATUS_OK);
  CHECK(eps_convert_release(context, NOW, random, enough, bytes, len, &out, &error) == EPS_STATUS_OK && error == NULL);
  CHECK(strncmp(eps_buffer_bytes(out).data, "<PORX_IN060102SM30 ", 19) == 0 && holds(eps_buffer_bytes(out), id));
  /* It is no prescription, and cannot be signed as one. */
  eps_str xml = eps_buffer_bytes(out);
  eps_buffer *none = nowhere();
  CHECK(eps_prepare(context, NOW, xml.data, xml.len, &none, NULL) == EPS_STATUS_NOT_A_PRESCRIPTION && none == NULL);
  eps_buffer_free(out);
  /* An order brings its own id, and keeps it. */
  CHECK(eps_convert_release(context, NOW, random, enough, order->bytes, order->len, &out, NULL) == EPS_STATUS_OK);
  CHECK(!holds(eps_buffer_bytes(out), id));
  eps_buffer_free(out);
  /* Without random bytes a release is refused for that reason. */
  CHECK(eps_convert(context, NOW, bytes, len, &out, &error) == EPS_STATUS_MESSAGE_REFUSED && out == NULL);
  CHECK(is(eps_problem_rule(eps_error_problem(error, 0)), "fhir.message.unsupported"));
  CHECK(holds(eps_problem_message(eps_error_problem(error, 0)), "with ids to give it"));
  eps_error_free(error);
}

static void prepares(const eps_context *context, const file *order, const file *signed_xml) {
  eps_buffer *out = nowhere();
  eps_error *error = nowhere();
  CHECK(eps_prepare(NULL, NOW, order->bytes, order->len, &out, NULL) == EPS_STATUS_NULL_ARGUMENT && out == NULL);
  CHECK(eps_prepare(context, NOW, NULL, 5, &out, NULL) == EPS_STATUS_NULL_ARGUMENT);
  CHECK(eps_prepare(context, NOW, order->bytes, order->len, NULL, NULL) == EPS_STATUS_NULL_ARGUMENT);
  CHECK(eps_prepare(context, NOW, TEXT("{}"), &out, &error) == EPS_STATUS_MESSAGE_REFUSED && out == NULL);
  eps_error_free(error);
  CHECK(eps_prepare(context, NOW, order->bytes, order->len, &out, &error) == EPS_STATUS_OK && error == NULL);
  CHECK(holds(eps_buffer_bytes(out), "{\"resourceType\":\"Parameters\","));
  CHECK(holds(eps_buffer_bytes(out), "\"valueString\":\"RS256\""));
  eps_buffer_free(out);
  CHECK(eps_prepare(context, NOW, signed_xml->bytes, signed_xml->len, &out, NULL) == EPS_STATUS_OK);
  eps_buffer_free(out);
}

static eps_verifier *verifiers(const file *ca, const file *sub_ca) {
  eps_verifier *verifier = nowhere();
  eps_error *error = nowhere();
  const int32_t policy = EPS_POLICY_PRODUCTION;
  CHECK(eps_verifier_new(policy, NULL, 0, NULL, 0, &verifier, &error) == EPS_STATUS_NULL_ARGUMENT && verifier == NULL);
  CHECK(is(eps_error_message(error), "anchors is NULL"));
  eps_error_free(error);
  CHECK(eps_verifier_new(policy, ca->bytes, ca->len, NULL, 0, NULL, NULL) == EPS_STATUS_NULL_ARGUMENT);
  CHECK(eps_verifier_new(0, ca->bytes, ca->len, NULL, 0, &verifier, NULL) == EPS_STATUS_UNKNOWN_CHOICE);
  CHECK(eps_verifier_new(INT32_MIN, ca->bytes, ca->len, NULL, 0, &verifier, NULL) == EPS_STATUS_UNKNOWN_CHOICE);
  CHECK(eps_verifier_new(policy, "", 0, NULL, 0, &verifier, NULL) == EPS_STATUS_CERTIFICATE_REFUSED);
  CHECK(eps_verifier_new(policy, TEXT("\x30\x82\xFF"), NULL, 0, &verifier, NULL) == EPS_STATUS_CERTIFICATE_REFUSED);
  CHECK(eps_verifier_new(policy, ca->bytes, ca->len / 2, NULL, 0, &verifier, &error) == EPS_STATUS_CERTIFICATE_REFUSED);
  CHECK(holds(eps_error_message(error), "the CA certificates are not PEM: the PEM block on line 1 has no end"));
  eps_error_free(error);
  CHECK(eps_verifier_new(policy, ca->bytes, ca->len, TEXT("x"), &verifier, NULL) == EPS_STATUS_CERTIFICATE_REFUSED);
  CHECK(verifier == NULL);
  CHECK(eps_verifier_new(EPS_POLICY_TEST, ca->bytes, ca->len, NULL, 0, &verifier, NULL) == EPS_STATUS_OK);
  eps_verifier_free(verifier);
  CHECK(eps_verifier_new(policy, ca->bytes, ca->len, sub_ca->bytes, sub_ca->len, &verifier, &error) == EPS_STATUS_OK);
  CHECK(verifier != NULL && error == NULL);
  return verifier;
}

static void lists(eps_verifier *verifier, const file *list, const file *ca_list) {
  eps_error *error = nowhere();
  const eps_bytes missing[] = {{list->bytes, list->len}, {NULL, 5}};
  const eps_bytes endless[] = {{list->bytes, SIZE_MAX}};
  const eps_bytes bad[] = {{list->bytes, list->len - 9}, {"not a list", 10}, {ca_list->bytes, ca_list->len - 1}};
  const eps_bytes good[] = {{list->bytes, list->len}, {ca_list->bytes, ca_list->len}};
  CHECK(eps_verifier_set_revocation_lists(NULL, good, 2, NULL) == EPS_STATUS_NULL_ARGUMENT);
  CHECK(eps_verifier_set_revocation_lists(verifier, NULL, 2, NULL) == EPS_STATUS_NULL_ARGUMENT);
  CHECK(eps_verifier_set_revocation_lists(verifier, missing, 2, NULL) == EPS_STATUS_NULL_ARGUMENT);
  CHECK(eps_verifier_set_revocation_lists(verifier, good, SIZE_MAX, NULL) == EPS_STATUS_LENGTH_TOO_LARGE);
  CHECK(eps_verifier_set_revocation_lists(verifier, endless, 1, NULL) == EPS_STATUS_LENGTH_TOO_LARGE);
  CHECK(eps_verifier_set_revocation_lists(verifier, NULL, 0, NULL) == EPS_STATUS_OK);
  CHECK(eps_verifier_set_revocation_lists(verifier, bad, 3, &error) == EPS_STATUS_LIST_UNUSED);
  CHECK(holds(eps_error_message(error), "revocation list 0 is not used: it is not one DER revocation list\nrevocation list 1"));
  CHECK(holds(eps_error_message(error), "revocation list 2"));
  eps_error_free(error);
  CHECK(eps_verifier_set_revocation_lists(verifier, good, 2, &error) == EPS_STATUS_OK && error == NULL);
}

static void verifies(const eps_verifier *verifier, const file *good, const file *changed, const file *order) {
  eps_buffer *report = nowhere();
  eps_error *error = nowhere();
  CHECK(eps_verify(NULL, NOW, NOW, good->bytes, good->len, &report, NULL) == EPS_STATUS_NULL_ARGUMENT && report == NULL);
  CHECK(eps_verify(verifier, NOW, NOW, NULL, good->len, &report, NULL) == EPS_STATUS_NULL_ARGUMENT);
  CHECK(eps_verify(verifier, NOW, NOW, good->bytes, good->len, NULL, NULL) == EPS_STATUS_NULL_ARGUMENT);
  CHECK(eps_verify(verifier, NOW, NOW, order->bytes, order->len, &report, &error) == EPS_STATUS_MESSAGE_REFUSED);
  CHECK(eps_error_report(error, &report) == EPS_STATUS_OK && report == NULL);
  eps_error_free(error);
  CHECK(eps_verify(verifier, NOW, NOW, TEXT("<a/>"), &report, NULL) == EPS_STATUS_SIGNATURE_REFUSED && report == NULL);

  for (int again = 0; again < 2; again++) {
    CHECK(eps_verify(verifier, NOW, NOW, good->bytes, good->len, &report, &error) == EPS_STATUS_OK);
    if (error != NULL) {
      printf("%s\n", eps_error_message(error).data);
      eps_error_free(error);
    }
    CHECK(holds(eps_buffer_bytes(report), "\"verified\":true"));
    eps_buffer_free(report);
  }
  CHECK(eps_verify(verifier, NOW, EPS_TIME_UNKNOWN, good->bytes, good->len, &report, NULL) == EPS_STATUS_OK);
  eps_buffer_free(report);
  /* Before it was signed, and long after the lists have run out. */
  CHECK(eps_verify(verifier, 0, 0, good->bytes, good->len, &report, NULL) == EPS_STATUS_SIGNATURE_REFUSED);
  CHECK(eps_verify(verifier, INT64_MAX, NOW, good->bytes, good->len, &report, NULL) == EPS_STATUS_SIGNATURE_REFUSED);

  CHECK(eps_verify(verifier, NOW, NOW, changed->bytes, changed->len, &report, &error) == EPS_STATUS_SIGNATURE_REFUSED);
  CHECK(report == NULL && eps_error_problem_count(error) == 1);
  CHECK(is(eps_problem_rule(eps_error_problem(error, 0)), "signature.content"));
  CHECK(eps_error_report(NULL, &report) == EPS_STATUS_NULL_ARGUMENT);
  CHECK(eps_error_report(error, NULL) == EPS_STATUS_NULL_ARGUMENT);
  CHECK(eps_error_report(error, &report) == EPS_STATUS_OK);
  CHECK(holds(eps_buffer_bytes(report), "\"verified\":false") && holds(eps_buffer_bytes(report), "\"CONTENT\""));
  eps_buffer_free(report);
  eps_error_free(error);
}

/* What one thread of several needs. */
typedef struct {
  const eps_context *context;
  const eps_verifier *verifier;
  const file *order;
  const file *signed_xml;
  int good;
} task;

/* CHECK counts for one thread only, so this one counts for itself. */
static void *work(void *argument) {
  task *own = argument;
  for (int round = 0; round < 3; round++) {
    eps_buffer *out = NULL;
    eps_error *error = NULL;
    own->good += eps_convert(own->context, NOW, own->order->bytes, own->order->len, &out, NULL) == EPS_STATUS_OK;
    eps_buffer_free(out);
    own->good += eps_verify(own->verifier, NOW, NOW, own->signed_xml->bytes, own->signed_xml->len, &out, NULL) ==
                 EPS_STATUS_OK;
    eps_buffer_free(out);
    own->good += eps_prescription_id_check("", 0, &error) == EPS_STATUS_ID_REFUSED;
    eps_error_free(error);
  }
  return NULL;
}

/* One context and one verifier serve four threads at the same time. */
static void threads(const eps_context *context, const eps_verifier *verifier, const file *order, const file *good) {
  pthread_t all[4];
  task tasks[4];
  for (int at = 0; at < 4; at++) {
    tasks[at] = (task){context, verifier, order, good, 0};
    CHECK(pthread_create(&all[at], NULL, work, &tasks[at]) == 0);
  }
  for (int at = 0; at < 4; at++) {
    CHECK(pthread_join(all[at], NULL) == 0 && tasks[at].good == 9);
  }
}

static file read_file(const char *path) {
  file read = {NULL, 0};
  FILE *in = fopen(path, "rb");
  if (in == NULL || fseek(in, 0, SEEK_END) != 0) {
    exit(3);
  }
  size_t size = (size_t)ftell(in);
  rewind(in);
  read.bytes = malloc(size);
  read.len = fread(read.bytes, 1, size, in);
  fclose(in);
  return read;
}

int main(int count, char **arguments) {
  enum { ORDER, RELEASE, SIGNED, CHANGED, CA, SUB_CA, LIST, CA_LIST, FILES };
  file files[FILES];
  if (count != FILES + 1) {
    return 2;
  }
  for (int at = 0; at < FILES; at++) {
    files[at] = read_file(arguments[at + 1]);
  }
  versions();
  nothing_at_all();
  prescription_ids();
  eps_context *context = contexts();
  garbage(context);
  messages(context, files[ORDER].bytes, files[ORDER].len);
  releases(context, &files[ORDER], &files[RELEASE]);
  prepares(context, &files[ORDER], &files[SIGNED]);
  eps_verifier *verifier = verifiers(&files[CA], &files[SUB_CA]);
  lists(verifier, &files[LIST], &files[CA_LIST]);
  verifies(verifier, &files[SIGNED], &files[CHANGED], &files[ORDER]);
  threads(context, verifier, &files[ORDER], &files[SIGNED]);
  eps_verifier_free(verifier);
  eps_context_free(context);
  for (int at = 0; at < FILES; at++) {
    free(files[at].bytes);
  }
  printf("%d checks, %d failures\n", checks, failures);
  return failures == 0 ? 0 : 1;
}
