/* Calls every function with inputs of every shape. tests/cost/main.rs counts the instructions.
 *
 *   cost SIZE...    for each size, calls with each shape; calls shape_done() after each, and prints
 *                   the shape's name, the size and the input's length
 *
 * The shapes are those for which parsers have been quadratic: long keys among many short ones,
 * similar keys, escapes, depth, whitespace, and errors at the very end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/documented_example.h"
#include "pusher_auth.h"

#define APP                                          \
  "{\"appId\":\"1\",\"key\":\"k\",\"secret\":\"s\"," \
  "\"encryptionMasterKeyBase64\":\"zyrm8pvV2C9fJcBfhyXzvxbJVN/H7QLmbe0xJi1GhPU=\"}"
#define CHANNEL "private-encrypted-x"
#define FORM "application/x-www-form-urlencoded"
#define JSON "application/json"

static char *text, *output, *encrypted;
static size_t len, limit, output_size;
static pusher_signer *signer;

/* callgrind writes the instructions so far before it enters this function. */
void shape_done(void);
__attribute__((noinline)) void shape_done(void) { __asm__ volatile(""); }

static void add(const char *piece) {
  size_t piece_len = strlen(piece);
  if (len + piece_len >= 2 * limit + 1024) exit(2);
  memcpy(text + len, piece, piece_len + 1);
  len += piece_len;
}

static void fill(const char *piece, size_t to) {
  while (len < to) add(piece);
}

/* Writes members with different keys of eight letters, which have the same beginning and end. */
static void add_members(const char *format, size_t to) {
  unsigned i;
  for (i = 0; len < to; i++) {
    char member[128];
    snprintf(member, sizeof member, format, i);
    add(member);
  }
}

static void long_key_among_many(const char *first, const char *format) {
  add("{\"0");
  add(first);
  fill("\xc3\xa9", limit / 2);
  add("\":0");
  add_members(format, limit);
}

static void one_long_key(void) { long_key_among_many("", ",\"m%07x\":0"); }
static void one_long_key_with_an_escape(void) { long_key_among_many("\\n", ",\"m%07x\":0"); }
static void long_and_short_keys_with_escapes(void) {
  long_key_among_many("\\n", ",\"\\u006d%07x\":0");
}

