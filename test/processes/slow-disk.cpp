// Preloaded into a process: every flush of a file takes SLOW_DISK_MS milliseconds, as on a disk that is far away or busy.
#include <cstdlib>
#include <ctime>

static int nap() {
  const long ms = std::atol(std::getenv("SLOW_DISK_MS"));
  const timespec time = {ms / 1000, ms % 1000 * 1000000L};
  nanosleep(&time, nullptr);
  return 0;
}

extern "C" int fdatasync(int) { return nap(); }
extern "C" int fsync(int) { return nap(); }
