/*
 * A Pusher user authentication endpoint in C, on libmicrohttpd and jansson.
 *
 *   PORT             where to listen, on 127.0.0.1
 *   PUSHER_CONFIG    {"key":"…","secret":"…"}
 *   ALLOWED_ORIGINS  sites on other origins that may ask, comma-separated: https://example.com
 *
 * The part that matters is authenticate(): who the user is comes from the session, and from nothing
 * that the request says. One thread serves everything, so nothing here needs a lock.
 */
#define _DEFAULT_SOURCE
#include <jansson.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pusher_auth.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

enum { MAX_BODY = 8192, MAX_SESSIONS = 1024, TOKEN_BYTES = 32, TOKEN_LEN = 2 * TOKEN_BYTES };

/* Yours come from a database. */
struct user {
  const char *id, *json;
};
static const struct user users[] = {
  {"alice", "{\"id\":\"alice\",\"user_info\":{\"name\":\"Alice \\\"Ally\\\" Müller 🌍\","
            "\"address\":{\"city\":\"Zürich\"}},\"watchlist\":[\"bob\"]}"},
  {"bob", "{\"id\":\"bob\",\"user_info\":{\"name\":\"Bob\",\"address\":{\"city\":\"O'Fallon\"}},"
          "\"watchlist\":[\"alice\"]}"},
};

struct session {
  char id[TOKEN_LEN + 1], csrf_token[TOKEN_LEN + 1];
  const struct user *user;
};
static struct session sessions[MAX_SESSIONS]; /* a ring: the oldest gives way */
static size_t session_count;

/* A parameter of the request: not NUL-terminated, as a client can put NULs into it. */
struct value {
  const char *text;
  size_t len;
};

/* A request while it arrives. */
struct request {
  struct value user, socket_id, csrf_token;
  json_t *json;
  size_t body_len, decoded_len;
  bool too_large;
  char body[MAX_BODY], decoded[MAX_BODY];
};

/* What a request is answered with. */
struct answer {
  unsigned status;
  struct MHD_Response *response; /* NULL when memory has run out */
};

static const char *config, *allowed_origins;
static pusher_signer *signer;

/* ---- Sessions ---- */

static void random_token(char token[TOKEN_LEN + 1]) {
  unsigned char bytes[TOKEN_BYTES];
  if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
    abort(); /* a token that can be guessed is worse than no server */
  for (size_t i = 0; i < TOKEN_BYTES; i++)
    sprintf(&token[2 * i], "%02x", bytes[i]);
}

/* Takes the same time wherever the two differ, so that a token cannot be guessed bit by bit. */
static bool token_equals(const char token[TOKEN_LEN + 1], struct value given) {
  volatile unsigned char difference = 0;
  if (given.len != TOKEN_LEN)
    return false;
  for (size_t i = 0; i < TOKEN_LEN; i++)
    difference |= (unsigned char)(token[i] ^ given.text[i]);
  return difference == 0;
}

static const struct session *new_session(const struct user *user) {
  struct session *session = &sessions[session_count++ % MAX_SESSIONS];
  random_token(session->id);
  random_token(session->csrf_token);
  session->user = user;
  return session;
}

static struct value lookup(struct MHD_Connection *connection, enum MHD_ValueKind kind, const char *name) {
  struct value value = {NULL, 0};
  MHD_lookup_connection_value_n(connection, kind, name, strlen(name), &value.text, &value.len);
  return value;
}

static const struct session *current_session(struct MHD_Connection *connection) {
  struct value id = lookup(connection, MHD_COOKIE_KIND, "session");
  const struct session *found = NULL;
  for (size_t i = 0; i < MAX_SESSIONS; i++)
    if (sessions[i].user != NULL && token_equals(sessions[i].id, id))
      found = &sessions[i];
  return found;
}

/* ---- Parameters ---- */

