// library.c - calls the library through its C ABI: library one-shot | signer | two-threads

#define _GNU_SOURCE
#include <pthread.h>
#include <pusher_auth.h>
#include <stdatomic.h>
#include <string.h>

#include "worker.h"

static const char *config, *socket_id;
static pusher_signer *signer;

static int run_one_shot(const char *user, size_t user_len, long calls, char *response,
                        size_t response_size) {
  (void)user_len;
  int result = 0;
  for (long i = 0; i < calls && result >= 0; i++) {
    result = pusher_authenticate_user(config, socket_id, user, response, response_size);
  }
  return result;
}

static int run_signer(const char *user, size_t user_len, long calls, char *response,
                      size_t response_size) {
  size_t socket_id_len = strlen(socket_id);
  int result = 0;
  for (long i = 0; i < calls && result >= 0; i++) {
    result = pusher_signer_authenticate_user(signer, socket_id, socket_id_len, user, user_len,
                                             response, response_size);
  }
  return result;
}

struct half {
  const char *user;
  size_t user_len;
  long calls;
  atomic_int stage; // 1 when the thread is ready, 2 when it can begin
  int result;
};

static void *run_half(void *argument) {
  static char response[131072];
  struct half *half = argument;
  half->stage = 1;
  while (half->stage != 2) {}
  half->result = run_signer(half->user, half->user_len, half->calls, response, sizeof response);
  return NULL;
}

// Pins the thread to one processor.
static int pin(pthread_t thread, int processor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(processor, &set);
  return pthread_setaffinity_np(thread, sizeof set, &set);
}

// Divides the calls between two threads that begin at the same time. Each has its own processor, so
// that the scheduler does not affect the measurement.
static int run_two_threads(const char *user, size_t user_len, long calls, char *response,
                           size_t response_size) {
  struct half half = {user, user_len, calls / 2, 0, 0};
  pthread_t thread;
  if (pin(pthread_self(), 0) != 0 || pthread_create(&thread, NULL, run_half, &half) != 0) return -1;
  if (pin(thread, 1) != 0) return -1;
  while (half.stage != 1) {}
  start = nanoseconds();
  half.stage = 2;
  int result = run_signer(user, user_len, calls - half.calls, response, response_size);
  pthread_join(thread, NULL);
  return result < 0 ? result : half.result;
}

int main(int argc, char **argv) {
  const char *mode = argc == 2 ? argv[1] : "";
  config = getenv("PUSHER_CONFIG");
  socket_id = getenv("SOCKET_ID");
  int result = pusher_signer_new(config, strlen(config), &signer);
  if (result < 0) {
    fprintf(stderr, "%s\n", pusher_error_message(result));
    return EXIT_FAILURE;
  }
  if (strcmp(mode, "one-shot") == 0) return serve(run_one_shot);
  if (strcmp(mode, "signer") == 0) return serve(run_signer);
  if (strcmp(mode, "two-threads") == 0) return serve(run_two_threads);
  fprintf(stderr, "usage: library one-shot | signer | two-threads\n");
  return EXIT_FAILURE;
}
