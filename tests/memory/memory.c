/* Checks how the library uses memory: allocations, stack, behavior without free memory, and remains
 * of secrets.
 *
 *   memory now     every check, for a program that is linked with -z now
 *   memory lazy    the checks for lazy binding, in which the dynamic linker saves registers to the
 *                  stack when it finds a function. With LD_BIND_NOT=1 it does so at every call.
 *
 * Prints what it measured and "ok NAME" for each check, and stops at the first that fails. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include "../common/documented_example.h"
#include "pusher_auth.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define CHECK(condition)                          \
  do {                                            \
    if (!(condition)) fail(__LINE__, #condition); \
  } while (0)

static void fail(int line, const char *condition) {
  fprintf(stderr, "memory.c:%d: expected %s\n", line, condition);
  _exit(1);
}

/* ---- the heap ------------------------------------------------------------------------------
 * Counts, fails on demand, and never uses memory twice: freed memory stays as it was. */

static _Alignas(4096) unsigned char heap[64 << 20];
static size_t heap_used, allocations, failing_allocation;

static void *allocate(size_t size, size_t alignment) {
  /* The size is stored before the block, for realloc. */
  size_t at = (heap_used + sizeof size + alignment - 1) / alignment * alignment;
  if (++allocations == failing_allocation || size > sizeof heap - at) return NULL;
  memcpy(heap + at - sizeof size, &size, sizeof size);
  heap_used = at + size;
  return heap + at;
}

void *malloc(size_t size) { return allocate(size, 16); }

void *calloc(size_t count, size_t size) {
  return allocate(count * size, 16); /* zero, since it was never used before */
}

void *realloc(void *old, size_t size) {
  void *block = allocate(size, 16);
  size_t old_size;
  if (block == NULL || old == NULL) return block;
  memcpy(&old_size, (unsigned char *)old - sizeof old_size, sizeof old_size);
  return memcpy(block, old, old_size < size ? old_size : size);
}

int posix_memalign(void **block, size_t alignment, size_t size) {
  *block = allocate(size, alignment < 16 ? 16 : alignment);
  return *block == NULL;
}

void *aligned_alloc(size_t alignment, size_t size) {
  return allocate(size, alignment < 16 ? 16 : alignment);
}

void free(void *block) { (void)block; }

/* ---- the stack ----------------------------------------------------------------------------- */

enum { STACK = 1 << 20, PAINT = 0xA5 };
static _Alignas(4096) unsigned char stack[STACK];

/* Calls `run` on this stack. */
static void on_stack(void (*run)(void)) {
  static ucontext_t here, there;
  CHECK(getcontext(&there) == 0);
  there.uc_stack.ss_sp = stack;
  there.uc_stack.ss_size = STACK;
  there.uc_link = &here;
  makecontext(&there, run, 0);
  CHECK(swapcontext(&here, &there) == 0);
}

/* ---- calls --------------------------------------------------------------------------------- */

static pusher_signer *signer;
static char output[4 << 20];
static const char *many_members, *deep_user; /* a megabyte each and more */

static int32_t sign(const char *user_json) {
  return pusher_signer_authenticate_user(signer, SOCKET_ID, strlen(SOCKET_ID), user_json,
                                         strlen(user_json), output, sizeof output);
}

/* Returns a user with a member of `times` nested pieces around `middle`. */
static const char *nested_user(const char *piece, const char *middle, const char *end,
                               size_t times) {
  static char text[2 << 20];
  char *at = stpcpy(text, "{\"id\":\"1\",\"deep\":");
  size_t i;
  for (i = 0; i < times; i++) at = stpcpy(at, piece);
  at = stpcpy(at, middle);
  for (i = 0; i < times; i++) at = stpcpy(at, end);
  strcpy(at, "}");
  CHECK(at < text + sizeof text);
  return text;
}

/* Returns a user with this number of members. */
static const char *user_of_members(int count) {
  static char text[2 << 20];
  char *at = stpcpy(text, "{\"id\":\"1\"");
  int i;
  for (i = 1; i < count; i++) at += sprintf(at, ",\"m%d\":[\"\\u00e9\",-1.5e3,null]", i);
  strcpy(at, "}");
  return text;
}

static void call_authenticate_user(void) {
  CHECK(pusher_authenticate_user(CONFIG, SOCKET_ID, USER, output, sizeof output) ==
        (int32_t)strlen(RESPONSE));
}

static void call_signer_new(void) {
  CHECK(pusher_signer_new(CONFIG, strlen(CONFIG), &signer) == 0);
}

static void call_signer_authenticate_user(void) { CHECK(sign(USER) == (int32_t)strlen(RESPONSE)); }

static void call_with_many_members(void) { CHECK(sign(many_members) > 0); }

static void call_with_deep_user(void) { CHECK(sign(deep_user) > 0); }

/* An app with everything that all functions require. */
#define APP                                                                   \
  "{\"appId\":\"3\",\"key\":\"" KEY "\",\"secret\":\"s\",\"cluster\":\"eu\"," \
  "\"encryptionMasterKeyBase64\":\"zyrm8pvV2C9fJcBfhyXzvxbJVN/H7QLmbe0xJi1GhPU=\"}"
#define ENCRYPTED "private-encrypted-x"

static void call_signer_new_for_all(void) {
  CHECK(pusher_signer_new(APP, strlen(APP), &signer) == 0);
}

static int32_t authorize(const char *channel, const char *channel_data) {
  return pusher_signer_authorize_channel(signer, SOCKET_ID, strlen(SOCKET_ID), channel,
                                         strlen(channel), channel_data, strlen(channel_data),
                                         output, sizeof output);
}

static void call_authorize_channel(void) {
  CHECK(authorize("private-x", "") > 0);
  CHECK(authorize("private-encrypted-x", "") > 0);
  CHECK(authorize("presence-x", "{\"user_id\":\"1\",\"user_info\":{\"name\":\"Ann\"}}") > 0);
  CHECK(authorize("public", "") == PUSHER_ERROR_CHANNEL);
}

static int32_t request_url(const char *query) {
  return pusher_signer_request_url(signer, "POST", 4, "/events", 7, query, strlen(query), USER,
                                   strlen(USER), 1, output, sizeof output);
}

