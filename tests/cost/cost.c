/* One call with an input of a given shape and size, for tests/cost.rs to count what it costs.
 *
 *   cost SHAPE SIZE    makes the call, and prints the input's length
 *   cost --list        prints the shapes
 *
 * The shapes are those in which parsers have been quadratic: long names among many short ones, names
 * that are alike, escapes, depth, blanks, and errors at the very end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/documented_example.h"
#include "pusher_auth.h"

static char *text, *output;
static size_t len, limit;

static void add(const char *piece) {
  size_t piece_len = strlen(piece);
  if (len + piece_len >= 2 * limit + 1024) exit(2);
  memcpy(text + len, piece, piece_len + 1);
  len += piece_len;
}

static void fill(const char *piece, size_t to) {
  while (len < to) add(piece);
}

/* Members of eight letters, all different, that begin and end alike. */
static void members(const char *format, size_t to) {
  unsigned i;
  for (i = 0; len < to; i++) {
    char member[128];
    snprintf(member, sizeof member, format, i);
    add(member);
  }
}

static void long_name_among_many(const char *first, const char *format) {
  add("{\"0");
  add(first);
  fill("\xc3\xa9", limit / 2);
  add("\":0");
  members(format, limit);
}

static void one_long_name(void) { long_name_among_many("", ",\"m%07x\":0"); }
static void one_long_name_with_an_escape(void) { long_name_among_many("\\n", ",\"m%07x\":0"); }
static void long_and_short_names_with_escapes(void) { long_name_among_many("\\n", ",\"\\u006d%07x\":0"); }

static void few_long_names(void) {
  int i;
  add("{\"x\":0");
  for (i = 0; i < 15; i++) {
    char last[16];
    add(",\"");
    fill("abcdefgh", limit * (size_t)(i + 1) / 16);
    snprintf(last, sizeof last, "%d\":0", i);
    add(last);
  }
}

static void many_names(void) { add("{\"x\":0"), members(",\"m%07x\":0", limit); }
static void many_names_with_escapes(void) { add("{\"x\":0"), members(",\"\\u006d%07x\":0", limit); }
/* Of one length, with 56 bytes in common. */
static void many_names_alike(void) {
  add("{\"x\":0"), members(",\"abcdefghabcdefghabcdefghabcdefghabcdefghabcdefghabcdefgh%07x\":0", limit);
}
static void one_name_again_and_again(void) { add("{\"x\":0"), fill(",\"m\":0", limit); }
static void one_escaped_name_again_and_again(void) { add("{\"x\":0"), fill(",\"\\u006d\":0", limit); }
static void value(const char *piece) { add("{\"x\":\""), fill(piece, limit), add("\""); }
static void long_string(void) { value("abcdefgh"); }
static void string_of_escapes(void) { value("\\n"); }
static void string_of_unicode_escapes(void) { value("\\u00e9"); }
static void string_of_half_pairs(void) { value("\\ud800"); }
static void string_of_characters(void) { value("\xf0\x9f\x8c\x8d"); }
static void long_number(void) { add("{\"x\":1"), fill("0", limit); }
static void many_numbers(void) { add("{\"x\":[0"), fill(",-1.5e3", limit), add("]"); }
static void many_objects(void) { add("{\"x\":[0"), fill(",{\"\":[]}", limit), add("]"); }
static void many_strings(void) { add("{\"x\":[0"), fill(",\"\"", limit), add("]"); }
static void blanks(void) { add("{\"x\":"), fill(" \n\t\r", limit), add("0"); }
static void depth(void) {
  size_t levels, i;
  add("{\"x\":");
  for (levels = 0; len < limit / 2; levels++) add("[");
  for (i = 0; i < levels; i++) add("]");
}
static void objects_in_objects(void) {
  size_t levels, i;
  add("{\"x\":");
  for (levels = 0; len < limit * 5 / 6; levels++) add("{\"\":");
  add("0");
  for (i = 0; i < levels; i++) add("}");
}
static void broken_after_lines(void) { add("{\"x\":["), fill("0,\n", limit), add("]"); }
static void broken_depth(void) { add("{\"x\":"), fill("[", limit); }
static void broken_string(void) { add("{\"x\":\""), fill("\\n", limit); }

