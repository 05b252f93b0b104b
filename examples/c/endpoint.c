/*
 * The full example endpoint in C, on libevent (server.c) and json-c:
 *
 *   POST /pusher/user-auth   authenticates the user; GET does so for JSONP
 *   POST /pusher/auth        authorizes a channel; GET does so for JSONP
 *   POST /pusher/webhook     receives Pusher's webhooks
 *   POST /login              is a placeholder for your application's login
 *   GET  /health             responds as long as the server runs
 *
 *   BIND, PORT               the address to listen on; BIND is 127.0.0.1 by default
 *   PUSHER_URL               https://KEY:SECRET@api-CLUSTER.pusher.com/apps/APP_ID: the app,
 *   PUSHER_CONFIG            or as JSON; PUSHER_URL_FILE, PUSHER_CONFIG_FILE: or in a file
 *   ALLOWED_ORIGINS          other origins that may send requests, comma-separated
 *   COOKIE_SAMESITE          None if pages of another site send requests, over https; otherwise Lax
 *
 * The part to copy is authenticate() and authorize(): the session determines the user, and nothing
 * in the request does. One thread serves all requests, so no data needs a lock.
 */
#define _DEFAULT_SOURCE
#include <json-c/json.h>
#include <pusher_auth.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <time.h>

#include "server.h"

enum {
  MAX_BODY = 8192,
  MAX_WEBHOOK = 256 * 1024,
  MAX_DEPTH = 10000,     /* of a webhook */
  MAX_PARAMETER = 16384, /* no query is longer */
  MAX_SESSIONS = 10000,
  SESSION_SECONDS = 3600,
  TOKEN_LEN = 64
};

/* A placeholder for your database. */
#define ALICE \
  "\"user_info\":{\"name\":\"Alice \\\"Ally\\\" Müller 🌍\",\"address\":{\"city\":\"Zürich\"}}"
#define BOB "\"user_info\":{\"name\":\"Bob\",\"address\":{\"city\":\"O'Fallon\"}}"
static const struct user {
  const char *id, *json, *member; /* for user authentication, for presence channels */
} users[] = {
    {"alice", "{\"id\":\"alice\"," ALICE ",\"watchlist\":[\"bob\"]}",
     "{\"user_id\":\"alice\"," ALICE "}"},
    {"bob", "{\"id\":\"bob\"," BOB ",\"watchlist\":[\"alice\"]}", "{\"user_id\":\"bob\"," BOB "}"},
};

enum token { SESSION_ID, ACCESS_TOKEN, CSRF_TOKEN, TOKENS };
static struct session {
  char tokens[TOKENS][TOKEN_LEN + 1];
  const struct user *user;
  time_t expires;
} sessions[MAX_SESSIONS]; /* a ring: a new session replaces the oldest */
static size_t session_count;

static const char *allowed_origins, *cookie_attributes;
static pusher_signer *signer;

/* ---- Headers and responses ---- */

static bool list_contains(const char *list, const char *item) {
  for (size_t len; *list != '\0'; list += len + strspn(list + len, ", ")) {
    len = strcspn(list, ",");
    if (len > 0 && len == strlen(item) && memcmp(list, item, len) == 0) return true;
  }
  return false;
}

/* Returns the header Origin if requests from there are allowed, and otherwise NULL. */
static const char *find_allowed_origin(const struct http_request *request) {
  const char *origin = http_header(request, "Origin");
  return origin != NULL && list_contains(allowed_origins, origin) ? origin : NULL;
}

static int respond(struct http_request *request, int status, const char *headers,
                   const char *body) {
  char all[32768],
      cors[20000] = ""; /* errors have these, too, so that the page sees their status */
  const char *origin = find_allowed_origin(request);
  if (origin != NULL)
    snprintf(cors, sizeof cors,
             "Access-Control-Allow-Origin: %s\r\nAccess-Control-Allow-Credentials: true\r\n",
             origin);
  snprintf(all, sizeof all,
           "%s%sCache-Control: no-store\r\nVary: Origin\r\nX-Content-Type-Options: nosniff\r\n",
           headers, cors);
  return http_respond(request, status, all, body);
}

static int reject_with(struct http_request *request, int status, const char *headers,
                       const char *reason) {
  fprintf(stderr, "%.20s %.200s %d %s\n", request->method, request->path, status, reason);
  return respond(request, status, headers, reason);
}

static int reject(struct http_request *request, int status, const char *reason) {
  return reject_with(request, status, "Content-Type: text/plain\r\n", reason);
}

