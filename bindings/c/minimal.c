/* The smallest endpoint that is right, in C: POST /pusher/user-auth on libevent. It has no CORS headers and no
 * JSONP, so that only pages of its own origin can read the answer; with those you need CSRF tokens too: endpoint.c
 * has all. Run it with PUSHER_CONFIG and PORT. */
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
  char form[8192], response[1024] = "forbidden";
  struct evkeyvalq fields = {0};
  ev_ssize_t len = evbuffer_copyout(evhttp_request_get_input_buffer(request), form, sizeof form - 1);
  form[len < 0 ? 0 : len] = '\0';
  const char *user = session_user(request), *socket_id = NULL;
  if (evhttp_parse_query_str(form, &fields) == 0)
    socket_id = evhttp_find_header(&fields, "socket_id");
  int32_t n = user == NULL || socket_id == NULL
                ? -1
                : pusher_signer_authenticate_user(signer, socket_id, strlen(socket_id), user, strlen(user), response,
                                                  sizeof response);
  struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
  evhttp_add_header(headers, "Content-Type", n < 0 ? "text/plain" : "application/json");
  evhttp_add_header(headers, "Connection", "close");
  evbuffer_add(evhttp_request_get_output_buffer(request), response, strlen(response));
  evhttp_send_reply(request, n < 0 ? 403 : 200, NULL, NULL);
  evhttp_clear_headers(&fields);
}

int main(void) {
  pusher_signer *signer;
  const char *port = getenv("PORT");
  int32_t code = pusher_signer_new(getenv("PUSHER_CONFIG"), &signer);
  if (code < 0)
    return fprintf(stderr, "PUSHER_CONFIG: %s\n", pusher_error_message(code)), 1;
  struct event_base *base = event_base_new();
  struct evhttp *http = evhttp_new(base);
  evhttp_set_allowed_methods(http, EVHTTP_REQ_POST);
  evhttp_set_max_body_size(http, 8191);
  evhttp_set_timeout(http, 10);
  evhttp_set_cb(http, "/pusher/user-auth", user_auth, signer);
  if (evhttp_bind_socket(http, "127.0.0.1", (ev_uint16_t)(port == NULL ? 8000 : atoi(port))) < 0)
    return perror("cannot listen"), 1;
  return event_base_dispatch(base);
}
