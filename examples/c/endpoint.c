/*
 * The endpoints that Pusher Channels asks of a server, in C, on libmicrohttpd and jansson:
 *
 *   /pusher/user-auth  signs the user in
 *   /pusher/auth       lets the user into channels
 *   /pusher/webhook    hears from Pusher what happens there
 *   /login             stands for your application's own
 *
 *   PORT             where to listen, on 127.0.0.1
 *   PUSHER_CONFIG    {"key":"…","secret":"…","encryptionMasterKeyBase64":"…"}
 *   ALLOWED_ORIGINS  sites on other origins that may ask, comma-separated: https://example.com
 *   COOKIE_SAMESITE  None where pages of another site ask, over https; else Lax
 *
 * The parts that matter are authenticate() and authorize(): who the user is comes from the session,
 * and from nothing that the request says. One thread serves everything, so nothing here needs a lock.
 */
#define _DEFAULT_SOURCE
#include <ctype.h>
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
#include <sys/queue.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>

enum {
  MAX_BODY = 8192,
  MAX_WEBHOOK = 256 * 1024,
  MAX_SESSIONS = 10000,
  SESSION_SECONDS = 3600,
  MAX_CONNECTIONS = 1000,
  MAX_CONNECTIONS_PER_ADDRESS = 512,
  REQUEST_SECONDS = 10, /* from the connection or the answer before to the end of this answer */
  TOKEN_LEN = 64
};

/* Yours come from a database. */
struct user {
  const char *id, *json, *member; /* as the library takes it: for the sign-in, for presence channels */
};
#define ALICE "\"user_info\":{\"name\":\"Alice \\\"Ally\\\" Müller 🌍\",\"address\":{\"city\":\"Zürich\"}}"
#define BOB "\"user_info\":{\"name\":\"Bob\",\"address\":{\"city\":\"O'Fallon\"}}"
static const struct user users[] = {
  {"alice", "{\"id\":\"alice\"," ALICE ",\"watchlist\":[\"bob\"]}", "{\"user_id\":\"alice\"," ALICE "}"},
  {"bob", "{\"id\":\"bob\"," BOB ",\"watchlist\":[\"alice\"]}", "{\"user_id\":\"bob\"," BOB "}"},
};

struct session {
  char id[TOKEN_LEN + 1], access_token[TOKEN_LEN + 1], csrf_token[TOKEN_LEN + 1];
  const struct user *user;
  time_t expires;
};
static struct session sessions[MAX_SESSIONS]; /* a ring: the oldest gives way */
static size_t session_count;

/* Part of a request: not NUL-terminated, as a client can put NULs into it. */
struct value {
  const char *text;
  size_t len;
};

enum path { NOT_FOUND, LOGIN, USER_AUTH, CHANNEL_AUTH, WEBHOOK };

/* A request while it arrives. */
struct request {
  enum path path;
  char *query, *body;
  size_t uri_len, body_len, max_body;
  bool malformed, begun, too_large;
  json_t *parameters; /* of the body, or of the query of a JSONP request */
};

/* What a request is answered with. */
struct answer {
  unsigned status;
  struct MHD_Response *response; /* NULL when memory has run out */
};

/* An open connection. */
struct peer {
  TAILQ_ENTRY(peer) at;
  MHD_socket socket;
  time_t deadline;
};
static TAILQ_HEAD(, peer) peers = TAILQ_HEAD_INITIALIZER(peers); /* by their deadlines */

static const char *config, *allowed_origins, *cookie_attributes;
static pusher_signer *signer;

static time_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec;
}

/* ---- Headers ---- */

struct headers {
  const char *name;
  struct value value; /* of the last */
  unsigned count;
};

static void add(struct headers *headers, const char *text, size_t len) {
  for (; len > 0 && strchr(" \t", text[len - 1]) != NULL; len--) {}
  headers->count++;
  headers->value = (struct value){text, len};
}

static bool equals(struct value value, const char *text) {
  return value.text != NULL && value.len == strlen(text) && memcmp(value.text, text, value.len) == 0;
}

