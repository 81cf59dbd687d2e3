/*
 * framing_check.h - is the framing of a request what its fields say?
 */
#ifndef FUZZ_FRAMING_CHECK_H
#define FUZZ_FRAMING_CHECK_H

#include "http/request.h"

/*
 * Ends the fuzzer (see `hold`) unless the request, which was parsed, has either
 * Content-Length, each of them that very number, or Transfer-Encoding, with
 * chunked once and as the last coding, or neither, and then no content.
 */
void framing_check(const struct request *request);

#endif
