// openssl.c - authentication in C without this library, by OpenSSL's HMAC, snprintf and a loop that
// escapes. It checks neither the JSON nor the socket id.

#include <openssl/hmac.h>
#include <string.h>

#include "worker.h"

static const char *key, *secret, *socket_id;

static void escape(const char *json, char *out) {
  for (; *json; json++) {
    switch (*json) {
    case '"':
      *out++ = '\\';
      *out++ = '"';
      break;
    case '\\':
      *out++ = '\\';
      *out++ = '\\';
      break;
    case '\n':
      *out++ = '\\';
      *out++ = 'n';
      break;
    case '\r':
      *out++ = '\\';
      *out++ = 'r';
      break;
    case '\t':
      *out++ = '\\';
      *out++ = 't';
      break;
    default:
      *out++ = *json;
    }
  }
  *out = '\0';
}

static int authenticate_user(const char *user_json, size_t user_json_len, char *response,
                             size_t response_size) {
  size_t size = strlen(socket_id) + strlen("::user::") + user_json_len + 1;
  char *to_sign = malloc(size), *user_data = malloc(2 * user_json_len + 1);
  int result = -1;
  if (to_sign && user_data) {
    int len = snprintf(to_sign, size, "%s::user::%s", socket_id, user_json);
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int digest_len;
    if (HMAC(EVP_sha256(), secret, (int)strlen(secret), (unsigned char *)to_sign, (size_t)len,
             digest, &digest_len)) {
      char hex[2 * EVP_MAX_MD_SIZE + 1];
      for (unsigned int i = 0; i < digest_len; i++) snprintf(hex + 2 * i, 3, "%02x", digest[i]);
      escape(user_json, user_data);
      result = snprintf(response, response_size, "{\"auth\":\"%s:%s\",\"user_data\":\"%s\"}", key,
                        hex, user_data);
    }
  }
  free(to_sign);
  free(user_data);
  return result;
}

static int run(const char *user, size_t user_len, long calls, char *response,
               size_t response_size) {
  int result = 0;
  for (long i = 0; i < calls && result >= 0; i++) {
    result = authenticate_user(user, user_len, response, response_size);
  }
  return result;
}

int main(void) {
  key = getenv("PUSHER_KEY");
  secret = getenv("PUSHER_SECRET");
  socket_id = getenv("SOCKET_ID");
  return serve(run);
}