static bool equals_ignoring_case(struct value value, const char *text) {
  return value.text != NULL && value.len == strlen(text) && strncasecmp(value.text, text, value.len) == 0;
}

static enum MHD_Result count_header(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_len,
                                    const char *text, size_t len) {
  (void)kind;
  struct headers *headers = cls;
  if (equals_ignoring_case((struct value){name, name_len}, headers->name))
    add(headers, text, len);
  return MHD_YES;
}

static struct headers headers(struct MHD_Connection *connection, const char *name) {
  struct headers headers = {name, {NULL, 0}, 0};
  MHD_get_connection_values_n(connection, MHD_HEADER_KIND, count_header, &headers);
  return headers;
}

/* ---- Sessions ---- */

/* Begins with its session's place in the ring; the other 60 digits are random. */
static void new_token(size_t place, char token[TOKEN_LEN + 1]) {
  unsigned char bytes[TOKEN_LEN / 2];
  if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
    abort(); /* a token that can be guessed is worse than no server */
  bytes[0] = (unsigned char)(place >> 8);
  bytes[1] = (unsigned char)place;
  for (size_t i = 0; i < sizeof bytes; i++)
    sprintf(&token[2 * i], "%02x", bytes[i]);
}

/* Takes the same time wherever the two differ, so that a token cannot be guessed bit by bit. */
static bool token_equals(const char token[TOKEN_LEN + 1], struct value given) {
  volatile unsigned char difference = 0;
  if (given.text == NULL || given.len != TOKEN_LEN)
    return false;
  for (size_t i = 0; i < TOKEN_LEN; i++)
    difference |= (unsigned char)(token[i] ^ given.text[i]);
  return difference == 0;
}

static const struct session *new_session(const struct user *user) {
  size_t place = session_count++ % MAX_SESSIONS;
  struct session *session = &sessions[place];
  new_token(place, session->id);
  new_token(place, session->access_token);
  new_token(place, session->csrf_token);
  session->user = user;
  session->expires = now() + SESSION_SECONDS;
  return session;
}

static const struct session *find_session(struct value token, bool is_access_token) {
  unsigned place;
  char digits[5] = "";
  if (token.len != TOKEN_LEN)
    return NULL;
  memcpy(digits, token.text, 4);
  if (sscanf(digits, "%4x", &place) != 1 || place >= MAX_SESSIONS)
    return NULL;
  const struct session *session = &sessions[place];
  bool found = token_equals(is_access_token ? session->access_token : session->id, token);
  return found && now() < session->expires ? session : NULL;
}

static enum MHD_Result find_cookie(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_len,
                                   const char *text, size_t len) {
  (void)kind;
  struct headers *cookies = cls;
  if (!equals_ignoring_case((struct value){name, name_len}, "Cookie"))
    return MHD_YES;
  for (const char *end = text + len; text < end;) {
    const char *pair = text, *pair_end = memchr(text, ';', (size_t)(end - text));
    if (pair_end == NULL)
      pair_end = end;
    text = pair_end + 1;
    for (; pair < pair_end && strchr(" \t", *pair) != NULL; pair++) {}
    const char *equal = memchr(pair, '=', (size_t)(pair_end - pair));
    if (equal != NULL && equals((struct value){pair, (size_t)(equal - pair)}, cookies->name))
      add(cookies, equal + 1, (size_t)(pair_end - equal - 1));
  }
  return MHD_YES;
}

/* Of the cookie, or of an access token where there is one: no browser sends that unless the page has it do so. */
static const struct session *current_session(struct MHD_Connection *connection, bool *is_bearer) {
  struct headers authorization = headers(connection, "Authorization"), cookies = {"session", {NULL, 0}, 0};
  struct value scheme = authorization.value, token = {NULL, 0};
  *is_bearer = false;
  if (authorization.count > 1)
    return NULL;
  if (authorization.count == 1) {
    const char *blank = memchr(scheme.text, ' ', scheme.len);
    token = scheme;
    scheme.len = blank == NULL ? scheme.len : (size_t)(blank - scheme.text);
    token.text += scheme.len, token.len -= scheme.len;
    for (; token.len > 0 && *token.text == ' '; token.text++, token.len--) {}
    *is_bearer = equals_ignoring_case(scheme, "Bearer");
  }
  if (*is_bearer)
    return find_session(token, true);
  MHD_get_connection_values_n(connection, MHD_HEADER_KIND, find_cookie, &cookies);
  return cookies.count == 1 ? find_session(cookies.value, false) : NULL;
}