static void few_long_keys(void) {
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

static void many_keys(void) { add("{\"x\":0"), add_members(",\"m%07x\":0", limit); }
static void many_keys_with_escapes(void) {
  add("{\"x\":0"), add_members(",\"\\u006d%07x\":0", limit);
}
/* Writes keys of one length with 56 common bytes. */
static void many_similar_keys(void) {
  add("{\"x\":0"),
      add_members(",\"abcdefghabcdefghabcdefghabcdefghabcdefghabcdefghabcdefgh%07x\":0", limit);
}
static void one_key_repeated(void) { add("{\"x\":0"), fill(",\"m\":0", limit); }
static void one_escaped_key_repeated(void) { add("{\"x\":0"), fill(",\"\\u006d\":0", limit); }
static void value(const char *piece) { add("{\"x\":\""), fill(piece, limit), add("\""); }
static void long_string(void) { value("abcdefgh"); }
static void string_of_escapes(void) { value("\\n"); }
static void string_of_unicode_escapes(void) { value("\\u00e9"); }
static void string_of_unpaired_surrogates(void) { value("\\ud800"); }
static void string_of_characters(void) { value("\xf0\x9f\x8c\x8d"); }
static void long_number(void) { add("{\"x\":1"), fill("0", limit); }
static void many_numbers(void) { add("{\"x\":[0"), fill(",-1.5e3", limit), add("]"); }
static void many_objects(void) { add("{\"x\":[0"), fill(",{\"\":[]}", limit), add("]"); }
static void many_strings(void) { add("{\"x\":[0"), fill(",\"\"", limit), add("]"); }
static void whitespace(void) { add("{\"x\":"), fill(" \n\t\r", limit), add("0"); }
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

/* The kinds of JSON that the library reads. */
typedef enum {
  USER_JSON,
  CONFIG_JSON,
  RESPONSE_JSON,
  CHANNEL_DATA,
  EVENTS,
  ENCRYPTED,
  PARAMETERS,
  KINDS
} kind;
static const struct {
  const char *name, *key, *end;
} KIND[KINDS] = {
    {"user", "\"id\":", ",\"id\":\"1\"}"},
    {"config", "\"secret\":", ",\"key\":\"k\",\"secret\":\"s\"}"},
    {"response", "\"auth\":", "}"},
    {"channel_data", "\"user_id\":", ",\"user_id\":1}"},
    {"events", "\"data\":", ",\"name\":\"a\",\"channels\":[\"b\"],\"data\":1}"},
    {"encrypted", "\"nonce\":", ",\"nonce\":\"\",\"ciphertext\":\"\"}"},
    {"parameters", "\"socket_id\":", ",\"socket_id\":\"1.1\"}"},
};
static kind current;

static void required(void) { add(KIND[current].key); }
static void required_key_repeated(void) {
  add("{\"x\":0");
  while (len < limit) add(","), required(), add("\"1\"");
}
static void required_string_of_escapes(void) {
  add("{"), required(), add("\""), fill("\\n", limit), add("\"");
}
static void required_string_of_unicode_escapes(void) {
  add("{"), required(), add("\""), fill("\\ud83c\\udf0d", limit), add("\"");
}
static void required_number(void) { add("{"), required(), fill("1", limit); }
static void required_depth(void) {
  size_t levels, i;
  add("{"), required();
  for (levels = 0; len < limit / 2; levels++) add("[");
  for (i = 0; i < levels; i++) add("]");
}

/* The text of a call, its length, and the buffer for the result. */
#define TEXT text, len
#define OUTPUT output, output_size
#define LITERAL(string) string, sizeof(string) - 1

static int32_t call(void) {
  pusher_signer *other = NULL;
  int32_t result;
  add(KIND[current].end);
  switch (current) {
  case USER_JSON:
    return pusher_signer_authenticate_user(signer, LITERAL(SOCKET_ID), TEXT, OUTPUT);
  case CONFIG_JSON:
    result = pusher_signer_new(TEXT, &other);
    pusher_signer_free(other);
    return result;
  case RESPONSE_JSON:
    return pusher_jsonp("f", 1, TEXT, OUTPUT);
  case CHANNEL_DATA:
    return pusher_signer_authorize_channel(signer, LITERAL(SOCKET_ID), LITERAL("presence-x"), TEXT,
                                           OUTPUT);
  case EVENTS:
    return pusher_signer_events_body(signer, TEXT, OUTPUT);
  case ENCRYPTED:
    return pusher_signer_decrypt(signer, LITERAL(CHANNEL), TEXT, OUTPUT);
  case PARAMETERS:
    return pusher_request_parameter(LITERAL(JSON), TEXT, LITERAL("socket_id"), OUTPUT);
  case KINDS:
    break;
  }
  exit(3);
}

/* ---- texts that are not JSON -------------------------------------------------------------- */

static int32_t url(const char *method, size_t method_len, const char *path, size_t path_len,
                   const char *query, size_t query_len, const char *body, size_t body_len) {
  return pusher_signer_request_url(signer, method, method_len, path, path_len, query, query_len,
                                   body, body_len, 1, OUTPUT);
}
static int32_t query(void) { return url("GET", 3, "/x", 2, TEXT, NULL, 0); }

static int32_t socket_id(void) {
  fill("1234567.", limit);
  return pusher_authenticate_user(CONFIG, text, "{\"id\":\"1\"}", OUTPUT);
}
static int32_t long_socket_id(void) {
  add("1."), fill("1", limit);
  return pusher_authenticate_user(CONFIG, text, "{\"id\":\"1\"}", OUTPUT);
}
static int32_t path(void) { return fill("/abc", limit), url("GET", 3, TEXT, NULL, 0, NULL, 0); }
static int32_t encoded_path(void) {
  return add("/"), fill("%41", limit), url("GET", 3, TEXT, NULL, 0, NULL, 0);
}
static int32_t body(void) {
  return fill("abcdefgh", limit), url("POST", 4, "/events", 7, NULL, 0, TEXT);
}
static int32_t query_value(void) { return add("a="), fill("b", limit), query(); }
static int32_t many_pairs(void) { return add("x=0"), add_members("&m%07x=0", limit), query(); }
static int32_t many_pairs_in_reverse(void) {
  unsigned i;
  add("x=0");
  for (i = 0xFFFFFFF; len < limit; i--) {
    char pair[16];
    snprintf(pair, sizeof pair, "&m%07x=0", i);
    add(pair);
  }
  return query();
}
/* Writes names of which each is the beginning of the next. */
static int32_t prefixes_of_one_another(void) {
  size_t i, count;
  for (count = 0; count * (count + 1) / 2 < limit; count++)
    for (add(count ? "&" : ""), i = 0; i <= count; i++) add("a");
  return query();
}
/* Writes names that differ only in their last byte, in reverse order. */
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
  return query();
}
static int32_t method(void) { return fill("A", limit), url(TEXT, "/x", 2, NULL, 0, NULL, 0); }
static int32_t channel(void) {
  add("private-"), fill("a", limit);
  return pusher_signer_authorize_channel(signer, LITERAL(SOCKET_ID), TEXT, NULL, 0, OUTPUT);
}
static int32_t signature(void) {
  fill("0", limit);
  return pusher_signer_verify_webhook(signer, "k", 1, TEXT, "", 0);
}
static int32_t webhook(void) {
  fill("abcdefgh", limit);
  return pusher_signer_verify_webhook(
      signer, "k", 1, LITERAL("0000000000000000000000000000000000000000000000000000000000000000"),
      TEXT);
}
static int32_t line_separators(void) {
  add("{\"x\":\""), fill("\xe2\x80\xa8", limit), add("\"}");
  return pusher_jsonp("f", 1, TEXT, OUTPUT);
}
static int32_t callback(void) { return fill("a.", limit), pusher_jsonp(TEXT, "{}", 2, OUTPUT); }
static int32_t user_id(void) {
  fill("|", limit);
  return pusher_signer_terminate_user_url(signer, TEXT, 1, OUTPUT);
}

