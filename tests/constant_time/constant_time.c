/* constant_time.c - finds branches and addresses that depend on secrets, under valgrind
 *
 * The bytes of a signer that depend on its secrets are marked as undefined. Memcheck then reports each
 * branch and each address that depends on them. Prints "NAME REPORTS" for each function. */

#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <valgrind/memcheck.h>

#include "pusher_auth.h"

#define SOCKET_ID "1234.1234"
#define CHANNEL "private-encrypted-lobby"
#define BODY "{\"time_ms\":1}"
/* The HMAC-SHA256 of BODY with the secret of new_signer(0). */
#define SIGNATURE "c9e5116b32125059dc80ec51d333b2515a7014e68813cbed94bb6488d962ebb1"
#define KEY "278d425bdf160c739803"
#define STRING(text) text, strlen(text)

/* The sizes of the two HMAC states and the master key. */
enum { SECRET_BYTES = 32 + 32 + 32, SECRETS = 8 };

static char buffer[1024];

static void fail(const char *what) {
  fprintf(stderr, "%s\n", what);
  exit(EXIT_FAILURE);
}

/* Creates a signer whose secrets depend on the number. All texts have the same lengths. */
static pusher_signer *new_signer(unsigned number) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  char config[256], master_key[45];
  unsigned state = (number + 1) * 2654435761u;
  pusher_signer *signer;
  for (int i = 0; i < 43; i++) {
    state = state * 1103515245 + 12345;
    master_key[i] = digits[state >> 16 & 63];
  }
  /* Only four bits of the last digit are significant. */
  master_key[42] = digits[(state >> 16 & 15) * 4];
  strcpy(master_key + 43, "=");
  snprintf(config, sizeof config,
           "{\"key\":\"" KEY
           "\",\"secret\":\"secret %04u\",\"appId\":\"3\",\"encryptionMasterKeyBase64\":\"%s\"}",
           number, master_key);
  if (pusher_signer_new(config, strlen(config), &signer) != 0) fail("pusher_signer_new failed");
  return signer;
}

/* Returns whether a byte was written. Padding is not. */
static int is_written(const unsigned char *byte) {
  unsigned char undefined_bits = 0;
  (void)VALGRIND_GET_VBITS(byte, &undefined_bits, 1);
  return undefined_bits == 0;
}

/* Marks the bytes of the signer that depend on the secrets: those that differ between signers with
 * other secrets, except pointers, which differ between signers with the same secrets. */
static void mark_secrets(pusher_signer *signer) {
  size_t size = malloc_usable_size(signer), marked = 0;
  pusher_signer *same = new_signer(0), *others[SECRETS];
  const unsigned char *bytes = (const unsigned char *)signer,
                      *same_bytes = (const unsigned char *)same;
  unsigned char is_secret[4096] = {0};
  if (size > sizeof is_secret) fail("the signer is larger than expected");
  for (unsigned i = 0; i < SECRETS; i++) {
    const unsigned char *other;
    others[i] = new_signer(i + 1);
    other = (const unsigned char *)others[i];
    for (size_t at = 0; at < size; at++) {
      if (is_written(bytes + at) && is_written(other + at)) is_secret[at] |= other[at] != bytes[at];
    }
  }
  for (size_t at = 0; at < size; at++) {
    if (is_written(bytes + at) && is_written(same_bytes + at) && bytes[at] != same_bytes[at]) {
      memset(is_secret + at / sizeof(void *) * sizeof(void *), 0, sizeof(void *));
    }
  }
  for (size_t at = 0; at < size; at++) {
    if (is_secret[at]) {
      (void)VALGRIND_MAKE_MEM_UNDEFINED(bytes + at, 1);
      marked++;
    }
  }
  for (unsigned i = 0; i < SECRETS; i++) pusher_signer_free(others[i]);
  pusher_signer_free(same);
  if (marked != SECRET_BYTES) {
    fprintf(stderr, "%zu bytes of the signer depend on the secrets, not %d\n", marked,
            SECRET_BYTES);
    exit(EXIT_FAILURE);
  }
}

static unsigned reports_before;

static void begin(void) { reports_before = VALGRIND_COUNT_ERRORS; }

static void end(const char *name) {
  printf("%s %u\n", name, VALGRIND_COUNT_ERRORS - reports_before);
}

/* Marks the result as public: the length and the text. */
static int32_t publish(int32_t n) {
  (void)VALGRIND_MAKE_MEM_DEFINED(&n, sizeof n);
  (void)VALGRIND_MAKE_MEM_DEFINED(buffer, sizeof buffer);
  return n;
}