/* What each kind of text needs. */
typedef enum { USER_JSON, CONFIG_JSON, RESPONSE_JSON, CHANNEL_JSON } kind;
static kind now;

static void needed(void) {
  static const char *const NAMES[] = {"\"id\":", "\"secret\":", "\"auth\":", "\"user_id\":"};
  add(NAMES[now]);
}
static void needed_again_and_again(void) {
  add("{\"x\":0");
  while (len < limit) add(","), needed(), add("\"1\"");
}
static void needed_string_of_escapes(void) { add("{"), needed(), add("\""), fill("\\n", limit), add("\""); }
static void needed_string_of_unicode_escapes(void) {
  add("{"), needed(), add("\""), fill("\\ud83c\\udf0d", limit), add("\"");
}
static void needed_number(void) { add("{"), needed(), fill("1", limit); }
static void needed_depth(void) {
  size_t levels, i;
  add("{"), needed();
  for (levels = 0; len < limit / 2; levels++) add("[");
  for (i = 0; i < levels; i++) add("]");
}

static int32_t call(void) {
  static const char *const ENDS[] = {",\"id\":\"1\"}", ",\"key\":\"k\",\"secret\":\"s\"}", "}", ",\"user_id\":1}"};
  const size_t size = 4 * limit + 8192;
  pusher_signer *signer = NULL;
  int32_t result;
  add(ENDS[now]);
  if (now == CONFIG_JSON) {
    result = pusher_signer_new(text, &signer);
    pusher_signer_free(signer);
    return result;
  }
  if (now == RESPONSE_JSON) return pusher_jsonp("f", text, output, size);
  if (pusher_signer_new(CONFIG, &signer) != 0) exit(3);
  result = now == USER_JSON
             ? pusher_signer_authenticate_user(signer, SOCKET_ID, strlen(SOCKET_ID), text, len, output, size)
             : pusher_signer_authorize_channel(signer, SOCKET_ID, strlen(SOCKET_ID), "presence-x", 10, text, len,
                                               output, size);
  pusher_signer_free(signer);
  return result;
}

/* What is no JSON. */
static int32_t request(const char *method, const char *path, const char *query, const char *body, size_t body_len) {
  static const char APP[] = "{\"appId\":\"1\",\"key\":\"k\",\"secret\":\"s\"}";
  pusher_signer *signer = NULL;
  int32_t result;
  if (pusher_signer_new(APP, &signer) != 0) exit(3);
  result = pusher_signer_sign_request(signer, method, path, query, body, body_len, 1, output, 4 * limit + 8192);
  pusher_signer_free(signer);
  return result;
}

static int32_t socket_id(void) {
  fill("1234567.", limit);
  return pusher_authenticate_user(CONFIG, text, USER, output, 512);
}
static int32_t long_socket_id(void) {
  add("1."), fill("1", limit);
  return pusher_authenticate_user(CONFIG, text, USER, output, 512);
}
static int32_t path(void) { return fill("/abc", limit), request("GET", text, NULL, NULL, 0); }
static int32_t body(void) { return fill("abcdefgh", limit), request("POST", "/events", NULL, text, len); }
static int32_t query_value(void) { return add("a="), fill("b", limit), request("GET", "/x", text, NULL, 0); }
static int32_t many_pairs(void) {
  add("x=0"), members("&m%07x=0", limit);
  return request("GET", "/x", text, NULL, 0);
}
/* Names that differ in their last byte alone, the last one first. */
static int32_t long_names_of_pairs(void) {
  int i;
  add("x=0");
  for (i = 0; i < 16; i++) {
    char last[16];
    add("&");
    fill("abcdefgh", limit * (size_t)(i + 1) / 16);
    snprintf(last, sizeof last, "%c=0", 'p' - i);
    add(last);
  }
  return request("GET", "/x", text, NULL, 0);
}
static int32_t method(void) { return fill("A", limit), request(text, "/x", NULL, NULL, 0); }
static int32_t channel(void) {
  pusher_signer *signer = NULL;
  int32_t result;
  add("private-"), fill("a", limit);
  if (pusher_signer_new(CONFIG, &signer) != 0) exit(3);
  result = pusher_signer_authorize_channel(signer, SOCKET_ID, strlen(SOCKET_ID), text, len, NULL, 0, output, 512);
  pusher_signer_free(signer);
  return result;
}
static int32_t signature(void) {
  pusher_signer *signer = NULL;
  int32_t result;
  fill("0", limit);
  if (pusher_signer_new("{\"key\":\"k\",\"secret\":\"s\"}", &signer) != 0) exit(3);
  result = pusher_signer_verify_webhook(signer, "k", 1, text, len, "", 0);
  pusher_signer_free(signer);
  return result;
}
static int32_t webhook(void) {
  static const char SIGNATURE[] = "0000000000000000000000000000000000000000000000000000000000000000";
  pusher_signer *signer = NULL;
  int32_t result;
  fill("abcdefgh", limit);
  if (pusher_signer_new("{\"key\":\"k\",\"secret\":\"s\"}", &signer) != 0) exit(3);
  result = pusher_signer_verify_webhook(signer, "k", 1, SIGNATURE, 64, text, len);
  pusher_signer_free(signer);
  return result;
}
static int32_t line_separators(void) {
  add("{\"x\":\""), fill("\xe2\x80\xa8", limit), add("\"}");
  return pusher_jsonp("f", text, output, 4 * limit + 8192);
}
static int32_t callback(void) { return fill("a.", limit), pusher_jsonp(text, "{}", output, 8192); }

