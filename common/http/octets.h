/*
 * octets.h - looks at sixteen bytes at a time.
 *
 *     octets = octets_load(text);
 *     marked = octets_or(octets_equal(octets, '&'), octets_equal(octets, '%'));
 *     text += octets_before(marked);
 *
 * Decoding a form takes two fifths of the instructions this way, and skipping
 * a long field value a quarter. gcc and clang turn it into vector instructions
 * on any processor. Other compilers and PORTABLE builds do without them.
 *
 * A byte that is marked is 0xff. All others are 0.
 */
#ifndef HTTP_OCTETS_H
#define HTTP_OCTETS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__) && !defined(PORTABLE)
#include <emmintrin.h>
#endif

enum {
    OCTETS_AT_ONCE = 16
};

#if defined(__GNUC__) && !defined(PORTABLE)

typedef unsigned char octets_vector __attribute__((vector_size(16)));

struct octets {
    octets_vector all;
};

static inline struct octets octets_equal(struct octets octets, char octet)
{
    return (struct octets){(octets_vector)(octets.all == (unsigned char)octet)};
}

static inline struct octets octets_below(struct octets octets,
                                         unsigned char limit)
{
    return (struct octets){(octets_vector)(octets.all < limit)};
}

static inline struct octets octets_or(struct octets a, struct octets b)
{
    return (struct octets){a.all | b.all};
}

/* Every byte `from` becomes `to`. */
static inline struct octets octets_replace(struct octets octets, char from,
                                           char to)
{
    octets_vector marked = octets_equal(octets, from).all;

    return (struct octets){octets.all ^ (marked & (unsigned char)(from ^ to))};
}

#else

struct octets {
    unsigned char all[OCTETS_AT_ONCE];
};

static inline struct octets octets_equal(struct octets octets, char octet)
{
    for (size_t i = 0; i < OCTETS_AT_ONCE; i++) {
        octets.all[i] = octets.all[i] == (unsigned char)octet ? 0xff : 0;
    }
    return octets;
}

static inline struct octets octets_below(struct octets octets,
                                         unsigned char limit)
{
    for (size_t i = 0; i < OCTETS_AT_ONCE; i++) {
        octets.all[i] = octets.all[i] < limit ? 0xff : 0;
    }
    return octets;
}

static inline struct octets octets_or(struct octets a, struct octets b)
{
    for (size_t i = 0; i < OCTETS_AT_ONCE; i++) {
        a.all[i] |= b.all[i];
    }
    return a;
}

static inline struct octets octets_replace(struct octets octets, char from,
                                           char to)
{
    for (size_t i = 0; i < OCTETS_AT_ONCE; i++) {
        if (octets.all[i] == (unsigned char)from) {
            octets.all[i] = (unsigned char)to;
        }
    }
    return octets;
}

#endif

/* Reads the 16 bytes at `text`. All of them must be there. */
static inline struct octets octets_load(const char *text)
{
    struct octets octets;

    memcpy(&octets, text, sizeof octets);
    return octets;
}

static inline void octets_store(char *text, struct octets octets)
{
    memcpy(text, &octets, sizeof octets);
}

/* Counts the bytes before the first one that is marked: 16 if none is. */
static inline size_t octets_before(struct octets marked)
{
#if defined(__SSE2__) && !defined(PORTABLE) /* this takes half the time */
    unsigned bits = (unsigned)_mm_movemask_epi8((__m128i)marked.all);

    return bits == 0 ? OCTETS_AT_ONCE : (size_t)__builtin_ctz(bits);
#else
    uint64_t half[2];
    size_t before = 0;

    memcpy(half, &marked, sizeof half);
    if ((half[0] | half[1]) == 0) {
        return OCTETS_AT_ONCE;
    }
#if defined(__GNUC__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    before = half[0] != 0 ? (size_t)__builtin_ctzll(half[0]) / 8
                          : (size_t)__builtin_ctzll(half[1]) / 8 + 8;
#else
    while (((const unsigned char *)half)[before] == 0) {
        before++;
    }
#endif
    return before;
#endif
}

#endif
