/* buffer_test.c - bytes that grow; the contract is in buffer.h. */
#include "support.h"
#include "support_memory.h"

#include <errno.h>
#include <string.h>

#include "http/buffer.h"

static void buffer_of_nothing_allocates_nothing(void **state)
{
    struct buffer buffer;

    (void)state;
    memset(&buffer, 0xA5, sizeof buffer);
    buffer_init(&buffer);
    buffer_append(&buffer, NULL, 0);
    buffer_append_string(&buffer, "");
    assert_int_equal(buffer_reserve(&buffer, 0), 0);
    buffer_keep(&buffer, 0, 0);
    buffer_release(&buffer);
    buffer_release(&buffer);
    assert_null(buffer.data);
    assert_int_equal(buffer.length, 0);
    assert_int_equal(buffer.capacity, 0);
    assert_false(buffer.failed);
}

static void buffer_release_makes_it_usable_again(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer);
    buffer_append_string(&buffer, "old");
    buffer_release(&buffer);
    assert_int_equal(buffer.length, 0);
    buffer_append_string(&buffer, "new");
    assert_int_equal(buffer.length, 3);
    assert_memory_equal(buffer.data, "new", 3);
    buffer_release(&buffer);
}

static void buffer_append_keeps_what_was_there(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer);
    buffer_append(&buffer, OCTETS("a\0b"));
    buffer_append(&buffer, NULL, 0);
    buffer_append_string(&buffer, "");
    buffer_append_string(&buffer, "cd");
    assert_int_equal(buffer.length, 5);
    assert_memory_equal(buffer.data, "a\0bcd", 5);
    assert_false(buffer.failed);
    buffer_release(&buffer);
}

static void buffer_append_octet_by_octet_doubles(void **state)
{
    enum {
        octets = 1 << 20
    };
    struct buffer buffer;
    size_t growths = 0;
    size_t capacity = 0;

    (void)state;
    buffer_init(&buffer);
    for (size_t i = 0; i < octets; i++) {
        char octet = (char)(i % 251);

        buffer_append(&buffer, &octet, 1);
        growths += buffer.capacity != capacity;
        capacity = buffer.capacity;
    }
    assert_int_equal(buffer.length, octets);
    assert_int_in_range(growths, 1, 20);
    for (size_t i = 0; i < octets; i++) {
        if (buffer.data[i] != (char)(i % 251)) {
            fail_msg("byte %zu is not what was appended", i);
        }
    }
    buffer_release(&buffer);
}

static void buffer_append_number_in_decimal(void **state)
{
    static const struct {
        uint64_t number;
        const char *digits;
    } rows[] = {
        {0, "0"},
        {9, "9"},
        {10, "10"},
        {404, "404"},
        {1048576, "1048576"},
        {UINT32_MAX, "4294967295"},
        {UINT64_C(10000000000000000000), "10000000000000000000"},
        {UINT64_MAX, "18446744073709551615"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buffer buffer;

        buffer_init(&buffer);
        buffer_append_number(&buffer, rows[i].number);
        assert_row_octets(rows[i].digits, "the buffer", buffer.data,
                          buffer.length, rows[i].digits);
        buffer_release(&buffer);
    }
}

static void buffer_reserve_makes_room(void **state)
{
    static const size_t rows[] = {0, 1, 255, 256, 257, 511, 513, 70000};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buffer buffer;
        size_t capacity;

        buffer_init(&buffer);
        buffer_append_string(&buffer, "here");
        capacity = buffer_capacity_for(&buffer, rows[i]);
        assert_int_equal(buffer_reserve(&buffer, rows[i]), 0);
        assert_int_equal(buffer.capacity, capacity);
        assert_true(buffer_free(&buffer) >= rows[i]);
        memset(buffer.data + buffer.length, 'x', buffer_free(&buffer));
        assert_int_equal(buffer.length, 4);
        assert_memory_equal(buffer.data, "here", 4);
        assert_int_equal(buffer_capacity_for(&buffer, buffer_free(&buffer)),
                         capacity);
        assert_true(buffer_capacity_for(&buffer, buffer_free(&buffer) + 1) >
                    capacity);
        buffer_release(&buffer);
    }
}

static void buffer_keep_moves_a_part_to_the_beginning(void **state)
{
    enum {
        much = 100000
    };
    static const struct {
        size_t offset, length;
    } rows[] = {{0, 1}, {1, 999}, {much - 5000, 5000}, {0, much}, {7, 0}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buffer buffer;

        buffer_init(&buffer);
        for (uint64_t k = 0; k < much; k++) {
            buffer_append(&buffer, (char[]){(char)(k % 251)}, 1);
        }
        buffer_keep(&buffer, rows[i].offset, rows[i].length);
        assert_int_equal(buffer.length, rows[i].length);
        assert_true(buffer.capacity <= rows[i].length);
        for (size_t k = 0; k < rows[i].length; k++) {
            assert_int_equal(buffer.data[k],
                             (char)((rows[i].offset + k) % 251));
        }
        buffer_append_string(&buffer, "more");
        assert_memory_equal(buffer.data + rows[i].length, "more", 4);
        buffer_release(&buffer);
    }
}

