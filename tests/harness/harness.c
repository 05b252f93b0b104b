/* Uses the library as a C or C++ program does, and as a careless or hostile one would.
 *
 *   harness            runs every check
 *   harness NAME...    runs these checks
 *   harness --list     prints the names
 *   harness --left-out prints the checks that this platform cannot run, and why
 *
 * Prints "ok NAME" for each check that passes, and stops at the first that fails. It prints
 * nothing else, so any other output is the library's. Compiles as C99 and as C++11, for POSIX
 * and Windows. SHARED_LIBRARY is the path of the shared library for the check that loads it at
 * run time. A static program cannot load one and is compiled without it. The environment
 * variable CALLS limits the rounds of each thread and the number of children; tools such as
 * valgrind need fewer. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <limits.h>
#include <pthread.h>
#include <time.h>

#include "../common/documented_example.h"
#include "../common/platform.h"
#include "pusher_auth.h"

#define CALLBACK "Pusher.auth_callbacks['1']"
#define SCRIPT "/**/" CALLBACK "(" RESPONSE ");"

/* The documented app with everything that channels and requests require. */
#define MASTER_KEY "zyrm8pvV2C9fJcBfhyXzvxbJVN/H7QLmbe0xJi1GhPU="
#define APP                                                                                      \
  "{\"appId\":\"3\",\"key\":\"" KEY "\",\"secret\":\"7ad3773142a6692b25b8\",\"cluster\":\"eu\"," \
  "\"encryptionMasterKeyBase64\":\"" MASTER_KEY "\"}"
#define APP_URL "https://" KEY ":7ad3773142a6692b25b8@api-eu.pusher.com/apps/3"
#define PRIVATE "private-foobar"
#define PRIVATE_RESPONSE \
  "{\"auth\":\"" KEY ":58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4\"}"
#define PRESENCE "presence-foobar"
#define CHANNEL_DATA "{\"user_id\":10,\"user_info\":{\"name\":\"Mr. Channels\"}}"
#define PRESENCE_RESPONSE                                                                   \
  "{\"auth\":\"" KEY ":31935e7d86dba64c2a90aed31fdc61869f9b22ba9d8863bba239c03ca481bc80\"," \
  "\"channel_data\":\"{\\\"user_id\\\":10,\\\"user_info\\\":{\\\"name\\\":\\\"Mr. Channels\\\"}}\"}"
#define BODY \
  "{\"name\":\"foo\",\"channels\":[\"project-3\"],\"data\":\"{\\\"some\\\":\\\"data\\\"}\"}"
#define URL                                                                               \
  "https://api-eu.pusher.com/apps/3/events?auth_key=" KEY                                 \
  "&auth_timestamp=1353088179&auth_version=1.0&body_md5=ec365a775a4cd0599faeb73354201b6f" \
  "&auth_signature=da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c"

/* The Python library's encrypted channel, and the Go library's request with a query. */
#define ENCRYPTED_APP                    \
  "{\"key\":\"foo\",\"secret\":\"bar\"," \
  "\"encryptionMasterKeyBase64\":\"OHRXNUZRTG5pUTFzQlFGd3J3N3Q2VFZFc0paZDEweVk=\"}"
#define ENCRYPTED "private-encrypted-channel"
#define ENCRYPTED_RESPONSE                                                              \
  "{\"auth\":\"foo:fff0503dfe4929f5162efe4d1dacbce524b0d8e7e1331117a8651c0e74d369e3\"," \
  "\"shared_secret\":\"VmIsNZtCSteh8kazd2toc+ofhohBtUouQRSDtRvuyVI=\"}"
#define QUERY "info=user_count&filter_by_prefix=presence-"
#define QUERY_APP \
  "{\"key\":\"d41a439c438a100756f5\",\"secret\":\"4bf35003e819bb138249\",\"appId\":102015}"
#define QUERY_URL                                                                \
  "https://api.pusherapp.com/apps/102015/channels?auth_key=d41a439c438a100756f5" \
  "&auth_timestamp=1427034994&auth_version=1.0&" QUERY                           \
  "&auth_signature=4d8a02edcc8a758b0162cd6da690a9a45fb8ae326a276dca1e06a0bc42796c11"

/* A user id that must be percent-encoded. The signature is from Python's hmac. */
#define TERMINATE_URL                                                                         \
  "https://api-eu.pusher.com/apps/3/users/auth0%7Cabc123/terminate_connections?auth_key=" KEY \
  "&auth_timestamp=1353088179&auth_version=1.0&body_md5=99914b932bd37a50b983c5e7c90ae93b"     \
  "&auth_signature=d14d19abad22e3c4c583184afead1b67196df51060d985c94d58f8a9db48b69e"

/* The body with which Pusher's PHP library sends to a user. */
#define EVENT_DATA "\"event-data\""
#define EVENT_BODY_TEXT \
  "{\"name\":\"my-event\",\"data\":\"\\\"event-data\\\"\",\"channel\":\"#server-to-user-123\"}"
#define BATCH "{\"batch\":[{\"name\":\"a\",\"channel\":\"b\",\"data\":{\"c\":[1]}}]}"
#define BATCH_BODY "{\"batch\":[{\"name\":\"a\",\"channel\":\"b\",\"data\":\"{\\\"c\\\":[1]}\"}]}"

/* The result of PyNaCl's crypto_secretbox with the nonce 00 01 02 ... */
#define ENCRYPTED_BLA "private-encrypted-bla"
#define PLAINTEXT "Hello!"
#define CIPHERTEXT \
  "{\"nonce\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYX\",\"ciphertext\":\"W+mXVfti6CbgLeJQq+SAeTJldi2bCg==\"}"

#define FORM "application/x-www-form-urlencoded"
#define JSON "application/json"
#define FORM_TEXT "socket_id=1234.1234&channel_name=private-a%20b%2Bc"
#define JSON_TEXT "{\"socket_id\":\"1234.1234\",\"channel_name\":\"private-\\u00e9\"}"

/* Published by the official Node library. */
#define HOOK_APP "{\"key\":\"123456789\",\"secret\":\"tofu\"}"
#define HOOK_BODY \
  "{\"time_ms\":1403175510755,\"events\":[{\"channel\":\"test_channel\",\"name\":\"channel_vacated\"}]}"
#define HOOK_SIGNATURE "c17257e92037cd7de407ebc1ed174ceb7b2e518db127f44411b9ffc4f5b28cc5"
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define CANARY '\xA5'
/* The largest length, and the smallest one that no object can have. */
#define BEYOND_ANY_OBJECT ((size_t)SIZE_MAX / 2 + 1)

/* The process ends after this many seconds without progress. */
#ifndef TOO_LONG
#define TOO_LONG 600
#endif

/* ---- assertions -------------------------------------------------------------------------- */