/* ---- Parameters ---- */

static struct value parameter(const struct request *request, const char *name) {
  const json_t *value = json_object_get(request->parameters, name);
  return (struct value){json_string_value(value), json_string_length(value)};
}

/* Decodes a part of a form. What is no escape stands for itself. */
static size_t decode(const char *text, size_t len, char *decoded) {
  size_t size = 0;
  for (size_t i = 0; i < len; i++) {
    if (text[i] == '%' && len - i > 2 && isxdigit((unsigned char)text[i + 1]) && isxdigit((unsigned char)text[i + 2])) {
      const char digits[] = {text[i + 1], text[i + 2], '\0'};
      decoded[size++] = (char)strtol(digits, NULL, 16);
      i += 2;
    } else {
      decoded[size++] = text[i] == '+' ? ' ' : text[i];
    }
  }
  return size;
}

/* libmicrohttpd's own parsers end names at a NUL, and take the first or the last of two. */
static json_t *parse_form(const char *form, size_t len) {
  json_t *parameters = json_object();
  char *decoded = malloc(len + 1);
  bool valid = parameters != NULL && decoded != NULL;
  for (const char *end = form + len; valid && form < end;) {
    const char *pair_end = memchr(form, '&', (size_t)(end - form));
    if (pair_end == NULL)
      pair_end = end;
    const char *equal = memchr(form, '=', (size_t)(pair_end - form));
    const char *name_end = equal != NULL ? equal : pair_end, *value = equal != NULL ? equal + 1 : pair_end;
    size_t name_len = decode(form, (size_t)(name_end - form), decoded);
    size_t value_len = decode(value, (size_t)(pair_end - value), decoded + name_len);
    if (pair_end > form)
      valid = json_object_getn(parameters, decoded, name_len) == NULL &&
              json_object_setn_new_nocheck(parameters, decoded, name_len,
                                           json_stringn_nocheck(decoded + name_len, value_len)) == 0;
    form = pair_end + 1;
  }
  free(decoded);
  if (valid)
    return parameters;
  json_decref(parameters);
  return NULL;
}

static json_t *parse_json(const struct request *request) {
  json_t *json = json_loadb(request->body, request->body_len,
                            JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, NULL);
  if (json_is_object(json))
    return json;
  json_decref(json);
  return NULL;
}

static bool parse_body(struct MHD_Connection *connection, struct request *request) {
  struct headers type = headers(connection, "Content-Type");
  struct value media = type.value;
  if (type.count != 1)
    return false;
  const char *parameters = memchr(media.text, ';', media.len);
  if (parameters != NULL)
    media.len = (size_t)(parameters - media.text);
  for (; media.len > 0 && strchr(" \t", media.text[media.len - 1]) != NULL; media.len--) {}
  if (equals_ignoring_case(media, "application/json"))
    request->parameters = parse_json(request);
  else if (equals_ignoring_case(media, "application/x-www-form-urlencoded"))
    request->parameters = parse_form(request->body, request->body_len);
  return request->parameters != NULL;
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
  switch (code) {
  case PUSHER_ERROR_SOCKET_ID:
  case PUSHER_ERROR_CALLBACK:
  case PUSHER_ERROR_CHANNEL:
    return refuse(MHD_HTTP_FORBIDDEN, pusher_error_message(code));
  default:
    fprintf(stderr, "%s\n", pusher_error_message(code));
    return refuse(MHD_HTTP_INTERNAL_SERVER_ERROR, "internal error");
  }
}

