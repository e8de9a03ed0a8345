/*
 * memcpy, memmove, memset and memcmp in words: every instruction costs the same gas, whatever it moves.
 */
#include <stddef.h>

typedef uint32_t __attribute__((may_alias, aligned(1))) half_word;

__attribute__((no_builtin)) void *memcpy(void *restrict target, const void *restrict source, size_t length)
{
    char *to = target;
    const char *from = source;
    for (; length >= 32; length -= 32, to += 32, from += 32) {
        ((word *)to)[0] = ((const word *)from)[0];
        ((word *)to)[1] = ((const word *)from)[1];
        ((word *)to)[2] = ((const word *)from)[2];
        ((word *)to)[3] = ((const word *)from)[3];
    }
    for (; length >= 8; length -= 8, to += 8, from += 8)
        *(word *)to = *(const word *)from;
    if (length & 4) {
        *(half_word *)to = *(const half_word *)from;
        to += 4;
        from += 4;
    }
    for (length &= 3; length; length--)
        *to++ = *from++;
    return target;
}

__attribute__((no_builtin)) void *memmove(void *target, const void *source, size_t length)
{
    char *to = target;
    const char *from = source;
    if (to <= from) {
        for (; length >= 8; length -= 8, to += 8, from += 8)
            *(word *)to = *(const word *)from;
        for (; length; length--)
            *to++ = *from++;
        return target;
    }
    for (; length >= 8; length -= 8)
        *(word *)(to + length - 8) = *(const word *)(from + length - 8);
    for (; length; length--)
        to[length - 1] = from[length - 1];
    return target;
}

__attribute__((no_builtin)) void *memset(void *target, int value, size_t length)
{
    char *to = target;
    uint64_t pattern = (uint8_t)value * 0x0101010101010101ull;
    for (; length >= 32; length -= 32, to += 32) {
        ((word *)to)[0] = pattern;
        ((word *)to)[1] = pattern;
        ((word *)to)[2] = pattern;
        ((word *)to)[3] = pattern;
    }
    for (; length >= 8; length -= 8, to += 8)
        *(word *)to = pattern;
    for (; length; length--)
        *to++ = value;
    return target;
}

__attribute__((no_builtin)) int memcmp(const void *left, const void *right, size_t length)
{
    const unsigned char *a = left, *b = right;
    for (; length >= 8 && *(const word *)a == *(const word *)b; length -= 8) {
        a += 8;
        b += 8;
    }
    for (; length && *a == *b; length--) {
        a++;
        b++;
    }
    return length ? *a - *b : 0;
}
