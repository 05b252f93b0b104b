/*
 * Sends requests to Pusher's REST API in C, with libcurl:
 *
 *   request trigger CHANNEL EVENT DATA   triggers an event on a channel
 *   request send USER_ID EVENT DATA      sends an event to a user
 *   request terminate USER_ID            terminates a user's connections
 *   request METHOD PATH [BODY]           sends any other request: request GET /channels
 *
 * PUSHER_URL or PUSHER_CONFIG describes the app. Prints the status and the body of the response.
 * The exit status is 0 only if the status is 200.
 */
#include <curl/curl.h>
#include <pusher_auth.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sends a signed request, and prints the response. Returns its status, or 0 if there is none. */
static long send_request(const char *method, const char *url, const char *body) {
  long status = 0;
  CURL *curl = curl_easy_init();
  struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
  curl_easy_setopt(curl, CURLOPT_URL, url);
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, 10L);
  if (*body != '\0') curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
  CURLcode result = curl_easy_perform(curl); /* prints the response's body */
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  if (result == CURLE_OK)
    printf("\n%ld\n", status);
  else
    fprintf(stderr, "%s\n", curl_easy_strerror(result));
  curl_slist_free_all(headers);
  curl_easy_cleanup(curl);
  return result == CURLE_OK ? status : 0;
}

/* Signs the request that the arguments describe: writes its URL and body to buffers of this size.
 * Returns its method, or NULL and the library's error in *n. */
static const char *sign_request(const pusher_signer *signer, char **args, char *url, char *body,
                                size_t size, int32_t *n) {
  const char *command = args[0], *method = "POST", *path = "/events";
  if (strcmp(command, "terminate") == 0) {
    snprintf(body, size, "{}");
    *n = pusher_signer_terminate_user_url(signer, args[1], strlen(args[1]), 0, url, size);
    return *n < 0 ? NULL : method;
  }
  if (strcmp(command, "trigger") == 0 || strcmp(command, "send") == 0) {
    const char *prefix = strcmp(command, "send") == 0 ? "#server-to-user-" : "";
    snprintf(url, size, "%s%s", prefix, args[1]); /* the channel, until the URL is written */
    *n = pusher_signer_event_body(signer, url, strlen(url), args[2], strlen(args[2]), args[3],
                                  strlen(args[3]), NULL, 0, body, size);
    if (*n < 0) return NULL;
  } else {
    method = command, path = args[1];
    snprintf(body, size, "%s", args[2] == NULL ? "" : args[2]);
  }
  *n = pusher_signer_request_url(signer, method, strlen(method), path, strlen(path), NULL, 0, body,
                                 strlen(body), 0, url, size);
  return *n < 0 ? NULL : method;
}

int main(int argc, char **argv) {
  const char *app = getenv("PUSHER_URL"), *command = argc > 1 ? argv[1] : "";
  int is_event = strcmp(command, "trigger") == 0 || strcmp(command, "send") == 0;
  int is_termination = strcmp(command, "terminate") == 0;
  if (is_event ? argc != 5 : is_termination ? argc != 3 : argc < 3 || argc > 4) {
    fputs("usage: request trigger CHANNEL EVENT DATA | send USER_ID EVENT DATA |"
          " terminate USER_ID | METHOD PATH [BODY]\n",
          stderr);
    return 2;
  }
  if (app == NULL || *app == '\0') app = getenv("PUSHER_CONFIG");
  if (app == NULL) app = "";

  pusher_signer *signer;
  long status = 0;
  int32_t n = pusher_signer_new(app, strlen(app), &signer);
  if (n == 0) {
    size_t len = strlen("POST/events#server-to-user-");
    for (int i = 1; i < argc; i++) len += strlen(argv[i]);
    size_t size = pusher_signer_bound(signer, len);
    char *url = malloc(size), *body = malloc(size);
    const char *method = NULL;
    if (url != NULL && body != NULL) method = sign_request(signer, &argv[1], url, body, size, &n);
    if (method != NULL) status = send_request(method, url, body);
    free(url);
    free(body);
    pusher_signer_free(signer);
  }
  if (n < 0) fprintf(stderr, "%s\n", pusher_error_message(n));
  return status == 200 ? 0 : 1;
}