/* Asks for more than a name in your application. */
static struct answer login(struct MHD_Connection *connection, struct request *request) {
  if (parse_body(connection, request))
    for (size_t i = 0; i < sizeof users / sizeof users[0]; i++)
      if (equals(parameter(request, "user"), users[i].id)) {
        const struct session *session = new_session(&users[i]);
        char body[512], cookie[256];
        snprintf(body, sizeof body, "{\"id\":\"%s\",\"csrf_token\":\"%s\",\"access_token\":\"%s\"}", users[i].id,
                 session->csrf_token, session->access_token);
        snprintf(cookie, sizeof cookie, "session=%s; Path=/; HttpOnly; %s", session->id, cookie_attributes);
        return with_header(answer(MHD_HTTP_OK, "application/json", body), "Set-Cookie", cookie);
      }
  return refuse(MHD_HTTP_FORBIDDEN, "unknown user");
}

static int32_t authenticate(const struct user *user, const struct request *request, char *body, size_t size) {
  struct value socket_id = parameter(request, "socket_id");
  return pusher_signer_authenticate_user(signer, socket_id.text, socket_id.len, user->json, strlen(user->json), body,
                                         size);
}

/* Who may join which channel, and as whom, is your application's to say. */
static int32_t authorize(const struct user *user, const struct request *request, char *body, size_t size) {
  struct value socket_id = parameter(request, "socket_id"), channel = parameter(request, "channel_name");
  const char *member = "";
  char own[64];
  snprintf(own, sizeof own, "private-user-%s", user->id);
  if (equals(channel, "presence-lobby"))
    member = user->member;
  else if (!equals(channel, own) && !equals(channel, "private-encrypted-lobby") &&
           !equals(channel, "presence-signin")) /* whose members are who they signed in as */
    return PUSHER_ERROR_CHANNEL;
  return pusher_signer_authorize_channel(signer, socket_id.text, socket_id.len, channel.text, channel.len, member,
                                         strlen(member), body, size);
}

static struct answer sign(struct MHD_Connection *connection, struct request *request, bool jsonp) {
  bool is_bearer;
  const struct session *session = current_session(connection, &is_bearer);
  if (session == NULL)
    return refuse(MHD_HTTP_FORBIDDEN, "not signed in");

  if (jsonp)
    request->parameters = parse_form(request->query, strlen(request->query));
  else
    parse_body(connection, request);
  if (request->parameters == NULL)
    return refuse(MHD_HTTP_FORBIDDEN, "the parameters must be a form or a JSON object, each given once");

  /* Without this, any site could have its own socket signed in as the visitor. */
  struct headers header = headers(connection, "X-CSRF-Token");
  struct value csrf_token = header.count > 0 ? header.value : parameter(request, "csrf_token");
  if (!is_bearer && (header.count > 1 || !token_equals(session->csrf_token, csrf_token)))
    return refuse(MHD_HTTP_FORBIDDEN, "missing or wrong CSRF token");

  /* pusher_jsonp would read up to the first NUL only. */
  struct value callback = parameter(request, "callback");
  if (jsonp && (callback.text == NULL || strlen(callback.text) != callback.len))
    return library_error(PUSHER_ERROR_CALLBACK);

  size_t size = pusher_response_bound(strlen(config), strlen(session->user->json));
  size_t script_size = 2 * size + callback.len + 8;
  char *body = malloc(size + script_size), *script = body == NULL ? NULL : body + size;
  if (body == NULL)
    return (struct answer){0, NULL};
  int32_t n = request->path == USER_AUTH ? authenticate(session->user, request, body, size)
                                         : authorize(session->user, request, body, size);
  if (n >= 0 && jsonp)
    n = pusher_jsonp(callback.text, body, script, script_size);

  struct answer result = n < 0   ? library_error(n)
                         : jsonp ? with_header(answer(MHD_HTTP_OK, "application/javascript; charset=utf-8", script),
                                               "X-Content-Type-Options", "nosniff")
                                 : answer(MHD_HTTP_OK, "application/json", body);
  free(body);
  return result;
}

