/* The smallest endpoint that is right, in C: POST /pusher/user-auth on libevent, behind nginx or the like, which holds
 * off slow clients. It has no CORS headers and no JSONP, so that only pages of its own origin can read the answer; with
 * those you need CSRF tokens too: endpoint.c has all. Run it with PUSHER_CONFIG and PORT. */
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <pusher_auth.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Yours: the user of the request's session as JSON, NULL where nobody is signed in. */
static const char *session_user(struct evhttp_request *request) {
  const char *cookie = evhttp_find_header(evhttp_request_get_input_headers(request), "Cookie");
  return cookie != NULL && strcmp(cookie, "session=demo") == 0 ? "{\"id\":\"12345\"}" : NULL;
}

static void user_auth(struct evhttp_request *request, void *signer) {
  char response[1024] = "forbidden";
  struct evkeyvalq form = {0};
  struct evbuffer *body = evhttp_request_get_input_buffer(request);
  evbuffer_add(body, "", 1); /* the NUL at its end */
  evhttp_parse_query_str((char *)evbuffer_pullup(body, -1), &form);
  const char *user = session_user(request), *socket_id = evhttp_find_header(&form, "socket_id");
  int32_t n = PUSHER_ERROR_SOCKET_ID;
  if (user != NULL && socket_id != NULL && strcmp(evhttp_request_get_uri(request), "/pusher/user-auth") == 0)
    n = pusher_signer_authenticate_user(signer, socket_id, strlen(socket_id), user, strlen(user), response, sizeof response);
  struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
  evhttp_add_header(headers, "Content-Type", n < 0 ? "text/plain" : "application/json");
  evhttp_add_header(headers, "Connection", "close"); /* libevent may see the end of a request elsewhere than nginx */
  evbuffer_add(evhttp_request_get_output_buffer(request), response, strlen(response));
  evhttp_send_reply(request, n < 0 ? 403 : 200, NULL, NULL);
  evhttp_clear_headers(&form);
}

int main(void) {
  pusher_signer *signer;
  int32_t code = pusher_signer_new(getenv("PUSHER_CONFIG"), &signer);
  if (code < 0)
    return fprintf(stderr, "PUSHER_CONFIG: %s\n", pusher_error_message(code)), 1;
  struct event_base *base = event_base_new();
  struct evhttp *http = evhttp_new(base);
  evhttp_set_allowed_methods(http, EVHTTP_REQ_POST);
  evhttp_set_max_headers_size(http, 8192);
  evhttp_set_max_body_size(http, 8192);
  evhttp_set_timeout(http, 10);
  evhttp_set_gencb(http, user_auth, signer);
  const char *port = getenv("PORT");
  if (evhttp_bind_socket(http, "127.0.0.1", (ev_uint16_t)(port == NULL ? 8000 : atoi(port))) < 0)
    return perror("cannot listen"), 1;
  return event_base_dispatch(base);
}