static struct value *parameter(struct request *request, const char *name) {
  return strcmp(name, "socket_id") == 0    ? &request->socket_id
         : strcmp(name, "csrf_token") == 0 ? &request->csrf_token
         : strcmp(name, "user") == 0       ? &request->user
                                           : NULL;
}

/* Called by the form parser with each value, perhaps in several pieces. */
static enum MHD_Result form_field(void *cls, enum MHD_ValueKind kind, const char *name, const char *filename,
                                  const char *content_type, const char *transfer_encoding, const char *data,
                                  uint64_t offset, size_t size) {
  (void)kind, (void)filename, (void)content_type, (void)transfer_encoding;
  struct request *request = cls;
  struct value *value = parameter(request, name);
  if (value == NULL || size == 0)
    return MHD_YES;
  if (size > MAX_BODY - request->decoded_len)
    return MHD_NO;
  char *end = request->decoded + request->decoded_len;
  memcpy(end, data, size);
  request->decoded_len += size;
  *value = offset == 0 ? (struct value){end, size} : (struct value){value->text, value->len + size};
  return MHD_YES;
}

static bool parse_form(struct MHD_Connection *connection, struct request *request) {
  struct MHD_PostProcessor *parser = MHD_create_post_processor(connection, 1024, form_field, request);
  if (parser == NULL)
    return false;
  enum MHD_Result parsed = MHD_post_process(parser, request->body, request->body_len);
  return MHD_destroy_post_processor(parser) == MHD_YES && parsed == MHD_YES;
}

static bool parse_json(struct request *request) {
  const char *name;
  json_t *member;
  request->json = json_loadb(request->body, request->body_len, JSON_REJECT_DUPLICATES, NULL);
  if (!json_is_object(request->json))
    return false;
  json_object_foreach(request->json, name, member) {
    struct value *value = parameter(request, name);
    if (value != NULL && json_is_string(member))
      *value = (struct value){json_string_value(member), json_string_length(member)};
  }
  return true;
}

static bool parse_body(struct MHD_Connection *connection, struct request *request) {
  struct value type = lookup(connection, MHD_HEADER_KIND, "Content-Type");
  size_t len = type.text == NULL ? 0 : strcspn(type.text, "; ");
  if (len == strlen("application/json") && strncasecmp(type.text, "application/json", len) == 0)
    return parse_json(request);
  if (len == strlen("application/x-www-form-urlencoded") &&
      strncasecmp(type.text, "application/x-www-form-urlencoded", len) == 0)
    return parse_form(connection, request);
  return false;
}

/* ---- Answers ---- */

static struct answer answer(unsigned status, const char *type, const char *body) {
  struct MHD_Response *response = MHD_create_response_from_buffer(strlen(body), (void *)body, MHD_RESPMEM_MUST_COPY);
  if (response != NULL && type != NULL)
    MHD_add_response_header(response, "Content-Type", type);
  return (struct answer){status, response};
}

static struct answer refuse(unsigned status, const char *reason) {
  return answer(status, "text/plain", reason);
}

static struct answer with_header(struct answer answer, const char *name, const char *value) {
  if (answer.response != NULL)
    MHD_add_response_header(answer.response, name, value);
  return answer;
}

/* What the client sent is refused with 403; anything else is a mistake of ours, for the log. */
static struct answer library_error(int32_t code) {
  if (code == PUSHER_ERROR_SOCKET_ID || code == PUSHER_ERROR_CALLBACK)
    return refuse(MHD_HTTP_FORBIDDEN, pusher_error_message(code));
  fprintf(stderr, "%s\n", pusher_error_message(code));
  return refuse(MHD_HTTP_INTERNAL_SERVER_ERROR, "internal error");
}

