/* Prints the response that authenticates a user: sign SOCKET_ID USER_JSON, with PUSHER_CONFIG. */

#include <pusher_auth.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv) {
  /* From the environment, since everybody on the machine can read a command line. */
  const char *config = getenv("PUSHER_CONFIG");
  if (argc != 3 || config == NULL) {
    fprintf(stderr,
            "usage: PUSHER_CONFIG='{\"key\":\"...\",\"secret\":\"...\"}' %s SOCKET_ID USER_JSON\n",
            argv[0]);
    return 2;
  }
  const char *socket_id = argv[1], *user_json = argv[2];

  size_t size = pusher_response_bound(strlen(config), strlen(user_json));
  char *response = malloc(size);
  if (response == NULL) {
    perror("sign");
    return 1;
  }
  int32_t n = pusher_authenticate_user(config, socket_id, user_json, response, size);
  if (n < 0) {
    fprintf(stderr, "sign: %s\n", pusher_error_message(n));
  } else {
    puts(response);
  }
  free(response);
  return n < 0;
}
