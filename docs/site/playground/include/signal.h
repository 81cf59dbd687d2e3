/* signal.h - wasi-libc's, and the type that it leaves out. */
#ifndef PLAYGROUND_SIGNAL_H
#define PLAYGROUND_SIGNAL_H

#include_next <signal.h>

#define __NEED_sigset_t
#include <bits/alltypes.h>

#endif
