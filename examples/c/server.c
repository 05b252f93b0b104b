/*
 * The HTTP server of the examples, on libevent. It limits the memory and the time of a connection.
 *
 * It accepts HTTP/1.1 as RFC 9112 defines it, but rejects bare line feeds, folded headers, spaces
 * before colons and chunk extensions. A server in front may read these differently, and then send
 * one client the response to another. The parsers that Debian 12 has for C accept some of them:
 * libmicrohttpd 0.9.75, evhttp of libevent 2.1 and http-parser 2.9.4.
 */
#define _DEFAULT_SOURCE
#include "server.h"

#include <ctype.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
  MAX_HEAD = 16384,
  MAX_HEADERS = 100,
  MAX_CONNECTIONS = 1000,
  MAX_CONNECTIONS_PER_ADDRESS = 512,
  REQUEST_SECONDS = 10 /* from the connection or the last response to the end of this response */
};

struct connection {
  struct http_request request; /* the first member: http_respond() finds the connection by it */
  TAILQ_ENTRY(connection) entry;
  struct bufferevent *stream;
  char address[NI_MAXHOST];
  time_t deadline;
  enum { HEAD, BODY, CHUNK_SIZE, CHUNK_END, TRAILERS, RESPONDING, CLOSING } state;
  bool is_chunked, is_last, is_half_closed;
  char head[MAX_HEAD + 1];
  struct {
    const char *name, *value;
  } headers[MAX_HEADERS]; /* they point into the head, and so does the request */
  size_t header_count, body_left, line_bytes;
  struct evbuffer *body;
};
static TAILQ_HEAD(, connection) connections = TAILQ_HEAD_INITIALIZER(connections); /* by deadline */
static size_t (*body_limit)(const char *path);
static int (*handle)(struct http_request *request);

static time_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec;
}

const char *http_next_header(const struct http_request *request, const char *name, size_t *index) {
  const struct connection *c = (const struct connection *)request;
  while (*index < c->header_count) {
    size_t i = (*index)++;
    if (strcasecmp(c->headers[i].name, name) == 0) return c->headers[i].value;
  }
  return NULL;
}

const char *http_header(const struct http_request *request, const char *name) {
  size_t index = 0;
  const char *value = http_next_header(request, name, &index);
  return value != NULL && http_next_header(request, name, &index) != NULL ? "\n" : value;
}

int http_respond(struct http_request *request, int status, const char *headers, const char *body) {
  struct connection *c = (struct connection *)request;
  struct evbuffer *out = bufferevent_get_output(c->stream);
  evbuffer_add_printf(out, "HTTP/1.1 %d \r\n%sConnection: %s\r\n", status, headers,
                      c->is_last ? "close" : "keep-alive");
  if (status != 204) evbuffer_add_printf(out, "Content-Length: %zu\r\n", strlen(body));
  evbuffer_add_printf(out, "\r\n%s", strcmp(request->method, "HEAD") == 0 ? "" : body);
  c->state = RESPONDING;
  return status;
}

/* ---- Requests ---- */

/* Splits the line into the parts of the request. Returns false if it is malformed. */
static bool parse_request_line(struct connection *c, char *method, char *target) {
  char *version = target + strcspn(target, " \t"), *query = strchr(target, '?');
  c->is_last = strcmp(version, " HTTP/1.0") == 0;
  if (version == target || (!c->is_last && strcmp(version, " HTTP/1.1") != 0)) return false;
  *version = '\0';
  c->request.method = method;
  c->request.path = target;
  if (query != NULL) {
    *query = '\0';
    c->request.query = query + 1;
  }
  return true;
}

/* Determines where the body ends. Returns false if the headers are ambiguous. */
static bool frame_body(struct connection *c) {
  const char *length = http_header(&c->request, "Content-Length");
  const char *encoding = http_header(&c->request, "Transfer-Encoding");
  const char *connection = http_header(&c->request, "Connection"),
             *host = http_header(&c->request, "Host");
  bool is_1_0 = c->is_last;
  if (host == NULL ? !is_1_0 : *host == '\n') return false;
  if (encoding != NULL && (is_1_0 || length != NULL || strcasecmp(encoding, "chunked") != 0))
    return false;
  if (length != NULL &&
      (*length == '\0' || strlen(length) > 15 || length[strspn(length, "0123456789")] != '\0'))
    return false;
  c->is_chunked = encoding != NULL;
  c->body_left = length == NULL ? 0 : strtoul(length, NULL, 10);
  c->is_last =
      is_1_0 || c->is_chunked || (connection != NULL && strcasecmp(connection, "keep-alive") != 0);
  return true;
}