/* Rejects the request because of an error of the library. */
static int reject_error(struct http_request *request, int32_t code) {
  switch (code) {
  case PUSHER_ERROR_PARAMETERS:
  case PUSHER_ERROR_PARAMETER_MISSING:
    return reject(request, 400, pusher_error_message(code));
  case PUSHER_ERROR_SOCKET_ID:
  case PUSHER_ERROR_CALLBACK:
    return reject(request, 403, pusher_error_message(code));
  case PUSHER_ERROR_CHANNEL:
    return reject(request, 403, "not allowed");
  default: /* not the client's error */
    fprintf(stderr, "%s\n", pusher_error_message(code));
    return reject(request, 500, "internal error");
  }
}

/* ---- Sessions ---- */

static time_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec;
}

/* Makes a session. Its tokens begin with its index; the other 60 digits are random. */
static const struct session *new_session(const struct user *user) {
  unsigned char bytes[TOKENS][TOKEN_LEN / 2];
  size_t index = session_count++ % MAX_SESSIONS;
  struct session *session = &sessions[index];
  if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
    abort(); /* a predictable token is worse than no server */
  for (int i = 0; i < TOKENS; i++) {
    sprintf(session->tokens[i], "%04zx", index);
    for (size_t j = 2; j < sizeof bytes[i]; j++)
      sprintf(&session->tokens[i][2 * j], "%02x", bytes[i][j]);
  }
  session->user = user;
  session->expires = now() + SESSION_SECONDS;
  return session;
}

/* Compares in constant time, so that a token cannot be guessed byte by byte. */
static bool token_equals(const char token[TOKEN_LEN + 1], const char *given, size_t len) {
  volatile unsigned char difference = len != TOKEN_LEN;
  for (size_t i = 0; i < TOKEN_LEN && len == TOKEN_LEN; i++)
    difference |= (unsigned char)(token[i] ^ given[i]);
  return difference == 0;
}

static const struct session *find_session(enum token kind, const char *token, size_t len) {
  unsigned index;
  if (len != TOKEN_LEN || sscanf(token, "%4x", &index) != 1 || index >= MAX_SESSIONS) return NULL;
  const struct session *session = &sessions[index];
  bool found = token_equals(session->tokens[kind], token, len) && now() < session->expires;
  return found ? session : NULL;
}

/* Returns the session of the cookie `session`, or NULL if there are two. */
static const struct session *find_cookie_session(const struct http_request *request) {
  const char *id = NULL, *pair;
  size_t id_len = 0, index = 0, len;
  while ((pair = http_next_header(request, "Cookie", &index)) != NULL)
    for (; *pair != '\0'; pair += len + strspn(pair + len, "; \t")) {
      len = strcspn(pair, ";");
      if (strncmp(pair, "session=", 8) != 0) continue;
      if (id != NULL) return NULL;
      id = pair + 8, id_len = len - 8;
      for (; id_len > 0 && strchr(" \t", id[id_len - 1]) != NULL; id_len--) {}
    }
  return id == NULL ? NULL : find_session(SESSION_ID, id, id_len);
}

/* Returns the session of the access token or, if there is none, of the cookie. Browsers send an
 * access token only if the page's code does, so such a request needs no CSRF token. */
static const struct session *find_current_session(const struct http_request *request,
                                                  bool *is_bearer) {
  const char *authorization = http_header(request, "Authorization");
  *is_bearer = authorization != NULL && strncasecmp(authorization, "Bearer", 6) == 0 &&
               (authorization[6] == '\0' || strchr(" \t", authorization[6]) != NULL);
  if (authorization != NULL && *authorization == '\n') return NULL; /* there are several */
  if (!*is_bearer) return find_cookie_session(request);
  const char *token = authorization + 6; /* one space, and not a tab */
  return *token == ' ' ? find_session(ACCESS_TOKEN, token + 1, strlen(token + 1)) : NULL;
}

/* ---- Endpoints ---- */

struct parameter {
  char text[MAX_PARAMETER + 1];
  int32_t len; /* or the error if it is missing or malformed */
};

/* Reads a parameter of the body or, for JSONP, of the query. */
static void read_parameter(const struct http_request *request, const char *name,
                           struct parameter *parameter) {
  const char *type = "", *text = request->query;
  size_t len = strlen(text);
  if (strcmp(request->method, "GET") != 0) {
    type = http_header(request, "Content-Type");
    type = type == NULL || *type == '\0' ? "none" : type; /* the empty type is a query's */
    text = request->body, len = request->body_len;
  }
  parameter->len = pusher_request_parameter(type, strlen(type), text, len, name, strlen(name),
                                            parameter->text, sizeof parameter->text);
}

static bool equals(const struct parameter *parameter, const char *text) {
  return (size_t)parameter->len == strlen(text) && memcmp(parameter->text, text, strlen(text)) == 0;
}

