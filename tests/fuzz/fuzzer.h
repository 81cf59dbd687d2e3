/*
 * fuzzer.h - what every fuzzer includes.
 *
 * A fuzzer is a file NAME_fuzz.c with the function that libFuzzer calls for
 * each input. It lets the input go through the code as a client or a delegate
 * could, and holds properties that are true of any input. `run` builds and
 * runs them all.
 */
#ifndef FUZZ_FUZZER_H
#define FUZZ_FUZZER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "strict_answer.h"

/* What a fuzzer defines. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Says which property does not hold, and aborts, if it does not. */
void hold(bool holds, const char *property);

/* Reads an answer of that time. Ends the fuzzer unless it is whole and valid.
 */
struct answer read_answer(const char *data, size_t length, bool head_only,
                          time_t now);

/* True if the two texts are the same octets. Texts of no octets may be NULL. */
bool same_octets(const char *one, size_t one_length, const char *other,
                 size_t other_length);

/* True if `text` is `string`, whatever the case of ASCII letters. */
bool same_name(const char *text, size_t length, const char *string);

/* True for a token of RFC 9110, section 5.6.2. */
bool is_token(const char *text, size_t length);

/* A copy in memory of its own, of exactly that length, so that AddressSanitizer
 * sees each look beyond it. Free it with free. */
char *exact_copy(const char *data, size_t length);

/* A number that depends on every octet: where to cut, and other choices that
 * need not be in the input. */
uint64_t fingerprint(const char *data, size_t length);

/*
 * Reads one character of UTF-8 from `length` octets, at least one. Returns its
 * octets, with the code point in `*character`; for what is ill-formed the
 * octets of its maximal part (Unicode, section 3.9), and `*character` is -1.
 * It computes what html.c has in a table.
 */
size_t utf8_read(const char *text, size_t length, long *character);

/* True if a page may hold that character as it is: no -1, no control but
 * tab, LF and CR. */
bool is_shown(long character);

/* True if the text is UTF-8 all through, of characters that are shown. */
bool is_clean_text(const char *text, size_t length);

#endif
