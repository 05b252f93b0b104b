/* The harness's interface to POSIX and Windows: memory by the page, time limits, and loading
 * libraries at run time. Functions that can fail return 1 on success. */
#ifndef PLATFORM_H
#define PLATFORM_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef _WIN32
#include <windows.h>
/* The harness uses these names too. */
#undef CALLBACK
#undef TEXT

/* The unit in which addresses are reserved. */
static size_t page_size(void) {
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  return system.dwAllocationGranularity;
}

/* Returns inaccessible memory, or NULL. */
static char *reserve(size_t size) {
  return (char *)VirtualAlloc(NULL, size, MEM_RESERVE, PAGE_NOACCESS);
}

static int make_accessible(char *at, size_t size) {
  return VirtualAlloc(at, size, MEM_COMMIT, PAGE_READWRITE) == at;
}

/* Releases memory in the pieces in which it was reserved. */
static int release(char *at, size_t size) {
  char *const end = at + size;
  while (at < end) {
    char *const base = at;
    MEMORY_BASIC_INFORMATION part;
    int mapped = VirtualQuery(at, &part, sizeof part) != 0 && part.Type == MEM_MAPPED;
    while (at < end && VirtualQuery(at, &part, sizeof part) != 0 && part.AllocationBase == base)
      at += part.RegionSize;
    if (at == base || !(mapped ? UnmapViewOfFile(base) : VirtualFree(base, 0, MEM_RELEASE)))
      return 0;
  }
  return 1;
}

/* Maps the same `step` bytes repeatedly from `first` to `end`, in the memory reserved at `at`.
 * Windows must release the reservation first, so no other thread may run. */
static int repeat(char *at, size_t size, char *first, char *end, size_t step) {
  char *const last = at + size;
  HANDLE bytes =
      CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, (DWORD)step, NULL);
  int done = bytes != NULL && release(at, size) &&
             VirtualAlloc(at, (size_t)(first - at), MEM_RESERVE, PAGE_NOACCESS) == at &&
             VirtualAlloc(end, (size_t)(last - end), MEM_RESERVE, PAGE_NOACCESS) == end;
  for (; done && first < end; first += step)
    done = MapViewOfFileEx(bytes, FILE_MAP_WRITE, 0, 0, step, first) == first;
  return done && CloseHandle(bytes);
}

static void WINAPI time_is_up(void *seconds, BOOLEAN fired) {
  (void)fired;
  fprintf(stderr, "not done after %u seconds\n", (unsigned)(size_t)seconds);
  _exit(1);
}

/* Ends the process after this number of seconds if it is not called again. */
static void end_after(unsigned seconds) {
  static HANDLE timer;
  if ((timer != NULL && !DeleteTimerQueueTimer(NULL, timer, INVALID_HANDLE_VALUE)) ||
      !CreateTimerQueueTimer(&timer, NULL, time_is_up, (void *)(size_t)seconds, seconds * 1000, 0,
                             WT_EXECUTEONLYONCE))
    abort();
}

static double processor_seconds(void) {
  FILETIME created, ended, kernel, user;
  if (!GetProcessTimes(GetCurrentProcess(), &created, &ended, &kernel, &user)) abort();
  return user.dwHighDateTime * 429.4967296 + user.dwLowDateTime / 1e7;
}

#ifdef SHARED_LIBRARY
static void *open_library(const char *path) { return (void *)LoadLibraryA(path); }
static int close_library(void *library) { return FreeLibrary((HMODULE)library) != 0; }
static int is_loaded(const char *path) { return GetModuleHandleA(path) != NULL; }
static void *function_of(void *library, const char *name) {
  FARPROC found = GetProcAddress((HMODULE)library, name);
  void *function;
  memcpy(&function, &found, sizeof function);
  return function;
}

/* Returns whether a closed library is unloaded. */
#define UNLOADS 1

static size_t count_of_mappings(void) {
  MEMORY_BASIC_INFORMATION part;
  const char *at = NULL;
  size_t count = 0;
  for (; VirtualQuery(at, &part, sizeof part) != 0;
       at = (const char *)part.BaseAddress + part.RegionSize)
    count += part.State != MEM_FREE;
  return count;
}

static size_t bytes_in_use(void) {
  PROCESS_HEAP_ENTRY entry;
  size_t bytes = 0;
  entry.lpData = NULL;
  while (HeapWalk(GetProcessHeap(), &entry))
    if (entry.wFlags & PROCESS_HEAP_ENTRY_BUSY) bytes += entry.cbData;
  return bytes;
}
#endif

#else /* POSIX */
#include <dlfcn.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

static size_t page_size(void) { return (size_t)sysconf(_SC_PAGESIZE); }

static char *reserve(size_t size) {
  void *at = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return at != MAP_FAILED ? (char *)at : NULL;
}

static int make_accessible(char *at, size_t size) {
  return mprotect(at, size, PROT_READ | PROT_WRITE) == 0;
}

static int release(char *at, size_t size) { return munmap(at, size) == 0; }

static int repeat(char *at, size_t size, char *first, char *end, size_t step) {
  FILE *bytes = tmpfile();
  int done = bytes != NULL && ftruncate(fileno(bytes), (off_t)step) == 0;
  (void)at, (void)size;
  for (; done && first < end; first += step)
    done = mmap(first, step, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fileno(bytes), 0) ==
           first;
  return done && fclose(bytes) == 0;
}

static void end_after(unsigned seconds) { alarm(seconds); }

static double processor_seconds(void) {
  struct rusage usage;
  if (getrusage(RUSAGE_SELF, &usage) != 0) abort();
  return (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6;
}

#ifdef SHARED_LIBRARY
static void *open_library(const char *path) { return dlopen(path, RTLD_NOW | RTLD_LOCAL); }
static int close_library(void *library) { return dlclose(library) == 0; }
static int is_loaded(const char *path) {
  void *library = dlopen(path, RTLD_NOW | RTLD_NOLOAD);
  if (library != NULL) dlclose(library);
  return library != NULL;
}
static void *function_of(void *library, const char *name) { return dlsym(library, name); }

static size_t count_of_mappings(void) {
  FILE *maps = fopen("/proc/self/maps", "r");
  size_t lines = 0;
  int byte;
  if (maps == NULL) abort();
  while ((byte = fgetc(maps)) != EOF) lines += byte == '\n';
  fclose(maps);
  return lines;
}

#ifdef __GLIBC__
#define UNLOADS 1
static size_t bytes_in_use(void) { return mallinfo2().uordblks; }
#else /* musl: dlclose does not unload, and only whole pages can be counted */
#define UNLOADS 0
static size_t bytes_in_use(void) {
  FILE *statm = fopen("/proc/self/statm", "r");
  unsigned long data;
  if (statm == NULL || fscanf(statm, "%*u %*u %*u %*u %*u %lu", &data) != 1) abort();
  fclose(statm);
  return data * page_size();
}
#endif
#endif
#endif
#endif