static void call_request_url(void) { CHECK(request_url("") > 0); }

static void call_request_url_with_query(void) { CHECK(request_url("info=user_count&a=1") > 0); }

static void call_terminate_user_url(void) {
  CHECK(pusher_signer_terminate_user_url(signer, "auth0|abc", 9, 1, output, sizeof output) > 0);
}

static int32_t event_body(const char *channel, const char *data) {
  return pusher_signer_event_body(signer, channel, strlen(channel), "name", 4, data, strlen(data),
                                  NULL, 0, output, sizeof output);
}

static void call_event_body(void) { CHECK(event_body("x", USER) > 0); }

static void call_event_body_encrypted(void) { CHECK(event_body(ENCRYPTED, USER) > 0); }

static int32_t events_body(const char *events) {
  return pusher_signer_events_body(signer, events, strlen(events), output, sizeof output);
}

static void call_events_body(void) {
  CHECK(events_body("{\"name\":\"a\",\"channels\":[\"x\",\"y\"],\"data\":{\"a\":1}}") > 0);
  CHECK(events_body("{\"batch\":[{\"name\":\"a\",\"channel\":\"" ENCRYPTED "\",\"data\":\"b\"}]}") >
        0);
}

static char ciphertext[1024];

static void call_encrypt(void) {
  CHECK(pusher_signer_encrypt(signer, ENCRYPTED, strlen(ENCRYPTED), USER, strlen(USER), ciphertext,
                              sizeof ciphertext) > 0);
}

static void call_decrypt(void) {
  CHECK(pusher_signer_decrypt(signer, ENCRYPTED, strlen(ENCRYPTED), ciphertext, strlen(ciphertext),
                              output, sizeof output) == (int32_t)strlen(USER));
}

static void call_request_parameter(void) {
  static const char FORM[] = "application/x-www-form-urlencoded";
  CHECK(pusher_request_parameter(FORM, strlen(FORM), "a=1&b=2", 7, "a", 1, output, sizeof output) ==
        1);
}

static void call_request_parameter_of_json(void) {
  CHECK(pusher_request_parameter("application/json", 16, "{\"a\":\"\\u00e9\"}", 14, "a", 1, output,
                                 sizeof output) == 2);
}

static int32_t verify_webhook(void) {
  static const char SIGNATURE[] =
      "0000000000000000000000000000000000000000000000000000000000000000";
  return pusher_signer_verify_webhook(signer, KEY, strlen(KEY), SIGNATURE, 64, USER, strlen(USER));
}

static void call_verify_webhook(void) { CHECK(verify_webhook() == PUSHER_ERROR_WEBHOOK_SIGNATURE); }

static void call_signer_free(void) {
  pusher_signer_free(signer);
  signer = NULL;
}

static void call_jsonp(void) {
  CHECK(pusher_jsonp("Pusher.auth_callbacks['1']", 26, RESPONSE, strlen(RESPONSE), output,
                     sizeof output) > 0);
}

static void call_jsonp_with_deep_response(void) {
  CHECK(pusher_jsonp("f", 1, deep_user, strlen(deep_user), output, sizeof output) > 0);
}

static void call_the_others(void) {
  int32_t code;
  CHECK(pusher_response_bound(1, 2) == PUSHER_RESPONSE_BOUND(1, 2));
  CHECK(pusher_signer_bound(NULL, 1) == 0);
  CHECK(strcmp(pusher_version(), PUSHER_AUTH_VERSION) == 0);
  for (code = -30; code < 2; code++)
    CHECK(pusher_error_message(code)[0] != '\0' && pusher_error_name(code)[0] != '\0');
}

/* All functions, in an order in which they can be called. */
static const struct {
  const char *name;
  void (*run)(void);
  int allocates, kilobytes_of_stack;
} CALLS[] = {
    {"pusher_authenticate_user", call_authenticate_user, 1, 8},
    {"pusher_signer_new", call_signer_new, 1, 8},
    {"pusher_signer_authenticate_user", call_signer_authenticate_user, 0, 8},
    {"pusher_signer_authenticate_user, 30,000 members", call_with_many_members, 1, 8},
    {"pusher_signer_authenticate_user, 300,000 levels", call_with_deep_user, 1, 8},
    {"pusher_signer_free", call_signer_free, 0, 8},
    {"pusher_signer_new, with all members", call_signer_new_for_all, 1, 8},
    {"pusher_signer_authorize_channel", call_authorize_channel, 0, 10},
    {"pusher_signer_request_url", call_request_url, 0, 8},
    {"pusher_signer_request_url, with a query", call_request_url_with_query, 1, 8},
    {"pusher_signer_terminate_user_url", call_terminate_user_url, 1, 8},
    {"pusher_signer_verify_webhook", call_verify_webhook, 0, 8},
    {"pusher_signer_event_body", call_event_body, 0, 8},
    {"pusher_signer_event_body, encrypted", call_event_body_encrypted, 1, 10},
    {"pusher_signer_events_body", call_events_body, 1, 10},
    {"pusher_signer_encrypt", call_encrypt, 1, 10},
    {"pusher_signer_decrypt", call_decrypt, 1, 10},
    {"pusher_signer_free", call_signer_free, 0, 8},
    {"pusher_request_parameter", call_request_parameter, 0, 8},
    {"pusher_request_parameter, JSON", call_request_parameter_of_json, 1, 8},
    {"pusher_jsonp", call_jsonp, 0, 8},
    {"pusher_jsonp, 300,000 levels", call_jsonp_with_deep_response, 1, 8},
    {"the others", call_the_others, 0, 8},
};

/* ---- the checks ---------------------------------------------------------------------------- */

/* A user of up to 16 members, without escapes in keys and without deep values, needs no allocation,
 * whether it is signed or rejected. Invalid JSON, or an id that is not a string, needs one. */
