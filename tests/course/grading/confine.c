/*
 * confine.c - runs a program that is not trusted, confined, in place of itself.
 *
 *     confine PLACE UID LEVEL MEMORY PROGRAM NAME ARG...
 *
 * NAME and what follows it are the program's arguments. The program gets the
 * process id of confine: a signal to it, its exit status and what it costs are
 * the program's own. It keeps standard input and the two outputs; every other
 * descriptor, and the environment, stay outside.
 *
 * PLACE/view is what the program sees of the submission, and its working
 * folder. MEMORY is the most address space in MiB, 0 for no bound
 * (AddressSanitizer takes terabytes). PLACE/groups has links to control groups
 * that the program joins, if the system has any (groups.py). Once there is a
 * file PLACE/closed, nothing is started any more. LEVEL says what is done:
 *
 *     namespaces  PLACE/root is its root folder, read-only (cell.py), with the
 *                 view at /view; a user of its own; a /tmp that ends with it
 *     user        a user of its own; of the files, what every user can read
 *     none        bounds alone
 *
 * Exits with 125 if the place is closed, with 126 if something fails, and
 * with 127 if there is no such program.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MIB ((rlim_t)1024 * 1024)
#define FILE_MOST (16 * MIB)
#define PROCESSES_MOST 2048
#define CPU_SECONDS_MOST 60
#define FAILED 126

#if defined __x86_64__
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "confine.c does not know the system calls of this processor."
#endif

#define NEW_NAMESPACES                                                         \
    (CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |               \
     CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP)

/* What no server needs. The first rows look into other processes, the next
 * hold memory that belongs to no process; the others are ways to the kernel. */
static const unsigned refused[] = {
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_pidfd_getfd,
    SYS_kcmp,
    SYS_process_madvise,
    SYS_memfd_create,
    SYS_memfd_secret,
    SYS_shmget,
    SYS_msgget,
    SYS_semget,
    SYS_mq_open,
    SYS_unshare,
    SYS_setns,
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_open_tree,
    SYS_move_mount,
    SYS_fsopen,
    SYS_fsconfig,
    SYS_fsmount,
    SYS_fspick,
    SYS_mount_setattr,
    SYS_add_key,
    SYS_request_key,
    SYS_keyctl,
    SYS_bpf,
    SYS_perf_event_open,
    SYS_userfaultfd,
    SYS_fanotify_init,
    SYS_open_by_handle_at,
    SYS_name_to_handle_at,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_kexec_load,
    SYS_syslog,
    SYS_acct,
    SYS_quotactl,
    SYS_swapon,
    SYS_swapoff,
    SYS_reboot,
};

/* The libraries try these, and do without them where the kernel has none:
 * clone3's flags cannot be looked at here, as those of clone are. */
static const unsigned unknown[] = {
    SYS_clone3,
    SYS_io_uring_setup,
    SYS_io_uring_enter,
    SYS_io_uring_register,
};

static const unsigned families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define REFUSE(number) (SECCOMP_RET_ERRNO | (number))
#define FIELD(name) ((unsigned)offsetof(struct seccomp_data, name))

static struct sock_filter filter[256];
static unsigned short filter_length;

static void add(unsigned code, unsigned value, unsigned char skip_if_true,
                unsigned char skip_if_false)
{
    filter[filter_length++] = (struct sock_filter)BPF_JUMP(
        (unsigned short)code, value, skip_if_true, skip_if_false);
}

static void load(unsigned offset)
{
    add(BPF_LD | BPF_W | BPF_ABS, offset, 0, 0);
}

/* If what was loaded is the value, this is the result. */
static void add_case(unsigned value, unsigned result)
{
    add(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
    add(BPF_RET | BPF_K, result, 0, 0);
}

static void make_filter(void)
{
    load(FIELD(arch));
    add(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
    add(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS, 0, 0);
    load(FIELD(nr));
    add(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1); /* x86's other numbers */
    add(BPF_RET | BPF_K, REFUSE(ENOSYS), 0, 0);
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        add_case(refused[i], REFUSE(EPERM));
    }
    for (size_t i = 0; i < COUNT_OF(unknown); i++) {
        add_case(unknown[i], REFUSE(ENOSYS));
    }
    add(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 4);
    load(FIELD(args[0])); /* its lower half, where the flags are */
    add(BPF_JMP | BPF_JSET | BPF_K, NEW_NAMESPACES, 0, 1);
    add(BPF_RET | BPF_K, REFUSE(EPERM), 0, 0);
    add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
    add(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 1, 0);
    add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
    load(FIELD(args[0]));
    for (size_t i = 0; i < COUNT_OF(families); i++) {
        add_case(families[i], SECCOMP_RET_ALLOW);
    }
    add(BPF_RET | BPF_K, REFUSE(EAFNOSUPPORT), 0, 0);
}

static void refuse_calls(void)
{
    struct sock_fprog program = {.filter = filter};

    make_filter();
    program.len = filter_length;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == -1) {
        err(FAILED, "seccomp");
    }
}