/* Splits the head, which ends with a CRLF, into its lines. Returns false if it is malformed. */
static bool parse_head(struct connection *c, size_t len) {
  static const char token[] = "!#$%&'*+-.^_`|~0123456789"
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  char *line = c->head;
  c->head[len] = '\0';
  for (char *end, *value; (end = strstr(line, "\r\n")) != NULL; line = end + 2) {
    size_t name_len = strspn(line, token);
    for (value = line; value < end; value++)
      if (iscntrl((unsigned char)*value) && *value != '\t') return false;
    if (name_len == 0 || line[name_len] != (line == c->head ? ' ' : ':')) return false;
    line[name_len] = *end = '\0';
    value = line + name_len + 1;
    if (line == c->head) {
      if (!parse_request_line(c, line, value)) return false;
      continue;
    }
    if (c->header_count == MAX_HEADERS) return false;
    value += strspn(value, " \t");
    for (char *last = end; last > value && strchr(" \t", last[-1]) != NULL;) *--last = '\0';
    c->headers[c->header_count].name = line;
    c->headers[c->header_count++].value = value;
  }
  return line == c->head + len && frame_body(c);
}

static void close_malformed(struct connection *c) {
  fprintf(stderr, "%.20s %.200s 400 bad request\n", c->request.method, c->request.path);
  c->header_count = 0;
  c->is_last = true;
  http_respond(&c->request, 400,
               "Content-Type: text/plain\r\nCache-Control: no-store\r\n"
               "Vary: Origin\r\nX-Content-Type-Options: nosniff\r\n",
               "bad request");
}

static void handle_request(struct connection *c) {
  c->request.body_len = evbuffer_get_length(c->body);
  c->request.body = c->request.body_len == 0 ? "" : (char *)evbuffer_pullup(c->body, -1);
  handle(&c->request);
}

/* Checks what is known of the body's length. If it exceeds the limit, handles the request without
 * the body and returns false. */
static bool check_limit(struct connection *c) {
  size_t limit = body_limit == NULL ? 8192 : body_limit(c->request.path);
  if (c->body_left <= limit - evbuffer_get_length(c->body)) return true;
  c->is_last = c->request.is_too_large = true;
  evbuffer_drain(c->body, evbuffer_get_length(c->body));
  handle_request(c);
  return false;
}

/* Reads a line of a chunked body. Returns false if it is malformed. Ignores trailers. */
static bool parse_chunk_line(struct connection *c, const char *line, size_t len) {
  if (c->state == CHUNK_SIZE) {
    c->body_left = strtoul(line, NULL, 16);
    c->state = c->body_left > 0 ? BODY : TRAILERS;
    return len > 0 && len < 9 && strspn(line, "0123456789abcdefABCDEF") == len;
  }
  if (c->state == CHUNK_END) {
    c->state = CHUNK_SIZE;
    return len == 0;
  }
  if (len == 0) handle_request(c);
  return true;
}

/* Reads the next part of the request. Returns false if it has not arrived or ended the request. */
static bool read_part(struct connection *c, struct evbuffer *in) {
  if (c->state == HEAD) {
    struct evbuffer_ptr end = evbuffer_search(in, "\r\n\r\n", 4, NULL);
    if (end.pos < 0 && evbuffer_get_length(in) < MAX_HEAD) return false;
    bool fits = end.pos >= 0 && end.pos + 4 <= MAX_HEAD;
    if (fits) evbuffer_remove(in, c->head, (size_t)end.pos + 4);
    if (!fits || !parse_head(c, (size_t)end.pos + 2)) return close_malformed(c), false;
    const char *expect = http_header(&c->request, "Expect");
    if (check_limit(c) && expect != NULL && strcasecmp(expect, "100-continue") == 0)
      evbuffer_add_printf(bufferevent_get_output(c->stream), "HTTP/1.1 100 Continue\r\n\r\n");
    if (c->state == HEAD) c->state = c->is_chunked ? CHUNK_SIZE : BODY;
    return true;
  }
  if (c->state == BODY) { /* or a chunk of it */
    c->body_left -= (size_t)evbuffer_remove_buffer(in, c->body, c->body_left);
    if (c->body_left > 0) return false;
    c->state = CHUNK_END;
    if (!c->is_chunked) handle_request(c);
    return true;
  }
  size_t len, buffered = evbuffer_get_length(in);
  char *line = evbuffer_readln(in, &len, EVBUFFER_EOL_CRLF_STRICT);
  if (line == NULL && c->line_bytes + buffered < MAX_HEAD) return false;
  c->line_bytes += line == NULL ? buffered : len + 2;
  if (c->line_bytes >= MAX_HEAD || !parse_chunk_line(c, line, len))
    close_malformed(c);
  else
    check_limit(c);
  free(line);
  return true;
}

static void on_read(struct bufferevent *stream, void *context) {
  struct connection *c = context;
  struct evbuffer *in = bufferevent_get_input(stream);
  while (c->state < RESPONDING && read_part(c, in)) {}
  if (c->state == CLOSING) evbuffer_drain(in, evbuffer_get_length(in));
}