/* Whenever memory runs out, what was appended before is still there. */
static bool appends_with(size_t allocations)
{
    struct buffer buffer;
    size_t length = 0;
    bool enough;

    buffer_init(&buffer);
    memory_lasts(allocations, SIZE_MAX);
    while (length < 5000 && !buffer.failed) {
        buffer_append(&buffer, "0123456789", 10);
        length += buffer.failed ? 0 : 10;
    }
    enough = !buffer.failed;
    memory_is_back();
    assert_int_equal(buffer.length, length);
    for (size_t i = 0; i < length; i += 10) {
        assert_memory_equal(buffer.data + i, "0123456789", 10);
    }
    buffer_append_string(&buffer, "more");
    assert_int_equal(buffer.failed, !enough); /* it sticks */
    assert_int_equal(buffer.length, enough ? length + 4 : length);
    buffer_release(&buffer);
    return enough;
}

static void buffer_append_without_memory(void **state)
{
    size_t allocations = 0;

    (void)state;
    while (!appends_with(allocations)) {
        allocations++;
    }
    assert_int_in_range(allocations, 5, 20);
}

static void buffer_prepend_moves_what_was_there(void **state)
{
    (void)state;
    for (size_t before = 0; before < 600; before += 7) {
        char expected[700];
        struct buffer buffer;

        buffer_init(&buffer);
        for (size_t i = 0; i < before; i++) {
            expected[3 + i] = (char)('a' + i % 26);
            buffer_append(&buffer, expected + 3 + i, 1);
        }
        memcpy(expected, "x\0y", 3);
        buffer_prepend(&buffer, expected, 3);
        buffer_prepend(&buffer, NULL, 0);
        assert_int_equal(buffer.length, before + 3);
        assert_memory_equal(buffer.data, expected, before + 3);
        assert_false(buffer.failed);
        buffer_release(&buffer);
    }
}

static void buffer_prepend_without_memory(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer);
    buffer_append_string(&buffer, "here");
    memory_lasts(0, SIZE_MAX);
    buffer_prepend(&buffer, (char[1000]){0}, 1000);
    memory_is_back();
    assert_true(buffer.failed);
    assert_row_octets(NULL, "the buffer", buffer.data, buffer.length, "here");
    buffer_release(&buffer);
}

static void buffer_reserve_without_memory(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer);
    memory_lasts(0, SIZE_MAX);
    errno = 0;
    assert_int_equal(buffer_reserve(&buffer, 1), -1);
    assert_int_equal(errno, ENOMEM);
    assert_true(buffer.failed);
    memory_is_back();
    buffer_release(&buffer);
}

/* What is kept is there, even if the rest cannot be freed. */
static void buffer_keep_without_memory(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer);
    assert_int_equal(buffer_reserve(&buffer, 100000), 0);
    buffer_append_string(&buffer, "a line and more");
    memory_lasts(0, SIZE_MAX);
    buffer_keep(&buffer, 2, 4);
    memory_is_back();
    assert_row_octets(NULL, "the buffer", buffer.data, buffer.length, "line");
    assert_false(buffer.failed);
    buffer_release(&buffer);
}

/* No sum of length and `more` may wrap round. */
static void buffer_reserve_of_too_much_fails_and_sticks(void **state)
{
    static const size_t rows[] = {SIZE_MAX, SIZE_MAX - 3, SIZE_MAX / 2,
                                  SIZE_MAX / 2 + 1};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buffer buffer;

        buffer_init(&buffer);
        buffer_append_string(&buffer, "here");
        errno = 0;
        assert_int_equal(buffer_reserve(&buffer, rows[i]), -1);
        assert_int_equal(errno, ENOMEM);
        assert_true(buffer.failed);
        assert_int_equal(buffer.length, 4);
        assert_memory_equal(buffer.data, "here", 4);
        errno = 0;
        assert_int_equal(buffer_reserve(&buffer, 1), -1);
        assert_int_equal(errno, ENOMEM);
        buffer_append_string(&buffer, "more");
        buffer_append_number(&buffer, 1);
        assert_int_equal(buffer.length, 4);
        assert_true(buffer.failed);
        buffer_release(&buffer);
        assert_false(buffer.failed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buffer_of_nothing_allocates_nothing),
        cmocka_unit_test(buffer_release_makes_it_usable_again),
        cmocka_unit_test(buffer_append_keeps_what_was_there),
        cmocka_unit_test(buffer_append_octet_by_octet_doubles),
        cmocka_unit_test(buffer_append_number_in_decimal),
        cmocka_unit_test(buffer_reserve_makes_room),
        cmocka_unit_test(buffer_keep_moves_a_part_to_the_beginning),
        cmocka_unit_test(buffer_reserve_of_too_much_fails_and_sticks),
        cmocka_unit_test(buffer_append_without_memory),
        cmocka_unit_test(buffer_prepend_moves_what_was_there),
        cmocka_unit_test(buffer_prepend_without_memory),
        cmocka_unit_test(buffer_reserve_without_memory),
        cmocka_unit_test(buffer_keep_without_memory),
    };

    return run_all(tests);
}
