/*
 * fuzzer.h - what every fuzzer includes.
 *
 * A fuzzer is a file NAME_fuzz.c with the function that libFuzzer calls for
 * each input. It passes the input through the code as a client or a delegate
 * could, and checks properties that are true of any input. run_fuzzers.py
 * builds and runs all fuzzers.
 */
#ifndef FUZZ_FUZZER_H
#define FUZZ_FUZZER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "strict_answer.h"

/* Each fuzzer defines it. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* If the property is false, prints it and aborts. */
void hold(bool holds, const char *property);

/* Reads an answer that was made at this time. Ends the fuzzer unless it is
 * whole and valid. */
struct answer read_answer(const char *data, size_t length, bool head_only,
                          time_t now);

/* True if the two texts have the same bytes. An empty text may be NULL. */
bool same_octets(const char *one, size_t one_length, const char *other,
                 size_t other_length);

/* True if `text` is `string`, whatever the case of ASCII letters. */
bool same_name(const char *text, size_t length, const char *string);

/* True for a token of RFC 9110, section 5.6.2. */
bool is_token(const char *text, size_t length);

/* Returns a copy in its own memory, of exactly that length, so that
 * AddressSanitizer sees any access beyond it. Free it with free. */
char *exact_copy(const char *data, size_t length);

/* Returns a number that depends on every byte. It decides where to cut, and
 * other things that need not be in the input. */
uint64_t fingerprint(const char *data, size_t length);

/*
 * Reads one character of UTF-8 from `length` bytes, at least one. Returns how
 * many bytes it has, with its code point in `*character`. If it is ill-formed,
 * returns how many bytes its maximal part has (Unicode, section 3.9), and
 * `*character` is -1. It computes what html.c has in a table.
 */
size_t utf8_read(const char *text, size_t length, long *character);

/* True if a page may have this character as it is: it is not -1, and not a
 * control character other than tab, LF and CR. */
bool is_shown(long character);

/* True if all of the text is UTF-8, and a page may have each of its characters.
 */
bool is_clean_text(const char *text, size_t length);

#endif