/* Proves that memcheck reports a comparison that stops at the first difference, and a look-up. */
static void controls(void) {
  static const unsigned char table[256] = {1};
  unsigned char secret[32] = {0}, guess[32] = {0};
  volatile unsigned char *volatile left = secret, *volatile right = guess;
  volatile unsigned sink = 0;
  (void)VALGRIND_MAKE_MEM_UNDEFINED(secret, sizeof secret);
  begin();
  for (int i = 0; i < 32; i++) {
    if (left[i] != right[i]) break;
  }
  end("control_comparison");
  begin();
  for (int i = 0; i < 32; i++) sink += table[left[i]];
  end("control_table");
  begin();
  for (int i = 0; i < 32; i++) sink |= left[i] ^ right[i];
  end("control_constant_time");
}

int main(void) {
  pusher_signer *signer = new_signer(0);
  char signature[65], empty[256], *digits[2];
  int32_t n;
  if (!RUNNING_ON_VALGRIND) fail("run it under valgrind");

  /* The data are empty: checking that text is UTF-8 depends on the text, and decides the result. */
  if (pusher_signer_encrypt(signer, STRING(CHANNEL), "", 0, empty, sizeof empty) < 0)
    fail("encrypt failed");
  mark_secrets(signer);
  controls();

  begin();
  n = pusher_signer_authenticate_user(signer, STRING(SOCKET_ID), STRING("{\"id\":\"alice\"}"),
                                      buffer, sizeof buffer);
  end("authenticate_user");
  if (publish(n) < 0) fail("authenticate_user failed");

  begin();
  n = pusher_signer_authorize_channel(signer, STRING(SOCKET_ID), STRING("private-lobby"), NULL, 0,
                                      buffer, sizeof buffer);
  end("authorize_channel");
  if (publish(n) < 0) fail("authorize_channel failed");

  begin();
  n = pusher_signer_authorize_channel(signer, STRING(SOCKET_ID), STRING(CHANNEL), NULL, 0, buffer,
                                      sizeof buffer);
  end("shared_secret");
  if (publish(n) < 0 || !strstr(buffer, "shared_secret")) fail("authorize_channel failed");

  begin();
  n = pusher_signer_request_url(signer, STRING("POST"), STRING("/events"), STRING("a=b"),
                                STRING(BODY), 1, buffer, sizeof buffer);
  end("request_url");
  if (publish(n) < 0) fail("request_url failed");

  begin();
  n = pusher_signer_terminate_user_url(signer, STRING("alice"), 1, buffer, sizeof buffer);
  end("terminate_user_url");
  if (publish(n) < 0) fail("terminate_user_url failed");

  begin();
  n = pusher_signer_encrypt(signer, STRING(CHANNEL), STRING("text"), buffer, sizeof buffer);
  end("encrypt");
  if (publish(n) < 0) fail("encrypt failed");

  begin();
  n = pusher_signer_event_body(signer, STRING(CHANNEL), STRING("news"), STRING("text"), NULL, 0,
                               buffer, sizeof buffer);
  end("event_body");
  if (publish(n) < 0) fail("event_body failed");

  /* The number of reports does not depend on where the tags differ: only the result is public. */
  begin();
  n = pusher_signer_decrypt(signer, STRING(CHANNEL), STRING(empty), buffer, sizeof buffer);
  end("decrypt");
  if (publish(n) != 0) fail("decrypt failed");

  /* Changes the first digit of the tag, then the last but one: the last one has only two bits. */
  digits[0] = strstr(empty, "ciphertext\":\"") + strlen("ciphertext\":\"");
  digits[1] = empty + strlen(empty) - strlen("A==\"}") - 1;
  for (int i = 0; i < 2; i++) {
    char right = *digits[i];
    *digits[i] = right == 'A' ? 'B' : 'A';
    begin();
    n = pusher_signer_decrypt(signer, STRING(CHANNEL), STRING(empty), buffer, sizeof buffer);
    end(i == 0 ? "decrypt_first_byte_wrong" : "decrypt_last_byte_wrong");
    if (publish(n) != PUSHER_ERROR_DECRYPTION) fail("decrypt failed");
    *digits[i] = right;
  }

  strcpy(signature, SIGNATURE);
  begin();
  n = pusher_signer_verify_webhook(signer, STRING(KEY), STRING(signature), STRING(BODY));
  end("verify_webhook");
  if (publish(n) != 0) fail("verify_webhook failed");

  signature[0] ^= 1;
  begin();
  n = pusher_signer_verify_webhook(signer, STRING(KEY), STRING(signature), STRING(BODY));
  end("verify_webhook_first_byte_wrong");
  if (publish(n) != PUSHER_ERROR_WEBHOOK_SIGNATURE) fail("verify_webhook failed");

  signature[0] ^= 1;
  signature[63] ^= 1;
  begin();
  n = pusher_signer_verify_webhook(signer, STRING(KEY), STRING(signature), STRING(BODY));
  end("verify_webhook_last_byte_wrong");
  if (publish(n) != PUSHER_ERROR_WEBHOOK_SIGNATURE) fail("verify_webhook failed");

  pusher_signer_free(signer);
  return EXIT_SUCCESS;
}