static void no_allocation_for_a_plain_user(void) {
  static const struct {
    const char *user_json;
    int32_t code;
  } REJECTED[] = {
      {"{\"id\":\"\xff\"}", PUSHER_ERROR_USER_INVALID},
      {"{\"a\":\"1\"}", PUSHER_ERROR_USER_ID_MISSING},
      {"{\"id\":\"\"}", PUSHER_ERROR_USER_ID_EMPTY},
      {"{\"id\":\"1\",\"id\":\"2\"}", PUSHER_ERROR_USER_DUPLICATE_MEMBER},
  };
  static const char *const BAD_SOCKET_IDS[] = {
      "", "1", "1.", ".1", "1.1.1", "1.1\n", "1.1::user::{}", "\xd9\xa1.1"};
  size_t before, i;
  int count;

  call_signer_new();
  before = allocations;
  for (count = 1; count <= 16; count++) CHECK(sign(user_of_members(count)) > 0);
  for (i = 0; i < COUNT(REJECTED); i++) CHECK(sign(REJECTED[i].user_json) == REJECTED[i].code);
  for (i = 0; i < COUNT(BAD_SOCKET_IDS); i++)
    CHECK(pusher_signer_authenticate_user(signer, BAD_SOCKET_IDS[i], strlen(BAD_SOCKET_IDS[i]),
                                          USER, strlen(USER), output,
                                          sizeof output) == PUSHER_ERROR_SOCKET_ID);
  for (i = 0; i <= strlen(RESPONSE); i++)
    CHECK(pusher_signer_authenticate_user(signer, SOCKET_ID, strlen(SOCKET_ID), USER, strlen(USER),
                                          output, i) == PUSHER_ERROR_BUFFER_TOO_SMALL);
  CHECK(pusher_signer_authenticate_user(NULL, SOCKET_ID, 9, USER, 14, output, 1) ==
        PUSHER_ERROR_NULL_ARGUMENT);
  CHECK(pusher_signer_authenticate_user(signer, NULL, 9, USER, 14, output, 1) ==
        PUSHER_ERROR_NULL_ARGUMENT);
  CHECK(pusher_signer_authenticate_user(signer, SOCKET_ID, 9, NULL, 14, output, 1) ==
        PUSHER_ERROR_NULL_ARGUMENT);
  CHECK(pusher_signer_authenticate_user(signer, SOCKET_ID, 9, USER, 14, NULL, 1) ==
        PUSHER_ERROR_NULL_ARGUMENT);
  CHECK(pusher_signer_authenticate_user(signer, SOCKET_ID, 9, USER, SIZE_MAX, output, 1) ==
        PUSHER_ERROR_TOO_LARGE);
  CHECK(allocations == before);

  /* Necessary allocations are counted. */
  CHECK(sign(user_of_members(17)) > 0);
  CHECK(allocations > before);
  before = allocations;
  CHECK(sign(nested_user("[{\"\":", "0", "}]", 1)) > 0);
  CHECK(allocations > before);
  before = allocations;
  CHECK(sign("{\"\\u0069d\":\"1\"}") > 0);
  CHECK(allocations > before);
  before = allocations;
  CHECK(sign("{\"id\":\"1\"") == PUSHER_ERROR_USER_INVALID);
  CHECK(allocations > before);
  before = allocations;
  CHECK(sign("{\"id\":1}") == PUSHER_ERROR_USER_ID_NOT_STRING);
  CHECK(allocations > before);
  call_signer_free();
}

/* The exit status and the standard error of a child. */
static int status_of_child(void (*run)(void), size_t failing, char *errors, size_t size) {
  int ends[2], status;
  ssize_t len, total = 0;
  pid_t child;
  CHECK(pipe(ends) == 0);
  child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    const struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    dup2(ends[1], 2);
    failing_allocation = allocations + failing;
    run();
    _exit(0);
  }
  close(ends[1]);
  while ((len = read(ends[0], errors + total, size - 1 - (size_t)total)) > 0) total += len;
  errors[total] = '\0';
  close(ends[0]);
  CHECK(waitpid(child, &status, 0) == child);
  return status;
}

/* Channels, requests without a query, webhooks, and plain events need no allocation. */
static void no_allocation_for_other_calls(void) {
  static const char *const AUTHORIZED[] = {"private-x",           "presence-x",
                                           "private-encrypted-x", "private-cache-x",
                                           "presence-cache-x",    "private-encrypted-cache-x"};
  static const char *const REJECTED[] = {"", "x", "private:x", ":user::{}"};
  static const char *const BAD_MEMBERS[] = {"{}", "[]", "{\"user_id\":1,\"user_id\":1}",
                                            "{\"user_id\":1.5}"};
  static const char *const BAD_PATHS[] = {"", "/", "/../events", "/a//b", "/a?b", "events"};
  size_t before, i, size;
  call_signer_new_for_all();
  before = allocations;
  for (i = 0; i < COUNT(AUTHORIZED); i++) {
    CHECK(authorize(AUTHORIZED[i], "") > 0);
    for (size = 0; size <= 100; size++)
      CHECK(pusher_signer_authorize_channel(signer, SOCKET_ID, strlen(SOCKET_ID), AUTHORIZED[i],
                                            strlen(AUTHORIZED[i]), NULL, 0, output, size) < 0 ||
            size > 90);
  }
  CHECK(authorize("presence-x", "{\"user_id\":\"1\",\"user_info\":{\"name\":\"Ann\"}}") > 0);
  for (i = 0; i < COUNT(REJECTED); i++) CHECK(authorize(REJECTED[i], "") == PUSHER_ERROR_CHANNEL);
  CHECK(authorize("presence-x", BAD_MEMBERS[0]) == PUSHER_ERROR_CHANNEL_DATA);
  CHECK(authorize("presence-x", BAD_MEMBERS[2]) == PUSHER_ERROR_CHANNEL_DATA);
  CHECK(authorize("presence-x", BAD_MEMBERS[3]) == PUSHER_ERROR_CHANNEL_DATA);
  for (size = 0; size <= 100; size++)
    CHECK(pusher_signer_request_url(signer, "POST", 4, "/events", 7, NULL, 0, USER, strlen(USER), 1,
                                    output, size) == PUSHER_ERROR_BUFFER_TOO_SMALL);
  for (i = 0; i < COUNT(BAD_PATHS); i++)
    CHECK(pusher_signer_request_url(signer, "POST", 4, BAD_PATHS[i], strlen(BAD_PATHS[i]), NULL, 0,
                                    NULL, 0, 1, output, sizeof output) == PUSHER_ERROR_REQUEST);
  CHECK(pusher_signer_request_url(signer, "POST", 4, "/events", 7, NULL, 0, NULL, 0, 0, output,
                                  sizeof output) > 0);
  CHECK(event_body("x", "\"") > 0 && event_body("#server-to-user-x", "") > 0);
  CHECK(verify_webhook() == PUSHER_ERROR_WEBHOOK_SIGNATURE);
  CHECK(pusher_signer_verify_webhook(signer, KEY, strlen(KEY), "0", 1, USER, strlen(USER)) ==
        PUSHER_ERROR_WEBHOOK_SIGNATURE);
  CHECK(pusher_signer_verify_webhook(signer, NULL, 0, NULL, 0, NULL, 0) ==
        PUSHER_ERROR_WEBHOOK_KEY);
  CHECK(allocations == before);
  /* Invalid JSON needs one, which is counted. */
  CHECK(authorize("presence-x", BAD_MEMBERS[1]) == PUSHER_ERROR_CHANNEL_DATA);
  CHECK(allocations > before);
  call_signer_free();
}