/* Stands for your application's own login, which asks for more than a name. */
static struct answer login(struct MHD_Connection *connection, struct request *request) {
  if (parse_body(connection, request))
    for (size_t i = 0; i < sizeof users / sizeof users[0]; i++)
      if (request->user.len == strlen(users[i].id) &&
          memcmp(request->user.text, users[i].id, request->user.len) == 0) {
        const struct session *session = new_session(&users[i]);
        char body[256], cookie[256];
        snprintf(body, sizeof body, "{\"id\":\"%s\",\"csrf_token\":\"%s\"}", users[i].id, session->csrf_token);
        snprintf(cookie, sizeof cookie, "session=%s; Path=/; HttpOnly; SameSite=Lax", session->id);
        return with_header(answer(MHD_HTTP_OK, "application/json", body), "Set-Cookie", cookie);
      }
  return refuse(MHD_HTTP_FORBIDDEN, "unknown user");
}

static struct answer authenticate(struct MHD_Connection *connection, struct request *request, bool jsonp) {
  const struct session *session = current_session(connection);
  if (session == NULL)
    return refuse(MHD_HTTP_FORBIDDEN, "not signed in");

  struct value callback = {NULL, 0};
  if (jsonp) {
    request->socket_id = lookup(connection, MHD_GET_ARGUMENT_KIND, "socket_id");
    request->csrf_token = lookup(connection, MHD_GET_ARGUMENT_KIND, "csrf_token");
    callback = lookup(connection, MHD_GET_ARGUMENT_KIND, "callback");
  } else if (!parse_body(connection, request)) {
    return refuse(MHD_HTTP_FORBIDDEN, "the body must be a form or a JSON object");
  }

  /* Without this, any site could have its own socket signed in as the visitor. */
  struct value header = lookup(connection, MHD_HEADER_KIND, "X-CSRF-Token");
  if (!token_equals(session->csrf_token, header.text != NULL ? header : request->csrf_token))
    return refuse(MHD_HTTP_FORBIDDEN, "missing or wrong CSRF token");

  /* pusher_jsonp would read up to the first NUL only. */
  if (jsonp && (callback.text == NULL || strlen(callback.text) != callback.len))
    return library_error(PUSHER_ERROR_CALLBACK);

  const char *user = session->user->json;
  size_t size = pusher_response_bound(strlen(config), strlen(user));
  size_t script_size = 2 * size + callback.len + 8;
  char *body = malloc(size + script_size), *script = body == NULL ? NULL : body + size;
  if (body == NULL)
    return (struct answer){0, NULL};
  int32_t n = pusher_signer_authenticate_user(signer, request->socket_id.text, request->socket_id.len, user,
                                              strlen(user), body, size);
  if (n >= 0 && jsonp)
    n = pusher_jsonp(callback.text, body, script, script_size);

  struct answer result = n < 0   ? library_error(n)
                         : jsonp ? with_header(answer(MHD_HTTP_OK, "application/javascript; charset=utf-8", script),
                                               "X-Content-Type-Options", "nosniff")
                                 : answer(MHD_HTTP_OK, "application/json", body);
  free(body);
  return result;
}

static struct answer preflight(bool origin_allowed) {
  if (!origin_allowed)
    return refuse(MHD_HTTP_FORBIDDEN, "origin not allowed");
  struct answer result = answer(MHD_HTTP_NO_CONTENT, NULL, "");
  result = with_header(result, "Access-Control-Allow-Methods", "GET, POST");
  result = with_header(result, "Access-Control-Allow-Headers", "Content-Type, X-CSRF-Token");
  return with_header(result, "Access-Control-Max-Age", "600");
}

/* ---- Requests ---- */

static bool is_allowed(const char *origin) {
  if (origin == NULL || *origin == '\0')
    return false;
  for (const char *allowed = allowed_origins; *allowed != '\0'; allowed += strspn(allowed, ",")) {
    size_t len = strcspn(allowed, ",");
    if (len == strlen(origin) && memcmp(allowed, origin, len) == 0)
      return true;
    allowed += len;
  }
  return false;
}

