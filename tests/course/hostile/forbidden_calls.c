/*
 * forbidden_calls.c - asks the kernel for what would let it out, or hide memory
 * from the one who counts it. If it gets any of that, it does not serve.
 * expects: all
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static void refused(const char *what, long result)
{
    if (result != -1) {
        fprintf(stderr, "%s was not refused\n", what);
        _Exit(9);
    }
}

__attribute__((constructor)) static void ask_for_all(void)
{
    if (access("/view/plain", F_OK) == -1) {
        return; /* not in the jail */
    }
    refused("unshare", unshare(CLONE_NEWUSER));
    refused("clone", syscall(SYS_clone, CLONE_NEWUSER, 0L, 0L, 0L, 0L));
    refused("clone3", syscall(SYS_clone3, NULL, 0L));
    refused("memfd_create", memfd_create("hidden", 0));
    refused("shmget", shmget(IPC_PRIVATE, 1 << 20, IPC_CREAT | 0600));
    refused("ptrace", ptrace(PTRACE_TRACEME, 0, NULL, NULL));
    refused("pidfd_getfd", syscall(SYS_pidfd_getfd, 0, 0, 0));
    refused("keyctl", syscall(SYS_keyctl, 0L, -3L, 1L));
    refused("io_uring", syscall(SYS_io_uring_setup, 8L, NULL));
    refused("vsock", socket(40, SOCK_STREAM, 0));
}