/* If memory runs out, a function that allocates aborts, and Rust's allocator prints the size. A
 * function that does not allocate is not affected. */
static void memory_runs_out(void) {
  size_t i;
  for (i = 0; i < COUNT(CALLS); i++) {
    char errors[256], expected[256];
    size_t needed, failing, bytes;
    int status;

    needed = allocations;
    CALLS[i].run();
    needed = allocations - needed;
    CHECK((needed > 0) == CALLS[i].allocates);
    printf("%s: %zu allocations\n", CALLS[i].name, needed);
    fflush(stdout);
    if (CALLS[i].run == call_signer_free) continue; /* it cannot run twice */

    for (failing = 1; failing <= needed; failing++) {
      status = status_of_child(CALLS[i].run, failing, errors, sizeof errors);
      CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
      CHECK(sscanf(errors, "memory allocation of %zu bytes failed", &bytes) == 1);
      sprintf(expected, "memory allocation of %zu bytes failed\n", bytes);
      CHECK(strncmp(errors, expected, strlen(expected)) == 0); /* the rest is about backtraces */
    }
    status = status_of_child(CALLS[i].run, needed + 1, errors, sizeof errors);
    CHECK(status == 0 && errors[0] == '\0');
  }
}

static void stack_is_bounded(void) {
  size_t i, at;
  for (i = 0; i < COUNT(CALLS); i++) {
    memset(stack, PAINT, STACK);
    on_stack(CALLS[i].run);
    for (at = 0; stack[at] == PAINT; at++) {}
    printf("%s: %zu bytes of stack\n", CALLS[i].name, STACK - at);
    CHECK(STACK - at <= (size_t)CALLS[i].kilobytes_of_stack << 10);
  }
}

static void *every_call(void *unused) {
  size_t i;
  for (i = 0; i < COUNT(CALLS); i++) CALLS[i].run();
  return unused;
}

static void thread_of_64_kilobytes(void) {
  pthread_attr_t attributes;
  pthread_t thread;
  CHECK(pthread_attr_init(&attributes) == 0);
  CHECK(pthread_attr_setstacksize(&attributes, 64 << 10) == 0);
  CHECK(pthread_create(&thread, &attributes, every_call, NULL) == 0);
  CHECK(pthread_join(thread, NULL) == 0);
}

/* ---- secrets -------------------------------------------------------------------------------
 * The search is for windows of 8 bytes. They are stored inverted, so that the list itself is not
 * found. The config is made at run time, and this program wipes it before the search. */

/* SECRET must not be found. IN_SIGNER, the HMAC's states and the master key, must only be found in
 * the signer. The signer's block can also have a part of the secret in its padding. */
enum { SECRET = 1, IN_SIGNER = 2 };
static struct {
  uint64_t inverted;
  int kind;
} windows[4096];
static size_t window_count;
static char config[2048], raw_secret[512], secret[512], master_key[32], master_key_base64[45];
/* The plaintext. It has several complete blocks and a partial one. */
static char plaintext[201];
/* Lengths are known before the calls: strlen would leave the text in vector registers. */
static size_t secret_len, config_len;

static void add_window(const void *bytes, int kind) {
  uint64_t window;
  memcpy(&window, bytes, 8);
  CHECK(window_count < COUNT(windows));
  windows[window_count].inverted = ~window;
  windows[window_count++].kind = kind;
}

static void add_bytes(const void *bytes, size_t len, int kind) {
  size_t i;
  for (i = 0; i + 8 <= len; i++) add_window((const char *)bytes + i, kind);
}

/* Adjacent words in both orders, because the SHA instructions swap them. */
static void add_words(const uint32_t *words, size_t count, int kind) {
  size_t i;
  for (i = 0; i + 2 <= count; i++) {
    const uint32_t swapped[2] = {words[i + 1], words[i]};
    add_window(words + i, kind);
    add_window(swapped, kind);
  }
}