static struct answer route(struct MHD_Connection *connection, struct request *request, const char *method,
                           const char *path, bool origin_allowed) {
  bool get = strcmp(method, "GET") == 0, post = strcmp(method, "POST") == 0;
  bool at_login = strcmp(path, "/login") == 0;
  if (!at_login && strcmp(path, "/pusher/user-auth") != 0)
    return refuse(MHD_HTTP_NOT_FOUND, "not found");
  if (!at_login && strcmp(method, "OPTIONS") == 0)
    return preflight(origin_allowed);
  if (!post && (at_login || !get))
    return with_header(refuse(MHD_HTTP_METHOD_NOT_ALLOWED, "method not allowed"), "Allow",
                       at_login ? "POST" : "GET, POST, OPTIONS");
  if (request->too_large)
    return refuse(MHD_HTTP_CONTENT_TOO_LARGE, "body too large");
  return at_login ? login(connection, request) : authenticate(connection, request, get);
}

/* Called by libmicrohttpd: once at the headers, for each part of the body, and once at its end. */
static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *path,
                                  const char *method, const char *version, const char *data, size_t *size,
                                  void **state) {
  (void)cls, (void)version;
  struct request *request = *state;
  if (request == NULL) {
    *state = calloc(1, sizeof *request);
    return *state == NULL ? MHD_NO : MHD_YES;
  }
  if (*size > 0) {
    if (*size > MAX_BODY - request->body_len) {
      request->too_large = true; /* the rest is read and dropped, so that the client gets its answer */
    } else {
      memcpy(request->body + request->body_len, data, *size);
      request->body_len += *size;
    }
    *size = 0;
    return MHD_YES;
  }

  const char *origin = lookup(connection, MHD_HEADER_KIND, "Origin").text;
  bool origin_allowed = is_allowed(origin);
  struct answer result = route(connection, request, method, path, origin_allowed);
  if (result.response == NULL)
    return MHD_NO;
  result = with_header(result, "Cache-Control", "no-store");
  result = with_header(result, "Vary", "Origin");
  if (origin_allowed) { /* on errors too, so that the page can see their status */
    result = with_header(result, "Access-Control-Allow-Origin", origin);
    result = with_header(result, "Access-Control-Allow-Credentials", "true");
  }
  enum MHD_Result queued = MHD_queue_response(connection, result.status, result.response);
  MHD_destroy_response(result.response);
  return queued;
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode how) {
  (void)cls, (void)connection, (void)how;
  struct request *request = *state;
  if (request != NULL)
    json_decref(request->json);
  free(request);
}

int main(void) {
  const char *port_text = getenv("PORT");
  long port = port_text == NULL ? 0 : strtol(port_text, NULL, 10);
  config = getenv("PUSHER_CONFIG");
  allowed_origins = getenv("ALLOWED_ORIGINS");
  if (allowed_origins == NULL)
    allowed_origins = "";
  if (port < 1 || port > 65535) {
    fputs("PORT: a number from 1 to 65535\n", stderr);
    return 1;
  }
  int32_t code = pusher_signer_new(config, &signer);
  if (code < 0) {
    fprintf(stderr, "PUSHER_CONFIG: %s\n", pusher_error_message(code));
    return 1;
  }

  /* Blocked here and so in the server's thread too: the signals wait for sigwait below. */
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGINT);
  sigaddset(&stop, SIGTERM);
  sigprocmask(SIG_BLOCK, &stop, NULL);
  signal(SIGPIPE, SIG_IGN);

  struct sockaddr_in address = {
    .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct MHD_Daemon *server =
    MHD_start_daemon(MHD_USE_AUTO_INTERNAL_THREAD, (uint16_t)port, NULL, NULL, on_request, NULL,
                     MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_CONNECTION_TIMEOUT, 10u,
                     MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_END);
  if (server == NULL) {
    perror("cannot listen");
    pusher_signer_free(signer);
    return 1;
  }
  printf("listening on http://127.0.0.1:%ld\n", port);
  fflush(stdout);

  int received;
  sigwait(&stop, &received);
  MHD_stop_daemon(server);
  pusher_signer_free(signer);
  return 0;
}
