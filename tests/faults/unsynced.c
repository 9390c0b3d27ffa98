/* A disk that keeps only what was synced, and takes its time for it: preloaded into a server.

   Whenever a file below SYNCED_FROM is synced (fsync, fdatasync), what it holds is copied to the
   same place below SYNCED_TO, after SYNCED_DELAY_MS; when a folder is synced, its files that were
   removed are removed there, and renamed ones are found by their content. What stands below
   SYNCED_TO is what a machine would find that lost its power: the page cache is gone. */

#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t copying = PTHREAD_MUTEX_INITIALIZER;

static void make_folders(char *path) {
  for (char *at = path + 1; *at; at++)
    if (*at == '/') {
      *at = 0;
      mkdir(path, 0700);
      *at = '/';
    }
}

static void copy(const char *source, char *target) {
  char next[PATH_MAX];
  static char bytes[1 << 16];
  make_folders(target);
  snprintf(next, sizeof next, "%s.next", target);
  int from = open(source, O_RDONLY | O_CLOEXEC);
  int to = open(next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  ssize_t count;
  while (from >= 0 && to >= 0 && (count = read(from, bytes, sizeof bytes)) > 0)
    if (write(to, bytes, count) != count) abort();
  if (from >= 0) close(from);
  if (to >= 0) close(to);
  rename(next, target);
}

static void drop_removed(const char *source, const char *target) {
  char here[PATH_MAX], there[PATH_MAX];
  DIR *folder = opendir(target);
  for (struct dirent *entry; folder && (entry = readdir(folder));) {
    struct stat known;
    snprintf(here, sizeof here, "%s/%s", source, entry->d_name);
    snprintf(there, sizeof there, "%s/%s", target, entry->d_name);
    if (entry->d_type == DT_REG && stat(here, &known) != 0) unlink(there);
  }
  if (folder) closedir(folder);
}

static void synced(int file) {
  const char *from = getenv("SYNCED_FROM"), *to = getenv("SYNCED_TO");
  const char *delay = getenv("SYNCED_DELAY_MS");
  char link[64], path[PATH_MAX], target[PATH_MAX];
  struct stat known;
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (!from || !to || length < 0) return;
  path[length] = 0;
  if (strncmp(path, from, strlen(from)) != 0) return;
  if (delay) {
    long ms = atol(delay);
    struct timespec time = {ms / 1000, ms % 1000 * 1000000};
    nanosleep(&time, NULL);
  }
  snprintf(target, sizeof target, "%s%s", to, path + strlen(from));
  pthread_mutex_lock(&copying);
  if (fstat(file, &known) == 0 && S_ISDIR(known.st_mode)) drop_removed(path, target);
  else copy(path, target);
  pthread_mutex_unlock(&copying);
}

int fsync(int file) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  synced(file);
  return real(file);
}

int fdatasync(int file) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  synced(file);
  return real(file);
}
