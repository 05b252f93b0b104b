/* Uses the library the way a C or C++ program does, and the way a careless or hostile one would.
 *
 *   harness            runs every check
 *   harness NAME...    runs the checks named
 *   harness --list     prints the names
 *   harness --left-out prints the names of those that cannot be made here, and why
 *
 * Prints "ok NAME" for each check that passes, stops at the first that fails, and prints nothing
 * else, so that whatever else appears was printed by the library. Compiles as C99 and as C++11, for POSIX
 * and for Windows; SHARED_LIBRARY is the path of the shared library for the check that loads it at run time,
 * which a program that is linked statically cannot do, and does without. */
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

/* The same app with all that its channels and its requests need, and Pusher's documented answers. */
#define APP                                                                                                  \
  "{\"appId\":\"3\",\"key\":\"" KEY "\",\"secret\":\"7ad3773142a6692b25b8\",\"cluster\":\"eu\","               \
  "\"encryptionMasterKeyBase64\":\"zyrm8pvV2C9fJcBfhyXzvxbJVN/H7QLmbe0xJi1GhPU=\"}"
#define PRIVATE "private-foobar"
#define PRIVATE_RESPONSE "{\"auth\":\"" KEY ":58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4\"}"
#define PRESENCE "presence-foobar"
#define CHANNEL_DATA "{\"user_id\":10,\"user_info\":{\"name\":\"Mr. Channels\"}}"
#define PRESENCE_RESPONSE                                                                                    \
  "{\"auth\":\"" KEY ":31935e7d86dba64c2a90aed31fdc61869f9b22ba9d8863bba239c03ca481bc80\","                  \
  "\"channel_data\":\"{\\\"user_id\\\":10,\\\"user_info\\\":{\\\"name\\\":\\\"Mr. Channels\\\"}}\"}"
#define BODY "{\"name\":\"foo\",\"channels\":[\"project-3\"],\"data\":\"{\\\"some\\\":\\\"data\\\"}\"}"
#define URL                                                                                                  \
  "https://api-eu.pusher.com/apps/3/events?auth_key=" KEY "&auth_timestamp=1353088179&auth_version=1.0"      \
  "&body_md5=ec365a775a4cd0599faeb73354201b6f"                                                               \
  "&auth_signature=da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c"

/* The official Python library's encrypted channel, and the Go library's request with a query. */
#define ENCRYPTED_APP                                                                                        \
  "{\"key\":\"foo\",\"secret\":\"bar\","                                                                    \
  "\"encryptionMasterKeyBase64\":\"OHRXNUZRTG5pUTFzQlFGd3J3N3Q2VFZFc0paZDEweVk=\"}"
#define ENCRYPTED "private-encrypted-channel"
#define ENCRYPTED_RESPONSE                                                                                   \
  "{\"auth\":\"foo:fff0503dfe4929f5162efe4d1dacbce524b0d8e7e1331117a8651c0e74d369e3\","                       \
  "\"shared_secret\":\"VmIsNZtCSteh8kazd2toc+ofhohBtUouQRSDtRvuyVI=\"}"
#define QUERY "info=user_count&filter_by_prefix=presence-"
#define QUERY_APP "{\"key\":\"d41a439c438a100756f5\",\"secret\":\"4bf35003e819bb138249\",\"appId\":102015}"
#define QUERY_URL                                                                                            \
  "https://api.pusherapp.com/apps/102015/channels?auth_key=d41a439c438a100756f5&auth_timestamp=1427034994"   \
  "&auth_version=1.0&" QUERY                                                                                 \
  "&auth_signature=4d8a02edcc8a758b0162cd6da690a9a45fb8ae326a276dca1e06a0bc42796c11"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define CANARY '\xA5'

/* Seconds after which something must be waiting for what never comes: the process ends. */
#ifndef TOO_LONG
#define TOO_LONG 600
#endif

/* ---- checking ---------------------------------------------------------------------------- */