static int32_t event(const char *to) {
  return pusher_signer_event_body(signer, to, strlen(to), "a", 1, TEXT, NULL, 0, OUTPUT);
}
static int32_t event_data(void) { return fill("abcdefgh", limit), event("x"); }
static int32_t event_data_of_quotes(void) { return fill("\"", limit), event("x"); }
static int32_t event_data_of_characters(void) {
  return fill("\xf0\x9f\x8c\x8d", limit), event("x");
}
static int32_t encrypted_event_data(void) { return fill("abcdefgh", limit), event(CHANNEL); }
static int32_t event_name(void) {
  fill("a", limit);
  return pusher_signer_event_body(signer, "x", 1, TEXT, "", 0, NULL, 0, OUTPUT);
}
static int32_t event_channel(void) {
  add("#server-to-user-"), fill("\"", limit);
  return pusher_signer_event_body(signer, TEXT, "a", 1, "", 0, NULL, 0, OUTPUT);
}
static int32_t events_for_many_channels(void) {
  add("{\"name\":\"a\",\"data\":1,\"channels\":[\"x\""), fill(",\"x\"", limit), add("]}");
  return pusher_signer_events_body(signer, TEXT, OUTPUT);
}
static int32_t events_in_a_long_batch(void) {
  static const char EVENT[] = ",{\"name\":\"a\",\"channel\":\"b\",\"data\":1}";
  add("{\"batch\":["), add(EVENT + 1), fill(EVENT, limit), add("]}");
  return pusher_signer_events_body(signer, TEXT, OUTPUT);
}
static int32_t events_encrypted(void) {
  add("{\"name\":\"a\",\"channels\":[\"" CHANNEL "\"],\"data\":\""), fill("\\u00e9", limit),
      add("\"}");
  return pusher_signer_events_body(signer, TEXT, OUTPUT);
}
static int32_t encryption(void) {
  fill("abcdefgh", limit);
  return pusher_signer_encrypt(signer, LITERAL(CHANNEL), TEXT, OUTPUT);
}
static void encrypt_first(void) {
  int32_t n;
  fill("abcdefgh", limit);
  n = pusher_signer_encrypt(signer, LITERAL(CHANNEL), TEXT, encrypted, output_size);
  if (n < 0) exit(4);
  len = (size_t)n;
  shape_done();
  puts(""); /* not counted */
}
static int32_t decryption(void) {
  return encrypt_first(), pusher_signer_decrypt(signer, LITERAL(CHANNEL), encrypted, len, OUTPUT);
}
static int32_t decryption_of_another_channel(void) {
  return encrypt_first(),
         pusher_signer_decrypt(signer, LITERAL(CHANNEL "y"), encrypted, len, OUTPUT);
}