/* Writes the text to a file, if that can be. */
static bool put(const char *path, const char *text)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);
    bool is_done =
        file != -1 && write(file, text, strlen(text)) == (ssize_t)strlen(text);

    if (file != -1) {
        (void)close(file);
    }
    return is_done;
}

static char *in_place(const char *place, const char *name)
{
    char *path;

    if (asprintf(&path, "%s/%s", place, name) == -1) {
        err(FAILED, "asprintf");
    }
    return path;
}

static void join_groups(const char *place)
{
    glob_t groups = {0};

    if (glob(in_place(place, "groups/*/cgroup.procs"), 0, NULL, &groups) == 0) {
        for (size_t i = 0; i < groups.gl_pathc; i++) {
            if (!put(groups.gl_pathv[i], "0")) {
                err(FAILED, "%s", groups.gl_pathv[i]);
            }
        }
    }
    globfree(&groups);
}

static void limit(__rlimit_resource_t what, rlim_t most)
{
    struct rlimit both = {.rlim_cur = most, .rlim_max = most};

    if (setrlimit(what, &both) == -1) {
        err(FAILED, "setrlimit");
    }
}

/* Its own mounts, a /tmp among them, and PLACE/root as its root folder. */
static void enter_root(const char *place)
{
    if (unshare(CLONE_NEWNS) == -1 ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 ||
        mount("jail", in_place(place, "root/tmp"), "tmpfs",
              MS_NOSUID | MS_NODEV,
              "size=64m,nr_inodes=4096,mode=1777") == -1 ||
        chroot(in_place(place, "root")) == -1 || chdir("/view") == -1) {
        err(FAILED, "%s/root", place);
    }
}

static void become(uid_t user)
{
    if (setgroups(0, NULL) == -1 || setresgid(user, user, user) == -1 ||
        setresuid(user, user, user) == -1) {
        err(FAILED, "user %u", user);
    }
}

static void set_limits(rlim_t memory)
{
    (void)!nice(10);
    limit(RLIMIT_CORE, 1); /* with 0, a program that collects cores would run */
    limit(RLIMIT_FSIZE, FILE_MOST);
    limit(RLIMIT_CPU, CPU_SECONDS_MOST);
    limit(RLIMIT_AS, memory == 0 ? RLIM_INFINITY : memory);
}

int main(int argc, char *argv[])
{
    static char *environment[] = {"PATH=/usr/bin:/bin", "LC_ALL=C",
                                  "TMPDIR=/tmp", "ASAN_OPTIONS=detect_leaks=0",
                                  NULL};
    const char *place = argv[1];

    if (argc < 7) {
        errx(FAILED, "the head of confine.c has the usage");
    }
    if (access(in_place(place, "closed"), F_OK) == 0) {
        errx(125, "closed, after what was started in it");
    }
    closefrom(STDERR_FILENO + 1);
    (void)put("/proc/self/oom_score_adj", "1000"); /* the first to go */
    join_groups(place);
    if (strcmp(argv[3], "namespaces") == 0) {
        enter_root(place);
    } else if (chdir(in_place(place, "view")) == -1) {
        err(FAILED, "%s/view", place);
    }
    set_limits(strtoul(argv[4], NULL, 10) * MIB);
    if (strcmp(argv[3], "none") != 0) {
        limit(RLIMIT_NPROC, PROCESSES_MOST);
        become((uid_t)strtoul(argv[2], NULL, 10));
    }
    refuse_calls();
    environ = environment;
    (void)execvp(argv[5], argv + 6);
    err(errno == ENOENT ? 127 : FAILED, "%s", argv[5]);
}