/* Your application requires more than a name. */
static int login(struct http_request *request) {
  static struct parameter name;
  read_parameter(request, "user", &name);
  if (name.len < 0) return reject_error(request, name.len);
  for (size_t i = 0; i < sizeof users / sizeof users[0]; i++)
    if (equals(&name, users[i].id)) {
      const struct session *session = new_session(&users[i]);
      char headers[256], body[256];
      snprintf(headers, sizeof headers,
               "Content-Type: application/json\r\nSet-Cookie: session=%s; Path=/; HttpOnly; %s\r\n",
               session->tokens[SESSION_ID], cookie_attributes);
      snprintf(body, sizeof body, "{\"id\":\"%s\",\"csrf_token\":\"%s\",\"access_token\":\"%s\"}",
               users[i].id, session->tokens[CSRF_TOKEN], session->tokens[ACCESS_TOKEN]);
      return respond(request, 200, headers, body);
    }
  return reject(request, 403, "unknown user");
}

static int32_t authenticate(const struct user *user, const struct parameter *socket_id,
                            char *response, size_t size) {
  return pusher_signer_authenticate_user(signer, socket_id->text, (size_t)socket_id->len,
                                         user->json, strlen(user->json), response, size);
}

/* Your application decides who may join which channel, and as whom. */
static int32_t authorize(const struct user *user, const struct parameter *socket_id,
                         const struct parameter *channel, char *response, size_t size) {
  const char *member = equals(channel, "presence-lobby") ? user->member : "";
  char own[64];
  snprintf(own, sizeof own, "private-user-%s", user->id);
  if (*member == '\0' && !equals(channel, own) && !equals(channel, "private-encrypted-lobby") &&
      !equals(channel, "presence-signin")) /* its members are the users who have signed in */
    return PUSHER_ERROR_CHANNEL;
  return pusher_signer_authorize_channel(signer, socket_id->text, (size_t)socket_id->len,
                                         channel->text, (size_t)channel->len, member,
                                         strlen(member), response, size);
}

static int sign(struct http_request *request) {
  static struct parameter socket_id, channel, callback, csrf;
  static char response[4 * MAX_PARAMETER], script[9 * MAX_PARAMETER];
  bool is_bearer, is_jsonp = strcmp(request->method, "GET") == 0;
  bool is_channel = strcmp(request->path, "/pusher/auth") == 0;
  const struct session *session = find_current_session(request, &is_bearer);
  if (session == NULL) return reject(request, 403, "not signed in");
  read_parameter(request, "socket_id", &socket_id);
  read_parameter(request, "channel_name", &channel);
  read_parameter(request, "callback", &callback);
  read_parameter(request, "csrf_token", &csrf);
  if (socket_id.len == PUSHER_ERROR_PARAMETERS) return reject_error(request, socket_id.len);

  /* Otherwise any site could have its own connection authenticated as the visitor. */
  const char *header = http_header(request, "X-CSRF-Token");
  if (header != NULL) csrf.len = snprintf(csrf.text, sizeof csrf.text, "%s", header);
  if (!is_bearer && csrf.len < 0) return reject_error(request, csrf.len);
  if (!is_bearer && !token_equals(session->tokens[CSRF_TOKEN], csrf.text, (size_t)csrf.len))
    return reject(request, 403, "missing or wrong CSRF token");

  int32_t n = is_jsonp ? callback.len : 0;
  if (n >= 0) n = socket_id.len;
  if (n >= 0 && is_channel) n = channel.len;
  if (n >= 0)
    n = is_channel ? authorize(session->user, &socket_id, &channel, response, sizeof response)
                   : authenticate(session->user, &socket_id, response, sizeof response);
  if (n >= 0 && is_jsonp)
    n = pusher_jsonp(callback.text, (size_t)callback.len, response, (size_t)n, script,
                     sizeof script);
  if (n < 0) return reject_error(request, n);
  if (is_jsonp)
    return respond(request, 200, "Content-Type: application/javascript; charset=utf-8\r\n", script);
  return respond(request, 200, "Content-Type: application/json\r\n", response);
}