/* ---- Connections ---- */

static void close_connection(struct connection *c) {
  TAILQ_REMOVE(&connections, c, entry);
  bufferevent_free(c->stream);
  evbuffer_free(c->body);
  free(c);
}

static void await_request(struct connection *c) {
  c->request = (struct http_request){.method = "-", .path = "-", .query = ""};
  c->state = HEAD;
  c->header_count = c->line_bytes = 0;
  evbuffer_drain(c->body, evbuffer_get_length(c->body));
  c->deadline = now() + REQUEST_SECONDS;
  TAILQ_INSERT_TAIL(&connections, c, entry);
}

static void on_written(struct bufferevent *stream, void *context) {
  struct connection *c = context;
  if (c->state == RESPONDING && c->is_last) {
    /* A client that is still sending would lose the response if the connection were closed. */
    c->state = CLOSING;
    shutdown(bufferevent_getfd(stream), SHUT_WR);
  } else if (c->state == RESPONDING) {
    TAILQ_REMOVE(&connections, c, entry);
    await_request(c);
  }
  on_read(stream, c);
  if (c->is_half_closed && c->state != RESPONDING) close_connection(c);
}

static void on_end(struct bufferevent *stream, short what, void *context) {
  struct connection *c = context;
  (void)stream;
  c->is_half_closed = true;
  if (c->state != RESPONDING || (what & BEV_EVENT_ERROR) != 0) close_connection(c);
}

/* At a limit, closes the connection whose request is the oldest. */
static void make_room(const char *address) {
  struct connection *c, *oldest_of_address = NULL;
  size_t count = 0, count_of_address = 0;
  TAILQ_FOREACH(c, &connections, entry) {
    count++;
    if (strcmp(c->address, address) == 0 && count_of_address++ == 0) oldest_of_address = c;
  }
  if (count_of_address >= MAX_CONNECTIONS_PER_ADDRESS)
    close_connection(oldest_of_address);
  else if (count >= MAX_CONNECTIONS)
    close_connection(TAILQ_FIRST(&connections));
}

static void on_connection(struct evconnlistener *listener, evutil_socket_t fd,
                          struct sockaddr *address, int len, void *context) {
  struct connection *c = calloc(1, sizeof *c);
  struct event_base *base = evconnlistener_get_base(listener);
  (void)context;
  if (c == NULL || (c->body = evbuffer_new()) == NULL ||
      (c->stream = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE)) == NULL)
    abort(); /* out of memory */
  getnameinfo(address, (socklen_t)len, c->address, sizeof c->address, NULL, 0, NI_NUMERICHOST);
  make_room(c->address);
  await_request(c);
  bufferevent_setcb(c->stream, on_read, on_written, on_end, c);
  bufferevent_setwatermark(c->stream, EV_READ, 0, MAX_HEAD);
  bufferevent_enable(c->stream, EV_READ);
}

/* Frees a descriptor if there are no more. The listener would spin otherwise. */
static void on_accept_error(struct evconnlistener *listener, void *context) {
  (void)listener, (void)context;
  if (TAILQ_EMPTY(&connections))
    usleep(100000);
  else
    close_connection(TAILQ_FIRST(&connections));
}

static void on_tick(evutil_socket_t fd, short what, void *context) {
  (void)fd, (void)what, (void)context;
  while (!TAILQ_EMPTY(&connections) && TAILQ_FIRST(&connections)->deadline <= now())
    close_connection(TAILQ_FIRST(&connections));
}

static void on_signal(evutil_socket_t number, short what, void *base) {
  (void)number, (void)what;
  event_base_loopbreak(base);
}

bool http_serve(const char *address, size_t (*body_limit_)(const char *path),
                int (*handle_)(struct http_request *request)) {
  struct sockaddr_storage socket_address;
  int len = sizeof socket_address;
  body_limit = body_limit_;
  handle = handle_;
  if (evutil_parse_sockaddr_port(address, (struct sockaddr *)&socket_address, &len) < 0)
    return false;
  signal(SIGPIPE, SIG_IGN);
  struct event_base *base = event_base_new();
  struct evconnlistener *listener =
      evconnlistener_new_bind(base, on_connection, NULL, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE,
                              -1, (struct sockaddr *)&socket_address, len);
  if (listener == NULL) return false;
  evconnlistener_set_error_cb(listener, on_accept_error);
  event_add(evsignal_new(base, SIGINT, on_signal, base), NULL);
  event_add(evsignal_new(base, SIGTERM, on_signal, base), NULL);
  event_add(event_new(base, -1, EV_PERSIST, on_tick, NULL), &(struct timeval){.tv_usec = 250000});
  printf("listening on http://%s\n", address);
  fflush(stdout);
  event_base_dispatch(base);
  return true;
}
