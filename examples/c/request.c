/*
 * A request to Pusher's REST API in C, with libcurl: an event for a user, the end of their connections.
 *
 *   request POST /events '{"name":"news","channels":["#server-to-user-alice"],"data":"{}"}'
 *   request POST /users/alice/terminate_connections '{}'
 *   request GET /channels
 *
 * PUSHER_CONFIG is {"appId":"…","key":"…","secret":"…","cluster":"…"}. Prints the answer.
 */
#include <curl/curl.h>
#include <pusher_auth.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The ten lines: signs the request for now, and sends it. */
static bool request(const pusher_signer *signer, CURL *curl, const char *method, const char *path, const char *body) {
  char url[2048];
  int32_t n = pusher_signer_sign_request(signer, method, path, NULL, body, strlen(body), 0, url, sizeof url);
  if (n < 0) {
    fprintf(stderr, "%s\n", pusher_error_message(n));
    return false;
  }
  struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
  curl_easy_setopt(curl, CURLOPT_URL, url);
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  if (*body != '\0')
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
  curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, 10L);
  CURLcode result = curl_easy_perform(curl); /* which prints the answer, unless told otherwise */
  if (result != CURLE_OK)
    fprintf(stderr, "%s\n", curl_easy_strerror(result));
  curl_slist_free_all(headers);
  return result == CURLE_OK;
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: %s METHOD PATH [BODY]\n", argv[0]);
    return 2;
  }
  pusher_signer *signer;
  int32_t code = pusher_signer_new(getenv("PUSHER_CONFIG"), &signer);
  if (code < 0) {
    fprintf(stderr, "PUSHER_CONFIG: %s\n", pusher_error_message(code));
    return 1;
  }
  CURL *curl = curl_easy_init();
  bool sent = curl != NULL && request(signer, curl, argv[1], argv[2], argc > 3 ? argv[3] : "");
  curl_easy_cleanup(curl);
  pusher_signer_free(signer);
  return sent ? 0 : 1;
}