static int receive_webhook(struct http_request *request) {
  const char *key = http_header(request, "X-Pusher-Key");
  const char *signature = http_header(request, "X-Pusher-Signature");
  if (key == NULL || signature == NULL ||
      pusher_signer_verify_webhook(signer, key, strlen(key), signature, strlen(signature),
                                   request->body, request->body_len) < 0)
    return reject(request, 401, "not a webhook of this app");

  /* A client can put unpaired surrogates, 1e999 and duplicate keys into its event. json-c accepts
   * these, so that they do not cost the other events. */
  struct json_tokener *tokener = json_tokener_new_ex(MAX_DEPTH);
  struct json_object *webhook, *events, *value;
  webhook = json_tokener_parse_ex(tokener, request->body, (int)request->body_len);
  bool is_valid = json_object_object_get_ex(webhook, "events", &events) &&
                  json_object_is_type(events, json_type_array);
  for (size_t i = 0; is_valid && i < json_object_array_length(events); i++) {
    static const char *const members[] = {"name", "channel", "user_id"};
    struct json_object *line = json_object_new_object();
    for (size_t j = 0; j < sizeof members / sizeof members[0]; j++)
      if (json_object_object_get_ex(json_object_array_get_idx(events, i), members[j], &value))
        json_object_object_add(line, members[j], json_object_get(value));
    printf("webhook %s\n", json_object_to_json_string_ext(line, JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(line);
  }
  fflush(stdout);
  json_object_put(webhook);
  json_tokener_free(tokener);
  if (!is_valid) return reject(request, 400, "not a webhook");
  return respond(request, 200, "Content-Type: text/plain\r\n", "ok");
}

static int report_health(struct http_request *request) {
  return respond(request, 200, "Content-Type: text/plain\r\n", "ok");
}

static int preflight(struct http_request *request) {
  if (find_allowed_origin(request) == NULL) return reject(request, 403, "origin not allowed");
  return respond(request, 204,
                 "Access-Control-Allow-Methods: GET, POST\r\n"
                 "Access-Control-Allow-Headers: Authorization, Content-Type, X-CSRF-Token\r\n"
                 "Access-Control-Max-Age: 600\r\n",
                 "");
}

static const struct route {
  const char *path, *methods;
  int (*handle)(struct http_request *request);
} routes[] = {
    {"/pusher/user-auth", "GET, POST, OPTIONS", sign},
    {"/pusher/auth", "GET, POST, OPTIONS", sign},
    {"/pusher/webhook", "POST", receive_webhook},
    {"/login", "POST", login},
    {"/health", "GET", report_health},
};

/* Paths and methods must match exactly. */
static int handle(struct http_request *request) {
  const struct route *route = routes, *end = routes + sizeof routes / sizeof routes[0];
  for (; route < end && strcmp(route->path, request->path) != 0; route++) {}
  if (route == end) return reject(request, 404, "not found");
  if (!list_contains(route->methods, request->method)) {
    char headers[128];
    snprintf(headers, sizeof headers, "Content-Type: text/plain\r\nAllow: %s\r\n", route->methods);
    return reject_with(request, 405, headers, "method not allowed");
  }
  if (strcmp(request->method, "OPTIONS") == 0) return preflight(request);
  if (request->is_too_large) return reject(request, 413, "body too large");
  return route->handle(request);
}

static size_t body_limit(const char *path) {
  return strcmp(path, "/pusher/webhook") == 0 ? MAX_WEBHOOK : MAX_BODY;
}

/* ---- Settings ---- */

static const char *setting(const char *name, const char *otherwise) {
  const char *value = getenv(name);
  return value == NULL || *value == '\0' ? otherwise : value;
}

/* Makes the signer from the first of these settings. Returns false and prints why if it cannot. */
static bool read_app(void) {
  static const char *const names[] = {"PUSHER_URL_FILE", "PUSHER_CONFIG_FILE", "PUSHER_URL",
                                      "PUSHER_CONFIG"};
  static char text[65536];
  int i = 0;
  for (; i < 3 && setting(names[i], NULL) == NULL; i++) {}
  const char *config = setting(names[i], "");
  size_t len = strlen(config);
  if (i < 2) {
    FILE *file = fopen(config, "r");
    if (file == NULL) return perror(names[i]), false;
    len = fread(text, 1, sizeof text, file);
    fclose(file);
    len -= len > 0 && text[len - 1] == '\n';
    config = text;
  }
  int32_t code = pusher_signer_new(config, len, &signer);
  explicit_bzero(text, sizeof text);
  if (code < 0) fprintf(stderr, "%s: %s\n", names[i], pusher_error_message(code));
  return code == 0;
}

int main(void) {
  const char *bind = setting("BIND", "127.0.0.1"), *same_site = setting("COOKIE_SAMESITE", "Lax");
  char address[128];
  snprintf(address, sizeof address, strchr(bind, ':') == NULL ? "%s:%s" : "[%s]:%s", bind,
           setting("PORT", ""));
  allowed_origins = setting("ALLOWED_ORIGINS", "");
  cookie_attributes = strcmp(same_site, "Lax") == 0    ? "SameSite=Lax"
                      : strcmp(same_site, "None") == 0 ? "SameSite=None; Secure; Partitioned"
                                                       : NULL;
  if (cookie_attributes == NULL) return fputs("COOKIE_SAMESITE must be Lax or None\n", stderr), 1;
  if (!read_app()) return 1;
  bool has_served = http_serve(address, body_limit, handle);
  pusher_signer_free(signer);
  if (!has_served) fprintf(stderr, "cannot listen on %s: check BIND and PORT\n", address);
  return has_served ? 0 : 1;
}
