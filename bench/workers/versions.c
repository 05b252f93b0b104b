// versions.c - compares two builds of the library: versions OLD.so NEW.so USER.json...
//
// Prints the ratio of their processor times for pusher_signer_authenticate_user in short interleaved
// rounds: for the fastest rounds, and the median of all.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CONFIG "{\"key\":\"278d425bdf160c739803\",\"secret\":\"7ad3773142a6692b25b8\"}"
#define SOCKET_ID "1234.1234"
enum { ROUNDS = 2001, ROUND_NANOSECONDS = 100000 };

typedef int32_t authenticate_function(const void *signer, const char *socket_id,
                                      size_t socket_id_len, const char *user, size_t user_len,
                                      char *response, size_t response_size);
typedef int32_t old_new_function(const char *config, void **signer);
typedef int32_t new_function(const char *config, size_t config_len, void **signer);

static struct build {
  authenticate_function *authenticate;
  void *signer;
} builds[2];

static char user[65536], response[2 * sizeof user];

static void fail(const char *what) {
  fprintf(stderr, "%s\n", what);
  exit(EXIT_FAILURE);
}

static struct build load(const char *path) {
  struct build build = {0};
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) fail(dlerror());
  const char *(*version)(void) = (const char *(*)(void))(uintptr_t)dlsym(library, "pusher_version");
  void *create = dlsym(library, "pusher_signer_new");
  build.authenticate =
      (authenticate_function *)(uintptr_t)dlsym(library, "pusher_signer_authenticate_user");
  if (!version || !create || !build.authenticate) fail("a function is missing");
  // 0.x takes a C string.
  int32_t code = version()[0] == '0'
                     ? ((old_new_function *)(uintptr_t)create)(CONFIG, &build.signer)
                     : ((new_function *)(uintptr_t)create)(CONFIG, strlen(CONFIG), &build.signer);
  if (code != 0) fail("pusher_signer_new failed");
  return build;
}

// Returns the nanoseconds of processor time per call.
static double measure(const struct build *build, size_t user_len, long calls) {
  struct timespec start, end;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
  for (long i = 0; i < calls; i++) {
    if (build->authenticate(build->signer, SOCKET_ID, strlen(SOCKET_ID), user, user_len, response,
                            sizeof response) < 0) {
      fail("pusher_signer_authenticate_user failed");
    }
  }
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
  return ((double)(end.tv_sec - start.tv_sec) * 1e9 + (double)(end.tv_nsec - start.tv_nsec)) /
         (double)calls;
}

static int compare(const void *a, const void *b) {
  double left = *(const double *)a, right = *(const double *)b;
  return (left > right) - (left < right);
}

int main(int argc, char **argv) {
  if (argc < 4) fail("usage: versions OLD.so NEW.so USER.json...");
  builds[0] = load(argv[1]);
  builds[1] = load(argv[2]);
  printf("| user | old, ns | new, ns | new / old, fastest | median |\n|---|---:|---:|---:|---:|\n");
  for (int i = 3; i < argc; i++) {
    static double times[2][ROUNDS], ratios[ROUNDS];
    FILE *file = fopen(argv[i], "rb");
    if (!file) fail(argv[i]);
    size_t user_len = fread(user, 1, sizeof user, file);
    fclose(file);
    long calls = (long)(ROUND_NANOSECONDS / measure(&builds[0], user_len, 1000)) + 1;
    for (int round = 0; round < ROUNDS; round++) {
      int first = round & 1;
      times[first][round] = measure(&builds[first], user_len, calls);
      times[!first][round] = measure(&builds[!first], user_len, calls);
      ratios[round] = times[1][round] / times[0][round];
    }
    for (int build = 0; build < 2; build++) qsort(times[build], ROUNDS, sizeof(double), compare);
    qsort(ratios, ROUNDS, sizeof(double), compare);
    // The slowest of the fastest percent, because the very fastest can be an error of the clock.
    double old = times[0][ROUNDS / 100], new = times[1][ROUNDS / 100];
    const char *name = strrchr(argv[i], '/');
    printf("| %s | %.0f | %.0f | %.3f | %.3f |\n", name ? name + 1 : argv[i], old, new, new / old,
           ratios[ROUNDS / 2]);
  }
  return EXIT_SUCCESS;
}
