/*
 * Forgets its errors: the tests see by it that leaks of this library's objects are found. There are many of them because
 * a stale pointer to the last one may still lie on the stack.
 */

#include "eps.h"

int main(void) {
  for (int at = 0; at < 10; at++) {
    eps_error *error = NULL;
    if (eps_prescription_id_check("", 0, &error) != EPS_STATUS_ID_REFUSED) {
      return 1;
    }
  }
  return 0;
}
