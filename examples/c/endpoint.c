/*
 * The full example endpoint in C, on Ulfius and json-c:
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
 *
 * Every response ends its connection. So nothing that follows a request is ever read, and it does
 * not matter where another server believes that the request ends.
 */
#define _DEFAULT_SOURCE
#include <gnutls/gnutls.h>
#include <json-c/json.h>
#include <netdb.h>
#include <pusher_auth.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define U_DISABLE_JANSSON /* json-c has the same names */
#include <ulfius.h>

enum {
  MAX_BODY = 8192,
  MAX_WEBHOOK = 256 * 1024,
  MAX_DEPTH = 10000, /* of a webhook */
  MAX_SESSIONS = 10000,
  SESSION_SECONDS = 3600,
  TOKEN_LEN = 64,
  MAX_CONNECTIONS = 1000,
  REQUEST_MS = 10000, /* for a request as a whole */
  MAX_HEAD = 65536    /* the memory for the request line, headers, chunk lines and trailers */
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
  int64_t expires;
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

/* Returns NULL if the header is missing, and "\n", which no value equals, if there are several. */
static const char *find_header(const struct _u_request *req, const char *name) {
  const struct _u_map *headers = req->map_header;
  const char *value = NULL;
  for (int i = 0; i < headers->nb_values; i++)
    if (strcasecmp(headers->keys[i], name) == 0)
      value = value == NULL ? trimwhitespace(headers->values[i]) : "\n";
  return value;
}

/* Returns the header Origin if requests from there are allowed, and otherwise NULL. */
static const char *find_allowed_origin(const struct _u_request *req) {
  const char *origin = find_header(req, "Origin");
  return origin != NULL && list_contains(allowed_origins, origin) ? origin : NULL;
}

static int respond(struct _u_response *res, int status, const char *type, const char *body) {
  u_map_put(res->map_header, "Content-Type", type);
  ulfius_set_string_body_response(res, (unsigned)status, body);
  return U_CALLBACK_COMPLETE;
}

static int reject(const struct _u_request *req, struct _u_response *res, int status,
                  const char *reason) {
  char line[512];
  snprintf(line, sizeof line, "%.20s %.200s %d %s", req->http_verb, req->url_path, status, reason);
  for (char *c = line; *c != '\0'; c++)
    if (*c < ' ') *c = '?'; /* no control characters in the log */
  fprintf(stderr, "%s\n", line);
  return respond(res, status, "text/plain", reason);
}

/* Rejects the request because of an error of the library. */
static int reject_error(const struct _u_request *req, struct _u_response *res, int code) {
  if (code == PUSHER_ERROR_PARAMETERS || code == PUSHER_ERROR_PARAMETER_MISSING)
    return reject(req, res, 400, pusher_error_message(code));
  if (code == PUSHER_ERROR_SOCKET_ID || code == PUSHER_ERROR_CALLBACK)
    return reject(req, res, 403, pusher_error_message(code));
  if (code == PUSHER_ERROR_CHANNEL) return reject(req, res, 403, "not allowed");
  fprintf(stderr, "%s\n", pusher_error_message(code)); /* not the client's error */
  return reject(req, res, 500, "internal error");
}

/* ---- Sessions ---- */

static int64_t now(void) { /* in milliseconds */
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* Makes a session. Its tokens begin with its index; the other 60 digits are random. */
static const struct session *new_session(const struct user *user) {
  unsigned long long random[TOKENS][4];
  size_t index = session_count++ % MAX_SESSIONS;
  struct session *session = &sessions[index];
  if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
    abort(); /* a predictable token is worse than no server */
  for (int i = 0; i < TOKENS; i++)
    sprintf(session->tokens[i], "%04zx%012llx%016llx%016llx%016llx", index, random[i][0] >> 16,
            random[i][1], random[i][2], random[i][3]);
  session->user = user;
  session->expires = now() + SESSION_SECONDS * 1000;
  return session;
}

static bool token_equals(const char token[TOKEN_LEN + 1], const char *given, size_t len) {
  return len == TOKEN_LEN && gnutls_memcmp(token, given, len) == 0; /* in constant time */
}

static const struct session *find_session(enum token kind, const char *token, size_t len) {
  unsigned i;
  if (len != TOKEN_LEN || sscanf(token, "%4x", &i) != 1 || i >= MAX_SESSIONS) return NULL;
  bool found = token_equals(sessions[i].tokens[kind], token, len) && now() < sessions[i].expires;
  return found ? &sessions[i] : NULL;
}

/* Returns the session of the cookie `session`, or NULL if there are two. */
static const struct session *find_cookie_session(const struct _u_request *req) {
  const char *pair = find_header(req, "Cookie"), *id = NULL;
  size_t id_len = 0;
  for (size_t len; pair != NULL && *pair != '\0'; pair += len + strspn(pair + len, "; \t")) {
    len = strcspn(pair, ";");
    if (strncmp(pair, "session=", 8) != 0) continue;
    if (id != NULL) return NULL;
    id = pair + 8;
    for (id_len = len - 8; id_len > 0 && strchr(" \t", id[id_len - 1]) != NULL;) id_len--;
  }
  return id == NULL ? NULL : find_session(SESSION_ID, id, id_len);
}

/* Returns the session of the access token or, if there is none, of the cookie. Browsers send an
 * access token only if the page's code does, so such a request needs no CSRF token. */
static const struct session *get_session(const struct _u_request *req, bool *is_bearer) {
  const char *authorization = find_header(req, "Authorization");
  *is_bearer = authorization != NULL && strncasecmp(authorization, "Bearer", 6) == 0 &&
               (authorization[6] == '\0' || strchr(" \t", authorization[6]) != NULL);
  if (!*is_bearer) return find_cookie_session(req);
  const char *token = authorization + 6; /* one space, and not a tab */
  return *token == ' ' ? find_session(ACCESS_TOKEN, token + 1, strlen(token + 1)) : NULL;
}

/* ---- Endpoints ---- */

struct parameter {
  char text[MAX_HEAD + 1];
  int32_t len; /* or the error if it is missing or malformed */
};

/* Reads a parameter of the body or, for JSONP, of the query. */
static void read_parameter(const struct _u_request *req, const char *name, struct parameter *out) {
  const char *type = "", *text = req->http_url + strlen(req->url_path);
  size_t len = strlen(text += *text == '?');
  if (strcmp(req->http_verb, "GET") != 0) {
    type = find_header(req, "Content-Type");
    type = type == NULL || *type == '\0' ? "none" : type; /* the empty type is a query's */
    text = req->binary_body, len = req->binary_body_length;
  }
  out->len = pusher_request_parameter(type, strlen(type), text, len, name, strlen(name), out->text,
                                      sizeof out->text);
}

static bool equals(const struct parameter *parameter, const char *text) {
  return (size_t)parameter->len == strlen(text) && memcmp(parameter->text, text, strlen(text)) == 0;
}

/* Your application requires more than a name. */
static int login(const struct _u_request *req, struct _u_response *res) {
  static struct parameter name;
  read_parameter(req, "user", &name);
  if (name.len < 0) return reject_error(req, res, name.len);
  for (size_t i = 0; i < sizeof users / sizeof users[0]; i++)
    if (equals(&name, users[i].id)) {
      const struct session *session = new_session(&users[i]);
      char cookie[256], body[256];
      snprintf(cookie, sizeof cookie, "session=%s; Path=/; HttpOnly; %s",
               session->tokens[SESSION_ID], cookie_attributes);
      snprintf(body, sizeof body, "{\"id\":\"%s\",\"csrf_token\":\"%s\",\"access_token\":\"%s\"}",
               users[i].id, session->tokens[CSRF_TOKEN], session->tokens[ACCESS_TOKEN]);
      u_map_put(res->map_header, "Set-Cookie", cookie);
      return respond(res, 200, "application/json", body);
    }
  return reject(req, res, 403, "unknown user");
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

static int sign(const struct _u_request *req, struct _u_response *res) {
  static struct parameter socket_id, channel, callback, csrf;
  static char token[4 * MAX_HEAD], script[9 * MAX_HEAD];
  bool is_bearer, is_jsonp = strcmp(req->http_verb, "GET") == 0;
  bool is_channel = strcmp(req->url_path, "/pusher/auth") == 0;
  const struct session *session = get_session(req, &is_bearer);
  if (session == NULL) return reject(req, res, 403, "not signed in");
  read_parameter(req, "socket_id", &socket_id);
  read_parameter(req, "channel_name", &channel);
  read_parameter(req, "callback", &callback);
  read_parameter(req, "csrf_token", &csrf);
  if (socket_id.len == PUSHER_ERROR_PARAMETERS) return reject_error(req, res, socket_id.len);

  /* Otherwise any site could have its own connection authenticated as the visitor. */
  const char *header = find_header(req, "X-CSRF-Token");
  if (header != NULL) csrf.len = snprintf(csrf.text, sizeof csrf.text, "%s", header);
  if (!is_bearer && csrf.len < 0) return reject_error(req, res, csrf.len);
  if (!is_bearer && !token_equals(session->tokens[CSRF_TOKEN], csrf.text, (size_t)csrf.len))
    return reject(req, res, 403, "missing or wrong CSRF token");

  int32_t n = is_jsonp ? callback.len : 0;
  if (n >= 0) n = socket_id.len;
  if (n >= 0 && is_channel) n = channel.len;
  if (n >= 0)
    n = is_channel ? authorize(session->user, &socket_id, &channel, token, sizeof token)
                   : authenticate(session->user, &socket_id, token, sizeof token);
  if (n >= 0 && is_jsonp)
    n = pusher_jsonp(callback.text, (size_t)callback.len, token, (size_t)n, script, sizeof script);
  if (n < 0) return reject_error(req, res, n);
  if (is_jsonp) return respond(res, 200, "application/javascript; charset=utf-8", script);
  return respond(res, 200, "application/json", token);
}

static int receive_webhook(const struct _u_request *req, struct _u_response *res) {
  const char *key = find_header(req, "X-Pusher-Key");
  const char *signature = find_header(req, "X-Pusher-Signature");
  if (key == NULL || signature == NULL ||
      pusher_signer_verify_webhook(signer, key, strlen(key), signature, strlen(signature),
                                   req->binary_body, req->binary_body_length) < 0)
    return reject(req, res, 401, "not a webhook of this app");

  /* A client can put unpaired surrogates, 1e999 and duplicate keys into its event. json-c accepts
   * these, so that they do not cost the other events. */
  struct json_tokener *tokener = json_tokener_new_ex(MAX_DEPTH);
  struct json_object *webhook, *events, *value;
  webhook = json_tokener_parse_ex(tokener, req->binary_body, (int)req->binary_body_length);
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
  json_object_put(webhook);
  json_tokener_free(tokener);
  if (!is_valid) return reject(req, res, 400, "not a webhook");
  return respond(res, 200, "text/plain", "ok");
}

static int preflight(const struct _u_request *req, struct _u_response *res) {
  if (find_allowed_origin(req) == NULL) return reject(req, res, 403, "origin not allowed");
  u_map_put(res->map_header, "Access-Control-Allow-Methods", "GET, POST");
  u_map_put(res->map_header, "Access-Control-Allow-Headers",
            "Authorization, Content-Type, X-CSRF-Token");
  u_map_put(res->map_header, "Access-Control-Max-Age", "600");
  ulfius_set_empty_body_response(res, 204);
  return U_CALLBACK_COMPLETE;
}

static const struct route {
  const char *path, *methods;
  size_t max_body;
  int (*handle)(const struct _u_request *req, struct _u_response *res);
} routes[] = {
    {"/pusher/user-auth", "GET, POST, OPTIONS", MAX_BODY, sign},
    {"/pusher/auth", "GET, POST, OPTIONS", MAX_BODY, sign},
    {"/pusher/webhook", "POST", MAX_WEBHOOK, receive_webhook},
    {"/login", "POST", MAX_BODY, login},
    {"/health", "GET", MAX_BODY, NULL}, /* responds "ok" */
};

/* Paths and methods must match exactly. */
static int handle(const struct _u_request *req, struct _u_response *res, void *data) {
  const struct route *route = routes, *end = routes + sizeof routes / sizeof routes[0];
  const char *origin = find_allowed_origin(req);
  (void)data;
  u_map_put(res->map_header, "Connection", "close");
  u_map_put(res->map_header, "Cache-Control", "no-store");
  u_map_put(res->map_header, "Vary", "Origin");
  u_map_put(res->map_header, "X-Content-Type-Options", "nosniff");
  if (origin != NULL) { /* also for errors, so that the page sees their status */
    u_map_put(res->map_header, "Access-Control-Allow-Origin", origin);
    u_map_put(res->map_header, "Access-Control-Allow-Credentials", "true");
  }
  for (; route < end && strcmp(route->path, req->url_path) != 0; route++) {}
  if (route == end) return reject(req, res, 404, "not found");
  if (!list_contains(route->methods, req->http_verb)) {
    u_map_put(res->map_header, "Allow", route->methods);
    return reject(req, res, 405, "method not allowed");
  }
  if (strcmp(req->http_verb, "OPTIONS") == 0) return preflight(req, res);
  if (req->binary_body_length > route->max_body) return reject(req, res, 413, "body too large");
  if (route->handle == NULL) return respond(res, 200, "text/plain", "ok");
  return route->handle(req, res);
}

/* ---- Settings and server ---- */

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

/* When connections were opened, by descriptor, which select() limits; 0 if there is none. */
static int64_t opened[FD_SETSIZE];

static void on_connection(void *data, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode code) {
  int fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
  (void)data, (void)context;
  opened[fd] = code == MHD_CONNECTION_NOTIFY_STARTED ? now() : 0;
}

/* Ends the oldest connection if it is late, or if there are more than the limit. */
static void limit_connections(int limit) {
  int count = 0, oldest = 0;
  for (int fd = 0; fd < FD_SETSIZE; fd++)
    if (opened[fd] != 0 && (count++ == 0 || opened[fd] < opened[oldest])) oldest = fd;
  if (count == 0 || (count <= limit && now() - opened[oldest] < REQUEST_MS)) return;
  shutdown(oldest, SHUT_RDWR); /* libmicrohttpd then closes it */
  opened[oldest] = 0;
}

static volatile sig_atomic_t is_stopped;
static void on_signal(int number) { is_stopped = number; }

/* Serves requests until SIGINT or SIGTERM. Returns false if it cannot listen. */
static bool serve(const char *host, const char *port) {
  struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV}, *address;
  int limit = (int)sysconf(_SC_OPEN_MAX) - 16; /* for files other than connections */
  if (limit < 1 || limit > MAX_CONNECTIONS) limit = MAX_CONNECTIONS;
  if (getaddrinfo(host, port, &hints, &address) != 0) return false;
  struct MHD_OptionItem options[] = {
      {MHD_OPTION_SOCK_ADDR, 0, address->ai_addr},
      {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)ulfius_uri_logger, NULL},
      {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)mhd_request_completed, NULL},
      {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, NULL},
      {MHD_OPTION_CONNECTION_MEMORY_LIMIT, MAX_HEAD, NULL},
      {MHD_OPTION_END, 0, NULL},
  };
  unsigned flags = address->ai_family == AF_INET6 ? MHD_USE_IPv6 : 0;
  struct _u_instance server;
  ulfius_init_instance(&server, (unsigned)atoi(port), NULL, NULL);
  server.max_post_body_size = MAX_WEBHOOK + 1;
  server.allowed_post_processor = U_POST_PROCESS_NONE; /* pusher_request_parameter() reads forms */
  server.check_utf8 = 0;                               /* and checks its text */
  ulfius_add_endpoint_by_val(&server, "*", NULL, "*", 0, handle, NULL);
  int result = ulfius_start_framework_with_mhd_options(&server, flags, options);
  freeaddrinfo(address);
  if (result != U_OK) return false;
  setvbuf(stdout, NULL, _IOLBF, 0);
  signal(SIGINT, on_signal);
  signal(SIGTERM, on_signal);
  printf(flags == 0 ? "listening on http://%s:%s\n" : "listening on http://[%s]:%s\n", host, port);
  while (is_stopped == 0 && MHD_run_wait(server.mhd_daemon, 250) == MHD_YES)
    limit_connections(limit);
  ulfius_stop_framework(&server);
  ulfius_clean_instance(&server);
  return true;
}

int main(void) {
  const char *bind = setting("BIND", "127.0.0.1"), *port = setting("PORT", "");
  const char *same_site = setting("COOKIE_SAMESITE", "Lax");
  allowed_origins = setting("ALLOWED_ORIGINS", "");
  cookie_attributes = strcmp(same_site, "Lax") == 0    ? "SameSite=Lax"
                      : strcmp(same_site, "None") == 0 ? "SameSite=None; Secure; Partitioned"
                                                       : NULL;
  if (cookie_attributes == NULL) return fputs("COOKIE_SAMESITE must be Lax or None\n", stderr), 1;
  if (!read_app()) return 1;
  bool has_served = serve(bind, port);
  pusher_signer_free(signer);
  if (!has_served) fprintf(stderr, "cannot listen on %s %s: check BIND and PORT\n", bind, port);
  return has_served ? 0 : 1;
}
