/* support.c - helpers of the unit tests; the contract is in support.h. */
#include "support.h"
#include "support_by_hand.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* How many bytes the readable pages for `length` bytes have; at least one page.
 */
static size_t pages_for(size_t length)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    return length == 0 ? page : (length + page - 1) / page * page;
}

char *guarded_copy(const char *data, size_t length)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t readable = pages_for(length);
    char *pages = mmap(NULL, readable + page, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    assert_true(pages != MAP_FAILED);
    assert_int_equal(mprotect(pages + readable, page, PROT_NONE), 0);
    if (length > 0) {
        memcpy(pages + readable - length, data, length);
    }
    return pages + readable - length;
}

void guarded_free(char *data, size_t length)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t readable = pages_for(length);

    assert_int_equal(munmap(data + length - readable, readable + page), 0);
}

void *test_malloc_or_fail(size_t size)
{
    void *memory = malloc(size);

    assert_non_null(memory);
    return memory;
}

char *exact_copy(const char *data, size_t length)
{
    char *copy = test_malloc_or_fail(length);

    if (length > 0) {
        memcpy(copy, data, length);
    }
    return copy;
}

/* In a build for coverage, _exit alone would lose the counts. */
#ifdef COVERAGE
void __gcov_dump(void);
#else
static void __gcov_dump(void)
{
}
#endif

static void leave(int status)
{
    __gcov_dump();
    _exit(status);
}

/* ---- Running ---- */

enum {
    tests_most = 64
};

/* What runs: first our own set-up, which counts the tests, then that of the
 * test. */
static struct CMUnitTest running[tests_most];
static struct CMUnitTest given[tests_most];
static size_t started; /* tests */
static pid_t runner;   /* 0: no test is running */

static void put(const char *text)
{
    ssize_t written = write(STDOUT_FILENO, text, strlen(text));

    (void)written; /* there is nowhere else to report it */
}

/* Reports the running test as failed. A signal handler may call it: what it
 * calls is safe there. */
static void name_running(const char *reason)
{
    char number[] = "00 - ";

    if (runner != getpid() || started == 0) {
        return;
    }
    number[0] = (char)('0' + started / 10);
    number[1] = (char)('0' + started % 10);
    put("not ok ");
    put(number + (started < 10));
    put(given[started - 1].name);
    put(reason);
    runner = 0;
}

void end_running(const char *reason)
{
    name_running("\n# ");
    put(reason);
    put("\n");
    leave(1);
}

static void tell_crash(void)
{
    name_running("\n# the program crashed in it\n");
}

/* UBSan has no hook for its end; an abort can be seen. */
const char *__ubsan_default_options(void);

const char *__ubsan_default_options(void)
{
    return "abort_on_error=1";
}

static void tell_abort(int number)
{
    tell_crash();
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

static void tell_stop(int number)
{
    name_running(" # it hung\n");
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

static int start_one(void **state)
{
    CMFixtureFunction set_up = given[started++].setup_func;
    const char *seconds = getenv("UNIT_SECONDS");

    if (seconds != NULL) {
        (void)alarm((unsigned)strtoul(seconds, NULL, 10));
    }
    say_place("%s", "");
    say_by_hand("%s", "");
    say_by_hand_later(NULL);
    return set_up == NULL ? 0 : set_up(state);
}

/* It exists in a build with sanitizers. */
void __sanitizer_set_death_callback(void (*tell)(void)) __attribute__((weak));

/* True if the environment asks for this test, or for no test in particular. */
static bool is_asked_for(const char *name)
{
    const char *names = getenv("UNITS");
    size_t length = strlen(name);

    if (names == NULL) {
        return true;
    }
    while (*names != '\0') {
        size_t next = strcspn(names, " ");

        if (next == length && memcmp(names, name, length) == 0) {
            return true;
        }
        names += next + strspn(names + next, " ");
    }
    return false;
}

int run_counted(const struct CMUnitTest *tests, size_t all)
{
    size_t count = 0;
    int failed;

    for (size_t i = 0; i < all; i++) {
        if (!is_asked_for(tests[i].name)) {
            continue;
        }
        if (count == tests_most) {
            (void)fprintf(stderr, "more than %d tests\n", tests_most);
            return 1;
        }
        given[count] = running[count] = tests[i];
        running[count].setup_func = start_one;
        count++;
    }
    runner = getpid();
    (void)signal(SIGTERM, tell_stop);
    (void)signal(SIGALRM, tell_stop);
    (void)signal(SIGABRT, tell_abort);
    if (__sanitizer_set_death_callback != NULL) {
        __sanitizer_set_death_callback(tell_crash);
    }
    failed = _cmocka_run_group_tests("tests", running, count, NULL, NULL);
    runner = 0;
    (void)alarm(0);
    if (failed != 0) {
        (void)fflush(NULL);
        leave(failed);
    }
    return 0;
}

/* ---- Processes ---- */

static int report = STDERR_FILENO; /* where a child reports what is wrong */

void child_check(bool fine, const char *what)
{
    if (!fine) {
        (void)dprintf(report, "not so: %s", what);
        leave(1);
    }
}

/* Fails with what the child has reported, or with how it ended. */
static void check_child(int said, int status)
{
    char text[512];
    ssize_t length = read(said, text, sizeof text - 1);

    assert_int_equal(close(said), 0);
    text[length > 0 ? length : 0] = '\0';
    assert_row_that(NULL, length <= 0, "%s", text);
    assert_row_that(NULL, !WIFSIGNALED(status) || WTERMSIG(status) != SIGALRM,
                    "the test had not ended after 20 s");
    assert_row_that(NULL, !WIFSIGNALED(status),
                    "the test's process was ended by signal %d",
                    WTERMSIG(status));
    assert_row(NULL, "the status of the test's process", WEXITSTATUS(status),
               0);
}

/* In the parent, waits for the child; in the child, returns true. */
static bool fork_child(void)
{
    int status = -1;
    int ends[2];
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        (void)alarm(20);
        report = ends[1];
        (void)close(ends[0]);
        return true;
    }
    assert_int_not_equal(child, -1);
    assert_int_equal(close(ends[1]), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    check_child(ends[0], status);
    return false;
}

void run_test_in_child(void **state)
{
    const struct test_in_child *child = *state;

    if (fork_child()) {
        child->test(state);
        leave(0);
    }
}

void pause_a_moment(void)
{
    static const struct timespec moment = {.tv_nsec = 1000000};

    (void)nanosleep(&moment, NULL);
}
