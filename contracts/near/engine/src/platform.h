/*
 * Included before every source file: what quickjs-ng takes from a C library and a contract does not have, or does not
 * want to pay for. There is no clock, no stream and no locale.
 */
#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

/* Eight bytes anywhere, at once. */
typedef uint64_t __attribute__((may_alias, aligned(1))) word;
#define EVERY_BYTE(value) ((value) * 0x0101010101010101ull)

int near_vsnprintf(char *buffer, size_t size, const char *format, va_list arguments);
int near_snprintf(char *buffer, size_t size, const char *format, ...);
#define vsnprintf near_vsnprintf
#define snprintf near_snprintf

#define printf(...) ((void)0)
#define fprintf(...) ((void)0)
#define fputs(...) ((void)0)
#define putchar(...) ((void)0)
#define fwrite(...) ((void)0)

#define abort() __builtin_trap()

/* Time starts at 0: Date.now() in a contract is the block's business, see near.blockTimestamp(). */
static inline int near_gettimeofday(struct timeval *now)
{
    now->tv_sec = 0;
    now->tv_usec = 0;
    return 0;
}
#define gettimeofday(now, zone) near_gettimeofday(now)

static inline int near_clock_gettime(struct timespec *now)
{
    now->tv_sec = 0;
    now->tv_nsec = 0;
    return 0;
}
#define clock_gettime(clock, now) near_clock_gettime(now)

/* UTC. */
#define localtime_r(seconds, broken_down) (memset(broken_down, 0, sizeof *(broken_down)))