#define CHECK(condition)                                 \
  do {                                                   \
    if (!(condition)) fail(__LINE__, #condition, "", 0); \
  } while (0)

/* Names the input, for checks of a table. */
#define CHECK_RESULT(actual, expected, input)                                              \
  do {                                                                                     \
    int32_t result_ = (actual);                                                            \
    if (result_ != (expected)) fail(__LINE__, #actual " == " #expected, (input), result_); \
  } while (0)

static void fail(int line, const char *condition, const char *input, int32_t result) {
  fprintf(stderr, "harness.c:%d: expected %s, got %d; input: %.200s\n", line, condition,
          (int)result, input ? input : "NULL");
  _exit(1); /* also ends a forked child, without flushing the parent's buffers */
}

static int all_canaries(const char *from, const char *to) {
  while (from < to)
    if (*from++ != CANARY) return 0;
  return 1;
}

/* Returns whether an error left the empty string, and wrote nothing after it. */
static int is_emptied(const char *buffer, size_t size) {
  return size == 0 || (buffer[0] == '\0' && all_canaries(buffer + 1, buffer + size));
}

/* Returns `size` bytes, rounded up to whole pages, between two inaccessible pages. */
typedef struct {
  char *first, *end;
} fence;

/* Reserves inaccessible memory: a first page, the fence, and a last page. */
static char *reserve_fence(size_t size, fence *f) {
  size_t page = page_size(), inside = (size + page - 1) / page * page;
  char *reserved = reserve(inside + 2 * page);
  CHECK(reserved != NULL);
  f->first = reserved + page;
  f->end = f->first + inside;
  return reserved;
}

static fence new_fence(size_t size) {
  fence f;
  reserve_fence(size, &f);
  CHECK(f.first == f.end || make_accessible(f.first, (size_t)(f.end - f.first)));
  return f;
}

static void free_fence(fence f) {
  CHECK(release(f.first - page_size(), (size_t)(f.end - f.first) + 2 * page_size()));
}

/* ---- all functions with one signature ----------------------------------------------------- */

typedef struct {
  const char *bytes;
  size_t length;
} string;

/* For a literal, which can contain NULs. */
#define S(literal) {literal, sizeof(literal) - 1}
#define NO_STRING {NULL, 0}

static string string_of(const char *text) {
  string s = {text, strlen(text)};
  return s;
}

typedef enum {
  AUTHENTICATE_USER_ONCE, /* config, socket id, user: terminated strings */
  AUTHENTICATE_USER,
  AUTHORIZE_CHANNEL,
  VERIFY_WEBHOOK,
  REQUEST_URL,
  TERMINATE_USER_URL,
  EVENT_BODY,
  EVENTS_BODY,
  ENCRYPT,
  DECRYPT,
  REQUEST_PARAMETER,
  JSONP,
  FUNCTIONS
} function;

enum { MAX_STRINGS = 4 };

static const struct {
  const char *name;
  size_t strings;
  int takes_signer, takes_timestamp, writes;
} TRAITS[FUNCTIONS] = {
    {"pusher_authenticate_user", 3, 0, 0, 1},
    {"pusher_signer_authenticate_user", 2, 1, 0, 1},
    {"pusher_signer_authorize_channel", 3, 1, 0, 1},
    {"pusher_signer_verify_webhook", 3, 1, 0, 0},
    {"pusher_signer_request_url", 4, 1, 1, 1},
    {"pusher_signer_terminate_user_url", 1, 1, 1, 1},
    {"pusher_signer_event_body", 4, 1, 0, 1},
    {"pusher_signer_events_body", 1, 1, 0, 1},
    {"pusher_signer_encrypt", 2, 1, 0, 1},
    {"pusher_signer_decrypt", 2, 1, 0, 1},
    {"pusher_request_parameter", 3, 0, 0, 1},
    {"pusher_jsonp", 2, 0, 0, 1},
};

static int32_t call(function f, const pusher_signer *signer, const string *s, int64_t timestamp,
                    char *out, size_t size) {
#define ARGUMENT(i) s[i].bytes, s[i].length
  switch (f) {
  case AUTHENTICATE_USER_ONCE:
    return pusher_authenticate_user(s[0].bytes, s[1].bytes, s[2].bytes, out, size);
  case AUTHENTICATE_USER:
    return pusher_signer_authenticate_user(signer, ARGUMENT(0), ARGUMENT(1), out, size);
  case AUTHORIZE_CHANNEL:
    return pusher_signer_authorize_channel(signer, ARGUMENT(0), ARGUMENT(1), ARGUMENT(2), out,
                                           size);
  case VERIFY_WEBHOOK:
    return pusher_signer_verify_webhook(signer, ARGUMENT(0), ARGUMENT(1), ARGUMENT(2));
  case REQUEST_URL:
    return pusher_signer_request_url(signer, ARGUMENT(0), ARGUMENT(1), ARGUMENT(2), ARGUMENT(3),
                                     timestamp, out, size);
  case TERMINATE_USER_URL:
    return pusher_signer_terminate_user_url(signer, ARGUMENT(0), timestamp, out, size);
  case EVENT_BODY:
    return pusher_signer_event_body(signer, ARGUMENT(0), ARGUMENT(1), ARGUMENT(2), ARGUMENT(3), out,
                                    size);
  case EVENTS_BODY:
    return pusher_signer_events_body(signer, ARGUMENT(0), out, size);
  case ENCRYPT:
    return pusher_signer_encrypt(signer, ARGUMENT(0), ARGUMENT(1), out, size);
  case DECRYPT:
    return pusher_signer_decrypt(signer, ARGUMENT(0), ARGUMENT(1), out, size);
  case REQUEST_PARAMETER:
    return pusher_request_parameter(ARGUMENT(0), ARGUMENT(1), ARGUMENT(2), out, size);
  case JSONP:
    return pusher_jsonp(ARGUMENT(0), ARGUMENT(1), out, size);
  case FUNCTIONS:
    break;
  }
#undef ARGUMENT
  fail(__LINE__, "a function", "", (int32_t)f);
  return 0;
}

static pusher_signer *signer_of(const char *config) {
  pusher_signer *signer = NULL;
  CHECK_RESULT(pusher_signer_new(config, strlen(config), &signer), 0, config);
  CHECK(signer != NULL);
  return signer;
}

static pusher_signer *new_signer(void) { return signer_of(CONFIG); }

/* Returns the documented size of a buffer for these strings. */
static size_t bound_of(function f, const pusher_signer *signer, const string *s) {
  size_t total = 0, i;
  switch (f) {
  case AUTHENTICATE_USER_ONCE:
    return pusher_response_bound(s[0].length, s[2].length);
  case REQUEST_PARAMETER:
    return s[1].length + 1;
  case JSONP:
    return s[0].length + 2 * s[1].length + 8;
  default:
    for (i = 0; i < TRAITS[f].strings; i++)
      if (f != REQUEST_URL || i != 3) total += s[i].length; /* not a request's body */
    return pusher_signer_bound(signer, total);
  }
}

/* ---- calls and their known results -------------------------------------------------------- */

/* If the result is NULL, each call has another one, of this length. */
static const struct {
  function f;
  const char *config;
  string strings[MAX_STRINGS];
  int64_t timestamp;
  const char *expected;
  int32_t length;
} EXAMPLES[] = {
#define RESULT(text) text, (int32_t)sizeof(text) - 1
#define OF_LENGTH(length) NULL, (int32_t)(length)
    {AUTHENTICATE_USER_ONCE, CONFIG, {S(CONFIG), S(SOCKET_ID), S(USER)}, 0, RESULT(RESPONSE)},
    {AUTHENTICATE_USER_ONCE, CONFIG, {S(APP_URL), S(SOCKET_ID), S(USER)}, 0, RESULT(RESPONSE)},
    {AUTHENTICATE_USER, CONFIG, {S(SOCKET_ID), S(USER)}, 0, RESULT(RESPONSE)},
    {AUTHORIZE_CHANNEL, APP, {S(SOCKET_ID), S(PRIVATE), NO_STRING}, 0, RESULT(PRIVATE_RESPONSE)},
    {AUTHORIZE_CHANNEL,
     APP,
     {S(SOCKET_ID), S(PRESENCE), S(CHANNEL_DATA)},
     0,
     RESULT(PRESENCE_RESPONSE)},
    {AUTHORIZE_CHANNEL,
     ENCRYPTED_APP,
     {S("345.23"), S(ENCRYPTED), NO_STRING},
     0,
     RESULT(ENCRYPTED_RESPONSE)},
    {VERIFY_WEBHOOK, HOOK_APP, {S("123456789"), S(HOOK_SIGNATURE), S(HOOK_BODY)}, 0, RESULT("")},
    {REQUEST_URL, APP, {S("POST"), S("/events"), NO_STRING, S(BODY)}, 1353088179, RESULT(URL)},
    {REQUEST_URL, APP_URL, {S("POST"), S("/events"), NO_STRING, S(BODY)}, 1353088179, RESULT(URL)},
    {REQUEST_URL,
     QUERY_APP,
     {S("GET"), S("/channels"), S(QUERY), NO_STRING},
     1427034994,
     RESULT(QUERY_URL)},
    {TERMINATE_USER_URL, APP, {S("auth0|abc123")}, 1353088179, RESULT(TERMINATE_URL)},
    {EVENT_BODY,
     CONFIG,
     {S("#server-to-user-123"), S("my-event"), S(EVENT_DATA), NO_STRING},
     0,
     RESULT(EVENT_BODY_TEXT)},
    {EVENT_BODY,
     CONFIG,
     {S("a"), S("b"), S("c"), S(SOCKET_ID)},
     0,
     RESULT("{\"name\":\"b\",\"data\":\"c\",\"channel\":\"a\",\"socket_id\":\"1234.1234\"}")},
    {EVENT_BODY,
     APP,
     {S(ENCRYPTED_BLA), S("b"), S(PLAINTEXT), NO_STRING},
     0,
     OF_LENGTH(sizeof CIPHERTEXT - 1 + 8 /* quotes */ + 9 + 1 + 10 + 13 + 21 + 2)},
    {EVENTS_BODY, CONFIG, {S(BATCH)}, 0, RESULT(BATCH_BODY)},
    {EVENTS_BODY,
     APP,
     {S("{\"name\":\"b\",\"channels\":[\"" ENCRYPTED_BLA "\"],\"data\":\"" PLAINTEXT "\"}")},
     0,
     OF_LENGTH(sizeof CIPHERTEXT - 1 + 8 + 12 + 13 + 21 + 3 + 8 + 2)},
    {ENCRYPT, APP, {S(ENCRYPTED_BLA), S(PLAINTEXT)}, 0, OF_LENGTH(sizeof CIPHERTEXT - 1)},
    {DECRYPT, APP, {S(ENCRYPTED_BLA), S(CIPHERTEXT)}, 0, RESULT(PLAINTEXT)},
    {REQUEST_PARAMETER,
     CONFIG,
     {S(FORM), S(FORM_TEXT), S("channel_name")},
     0,
     RESULT("private-a b+c")},
    {REQUEST_PARAMETER, CONFIG, {NO_STRING, S(FORM_TEXT), S("socket_id")}, 0, RESULT(SOCKET_ID)},
    {REQUEST_PARAMETER,
     CONFIG,
     {S(JSON "; charset=utf-8"), S(JSON_TEXT), S("channel_name")},
     0,
     RESULT("private-\xc3\xa9")},
    {JSONP, CONFIG, {S(CALLBACK), S(RESPONSE)}, 0, RESULT(SCRIPT)},
};

static pusher_signer *example_signers[COUNT(EXAMPLES)];

/* Creates the signers of all examples. Threads share them. */
static void set_up_examples(void) {
  size_t i;
  for (i = 0; i < COUNT(EXAMPLES); i++) example_signers[i] = signer_of(EXAMPLES[i].config);
}

static void free_examples(void) {
  size_t i;
  for (i = 0; i < COUNT(EXAMPLES); i++) pusher_signer_free(example_signers[i]);
}

static int32_t call_example(size_t i, const string *strings, char *out, size_t size) {
  return call(EXAMPLES[i].f, example_signers[i], strings, EXAMPLES[i].timestamp, out, size);
}

/* Returns whether `out` is a valid result of the example, even if it differs in each call. */
static int is_expected(size_t i, const char *out) {
  const char *ciphertext;
  char quoted[512], plaintext[64];
  size_t from, to = 0;
  int32_t n;
  if (!TRAITS[EXAMPLES[i].f].writes) return 1;
  if (EXAMPLES[i].expected != NULL) return strcmp(out, EXAMPLES[i].expected) == 0;
  if (strlen(out) != (size_t)EXAMPLES[i].length) return 0;
  /* Encrypted data must decrypt to the plaintext, whether or not they are in a body. */
  ciphertext = strstr(out, "{\\\"nonce");
  if (ciphertext == NULL) ciphertext = strstr(out, "{\"nonce");
  if (ciphertext == NULL) return 0;
  for (from = 0; ciphertext[from] != '}'; from++)
    if (ciphertext[from] != '\\') quoted[to++] = ciphertext[from];
  quoted[to++] = '}';
  n = pusher_signer_decrypt(example_signers[i], ENCRYPTED_BLA, strlen(ENCRYPTED_BLA), quoted, to,
                            plaintext, sizeof plaintext);
  return n == (int32_t)strlen(PLAINTEXT) && strcmp(plaintext, PLAINTEXT) == 0;
}

static void run_examples(void) {
  char out[512];
  size_t i;
  for (i = 0; i < COUNT(EXAMPLES); i++) {
    CHECK_RESULT(call_example(i, EXAMPLES[i].strings, out, sizeof out), EXAMPLES[i].length,
                 TRAITS[EXAMPLES[i].f].name);
    CHECK(is_expected(i, out));
  }
}

/* Both functions that authenticate must reject the input with this code. */
static void rejects_user(const char *config, const char *socket_id, const char *user_json,
                         int32_t code) {
  char out[512];
  const char *wrong = code >= PUSHER_ERROR_CONFIG_SECRET ? config
                      : code == PUSHER_ERROR_SOCKET_ID   ? socket_id
                                                         : user_json;
  pusher_signer *signer = (pusher_signer *)out; /* must become NULL on error */
  int32_t result;

  memset(out, CANARY, sizeof out);
  CHECK_RESULT(pusher_authenticate_user(config, socket_id, user_json, out, sizeof out), code,
               wrong);
  CHECK(is_emptied(out, sizeof out));

  memset(out, CANARY, sizeof out);
  result = pusher_signer_new(config, strlen(config), &signer);
  if (result == 0) {
    result = pusher_signer_authenticate_user(signer, socket_id, strlen(socket_id), user_json,
                                             strlen(user_json), out, sizeof out);
    CHECK(is_emptied(out, sizeof out));
    pusher_signer_free(signer);
  } else {
    CHECK(signer == NULL);
    CHECK(all_canaries(out, out + sizeof out));
  }
  CHECK_RESULT(result, code, wrong);
}

static int32_t authorize(const pusher_signer *signer, const char *channel, const char *channel_data,
                         char *out, size_t size) {
  return pusher_signer_authorize_channel(signer, SOCKET_ID, strlen(SOCKET_ID), channel,
                                         strlen(channel), channel_data, strlen(channel_data), out,
                                         size);
}

static int32_t request_url(const pusher_signer *signer, const char *method, const char *path,
                           const char *query, int64_t timestamp, char *out, size_t size) {
  return pusher_signer_request_url(signer, method, strlen(method), path, strlen(path), query,
                                   strlen(query), NULL, 0, timestamp, out, size);
}

/* Checks a response except for the signature, which other tests compare with another HMAC. */
static void check_response(const char *user_json, size_t len, const char *response,
                           int32_t result) {
  static const char HEAD[] = "{\"auth\":\"" KEY ":", MIDDLE[] = "\",\"user_data\":\"";
  const char *p = response;
  size_t i;
  CHECK_RESULT(result < 0 ? result : 0, 0, user_json);
  CHECK(memcmp(p, HEAD, strlen(HEAD)) == 0);
  p += strlen(HEAD);
  CHECK(strspn(p, "0123456789abcdef") == 64);
  p += 64;
  CHECK(memcmp(p, MIDDLE, strlen(MIDDLE)) == 0);
  p += strlen(MIDDLE);
  for (i = 0; i < len; i++) {
    char byte = user_json[i];
    if (byte != '\0' && strchr("\"\\\n\r\t", byte) != NULL) {
      CHECK(*p++ == '\\');
      byte = byte == '\n' ? 'n' : byte == '\r' ? 'r' : byte == '\t' ? 't' : byte;
    }
    CHECK(*p++ == byte);
  }
  CHECK(strcmp(p, "\"}") == 0);
  CHECK(result == (int32_t)(p + 2 - response));
  CHECK((size_t)result < pusher_response_bound(strlen(CONFIG), len));
}

/* Authenticates this user, which must succeed or fail with this code. */
static void signs(const char *user_json, size_t len, int32_t code) {
  pusher_signer *signer = new_signer();
  size_t size = pusher_signer_bound(signer, strlen(SOCKET_ID) + len);
  char *out = (char *)malloc(size);
  int32_t result;
  CHECK(out != NULL);
  result = pusher_signer_authenticate_user(signer, SOCKET_ID, strlen(SOCKET_ID), user_json, len,
                                           out, size);
  if (code < 0) {
    CHECK_RESULT(result, code, user_json);
    CHECK(out[0] == '\0');
  } else {
    check_response(user_json, len, out, result);
  }
  free(out);
  pusher_signer_free(signer);
}

/* ---- the checks -------------------------------------------------------------------------- */

static void documented_answer(void) {
  run_examples();
  CHECK(strcmp(pusher_version(), PUSHER_AUTH_VERSION) == 0);
  CHECK(PUSHER_AUTH_VERSION_NUMBER >= 0x010000);
}

/* Errors of the config must also be those of pusher_signer_new. */
static void every_code(void) {
  static const struct {
    int32_t code;
    const char *config, *socket_id, *user_json;
  } CASES[] = {
      {PUSHER_ERROR_CONFIG_INVALID, "", SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_INVALID, "null", SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_INVALID, "[\"k\",\"s\"]", SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_INVALID, CONFIG " {}", SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_INVALID, "{\"key\":\"k\",\"secret\":\"\xff\"}", SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_INVALID, "{\"key\":1,\"secret\":\"s\"}", SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_INVALID, "{\"key\":\"k\",\"secret\":1}", SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_INVALID, "{\"key\":\"k\",\"key\":\"k\",\"secret\":\"s\"}", SOCKET_ID,
       USER},
      {PUSHER_ERROR_CONFIG_INVALID, "{\"key\":\"k\",\"secret\":\"s\",\"\\u0073ecret\":\"s\"}",
       SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_INVALID, "{\"key\":\"k\",\"secret\":\"s\",\"appId\":true}", SOCKET_ID,
       USER},
      {PUSHER_ERROR_CONFIG_INVALID, "{\"key\":\"k\",\"secret\":\"s\",\"cluster\":1}", SOCKET_ID,
       USER},
      {PUSHER_ERROR_CONFIG_INVALID, "{\"key\":\"k\",\"secret\":\"s\",\"useTLS\":\"yes\"}",
       SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_INVALID, "{\"key\":\"k\",\"secret\":\"s\",\"host\":1}", SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_INVALID, "{\"key\":\"k\",\"secret\":\"s\",\"port\":{}}", SOCKET_ID,
       USER},
      {PUSHER_ERROR_CONFIG_INVALID,
       "{\"key\":\"k\",\"secret\":\"s\",\"encryptionMasterKeyBase64\":1}", SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_INVALID, "ftp://k:s@h/apps/3", SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_INVALID, "https://k:s@h/apps/3?a=b", SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_INVALID, "https://k:s@h/apps/3#a", SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_INVALID, "https://:s@h/apps/3", SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_INVALID, "https://k@h/apps/3", SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_INVALID, "https://k:s@h/", SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_KEY, "{}", SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_KEY, "{\"secret\":\"s\"}", SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_KEY, "{\"key\":\"\",\"secret\":\"s\"}", SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_KEY, "{\"key\":\"a:b\",\"secret\":\"s\"}", SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_KEY, "{\"key\":\"a\\\"b\",\"secret\":\"s\"}", SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_KEY, "{\"key\":\"a\\\\b\",\"secret\":\"s\"}", SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_KEY, "{\"key\":\"a\\u0000\",\"secret\":\"s\"}", SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_KEY, "{\"key\":\"a\\n\",\"secret\":\"s\"}", SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_KEY, "{\"key\":\"cl\xc3\xa9\",\"secret\":\"s\"}", SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_SECRET, "{\"key\":\"k\"}", SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_SECRET, "{\"key\":\"k\",\"secret\":\"\"}", SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_SECRET, "{\"key\":\"k\",\"secret\":\"s\\n\"}", SOCKET_ID, USER},
      {PUSHER_ERROR_ENCRYPTION_KEY,
       "{\"key\":\"k\",\"secret\":\"s\",\"encryptionMasterKeyBase64\":\"AAAA\"}", SOCKET_ID, USER},
      {PUSHER_ERROR_ENCRYPTION_KEY, /* 33 bytes */
       "{\"key\":\"k\",\"secret\":\"s\",\"encryptionMasterKeyBase64\":"
       "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
       SOCKET_ID, USER},
      {PUSHER_ERROR_ENCRYPTION_KEY,
       "{\"key\":\"k\",\"secret\":\"s\",\"encryptionMasterKeyBase64\":\"" MASTER_KEY "\\n\"}",
       SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_APP, "{\"key\":\"k\",\"secret\":\"s\",\"appId\":\"a/b\"}", SOCKET_ID,
       USER},
      {PUSHER_ERROR_CONFIG_APP, "{\"key\":\"k\",\"secret\":\"s\",\"appId\":1.5}", SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_APP, "{\"key\":\"k\",\"secret\":\"s\",\"appId\":1,\"cluster\":\"a.b/\"}",
       SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_APP, "{\"key\":\"k\",\"secret\":\"s\",\"appId\":1,\"host\":\"a@b\"}",
       SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_APP, "{\"key\":\"k\",\"secret\":\"s\",\"appId\":1,\"port\":\"65536\"}",
       SOCKET_ID, USER},
      {PUSHER_ERROR_SOCKET_ID, CONFIG, "", USER},
      {PUSHER_ERROR_SOCKET_ID, CONFIG, ".", USER},
      {PUSHER_ERROR_SOCKET_ID, CONFIG, "1", USER},
      {PUSHER_ERROR_SOCKET_ID, CONFIG, "1.", USER},
      {PUSHER_ERROR_SOCKET_ID, CONFIG, ".1", USER},
      {PUSHER_ERROR_SOCKET_ID, CONFIG, "1.1.1", USER},
      {PUSHER_ERROR_SOCKET_ID, CONFIG, "+1.1", USER},
      {PUSHER_ERROR_SOCKET_ID, CONFIG, " 1.1", USER},
      {PUSHER_ERROR_SOCKET_ID, CONFIG, "1.1\n", USER},
      {PUSHER_ERROR_SOCKET_ID, CONFIG, "1.1::user::{}", USER},
      {PUSHER_ERROR_SOCKET_ID, CONFIG, "\xd9\xa1.\xd9\xa2", USER}, /* Arabic digits */
      {PUSHER_ERROR_USER_INVALID, CONFIG, SOCKET_ID, ""},
      {PUSHER_ERROR_USER_INVALID, CONFIG, SOCKET_ID, "{"},
      {PUSHER_ERROR_USER_INVALID, CONFIG, SOCKET_ID, "[]"},
      {PUSHER_ERROR_USER_INVALID, CONFIG, SOCKET_ID, "null"},
      {PUSHER_ERROR_USER_INVALID, CONFIG, SOCKET_ID, "{\"id\":\"1\"}{}"},
      {PUSHER_ERROR_USER_INVALID, CONFIG, SOCKET_ID, "{\"id\":\"1\",}"},
      {PUSHER_ERROR_USER_INVALID, CONFIG, SOCKET_ID, "{\"id\":\"1\",\"id\":\"1\""},
      {PUSHER_ERROR_USER_INVALID, CONFIG, SOCKET_ID, "{\"id\":\"1\",\"a\":01}"},
      {PUSHER_ERROR_USER_INVALID, CONFIG, SOCKET_ID, "{\"id\":\"1\",\"a\":\"\n\"}"},
      {PUSHER_ERROR_USER_INVALID, CONFIG, SOCKET_ID, "{\"id\":\"\\ud800\"}"},
      {PUSHER_ERROR_USER_INVALID, CONFIG, SOCKET_ID, "{\"id\":\"1\",\"\\udc00\":1}"},
      {PUSHER_ERROR_USER_INVALID, CONFIG, SOCKET_ID, "{\"id\":\"1\",\"a\":[{\"b\":\"\\ud80\"}]}"},
      {PUSHER_ERROR_USER_INVALID, CONFIG, SOCKET_ID, "\xef\xbb\xbf" USER}, /* a byte order mark */
      {PUSHER_ERROR_USER_ID_MISSING, CONFIG, SOCKET_ID, "{}"},
      {PUSHER_ERROR_USER_ID_MISSING, CONFIG, SOCKET_ID, "{\"ID\":\"1\",\"a\":{\"id\":\"1\"}}"},
      {PUSHER_ERROR_USER_ID_NOT_STRING, CONFIG, SOCKET_ID, "{\"id\":12345}"},
      {PUSHER_ERROR_USER_ID_NOT_STRING, CONFIG, SOCKET_ID, "{\"id\":null}"},
      {PUSHER_ERROR_USER_ID_NOT_STRING, CONFIG, SOCKET_ID, "{\"id\":[\"1\"]}"},
      {PUSHER_ERROR_USER_ID_EMPTY, CONFIG, SOCKET_ID, "{\"id\":\"\"}"},
      {PUSHER_ERROR_USER_DUPLICATE_MEMBER, CONFIG, SOCKET_ID, "{\"id\":\"1\",\"id\":\"1\"}"},
      {PUSHER_ERROR_USER_DUPLICATE_MEMBER, CONFIG, SOCKET_ID, "{\"id\":5,\"id\":\"1\"}"},
      {PUSHER_ERROR_USER_DUPLICATE_MEMBER, CONFIG, SOCKET_ID, "{\"id\":\"1\",\"\\u0069d\":\"2\"}"},
      {PUSHER_ERROR_USER_DUPLICATE_MEMBER, CONFIG, SOCKET_ID, "{\"a\":1,\"a\":1}"},
  };
  size_t i;
  for (i = 0; i < COUNT(CASES); i++)
    rejects_user(CASES[i].config, CASES[i].socket_id, CASES[i].user_json, CASES[i].code);
}

static int32_t wrap(const char *callback, const char *response, char *out, size_t size) {
  return pusher_jsonp(callback, strlen(callback), response, strlen(response), out, size);
}

static void every_jsonp_code(void) {
  static const struct {
    int32_t code;
    const char *callback, *response;
  } CASES[] = {
      {PUSHER_ERROR_CALLBACK, "", RESPONSE},
      {PUSHER_ERROR_CALLBACK, "alert(1)", RESPONSE},
      {PUSHER_ERROR_CALLBACK, "a;b", RESPONSE},
      {PUSHER_ERROR_CALLBACK, "a.", RESPONSE},
      {PUSHER_ERROR_CALLBACK, ".a", RESPONSE},
      {PUSHER_ERROR_CALLBACK, "1a", RESPONSE},
      {PUSHER_ERROR_CALLBACK, "a.1", RESPONSE},
      {PUSHER_ERROR_CALLBACK, "a[b]", RESPONSE},
      {PUSHER_ERROR_CALLBACK, "a[]", RESPONSE},
      {PUSHER_ERROR_CALLBACK, "a['']", RESPONSE},
      {PUSHER_ERROR_CALLBACK, "a['$']", RESPONSE},
      {PUSHER_ERROR_CALLBACK, "a['b-c']", RESPONSE},
      {PUSHER_ERROR_CALLBACK, "a['b\"]", RESPONSE},
      {PUSHER_ERROR_CALLBACK, "a['b'", RESPONSE},
      {PUSHER_ERROR_CALLBACK, "a\n", RESPONSE},
      {PUSHER_ERROR_CALLBACK, "caf\xc3\xa9", RESPONSE},
      {PUSHER_ERROR_CALLBACK, "a/**/", "[]"},
      {PUSHER_ERROR_RESPONSE_INVALID, CALLBACK, ""},
      {PUSHER_ERROR_RESPONSE_INVALID, CALLBACK, "[]"},
      {PUSHER_ERROR_RESPONSE_INVALID, CALLBACK, "alert(1)"},
      {PUSHER_ERROR_RESPONSE_INVALID, CALLBACK, "{});alert(1"},
      {PUSHER_ERROR_RESPONSE_INVALID, CALLBACK, "{} {}"},
      {PUSHER_ERROR_RESPONSE_INVALID, CALLBACK, "{\"a\":\"\xff\"}"},
  };
  static const char *const ACCEPTED[] = {
      "f", "$", "_", "a.b.c", "a[0]", "a['b_1']", "a[\"b_1\"]", "Pusher.auth_callbacks['12']",
  };
  char out[512], callback[130];
  size_t i;
  for (i = 0; i < COUNT(CASES); i++) {
    memset(out, CANARY, sizeof out);
    CHECK_RESULT(wrap(CASES[i].callback, CASES[i].response, out, sizeof out), CASES[i].code,
                 CASES[i].callback);
    CHECK(is_emptied(out, sizeof out));
  }
  for (i = 0; i < COUNT(ACCEPTED); i++)
    CHECK_RESULT(wrap(ACCEPTED[i], "{}", out, sizeof out), (int32_t)strlen(ACCEPTED[i]) + 9,
                 ACCEPTED[i]);
  memset(callback, 'a', sizeof callback);
  callback[129] = '\0';
  CHECK(wrap(callback, "{}", out, sizeof out) == PUSHER_ERROR_CALLBACK);
  CHECK(wrap(callback + 1, "{}", out, sizeof out) == 128 + 9);
  /* Older JavaScript does not allow these line separators in a string. */
  CHECK(wrap("f", "{\"a\":\"\xe2\x80\xa8\xe2\x80\xa9\"}", out, sizeof out) > 0);
  CHECK(strcmp(out, "/**/f({\"a\":\"\\u2028\\u2029\"});") == 0);
}

static void every_channel_code(void) {
  static const struct {
    int32_t code;
    const char *config, *socket_id, *channel, *channel_data;
  } CASES[] = {
      {PUSHER_ERROR_SOCKET_ID, APP, "1.1\n", PRIVATE, ""},
      {PUSHER_ERROR_CHANNEL, APP, SOCKET_ID, "", ""},
      {PUSHER_ERROR_CHANNEL, APP, SOCKET_ID, "public", ""},
      {PUSHER_ERROR_CHANNEL, APP, SOCKET_ID, "Private-x", ""},
      {PUSHER_ERROR_CHANNEL, APP, SOCKET_ID, "private", ""},
      {PUSHER_ERROR_CHANNEL, APP, SOCKET_ID, "#server-to-user-alice", ""},
      {PUSHER_ERROR_CHANNEL, APP, SOCKET_ID, "private-a b", ""},
      {PUSHER_ERROR_CHANNEL, APP, SOCKET_ID, "private-a:b", ""},
      {PUSHER_ERROR_CHANNEL, APP, SOCKET_ID, "private-a\n", ""},
      {PUSHER_ERROR_CHANNEL, APP, SOCKET_ID, "private-\xc3\xa9", ""},
      /* This would be the signature of a user. */
      {PUSHER_ERROR_CHANNEL, APP, "1.1", ":user::{\"id\":\"admin\"}", ""},
      {PUSHER_ERROR_CHANNEL_DATA, APP, SOCKET_ID, PRIVATE, CHANNEL_DATA},
      {PUSHER_ERROR_CHANNEL_DATA, APP, SOCKET_ID, "private-encrypted-x", CHANNEL_DATA},
      {PUSHER_ERROR_CHANNEL_DATA, APP, SOCKET_ID, PRESENCE, "x"},
      {PUSHER_ERROR_CHANNEL_DATA, APP, SOCKET_ID, PRESENCE, "[]"},
      {PUSHER_ERROR_CHANNEL_DATA, APP, SOCKET_ID, PRESENCE, "{}"},
      {PUSHER_ERROR_CHANNEL_DATA, APP, SOCKET_ID, PRESENCE, "{\"user_id\":\"\"}"},
      {PUSHER_ERROR_CHANNEL_DATA, APP, SOCKET_ID, PRESENCE, "{\"user_id\":1.5}"},
      {PUSHER_ERROR_CHANNEL_DATA, APP, SOCKET_ID, PRESENCE, "{\"user_id\":1e3}"},
      {PUSHER_ERROR_CHANNEL_DATA, APP, SOCKET_ID, PRESENCE, "{\"user_id\":1E1}"},
      {PUSHER_ERROR_CHANNEL_DATA, APP, SOCKET_ID, PRESENCE, "{\"user_id\":null}"},
      {PUSHER_ERROR_CHANNEL_DATA, APP, SOCKET_ID, PRESENCE, "{\"user_id\":\"\\ud800\"}"},
      {PUSHER_ERROR_CHANNEL_DATA, APP, SOCKET_ID, PRESENCE, "{\"user_id\":1,\"user_id\":1}"},
      {PUSHER_ERROR_CHANNEL_DATA, APP, SOCKET_ID, PRESENCE,
       "{\"user_id\":1,\"a\":1,\"\\u0061\":1}"},
      {PUSHER_ERROR_ENCRYPTION_KEY, CONFIG, SOCKET_ID, "private-encrypted-x", ""},
      {PUSHER_ERROR_ENCRYPTION_KEY, CONFIG, SOCKET_ID, "private-encrypted-cache-x", ""},
  };
  static const char *const AUTHORIZED[] = {"private-x",
                                           "private-cache-x",
                                           "presence-x",
                                           "presence-cache-x",
                                           "private-encrypted-x",
                                           "private-encrypted-cache-x",
                                           "private-azAZ09_-=@,.;"};
  char out[512], name[202];
  pusher_signer *signer;
  size_t i;
  for (i = 0; i < COUNT(CASES); i++) {
    signer = signer_of(CASES[i].config);
    memset(out, CANARY, sizeof out);
    CHECK_RESULT(pusher_signer_authorize_channel(signer, CASES[i].socket_id,
                                                 strlen(CASES[i].socket_id), CASES[i].channel,
                                                 strlen(CASES[i].channel), CASES[i].channel_data,
                                                 strlen(CASES[i].channel_data), out, sizeof out),
                 CASES[i].code, CASES[i].channel);
    CHECK(is_emptied(out, sizeof out));
    pusher_signer_free(signer);
  }
  signer = signer_of(APP);
  for (i = 0; i < COUNT(AUTHORIZED); i++)
    CHECK(authorize(signer, AUTHORIZED[i], "", out, sizeof out) > 0);
  /* Published by the official Node library. */
  CHECK(authorize(signer, "private-encrypted-bla", "", out, sizeof out) > 0);
  CHECK(strstr(out, "\",\"shared_secret\":\"nlr49ISQHz91yS3cy/yWmW8wFMNeTnNL5tNHnbPJcLQ=\"}") !=
        NULL);
  CHECK((size_t)strlen(out) <
        pusher_signer_bound(signer, strlen(SOCKET_ID) + strlen("private-encrypted-bla")));
  memset(name, 'a', sizeof name);
  memcpy(name, "private-", strlen("private-"));
  name[201] = '\0';
  CHECK(authorize(signer, name, "", out, sizeof out) == PUSHER_ERROR_CHANNEL);
  name[200] = '\0';
  CHECK(authorize(signer, name, "", out, sizeof out) > 0);
  CHECK(pusher_signer_authorize_channel(signer, SOCKET_ID, strlen(SOCKET_ID), "private-a\0b", 11,
                                        NULL, 0, out, sizeof out) == PUSHER_ERROR_CHANNEL);
  pusher_signer_free(signer);
}

static void every_request_code(void) {
  static const struct {
    int32_t code;
    const char *config, *method, *path, *query;
  } CASES[] = {
      {PUSHER_ERROR_CONFIG_APP, CONFIG, "POST", "/events", ""},
      {PUSHER_ERROR_REQUEST, APP, "", "/events", ""},
      {PUSHER_ERROR_REQUEST, APP, "post", "/events", ""},
      {PUSHER_ERROR_REQUEST, APP, "POST\n", "/events", ""},
      {PUSHER_ERROR_REQUEST, APP, "POST", "", ""},
      {PUSHER_ERROR_REQUEST, APP, "POST", "/", ""},
      {PUSHER_ERROR_REQUEST, APP, "POST", "events", ""},
      {PUSHER_ERROR_REQUEST, APP, "POST", "/users//terminate_connections", ""},
      {PUSHER_ERROR_REQUEST, APP, "POST", "/users/./terminate_connections", ""},
      {PUSHER_ERROR_REQUEST, APP, "POST", "/users/../events", ""},
      {PUSHER_ERROR_REQUEST, APP, "POST", "/users/%2e%2e/events", ""},
      {PUSHER_ERROR_REQUEST, APP, "POST", "/users/a%2Fb/terminate_connections", ""},
      {PUSHER_ERROR_REQUEST, APP, "POST", "/users/a%5cb/terminate_connections", ""},
      {PUSHER_ERROR_REQUEST, APP, "POST", "/users/a%00/terminate_connections", ""},
      {PUSHER_ERROR_REQUEST, APP, "POST", "/users/a%/terminate_connections", ""},
      {PUSHER_ERROR_REQUEST, APP, "POST", "/users/a%g0/terminate_connections", ""},
      {PUSHER_ERROR_REQUEST, APP, "POST", "/apps/3/events", ""},
      {PUSHER_ERROR_REQUEST, APP, "POST", "/users/a?/terminate_connections", ""},
      {PUSHER_ERROR_REQUEST, APP, "POST", "/users/a#/terminate_connections", ""},
      {PUSHER_ERROR_REQUEST, APP, "POST", "/users/a b/terminate_connections", ""},
      {PUSHER_ERROR_REQUEST, APP, "POST", "/users/a\nb/terminate_connections", ""},
      {PUSHER_ERROR_REQUEST, APP, "POST", "/users/\xc3\xa9/terminate_connections", ""},
      {PUSHER_ERROR_REQUEST, APP, "GET", "/channels", "info"},
      {PUSHER_ERROR_REQUEST, APP, "GET", "/channels", "=1"},
      {PUSHER_ERROR_REQUEST, APP, "GET", "/channels", "a=1&"},
      {PUSHER_ERROR_REQUEST, APP, "GET", "/channels", "a=1&a=2"},
      {PUSHER_ERROR_REQUEST, APP, "GET", "/channels", "a=%20"},
      {PUSHER_ERROR_REQUEST, APP, "GET", "/channels", "a=+"},
      {PUSHER_ERROR_REQUEST, APP, "GET", "/channels", "auth_key=1"},
      {PUSHER_ERROR_REQUEST, APP, "GET", "/channels", "body_md5=1"},
      {PUSHER_ERROR_REQUEST, APP, "GET", "/channels", "Auth_key=1"},
      {PUSHER_ERROR_REQUEST, APP, "GET", "/channels", "BODY_MD5=1"},
  };
  static const struct {
    const char *config, *start;
  } ADDRESSES[] = {
      {"{\"key\":\"k\",\"secret\":\"s\",\"appId\":3}",
       "https://api.pusherapp.com/apps/3/channels?"},
      {"{\"key\":\"k\",\"secret\":\"s\",\"appId\":\"3\",\"host\":\"127.0.0.1\",\"port\":6001,\"useTLS\":false,"
       "\"cluster\":\"mt1\"}",
       "http://127.0.0.1:6001/apps/3/channels?"},
      {"{\"key\":\"k\",\"secret\":\"s\",\"appId\":\"3\",\"host\":\"[::1]\",\"port\":\"8443\"}",
       "https://[::1]:8443/apps/3/channels?"},
      {"{\"key\":\"k\",\"secret\":\"s\",\"appId\":\"3\",\"host\":null,\"port\":\"\",\"path\":\"\"}",
       "https://api.pusherapp.com/apps/3/channels?"},
      {"{\"key\":\"k\",\"secret\":\"s\",\"appId\":\"3\",\"host\":\"127.0.0.1\",\"scheme\":\"http\"}",
       "http://127.0.0.1/apps/3/channels?"},
      {"{\"key\":\"k\",\"secret\":\"s\",\"appId\":\"3\",\"host\":\"127.0.0.1\",\"encrypted\":false,"
       "\"path\":\"/ws\"}",
       "http://127.0.0.1/ws/apps/3/channels?"},
      {"{\"key\":\"a&b#c d\",\"secret\":\"s\",\"appId\":\"3\"}",
       "https://api.pusherapp.com/apps/3/channels?auth_key=a%26b%23c%20d&"},
      {"http://k:s@127.0.0.1:6001/ws/apps/3", "http://127.0.0.1:6001/ws/apps/3/channels?"},
  };
  char out[1024];
  pusher_signer *signer;
  size_t i;
  for (i = 0; i < COUNT(CASES); i++) {
    signer = signer_of(CASES[i].config);
    memset(out, CANARY, sizeof out);
    CHECK_RESULT(
        request_url(signer, CASES[i].method, CASES[i].path, CASES[i].query, 1, out, sizeof out),
        CASES[i].code, CASES[i].query[0] != '\0' ? CASES[i].query : CASES[i].path);
    CHECK(is_emptied(out, sizeof out));
    pusher_signer_free(signer);
  }
  for (i = 0; i < COUNT(ADDRESSES); i++) {
    signer = signer_of(ADDRESSES[i].config);
    CHECK(request_url(signer, "GET", "/channels", "", 1, out, sizeof out) > 0);
    CHECK(strncmp(out, ADDRESSES[i].start, strlen(ADDRESSES[i].start)) == 0);
    pusher_signer_free(signer);
  }
  signer = signer_of(QUERY_APP);
  CHECK(request_url(signer, "GET", "/channels", "", -1, out, sizeof out) == PUSHER_ERROR_REQUEST);
  CHECK(request_url(signer, "GET", "/channels", "", INT64_MAX, out, sizeof out) > 0);
  CHECK(strstr(out, "&auth_timestamp=9223372036854775807&") != NULL);
  { /* 0 is now. */
    long long before = (long long)time(NULL), signed_at;
    CHECK(request_url(signer, "GET", "/channels", "", 0, out, sizeof out) > 0);
    CHECK(sscanf(strstr(out, "&auth_timestamp=") + strlen("&auth_timestamp="), "%lld",
                 &signed_at) == 1);
    CHECK(before <= signed_at && signed_at <= (long long)time(NULL));
  }
  /* An equals sign in a value and an encoded id are not changed. */
  CHECK(request_url(signer, "GET", "/channels", "a=b=c", 1, out, sizeof out) > 0);
  CHECK(strstr(out, "&a=b=c&auth_signature=") != NULL);
  CHECK(request_url(signer, "GET", "/users/auth0%7Cabc", "", 1, out, sizeof out) > 0);
  CHECK(strstr(out, "/users/auth0%7Cabc?") != NULL);
  pusher_signer_free(signer);
}

static void every_event_code(void) {
  static const struct {
    int32_t code;
    string strings[MAX_STRINGS];
  } EVENTS[] = {
      {PUSHER_ERROR_CHANNEL, {NO_STRING, S("b"), S("c"), NO_STRING}},
      {PUSHER_ERROR_CHANNEL, {S("a b"), S("b"), S("c"), NO_STRING}},
      {PUSHER_ERROR_CHANNEL, {S("a\0"), S("b"), S("c"), NO_STRING}},
      {PUSHER_ERROR_CHANNEL, {S("#a"), S("b"), S("c"), NO_STRING}},
      {PUSHER_ERROR_CHANNEL, {S("#server-to-user-"), S("b"), S("c"), NO_STRING}},
      {PUSHER_ERROR_CHANNEL, {S("\xc3\xa9"), S("b"), S("c"), NO_STRING}},
      {PUSHER_ERROR_EVENT, {S("a"), NO_STRING, S("c"), NO_STRING}},
      {PUSHER_ERROR_EVENT, {S("a"), S("b\0"), S("c"), NO_STRING}},
      {PUSHER_ERROR_EVENT, {S("a"), S("\xff"), S("c"), NO_STRING}},
      {PUSHER_ERROR_EVENT, {S("a"), S("b"), S("c\0"), NO_STRING}},
      {PUSHER_ERROR_EVENT, {S("a"), S("b"), S("\x1f"), NO_STRING}},
      {PUSHER_ERROR_EVENT, {S("a"), S("b"), S("\xff"), NO_STRING}},
      {PUSHER_ERROR_SOCKET_ID, {S("a"), S("b"), S("c"), S("1.1\n")}},
      {PUSHER_ERROR_SOCKET_ID, {S("a"), S("b"), S("c"), S("1")}},
      {PUSHER_ERROR_ENCRYPTION_KEY, {S(ENCRYPTED_BLA), S("b"), S("c"), NO_STRING}},
      {0, {S("#server-to-user-Ünal Ö"), S("b"), S("c"), NO_STRING}},
      {0, {S("a"), S("b"), S("\t\r\n\"\\/\x7f"), NO_STRING}},
      {0, {S("a"), S("b"), NO_STRING, NO_STRING}},
  };
  static const struct {
    int32_t code;
    string events;
  } JSONS[] = {
      {PUSHER_ERROR_EVENT, S("")},
      {PUSHER_ERROR_EVENT, S("[]")},
      {PUSHER_ERROR_EVENT, S("{}")},
      {PUSHER_ERROR_EVENT, S("{\"name\":\"a\",\"channels\":[\"b\"]}")},
      {PUSHER_ERROR_EVENT, S("{\"name\":\"a\",\"channels\":[],\"data\":1}")},
      {PUSHER_ERROR_EVENT, S("{\"name\":\"a\",\"channels\":\"b\",\"data\":1}")},
      {PUSHER_ERROR_EVENT, S("{\"name\":\"a\",\"channels\":[1],\"data\":1}")},
      {PUSHER_ERROR_EVENT, S("{\"name\":\"a\",\"channels\":[\"b\"],\"data\":1,\"data\":2}")},
      {PUSHER_ERROR_EVENT, S("{\"name\":\"a\",\"channels\":[\"b\"],\"data\":1}\0")},
      {PUSHER_ERROR_EVENT, S("{\"name\":1,\"channels\":[\"b\"],\"data\":1}")},
      {PUSHER_ERROR_EVENT, S("{\"name\":\"\",\"channels\":[\"b\"],\"data\":1}")},
      {PUSHER_ERROR_EVENT, S("{\"name\":\"a\",\"channels\":[\"b\"],\"data\":\"\xff\"}")},
      {PUSHER_ERROR_EVENT,
       S("{\"name\":\"a\",\"channels\":[\"b\",\"" ENCRYPTED_BLA "\"],\"data\":1}")},
      {PUSHER_ERROR_EVENT, S("{\"batch\":[]}")},
      {PUSHER_ERROR_EVENT, S("{\"batch\":[1]}")},
      {PUSHER_ERROR_EVENT, S("{\"batch\":[{\"name\":\"a\",\"data\":1}]}")},
      {0, S(" {\"data\":null,\"channels\":[\"b\",\"c\"],\"name\":\"a\",\"info\":[ 1 ]} ")},
      {0, S("{\"batch\":[{\"name\":\"a\",\"channel\":\"#server-to-user-b\",\"data\":\"c\"}]}")},
  };
  pusher_signer *signer = new_signer();
  char out[1024];
  size_t i;
  for (i = 0; i < COUNT(EVENTS); i++) {
    int32_t n = call(EVENT_BODY, signer, EVENTS[i].strings, 0, out, sizeof out);
    CHECK_RESULT(n < 0 ? n : 0, EVENTS[i].code, EVENTS[i].strings[1].bytes);
    CHECK(n >= 0 ? strlen(out) == (size_t)n : out[0] == '\0');
  }
  for (i = 0; i < COUNT(JSONS); i++) {
    int32_t n = call(EVENTS_BODY, signer, &JSONS[i].events, 0, out, sizeof out);
    CHECK_RESULT(n < 0 ? n : 0, JSONS[i].code, JSONS[i].events.bytes);
    CHECK(n >= 0 ? strlen(out) == (size_t)n : out[0] == '\0');
  }
  /* Only the data are changed. */
  CHECK(call(EVENTS_BODY, signer, &JSONS[COUNT(JSONS) - 2].events, 0, out, sizeof out) > 0);
  CHECK(strcmp(out,
               " {\"data\":\"null\",\"channels\":[\"b\",\"c\"],\"name\":\"a\",\"info\":[ 1 ]} ") ==
        0);
  pusher_signer_free(signer);
}

/* The limits are 200 characters in a name, 100 channels and 10 events. */
static void limits_of_events(void) {
  pusher_signer *signer = new_signer();
  char json[4096], out[4096];
  int count, i;
  for (count = 199; count <= 201; count++) {
    json[0] = '\0';
    for (i = 0; i < count; i++) strcat(json, "\xf0\x9f\x8c\x8d"); /* a character of 4 bytes */
    CHECK((pusher_signer_event_body(signer, "a", 1, json, strlen(json), "c", 1, NULL, 0, out,
                                    sizeof out) > 0) == (count <= 200));
  }
  for (count = 99; count <= 101; count++) {
    strcpy(json, "{\"name\":\"a\",\"data\":1,\"channels\":[");
    for (i = 0; i < count; i++) strcat(json, i == 0 ? "\"b\"" : ",\"b\"");
    strcat(json, "]}");
    CHECK((pusher_signer_events_body(signer, json, strlen(json), out, sizeof out) > 0) ==
          (count <= 100));
  }
  for (count = 9; count <= 11; count++) {
    strcpy(json, "{\"batch\":[");
    for (i = 0; i < count; i++) {
      if (i > 0) strcat(json, ",");
      strcat(json, "{\"name\":\"a\",\"channel\":\"b\",\"data\":1}");
    }
    strcat(json, "]}");
    CHECK((pusher_signer_events_body(signer, json, strlen(json), out, sizeof out) > 0) ==
          (count <= 10));
  }
  pusher_signer_free(signer);
}

static void every_encryption_code(void) {
  static const struct {
    int32_t code;
    string strings[MAX_STRINGS];
  } CASES[] = {
      {PUSHER_ERROR_CHANNEL, {NO_STRING, S(CIPHERTEXT)}},
      {PUSHER_ERROR_CHANNEL, {S(PRIVATE), S(CIPHERTEXT)}},
      {PUSHER_ERROR_CHANNEL, {S("private-encrypted-a b"), S(CIPHERTEXT)}},
      {PUSHER_ERROR_CHANNEL, {S(ENCRYPTED_BLA "\0"), S(CIPHERTEXT)}},
      {PUSHER_ERROR_DECRYPTION, {S(ENCRYPTED_BLA "x"), S(CIPHERTEXT)}},
      {PUSHER_ERROR_DECRYPTION, {S(ENCRYPTED_BLA), NO_STRING}},
      {PUSHER_ERROR_DECRYPTION, {S(ENCRYPTED_BLA), S("{}")}},
      {PUSHER_ERROR_DECRYPTION, {S(ENCRYPTED_BLA), S("[]")}},
      {PUSHER_ERROR_DECRYPTION, {S(ENCRYPTED_BLA), S(CIPHERTEXT "\0")}},
      {PUSHER_ERROR_DECRYPTION, {S(ENCRYPTED_BLA), S("{\"nonce\":1,\"ciphertext\":\"AAAA\"}")}},
      {PUSHER_ERROR_DECRYPTION,
       {S(ENCRYPTED_BLA),
        S("{\"nonce\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYX\",\"ciphertext\":\"\"}")}},
      {PUSHER_ERROR_DECRYPTION,
       {S(ENCRYPTED_BLA),
        S("{\"nonce\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRY=\",\"ciphertext\":\"W+mXVfti6CbgLeJQq+SAeTJldi2bCg==\"}")}},
  };
  pusher_signer *signer = signer_of(APP), *keyless = new_signer();
  char out[256], changed[sizeof CIPHERTEXT];
  const size_t first =
      sizeof("{\"nonce\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYX\",\"ciphertext\":\"") - 1;
  size_t i;
  for (i = 0; i < COUNT(CASES); i++) {
    memset(out, CANARY, sizeof out);
    CHECK_RESULT(call(DECRYPT, signer, CASES[i].strings, 0, out, sizeof out), CASES[i].code,
                 CASES[i].strings[1].bytes);
    CHECK(is_emptied(out, sizeof out));
    if (CASES[i].code == PUSHER_ERROR_CHANNEL) {
      CHECK(call(ENCRYPT, signer, CASES[i].strings, 0, out, sizeof out) == PUSHER_ERROR_CHANNEL);
      CHECK(is_emptied(out, sizeof out));
    }
  }
  for (i = first; i < first + 30; i++) { /* each character of the tag and of the text */
    memcpy(changed, CIPHERTEXT, sizeof changed);
    changed[i] = changed[i] == 'B' ? 'C' : 'B';
    memset(out, CANARY, sizeof out);
    CHECK_RESULT(pusher_signer_decrypt(signer, ENCRYPTED_BLA, strlen(ENCRYPTED_BLA), changed,
                                       strlen(changed), out, sizeof out),
                 PUSHER_ERROR_DECRYPTION, changed);
    CHECK(is_emptied(out, sizeof out));
  }
  CHECK(pusher_signer_encrypt(keyless, ENCRYPTED_BLA, strlen(ENCRYPTED_BLA), "a", 1, out,
                              sizeof out) == PUSHER_ERROR_ENCRYPTION_KEY);
  CHECK(pusher_signer_decrypt(keyless, ENCRYPTED_BLA, strlen(ENCRYPTED_BLA), CIPHERTEXT,
                              strlen(CIPHERTEXT), out, sizeof out) == PUSHER_ERROR_ENCRYPTION_KEY);
  CHECK(pusher_signer_encrypt(signer, ENCRYPTED_BLA, strlen(ENCRYPTED_BLA), "\xff", 1, out,
                              sizeof out) == PUSHER_ERROR_EVENT);
  pusher_signer_free(signer);
  pusher_signer_free(keyless);
}

/* Data of every length up to a few blocks decrypt to themselves. Each encryption has a new nonce.
 */
static void encrypted_and_decrypted(void) {
  pusher_signer *signer = signer_of(APP);
  char data[300], encrypted[1024], other[1024], decrypted[1024];
  size_t length, i;
  for (i = 0; i < sizeof data; i++) data[i] = (char)('!' + i % 90);
  for (length = 0; length < sizeof data; length++) {
    int32_t n = pusher_signer_encrypt(signer, ENCRYPTED_BLA, strlen(ENCRYPTED_BLA), data, length,
                                      encrypted, sizeof encrypted);
    CHECK(n == (int32_t)(sizeof "{\"nonce\":\"\",\"ciphertext\":\"\"}" - 1 + 32 +
                         (length + 16 + 2) / 3 * 4));
    CHECK(strlen(encrypted) == (size_t)n);
    CHECK(pusher_signer_encrypt(signer, ENCRYPTED_BLA, strlen(ENCRYPTED_BLA), data, length, other,
                                sizeof other) == n);
    CHECK(memcmp(encrypted, other, 10 + 32) != 0);
    CHECK(pusher_signer_decrypt(signer, ENCRYPTED_BLA, strlen(ENCRYPTED_BLA), encrypted, (size_t)n,
                                decrypted, sizeof decrypted) == (int32_t)length);
    CHECK(memcmp(decrypted, data, length) == 0 && decrypted[length] == '\0');
  }
  pusher_signer_free(signer);
}

static void every_parameter_code(void) {
  static const struct {
    int32_t code;
    string strings[MAX_STRINGS];
    const char *value;
  } CASES[] = {
      {0, {S(FORM), S("a=1&b=2"), S("b")}, "2"},
      {0, {S(FORM), S("a+b=c+d%21"), S("a b")}, "c d!"},
      {0, {S(FORM), S("&&a=1&"), S("a")}, "1"},
      {0, {S(FORM), S("a=b=c"), S("a")}, "b=c"},
      {0, {S(FORM), S("a"), S("a")}, ""},
      {0, {S(FORM), S("a=%zz%"), S("a")}, "%zz%"},
      {0,
       {S("APPLICATION/X-WWW-FORM-URLENCODED;charset=UTF-8"), S("a=%C3%A9"), S("a")},
       "\xc3\xa9"},
      {0, {NO_STRING, S("a=1"), S("a")}, "1"},
      {0, {S(JSON), S(" {\"a\" : \"b\", \"c\" : 1} "), S("a")}, "b"},
      {0,
       {S(JSON), S("{\"a\":\"\\\"\\\\\\u00e9\\ud83c\\udf0d\"}"), S("a")},
       "\"\\\xc3\xa9\xf0\x9f\x8c\x8d"},
      {0, {S(JSON), S("{\"a\":\"\"}"), S("a")}, ""},
      {PUSHER_ERROR_PARAMETER_MISSING, {S(FORM), S("a=1"), S("b")}, ""},
      {PUSHER_ERROR_PARAMETER_MISSING, {S(FORM), NO_STRING, S("b")}, ""},
      {PUSHER_ERROR_PARAMETER_MISSING, {S(JSON), S("{}"), S("b")}, ""},
      {PUSHER_ERROR_PARAMETER_MISSING, {S(JSON), S("{\"a\":{\"b\":\"c\"}}"), S("b")}, ""},
      {PUSHER_ERROR_PARAMETERS, {S("text/plain"), S("a=1"), S("a")}, ""},
      {PUSHER_ERROR_PARAMETERS, {S("multipart/form-data"), S("a=1"), S("a")}, ""},
      {PUSHER_ERROR_PARAMETERS, {S(JSON "x"), S("{\"a\":\"b\"}"), S("a")}, ""},
      {PUSHER_ERROR_PARAMETERS, {S(FORM), S("a=1&a=2"), S("a")}, ""},
      {PUSHER_ERROR_PARAMETERS, {S(FORM), S("a=1&%61=2"), S("a")}, ""},
      {PUSHER_ERROR_PARAMETERS, {S(FORM), S("a=1&b=2&b=3"), S("a")}, ""},
      {PUSHER_ERROR_PARAMETERS, {S(FORM), S("a=%ff"), S("a")}, ""},
      {PUSHER_ERROR_PARAMETERS, {S(FORM), S("a=1&b=\xff"), S("a")}, ""},
      {PUSHER_ERROR_PARAMETERS, {S(JSON), NO_STRING, S("a")}, ""},
      {PUSHER_ERROR_PARAMETERS, {S(JSON), S("[]"), S("a")}, ""},
      {PUSHER_ERROR_PARAMETERS, {S(JSON), S("{\"a\":1}"), S("a")}, ""},
      {PUSHER_ERROR_PARAMETERS, {S(JSON), S("{\"a\":null}"), S("a")}, ""},
      {PUSHER_ERROR_PARAMETERS, {S(JSON), S("{\"a\":\"1\",\"\\u0061\":\"2\"}"), S("a")}, ""},
      {PUSHER_ERROR_PARAMETERS, {S(JSON), S("{\"a\":\"1\",\"b\":1,\"b\":2}"), S("a")}, ""},
      {PUSHER_ERROR_PARAMETERS, {S(JSON), S("{\"a\":\"\\ud800\"}"), S("a")}, ""},
      {PUSHER_ERROR_PARAMETERS, {S(JSON), S("\xef\xbb\xbf{\"a\":\"1\"}"), S("a")}, ""},
      {PUSHER_ERROR_PARAMETERS, {S(JSON), S("{\"a\":\"1\"}\0"), S("a")}, ""},
      {PUSHER_ERROR_PARAMETERS, {S(JSON), S("{\"a\":\"\xff\"}"), S("a")}, ""},
  };
  char out[128];
  size_t i;
  for (i = 0; i < COUNT(CASES); i++) {
    int32_t n;
    memset(out, CANARY, sizeof out);
    n = call(REQUEST_PARAMETER, NULL, CASES[i].strings, 0, out, sizeof out);
    CHECK_RESULT(n < 0 ? n : 0, CASES[i].code, CASES[i].strings[1].bytes);
    CHECK(strcmp(out, CASES[i].value) == 0);
    CHECK(n < 0 || n == (int32_t)strlen(CASES[i].value));
  }
  /* A value can contain a NUL, and the returned length includes it. */
  CHECK(pusher_request_parameter(FORM, strlen(FORM), "a=b%00c", 7, "a", 1, out, sizeof out) == 3);
  CHECK(memcmp(out, "b\0c", 4) == 0);
}

/* Published by the official Node library. */
static void webhooks(void) {
  pusher_signer *signer = signer_of(HOOK_APP);
  char changed[sizeof HOOK_BODY], other[sizeof HOOK_SIGNATURE];
  size_t i, body_len = strlen(HOOK_BODY);
#define VERIFY(key, key_len, signature, signature_len, body, len) \
  pusher_signer_verify_webhook(signer, key, key_len, signature, signature_len, body, len)
  CHECK(VERIFY("123456789", 9, HOOK_SIGNATURE, 64, HOOK_BODY, body_len) == 0);
  for (i = 0; i < body_len; i++) { /* a bit of each byte */
    memcpy(changed, HOOK_BODY, sizeof changed);
    changed[i] = (char)(changed[i] ^ 1);
    CHECK(VERIFY("123456789", 9, HOOK_SIGNATURE, 64, changed, body_len) ==
          PUSHER_ERROR_WEBHOOK_SIGNATURE);
  }
  for (i = 0; i < 64; i++) { /* each digit in turn, and no digit */
    memcpy(other, HOOK_SIGNATURE, sizeof other);
    other[i] = other[i] == '0' ? '1' : '0';
    CHECK(VERIFY("123456789", 9, other, 64, HOOK_BODY, body_len) == PUSHER_ERROR_WEBHOOK_SIGNATURE);
    other[i] = 'g';
    CHECK(VERIFY("123456789", 9, other, 64, HOOK_BODY, body_len) == PUSHER_ERROR_WEBHOOK_SIGNATURE);
    CHECK(VERIFY("123456789", 9, HOOK_SIGNATURE, i, HOOK_BODY, body_len) ==
          PUSHER_ERROR_WEBHOOK_SIGNATURE);
  }
  CHECK(VERIFY("123456789", 9, NULL, 0, HOOK_BODY, body_len) == PUSHER_ERROR_WEBHOOK_SIGNATURE);
  CHECK(VERIFY("123456789", 9, HOOK_SIGNATURE, 64, NULL, 0) == PUSHER_ERROR_WEBHOOK_SIGNATURE);
  CHECK(VERIFY(NULL, 0, HOOK_SIGNATURE, 64, HOOK_BODY, body_len) == PUSHER_ERROR_WEBHOOK_KEY);
  CHECK(VERIFY("12345678", 8, HOOK_SIGNATURE, 64, HOOK_BODY, body_len) == PUSHER_ERROR_WEBHOOK_KEY);
  CHECK(VERIFY("123456789", 10, HOOK_SIGNATURE, 64, HOOK_BODY, body_len) ==
        PUSHER_ERROR_WEBHOOK_KEY);
  CHECK(VERIFY(NULL, 0, NULL, 0, NULL, 0) == PUSHER_ERROR_WEBHOOK_KEY);
  CHECK(VERIFY(NULL, 1, HOOK_SIGNATURE, 64, HOOK_BODY, body_len) == PUSHER_ERROR_NULL_ARGUMENT);
  CHECK(VERIFY("123456789", 9, NULL, 64, HOOK_BODY, body_len) == PUSHER_ERROR_NULL_ARGUMENT);
  CHECK(VERIFY("x", 1, HOOK_SIGNATURE, 64, NULL, 1) == PUSHER_ERROR_NULL_ARGUMENT);
  CHECK(VERIFY("123456789", 9, HOOK_SIGNATURE, 64, HOOK_BODY, SIZE_MAX) == PUSHER_ERROR_TOO_LARGE);
#undef VERIFY
  CHECK(pusher_signer_verify_webhook(NULL, "k", 1, HOOK_SIGNATURE, 64, "", 0) ==
        PUSHER_ERROR_NULL_ARGUMENT);
  pusher_signer_free(signer);
}

/* No input causes PUSHER_ERROR_INTERNAL, so only its message is checked. */
static void every_message(void) {
  static const int32_t UNKNOWN[] = {INT32_MIN, INT32_MIN + 1, -1000};
  static const int32_t SUCCESS[] = {0, 1, 1000, INT32_MAX};
  static const struct {
    int32_t code;
    const char *name;
  } NAMES[] = {
#define NAME(code) {code, #code}
      NAME(PUSHER_ERROR_NULL_ARGUMENT),
      NAME(PUSHER_ERROR_BUFFER_TOO_SMALL),
      NAME(PUSHER_ERROR_CONFIG_INVALID),
      NAME(PUSHER_ERROR_CONFIG_KEY),
      NAME(PUSHER_ERROR_CONFIG_SECRET),
      NAME(PUSHER_ERROR_SOCKET_ID),
      NAME(PUSHER_ERROR_USER_INVALID),
      NAME(PUSHER_ERROR_USER_ID_MISSING),
      NAME(PUSHER_ERROR_USER_ID_NOT_STRING),
      NAME(PUSHER_ERROR_USER_ID_EMPTY),
      NAME(PUSHER_ERROR_USER_DUPLICATE_MEMBER),
      NAME(PUSHER_ERROR_CALLBACK),
      NAME(PUSHER_ERROR_TOO_LARGE),
      NAME(PUSHER_ERROR_INTERNAL),
      NAME(PUSHER_ERROR_RESPONSE_INVALID),
      NAME(PUSHER_ERROR_ENCRYPTION_KEY),
      NAME(PUSHER_ERROR_CHANNEL),
      NAME(PUSHER_ERROR_CHANNEL_DATA),
      NAME(PUSHER_ERROR_CONFIG_APP),
      NAME(PUSHER_ERROR_REQUEST),
      NAME(PUSHER_ERROR_WEBHOOK_KEY),
      NAME(PUSHER_ERROR_WEBHOOK_SIGNATURE),
      NAME(PUSHER_ERROR_EVENT),
      NAME(PUSHER_ERROR_DECRYPTION),
      NAME(PUSHER_ERROR_RANDOM),
      NAME(PUSHER_ERROR_PARAMETERS),
      NAME(PUSHER_ERROR_PARAMETER_MISSING),
#undef NAME
  };
  size_t i, other;
  for (i = 0; i < COUNT(NAMES); i++) {
    CHECK(NAMES[i].code == -1 - (int32_t)i); /* the values are part of the ABI */
    CHECK(strcmp(pusher_error_name(NAMES[i].code), NAMES[i].name) == 0);
    CHECK(pusher_error_message(NAMES[i].code)[0] != '\0');
    for (other = 0; other < i; other++)
      CHECK(strcmp(pusher_error_message(NAMES[i].code), pusher_error_message(NAMES[other].code)) !=
            0);
    CHECK(strcmp(pusher_error_message(NAMES[i].code), pusher_error_message(0)) != 0);
  }
  for (i = 0; i < COUNT(UNKNOWN); i++) {
    CHECK(strcmp(pusher_error_name(UNKNOWN[i]), "PUSHER_ERROR_UNKNOWN") == 0);
    CHECK(strcmp(pusher_error_message(UNKNOWN[i]), "unknown error code") == 0);
  }
  for (i = 0; i < COUNT(SUCCESS); i++) {
    CHECK(strcmp(pusher_error_name(SUCCESS[i]), "PUSHER_OK") == 0);
    CHECK(strcmp(pusher_error_message(SUCCESS[i]), "success") == 0);
  }
  /* Messages name the remedies for errors of the programmer. */
  CHECK(
      strstr(pusher_error_message(PUSHER_ERROR_BUFFER_TOO_SMALL), "pusher_signer_bound(signer, "));
  CHECK(strstr(pusher_error_message(PUSHER_ERROR_REQUEST), "method must be upper case"));
  CHECK(strstr(pusher_error_message(PUSHER_ERROR_REQUEST), "the part below the app"));
  CHECK(strstr(pusher_error_message(PUSHER_ERROR_REQUEST), "timestamp must be Unix seconds"));
  CHECK(strstr(pusher_error_message(PUSHER_ERROR_CONFIG_SECRET), "does not end in a line break"));
  CHECK(strstr(pusher_error_message(PUSHER_ERROR_ENCRYPTION_KEY), "exactly 32 random bytes"));
  /* Static: the same text at the same address. */
  CHECK(pusher_error_message(-1) == pusher_error_message(-1));
  CHECK(pusher_error_name(-1) == pusher_error_name(-1));
}

/* ---- checks of all functions ---------------------------------------------------------------- */

/* An invalid string for each argument, and its error. 0: the argument cannot be invalid. */
static const struct {
  function f;
  string wrong[MAX_STRINGS];
  int32_t codes[MAX_STRINGS];
  /* A signer without a member that the function requires, and its error. */
  const char *wrong_signer;
  int32_t signer_code;
} INVALID[FUNCTIONS] = {
    {AUTHENTICATE_USER_ONCE,
     {S("{}"), S("1.1\n"), S("{\"id\":1}")},
     {PUSHER_ERROR_CONFIG_KEY, PUSHER_ERROR_SOCKET_ID, PUSHER_ERROR_USER_ID_NOT_STRING},
     NULL,
     0},
    {AUTHENTICATE_USER,
     {S("1.1\n"), S("{\"id\":1}")},
     {PUSHER_ERROR_SOCKET_ID, PUSHER_ERROR_USER_ID_NOT_STRING},
     NULL,
     0},
    {AUTHORIZE_CHANNEL,
     {S("1.1\n"), S("public"), S("{}")},
     {PUSHER_ERROR_SOCKET_ID, PUSHER_ERROR_CHANNEL, PUSHER_ERROR_CHANNEL_DATA},
     NULL,
     0},
    {VERIFY_WEBHOOK,
     {S("x"), S(ZEROS), NO_STRING},
     {PUSHER_ERROR_WEBHOOK_KEY, PUSHER_ERROR_WEBHOOK_SIGNATURE, 0},
     NULL,
     0},
    {REQUEST_URL,
     {S("post"), S("/../events"), S("a"), NO_STRING},
     {PUSHER_ERROR_REQUEST, PUSHER_ERROR_REQUEST, PUSHER_ERROR_REQUEST, 0},
     CONFIG,
     PUSHER_ERROR_CONFIG_APP},
    {TERMINATE_USER_URL, {S("..")}, {PUSHER_ERROR_REQUEST}, CONFIG, PUSHER_ERROR_CONFIG_APP},
    {EVENT_BODY,
     {S("a b"), NO_STRING, S("\x01"), S("1.1\n")},
     {PUSHER_ERROR_CHANNEL, PUSHER_ERROR_EVENT, PUSHER_ERROR_EVENT, PUSHER_ERROR_SOCKET_ID},
     NULL,
     0},
    {EVENTS_BODY, {S("{}")}, {PUSHER_ERROR_EVENT}, NULL, 0},
    {ENCRYPT, {S(PRIVATE), S("\x01")}, {PUSHER_ERROR_CHANNEL, PUSHER_ERROR_EVENT}, NULL, 0},
    {DECRYPT, {S(PRIVATE), S("{}")}, {PUSHER_ERROR_CHANNEL, PUSHER_ERROR_DECRYPTION}, NULL, 0},
    {REQUEST_PARAMETER,
     {S("text/plain"), S("a=1&a=2"), S("z")},
     {PUSHER_ERROR_PARAMETERS, PUSHER_ERROR_PARAMETERS, PUSHER_ERROR_PARAMETER_MISSING},
     NULL,
     0},
    {JSONP,
     {S("alert(1)"), S("[]")},
     {PUSHER_ERROR_CALLBACK, PUSHER_ERROR_RESPONSE_INVALID},
     NULL,
     0},
};

/* The example of each function with the most arguments. */
static size_t example_of(function f) {
  size_t i, best = COUNT(EXAMPLES), filled = 0;
  for (i = 0; i < COUNT(EXAMPLES); i++) {
    size_t count = 1, s;
    for (s = 0; s < TRAITS[EXAMPLES[i].f].strings; s++) count += EXAMPLES[i].strings[s].length > 0;
    if (EXAMPLES[i].f == f && count > filled) best = i, filled = count;
  }
  CHECK(best < COUNT(EXAMPLES));
  return best;
}

enum { VALID, WRONG, IMPOSSIBLE, IS_NULL, STATES };

/* The error that a call must return whose arguments are in these states: signer, strings,
 * timestamp, buffer. NULL comes first, then the arguments in order, then the buffer. */
static int32_t first_error(function f, const int *states) {
  const size_t strings = TRAITS[f].strings;
  int32_t late = 0;
  size_t i;
  for (i = 0; i < strings + 3; i++)
    if (states[i] == IS_NULL) return PUSHER_ERROR_NULL_ARGUMENT;
  if (states[0] == WRONG) return INVALID[f].signer_code;
  for (i = 0; i < strings; i++) {
    if (states[i + 1] == IMPOSSIBLE) return PUSHER_ERROR_TOO_LARGE;
    if (states[i + 1] != WRONG) continue;
    /* A signature is compared with the body's, and a text is searched for the name: the lengths
     * of both arguments are checked before the first one is read. */
    if ((f == VERIFY_WEBHOOK && i == 1) || (f == REQUEST_PARAMETER && i == 1))
      late = INVALID[f].codes[i];
    else
      return late != 0 ? late : INVALID[f].codes[i];
  }
  if (late != 0) return late;
  if (states[strings + 1] == WRONG) return PUSHER_ERROR_REQUEST;
  if (states[strings + 2] == WRONG) return PUSHER_ERROR_BUFFER_TOO_SMALL;
  return 0;
}

static int is_possible(function f, size_t argument, int state) {
  const size_t strings = TRAITS[f].strings;
  if (state == VALID) return 1;
  if (argument == 0)
    return TRAITS[f].takes_signer &&
           (state == IS_NULL || (state == WRONG && INVALID[f].wrong_signer != NULL));
  if (argument <= strings)
    return state == IS_NULL ||
           (state == WRONG ? INVALID[f].codes[argument - 1] != 0 : f != AUTHENTICATE_USER_ONCE);
  if (argument == strings + 1) return TRAITS[f].takes_timestamp && state == WRONG;
  return TRAITS[f].writes && state != IMPOSSIBLE;
}

/* Every combination of valid, invalid, impossibly long and NULL arguments. */
static void precedence_of(function f) {
  static const size_t IMPOSSIBLE_LENGTHS[] = {SIZE_MAX, BEYOND_ANY_OBJECT};
  const size_t example = example_of(f), arguments = TRAITS[f].strings + 3;
  pusher_signer *wrong_signer = signer_of(CONFIG);
  int states[MAX_STRINGS + 3] = {0};
  size_t at, round = 0;
  CHECK(INVALID[f].f == f);
  for (;;) {
    const pusher_signer *signer = states[0] == VALID   ? example_signers[example]
                                  : states[0] == WRONG ? wrong_signer
                                                       : NULL;
    string strings[MAX_STRINGS];
    char buffer[512];
    char *out = states[arguments - 1] == IS_NULL ? NULL : buffer;
    int32_t length = EXAMPLES[example].length, expected = first_error(f, states);
    size_t size = (size_t)length + (states[arguments - 1] == WRONG ? 0 : 1);
    int64_t timestamp = states[arguments - 2] == WRONG ? -1 : EXAMPLES[example].timestamp;
    for (at = 0; at < TRAITS[f].strings; at++) {
      int state = states[at + 1];
      strings[at] = state == WRONG ? INVALID[f].wrong[at] : EXAMPLES[example].strings[at];
      if (state == IMPOSSIBLE) strings[at].length = IMPOSSIBLE_LENGTHS[round++ % 2];
      if (state == IMPOSSIBLE && strings[at].bytes == NULL) strings[at].bytes = "";
      if (state == IS_NULL) strings[at].bytes = NULL;
      if (state == IS_NULL && strings[at].length == 0) strings[at].length = 1;
    }
    memset(buffer, CANARY, sizeof buffer);
    CHECK_RESULT(call(f, signer, strings, timestamp, out, size), expected < 0 ? expected : length,
                 TRAITS[f].name);
    if (TRAITS[f].writes && out != NULL)
      CHECK(expected < 0 ? is_emptied(out, size) : is_expected(example, out));

    /* The next combination. */
    for (at = 0; at < arguments; at++) {
      do states[at]++;
      while (states[at] < STATES && !is_possible(f, at, states[at]));
      if (states[at] < STATES) break;
      states[at] = VALID;
    }
    if (at == arguments) break;
  }
  pusher_signer_free(wrong_signer);
}

static void precedence_of_errors(void) {
  int f;
  for (f = 0; f < FUNCTIONS; f++) precedence_of((function)f);
}

/* In requests, the length of the body is checked before the timestamp, and both after the path. */
static void precedence_of_body_and_timestamp(void) {
  pusher_signer *signer = signer_of(APP);
  char out[512];
#define URL_OF(path, body_len, timestamp)                                                   \
  pusher_signer_request_url(signer, "POST", 4, path, strlen(path), NULL, 0, BODY, body_len, \
                            timestamp, out, sizeof out)
  CHECK(URL_OF("/events", SIZE_MAX, -1) == PUSHER_ERROR_TOO_LARGE);
  CHECK(URL_OF("/events", BEYOND_ANY_OBJECT, -1) == PUSHER_ERROR_TOO_LARGE);
  CHECK(URL_OF("events", SIZE_MAX, -1) == PUSHER_ERROR_REQUEST);
  CHECK(URL_OF("/events", strlen(BODY), -1) == PUSHER_ERROR_REQUEST);
#undef URL_OF
  pusher_signer_free(signer);
}

/* NULL with a length of 0 is the empty string, whether or not the empty string is valid. */
static void null_with_length_0(void) {
  char out[512], other[512];
  size_t i, s;
  for (i = 0; i < COUNT(EXAMPLES); i++)
    for (s = 0; s < TRAITS[EXAMPLES[i].f].strings && EXAMPLES[i].f != AUTHENTICATE_USER_ONCE; s++) {
      string strings[MAX_STRINGS];
      int32_t result;
      memcpy(strings, EXAMPLES[i].strings, sizeof strings);
      strings[s].length = 0;
      strings[s].bytes = "not this";
      result = call_example(i, strings, out, sizeof out);
      strings[s].bytes = NULL;
      CHECK_RESULT(call_example(i, strings, other, sizeof other), result,
                   TRAITS[EXAMPLES[i].f].name);
      CHECK(result != PUSHER_ERROR_NULL_ARGUMENT);
      if (TRAITS[EXAMPLES[i].f].writes && EXAMPLES[i].expected != NULL)
        CHECK(strcmp(out, other) == 0);
    }
}

static void null_arguments(void) {
  char out[512];
  pusher_signer *signer = (pusher_signer *)out;
  CHECK(pusher_signer_new(NULL, 1, &signer) == PUSHER_ERROR_NULL_ARGUMENT);
  CHECK(signer == NULL);
  signer = (pusher_signer *)out;
  CHECK(pusher_signer_new(NULL, 0, &signer) == PUSHER_ERROR_CONFIG_INVALID);
  CHECK(signer == NULL);
  signer = (pusher_signer *)out;
  CHECK(pusher_signer_new(CONFIG, SIZE_MAX, &signer) == PUSHER_ERROR_TOO_LARGE);
  CHECK(signer == NULL);
  CHECK(pusher_signer_new(CONFIG, BEYOND_ANY_OBJECT, &signer) == PUSHER_ERROR_TOO_LARGE);
  CHECK(pusher_signer_new(NULL, SIZE_MAX, &signer) == PUSHER_ERROR_NULL_ARGUMENT);
  CHECK(pusher_signer_new(CONFIG, strlen(CONFIG), NULL) == PUSHER_ERROR_NULL_ARGUMENT);
  CHECK(pusher_signer_new(NULL, 0, NULL) == PUSHER_ERROR_NULL_ARGUMENT);
  CHECK(pusher_authenticate_user(CONFIG, SOCKET_ID, USER, NULL, 0) == PUSHER_ERROR_NULL_ARGUMENT);
  CHECK(pusher_signer_bound(NULL, 0) == 0 && pusher_signer_bound(NULL, SIZE_MAX) == 0);
  pusher_signer_free(NULL);

  /* Without channel data, the presence channel is authorized for the user who has signed in. */
  signer = new_signer();
  CHECK(pusher_signer_authorize_channel(signer, SOCKET_ID, strlen(SOCKET_ID), PRESENCE,
                                        strlen(PRESENCE), NULL, 0, out, sizeof out) > 0);
  CHECK(strstr(out, "channel_data") == NULL);
  pusher_signer_free(signer);
}

/* Calls with a buffer of `size` bytes at `out`. The rest of its block must not change. */
static void check_capacity(size_t example, fence block, char *out, size_t size) {
  const size_t length = (size_t)EXAMPLES[example].length;
  const size_t written = size > length ? length + 1 : size > 0 ? 1 : 0;
  int32_t result;
  memset(block.first, CANARY, (size_t)(block.end - block.first));
  result = call_example(example, EXAMPLES[example].strings, out, size);
  CHECK_RESULT(result, size > length ? (int32_t)length : PUSHER_ERROR_BUFFER_TOO_SMALL,
               TRAITS[EXAMPLES[example].f].name);
  CHECK(size > length ? is_expected(example, out) : size == 0 || out[0] == '\0');
  CHECK(all_canaries(block.first, out) && all_canaries(out + written, block.end));
}

/* Buffers from 0 to the bound: before a guard page, after one, and at every alignment. */
static void every_capacity(void) {
  fence block = new_fence(2048);
  size_t i, size, offset;
  for (i = 0; i < COUNT(EXAMPLES); i++) {
    const size_t bound = bound_of(EXAMPLES[i].f, example_signers[i], EXAMPLES[i].strings);
    if (!TRAITS[EXAMPLES[i].f].writes) continue;
    CHECK((size_t)EXAMPLES[i].length < bound && bound < 2048);
    for (size = 0; size <= bound; size++) {
      check_capacity(i, block, block.end - size, size);
      /* Sizes around the length, where the code has different paths, and a few others. */
      if (size % 16 == 0 || size + 2 > (size_t)EXAMPLES[i].length) {
        check_capacity(i, block, block.first, size);
        for (offset = 1; offset < 16 && size < 2048 - 16; offset++)
          check_capacity(i, block, block.first + offset, size);
      }
      if (size > (size_t)EXAMPLES[i].length + 64 && size + 1 < bound) size = bound - 1;
    }
  }
  free_fence(block);
}

/* Users of every length, plain and full of escapes, in a larger buffer: the bytes after the result
 * do not change. */
static void nothing_behind_a_result(void) {
  static const char *const PIECES[] = {"a", "\\\"", "\\\\a"};
  pusher_signer *signer = new_signer();
  size_t i, count, at;
  for (i = 0; i < COUNT(PIECES); i++)
    for (count = 1; count < 100; count++) {
      char user_json[512] = "{\"id\":\"", out[2048];
      int32_t n;
      for (at = 0; at < count; at++) strcat(user_json, PIECES[i]);
      strcat(user_json, "\"}");
      memset(out, '#', sizeof out);
      n = pusher_signer_authenticate_user(signer, SOCKET_ID, strlen(SOCKET_ID), user_json,
                                          strlen(user_json), out, sizeof out);
      CHECK(n > 0 && strlen(out) == (size_t)n);
      for (at = (size_t)n + 1; at < sizeof out; at++) CHECK_RESULT(out[at], '#', user_json);
    }
  pusher_signer_free(signer);
}

/* Copies a string to the end of its fence, or to `offset` bytes after the beginning. It has a NUL
 * only if the function takes terminated strings. */
static string place(string s, fence block, size_t offset, int terminated) {
  const size_t size = s.length + (terminated ? 1 : 0);
  char *to = offset < 16 ? block.first + offset : block.end - size;
  if (s.length > 0) memcpy(to, s.bytes, s.length);
  if (terminated) to[s.length] = '\0';
  s.bytes = to;
  return s;
}

/* Inputs at the end and at the beginning of their memory, and at every alignment. */
static void inputs_at_guard_pages(void) {
  fence blocks[MAX_STRINGS];
  char out[512];
  size_t i, s, offset;
  for (s = 0; s < MAX_STRINGS; s++) blocks[s] = new_fence(1024);
  for (i = 0; i < COUNT(EXAMPLES); i++)
    for (offset = 0; offset <= 16; offset++) {
      string strings[MAX_STRINGS] = {NO_STRING};
      for (s = 0; s < TRAITS[EXAMPLES[i].f].strings; s++)
        strings[s] = place(EXAMPLES[i].strings[s], blocks[s], offset,
                           EXAMPLES[i].f == AUTHENTICATE_USER_ONCE);
      CHECK_RESULT(call_example(i, strings, out, sizeof out), EXAMPLES[i].length,
                   TRAITS[EXAMPLES[i].f].name);
      CHECK(is_expected(i, out));
    }
  /* The configs. */
  for (i = 0; i < COUNT(EXAMPLES); i++)
    for (offset = 0; offset <= 16; offset++) {
      string config = place(string_of(EXAMPLES[i].config), blocks[0], offset, 0);
      pusher_signer *signer;
      CHECK_RESULT(pusher_signer_new(config.bytes, config.length, &signer), 0, EXAMPLES[i].config);
      CHECK(call(EXAMPLES[i].f, signer, EXAMPLES[i].strings, EXAMPLES[i].timestamp, out,
                 sizeof out) == EXAMPLES[i].length);
      pusher_signer_free(signer);
    }
  for (s = 0; s < MAX_STRINGS; s++) free_fence(blocks[s]);
}

/* Inputs of each length that end at a guard page have the same result as in other memory, and no
 * byte after them is read. */
static void truncated_inputs_at_guard_pages(void) {
  fence block = new_fence(1024);
  size_t i, s, length;
  for (i = 0; i < COUNT(EXAMPLES); i++)
    for (s = 0; s < TRAITS[EXAMPLES[i].f].strings; s++)
      for (length = 0; length < EXAMPLES[i].strings[s].length; length++) {
        const int terminated = EXAMPLES[i].f == AUTHENTICATE_USER_ONCE;
        char out[512], other[512], copy[512];
        string strings[MAX_STRINGS];
        int32_t result;
        memcpy(strings, EXAMPLES[i].strings, sizeof strings);
        strings[s].length = length;
        memcpy(copy, EXAMPLES[i].strings[s].bytes, length);
        copy[length] = '\0';
        strings[s].bytes = copy;
        result = call_example(i, strings, out, sizeof out);
        strings[s] = place(strings[s], block, 16, terminated);
        CHECK_RESULT(call_example(i, strings, other, sizeof other), result,
                     TRAITS[EXAMPLES[i].f].name);
        if (TRAITS[EXAMPLES[i].f].writes && EXAMPLES[i].expected != NULL)
          CHECK(strcmp(out, other) == 0);
      }
  for (length = 0; length < strlen(APP_URL);
       length++) { /* and configs, as a JSON text and as a URL */
    static const char *const CONFIGS[] = {APP, APP_URL};
    for (i = 0; i < COUNT(CONFIGS); i++) {
      string config = {CONFIGS[i], length};
      pusher_signer *signer;
      config = place(config, block, 16, 0);
      CHECK(pusher_signer_new(config.bytes, config.length, &signer) < 0 && signer == NULL);
    }
  }
  free_fence(block);
}

/* A NUL in a string is an invalid character and not the string's end. */
static void embedded_nuls(void) {
  size_t i, s, at;
  for (i = 0; i < COUNT(EXAMPLES); i++)
    for (s = 0; s < TRAITS[EXAMPLES[i].f].strings && EXAMPLES[i].f != AUTHENTICATE_USER_ONCE; s++)
      for (at = 0; at <= EXAMPLES[i].strings[s].length; at++) {
        const function f = EXAMPLES[i].f;
        /* A body can have any bytes, an id is percent-encoded, and a form can have any
         * characters. */
        const int may_hold_nul = (f == REQUEST_URL && s == 3) || f == TERMINATE_USER_URL ||
                                 (f == REQUEST_PARAMETER && s < 2);
        string strings[MAX_STRINGS];
        char out[1024], text[512];
        int32_t result;
        memcpy(strings, EXAMPLES[i].strings, sizeof strings);
        if (at > 0) memcpy(text, strings[s].bytes, at);
        text[at] = '\0';
        if (strings[s].length > at)
          memcpy(text + at + 1, strings[s].bytes + at, strings[s].length - at);
        strings[s].bytes = text;
        strings[s].length++;
        result = call_example(i, strings, out, sizeof out);
        CHECK_RESULT(result < 0 || may_hold_nul, 1, TRAITS[f].name);
        if (f == REQUEST_URL || f == TERMINATE_USER_URL)
          CHECK(result < 0 || strcmp(out, EXAMPLES[i].expected) != 0);
      }
  { /* Version 0.2 signed this as /events. */
    pusher_signer *signer = signer_of(APP), *none;
    char out[512];
    CHECK(pusher_signer_request_url(signer, "POST", 4, "/events\0/../x", 13, NULL, 0, NULL, 0, 1,
                                    out, sizeof out) == PUSHER_ERROR_REQUEST);
    CHECK(pusher_signer_new(CONFIG "\0", sizeof CONFIG, &none) == PUSHER_ERROR_CONFIG_INVALID);
    CHECK(pusher_signer_new(APP_URL "\0", sizeof APP_URL, &none) == PUSHER_ERROR_CONFIG_INVALID);
    pusher_signer_free(signer);
  }
}

/* Two bytes to escape at every distance, wherever the escaper's words and chunks begin. */
static void two_escapes(void) {
  static const char SPECIAL[] = {'\t', '\n', '\r'};
  enum { SPACES = 40 };
  char user[64], out[256];
  size_t first, second, len = (size_t)sprintf(user, "{\"id\":\"1\"%*s}", SPACES, "");
  char *space = strchr(user, ' ');
  pusher_signer *signer = new_signer();
  for (first = 0; first < SPACES; first++)
    for (second = 0; second < SPACES; second++) {
      space[first] = SPECIAL[first % 3];
      space[second] = SPECIAL[second % 3];
      check_response(user, len, out,
                     pusher_signer_authenticate_user(signer, SOCKET_ID, strlen(SOCKET_ID), user,
                                                     len, out, sizeof out));
      space[first] = space[second] = ' ';
    }
  pusher_signer_free(signer);
}

/* Bytes that a terminated string cannot have or should not have. */
static void odd_bytes(void) {
  static const string SOCKET_IDS[] = {
      S("1234.1234\0"),
      S("\0"
        "1234.1234"),
      S("1234.1234\0::user::{}"),
      S("1234\0.1234"),
      S("1234.1234\xff"),
      S("\xc0\xb1.1"),
      S("1.1\xe2\x80\xa8"),
      S(""),
  };
  static const struct {
    string user;
    int32_t code;
  } USERS[] = {
      {S("{\"id\":\"1\"}\0"), PUSHER_ERROR_USER_INVALID},
      {S("\0{\"id\":\"1\"}"), PUSHER_ERROR_USER_INVALID},
      {S("{\"id\":\0\"1\"}"), PUSHER_ERROR_USER_INVALID},
      {S("{\"id\":\"a\0b\"}"), PUSHER_ERROR_USER_INVALID},
      {S("{\"id\":\"1\",\"a\0\":1}"), PUSHER_ERROR_USER_INVALID},
      {S("{\"id\":\"a\\u0000b\"}"), 0}, /* escaped, it is a valid character */
      {S("{\"id\":\"1\",\"a\":1,\"a\\u0000\":1}"), 0},
      /* Invalid UTF-8: overlong, surrogates, beyond Unicode, cut short, never allowed. */
      {S("{\"id\":\"\xc0\x80\"}"), PUSHER_ERROR_USER_INVALID},
      {S("{\"id\":\"\xe0\x80\x80\"}"), PUSHER_ERROR_USER_INVALID},
      {S("{\"id\":\"\xf0\x80\x80\x80\"}"), PUSHER_ERROR_USER_INVALID},
      {S("{\"id\":\"\xed\xa0\x80\"}"), PUSHER_ERROR_USER_INVALID},
      {S("{\"id\":\"\xed\xa0\xbd\xed\xb8\x80\"}"), PUSHER_ERROR_USER_INVALID},
      {S("{\"id\":\"\xf4\x90\x80\x80\"}"), PUSHER_ERROR_USER_INVALID},
      {S("{\"id\":\"\x80\"}"), PUSHER_ERROR_USER_INVALID},
      {S("{\"id\":\"\xe2\x82\"}"), PUSHER_ERROR_USER_INVALID},
      {S("{\"id\":\"1\",\"a\":\"\xff\"}"), PUSHER_ERROR_USER_INVALID},
      {S("{\"id\":\"1\",\"\xff\":1}"), PUSHER_ERROR_USER_INVALID},
      {S("{\"id\":\"1\",\"a\":[{\"b\":\"\xff\"}]}"), PUSHER_ERROR_USER_INVALID},
      {S("{\"id\":\"1\"}\xff"), PUSHER_ERROR_USER_INVALID},
      {S("{\"id\":\"1\"}\xc2\xa0"), PUSHER_ERROR_USER_INVALID}, /* a space, but not JSON's */
      /* Valid, and returned verbatim. */
      {S(" \t\r\n{ \"id\" : \"1\" }\n"), 0},
      {S("{\"\\u0069d\":\"1\"}"), 0},
      {S("{\"id\":\"\xc3\xbc \xe2\x82\xac \xf0\x9f\x8c\x8d \xe2\x80\xa8\x7f\"}"), 0},
      {S("{\"id\":\"\\ud83c\\udf0d\\\"\\\\\\/\\b\\f\\n\\r\\t\"}"), 0},
      {S("{\"id\":\"1\",\"a\":123456789012345678901234567890,\"b\":-0.0e+999}"), 0},
      {S("{\"id\":\"1\",\"a\":\"\\ud83d\",\"b\":[{\"\\udc00\":\"\\ud800\\ud800\"}]}"),
       0},                                                         /* unpaired surrogates */
      {S("{\"id\":\"1\",\"Id\":1,\"a\":{\"id\":1,\"id\":1}}"), 0}, /* only the top level counts */
  };
  static const struct {
    const char *text, *expected; /* NULL if it is rejected */
    size_t len;
  } MEMBERS[] = {
#define MEMBER(literal, expected) {literal, expected, sizeof(literal) - 1}
      MEMBER("{\"user_id\":1}\0", NULL),
      MEMBER("{\"user_id\":\"\xff\"}", NULL),
      MEMBER("{\"user_id\":1}x", NULL),
      MEMBER("\0", NULL),
      MEMBER(" ", NULL),
      MEMBER("{\"user_id\":01}", NULL),
      MEMBER("{\"user_id\":true}", NULL),
      MEMBER("{\"user_id\":[1]}", NULL),
      MEMBER("{\"user_id\":{\"user_id\":1}}", NULL),
      MEMBER("{\"user_info\":{\"user_id\":1}}", NULL),
      MEMBER("{\"User_id\":1}", NULL),
      /* Whitespace, the order of members and big numbers are not changed. */
      MEMBER(
          " {\t\"user_info\" : {\"a\":1.50, \"a\":2},\n\"user\\u005fid\":-12345678901234567890123 }\r",
          " {\\t\\\"user_info\\\" : {\\\"a\\\":1.50, \\\"a\\\":2},\\n"
          "\\\"user\\\\u005fid\\\":-12345678901234567890123 }\\r"),
#undef MEMBER
  };
  pusher_signer *signer = new_signer();
  char out[512];
  size_t i;
  for (i = 0; i < COUNT(SOCKET_IDS); i++)
    CHECK_RESULT(pusher_signer_authenticate_user(signer, SOCKET_IDS[i].bytes, SOCKET_IDS[i].length,
                                                 USER, strlen(USER), out, sizeof out),
                 PUSHER_ERROR_SOCKET_ID, SOCKET_IDS[i].bytes);
  for (i = 0; i < COUNT(USERS); i++)
    signs(USERS[i].user.bytes, USERS[i].user.length, USERS[i].code);
  for (i = 0; i < COUNT(MEMBERS); i++) {
    int32_t n = pusher_signer_authorize_channel(signer, SOCKET_ID, strlen(SOCKET_ID), PRESENCE,
                                                strlen(PRESENCE), MEMBERS[i].text, MEMBERS[i].len,
                                                out, sizeof out);
    if (MEMBERS[i].expected == NULL) {
      CHECK_RESULT(n, PUSHER_ERROR_CHANNEL_DATA, MEMBERS[i].text);
    } else {
      size_t len = strlen(MEMBERS[i].expected);
      CHECK(n > 0 && memcmp(out + n - len - 2, MEMBERS[i].expected, len) == 0);
    }
  }
  pusher_signer_free(signer);
}

/* A text that is built from pieces. */
typedef struct {
  char *bytes;
  size_t length, capacity;
} text;

static void append(text *to, const char *piece, size_t times) {
  size_t piece_length = strlen(piece);
  size_t needed = to->length + piece_length * times + 1;
  if (needed > to->capacity) {
    to->capacity = needed * 2;
    to->bytes = (char *)realloc(to->bytes, to->capacity);
    CHECK(to->bytes != NULL);
  }
  for (; times > 0; times--, to->length += piece_length)
    memcpy(to->bytes + to->length, piece, piece_length);
  to->bytes[to->length] = '\0';
}

/* Depth needs no stack, in all JSON that is read, whether or not the brackets match. */
static void deep_nesting(void) {
  static const struct {
    const char *open, *middle, *close;
    int is_json;
  } CASES[] = {
      {"[", "1", "]", 1},         {"{\"a\":", "{}", "}", 1}, {"{\"a\":[", "\"x\"", "]}", 1},
      {"[", "", "", 0},           {"{\"a\":", "", "", 0},    {"[", "", "}", 0},
      {"[{\"a\":", "1", "]}", 0},
  };
  size_t i;
  for (i = 0; i < COUNT(CASES); i++) {
    text user_json = {NULL, 0, 0};
    pusher_signer *signer;
    size_t size;
    char *out;
    append(&user_json, "{\"key\":\"k\",\"secret\":\"s\",\"id\":\"1\",\"deep\":", 1);
    append(&user_json, CASES[i].open, 200000);
    append(&user_json, CASES[i].middle, 1);
    append(&user_json, CASES[i].close, 200000);
    append(&user_json, "}", 1);
    signs(user_json.bytes, user_json.length, CASES[i].is_json ? 0 : PUSHER_ERROR_USER_INVALID);

    CHECK_RESULT(pusher_signer_new(user_json.bytes, user_json.length, &signer),
                 CASES[i].is_json ? 0 : PUSHER_ERROR_CONFIG_INVALID, user_json.bytes);
    pusher_signer_free(signer);

    size = user_json.length * 2 + 1 + 8;
    out = (char *)malloc(size);
    CHECK(out != NULL);
    CHECK_RESULT(pusher_jsonp("f", 1, user_json.bytes, user_json.length, out, size),
                 CASES[i].is_json ? (int32_t)user_json.length + 8 : PUSHER_ERROR_RESPONSE_INVALID,
                 user_json.bytes);
    free(out);

    { /* The other functions that read JSON. */
      const int32_t error = CASES[i].is_json ? 0 : PUSHER_ERROR_PARAMETERS;
      char value[8];
      CHECK_RESULT(pusher_request_parameter(JSON, strlen(JSON), user_json.bytes, user_json.length,
                                            "id", 2, value, sizeof value),
                   error < 0 ? error : 1, user_json.bytes);
    }
    user_json.length = 0;
    append(&user_json, "{\"name\":\"a\",\"channels\":[\"b\"],\"data\":", 1);
    append(&user_json, CASES[i].open, 200000);
    append(&user_json, CASES[i].middle, 1);
    append(&user_json, CASES[i].close, 200000);
    append(&user_json, "}", 1);
    signer = new_signer();
    size = pusher_signer_bound(signer, user_json.length);
    out = (char *)malloc(size);
    CHECK(out != NULL);
    CHECK_RESULT(pusher_signer_events_body(signer, user_json.bytes, user_json.length, out, size) >
                     0,
                 CASES[i].is_json, user_json.bytes);
    free(out);
    pusher_signer_free(signer);
    free(user_json.bytes);
  }
}

/* The object has 16 MB. A minute of processor time is enough to sort names, but not for the
 * 500,000,000,000 comparisons of all pairs of names. Other processes do not affect it. */
static void million_members(void) {
  static const struct {
    const char *last_member;
    int32_t code;
  } CASES[] = {
      {",\"last\":0}", 0},
      {",\"id\":\"2\"}", PUSHER_ERROR_USER_DUPLICATE_MEMBER},
      {",\"0000000\":0}", PUSHER_ERROR_USER_DUPLICATE_MEMBER},       /* the first after the id */
      {",\"e4e8720\":0}", PUSHER_ERROR_USER_DUPLICATE_MEMBER},       /* one in the middle */
      {",\"\\u006565948f\":0}", PUSHER_ERROR_USER_DUPLICATE_MEMBER}, /* the last, escaped */
  };
  text user_json = {NULL, 0, 0};
  double before;
  size_t members;
  uint32_t i;
  append(&user_json, "{\"id\":\"1\"", 1);
  for (i = 0; i < 1000000; i++) { /* an odd factor: all different, in no order */
    char member[32];
    snprintf(member, sizeof member, ",\"%07x\":\"abc\"", (unsigned)((i * 2654435761u) & 0xFFFFFFF));
    append(&user_json, member, 1);
  }
  members = user_json.length;
  before = processor_seconds();
  for (i = 0; i < COUNT(CASES); i++) {
    user_json.length = members;
    append(&user_json, CASES[i].last_member, 1);
    signs(user_json.bytes, user_json.length, CASES[i].code);
  }
  CHECK(processor_seconds() - before < 60);
  free(user_json.bytes);
}

/* Returns `size` bytes at the end of memory whose middle maps the same REPEATED bytes repeatedly.
 * So gigabytes take a few megabytes. */
enum { REPEATED = 4 << 20 };

static fence new_huge_fence(size_t size) {
  fence block;
  char *reserved = reserve_fence((size + REPEATED - 1) / REPEATED * REPEATED, &block);
  size_t reserved_size = (size_t)(block.end + page_size() - reserved);
  CHECK(repeat(reserved, reserved_size, block.first + REPEATED, block.end - REPEATED, REPEATED));
  CHECK(make_accessible(block.first, REPEATED) && make_accessible(block.end - REPEATED, REPEATED));
  return block;
}

/* Returns such memory with a space (for one byte more), `first`, line feeds, `last` and a NUL. The
 * text begins after the space, and is `size` bytes long. */
static fence new_huge_text(const char *first, const char *last, size_t size) {
  fence block = new_huge_fence(1 + size + 1);
  char *text = block.end - 1 - size;
  memset(block.first, '\n', REPEATED);
  memset(block.first + REPEATED, '\n', REPEATED);
  memset(block.end - REPEATED, '\n', REPEATED);
  text[-1] = ' ';
  memcpy(text, first, strlen(first));
  memcpy(block.end - 1 - strlen(last), last, strlen(last) + 1);
  return block;
}

/* The longest results whose length fits an int32_t, and inputs that are one byte longer. */
static void too_large(void) {
  static const char HEAD[] = "{\"auth\":\"" KEY ":", MIDDLE[] = "\",\"user_data\":\"",
                    FIRST[] = "{\"id\":\"1\"";
  /* With 32 bits, such a result is larger than any object: only its length is checked. */
  const int fits = SIZE_MAX / 2 > INT32_MAX;
  const size_t size = fits ? (size_t)INT32_MAX + 1 : 1;
  const int32_t longest = fits ? INT32_MAX : PUSHER_ERROR_BUFFER_TOO_SMALL;
  /* Each quote and each line feed of the user becomes two bytes. */
  const size_t fixed = strlen(HEAD) + 64 + strlen(MIDDLE) + strlen(FIRST) + 4 + strlen("}\"}");
  const size_t line_feeds = (INT32_MAX - fixed) / 2;
  const size_t user_json_len = strlen(FIRST) + line_feeds + strlen("}");
  const size_t object_len = INT32_MAX - strlen("/**/f();");
  const size_t fixed_of_member = strlen(HEAD) + 64 + strlen("\",\"channel_data\":\"") +
                                 strlen("{\"user_id\":1") + 2 + strlen("}\"}");
  const size_t channel_data_len =
      strlen("{\"user_id\":1") + (INT32_MAX - fixed_of_member) / 2 + strlen("}");
  /* Each line feed becomes two bytes; the first and the last are letters. */
  const size_t fixed_of_event = strlen("{\"name\":\"bb\",\"data\":\"\",\"channel\":\"a\"}") + 2;
  static const char END_OF_EVENT[] = "\\n\\na\",\"channel\":\"a\"}";
  const size_t event_data_len = 2 + (INT32_MAX - fixed_of_event) / 2;
  const size_t encrypted_data_len = (size_t)INT32_MAX / 4 * 3;
  const size_t path_len =
      INT32_MAX -
      strlen("https://api-eu.pusher.com/apps/3?auth_key=" KEY "&auth_timestamp=1"
             "&auth_version=1.0&auth_signature=") -
      64;
  pusher_signer *url_signer;
  fence output = fits ? new_huge_fence(size) : new_fence(size),
        input = new_huge_text(FIRST, "}", user_json_len);
  char *out = output.end - size, *text = input.end - 1 - user_json_len;
  pusher_signer *signer = new_signer();

  CHECK(fixed + 2 * line_feeds == INT32_MAX);
  CHECK((INT32_MAX - fixed_of_member) % 2 == 0 && (INT32_MAX - fixed_of_event) % 2 == 0);
  CHECK_RESULT(pusher_signer_authenticate_user(signer, SOCKET_ID, strlen(SOCKET_ID), text,
                                               user_json_len, out, size),
               longest, text);
  CHECK(!fits || memcmp(out, HEAD, strlen(HEAD)) == 0);
  CHECK(!fits || strcmp(out + INT32_MAX - 7, "\\n\\n}\"}") == 0);
  text--;
  CHECK_RESULT(pusher_signer_authenticate_user(signer, SOCKET_ID, strlen(SOCKET_ID), text,
                                               user_json_len + 1, out, size),
               PUSHER_ERROR_TOO_LARGE, text);
  CHECK(out[0] == '\0');
  CHECK_RESULT(pusher_authenticate_user(CONFIG, SOCKET_ID, text, out, 1), PUSHER_ERROR_TOO_LARGE,
               text);
  CHECK(out[0] == '\0');
  free_fence(input);

  input = new_huge_text("{", "}", object_len);
  text = input.end - 1 - object_len;
  CHECK_RESULT(pusher_jsonp("f", 1, text, object_len, out, size), longest, text);
  CHECK(!fits || memcmp(out, "/**/f({\n", 8) == 0);
  CHECK(!fits || strcmp(out + INT32_MAX - 5, "\n\n});") == 0);
  text--;
  CHECK_RESULT(pusher_jsonp("f", 1, text, object_len + 1, out, size), PUSHER_ERROR_TOO_LARGE, text);
  CHECK(out[0] == '\0');
  free_fence(input);

  /* The same limits hold for channel data, and for a URL. */
  input = new_huge_text("{\"user_id\":1", "}", channel_data_len);
  text = input.end - 1 - channel_data_len;
  CHECK_RESULT(pusher_signer_authorize_channel(signer, SOCKET_ID, strlen(SOCKET_ID), PRESENCE,
                                               strlen(PRESENCE), text, channel_data_len, out, size),
               longest, text);
  CHECK(!fits || strcmp(out + INT32_MAX - 7, "\\n\\n}\"}") == 0);
  text--;
  CHECK_RESULT(pusher_signer_authorize_channel(signer, SOCKET_ID, strlen(SOCKET_ID), PRESENCE,
                                               strlen(PRESENCE), text, channel_data_len + 1, out,
                                               size),
               PUSHER_ERROR_TOO_LARGE, text);
  CHECK(out[0] == '\0');
  free_fence(input);

  url_signer = signer_of(APP);
  input = new_huge_fence(path_len + 2);
  memset(input.first, 'a', REPEATED);
  memset(input.first + REPEATED, 'a', REPEATED);
  memset(input.end - REPEATED, 'a', REPEATED);
  input.end[-1] = '\0';
  text = input.end - 1 - path_len;
  text[0] = '/';
  CHECK_RESULT(pusher_signer_request_url(url_signer, "GET", 3, text, path_len, NULL, 0, NULL, 0, 1,
                                         out, size),
               longest, "path");
  CHECK(!fits ||
        (out[INT32_MAX] == '\0' && strncmp(out, "https://api-eu.pusher.com/apps/3/aaa", 36) == 0));
  text[0] = 'a';
  *--text = '/';
  CHECK_RESULT(pusher_signer_request_url(url_signer, "GET", 3, text, path_len + 1, NULL, 0, NULL, 0,
                                         1, out, size),
               PUSHER_ERROR_TOO_LARGE, "path");
  CHECK(out[0] == '\0');
  free_fence(input);
  pusher_signer_free(url_signer);

  /* An event's data, plain and encrypted. */
  url_signer = signer_of(APP);
  input = new_huge_text("a", "a", event_data_len);
  text = input.end - 1 - event_data_len;
  CHECK_RESULT(
      pusher_signer_event_body(signer, "a", 1, "bb", 2, text, event_data_len, NULL, 0, out, size),
      longest, "data");
  CHECK(!fits || strcmp(out + INT32_MAX - strlen(END_OF_EVENT), END_OF_EVENT) == 0);
  text--;
  CHECK_RESULT(pusher_signer_event_body(signer, "a", 1, "bb", 2, text, event_data_len + 1, NULL, 0,
                                        out, size),
               PUSHER_ERROR_TOO_LARGE, "data");
  CHECK(out[0] == '\0');
  free_fence(input);
  input = new_huge_text("a", "a", encrypted_data_len);
  CHECK_RESULT(pusher_signer_encrypt(url_signer, ENCRYPTED_BLA, strlen(ENCRYPTED_BLA),
                                     input.end - 1 - encrypted_data_len, encrypted_data_len, out,
                                     size),
               PUSHER_ERROR_TOO_LARGE, "data");
  CHECK(out[0] == '\0');
  free_fence(input);
  pusher_signer_free(url_signer);

  pusher_signer_free(signer);
  free_fence(output);
}

/* A buffer size larger than any object is sufficient. */
static void boundless_buffer(void) {
  static const size_t SIZES[] = {SIZE_MAX, SIZE_MAX / 2 + 1, SIZE_MAX / 2};
  size_t i, size;
  for (size = 0; size < COUNT(SIZES); size++)
    for (i = 0; i < COUNT(EXAMPLES); i++) {
      char out[512];
      CHECK(call_example(i, EXAMPLES[i].strings, out, SIZES[size]) == EXAMPLES[i].length);
      CHECK(is_expected(i, out));
    }
}

/* pusher_response_bound never wraps around, unlike the macro for static buffers. */
static void response_bound(void) {
  static char of_the_macro[PUSHER_RESPONSE_BOUND(sizeof CONFIG - 1, sizeof USER - 1)];
  static const size_t LENGTHS[] = {0, 1, 14, 1024, (size_t)1 << 30};
  size_t c, u;
  for (c = 0; c < COUNT(LENGTHS); c++)
    for (u = 0; u < COUNT(LENGTHS); u++)
      CHECK(pusher_response_bound(LENGTHS[c], LENGTHS[u]) ==
            PUSHER_RESPONSE_BOUND(LENGTHS[c], LENGTHS[u]));
  CHECK(pusher_authenticate_user(CONFIG, SOCKET_ID, USER, of_the_macro, sizeof of_the_macro) > 0);
  CHECK(pusher_response_bound(SIZE_MAX, 0) == SIZE_MAX);
  CHECK(pusher_response_bound(0, SIZE_MAX) == SIZE_MAX);
  CHECK(pusher_response_bound(SIZE_MAX, SIZE_MAX) == SIZE_MAX);
  CHECK(pusher_response_bound(0, SIZE_MAX / 2 + 1) == SIZE_MAX);
  CHECK(PUSHER_RESPONSE_BOUND(SIZE_MAX, 0) == PUSHER_RESPONSE_BOUND(0, 0) - 1);
}

/* A signer's bound grows with the input and never wraps around. */
static void signer_bound(void) {
  static const char *const CONFIGS[] = {CONFIG, APP, APP_URL};
  size_t c, length;
  for (c = 0; c < COUNT(CONFIGS); c++) {
    pusher_signer *signer = signer_of(CONFIGS[c]);
    for (length = 0; length < 1000; length++)
      CHECK(pusher_signer_bound(signer, length) < pusher_signer_bound(signer, length + 1));
    CHECK(pusher_signer_bound(signer, SIZE_MAX) == SIZE_MAX);
    CHECK(pusher_signer_bound(signer, SIZE_MAX - 1) == SIZE_MAX);
    CHECK(pusher_signer_bound(signer, SIZE_MAX / 2) == SIZE_MAX);
    for (length = SIZE_MAX; length > 1; length /= 2) {
      CHECK(pusher_signer_bound(signer, length) >= length);
      CHECK(pusher_signer_bound(signer, length) >= pusher_signer_bound(signer, length / 2));
    }
    pusher_signer_free(signer);
  }
}

/* Repeats a piece, with a text before and after it, up to at most `length` bytes. */
static text filled_text(const char *before, const char *piece, const char *behind, size_t length) {
  text filled = {NULL, 0, 0};
  const size_t fixed = strlen(before) + strlen(behind);
  append(&filled, before, 1);
  if (length > fixed) append(&filled, piece, (length - fixed) / strlen(piece));
  append(&filled, behind, 1);
  return filled;
}

/* The bound suffices for the inputs that grow most, at every length. */
static void bound_suffices_for_the_worst_inputs(void) {
  static const struct {
    function f;
    size_t grows; /* the string that does */
    string strings[MAX_STRINGS];
    const char *before, *piece, *behind;
  } WORST[] = {
      {AUTHENTICATE_USER, 1, {S("1.1")}, "{\"id\":\"a\"", "\n", "}"},
      {AUTHENTICATE_USER, 1, {S("1.1")}, "{\"id\":\"a\",\"b\":[\"\"", ",\"\"", "]}"},
      {AUTHENTICATE_USER, 1, {S("1.1")}, "{\"id\":\"a", "\\\"", "\"}"},
      {AUTHENTICATE_USER, 0, {NO_STRING, S("{\"id\":\"a\"}")}, "1.", "1", ""},
      {AUTHORIZE_CHANNEL, 2, {S("1.1"), S("presence-a")}, "{\"user_id\":1", "\t", "}"},
      {AUTHORIZE_CHANNEL, 1, {S("1.1")}, "private-encrypted-", "a", ""},
      {REQUEST_URL, 1, {S("GET")}, "/a", "a", ""},
      {REQUEST_URL, 2, {S("GET"), S("/a")}, "a=", "b", ""},
      {REQUEST_URL, 0, {NO_STRING, S("/a")}, "G", "G", ""},
      {TERMINATE_USER_URL, 0, {NO_STRING}, "", "\xc3\xa9", ""},
      {TERMINATE_USER_URL, 0, {NO_STRING}, "", "%", ""},
      {EVENT_BODY, 2, {S("a"), S("b")}, "", "\"", ""},
      {EVENT_BODY, 2, {S("private-encrypted-a"), S("b")}, "", "a", ""},
      {EVENT_BODY, 1, {S("a")}, "\"", "\"", ""},
      {EVENT_BODY, 0, {NO_STRING, S("b")}, "#server-to-user-", "\"", ""},
      {EVENT_BODY, 3, {S("a"), S("b"), NO_STRING}, "1.", "1", ""},
      {EVENTS_BODY,
       0,
       {NO_STRING},
       "{\"name\":\"a\",\"channels\":[\"b\"],\"data\":[\"\"",
       ",\"\"",
       "]}"},
      {EVENTS_BODY,
       0,
       {NO_STRING},
       "{\"batch\":[{\"name\":\"a\",\"channel\":\"private-encrypted-a\",\"data\":1}",
       ",{\"name\":\"a\",\"channel\":\"private-encrypted-a\",\"data\":1}",
       "]}"},
      {EVENTS_BODY,
       0,
       {NO_STRING},
       "{\"name\":\"a\",\"channels\":[\"private-encrypted-a\"],\"data\":[\"\"",
       ",\"\"",
       "]}"},
      {ENCRYPT, 1, {S("private-encrypted-a")}, "", "a", ""},
      {DECRYPT, 1, {S("private-encrypted-a")}, "{", "a", "}"},
      {REQUEST_PARAMETER, 1, {NO_STRING, NO_STRING, S("a")}, "a=", "b", ""},
      {REQUEST_PARAMETER, 1, {S(JSON), NO_STRING, S("a")}, "{\"a\":\"", "b", "\"}"},
      {JSONP, 1, {S("f")}, "{\"a\":\"", "\xe2\x80\xa8", "\"}"},
      {JSONP, 0, {NO_STRING, S("{}")}, "f", "f", ""},
  };
  /* The config whose parts are the longest in a URL. */
  static const char *const CONFIGS[] = {
      "{\"appId\":\"3\",\"key\":\"k\",\"secret\":\"s\",\"encryptionMasterKeyBase64\":\"" MASTER_KEY
      "\"}",
      "{\"appId\":\"333333333333333333333333333333\",\"key\":\"%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%"
      "%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%\",\"secret\":\"s\","
      "\"host\":\"a-very-long-host-name.example.com\",\"port\":65535,\"path\":\"/a/long/prefix\","
      "\"encryptionMasterKeyBase64\":\"" MASTER_KEY "\"}",
  };
  size_t c, i, length;
  for (c = 0; c < COUNT(CONFIGS); c++) {
    pusher_signer *signer = signer_of(CONFIGS[c]);
    for (i = 0; i < COUNT(WORST); i++) {
      int written = 0;
      for (length = 0; length < 400; length++) {
        text filled = filled_text(WORST[i].before, WORST[i].piece, WORST[i].behind, length);
        string strings[MAX_STRINGS];
        size_t bound;
        char *out;
        int32_t n;
        memcpy(strings, WORST[i].strings, sizeof strings);
        strings[WORST[i].grows].bytes = filled.bytes;
        strings[WORST[i].grows].length = filled.length;
        bound = bound_of(WORST[i].f, signer, strings);
        out = (char *)malloc(bound);
        CHECK(out != NULL);
        n = call(WORST[i].f, signer, strings, INT64_MAX, out, bound);
        CHECK_RESULT(n != PUSHER_ERROR_BUFFER_TOO_SMALL, 1, filled.bytes);
        written += n >= 0;
        free(out);
        free(filled.bytes);
      }
      CHECK(written > 0 || WORST[i].f == DECRYPT);
    }
    pusher_signer_free(signer);
  }
}

/* Threads use the same signers, and create their own, until they are stopped. */
enum { THREADS = 8 };
static int calls_made[THREADS], stopping;

static void make_and_free_a_signer(void) {
  pusher_signer *signer = signer_of(APP);
  char out[512];
  CHECK(authorize(signer, PRESENCE, CHANNEL_DATA, out, sizeof out) ==
        (int32_t)strlen(PRESENCE_RESPONSE));
  CHECK(strcmp(out, PRESENCE_RESPONSE) == 0);
  pusher_signer_free(signer);
}

static void *sign_until_stopped(void *argument) {
  int *calls = (int *)argument;
  while (!__atomic_load_n(&stopping, __ATOMIC_ACQUIRE)) {
    run_examples();
    make_and_free_a_signer();
    __atomic_add_fetch(calls, 1, __ATOMIC_RELEASE);
  }
  return NULL;
}

/* Returns a number of rounds, or CALLS if that is less. */
static int rounds_of(int usual) {
  const char *calls = getenv("CALLS");
  return calls != NULL && atoi(calls) < usual ? atoi(calls) : usual;
}

/* Runs `meanwhile` once while the threads run. Each thread makes all its rounds. */
static void with_threads(void (*meanwhile)(void)) {
  const int rounds = rounds_of(1000);
  pthread_t threads[THREADS];
  int i;
  __atomic_store_n(&stopping, 0, __ATOMIC_RELEASE);
  for (i = 0; i < THREADS; i++) {
    __atomic_store_n(&calls_made[i], 0, __ATOMIC_RELEASE);
    CHECK(pthread_create(&threads[i], NULL, sign_until_stopped, &calls_made[i]) == 0);
  }
  meanwhile();
  for (i = 0; i < THREADS; i++)
    while (__atomic_load_n(&calls_made[i], __ATOMIC_ACQUIRE) < rounds) usleep(1000);
  __atomic_store_n(&stopping, 1, __ATOMIC_RELEASE);
  for (i = 0; i < THREADS; i++) CHECK(pthread_join(threads[i], NULL) == 0);
}

static void eight_threads(void) { with_threads(run_examples); }

#ifndef _WIN32
/* Children use the parent's signers, create their own, and free both. */
static void fork_children(void) {
  int i, status;
  for (i = 0; i < rounds_of(20); i++) {
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
      end_after(TOO_LONG);
      run_examples();
      make_and_free_a_signer();
      free_examples();
      _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
}

static void child_after_fork(void) { fork_children(); }

/* A child must not use the parent's nonces. */
static void nonces_after_fork(void) {
  char out[2][256], of_child[256];
  int i, ends[2], status;
  pid_t child;
  memset(out, 0, sizeof out);
  CHECK(pipe(ends) == 0);
  for (i = 0; i < 2; i++) {
    if (i == 1) {
      child = fork();
      CHECK(child >= 0);
    } else {
      child = -1;
    }
    CHECK(pusher_signer_encrypt(example_signers[COUNT(EXAMPLES) - 5], ENCRYPTED_BLA,
                                strlen(ENCRYPTED_BLA), PLAINTEXT, strlen(PLAINTEXT), out[i],
                                sizeof out[i]) > 0);
    if (child == 0) {
      CHECK(write(ends[1], out[i], sizeof out[i]) == (ssize_t)sizeof out[i]);
      free_examples();
      _exit(0);
    }
    if (child > 0) {
      CHECK(waitpid(child, &status, 0) == child && status == 0);
      CHECK(read(ends[0], of_child, sizeof of_child) == (ssize_t)sizeof of_child);
      CHECK(strcmp(of_child, out[0]) != 0 && strcmp(of_child, out[1]) != 0);
    }
  }
  CHECK(close(ends[0]) == 0 && close(ends[1]) == 0);
}

static void child_after_fork_among_threads(void) { with_threads(fork_children); }
#endif

#ifdef SHARED_LIBRARY
/* The library is loaded and unloaded like a plugin. Neither code nor memory must remain. */
static void loaded_1000_times(void) {
  /* An object with so many members requires an allocation. */
  static const char MANY[] =
      "{\"id\":\"1\",\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,"
      "\"j\":1,\"k\":1,\"l\":1,\"m\":1,\"n\":1,\"o\":1,\"p\":1,\"q\":1,\"r\":1,\"s\":1}";
  int32_t (*authenticate_user)(const char *, const char *, const char *, char *, size_t);
  const int linked = is_loaded(SHARED_LIBRARY);
  size_t bytes = 0, mappings = 0;
  int i;
  for (i = 0; i < 1000; i++) {
    char out[1024];
    void *library = open_library(SHARED_LIBRARY);
    CHECK(library != NULL);
    *(void **)&authenticate_user = function_of(library, "pusher_authenticate_user");
    CHECK(authenticate_user != NULL);
    CHECK(authenticate_user(CONFIG, SOCKET_ID, USER, out, sizeof out) == (int32_t)strlen(RESPONSE));
    CHECK(strcmp(out, RESPONSE) == 0);
    check_response(MANY, strlen(MANY), out,
                   authenticate_user(CONFIG, SOCKET_ID, MANY, out, sizeof out));
    CHECK(close_library(library));
    CHECK(is_loaded(SHARED_LIBRARY) == (linked || !UNLOADS));
    if (i == 500) {
      mappings = count_of_mappings();
      bytes = bytes_in_use();
    }
  }
  CHECK(count_of_mappings() == mappings);
  /* The caches of the C library vary. A leak would be at least 16 bytes for each round. */
  CHECK(bytes_in_use() < bytes + 500 * 16);
}
#endif

/* ------------------------------------------------------------------------------------------ */

#define NAMED(check) {#check, check}
static const struct {
  const char *name;
  void (*run)(void);
} CHECKS[] = {
    NAMED(documented_answer),
    NAMED(every_code),
    NAMED(every_jsonp_code),
    NAMED(every_channel_code),
    NAMED(every_request_code),
    NAMED(every_event_code),
    NAMED(limits_of_events),
    NAMED(every_encryption_code),
    NAMED(encrypted_and_decrypted),
    NAMED(every_parameter_code),
    NAMED(webhooks),
    NAMED(every_message),
    NAMED(precedence_of_errors),
    NAMED(precedence_of_body_and_timestamp),
    NAMED(null_with_length_0),
    NAMED(null_arguments),
    NAMED(every_capacity),
    NAMED(nothing_behind_a_result),
    NAMED(inputs_at_guard_pages),
    NAMED(truncated_inputs_at_guard_pages),
    NAMED(embedded_nuls),
    NAMED(two_escapes),
    NAMED(odd_bytes),
    NAMED(boundless_buffer),
    NAMED(response_bound),
    NAMED(signer_bound),
    NAMED(bound_suffices_for_the_worst_inputs),
    NAMED(deep_nesting),
    NAMED(million_members),
    NAMED(too_large),
    NAMED(eight_threads),
#ifndef _WIN32
    NAMED(child_after_fork),
    NAMED(nonces_after_fork),
    NAMED(child_after_fork_among_threads),
#endif
#ifdef SHARED_LIBRARY
    NAMED(loaded_1000_times),
#endif
};

/* Ends with NULL, because the list can be empty. */
static const char *const LEFT_OUT[] = {
#ifdef _WIN32
    "child_after_fork: Windows has no fork",
    "nonces_after_fork: Windows has no fork",
    "child_after_fork_among_threads: Windows has no fork",
#endif
#ifndef SHARED_LIBRARY
    "loaded_1000_times: a static program loads no library",
#endif
    NULL,
};

int main(int argc, char **argv) {
  int list = argc == 2 && strcmp(argv[1], "--list") == 0, i;
  size_t c;
  if (argc == 2 && strcmp(argv[1], "--left-out") == 0) {
    for (c = 0; LEFT_OUT[c] != NULL; c++) puts(LEFT_OUT[c]);
    return 0;
  }
  for (i = 1; i < argc && !list; i++) {
    for (c = 0; c < COUNT(CHECKS) && strcmp(argv[i], CHECKS[c].name) != 0; c++) {}
    if (c == COUNT(CHECKS)) fail(__LINE__, "the name of a check", argv[i], 0);
  }
  set_up_examples();
  for (c = 0; c < COUNT(CHECKS); c++) {
    int named = argc == 1;
    for (i = 1; i < argc; i++) named = named || strcmp(argv[i], CHECKS[c].name) == 0;
    end_after(TOO_LONG);
    if (named) CHECKS[c].run();
    if (named || list) printf(list ? "%s\n" : "ok %s\n", CHECKS[c].name);
    fflush(stdout);
  }
  free_examples();
  return 0;
}
