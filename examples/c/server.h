/* A small HTTP/1.1 server on libevent that needs no proxy in front: see server.c. */
#ifndef SERVER_H
#define SERVER_H

#include <stdbool.h>
#include <stddef.h>

struct http_request {
  const char *method, *path, *query; /* as they were sent; the query without its "?" */
  const char *body;
  size_t body_len;
  bool is_too_large; /* the body exceeds its limit and is not here */
};

/* Returns the header's value, NULL if it is missing, or "\n", which no value equals, if there are
 * several. */
const char *http_header(const struct http_request *request, const char *name);

/* Returns the value of the first header of this name at or after *index, or NULL if there is none.
 * Moves *index past it. */
const char *http_next_header(const struct http_request *request, const char *name, size_t *index);

/* Responds to the request. `headers` are header lines, each with its CRLF. Returns the status. */
int http_respond(struct http_request *request, int status, const char *headers, const char *body);

/* Listens on "IP:PORT" and calls handle() for each request, until SIGINT or SIGTERM. handle() must
 * respond before it returns; its result is ignored. body_limit() returns the size of the largest
 * body of a path; NULL limits all to 8,192 bytes. Returns false if it cannot listen. */
bool http_serve(const char *address, size_t (*body_limit)(const char *path),
                int (*handle)(struct http_request *request));

#endif