static struct answer webhook(struct MHD_Connection *connection, const struct request *request) {
  struct headers key = headers(connection, "X-Pusher-Key"), signature = headers(connection, "X-Pusher-Signature");
  if (key.count != 1 || signature.count != 1 ||
      pusher_signer_verify_webhook(signer, key.value.text, key.value.len, signature.value.text, signature.value.len,
                                   request->body, request->body_len) < 0)
    return refuse(MHD_HTTP_UNAUTHORIZED, "not Pusher's");

  json_t *webhook = parse_json(request), *events = json_object_get(webhook, "events"), *event;
  size_t i;
  bool valid = json_is_array(events);
  json_array_foreach(events, i, event) {
    json_t *told = json_pack("{s:O*,s:O*}", "name", json_object_get(event, "name"), "channel",
                             json_object_get(event, "channel"));
    fputs("webhook ", stdout);
    json_dumpf(told, stdout, JSON_COMPACT);
    puts("");
    json_decref(told);
  }
  fflush(stdout);
  json_decref(webhook);
  return valid ? answer(MHD_HTTP_OK, "text/plain", "ok") : refuse(MHD_HTTP_BAD_REQUEST, "not a webhook");
}

static struct answer preflight(bool origin_allowed) {
  if (!origin_allowed)
    return refuse(MHD_HTTP_FORBIDDEN, "origin not allowed");
  struct answer result = answer(MHD_HTTP_NO_CONTENT, NULL, "");
  result = with_header(result, "Access-Control-Allow-Methods", "GET, POST");
  result = with_header(result, "Access-Control-Allow-Headers", "Authorization, Content-Type, X-CSRF-Token");
  return with_header(result, "Access-Control-Max-Age", "600");
}

/* ---- Requests ---- */

static bool is_allowed(struct headers origin) {
  if (origin.count != 1 || origin.value.len == 0)
    return false;
  for (const char *allowed = allowed_origins; *allowed != '\0'; allowed += strspn(allowed, ",")) {
    size_t len = strcspn(allowed, ",");
    if (len == origin.value.len && memcmp(allowed, origin.value.text, len) == 0)
      return true;
    allowed += len;
  }
  return false;
}

static struct answer route(struct MHD_Connection *connection, struct request *request, const char *method,
                           bool origin_allowed) {
  bool signs = request->path == USER_AUTH || request->path == CHANNEL_AUTH;
  bool get = strcmp(method, "GET") == 0, post = strcmp(method, "POST") == 0;
  if (request->path == NOT_FOUND)
    return refuse(MHD_HTTP_NOT_FOUND, "not found");
  if (signs && strcmp(method, "OPTIONS") == 0)
    return preflight(origin_allowed);
  if (!post && !(signs && get))
    return with_header(refuse(MHD_HTTP_METHOD_NOT_ALLOWED, "method not allowed"), "Allow",
                       signs ? "GET, POST, OPTIONS" : "POST");
  if (request->too_large)
    return refuse(MHD_HTTP_CONTENT_TOO_LARGE, "body too large");
  return request->path == LOGIN     ? login(connection, request)
         : request->path == WEBHOOK ? webhook(connection, request)
                                    : sign(connection, request, get);
}

static enum MHD_Result is_sound(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_len,
                                const char *text, size_t len) {
  (void)kind;
  bool *sound = cls;
  for (size_t i = 0; i < name_len; i++)
    if (!isalnum((unsigned char)name[i]) && strchr("!#$%&'*+-.^_`|~", name[i]) == NULL)
      *sound = false;
  for (size_t i = 0; i < len; i++)
    if (iscntrl((unsigned char)text[i]) && text[i] != '\t')
      *sound = false;
  return MHD_YES;
}

/* libmicrohttpd lets these pass; where a server in front reads them in another way, a part of this
 * request is the next one to it. */
