/* The minimal endpoint in C: POST /pusher/user-auth on libevent (server.c), for pages of its own
 * origin. PUSHER_CONFIG and PORT configure it. CORS and JSONP need CSRF tokens: see endpoint.c. */
#include <pusher_auth.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server.h"

static pusher_signer *signer;

/* Your session: returns the user as JSON, or NULL if nobody is logged in. */
static const char *session_user(const struct http_request *request) {
  const char *cookie = http_header(request, "Cookie", &(size_t){0});
  return cookie != NULL && strcmp(cookie, "session=demo") == 0 ? "{\"id\":\"12345\"}" : NULL;
}

static int user_auth(struct http_request *request) {
  char socket_id[8193], response[4096];
  const char *user = session_user(request);
  const char *type = http_header(request, "Content-Type", &(size_t){0});
  bool is_post = strcmp(request->method, "POST") == 0;
  if (!is_post || strcmp(request->path, "/pusher/user-auth") != 0 || user == NULL || type == NULL)
    return http_respond(request, 403, "", "forbidden");
  int32_t n = pusher_request_parameter(type, strlen(type), request->body, request->body_len,
                                       "socket_id", 9, socket_id, sizeof socket_id);
  if (n >= 0)
    n = pusher_signer_authenticate_user(signer, socket_id, (size_t)n, user, strlen(user), response,
                                        sizeof response);
  if (n < 0) return http_respond(request, 403, "", pusher_error_message(n));
  return http_respond(request, 200, "Content-Type: application/json\r\n", response);
}

int main(void) {
  const char *config = getenv("PUSHER_CONFIG"), *port = getenv("PORT");
  char address[64] = "127.0.0.1:8000";
  if (port != NULL) snprintf(address, sizeof address, "127.0.0.1:%s", port);
  int32_t n = pusher_signer_new(config, config == NULL ? 0 : strlen(config), &signer);
  if (n < 0) return fprintf(stderr, "PUSHER_CONFIG: %s\n", pusher_error_message(n)), 1;
  return http_serve(address, NULL, user_auth) ? 0 : 1;
}