/* SHA-256 (FIPS 180-4) of one block. */
static void schedule_of(const unsigned char *block, uint32_t *w) {
#define ROTATE(x, n) ((x) >> (n) | (x) << (32 - (n)))
  int i;
  for (i = 0; i < 16; i++)
    w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
           (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
  for (; i < 64; i++)
    w[i] = w[i - 16] + w[i - 7] + (ROTATE(w[i - 15], 7) ^ ROTATE(w[i - 15], 18) ^ w[i - 15] >> 3) +
           (ROTATE(w[i - 2], 17) ^ ROTATE(w[i - 2], 19) ^ w[i - 2] >> 10);
}

static void compress(uint32_t *state, const uint32_t *w) {
  static const uint32_t K[64] = {
      0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
      0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
      0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
      0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
      0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
      0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
      0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
      0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
      0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
      0xc67178f2,
  };
  uint32_t v[8];
  int i;
  memcpy(v, state, sizeof v);
  for (i = 0; i < 64; i++) {
    uint32_t t1 = v[7] + (ROTATE(v[4], 6) ^ ROTATE(v[4], 11) ^ ROTATE(v[4], 25)) +
                  ((v[4] & v[5]) ^ (~v[4] & v[6])) + K[i] + w[i];
    uint32_t t2 = (ROTATE(v[0], 2) ^ ROTATE(v[0], 13) ^ ROTATE(v[0], 22)) +
                  ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
    memmove(v + 1, v, 7 * sizeof v[0]);
    v[4] += t1;
    v[0] = t1 + t2;
  }
  for (i = 0; i < 8; i++) state[i] += v[i];
}

static const uint32_t INITIAL[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

static void big_endian(const uint32_t *words, size_t count, unsigned char *bytes) {
  size_t i;
  for (i = 0; i < 4 * count; i++) bytes[i] = (unsigned char)(words[i / 4] >> (24 - 8 * (i % 4)));
}

static void add_state(const uint32_t *state) {
  unsigned char bytes[32];
  big_endian(state, 8, bytes);
  add_words(state, 8, IN_SIGNER);
  add_bytes(bytes, sizeof bytes, IN_SIGNER);
}

/* Encodes 32 bytes (RFC 4648, section 4). */
static void encode_base64(const unsigned char *bytes, char *base64) {
  static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  size_t i;
  for (i = 0; i < 43; i++) {
    unsigned bits = 0;
    size_t bit;
    for (bit = 6 * i; bit < 6 * i + 6; bit++)
      bits = bits << 1 | (bit < 256 ? (unsigned)(bytes[bit / 8] >> (7 - bit % 8) & 1) : 0);
    base64[i] = DIGITS[bits];
  }
  base64[43] = '=';
  base64[44] = '\0';
}

/* Everything in HMAC-SHA256 (RFC 2104) that depends on the secret only: each is sufficient to
 * sign, or leads back to the secret. */
static void list_windows(void) {
  static const unsigned char PADS[2] = {0x36, 0x5c};
  unsigned char key[64] = {0};
  size_t key_len = secret_len, i, pad;
  uint32_t w[64], state[8];
  char base64[45];

  window_count = 0;
  add_bytes(secret, secret_len, SECRET);
  add_bytes(raw_secret, strlen(raw_secret), SECRET);
  add_bytes(master_key, sizeof master_key, IN_SIGNER);
  add_bytes(master_key_base64, strlen(master_key_base64), SECRET);
  add_bytes(plaintext, strlen(plaintext), SECRET);
  { /* the one block of an encrypted channel's secret: 19 bytes of name, and the key */
    unsigned char block[64] = "private-encrypted-x";
    memcpy(block + 19, master_key, sizeof master_key);
    block[51] = 0x80;
    block[62] = 51 * 8 >> 8;
    block[63] = 51 * 8 & 0xff;
    schedule_of(block, w);
    add_words(w + 5, 7, SECRET);
    add_words(w + 16, 48, SECRET);
    /* The channel's secret, which is not the library's output here. */
    memcpy(state, INITIAL, sizeof state);
    compress(state, w);
    big_endian(state, 8, block);
    add_words(state, 8, SECRET);
    add_bytes(block, 32, SECRET);
    encode_base64(block, base64);
    add_bytes(base64, 43, SECRET);
  }
  if (secret_len <= 64) {
    memcpy(key, secret, secret_len);
  } else {
    unsigned char block[64];
    size_t at;
    memcpy(state, INITIAL, sizeof state);
    for (at = 0; at + 64 <= secret_len; at += 64) {
      schedule_of((const unsigned char *)secret + at, w);
      add_words(w, 64, SECRET);
      compress(state, w);
      add_words(state, 8, SECRET);
    }
    memset(block, 0, sizeof block); /* the rest fits with the length: at most 55 bytes */
    memcpy(block, secret + at, secret_len - at);
    block[secret_len - at] = 0x80;
    block[62] = (unsigned char)(secret_len * 8 >> 8);
    block[63] = (unsigned char)(secret_len * 8);
    schedule_of(block, w);
    compress(state, w);
    add_words(state, 8, SECRET);
    big_endian(state, 8, key);
    key_len = 32;
    add_bytes(key, key_len, SECRET);
  }
  for (pad = 0; pad < 2; pad++) {
    unsigned char block[64];
    for (i = 0; i < 64; i++) block[i] = key[i] ^ PADS[pad];
    schedule_of(block, w);
    memcpy(state, INITIAL, sizeof state);
    compress(state, w);
    add_bytes(block, key_len, SECRET);
    add_words(w, key_len / 4, SECRET);
    add_words(w + 16, 48, SECRET);
    add_state(state);
  }
}

/* Clears the vector registers, so that they have no remains of this program's own work. */
static void clear_registers(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f"))
    __asm__ volatile(".irp n,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n\t"
                     "vpxord %zmm\\n, %zmm\\n, %zmm\\n\n\t"
                     ".endr");
  if (__builtin_cpu_supports("avx"))
    __asm__ volatile("vzeroall"
                     :
                     :
                     : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
                       "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
  else
    __asm__ volatile(".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n\t"
                     "xorps %xmm\\n, %xmm\\n\n\t"
                     ".endr");
#elif defined(__aarch64__)
  __asm__ volatile(".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n\t"
                   "movi v\\n\\().2d, #0\n\t"
                   ".endr\n\t"
                   ".irp n,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n\t"
                   "movi v\\n\\().2d, #0\n\t"
                   ".endr"
                   :
                   :
                   : "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11",
                     "v12", "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22",
                     "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31");
#endif
}

/* A config with a secret of random letters, the same in each run, some of them escaped. The members
 * `before` and `after` surround it. */
static const struct {
  const char *before, *after;
  size_t secret_len;
  int escapes;
  int32_t code;
} CONFIGS[] = {
    {"{\"appId\":\"3\",\"key\":\"" KEY "\",", "}", 20, 0, 0},
    {"{\"key\":\"" KEY "\",", "}", 20, 1, 0},
    {"{\"key\":\"" KEY "\",", "}", 64, 0, 0},
    {"{\"key\":\"" KEY "\",", "}", 65, 0, 0},
    {"{\"key\":\"" KEY "\",", "}", 180, 0, 0},
    {"{", ",\"key\":\"" KEY "\",\"appId\":\"1\",\"cluster\":\"eu\",\"useTLS\":true}", 180, 1, 0},
    {"{", ",\"key\":\"a:b\"}", 20, 0, PUSHER_ERROR_CONFIG_KEY},
    {"{", "}", 180, 1, PUSHER_ERROR_CONFIG_KEY},
    {"{\"key\":\"k\",", ",\"useTLS\":1}", 20, 1, PUSHER_ERROR_CONFIG_INVALID},
    {"{\"key\":\"k\",", "}}", 180, 1, PUSHER_ERROR_CONFIG_INVALID},
    {"{\"key\":\"k\",", ",\"secret\":\"s\"}", 20, 1, PUSHER_ERROR_CONFIG_INVALID},
};
static size_t chosen;

static void make_config(void) {
  static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  static uint32_t random = 20261123;
  char *raw = raw_secret;
  size_t i;
  for (i = 0; i < sizeof master_key; i++) {
    random = random * 1664525 + 1013904223;
    master_key[i] = (char)(random >> 16);
  }
  encode_base64((const unsigned char *)master_key, master_key_base64);
  for (i = 0; i < sizeof plaintext - 1; i++) {
    random = random * 1664525 + 1013904223;
    plaintext[i] = LETTERS[(random >> 16) % (sizeof LETTERS - 1)];
  }
  for (secret_len = 0; secret_len < CONFIGS[chosen].secret_len; secret_len++) {
    char letter;
    random = random * 1664525 + 1013904223;
    letter = LETTERS[(random >> 16) % (sizeof LETTERS - 1)];
    secret[secret_len] = letter;
    if (CONFIGS[chosen].escapes && secret_len % 3 == 0)
      raw += sprintf(raw, "\\u%04x", (unsigned)letter);
    else
      *raw++ = letter;
  }
  *raw = '\0';
  raw = stpcpy(stpcpy(config, CONFIGS[chosen].before), "\"encryptionMasterKeyBase64\":\"");
  raw = stpcpy(stpcpy(stpcpy(raw, master_key_base64), "\",\"secret\":\""), raw_secret);
  strcpy(stpcpy(raw, "\""), CONFIGS[chosen].after);
  config_len = strlen(config);
  list_windows();
  clear_registers();
}

/* Runs on the other stack, which is overwritten, so that it has no remains of this program's work. */
static void prepare_config(void) {
  on_stack(make_config);
  memset(stack, PAINT, STACK);
  memset(secret, 0, sizeof secret);
  memset(raw_secret, 0, sizeof raw_secret);
  memset(master_key, 0, sizeof master_key);
  memset(master_key_base64, 0, sizeof master_key_base64);
}

/* Wipes this program's copies of the secrets. */
static void wipe_inputs(void) {
  memset(config, 0, sizeof config);
  memset(plaintext, 0, sizeof plaintext);
  memset(output, 0, sizeof output);
}

static int kind_of(uint64_t inverted) {
  size_t i;
  for (i = 0; i < window_count; i++)
    if (windows[i].inverted == inverted) return windows[i].kind;
  return 0;
}

/* The number of windows found in the signer's block, and elsewhere. */
typedef struct {
  size_t secrets, states, in_signer;
} findings;

/* The heap stores the size of a block before it. */
static int is_in_signer(const unsigned char *at) {
  const unsigned char *block = (const unsigned char *)signer;
  size_t size;
  if (block == NULL) return 0;
  memcpy(&size, block - sizeof size, sizeof size);
  return at >= block && at < block + size;
}

static findings search_range(const unsigned char *from, const unsigned char *to, findings found) {
  static unsigned char known[1 << 16]; /* by the last bytes of the windows, for speed */
  size_t i;
  memset(known, 0, sizeof known);
  for (i = 0; i < window_count; i++) known[windows[i].inverted >> 48] = 1;
  for (; from + 8 <= to; from++) {
    uint64_t inverted;
    memcpy(&inverted, from, 8);
    inverted = ~inverted;
    if (!known[inverted >> 48]) continue;
    switch (kind_of(inverted)) {
    case SECRET:
      *(is_in_signer(from) ? &found.in_signer : &found.secrets) += 1;
      break;
    case IN_SIGNER:
      *(is_in_signer(from) ? &found.in_signer : &found.states) += 1;
      break;
    default:
      continue;
    }
  }
  return found;
}

/* Searches all memory that this process can write to. */
static findings search(void) {
  static char maps[1 << 16];
  findings found = {0, 0, 0};
  ssize_t len, total = 0;
  char *line, *rest = maps;
  int file;

  file = open("/proc/self/maps", O_RDONLY);
  CHECK(file >= 0);
  while ((len = read(file, maps + total, sizeof maps - 1 - (size_t)total)) > 0) total += len;
  close(file);
  maps[total] = '\0';
  while ((line = strsep(&rest, "\n")) != NULL) {
    unsigned char *from, *to;
    char readable, writable;
    if (sscanf(line, "%p-%p %c%c", (void **)&from, (void **)&to, &readable, &writable) != 4)
      continue;
    if (readable != 'r' || writable != 'w') continue;
    /* The part of the heap that was never used need not be searched. */
    if (from <= heap && to >= heap + sizeof heap) {
      found = search_range(from, heap + heap_used, found);
      from = heap + sizeof heap;
    }
    found = search_range(from, to, found);
  }
  return found;
}

static void leak(void) {
  char on_the_stack[1 << 14]; /* deeper than what the dynamic linker uses afterwards */
  char *freed = (char *)malloc(16), *from = strstr(config, "secret") + strlen("secret\":\"");
  size_t i;
  for (i = 0; i < 16; i++) on_the_stack[i] = freed[i] = from[i];
  __asm__ volatile("" : : "r"(on_the_stack) : "memory"); /* keeps the copy */
  free(freed);
}

/* Keeps no copy in memory: the kernel makes one when it interrupts. */
static void leak_in_a_register(void) {
  const char *from = strstr(config, "secret") + strlen("secret\":\"");
#if defined(__x86_64__)
  __asm__ volatile("movups (%0), %%xmm9\n\tint3\n\tpxor %%xmm9, %%xmm9"
                   :
                   : "r"(from)
                   : "xmm9", "memory");
#elif defined(__aarch64__)
  __asm__ volatile("ldr q9, [%0]\n\tbrk #0\n\tmovi v9.2d, #0" : : "r"(from) : "v9", "memory");
#endif
}

static int is_lazy;

/* Interrupts the program here: the kernel saves all registers to the stack. */
static void interrupt(void) {
#if defined(__x86_64__)
  __asm__ volatile("int3");
#elif defined(__aarch64__)
  __asm__ volatile("brk #0");
#else
#error "how is a program interrupted here?"
#endif
}

static void on_signal(int number, siginfo_t *information, void *interrupted) {
  (void)number, (void)information, (void)interrupted;
#if defined(__aarch64__)
  ((ucontext_t *)interrupted)->uc_mcontext.pc += 4; /* brk is not skipped */
#endif
}

/* The search finds remains on the stack, in freed memory, and in a register. */
static void search_finds(void) {
  chosen = 0;
  prepare_config();
  wipe_inputs();
  CHECK(search().secrets == 0);
  prepare_config();
  on_stack(leak);
  wipe_inputs();
  CHECK(search().secrets >= 2 * 9); /* windows of 8 within 16 bytes, twice */
  prepare_config();
  on_stack(leak_in_a_register);
  wipe_inputs();
  CHECK(search().secrets >= 9);
}

/* Calls with every result that signing can have. */
static const struct {
  const char *socket_id, *user_json;
  size_t size;
  int32_t code;
} ENDS[] = {
    {SOCKET_ID, USER, sizeof output, 0},
    {SOCKET_ID, USER, 10, PUSHER_ERROR_BUFFER_TOO_SMALL},
    {"1", USER, sizeof output, PUSHER_ERROR_SOCKET_ID},
    {SOCKET_ID, "{\"id\":1}", sizeof output, PUSHER_ERROR_USER_ID_NOT_STRING},
};
static size_t end;

static void check_end(int32_t result) { CHECK((result < 0 ? result : 0) == ENDS[end].code); }

/* The interrupts come right after the calls, before anything else can use a register. */
static void authenticate_user(void) {
  int32_t result = pusher_authenticate_user(config, ENDS[end].socket_id, ENDS[end].user_json,
                                            output, ENDS[end].size);
  interrupt();
  if (CONFIGS[chosen].code < 0)
    CHECK(result == CONFIGS[chosen].code);
  else
    check_end(result);
}

static void new_signer_with_config(void) {
  int32_t result = pusher_signer_new(config, config_len, &signer);
  interrupt();
  CHECK(result == CONFIGS[chosen].code);
}

static void free_signer(void) {
  pusher_signer_free(signer);
  interrupt();
  signer = NULL;
}

/* These functions leave states of the HMAC in registers, as the header says. This program clears
 * them: otherwise its own stack would have them later. */
static void signer_authenticate_user(void) {
  check_end(pusher_signer_authenticate_user(signer, ENDS[end].socket_id,
                                            strlen(ENDS[end].socket_id), ENDS[end].user_json,
                                            strlen(ENDS[end].user_json), output, ENDS[end].size));
  clear_registers();
}

static void functions_without_master_key(void) {
  size_t size;
  for (size = 0; size < 200; size += 40)
    CHECK(pusher_signer_request_url(signer, "POST", 4, "/events", 7, NULL, 0, USER, strlen(USER), 1,
                                    output, size) < 0);
  CHECK(authorize("private-x", "{\"user_id\":1}") == PUSHER_ERROR_CHANNEL_DATA);
  CHECK(authorize("private-x", "") > 0);
  CHECK(authorize("presence-x", "{\"user_id\":1}") > 0);
  CHECK(request_url("a=1&b=2") > 0 || request_url("") == PUSHER_ERROR_CONFIG_APP);
  CHECK(pusher_signer_terminate_user_url(signer, "a|b", 3, 1, output, sizeof output) > 0 ||
        request_url("") == PUSHER_ERROR_CONFIG_APP);
  CHECK(verify_webhook() < 0);
  CHECK(event_body("x", "y") > 0);
  clear_registers();
}

/* Each of the functions that use the master key, with its errors. */
static void authorize_encrypted_channel(void) {
  size_t size;
  int32_t result;
  for (size = 0; size < 200; size += 40) {
    result = pusher_signer_authorize_channel(signer, SOCKET_ID, strlen(SOCKET_ID), ENCRYPTED,
                                             strlen(ENCRYPTED), NULL, 0, output, size);
    interrupt();
    CHECK(result == PUSHER_ERROR_BUFFER_TOO_SMALL || size > 120);
  }
}

static void encrypt(void) {
  int32_t result = pusher_signer_encrypt(signer, ENCRYPTED, strlen(ENCRYPTED), plaintext,
                                         sizeof plaintext - 1, ciphertext, sizeof ciphertext);
  interrupt();
  CHECK(result > 0);
}

static void encrypt_into_too_small_a_buffer(void) {
  int32_t result = pusher_signer_encrypt(signer, ENCRYPTED, strlen(ENCRYPTED), plaintext,
                                         sizeof plaintext - 1, output, 99);
  interrupt();
  CHECK(result == PUSHER_ERROR_BUFFER_TOO_SMALL);
}

static void decrypt(void) {
  int32_t result = pusher_signer_decrypt(signer, ENCRYPTED, strlen(ENCRYPTED), ciphertext,
                                         strlen(ciphertext), output, sizeof output);
  interrupt();
  CHECK(result == (int32_t)sizeof plaintext - 1);
}

static void decrypt_into_too_small_a_buffer(void) {
  int32_t result = pusher_signer_decrypt(signer, ENCRYPTED, strlen(ENCRYPTED), ciphertext,
                                         strlen(ciphertext), output, 99);
  interrupt();
  CHECK(result == PUSHER_ERROR_BUFFER_TOO_SMALL);
}

static void decrypt_what_was_tampered_with(void) {
  char *last = strrchr(ciphertext, '"') - 8, old = *last;
  int32_t result;
  *last = old == 'A' ? 'B' : 'A';
  result = pusher_signer_decrypt(signer, ENCRYPTED, strlen(ENCRYPTED), ciphertext,
                                 strlen(ciphertext), output, sizeof output);
  interrupt();
  CHECK(result == PUSHER_ERROR_DECRYPTION);
  *last = old;
}

static void write_encrypted_event(void) {
  int32_t result = pusher_signer_event_body(signer, ENCRYPTED, strlen(ENCRYPTED), "a", 1, plaintext,
                                            sizeof plaintext - 1, NULL, 0, output, sizeof output);
  interrupt();
  CHECK(result > 0);
}

/* The text is in `config`, which is wiped before the search. */
static void write_encrypted_events(void) {
  int32_t result = pusher_signer_events_body(signer, config, config_len, output, sizeof output);
  interrupt();
  CHECK(result > 0);
}

static char inverted_plaintext[sizeof plaintext];

static void invert_plaintext(void) {
  size_t i;
  for (i = 0; i < sizeof plaintext; i++) inverted_plaintext[i] = (char)~plaintext[i];
  clear_registers();
}

static void restore_plaintext(void) {
  size_t i;
  for (i = 0; i < sizeof plaintext; i++) plaintext[i] = (char)~inverted_plaintext[i];
  clear_registers();
}

static void prepare_events(void) {
  char *at =
      stpcpy(config, "{\"batch\":[{\"name\":\"a\",\"channel\":\"" ENCRYPTED "\",\"data\":\"");
  at = stpcpy(at, plaintext);
  at = stpcpy(at, "\"},{\"name\":\"a\",\"channel\":\"" ENCRYPTED "\",\"data\":[\"\\u0041");
  strcpy(stpcpy(at, plaintext), "\"]}]}");
  config_len = strlen(config);
  clear_registers();
}

static const struct {
  void (*run)(void);
  int takes_events;
} WITH_MASTER_KEY[] = {
    {authorize_encrypted_channel, 0},     {encrypt, 0},
    {encrypt_into_too_small_a_buffer, 0}, {decrypt, 0},
    {decrypt_into_too_small_a_buffer, 0}, {decrypt_what_was_tampered_with, 0},
    {write_encrypted_event, 0},           {write_encrypted_events, 1},
};

/* Searches for remains of a call, after wiping its arguments and its result. */
static findings search_after(void (*run)(void)) {
  memset(stack, PAINT, STACK);
  on_stack(run);
  wipe_inputs();
  return search();
}

/* Secrets remain neither in memory nor in registers, even with lazy binding. */
static void nothing_remains_of_the_one_call(void) {
  for (chosen = 0; chosen < COUNT(CONFIGS); chosen++)
    for (end = 0; end < COUNT(ENDS); end++) {
      findings found;
      prepare_config();
      found = search_after(authenticate_user);
      CHECK(found.secrets == 0 && found.states == 0);
    }
}

static void nothing_remains_of_a_signer(void) {
  for (chosen = 0; chosen < COUNT(CONFIGS); chosen++) {
    findings found;
    size_t states, i;
    prepare_config();
    on_stack(invert_plaintext);
    found = search_after(new_signer_with_config);
    CHECK(found.secrets == 0 && found.states == 0);
    if (CONFIGS[chosen].code < 0) {
      CHECK(signer == NULL);
      continue;
    }
    /* They are found in the signer, so the windows are those of the library's states. */
    states = found.in_signer;
    CHECK(states > 0);
    for (i = 0; i < COUNT(WITH_MASTER_KEY); i++) {
      on_stack(restore_plaintext);
      if (WITH_MASTER_KEY[i].takes_events) on_stack(prepare_events);
      found = search_after(WITH_MASTER_KEY[i].run);
      CHECK(found.secrets == 0 && found.states == 0 && found.in_signer == states);
    }
    /* The other functions leave states in registers, which lazy binding saves to the stack. */
    for (end = 0; end < COUNT(ENDS); end++) {
      found = search_after(signer_authenticate_user);
      CHECK(found.secrets == 0 && (found.states == 0 || is_lazy) && found.in_signer == states);
    }
    found = search_after(functions_without_master_key);
    CHECK(found.secrets == 0 && (found.states == 0 || is_lazy) && found.in_signer == states);
    found = search_after(free_signer);
    CHECK(found.secrets == 0 && found.states == 0 && found.in_signer == 0);
  }
}

/* -------------------------------------------------------------------------------------------- */

static const struct {
  const char *name;
  void (*run)(void);
  int also_lazily;
} CHECKS[] = {
    /* The searches come first, while little of the heap is used. */
    {"search_finds", search_finds, 1},
    {"nothing_remains_of_the_one_call", nothing_remains_of_the_one_call, 1},
    {"nothing_remains_of_a_signer", nothing_remains_of_a_signer, 1},
    {"no_allocation_for_a_plain_user", no_allocation_for_a_plain_user, 0},
    {"no_allocation_for_other_calls", no_allocation_for_other_calls, 0},
    {"memory_runs_out", memory_runs_out, 0},
    {"stack_is_bounded", stack_is_bounded, 0},
    {"thread_of_64_kilobytes", thread_of_64_kilobytes, 0},
};

int main(int argc, char **argv) {
  struct sigaction action;
  size_t i;
  memset(&action, 0, sizeof action);
  action.sa_flags = SA_SIGINFO;
  action.sa_sigaction = on_signal;
  CHECK(sigaction(SIGTRAP, &action, NULL) == 0);
  is_lazy = argc == 2 && strcmp(argv[1], "lazy") == 0;
  if (argc != 2 || (!is_lazy && strcmp(argv[1], "now") != 0)) return 2;
  unsetenv("RUST_BACKTRACE"); /* Rust's allocator would print a backtrace */
  for (i = 0; i < COUNT(CHECKS); i++) {
    if (is_lazy && !CHECKS[i].also_lazily) continue;
    if (!CHECKS[i].also_lazily &&
        many_members == NULL) { /* not before: it would be searched, too */
      many_members = strdup(user_of_members(30000));
      deep_user = strdup(nested_user("[{\"\":", "0", "}]", 150000));
    }
    CHECKS[i].run();
    printf("ok %s\n", CHECKS[i].name);
    fflush(stdout);
  }
  return 0;
}