static bool is_ambiguous(struct MHD_Connection *connection, const char *version) {
  const char *encoding = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Transfer-Encoding");
  unsigned encodings = headers(connection, "Transfer-Encoding").count, hosts = headers(connection, "Host").count;
  bool sound = true, is_1_1 = strcmp(version, "HTTP/1.1") == 0;
  MHD_get_connection_values_n(connection, MHD_HEADER_KIND, is_sound, &sound);
  return !sound || headers(connection, "Content-Length").count + encodings > 1 || hosts > 1 ||
         (is_1_1 && hosts == 0) || (encodings > 0 && !(is_1_1 && encoding != NULL && strcasecmp(encoding, "chunked") == 0));
}

static enum MHD_Result add_size(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_len,
                                const char *text, size_t len) {
  (void)kind, (void)name, (void)text;
  *(size_t *)cls += name_len + strlen(": ") + len + strlen("\r\n");
  return MHD_YES;
}

/* Whether the header is as long as what libmicrohttpd has read of it. Where it is not, a line was dropped, cut or
 * joined to another: nothing that follows on this connection is to be believed. */
static bool is_read_whole(struct MHD_Connection *connection, const char *method, size_t uri_len) {
  size_t size = strlen(method) + uri_len + strlen("  HTTP/1.1\r\n\r\n");
  MHD_get_connection_values_n(connection, MHD_HEADER_KIND, add_size, &size);
  return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)->header_size == size;
}

static enum MHD_Result respond(struct MHD_Connection *connection, struct answer answer) {
  if (answer.response == NULL)
    return MHD_NO;
  enum MHD_Result queued = MHD_queue_response(connection, answer.status, answer.response);
  MHD_destroy_response(answer.response);
  return queued;
}

/* Called by libmicrohttpd at the request line. Paths count as they are spelled. */
static void *on_uri(void *cls, const char *uri, struct MHD_Connection *connection) {
  static const char *const paths[] = {
    [LOGIN] = "/login", [USER_AUTH] = "/pusher/user-auth", [CHANNEL_AUTH] = "/pusher/auth", [WEBHOOK] = "/pusher/webhook"};
  (void)cls, (void)connection;
  struct value path = {uri, strcspn(uri, "?")};
  struct request *request = calloc(1, sizeof *request);
  if (request == NULL)
    return NULL;
  for (int i = LOGIN; i <= WEBHOOK; i++)
    if (equals(path, paths[i]))
      request->path = (enum path)i;
  request->uri_len = strlen(uri);
  for (const char *c = uri; *c != '\0'; c++)
    request->malformed = request->malformed || *c == ' ' || iscntrl((unsigned char)*c);
  request->max_body = request->path == WEBHOOK ? MAX_WEBHOOK : MAX_BODY;
  request->query = strdup(uri + path.len + (uri[path.len] == '?'));
  request->body = malloc(request->max_body);
  return request;
}

/* Called once at the headers, for each part of the body, and once at its end. */
static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *path,
                                  const char *method, const char *version, const char *data, size_t *size,
                                  void **state) {
  (void)cls, (void)path;
  struct request *request = *state;
  if (request == NULL || request->query == NULL || request->body == NULL)
    return MHD_NO;
  if (!request->begun) {
    request->begun = true;
    return request->malformed || is_ambiguous(connection, version)
             ? respond(connection, with_header(refuse(MHD_HTTP_BAD_REQUEST, "bad request"), "Connection", "close"))
             : MHD_YES;
  }
  if (*size > 0) {
    if (*size > request->max_body - request->body_len) {
      request->too_large = true; /* the rest is read and dropped, so that the client gets its answer */
    } else {
      memcpy(request->body + request->body_len, data, *size);
      request->body_len += *size;
    }
    *size = 0;
    return MHD_YES;
  }

  struct headers origin = headers(connection, "Origin");
  bool origin_allowed = is_allowed(origin);
  struct answer result = route(connection, request, method, origin_allowed);
  if (!is_read_whole(connection, method, request->uri_len))
    result = with_header(result, "Connection", "close");
  result = with_header(result, "Cache-Control", "no-store");
  result = with_header(result, "Vary", "Origin");
  if (origin_allowed) { /* on errors too, so that the page can see their status */
    result = with_header(result, "Access-Control-Allow-Origin", origin.value.text);
    result = with_header(result, "Access-Control-Allow-Credentials", "true");
  }
  return respond(connection, result);
}

