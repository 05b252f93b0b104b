/* The minimal endpoint in C: POST /pusher/user-auth on libevent (server.c), for pages of its own
 * origin. PUSHER_CONFIG and PORT configure it. CORS and JSONP need CSRF tokens: see endpoint.c. */
#include <pusher_auth.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server.h"

static pusher_signer *signer;

/* Your session: returns the user as JSON, or NULL if nobody is logged in. */
static const char *session_user(const struct http_request *req) {
  const char *cookie = http_header(req, "Cookie");
  return cookie != NULL && strcmp(cookie, "session=demo") == 0 ? "{\"id\":\"12345\"}" : NULL;
}

static int user_auth(struct http_request *req) {
  char socket_id[8193], response[4096];
  const char *user = session_user(req), *type = http_header(req, "Content-Type");
  if (strcmp(req->method, "POST") != 0 || strcmp(req->path, "/pusher/user-auth") != 0 ||
      user == NULL || type == NULL || *type == '\0')
    return http_respond(req, 403, "", "forbidden");
  int32_t n = pusher_request_parameter(type, strlen(type), req->body, req->body_len, "socket_id", 9,
                                       socket_id, sizeof socket_id);
  if (n >= 0)
    n = pusher_signer_authenticate_user(signer, socket_id, (size_t)n, user, strlen(user), response,
                                        sizeof response);
  if (n < 0) return http_respond(req, 403, "", pusher_error_message(n));
  return http_respond(req, 200, "Content-Type: application/json\r\n", response);
}

int main(void) {
  const char *config = getenv("PUSHER_CONFIG"), *port = getenv("PORT");
  char address[64];
  snprintf(address, sizeof address, "127.0.0.1:%s", port == NULL ? "8000" : port);
  int32_t n = pusher_signer_new(config, config == NULL ? 0 : strlen(config), &signer);
  if (n < 0) fprintf(stderr, "PUSHER_CONFIG: %s\n", pusher_error_message(n));
  return n == 0 && http_serve(address, NULL, user_auth) ? 0 : 1;
}
