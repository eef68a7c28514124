// Preloaded into a process (LD_PRELOAD), writes down what it does to the files of one directory, in order and before it
// returns: "W name offset length\n" and the bytes written, "T name length\n" for truncation, "S name\n" for fsync and
// fdatasync. LLAVERO_DISK_DIRECTORY names the directory, LLAVERO_DISK_LOG the file to append to. For Linux.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

int log_file() {
  static const int file = [] {
    const char *path = getenv("LLAVERO_DISK_LOG");
    return path == nullptr ? -1 : open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  }();
  return file;
}

// The name of a file inside the directory, "." for the directory itself, or nullptr for any other file.
const char *name_in_directory(const char *path) {
  const char *directory = getenv("LLAVERO_DISK_DIRECTORY");
  if (directory == nullptr || log_file() < 0) return nullptr;
  const size_t prefix = strlen(directory);
  if (strncmp(path, directory, prefix) != 0) return nullptr;
  if (path[prefix] == '\0') return ".";
  return path[prefix] == '/' ? path + prefix + 1 : nullptr;
}

const char *name_of(int descriptor, char (&path)[4096]) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return nullptr;
  path[length] = '\0';
  return name_in_directory(path);
}

void note(const char *header, int length, const void *bytes, size_t size) {
  iovec parts[2] = {{const_cast<char *>(header), static_cast<size_t>(length)}, {const_cast<void *>(bytes), size}};
  if (syscall(SYS_writev, log_file(), parts, size == 0 ? 1 : 2) != static_cast<long>(length + size)) abort();
}

void note_write(int descriptor, const void *bytes, ssize_t written, off_t offset) {
  char path[4096];
  char header[4200];
  const char *name = written > 0 ? name_of(descriptor, path) : nullptr;
  if (name == nullptr) return;
  const int length = snprintf(header, sizeof header, "W %s %lld %zd\n", name, static_cast<long long>(offset), written);
  note(header, length, bytes, static_cast<size_t>(written));
}

void note_line(char what, int descriptor, long long length) {
  char path[4096];
  char line[4200];
  const char *name = name_of(descriptor, path);
  if (name == nullptr) return;
  const int size = length < 0 ? snprintf(line, sizeof line, "%c %s\n", what, name)
                              : snprintf(line, sizeof line, "%c %s %lld\n", what, name, length);
  note(line, size, nullptr, 0);
}

}  // namespace

extern "C" {

ssize_t write(int descriptor, const void *bytes, size_t size) {
  const off_t offset = lseek(descriptor, 0, SEEK_CUR);
  const ssize_t written = syscall(SYS_write, descriptor, bytes, size);
  if (offset >= 0) note_write(descriptor, bytes, written, offset);
  return written;
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t size, off64_t offset) {
  const ssize_t written = syscall(SYS_pwrite64, descriptor, bytes, size, offset);
  note_write(descriptor, bytes, written, offset);
  return written;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t size, off_t offset) {
  return pwrite64(descriptor, bytes, size, offset);
}

int ftruncate64(int descriptor, off64_t length) noexcept {
  const int result = static_cast<int>(syscall(SYS_ftruncate, descriptor, length));
  if (result == 0) note_line('T', descriptor, length);
  return result;
}

int ftruncate(int descriptor, off_t length) noexcept { return ftruncate64(descriptor, length); }

int unlink(const char *path) noexcept {
  const int result = static_cast<int>(syscall(SYS_unlinkat, AT_FDCWD, path, 0));
  const char *name = result == 0 ? name_in_directory(path) : nullptr;
  if (name == nullptr) return result;
  char line[4200];
  note(line, snprintf(line, sizeof line, "D %s\n", name), nullptr, 0);
  return result;
}

int fsync(int descriptor) {
  const int result = static_cast<int>(syscall(SYS_fsync, descriptor));
  if (result == 0) note_line('S', descriptor, -1);
  return result;
}

int fdatasync(int descriptor) {
  const int result = static_cast<int>(syscall(SYS_fdatasync, descriptor));
  if (result == 0) note_line('S', descriptor, -1);
  return result;
}

}
