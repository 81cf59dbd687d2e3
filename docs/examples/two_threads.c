/* two_threads.c - two threads that count at the same time.
 *
 *     cc -pthread -o two_threads two_threads.c
 *     ./two_threads
 */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static void *count(void *name)
{
    for (int number = 1; number <= 3; number++) {
        printf("%s %d\n", (const char *)name, number);
        fflush(stdout);
        sleep(1); /* this thread waits; the other one goes on */
    }
    return NULL;
}

int main(void)
{
    pthread_t first;
    pthread_t second;

    if (pthread_create(&first, NULL, count, "first") != 0 ||
        pthread_create(&second, NULL, count, "second") != 0) {
        return 1;
    }
    pthread_join(first, NULL); /* waits until it has ended */
    pthread_join(second, NULL);
    return 0;
}