static int32_t form(void) {
  return pusher_request_parameter(LITERAL(FORM), TEXT, LITERAL("x"), OUTPUT);
}
static int32_t form_value(void) { return add("x="), fill("a", limit), form(); }
static int32_t form_value_encoded(void) { return add("x="), fill("%C3%A9", limit), form(); }
static int32_t form_of_percent_signs(void) { return add("x="), fill("%", limit), form(); }
static int32_t form_of_plus_signs(void) { return add("x="), fill("+", limit), form(); }
static int32_t form_of_separators(void) { return fill("&", limit), form(); }
static int32_t form_of_many_names(void) {
  return add("x=0"), add_members("&m%07x=0", limit), form();
}
static int32_t form_of_many_encoded_names(void) {
  return add("x=0"), add_members("&%%6d%07x=0", limit), form();
}
static int32_t form_of_one_name(void) { return add("x=0"), fill("&m=0", limit), form(); }
static int32_t form_of_long_names(void) {
  int i;
  for (i = 0; i < 16; i++) {
    char last[16];
    fill("abcdefgh", limit * (size_t)(i + 1) / 16);
    snprintf(last, sizeof last, "%c=0&", 'p' - i);
    add(last);
  }
  return form();
}
static int32_t query_string(void) {
  add("x=0"), add_members("&m%07x=0", limit);
  return pusher_request_parameter(NULL, 0, TEXT, LITERAL("x"), OUTPUT);
}
static int32_t parameter_name(void) {
  fill("a", limit);
  return pusher_request_parameter(LITERAL(FORM), "x=0", 3, TEXT, OUTPUT);
}
static int32_t content_type(void) {
  add(FORM ";"), fill(" ", limit);
  return pusher_request_parameter(TEXT, "x=0", 3, "x", 1, OUTPUT);
}

static int32_t configured(void) {
  pusher_signer *other = NULL;
  int32_t result = pusher_signer_new(TEXT, &other);
  pusher_signer_free(other);
  return result;
}
static int32_t url_key(void) {
  return add("https://"), fill("%41", limit), add(":s@h/apps/3"), configured();
}
static int32_t url_secret(void) {
  return add("https://k:"), fill("%41", limit), add("@h/apps/3"), configured();
}
static int32_t url_host(void) {
  return add("https://k:s@"), fill("a.", limit), add("a/apps/3"), configured();
}
static int32_t url_path(void) {
  return add("https://k:s@h"), fill("/apps", limit), add("/apps/3"), configured();
}
static int32_t url_of_at_signs(void) {
  return add("https://"), fill("@", limit), add("/apps/3"), configured();
}
static int32_t url_of_colons(void) {
  return add("https://"), fill(":", limit), add("@h/apps/3"), configured();
}
static int32_t master_key(void) {
  add("{\"key\":\"k\",\"secret\":\"s\",\"encryptionMasterKeyBase64\":\""), fill("AAAA", limit),
      add("\"}");
  return configured();
}

