/* The documented example in a program with another allocator: the malloc in this file, or that of
 * another Rust library. */
#include <pusher_auth.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t allocations(void);

#ifdef OWN_MALLOC
#include <errno.h>

static unsigned char memory[1 << 22] __attribute__((aligned(64)));
static size_t used, count;

void *aligned_alloc(size_t alignment, size_t size) {
  size_t start = (used + 16 + alignment - 1) & ~(alignment - 1);
  if (size > sizeof memory - start) return NULL;
  memcpy(memory + start - sizeof size, &size, sizeof size);
  used = start + size;
  count++;
  return memory + start;
}

void *malloc(size_t size) { return aligned_alloc(16, size); }

void free(void *block) { (void)block; }

void *calloc(size_t n, size_t size) {
  return malloc(n * size); /* zero, since it was never used before */
}

void *realloc(void *block, size_t size) {
  size_t old = 0;
  void *moved = malloc(size);
  if (block != NULL && moved != NULL) {
    memcpy(&old, (unsigned char *)block - sizeof old, sizeof old);
    memcpy(moved, block, old < size ? old : size);
  }
  return moved;
}

int posix_memalign(void **block, size_t alignment, size_t size) {
  *block = aligned_alloc(alignment, size);
  return *block == NULL ? ENOMEM : 0;
}

size_t allocations(void) { return ++count; }
#endif

int main(void) {
  char response[1024];
  size_t before = allocations();
  int32_t n = pusher_authenticate_user(
      "{\"key\":\"278d425bdf160c739803\",\"secret\":\"7ad3773142a6692b25b8\"}", "1234.1234",
      "{\"id\":\"12345\"}", response, sizeof response);
  size_t others = allocations() - before - 1; /* without this question's own */
#ifdef OWN_MALLOC
  if (others == 0) return 1; /* the library must use this program's malloc */
#else
  if (others != 0) return 1; /* the library must not use the other's allocator */
#endif
  if (n < 0) return 2;
  puts(response);
  return 0;
}
