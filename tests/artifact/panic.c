/* A panic that can be had from outside: the library asks for the time, and the clock fails. */
#include <errno.h>
#include <pusher_auth.h>
#include <stdio.h>
#include <time.h>

static int asked;

/* In place of libc's. */
int clock_gettime(clockid_t clock, struct timespec *now) {
  (void)clock, (void)now;
  asked++;
  errno = EINVAL;
  return -1;
}

int main(void) {
  const char *config = "{\"key\":\"278d425bdf160c739803\",\"secret\":\"7ad3773142a6692b25b8\",\"appId\":\"1\"}";
  pusher_signer *signer;
  if (pusher_signer_new(config, &signer) != 0) return 1;
  for (int round = 1; round <= 3; round++) {
    char url[256] = "left over";
    int32_t now = pusher_signer_sign_request(signer, "GET", "/channels", NULL, NULL, 0, 0, url, sizeof url);
    if (now != PUSHER_ERROR_INTERNAL || asked != round || url[0] != '\0') return 2;
    int32_t then = pusher_signer_sign_request(signer, "GET", "/channels", NULL, NULL, 0, 1, url, sizeof url);
    if (then <= 0 || asked != round) return 3;
    puts("PUSHER_ERROR_INTERNAL, and the next is signed");
  }
  pusher_signer_free(signer);
  return 0;
}
