// worker.h - the protocol of src/main.rs, for the workers in C and C++.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

// Signs the user `calls` times, and writes the response. Returns a negative number if that fails.
typedef int run_function(const char *user, size_t user_len, long calls, char *response,
                         size_t response_size);

// The time at which the calls began. A run_function with a set-up of its own sets it again.
static int64_t start;

static int64_t nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

// Reads lines "CALLS FILE" from the input, signs the user in the file so many times, and prints
// "NANOSECONDS RESPONSE".
static int serve(run_function *run) {
  static char user[65536], response[2 * sizeof user];
  char path[1024];
  long calls;
  while (scanf("%ld %1023s", &calls, path) == 2) {
    FILE *file = fopen(path, "rb");
    if (!file) {
      perror(path);
      return EXIT_FAILURE;
    }
    size_t user_len = fread(user, 1, sizeof user - 1, file);
    user[user_len] = '\0';
    fclose(file);

    start = nanoseconds();
    int result = run(user, user_len, calls, response, sizeof response);
    int64_t end = nanoseconds();
    if (result < 0) {
      fprintf(stderr, "signing failed: %d\n", result);
      return EXIT_FAILURE;
    }
    printf("%lld %s\n", (long long)(end - start), response);
    fflush(stdout);
  }
  return EXIT_SUCCESS;
}
