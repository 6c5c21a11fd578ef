/*
 * A prescription, from the FHIR order of a prescribing system to a signed HL7 v3 message.
 *
 *   journey ORDER.json                                    convert it, and prepare what is to be signed
 *   journey ORDER.json SIGNED.xml CA.pem [SUB-CA.pem]     and verify a signed message
 *
 * examples/c/README.md says how to build it. Exit codes: 0 done, 1 refused, 2 usage, 3 a file cannot be read.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "eps.h"

enum { DONE = 0, REFUSED = 1, USAGE = 2, UNREADABLE = 3 };

/* The ASIDs of two systems and the SDS ids of a person, all invented. */
static const char FROM_ASID[] = "200000000001";
static const char TO_ASID[] = "200000000002";
static const char USER[] = "555000000001";
static const char ROLE_PROFILE[] = "555000000002";
static const char JOB_ROLE[] = "R8000";

/* A literal as pointer and length: its NUL is not part of the text. */
#define TEXT(literal) (literal), (sizeof(literal) - 1)

/* A file in memory; `bytes` is NULL where it could not be read. */
typedef struct {
  char *bytes;
  size_t len;
} file_t;

static file_t read_file(const char *path) {
  file_t file = {NULL, 0};
  FILE *in = fopen(path, "rb");
  if (in == NULL) {
    return file;
  }
  size_t room = 1 << 16;
  file.bytes = malloc(room);
  while (file.bytes != NULL) {
    file.len += fread(file.bytes + file.len, 1, room - file.len, in);
    if (file.len < room) {
      break;
    }
    char *more = realloc(file.bytes, room * 2);
    if (more == NULL) {
      free(file.bytes);
    }
    file.bytes = more;
    room *= 2;
  }
  if (file.bytes != NULL && ferror(in)) {
    free(file.bytes);
    file.bytes = NULL;
  }
  fclose(in);
  return file;
}

/* Shows every problem with its place, and frees the error. */
static int show(const char *step, eps_error *error) {
  printf("%s: refused (%s)\n", step, eps_status_name(eps_error_status(error)).data);
  size_t count = eps_error_problem_count(error);
  if (count == 0) {
    printf("  %s\n", eps_error_message(error).data);
  }
  for (size_t at = 0; at < count; at++) {
    const eps_problem *problem = eps_error_problem(error, at);
    printf("  %s\n", eps_problem_rule(problem).data);
    printf("    where     %s\n", eps_problem_place(problem).data);
    printf("    what      %s\n", eps_problem_message(problem).data);
    printf("    expected  %s\n", eps_problem_expected(problem).data);
    printf("    to do     %s\n", eps_problem_fix(problem).data);
  }
  eps_error_free(error);
  return REFUSED;
}

/* Shows JSON with a line for each object, and frees it. */
static void tell(const char *step, eps_buffer *json) {
  eps_str text = eps_buffer_bytes(json);
  printf("%s:\n  ", step);
  for (size_t at = 0; at < text.len; at++) {
    /* A comma never follows a bracket inside the texts of these documents. */
    int ends = text.data[at] == ',' && at > 0 && (text.data[at - 1] == '}' || text.data[at - 1] == ']');
    printf(ends ? "%c\n  " : "%c", text.data[at]);
  }
  printf("\n");
  eps_buffer_free(json);
}

/* FHIR becomes HL7 v3. */
static int convert(const eps_context *context, int64_t now, const file_t *order) {
  eps_buffer *message = NULL;
  eps_error *error = NULL;
  if (eps_convert(context, now, order->bytes, order->len, &message, &error) != EPS_STATUS_OK) {
    return show("convert", error);
  }
  printf("convert:\n  %zu bytes of FHIR became %zu bytes of HL7 v3\n", order->len, eps_buffer_bytes(message).len);
  eps_buffer_free(message);
  return DONE;
}

/* What the prescriber's card has to sign. */
static int prepare(const eps_context *context, int64_t now, const file_t *order) {
  eps_buffer *parameters = NULL;
  eps_error *error = NULL;
  if (eps_prepare(context, now, order->bytes, order->len, &parameters, &error) != EPS_STATUS_OK) {
    return show("prepare", error);
  }
  tell("prepare", parameters);
  return DONE;
}

/* Whether a signed message is what was signed, by somebody whom the CAs know. */
static int verify(int64_t now, char *const *paths, int count) {
  file_t files[4] = {{NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}};
  eps_verifier *verifier = NULL;
  eps_buffer *report = NULL;
  eps_error *error = NULL;
  int result = DONE;
  for (int at = 0; at < count && result == DONE; at++) {
    files[at] = read_file(paths[at]);
    if (files[at].bytes == NULL) {
      perror(paths[at]);
      result = UNREADABLE;
    }
  }
  /* The test policy accepts that it is not known whether the certificate is revoked; a live system fetches the lists, calls
     eps_verifier_set_revocation_lists, and uses EPS_POLICY_PRODUCTION. */
  if (result == DONE && eps_verifier_new(EPS_POLICY_TEST, files[1].bytes, files[1].len, files[2].bytes, files[2].len,
                                         &verifier, &error) != EPS_STATUS_OK) {
    result = show("certificates", error);
  }
  if (result == DONE) {
    if (eps_verify(verifier, now, now, files[0].bytes, files[0].len, &report, &error) == EPS_STATUS_OK) {
      tell("verify", report);
    } else {
      result = show("verify", error);
    }
  }
  eps_verifier_free(verifier);
  for (int at = 0; at < count; at++) {
    free(files[at].bytes);
  }
  return result;
}

/* Converts an order and prepares its signature. */
static int write_order(const eps_context *context, int64_t now, const char *path) {
  file_t order = read_file(path);
  if (order.bytes == NULL) {
    perror(path);
    return UNREADABLE;
  }
  int result = convert(context, now, &order);
  if (result == DONE) {
    result = prepare(context, now, &order);
  }
  free(order.bytes);
  return result;
}

/* Who sends, and to whom: NULL, and the reason told, where an id is refused. */
static eps_context *sender(void) {
  eps_context *context = NULL;
  eps_error *error = NULL;
  if (eps_context_new(TEXT(FROM_ASID), TEXT(TO_ASID), &context, &error) != EPS_STATUS_OK ||
      eps_context_set_author(context, TEXT(USER), TEXT(ROLE_PROFILE), TEXT(JOB_ROLE), &error) != EPS_STATUS_OK) {
    show("sender", error);
    eps_context_free(context);
    return NULL;
  }
  return context;
}

int main(int count, char **arguments) {
  if (eps_abi_version() != EPS_ABI_VERSION) {
    fprintf(stderr, "the library has interface %" PRIu32 ", this program %d\n", eps_abi_version(), EPS_ABI_VERSION);
    return USAGE;
  }
  if (count != 2 && count != 4 && count != 5) {
    fprintf(stderr, "usage: journey ORDER.json [SIGNED.xml CA.pem [SUB-CA.pem]]\n");
    return USAGE;
  }
  printf("eps %s\n", eps_version().data);
  int64_t now = (int64_t)time(NULL);
  eps_context *context = sender();
  if (context == NULL) {
    return REFUSED;
  }
  int result = write_order(context, now, arguments[1]);
  eps_context_free(context);
  if (result == DONE && count > 2) {
    result = verify(now, arguments + 2, count - 2);
  }
  return result;
}