#define CHECK(condition)                                                                                     \
  do {                                                                                                       \
    if (!(condition)) fail(__LINE__, #condition, "", 0);                                                     \
  } while (0)

/* Names the input, for checks that walk a table. */
#define CHECK_RESULT(actual, expected, input)                                                                \
  do {                                                                                                       \
    int32_t result_ = (actual);                                                                              \
    if (result_ != (expected)) fail(__LINE__, #actual " == " #expected, (input), result_);                   \
  } while (0)

static void fail(int line, const char *condition, const char *input, int32_t result) {
  fprintf(stderr, "harness.c:%d: expected %s, got %d; input: %.200s\n", line, condition, (int)result,
          input ? input : "NULL");
  _exit(1); /* also ends a forked child, without flushing what its parent has buffered */
}

static int all_canaries(const char *from, const char *to) {
  while (from < to)
    if (*from++ != CANARY) return 0;
  return 1;
}

/* An error leaves the empty string, and touches nothing behind it. */
static int is_emptied(const char *buffer, size_t size) {
  return size == 0 || (buffer[0] == '\0' && all_canaries(buffer + 1, buffer + size));
}

/* Memory of `size` bytes, rounded up to whole pages, between two inaccessible pages. */
typedef struct {
  char *first, *end;
} fence;

/* Inaccessible memory, of which the fence is all but the first and the last page. */
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

/* ---- calls and what they must return ----------------------------------------------------- */

static pusher_signer *signer_of(const char *config) {
  pusher_signer *signer = NULL;
  CHECK_RESULT(pusher_signer_new(config, &signer), 0, config);
  CHECK(signer != NULL);
  return signer;
}

static pusher_signer *new_signer(void) { return signer_of(CONFIG); }

static int32_t write_in_one_call(char *out, size_t size) {
  return pusher_authenticate_user(CONFIG, SOCKET_ID, USER, out, size);
}

static int32_t write_by_signer(char *out, size_t size) {
  pusher_signer *signer = new_signer();
  int32_t result =
      pusher_signer_authenticate_user(signer, SOCKET_ID, strlen(SOCKET_ID), USER, strlen(USER), out, size);
  pusher_signer_free(signer);
  return result;
}

static int32_t authorizes(const pusher_signer *signer, const char *channel, const char *channel_data,
                          char *out, size_t size) {
  return pusher_signer_authorize_channel(signer, SOCKET_ID, strlen(SOCKET_ID), channel, strlen(channel),
                                         channel_data, strlen(channel_data), out, size);
}

static int32_t write_private(char *out, size_t size) {
  pusher_signer *signer = signer_of(APP);
  int32_t result = authorizes(signer, PRIVATE, "", out, size);
  pusher_signer_free(signer);
  return result;
}

static int32_t write_presence(char *out, size_t size) {
  pusher_signer *signer = signer_of(APP);
  int32_t result = authorizes(signer, PRESENCE, CHANNEL_DATA, out, size);
  pusher_signer_free(signer);
  return result;
}

static int32_t write_encrypted(char *out, size_t size) {
  pusher_signer *signer = signer_of(ENCRYPTED_APP);
  int32_t result =
      pusher_signer_authorize_channel(signer, "345.23", 6, ENCRYPTED, strlen(ENCRYPTED), NULL, 0, out, size);
  pusher_signer_free(signer);
  return result;
}

static int32_t write_url(char *out, size_t size) {
  pusher_signer *signer = signer_of(APP);
  int32_t result = pusher_signer_sign_request(signer, "POST", "/events", NULL, BODY, strlen(BODY), 1353088179,
                                              out, size);
  pusher_signer_free(signer);
  return result;
}

static int32_t write_url_with_query(char *out, size_t size) {
  pusher_signer *signer = signer_of(QUERY_APP);
  int32_t result =
      pusher_signer_sign_request(signer, "GET", "/channels", QUERY, NULL, 0, 1427034994, out, size);
  pusher_signer_free(signer);
  return result;
}

static int32_t write_script(char *out, size_t size) { return pusher_jsonp(CALLBACK, RESPONSE, out, size); }

/* Every function that fills a buffer, and what it must write. */
static const struct {
  int32_t (*write)(char *out, size_t size);
  const char *expected;
} WRITERS[] = {
    {write_in_one_call, RESPONSE},
    {write_by_signer, RESPONSE},
    {write_private, PRIVATE_RESPONSE},
    {write_presence, PRESENCE_RESPONSE},
    {write_encrypted, ENCRYPTED_RESPONSE},
    {write_url, URL},
    {write_url_with_query, QUERY_URL},
    {write_script, SCRIPT},
};

static void every_writer_answers(void) {
  char out[512];
  size_t i;
  for (i = 0; i < COUNT(WRITERS); i++) {
    CHECK(WRITERS[i].write(out, sizeof out) == (int32_t)strlen(WRITERS[i].expected));
    CHECK(strcmp(out, WRITERS[i].expected) == 0);
  }
}

/* Both ways to sign must refuse the input with this code, and leave nothing behind. */
static void refuses(const char *config, const char *socket_id, const char *user_json, int32_t code) {
  char out[512];
  const char *wrong = code >= PUSHER_ERROR_CONFIG_SECRET ? config
                      : code == PUSHER_ERROR_SOCKET_ID   ? socket_id
                                                         : user_json;
  pusher_signer *signer = (pusher_signer *)out; /* must become NULL on error */
  int32_t result;

  memset(out, CANARY, sizeof out);
  CHECK_RESULT(pusher_authenticate_user(config, socket_id, user_json, out, sizeof out), code, wrong);
  CHECK(is_emptied(out, sizeof out));

  memset(out, CANARY, sizeof out);
  result = pusher_signer_new(config, &signer);
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

/* The response, but for the signature, which is held against an independent HMAC elsewhere. */
static void check_response(const char *user_json, size_t len, const char *response, int32_t result) {
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

/* Signs this user, or must refuse it with this code. */
static void signs(const char *user_json, size_t len, int32_t code) {
  pusher_signer *signer = new_signer();
  size_t size = pusher_response_bound(strlen(CONFIG), len);
  char *out = (char *)malloc(size);
  int32_t result;
  CHECK(out != NULL);
  result = pusher_signer_authenticate_user(signer, SOCKET_ID, strlen(SOCKET_ID), user_json, len, out, size);
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
  every_writer_answers();
  CHECK(strcmp(pusher_version(), PUSHER_AUTH_VERSION) == 0);
}

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
      {PUSHER_ERROR_CONFIG_INVALID, "{\"key\":\"k\",\"key\":\"k\",\"secret\":\"s\"}", SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_INVALID, "{\"key\":\"k\",\"secret\":\"s\",\"\\u0073ecret\":\"s\"}", SOCKET_ID,
       USER},
      {PUSHER_ERROR_CONFIG_INVALID, "{\"key\":\"k\",\"secret\":\"s\",\"appId\":true}", SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_INVALID, "{\"key\":\"k\",\"secret\":\"s\",\"cluster\":1}", SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_INVALID, "{\"key\":\"k\",\"secret\":\"s\",\"useTLS\":\"yes\"}", SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_INVALID, "{\"key\":\"k\",\"secret\":\"s\",\"host\":1}", SOCKET_ID, USER},
      {PUSHER_ERROR_CONFIG_INVALID, "{\"key\":\"k\",\"secret\":\"s\",\"port\":{}}", SOCKET_ID, USER},
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
    refuses(CASES[i].config, CASES[i].socket_id, CASES[i].user_json, CASES[i].code);
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
    CHECK_RESULT(pusher_jsonp(CASES[i].callback, CASES[i].response, out, sizeof out), CASES[i].code,
                 CASES[i].callback);
    CHECK(is_emptied(out, sizeof out));
  }
  for (i = 0; i < COUNT(ACCEPTED); i++)
    CHECK_RESULT(pusher_jsonp(ACCEPTED[i], "{}", out, sizeof out), (int32_t)strlen(ACCEPTED[i]) + 9,
                 ACCEPTED[i]);
  memset(callback, 'a', sizeof callback);
  callback[129] = '\0';
  CHECK(pusher_jsonp(callback, "{}", out, sizeof out) == PUSHER_ERROR_CALLBACK);
  CHECK(pusher_jsonp(callback + 1, "{}", out, sizeof out) == 128 + 9);
  /* The line separators that older JavaScript takes for line ends inside a string. */
  CHECK(pusher_jsonp("f", "{\"a\":\"\xe2\x80\xa8\xe2\x80\xa9\"}", out, sizeof out) > 0);
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
      /* What would be the signature of a user. */
      {PUSHER_ERROR_CHANNEL, APP, "1.1", ":user::{\"id\":\"admin\"}", ""},
      {PUSHER_ERROR_CHANNEL_DATA, APP, SOCKET_ID, PRIVATE, CHANNEL_DATA},
      {PUSHER_ERROR_CHANNEL_DATA, APP, SOCKET_ID, "private-encrypted-x", CHANNEL_DATA},
      {PUSHER_ERROR_CHANNEL_DATA, APP, SOCKET_ID, PRESENCE, "x"},
      {PUSHER_ERROR_CHANNEL_DATA, APP, SOCKET_ID, PRESENCE, "[]"},
      {PUSHER_ERROR_CHANNEL_DATA, APP, SOCKET_ID, PRESENCE, "{}"},
      {PUSHER_ERROR_CHANNEL_DATA, APP, SOCKET_ID, PRESENCE, "{\"user_id\":\"\"}"},
      {PUSHER_ERROR_CHANNEL_DATA, APP, SOCKET_ID, PRESENCE, "{\"user_id\":1.5}"},
      {PUSHER_ERROR_CHANNEL_DATA, APP, SOCKET_ID, PRESENCE, "{\"user_id\":1e3}"},
      {PUSHER_ERROR_CHANNEL_DATA, APP, SOCKET_ID, PRESENCE, "{\"user_id\":null}"},
      {PUSHER_ERROR_CHANNEL_DATA, APP, SOCKET_ID, PRESENCE, "{\"user_id\":\"\\ud800\"}"},
      {PUSHER_ERROR_CHANNEL_DATA, APP, SOCKET_ID, PRESENCE, "{\"user_id\":1,\"user_id\":1}"},
      {PUSHER_ERROR_CHANNEL_DATA, APP, SOCKET_ID, PRESENCE, "{\"user_id\":1,\"a\":1,\"\\u0061\":1}"},
      {PUSHER_ERROR_ENCRYPTION_KEY, CONFIG, SOCKET_ID, "private-encrypted-x", ""},
      {PUSHER_ERROR_ENCRYPTION_KEY, CONFIG, SOCKET_ID, "private-encrypted-cache-x", ""},
      {PUSHER_ERROR_ENCRYPTION_KEY, "{\"key\":\"k\",\"secret\":\"s\",\"encryptionMasterKeyBase64\":\"AAAA\"}",
       SOCKET_ID, "private-encrypted-x", ""},
      /* 33 bytes */
      {PUSHER_ERROR_ENCRYPTION_KEY,
       "{\"key\":\"k\",\"secret\":\"s\",\"encryptionMasterKeyBase64\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
       SOCKET_ID, "private-encrypted-x", ""},
  };
  static const char *const JOINED[] = {"private-x", "private-cache-x", "presence-x", "presence-cache-x",
                                       "private-encrypted-x", "private-encrypted-cache-x",
                                       "private-azAZ09_-=@,.;"};
  char out[512], name[202];
  pusher_signer *signer;
  size_t i;
  for (i = 0; i < COUNT(CASES); i++) {
    signer = signer_of(CASES[i].config);
    memset(out, CANARY, sizeof out);
    CHECK_RESULT(pusher_signer_authorize_channel(signer, CASES[i].socket_id, strlen(CASES[i].socket_id),
                                                 CASES[i].channel, strlen(CASES[i].channel),
                                                 CASES[i].channel_data, strlen(CASES[i].channel_data), out,
                                                 sizeof out),
                 CASES[i].code, CASES[i].channel);
    CHECK(is_emptied(out, sizeof out));
    pusher_signer_free(signer);
  }
  CHECK(pusher_signer_new("{\"key\":\"k\",\"secret\":\"s\",\"encryptionMasterKeyBase64\":1}", &signer) ==
        PUSHER_ERROR_CONFIG_INVALID);
  signer = signer_of(APP);
  for (i = 0; i < COUNT(JOINED); i++)
    CHECK(authorizes(signer, JOINED[i], "", out, sizeof out) > 0);
  /* Published by the official Node library. */
  CHECK(authorizes(signer, "private-encrypted-bla", "", out, sizeof out) > 0);
  CHECK(strstr(out, "\",\"shared_secret\":\"nlr49ISQHz91yS3cy/yWmW8wFMNeTnNL5tNHnbPJcLQ=\"}") != NULL);
  CHECK((size_t)strlen(out) < pusher_response_bound(strlen(APP), 0));
  memset(name, 'a', sizeof name);
  memcpy(name, "private-", strlen("private-"));
  name[201] = '\0';
  CHECK(authorizes(signer, name, "", out, sizeof out) == PUSHER_ERROR_CHANNEL);
  name[200] = '\0';
  CHECK(authorizes(signer, name, "", out, sizeof out) > 0);
  CHECK(pusher_signer_authorize_channel(signer, SOCKET_ID, strlen(SOCKET_ID), "private-a\0b", 11, NULL, 0, out,
                                        sizeof out) == PUSHER_ERROR_CHANNEL);
  pusher_signer_free(signer);
}

static void every_request_code(void) {
  static const struct {
    int32_t code;
    const char *config, *method, *path, *query;
  } CASES[] = {
      {PUSHER_ERROR_CONFIG_APP, CONFIG, "POST", "/events", NULL},
      {PUSHER_ERROR_CONFIG_APP, "{\"key\":\"k\",\"secret\":\"s\",\"appId\":\"a/b\"}", "POST", "/events", NULL},
      {PUSHER_ERROR_CONFIG_APP, "{\"key\":\"k\",\"secret\":\"s\",\"appId\":1.5}", "POST", "/events", NULL},
      {PUSHER_ERROR_CONFIG_APP, "{\"key\":\"k\",\"secret\":\"s\",\"appId\":1,\"cluster\":\"a.b/\"}", "POST",
       "/events", NULL},
      {PUSHER_ERROR_CONFIG_APP, "{\"key\":\"k\",\"secret\":\"s\",\"appId\":1,\"host\":\"a@b\"}", "POST",
       "/events", NULL},
      {PUSHER_ERROR_CONFIG_APP, "{\"key\":\"k\",\"secret\":\"s\",\"appId\":1,\"port\":\"65536\"}", "POST",
       "/events", NULL},
      {PUSHER_ERROR_REQUEST, APP, "", "/events", NULL},
      {PUSHER_ERROR_REQUEST, APP, "post", "/events", NULL},
      {PUSHER_ERROR_REQUEST, APP, "POST\n", "/events", NULL},
      {PUSHER_ERROR_REQUEST, APP, "POST", "", NULL},
      {PUSHER_ERROR_REQUEST, APP, "POST", "/", NULL},
      {PUSHER_ERROR_REQUEST, APP, "POST", "events", NULL},
      {PUSHER_ERROR_REQUEST, APP, "POST", "/users//terminate_connections", NULL},
      {PUSHER_ERROR_REQUEST, APP, "POST", "/users/./terminate_connections", NULL},
      {PUSHER_ERROR_REQUEST, APP, "POST", "/users/../events", NULL},
      {PUSHER_ERROR_REQUEST, APP, "POST", "/users/%2e%2e/events", NULL},
      {PUSHER_ERROR_REQUEST, APP, "POST", "/users/a?/terminate_connections", NULL},
      {PUSHER_ERROR_REQUEST, APP, "POST", "/users/a#/terminate_connections", NULL},
      {PUSHER_ERROR_REQUEST, APP, "POST", "/users/a b/terminate_connections", NULL},
      {PUSHER_ERROR_REQUEST, APP, "POST", "/users/a\nb/terminate_connections", NULL},
      {PUSHER_ERROR_REQUEST, APP, "POST", "/users/\xc3\xa9/terminate_connections", NULL},
      {PUSHER_ERROR_REQUEST, APP, "GET", "/channels", "info"},
      {PUSHER_ERROR_REQUEST, APP, "GET", "/channels", "=1"},
      {PUSHER_ERROR_REQUEST, APP, "GET", "/channels", "a=1&"},
      {PUSHER_ERROR_REQUEST, APP, "GET", "/channels", "a=1&a=2"},
      {PUSHER_ERROR_REQUEST, APP, "GET", "/channels", "a=b=c"},
      {PUSHER_ERROR_REQUEST, APP, "GET", "/channels", "a=%20"},
      {PUSHER_ERROR_REQUEST, APP, "GET", "/channels", "a=+"},
      {PUSHER_ERROR_REQUEST, APP, "GET", "/channels", "auth_key=1"},
      {PUSHER_ERROR_REQUEST, APP, "GET", "/channels", "body_md5=1"},
      {PUSHER_ERROR_REQUEST, APP, "GET", "/channels", "Auth_key=1"},
      {PUSHER_ERROR_REQUEST, APP, "GET", "/channels", "BODY_MD5=1"},
  };
  static const struct {
    const char *config, *start;
  } PLACES[] = {
      {"{\"key\":\"k\",\"secret\":\"s\",\"appId\":3}", "https://api.pusherapp.com/apps/3/channels?"},
      {"{\"key\":\"k\",\"secret\":\"s\",\"appId\":\"3\",\"host\":\"127.0.0.1\",\"port\":6001,\"useTLS\":false,"
       "\"cluster\":\"mt1\"}",
       "http://127.0.0.1:6001/apps/3/channels?"},
      {"{\"key\":\"k\",\"secret\":\"s\",\"appId\":\"3\",\"host\":\"[::1]\",\"port\":\"8443\"}",
       "https://[::1]:8443/apps/3/channels?"},
  };
  char out[1024];
  pusher_signer *signer;
  size_t i;
  for (i = 0; i < COUNT(CASES); i++) {
    signer = signer_of(CASES[i].config);
    memset(out, CANARY, sizeof out);
    CHECK_RESULT(pusher_signer_sign_request(signer, CASES[i].method, CASES[i].path, CASES[i].query, NULL, 0, 1,
                                            out, sizeof out),
                 CASES[i].code, CASES[i].query != NULL ? CASES[i].query : CASES[i].path);
    CHECK(is_emptied(out, sizeof out));
    pusher_signer_free(signer);
  }
  for (i = 0; i < COUNT(PLACES); i++) {
    signer = signer_of(PLACES[i].config);
    CHECK(pusher_signer_sign_request(signer, "GET", "/channels", "", NULL, 0, 1, out, sizeof out) > 0);
    CHECK(strncmp(out, PLACES[i].start, strlen(PLACES[i].start)) == 0);
    pusher_signer_free(signer);
  }
  signer = signer_of(QUERY_APP);
  CHECK(pusher_signer_sign_request(signer, "GET", "/channels", NULL, NULL, 0, -1, out, sizeof out) ==
        PUSHER_ERROR_REQUEST);
  CHECK(pusher_signer_sign_request(signer, "GET", "/channels", NULL, NULL, 0, INT64_MAX, out, sizeof out) > 0);
  CHECK(strstr(out, "&auth_timestamp=9223372036854775807&") != NULL);
  { /* 0 is now. */
    long long before = (long long)time(NULL), signed_at;
    CHECK(pusher_signer_sign_request(signer, "GET", "/channels", NULL, NULL, 0, 0, out, sizeof out) > 0);
    CHECK(sscanf(strstr(out, "&auth_timestamp=") + strlen("&auth_timestamp="), "%lld", &signed_at) == 1);
    CHECK(before <= signed_at && signed_at <= (long long)time(NULL));
  }
  pusher_signer_free(signer);
}

/* Published by the official Node library. */
static void webhooks(void) {
  static const char BODY_OF_HOOK[] =
      "{\"time_ms\":1403175510755,\"events\":[{\"channel\":\"test_channel\",\"name\":\"channel_vacated\"}]}";
  static const char SIGNATURE[] = "c17257e92037cd7de407ebc1ed174ceb7b2e518db127f44411b9ffc4f5b28cc5";
  pusher_signer *signer = signer_of("{\"key\":\"123456789\",\"secret\":\"tofu\"}");
  char changed[sizeof BODY_OF_HOOK], other[sizeof SIGNATURE];
  size_t i, body_len = strlen(BODY_OF_HOOK);
#define VERIFY(key, key_len, signature, signature_len, body, len)                                            \
  pusher_signer_verify_webhook(signer, key, key_len, signature, signature_len, body, len)
  CHECK(VERIFY("123456789", 9, SIGNATURE, 64, BODY_OF_HOOK, body_len) == 0);
  for (i = 0; i < body_len; i++) { /* one bit of each byte */
    memcpy(changed, BODY_OF_HOOK, sizeof changed);
    changed[i] = (char)(changed[i] ^ 1);
    CHECK(VERIFY("123456789", 9, SIGNATURE, 64, changed, body_len) == PUSHER_ERROR_WEBHOOK_SIGNATURE);
  }
  for (i = 0; i < 64; i++) { /* one digit after the other, and one that is none */
    memcpy(other, SIGNATURE, sizeof other);
    other[i] = other[i] == '0' ? '1' : '0';
    CHECK(VERIFY("123456789", 9, other, 64, BODY_OF_HOOK, body_len) == PUSHER_ERROR_WEBHOOK_SIGNATURE);
    other[i] = 'g';
    CHECK(VERIFY("123456789", 9, other, 64, BODY_OF_HOOK, body_len) == PUSHER_ERROR_WEBHOOK_SIGNATURE);
    CHECK(VERIFY("123456789", 9, SIGNATURE, i, BODY_OF_HOOK, body_len) == PUSHER_ERROR_WEBHOOK_SIGNATURE);
  }
  CHECK(VERIFY("123456789", 9, NULL, 0, BODY_OF_HOOK, body_len) == PUSHER_ERROR_WEBHOOK_SIGNATURE);
  CHECK(VERIFY("123456789", 9, SIGNATURE, 64, NULL, 0) == PUSHER_ERROR_WEBHOOK_SIGNATURE);
  CHECK(VERIFY(NULL, 0, SIGNATURE, 64, BODY_OF_HOOK, body_len) == PUSHER_ERROR_WEBHOOK_KEY);
  CHECK(VERIFY("12345678", 8, SIGNATURE, 64, BODY_OF_HOOK, body_len) == PUSHER_ERROR_WEBHOOK_KEY);
  CHECK(VERIFY("123456789", 10, SIGNATURE, 64, BODY_OF_HOOK, body_len) == PUSHER_ERROR_WEBHOOK_KEY);
  CHECK(VERIFY(NULL, 0, NULL, 0, NULL, 0) == PUSHER_ERROR_WEBHOOK_KEY);
  CHECK(VERIFY(NULL, 1, SIGNATURE, 64, BODY_OF_HOOK, body_len) == PUSHER_ERROR_NULL_ARGUMENT);
  CHECK(VERIFY("123456789", 9, NULL, 64, BODY_OF_HOOK, body_len) == PUSHER_ERROR_NULL_ARGUMENT);
  CHECK(VERIFY("x", 1, SIGNATURE, 64, NULL, 1) == PUSHER_ERROR_NULL_ARGUMENT);
  CHECK(VERIFY("123456789", 9, SIGNATURE, 64, BODY_OF_HOOK, SIZE_MAX) == PUSHER_ERROR_TOO_LARGE);
#undef VERIFY
  CHECK(pusher_signer_verify_webhook(NULL, "k", 1, SIGNATURE, 64, "", 0) == PUSHER_ERROR_NULL_ARGUMENT);
  pusher_signer_free(signer);
}

/* -14 means a bug in the library: nothing here should be able to provoke it, so only its message
 * is checked. */
static void every_message(void) {
  static const int32_t OTHERS[] = {INT32_MIN, INT32_MIN + 1, -1000, -23, 1, 1000, INT32_MAX};
  int32_t code, other;
  size_t i;
  CHECK(PUSHER_ERROR_NULL_ARGUMENT == -1 && PUSHER_ERROR_TOO_LARGE == -13 && PUSHER_ERROR_INTERNAL == -14 &&
        PUSHER_ERROR_RESPONSE_INVALID == -15 && PUSHER_ERROR_WEBHOOK_SIGNATURE == -22);
  for (code = 0; code >= -22; code--) {
    CHECK(pusher_error_message(code) != NULL && strlen(pusher_error_message(code)) > 0);
    for (other = code + 1; other <= 0; other++)
      CHECK(strcmp(pusher_error_message(code), pusher_error_message(other)) != 0);
  }
  for (i = 0; i < COUNT(OTHERS); i++) {
    CHECK(pusher_error_message(OTHERS[i]) != NULL);
    CHECK(strlen(pusher_error_message(OTHERS[i])) > 0);
  }
  /* Static: the same text at the same place. */
  CHECK(pusher_error_message(-1) == pusher_error_message(-1));
}

/* Every combination of right, wrong and NULL arguments: NULL comes first, the buffer last. */
enum { RIGHT, WRONG, IS_NULL };

static size_t length_of(const char *text) { return text != NULL ? strlen(text) : 1; }

static void precedence_of_signing(void) {
  static const char *const CONFIGS[] = {CONFIG, "{}", NULL};
  static const char *const SOCKET_IDS[] = {SOCKET_ID, "1.1\n", NULL};
  static const char *const USERS[] = {USER, "{\"id\":1}", NULL};
  pusher_signer *signer = new_signer();
  int c, s, u, b;
  for (c = RIGHT; c <= IS_NULL; c++)
    for (s = RIGHT; s <= IS_NULL; s++)
      for (u = RIGHT; u <= IS_NULL; u++)
        for (b = RIGHT; b <= IS_NULL; b++) {
          char buffer[512];
          char *out = b == IS_NULL ? NULL : buffer;
          size_t size = b == WRONG ? strlen(RESPONSE) : strlen(RESPONSE) + 1;
          int any_null = c == IS_NULL || s == IS_NULL || u == IS_NULL || b == IS_NULL;
          int32_t expected = any_null     ? PUSHER_ERROR_NULL_ARGUMENT
                             : c == WRONG ? PUSHER_ERROR_CONFIG_KEY
                             : s == WRONG ? PUSHER_ERROR_SOCKET_ID
                             : u == WRONG ? PUSHER_ERROR_USER_ID_NOT_STRING
                             : b == WRONG ? PUSHER_ERROR_BUFFER_TOO_SMALL
                                          : (int32_t)strlen(RESPONSE);
          memset(buffer, CANARY, sizeof buffer);
          CHECK_RESULT(pusher_authenticate_user(CONFIGS[c], SOCKET_IDS[s], USERS[u], out, size), expected,
                       USERS[u]);
          CHECK(expected > 0 || out == NULL || is_emptied(out, size));

          if (c == WRONG) continue; /* no signer comes of a wrong config */
          memset(buffer, CANARY, sizeof buffer);
          CHECK_RESULT(pusher_signer_authenticate_user(c == IS_NULL ? NULL : signer, SOCKET_IDS[s],
                                                       length_of(SOCKET_IDS[s]), USERS[u],
                                                       length_of(USERS[u]), out, size),
                       expected, USERS[u]);
          CHECK(expected > 0 || out == NULL || is_emptied(out, size));
        }
  pusher_signer_free(signer);
}

static void precedence_of_jsonp(void) {
  static const char *const CALLBACKS[] = {CALLBACK, "alert(1)", NULL};
  static const char *const RESPONSES[] = {RESPONSE, "[]", NULL};
  int c, r, b;
  for (c = RIGHT; c <= IS_NULL; c++)
    for (r = RIGHT; r <= IS_NULL; r++)
      for (b = RIGHT; b <= IS_NULL; b++) {
        char buffer[512];
        char *out = b == IS_NULL ? NULL : buffer;
        size_t size = b == WRONG ? strlen(SCRIPT) : strlen(SCRIPT) + 1;
        int32_t expected = c == IS_NULL || r == IS_NULL || b == IS_NULL ? PUSHER_ERROR_NULL_ARGUMENT
                           : c == WRONG                                 ? PUSHER_ERROR_CALLBACK
                           : r == WRONG                                 ? PUSHER_ERROR_RESPONSE_INVALID
                           : b == WRONG                                 ? PUSHER_ERROR_BUFFER_TOO_SMALL
                                                                        : (int32_t)strlen(SCRIPT);
        memset(buffer, CANARY, sizeof buffer);
        CHECK_RESULT(pusher_jsonp(CALLBACKS[c], RESPONSES[r], out, size), expected, CALLBACKS[c]);
        CHECK(expected > 0 || out == NULL || is_emptied(out, size));
      }
}

static void precedence_of_channels(void) {
  static const char *const SIGNERS[] = {CONFIG, CONFIG, NULL};
  static const char *const SOCKET_IDS[] = {SOCKET_ID, "1.1\n", NULL};
  static const char *const CHANNELS[] = {PRESENCE, "public", NULL};
  static const char *const DATA[] = {CHANNEL_DATA, "{}", NULL};
  pusher_signer *signer = new_signer();
  int g, s, c, d, b;
  for (g = RIGHT; g <= IS_NULL; g++)
    for (s = RIGHT; s <= IS_NULL; s++)
      for (c = RIGHT; c <= IS_NULL; c++)
        for (d = RIGHT; d <= IS_NULL; d++)
          for (b = RIGHT; b <= IS_NULL; b++) {
            char buffer[512];
            char *out = b == IS_NULL ? NULL : buffer;
            size_t size = b == WRONG ? strlen(PRESENCE_RESPONSE) : strlen(PRESENCE_RESPONSE) + 1;
            int any_null = g == IS_NULL || s == IS_NULL || c == IS_NULL || d == IS_NULL || b == IS_NULL;
            int32_t expected = any_null     ? PUSHER_ERROR_NULL_ARGUMENT
                               : s == WRONG ? PUSHER_ERROR_SOCKET_ID
                               : c == WRONG ? PUSHER_ERROR_CHANNEL
                               : d == WRONG ? PUSHER_ERROR_CHANNEL_DATA
                               : b == WRONG ? PUSHER_ERROR_BUFFER_TOO_SMALL
                                            : (int32_t)strlen(PRESENCE_RESPONSE);
            memset(buffer, CANARY, sizeof buffer);
            CHECK_RESULT(pusher_signer_authorize_channel(SIGNERS[g] != NULL ? signer : NULL, SOCKET_IDS[s],
                                                         length_of(SOCKET_IDS[s]), CHANNELS[c],
                                                         length_of(CHANNELS[c]), DATA[d], length_of(DATA[d]),
                                                         out, size),
                         expected, CHANNELS[c]);
            CHECK(expected > 0 || out == NULL || is_emptied(out, size));
          }
  pusher_signer_free(signer);
}

static void precedence_of_requests(void) {
  static const char *const METHODS[] = {"POST", "post", NULL};
  static const char *const PATHS[] = {"/events", "/../events", NULL};
  static const char *const BODIES[] = {BODY, BODY, NULL};
  pusher_signer *signers[] = {signer_of(APP), new_signer(), NULL};
  int g, m, p, o, b;
  for (g = RIGHT; g <= IS_NULL; g++)
    for (m = RIGHT; m <= IS_NULL; m++)
      for (p = RIGHT; p <= IS_NULL; p++)
        for (o = RIGHT; o <= IS_NULL; o++)
          for (b = RIGHT; b <= IS_NULL; b++) {
            char buffer[512];
            char *out = b == IS_NULL ? NULL : buffer;
            size_t size = b == WRONG ? strlen(URL) : strlen(URL) + 1;
            int any_null = g == IS_NULL || m == IS_NULL || p == IS_NULL || o == IS_NULL || b == IS_NULL;
            int32_t expected = any_null     ? PUSHER_ERROR_NULL_ARGUMENT
                               : g == WRONG ? PUSHER_ERROR_CONFIG_APP
                               : m == WRONG ? PUSHER_ERROR_REQUEST
                               : p == WRONG ? PUSHER_ERROR_REQUEST
                               : o == WRONG ? PUSHER_ERROR_TOO_LARGE
                               : b == WRONG ? PUSHER_ERROR_BUFFER_TOO_SMALL
                                            : (int32_t)strlen(URL);
            memset(buffer, CANARY, sizeof buffer);
            CHECK_RESULT(pusher_signer_sign_request(signers[g], METHODS[m], PATHS[p], NULL, BODIES[o],
                                                    o == WRONG ? SIZE_MAX : length_of(BODIES[o]), 1353088179,
                                                    out, size),
                         expected, PATHS[p]);
            CHECK(expected > 0 || out == NULL || is_emptied(out, size));
          }
  pusher_signer_free(signers[0]);
  pusher_signer_free(signers[1]);
}

/* The NULLs that are not among those combinations. */
static void null_arguments(void) {
  char out[512];
  pusher_signer *signer = (pusher_signer *)out;
  CHECK(pusher_signer_new(NULL, &signer) == PUSHER_ERROR_NULL_ARGUMENT);
  CHECK(signer == NULL);
  CHECK(pusher_signer_new(CONFIG, NULL) == PUSHER_ERROR_NULL_ARGUMENT);
  CHECK(pusher_signer_new(NULL, NULL) == PUSHER_ERROR_NULL_ARGUMENT);
  CHECK(pusher_authenticate_user(CONFIG, SOCKET_ID, USER, NULL, 0) == PUSHER_ERROR_NULL_ARGUMENT);
  pusher_signer_free(NULL);

  /* With a length of 0, NULL is the empty string. */
  signer = new_signer();
  CHECK(pusher_signer_authenticate_user(signer, NULL, 0, USER, strlen(USER), out, sizeof out) ==
        PUSHER_ERROR_SOCKET_ID);
  CHECK(pusher_signer_authenticate_user(signer, SOCKET_ID, strlen(SOCKET_ID), NULL, 0, out, sizeof out) ==
        PUSHER_ERROR_USER_INVALID);
  CHECK(pusher_signer_authorize_channel(signer, NULL, 0, PRIVATE, strlen(PRIVATE), NULL, 0, out, sizeof out) ==
        PUSHER_ERROR_SOCKET_ID);
  CHECK(pusher_signer_authorize_channel(signer, SOCKET_ID, strlen(SOCKET_ID), NULL, 0, NULL, 0, out,
                                        sizeof out) == PUSHER_ERROR_CHANNEL);
  CHECK(pusher_signer_authorize_channel(signer, SOCKET_ID, strlen(SOCKET_ID), PRESENCE, strlen(PRESENCE), NULL,
                                        0, out, sizeof out) > 0);
  CHECK(strstr(out, "channel_data") == NULL);
  pusher_signer_free(signer);
}

/* One buffer of `size` bytes at `out`, inside a block that must stay as it is all around. */
static void check_capacity(size_t writer, fence block, char *out, size_t size) {
  const char *expected = WRITERS[writer].expected;
  size_t length = strlen(expected);
  size_t written = size > length ? length + 1 : size > 0 ? 1 : 0;
  int32_t result;
  memset(block.first, CANARY, (size_t)(block.end - block.first));
  result = WRITERS[writer].write(out, size);
  CHECK_RESULT(result, size > length ? (int32_t)length : PUSHER_ERROR_BUFFER_TOO_SMALL, expected);
  CHECK(memcmp(out, size > length ? expected : "", written) == 0);
  CHECK(all_canaries(block.first, out) && all_canaries(out + written, block.end));
}

/* Ending at a guard page, beginning at one, and at every alignment in between; up to more than the
 * bound, from where on the library need not count what it will write. */
static void every_capacity(void) {
  fence block = new_fence(1024);
  size_t writer, size, offset;
  for (writer = 0; writer < COUNT(WRITERS); writer++)
    for (size = 0; size <= strlen(WRITERS[writer].expected) + 64; size++) {
      check_capacity(writer, block, block.first, size);
      check_capacity(writer, block, block.end - size, size);
      for (offset = 64; offset < 64 + 16; offset++)
        check_capacity(writer, block, block.first + offset, size);
    }
  free_fence(block);
}

/* Users of every length, plain and full of escapes, in a buffer in which there is room for anything:
 * what is behind the result stays as it was. */
static void nothing_behind_a_result(void) {
  static const char *const PIECES[] = {"a", "\\\"", "\\\\a"};
  pusher_signer *signer = new_signer();
  size_t i, count, at;
  for (i = 0; i < COUNT(PIECES); i++)
    for (count = 1; count < 100; count++) {
      char user_json[512] = "{\"id\":\"", out[2048];
      int32_t n;
      for (at = 0; at < count; at++)
        strcat(user_json, PIECES[i]);
      strcat(user_json, "\"}");
      memset(out, '#', sizeof out);
      n = pusher_signer_authenticate_user(signer, SOCKET_ID, strlen(SOCKET_ID), user_json, strlen(user_json), out,
                                          sizeof out);
      CHECK(n > 0 && strlen(out) == (size_t)n);
      for (at = (size_t)n + 1; at < sizeof out; at++)
        CHECK_RESULT(out[at], '#', user_json);
    }
  pusher_signer_free(signer);
}

/* Copies of the inputs at the end and at the beginning of their memory, and at every alignment. */
static void inputs_at_guard_pages(void) {
  const char *texts[] = {CONFIG, SOCKET_ID, USER, CALLBACK, RESPONSE};
  fence blocks[COUNT(texts)];
  const char *placed[COUNT(texts)];
  char out[512];
  size_t i, offset;
  pusher_signer *signer;
  for (i = 0; i < COUNT(texts); i++)
    blocks[i] = new_fence(1024);
  for (offset = 0; offset <= 16; offset++) {
    for (i = 0; i < COUNT(texts); i++) {
      size_t size = strlen(texts[i]) + 1;
      char *place = offset < 16 ? blocks[i].first + offset : blocks[i].end - size;
      memcpy(place, texts[i], size);
      placed[i] = place;
    }
    CHECK(pusher_authenticate_user(placed[0], placed[1], placed[2], out, sizeof out) > 0);
    CHECK(strcmp(out, RESPONSE) == 0);
    CHECK(pusher_jsonp(placed[3], placed[4], out, sizeof out) > 0);
    CHECK(strcmp(out, SCRIPT) == 0);
    CHECK(pusher_signer_new(placed[0], &signer) == 0);
    for (i = 1; i <= 2; i++) { /* the page behind follows the text at once: no NUL */
      char *place = offset < 16 ? blocks[i].first + offset : blocks[i].end - strlen(texts[i]);
      memcpy(place, texts[i], strlen(texts[i]));
      placed[i] = place;
    }
    CHECK(pusher_signer_authenticate_user(signer, placed[1], strlen(SOCKET_ID), placed[2], strlen(USER), out,
                                          sizeof out) > 0);
    CHECK(strcmp(out, RESPONSE) == 0);
    pusher_signer_free(signer);
  }
  /* Texts that break off at the guard page wherever they can. */
  signer = new_signer();
  for (i = 0; i < strlen(USER); i++) {
    char *user_json = blocks[2].end - i, *terminated = user_json - 1;
    memcpy(user_json, USER, i);
    CHECK(pusher_signer_authenticate_user(signer, SOCKET_ID, strlen(SOCKET_ID), user_json, i, out,
                                          sizeof out) == PUSHER_ERROR_USER_INVALID);
    memcpy(terminated, USER, i);
    terminated[i] = '\0';
    CHECK(pusher_authenticate_user(CONFIG, SOCKET_ID, terminated, out, sizeof out) ==
          PUSHER_ERROR_USER_INVALID);
  }
  pusher_signer_free(signer);
  for (i = 0; i < COUNT(texts); i++)
    free_fence(blocks[i]);
}

/* The same for the other jobs: texts with a length end at the guard page without a NUL. */
static void inputs_of_jobs_at_guard_pages(void) {
  static const char *const TEXTS[] = {SOCKET_ID, PRESENCE, CHANNEL_DATA, "POST", "/events", "a=1", BODY};
  static const size_t WITH_NUL[] = {0, 0, 0, 1, 1, 1, 0};
  static const char SIGNATURE[] = "0000000000000000000000000000000000000000000000000000000000000000";
  fence blocks[COUNT(TEXTS)], header = new_fence(64);
  const char *placed[COUNT(TEXTS)];
  char out[1024], *data;
  size_t i, offset, len;
  pusher_signer *signer = signer_of(APP);
  for (i = 0; i < COUNT(TEXTS); i++)
    blocks[i] = new_fence(1024);
  for (offset = 0; offset <= 16; offset++) {
    for (i = 0; i < COUNT(TEXTS); i++) {
      size_t size = strlen(TEXTS[i]) + WITH_NUL[i];
      char *place = offset < 16 ? blocks[i].first + offset : blocks[i].end - size;
      memcpy(place, TEXTS[i], size);
      placed[i] = place;
    }
    CHECK(pusher_signer_authorize_channel(signer, placed[0], strlen(TEXTS[0]), placed[1], strlen(TEXTS[1]),
                                          placed[2], strlen(TEXTS[2]), out, sizeof out) > 0);
    CHECK(strcmp(out, PRESENCE_RESPONSE) == 0);
    CHECK(pusher_signer_sign_request(signer, placed[3], placed[4], NULL, placed[6], strlen(TEXTS[6]), 1353088179,
                                     out, sizeof out) > 0);
    CHECK(strcmp(out, URL) == 0);
    CHECK(pusher_signer_sign_request(signer, placed[3], placed[4], placed[5], placed[6], strlen(TEXTS[6]), 1, out,
                                     sizeof out) > 0);
    len = strlen(SIGNATURE);
    memcpy(offset < 16 ? header.first + offset : header.end - len, SIGNATURE, len);
    CHECK(pusher_signer_verify_webhook(signer, KEY, strlen(KEY),
                                       offset < 16 ? header.first + offset : header.end - len, len, placed[6],
                                       strlen(TEXTS[6])) == PUSHER_ERROR_WEBHOOK_SIGNATURE);
  }
  /* Texts that break off at the guard page wherever they can. */
  for (len = 1; len < strlen(CHANNEL_DATA); len++) {
    data = blocks[2].end - len;
    memcpy(data, CHANNEL_DATA, len);
    CHECK(pusher_signer_authorize_channel(signer, SOCKET_ID, strlen(SOCKET_ID), PRESENCE, strlen(PRESENCE), data,
                                          len, out, sizeof out) == PUSHER_ERROR_CHANNEL_DATA);
  }
  for (len = 0; len < strlen(PRESENCE); len++) {
    data = blocks[1].end - len;
    memcpy(data, PRESENCE, len);
    CHECK((pusher_signer_authorize_channel(signer, SOCKET_ID, strlen(SOCKET_ID), data, len, NULL, 0, out,
                                           sizeof out) > 0) == (len >= strlen("presence-")));
  }
  for (len = 0; len <= strlen(SIGNATURE); len++) {
    data = header.end - len;
    memset(data, '0', len);
    CHECK(pusher_signer_verify_webhook(signer, KEY, strlen(KEY), data, len, BODY, strlen(BODY)) ==
          PUSHER_ERROR_WEBHOOK_SIGNATURE);
    CHECK(pusher_signer_verify_webhook(signer, data, len, data, len, data, len) == PUSHER_ERROR_WEBHOOK_KEY);
  }
  pusher_signer_free(signer);
  for (i = 0; i < COUNT(TEXTS); i++)
    free_fence(blocks[i]);
  free_fence(header);
}

/* What a NUL-terminated string cannot hold, or should not. */
static void odd_bytes(void) {
#define TEXT(literal) literal, sizeof(literal) - 1
  static const struct {
    const char *text;
    size_t len;
  } SOCKET_IDS[] = {
      {TEXT("1234.1234\0")},
      {TEXT("\0"
            "1234.1234")},
      {TEXT("1234.1234\0::user::{}")},
      {TEXT("1234\0.1234")},
      {TEXT("1234.1234\xff")},
      {TEXT("\xc0\xb1.1")},
      {TEXT("1.1\xe2\x80\xa8")},
      {TEXT("")},
  };
  static const struct {
    const char *text;
    size_t len;
    int32_t code;
  } USERS[] = {
      {TEXT("{\"id\":\"1\"}\0"), PUSHER_ERROR_USER_INVALID},
      {TEXT("\0{\"id\":\"1\"}"), PUSHER_ERROR_USER_INVALID},
      {TEXT("{\"id\":\0\"1\"}"), PUSHER_ERROR_USER_INVALID},
      {TEXT("{\"id\":\"a\0b\"}"), PUSHER_ERROR_USER_INVALID},
      {TEXT("{\"id\":\"1\",\"a\0\":1}"), PUSHER_ERROR_USER_INVALID},
      {TEXT("{\"id\":\"a\\u0000b\"}"), 0}, /* escaped it is a character like any other */
      {TEXT("{\"id\":\"1\",\"a\":1,\"a\\u0000\":1}"), 0},
      /* No UTF-8: overlong, surrogates, beyond Unicode, cut short, never allowed. */
      {TEXT("{\"id\":\"\xc0\x80\"}"), PUSHER_ERROR_USER_INVALID},
      {TEXT("{\"id\":\"\xe0\x80\x80\"}"), PUSHER_ERROR_USER_INVALID},
      {TEXT("{\"id\":\"\xf0\x80\x80\x80\"}"), PUSHER_ERROR_USER_INVALID},
      {TEXT("{\"id\":\"\xed\xa0\x80\"}"), PUSHER_ERROR_USER_INVALID},
      {TEXT("{\"id\":\"\xed\xa0\xbd\xed\xb8\x80\"}"), PUSHER_ERROR_USER_INVALID},
      {TEXT("{\"id\":\"\xf4\x90\x80\x80\"}"), PUSHER_ERROR_USER_INVALID},
      {TEXT("{\"id\":\"\x80\"}"), PUSHER_ERROR_USER_INVALID},
      {TEXT("{\"id\":\"\xe2\x82\"}"), PUSHER_ERROR_USER_INVALID},
      {TEXT("{\"id\":\"1\",\"a\":\"\xff\"}"), PUSHER_ERROR_USER_INVALID},
      {TEXT("{\"id\":\"1\",\"\xff\":1}"), PUSHER_ERROR_USER_INVALID},
      {TEXT("{\"id\":\"1\",\"a\":[{\"b\":\"\xff\"}]}"), PUSHER_ERROR_USER_INVALID},
      {TEXT("{\"id\":\"1\"}\xff"), PUSHER_ERROR_USER_INVALID},
      {TEXT("{\"id\":\"1\"}\xc2\xa0"), PUSHER_ERROR_USER_INVALID}, /* a space, but not JSON's */
      /* Valid, and returned as it is. */
      {TEXT(" \t\r\n{ \"id\" : \"1\" }\n"), 0},
      {TEXT("{\"\\u0069d\":\"1\"}"), 0},
      {TEXT("{\"id\":\"\xc3\xbc \xe2\x82\xac \xf0\x9f\x8c\x8d \xe2\x80\xa8\x7f\"}"), 0},
      {TEXT("{\"id\":\"\\ud83c\\udf0d\\\"\\\\\\/\\b\\f\\n\\r\\t\"}"), 0},
      {TEXT("{\"id\":\"1\",\"a\":123456789012345678901234567890,\"b\":-0.0e+999}"), 0},
      {TEXT("{\"id\":\"1\",\"a\":\"\\ud83d\",\"b\":[{\"\\udc00\":\"\\ud800\\ud800\"}]}"), 0}, /* half pairs */
      {TEXT("{\"id\":\"1\",\"Id\":1,\"a\":{\"id\":1,\"id\":1}}"), 0}, /* only the top level counts */
  };
  static const struct {
    const char *text, *answered; /* NULL where it is refused */
    size_t len;
  } MEMBERS[] = {
#define MEMBER(literal, answered) {literal, answered, sizeof(literal) - 1}
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
      /* As it is: white space, the order of the members, big numbers. */
      MEMBER(" {\t\"user_info\" : {\"a\":1.50, \"a\":2},\n\"user\\u005fid\":-12345678901234567890123 }\r",
             " {\\t\\\"user_info\\\" : {\\\"a\\\":1.50, \\\"a\\\":2},\\n"
             "\\\"user\\\\u005fid\\\":-12345678901234567890123 }\\r"),
#undef MEMBER
  };
#undef TEXT
  pusher_signer *signer = new_signer();
  char out[512];
  size_t i;
  for (i = 0; i < COUNT(SOCKET_IDS); i++)
    CHECK_RESULT(pusher_signer_authenticate_user(signer, SOCKET_IDS[i].text, SOCKET_IDS[i].len, USER,
                                                 strlen(USER), out, sizeof out),
                 PUSHER_ERROR_SOCKET_ID, SOCKET_IDS[i].text);
  for (i = 0; i < COUNT(USERS); i++)
    signs(USERS[i].text, USERS[i].len, USERS[i].code);
  for (i = 0; i < COUNT(MEMBERS); i++) {
    int32_t n = pusher_signer_authorize_channel(signer, SOCKET_ID, strlen(SOCKET_ID), PRESENCE, strlen(PRESENCE),
                                                MEMBERS[i].text, MEMBERS[i].len, out, sizeof out);
    if (MEMBERS[i].answered == NULL) {
      CHECK_RESULT(n, PUSHER_ERROR_CHANNEL_DATA, MEMBERS[i].text);
    } else {
      size_t len = strlen(MEMBERS[i].answered);
      CHECK(n > 0 && memcmp(out + n - len - 2, MEMBERS[i].answered, len) == 0);
    }
  }
  pusher_signer_free(signer);
}

/* A text that is put together piece by piece. */
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

/* Depth costs no stack, in any text that is parsed, whether or not the brackets match. */
static void deep_nesting(void) {
  static const struct {
    const char *open, *middle, *close;
    int is_json;
  } CASES[] = {
      {"[", "1", "]", 1},     {"{\"a\":", "{}", "}", 1}, {"{\"a\":[", "\"x\"", "]}", 1}, {"[", "", "", 0},
      {"{\"a\":", "", "", 0}, {"[", "", "}", 0},         {"[{\"a\":", "1", "]}", 0},
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

    CHECK_RESULT(pusher_signer_new(user_json.bytes, &signer),
                 CASES[i].is_json ? 0 : PUSHER_ERROR_CONFIG_INVALID, user_json.bytes);
    pusher_signer_free(signer);

    size = user_json.length * 2 + 1 + 8;
    out = (char *)malloc(size);
    CHECK(out != NULL);
    CHECK_RESULT(pusher_jsonp("f", user_json.bytes, out, size),
                 CASES[i].is_json ? (int32_t)user_json.length + 8 : PUSHER_ERROR_RESPONSE_INVALID,
                 user_json.bytes);
    free(out);
    free(user_json.bytes);
  }
}

/* 16 MB. Linear time takes a second; comparing each name with each other takes 500,000,000,000 comparisons,
 * which a minute of the processor's time (a busy machine does no harm) does not suffice for. */
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

/* `size` bytes at the end of memory of which only the first and the last REPEATED are what they seem: all
 * between them are one and the same. So gigabytes take a few megabytes. */
enum { REPEATED = 4 << 20 };

static fence new_huge_fence(size_t size) {
  fence block;
  char *reserved = reserve_fence((size + REPEATED - 1) / REPEATED * REPEATED, &block);
  size_t reserved_size = (size_t)(block.end + page_size() - reserved);
  CHECK(repeat(reserved, reserved_size, block.first + REPEATED, block.end - REPEATED, REPEATED));
  CHECK(make_accessible(block.first, REPEATED) && make_accessible(block.end - REPEATED, REPEATED));
  return block;
}

/* Such memory with a space (for one byte more), `first`, line feeds, `last` and a NUL: the text itself,
 * which begins after the space, is `size` bytes long. */
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

/* The longest results that an int32_t can count, and the same inputs with one byte more. */
static void too_large(void) {
  static const char HEAD[] = "{\"auth\":\"" KEY ":", MIDDLE[] = "\",\"user_data\":\"",
                    FIRST[] = "{\"id\":\"1\"";
  /* Such a result with its NUL is larger than any object of 32 bits: there its length is all that is seen. */
  const int fits = SIZE_MAX / 2 > INT32_MAX;
  const size_t size = fits ? (size_t)INT32_MAX + 1 : 1;
  const int32_t longest = fits ? INT32_MAX : PUSHER_ERROR_BUFFER_TOO_SMALL;
  /* Each quote and each line feed of the user becomes two bytes. */
  const size_t fixed = strlen(HEAD) + 64 + strlen(MIDDLE) + strlen(FIRST) + 4 + strlen("}\"}");
  const size_t line_feeds = (INT32_MAX - fixed) / 2;
  const size_t user_json_len = strlen(FIRST) + line_feeds + strlen("}");
  const size_t object_len = INT32_MAX - strlen("/**/f();");
  const size_t fixed_of_member =
      strlen(HEAD) + 64 + strlen("\",\"channel_data\":\"") + strlen("{\"user_id\":1") + 2 + strlen("}\"}");
  const size_t channel_data_len = strlen("{\"user_id\":1") + (INT32_MAX - fixed_of_member) / 2 + strlen("}");
  const size_t path_len = INT32_MAX - strlen("https://api-eu.pusher.com/apps/3?auth_key=" KEY "&auth_timestamp=1"
                                             "&auth_version=1.0&auth_signature=") - 64;
  pusher_signer *url_signer;
  fence output = fits ? new_huge_fence(size) : new_fence(size),
        input = new_huge_text(FIRST, "}", user_json_len);
  char *out = output.end - size, *text = input.end - 1 - user_json_len;
  pusher_signer *signer = new_signer();

  CHECK(fixed + 2 * line_feeds == INT32_MAX);
  CHECK((INT32_MAX - fixed_of_member) % 2 == 0);
  CHECK_RESULT(
      pusher_signer_authenticate_user(signer, SOCKET_ID, strlen(SOCKET_ID), text, user_json_len, out, size),
      longest, text);
  CHECK(!fits || memcmp(out, HEAD, strlen(HEAD)) == 0);
  CHECK(!fits || strcmp(out + INT32_MAX - 7, "\\n\\n}\"}") == 0);
  text--;
  CHECK_RESULT(pusher_signer_authenticate_user(signer, SOCKET_ID, strlen(SOCKET_ID), text, user_json_len + 1,
                                               out, size),
               PUSHER_ERROR_TOO_LARGE, text);
  CHECK(out[0] == '\0');
  CHECK_RESULT(pusher_authenticate_user(CONFIG, SOCKET_ID, text, out, 1), PUSHER_ERROR_TOO_LARGE, text);
  CHECK(out[0] == '\0');
  free_fence(input);

  input = new_huge_text("{", "}", object_len);
  text = input.end - 1 - object_len;
  CHECK_RESULT(pusher_jsonp("f", text, out, size), longest, text);
  CHECK(!fits || memcmp(out, "/**/f({\n", 8) == 0);
  CHECK(!fits || strcmp(out + INT32_MAX - 5, "\n\n});") == 0);
  text--;
  CHECK_RESULT(pusher_jsonp("f", text, out, size), PUSHER_ERROR_TOO_LARGE, text);
  CHECK(out[0] == '\0');
  free_fence(input);

  /* The same of channel data, and of a URL. */
  input = new_huge_text("{\"user_id\":1", "}", channel_data_len);
  text = input.end - 1 - channel_data_len;
  CHECK_RESULT(pusher_signer_authorize_channel(signer, SOCKET_ID, strlen(SOCKET_ID), PRESENCE, strlen(PRESENCE),
                                               text, channel_data_len, out, size),
               longest, text);
  CHECK(!fits || strcmp(out + INT32_MAX - 7, "\\n\\n}\"}") == 0);
  text--;
  CHECK_RESULT(pusher_signer_authorize_channel(signer, SOCKET_ID, strlen(SOCKET_ID), PRESENCE, strlen(PRESENCE),
                                               text, channel_data_len + 1, out, size),
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
  CHECK_RESULT(pusher_signer_sign_request(url_signer, "GET", text, NULL, NULL, 0, 1, out, size), longest, "path");
  CHECK(!fits || (out[INT32_MAX] == '\0' && strncmp(out, "https://api-eu.pusher.com/apps/3/aaa", 36) == 0));
  text[0] = 'a';
  *--text = '/';
  CHECK_RESULT(pusher_signer_sign_request(url_signer, "GET", text, NULL, NULL, 0, 1, out, size),
               PUSHER_ERROR_TOO_LARGE, "path");
  CHECK(out[0] == '\0');
  free_fence(input);
  pusher_signer_free(url_signer);

  /* Lengths that no object has, such as -1, and a buffer said to be without end. */
  CHECK(pusher_signer_authenticate_user(signer, SOCKET_ID, SIZE_MAX, USER, strlen(USER), out, size) ==
        PUSHER_ERROR_TOO_LARGE);
  CHECK(pusher_signer_authenticate_user(signer, SOCKET_ID, strlen(SOCKET_ID), USER, SIZE_MAX, out, size) ==
        PUSHER_ERROR_TOO_LARGE);
  CHECK(pusher_signer_authenticate_user(signer, SOCKET_ID, SIZE_MAX, NULL, 1, out, size) ==
        PUSHER_ERROR_NULL_ARGUMENT);
  CHECK(pusher_signer_authenticate_user(signer, "x", 1, USER, SIZE_MAX, out, size) == PUSHER_ERROR_SOCKET_ID);
  pusher_signer_free(signer);
  free_fence(output);
}

/* A size that no object has, such as -1, promises no more than is needed. */
static void boundless_buffer(void) {
  static const size_t SIZES[] = {SIZE_MAX, SIZE_MAX / 2 + 1, SIZE_MAX / 2};
  size_t i, writer;
  for (i = 0; i < COUNT(SIZES); i++)
    for (writer = 0; writer < COUNT(WRITERS); writer++) {
      char out[512];
      CHECK(WRITERS[writer].write(out, SIZES[i]) == (int32_t)strlen(WRITERS[writer].expected));
      CHECK(strcmp(out, WRITERS[writer].expected) == 0);
    }
}

/* The bound suffices to the byte and never wraps around, as the macro for static buffers does. */
static void response_bound(void) {
  static char of_the_macro[PUSHER_RESPONSE_BOUND(sizeof CONFIG - 1, sizeof USER - 1)];
  static const size_t LENGTHS[] = {0, 1, 14, 1024, (size_t)1 << 30};
  size_t c, u;
  for (c = 0; c < COUNT(LENGTHS); c++)
    for (u = 0; u < COUNT(LENGTHS); u++)
      CHECK(pusher_response_bound(LENGTHS[c], LENGTHS[u]) == PUSHER_RESPONSE_BOUND(LENGTHS[c], LENGTHS[u]));
  CHECK(pusher_authenticate_user(CONFIG, SOCKET_ID, USER, of_the_macro, sizeof of_the_macro) > 0);
  CHECK(pusher_response_bound(SIZE_MAX, 0) == SIZE_MAX);
  CHECK(pusher_response_bound(0, SIZE_MAX) == SIZE_MAX);
  CHECK(pusher_response_bound(SIZE_MAX, SIZE_MAX) == SIZE_MAX);
  CHECK(pusher_response_bound(0, SIZE_MAX / 2 + 1) == SIZE_MAX);
  CHECK(PUSHER_RESPONSE_BOUND(SIZE_MAX, 0) == 91);
}

/* Threads that sign with the same signer, and with their own calls, until they are told to stop. */
enum { THREADS = 8 };
static int calls_made[THREADS], stopping;
static pusher_signer *shared_signer;

static void every_job_answers(const pusher_signer *signer) {
  char out[512];
  CHECK(pusher_signer_authenticate_user(signer, SOCKET_ID, strlen(SOCKET_ID), USER, strlen(USER), out,
                                        sizeof out) == (int32_t)strlen(RESPONSE));
  CHECK(strcmp(out, RESPONSE) == 0);
  CHECK(authorizes(signer, PRESENCE, CHANNEL_DATA, out, sizeof out) == (int32_t)strlen(PRESENCE_RESPONSE));
  CHECK(strcmp(out, PRESENCE_RESPONSE) == 0);
  CHECK(pusher_signer_sign_request(signer, "POST", "/events", NULL, BODY, strlen(BODY), 1353088179, out,
                                   sizeof out) == (int32_t)strlen(URL));
  CHECK(strcmp(out, URL) == 0);
  CHECK(pusher_signer_verify_webhook(signer, KEY, strlen(KEY), out, 64, BODY, strlen(BODY)) ==
        PUSHER_ERROR_WEBHOOK_SIGNATURE);
}

static void *sign_until_stopped(void *argument) {
  int *calls = (int *)argument;
  while (!__atomic_load_n(&stopping, __ATOMIC_ACQUIRE)) {
    every_job_answers(shared_signer);
    every_writer_answers();
    __atomic_add_fetch(calls, 1, __ATOMIC_RELEASE);
  }
  return NULL;
}

/* Runs `meanwhile` once while the threads are at work, each of which gets to make its calls. */
static void with_threads(void (*meanwhile)(void)) {
  pthread_t threads[THREADS];
  int i;
  shared_signer = signer_of(APP);
  __atomic_store_n(&stopping, 0, __ATOMIC_RELEASE);
  for (i = 0; i < THREADS; i++) {
    __atomic_store_n(&calls_made[i], 0, __ATOMIC_RELEASE);
    CHECK(pthread_create(&threads[i], NULL, sign_until_stopped, &calls_made[i]) == 0);
  }
  meanwhile();
  for (i = 0; i < THREADS; i++)
    while (__atomic_load_n(&calls_made[i], __ATOMIC_ACQUIRE) < 1000)
      usleep(1000);
  __atomic_store_n(&stopping, 1, __ATOMIC_RELEASE);
  for (i = 0; i < THREADS; i++)
    CHECK(pthread_join(threads[i], NULL) == 0);
  pusher_signer_free(shared_signer);
}

static void sign_in_this_thread(void) { every_writer_answers(); }

static void eight_threads(void) { with_threads(sign_in_this_thread); }

#ifndef _WIN32
/* Children that use the parent's signer, make their own, and free both. */
static void fork_children(void) {
  int i, status;
  for (i = 0; i < 20; i++) {
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
      end_after(TOO_LONG);
      every_job_answers(shared_signer);
      pusher_signer_free(shared_signer);
      every_writer_answers();
      _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
}

static void child_after_fork(void) {
  shared_signer = signer_of(APP);
  fork_children();
  pusher_signer_free(shared_signer);
}

static void child_after_fork_among_threads(void) { with_threads(fork_children); }
#endif

#ifdef SHARED_LIBRARY
/* The library comes and goes as a plugin does, and takes everything along: its code, and its memory. */
static void loaded_1000_times(void) {
  /* More members than are compared in place. */
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
    check_response(MANY, strlen(MANY), out, authenticate_user(CONFIG, SOCKET_ID, MANY, out, sizeof out));
    CHECK(close_library(library));
    CHECK(is_loaded(SHARED_LIBRARY) == (linked || !UNLOADS));
    if (i == 500) {
      mappings = count_of_mappings();
      bytes = bytes_in_use();
    }
  }
  CHECK(count_of_mappings() == mappings);
  /* The C library's caches come and go: what counts is that not even 16 bytes a round stay. */
  CHECK(bytes_in_use() < bytes + 500 * 16);
}
#endif

/* ------------------------------------------------------------------------------------------ */

#define NAMED(check)                                                                                         \
  { #check, check }
static const struct {
  const char *name;
  void (*run)(void);
} CHECKS[] = {
    NAMED(documented_answer),
    NAMED(every_code),
    NAMED(every_jsonp_code),
    NAMED(every_channel_code),
    NAMED(every_request_code),
    NAMED(webhooks),
    NAMED(every_message),
    NAMED(precedence_of_signing),
    NAMED(precedence_of_jsonp),
    NAMED(precedence_of_channels),
    NAMED(precedence_of_requests),
    NAMED(null_arguments),
    NAMED(every_capacity),
    NAMED(nothing_behind_a_result),
    NAMED(inputs_at_guard_pages),
    NAMED(inputs_of_jobs_at_guard_pages),
    NAMED(odd_bytes),
    NAMED(boundless_buffer),
    NAMED(response_bound),
    NAMED(deep_nesting),
    NAMED(million_members),
    NAMED(too_large),
    NAMED(eight_threads),
#ifndef _WIN32
    NAMED(child_after_fork),
    NAMED(child_after_fork_among_threads),
#endif
#ifdef SHARED_LIBRARY
    NAMED(loaded_1000_times),
#endif
};

/* Ends with NULL, since there may be none. */
static const char *const LEFT_OUT[] = {
#ifdef _WIN32
    "child_after_fork: Windows has no fork",
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
    for (c = 0; LEFT_OUT[c] != NULL; c++)
      puts(LEFT_OUT[c]);
    return 0;
  }
  for (i = 1; i < argc && !list; i++) {
    for (c = 0; c < COUNT(CHECKS) && strcmp(argv[i], CHECKS[c].name) != 0; c++) {
    }
    if (c == COUNT(CHECKS)) fail(__LINE__, "the name of a check", argv[i], 0);
  }
  for (c = 0; c < COUNT(CHECKS); c++) {
    int named = argc == 1;
    for (i = 1; i < argc; i++)
      named = named || strcmp(argv[i], CHECKS[c].name) == 0;
    end_after(TOO_LONG);
    if (named) CHECKS[c].run();
    if (named || list) printf(list ? "%s\n" : "ok %s\n", CHECKS[c].name);
    fflush(stdout);
  }
  return 0;
}
