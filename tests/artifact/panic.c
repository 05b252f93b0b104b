/* Causes a panic: the clock fails, and Rust's standard library panics when the library needs the
 * time. */
#include <errno.h>
#include <pusher_auth.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static int asked;

/* Replaces the function of the C library. */
int clock_gettime(clockid_t clock, struct timespec *now) {
  (void)clock, (void)now;
  asked++;
  errno = EINVAL;
  return -1;
}

static int32_t request_url(const pusher_signer *signer, int64_t timestamp, char *url, size_t size) {
  return pusher_signer_request_url(signer, "GET", 3, "/channels", 9, NULL, 0, NULL, 0, timestamp,
                                   url, size);
}

int main(void) {
  const char *config = "{\"key\":\"278d425bdf160c739803\",\"secret\":\"7ad3773142a6692b25b8\","
                       "\"appId\":\"1\"}";
  pusher_signer *signer;
  if (pusher_signer_new(config, strlen(config), &signer) != 0) return 1;
  for (int round = 1; round <= 3; round++) {
    char url[256] = "left over";
    int32_t now = request_url(signer, 0, url, sizeof url);
    if (now != PUSHER_ERROR_INTERNAL || asked != round || url[0] != '\0') return 2;
    if (request_url(signer, 1, url, sizeof url) <= 0 || asked != round) return 3;
    puts("PUSHER_ERROR_INTERNAL, and the next is signed");
  }
  pusher_signer_free(signer);
  return 0;
}