#define NAMED(shape) {#shape, shape}
static const struct {
  const char *name;
  void (*write)(void);
} OBJECTS[] = {
    NAMED(one_long_key),
    NAMED(one_long_key_with_an_escape),
    NAMED(long_and_short_keys_with_escapes),
    NAMED(few_long_keys),
    NAMED(many_keys),
    NAMED(many_similar_keys),
    NAMED(many_keys_with_escapes),
    NAMED(one_key_repeated),
    NAMED(one_escaped_key_repeated),
    NAMED(required_key_repeated),
    NAMED(required_string_of_escapes),
    NAMED(required_string_of_unicode_escapes),
    NAMED(required_number),
    NAMED(required_depth),
    NAMED(long_string),
    NAMED(string_of_escapes),
    NAMED(string_of_unicode_escapes),
    NAMED(string_of_unpaired_surrogates),
    NAMED(string_of_characters),
    NAMED(long_number),
    NAMED(many_numbers),
    NAMED(many_objects),
    NAMED(many_strings),
    NAMED(whitespace),
    NAMED(depth),
    NAMED(objects_in_objects),
    NAMED(broken_after_lines),
    NAMED(broken_depth),
    NAMED(broken_string),
};
static const struct {
  const char *name;
  int32_t (*run)(void);
} OTHERS[] = {
    NAMED(socket_id),
    NAMED(long_socket_id),
    NAMED(path),
    NAMED(encoded_path),
    NAMED(body),
    NAMED(query_value),
    NAMED(many_pairs),
    NAMED(many_pairs_in_reverse),
    NAMED(prefixes_of_one_another),
    NAMED(long_names_of_pairs),
    NAMED(method),
    NAMED(channel),
    NAMED(signature),
    NAMED(webhook),
    NAMED(line_separators),
    NAMED(callback),
    NAMED(user_id),
    NAMED(event_data),
    NAMED(event_data_of_quotes),
    NAMED(event_data_of_characters),
    NAMED(encrypted_event_data),
    NAMED(event_name),
    NAMED(event_channel),
    NAMED(events_for_many_channels),
    NAMED(events_in_a_long_batch),
    NAMED(events_encrypted),
    NAMED(encryption),
    NAMED(decryption),
    NAMED(decryption_of_another_channel),
    NAMED(form_value),
    NAMED(form_value_encoded),
    NAMED(form_of_percent_signs),
    NAMED(form_of_plus_signs),
    NAMED(form_of_separators),
    NAMED(form_of_many_names),
    NAMED(form_of_many_encoded_names),
    NAMED(form_of_one_name),
    NAMED(form_of_long_names),
    NAMED(query_string),
    NAMED(parameter_name),
    NAMED(content_type),
    NAMED(url_key),
    NAMED(url_secret),
    NAMED(url_host),
    NAMED(url_path),
    NAMED(url_of_at_signs),
    NAMED(url_of_colons),
    NAMED(master_key),
};
enum {
  OBJECT_COUNT = sizeof OBJECTS / sizeof OBJECTS[0],
  OTHER_COUNT = sizeof OTHERS / sizeof OTHERS[0]
};

static void done(const char *name_of_kind, const char *name) {
  shape_done();
  printf("%s%s%s %lu %lu\n", name_of_kind, name_of_kind[0] ? ":" : "", name, (unsigned long)limit,
         (unsigned long)len);
}

static void start(void) {
  len = 0;
  text[0] = '\0';
}

int main(int argc, char **argv) {
  int argument, k, i;
  if (pusher_signer_new(LITERAL(APP), &signer) != 0) return 3;
  for (argument = 1; argument < argc; argument++) {
    limit = (size_t)atol(argv[argument]);
    output_size = 4 * limit + 8192;
    text = (char *)malloc(2 * limit + 1024);
    output = (char *)malloc(output_size);
    encrypted = (char *)malloc(output_size);
    if (text == NULL || output == NULL || encrypted == NULL) return 2;
    shape_done(); /* what came before is not counted */
    puts("");
    for (k = 0; k < KINDS; k++)
      for (i = 0; i < OBJECT_COUNT; i++) {
        start();
        current = (kind)k;
        OBJECTS[i].write();
        call();
        done(KIND[k].name, OBJECTS[i].name);
      }
    for (i = 0; i < OTHER_COUNT; i++) {
      start();
      OTHERS[i].run();
      done("", OTHERS[i].name);
    }
    free(text), free(output), free(encrypted);
  }
  pusher_signer_free(signer);
  return 0;
}