static void set_deadline(struct peer *peer) {
  peer->deadline = now() + REQUEST_SECONDS;
  TAILQ_INSERT_TAIL(&peers, peer, at);
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode how) {
  (void)cls, (void)how;
  struct request *request = *state;
  struct peer *peer = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
  if (request != NULL) {
    json_decref(request->parameters);
    free(request->query);
    free(request->body);
  }
  free(request);
  if (peer != NULL) {
    TAILQ_REMOVE(&peers, peer, at);
    set_deadline(peer);
  }
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode what) {
  (void)cls;
  struct peer *peer = *context;
  if (what == MHD_CONNECTION_NOTIFY_STARTED) {
    *context = peer = malloc(sizeof *peer);
    MHD_socket socket = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    if (peer == NULL) {
      shutdown(socket, SHUT_RDWR);
      return;
    }
    peer->socket = socket;
    set_deadline(peer);
  } else if (peer != NULL) {
    TAILQ_REMOVE(&peers, peer, at);
    free(peer);
  }
}

/* libmicrohttpd's own timeout begins anew with every byte. */
static void end_late_connections(void) {
  for (struct peer *peer; (peer = TAILQ_FIRST(&peers)) != NULL && peer->deadline <= now();) {
    shutdown(peer->socket, SHUT_RDWR); /* at which libmicrohttpd closes it */
    TAILQ_REMOVE(&peers, peer, at);
    set_deadline(peer);
  }
}

static volatile sig_atomic_t stopped;

static void stop(int signal) {
  (void)signal;
  stopped = 1;
}

static int fail(const char *what, const char *why) {
  fprintf(stderr, "%s: %s\n", what, why);
  return 1;
}

static const char *setting(const char *name, const char *otherwise) {
  const char *value = getenv(name);
  return value == NULL || *value == '\0' ? otherwise : value;
}

int main(void) {
  long port = strtol(setting("PORT", ""), NULL, 10);
  const char *same_site = setting("COOKIE_SAMESITE", "Lax");
  config = getenv("PUSHER_CONFIG");
  allowed_origins = setting("ALLOWED_ORIGINS", "");
  if (port < 1 || port > 65535)
    return fail("PORT", "a number from 1 to 65535");
  cookie_attributes = strcmp(same_site, "Lax") == 0    ? "SameSite=Lax"
                      : strcmp(same_site, "None") == 0 ? "SameSite=None; Secure; Partitioned"
                                                       : NULL;
  if (cookie_attributes == NULL)
    return fail("COOKIE_SAMESITE", "Lax or None");
  int32_t code = pusher_signer_new(config, &signer);
  if (code < 0)
    return fail("PUSHER_CONFIG", pusher_error_message(code));

  struct sigaction action = {.sa_handler = stop};
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  signal(SIGPIPE, SIG_IGN);

  struct sockaddr_in address = {
    .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct MHD_Daemon *server = MHD_start_daemon(
    MHD_USE_EPOLL, (uint16_t)port, NULL, NULL, on_request, NULL, MHD_OPTION_SOCK_ADDR, &address,
    MHD_OPTION_CONNECTION_LIMIT, (unsigned)MAX_CONNECTIONS, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
    (unsigned)MAX_CONNECTIONS_PER_ADDRESS, MHD_OPTION_URI_LOG_CALLBACK, on_uri, NULL, MHD_OPTION_NOTIFY_COMPLETED,
    on_completed, NULL, MHD_OPTION_NOTIFY_CONNECTION, on_connection, NULL, MHD_OPTION_END);
  if (server == NULL) {
    perror("cannot listen");
    pusher_signer_free(signer);
    return 1;
  }
  printf("listening on http://127.0.0.1:%ld\n", port);
  fflush(stdout);

  while (!stopped && MHD_run_wait(server, 1000) == MHD_YES)
    end_late_connections();
  MHD_stop_daemon(server);
  pusher_signer_free(signer);
  return 0;
}