#define NAMED(shape) {#shape, shape}
static const struct {
  const char *name;
  void (*write)(void);
} OBJECTS[] = {
  NAMED(one_long_name), NAMED(one_long_name_with_an_escape), NAMED(long_and_short_names_with_escapes),
  NAMED(few_long_names), NAMED(many_names), NAMED(many_names_alike), NAMED(many_names_with_escapes),
  NAMED(one_name_again_and_again), NAMED(needed_again_and_again), NAMED(needed_string_of_escapes),
  NAMED(needed_string_of_unicode_escapes), NAMED(needed_number), NAMED(needed_depth),
  NAMED(one_escaped_name_again_and_again), NAMED(long_string), NAMED(string_of_escapes),
  NAMED(string_of_unicode_escapes), NAMED(string_of_half_pairs), NAMED(string_of_characters), NAMED(long_number),
  NAMED(many_numbers), NAMED(many_objects), NAMED(many_strings), NAMED(blanks), NAMED(depth), NAMED(objects_in_objects),
  NAMED(broken_after_lines), NAMED(broken_depth), NAMED(broken_string),
};
static const char *const KINDS[] = {"user", "config", "response", "channel_data"};
static const struct {
  const char *name;
  int32_t (*run)(void);
} OTHERS[] = {
  NAMED(socket_id), NAMED(long_socket_id), NAMED(path), NAMED(body), NAMED(query_value), NAMED(many_pairs),
  NAMED(long_names_of_pairs), NAMED(method), NAMED(channel), NAMED(signature), NAMED(webhook),
  NAMED(line_separators), NAMED(callback),
};
enum { OBJECT_COUNT = sizeof OBJECTS / sizeof OBJECTS[0], OTHER_COUNT = sizeof OTHERS / sizeof OTHERS[0] };

int main(int argc, char **argv) {
  int list = argc == 2 && strcmp(argv[1], "--list") == 0, k, i;
  char name[128];
  if (argc == 3) limit = (size_t)atol(argv[2]);
  text = (char *)malloc(2 * limit + 1024);
  output = (char *)malloc(4 * limit + 8192);
  if (text == NULL || output == NULL || (!list && argc != 3)) return 2;
  for (k = 0; k < 4; k++)
    for (i = 0; i < OBJECT_COUNT; i++) {
      snprintf(name, sizeof name, "%s:%s", KINDS[k], OBJECTS[i].name);
      if (list) puts(name);
      if (list || strcmp(name, argv[1]) != 0) continue;
      now = (kind)k;
      OBJECTS[i].write();
      call();
      printf("%lu\n", (unsigned long)len);
      return 0;
    }
  for (i = 0; i < OTHER_COUNT; i++) {
    if (list) puts(OTHERS[i].name);
    if (list || strcmp(OTHERS[i].name, argv[1]) != 0) continue;
    OTHERS[i].run();
    printf("%lu\n", (unsigned long)len);
    return 0;
  }
  return list ? 0 : 2;
}
