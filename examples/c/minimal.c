/* The minimal endpoint in C: POST /pusher/user-auth on Ulfius, for pages of its own origin.
 * PUSHER_CONFIG and PORT configure it. CORS and JSONP need CSRF tokens: see endpoint.c. */
#include <netinet/in.h>
#include <pusher_auth.h>
#include <string.h>
#include <ulfius.h>

static int user_auth(const struct _u_request *req, struct _u_response *response, void *signer) {
  char socket_id[8192], out[4096];
  const char *type = u_map_get_case(req->map_header, "Content-Type");
  const char *session = u_map_get(req->map_cookie, "session");
  /* Your session: the user as JSON, or NULL if nobody is logged in. */
  const char *user = session != NULL && strcmp(session, "demo") == 0 ? "{\"id\":\"12345\"}" : NULL;
  int32_t n = PUSHER_ERROR_PARAMETER_MISSING;
  if (strcmp(req->http_verb, "POST") == 0 && strcmp(req->url_path, "/pusher/user-auth") == 0 &&
      user != NULL && type != NULL && *type != '\0' && req->binary_body_length < sizeof socket_id)
    n = pusher_request_parameter(type, strlen(type), req->binary_body, req->binary_body_length,
                                 "socket_id", 9, socket_id, sizeof socket_id);
  if (n >= 0)
    n = pusher_signer_authenticate_user(signer, socket_id, n, user, strlen(user), out, sizeof out);
  u_map_put(response->map_header, "Content-Type", n < 0 ? "text/plain" : "application/json");
  u_map_put(response->map_header, "Connection", "close"); /* no second request */
  ulfius_set_string_body_response(response, n < 0 ? 403 : 200, n < 0 ? "forbidden" : out);
  return U_CALLBACK_COMPLETE;
}

int main(void) {
  const char *config = getenv("PUSHER_CONFIG"), *port = getenv("PORT");
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct _u_instance server;
  pusher_signer *signer;
  int32_t n = pusher_signer_new(config, config == NULL ? 0 : strlen(config), &signer);
  if (n < 0) return fprintf(stderr, "PUSHER_CONFIG: %s\n", pusher_error_message(n)), 1;
  address.sin_port = htons((uint16_t)atoi(port == NULL ? "8000" : port));
  ulfius_init_instance(&server, ntohs(address.sin_port), &address, NULL);
  server.timeout = 10;
  server.max_post_body_size = 8192; /* it cuts off what exceeds this */
  ulfius_add_endpoint_by_val(&server, "*", NULL, "*", 0, user_auth, signer);
  return ulfius_start_framework(&server) == U_OK ? pause() : 1;
}
