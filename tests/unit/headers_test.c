/* headers_test.c - lists of header fields; the contract is in headers.h. */
#include "support.h"
#include "support_memory.h"

#include <stdlib.h>
#include <string.h>

#include "http/headers.h"

static struct header field_of(const char *name, const char *value)
{
    return (struct header){
        .name = name,
        .name_length = strlen(name),
        .value = value,
        .value_length = strlen(value),
    };
}

static void headers_init_is_empty(void **state)
{
    struct headers headers;

    (void)state;
    memset(&headers, 0xA5, sizeof headers);
    headers_init(&headers);
    assert_int_equal(headers.count, 0);
    assert_false(headers.failed);
    assert_null(headers_find(&headers, "Host"));
    headers_release(&headers);
}

static void headers_release_twice(void **state)
{
    struct headers headers;

    (void)state;
    headers_init(&headers);
    headers_add(&headers, "A", "1");
    headers_release(&headers);
    assert_int_equal(headers.count, 0);
    headers_release(&headers);
    headers_add(&headers, "B", "2");
    assert_int_equal(headers.count, 1);
    headers_release(&headers);
}

static void headers_add_copies(void **state)
{
    char name[] = "X-Name";
    char value[] = "value";
    struct headers headers;
    const struct header *field;

    (void)state;
    headers_init(&headers);
    headers_add(&headers, name, value);
    memset(name, '!', strlen(name));
    memset(value, '!', strlen(value));
    field = headers_find(&headers, "X-Name");
    assert_non_null(field);
    assert_row_octets("name", "the name", field->name, field->name_length,
                      "X-Name");
    assert_row_octets("value", "the value", field->value, field->value_length,
                      "value");
    headers_release(&headers);
}

static void headers_add_field_points_at_the_original(void **state)
{
    static const char name[] = "Host";
    static const char value[] = "a";
    struct headers headers;

    (void)state;
    headers_init(&headers);
    headers_add_field(&headers, field_of(name, value));
    assert_ptr_equal(headers.fields[0].name, name);
    assert_ptr_equal(headers.fields[0].value, value);
    headers_release(&headers);
}

static void headers_add_field_takes_what_is_owned(void **state)
{
    char *owned = exact_copy(OCTETS("AB"));
    struct headers headers;

    (void)state;
    headers_init(&headers);
    headers_add_field(&headers, (struct header){owned, 1, owned + 1, 1, owned});
    assert_int_equal(headers.count, 1);
    headers_release(&headers); /* otherwise, the leak is found */
}

static void headers_add_keeps_the_order_of_many(void **state)
{
    enum {
        many = 1000
    };
    struct headers headers;

    (void)state;
    headers_init(&headers);
    for (int i = 0; i < many; i++) {
        char value[2] = {(char)('a' + i % 26), '\0'};

        if (i % 2 == 0) {
            headers_add(&headers, "Even", value);
        } else {
            headers_add_field(&headers, field_of("Odd", "1"));
        }
    }
    assert_false(headers.failed);
    assert_int_equal(headers.count, many);
    for (int i = 0; i < many; i += 2) {
        assert_true(header_is(&headers.fields[i], "Even"));
        assert_int_equal(headers.fields[i].value[0], 'a' + i % 26);
        assert_true(header_is(&headers.fields[i + 1], "Odd"));
    }
    headers_release(&headers);
}

static void headers_find_in_any_case_the_first(void **state)
{
    struct headers headers;
    const struct header *field;

    (void)state;
    headers_init(&headers);
    headers_add(&headers, "Hostess", "0");
    headers_add(&headers, "hOSt", "1");
    headers_add(&headers, "Host", "2");
    field = headers_find(&headers, "HOST");
    assert_non_null(field);
    assert_row_octets("value", "the value", field->value, field->value_length,
                      "1");
    assert_null(headers_find(&headers, "Hos"));
    assert_null(headers_find(&headers, "Host "));
    assert_null(headers_find(&headers, ""));
    headers_release(&headers);
}

static bool adds_with(size_t allocations)
{
    struct headers headers;
    bool enough;

    headers_init(&headers);
    memory_lasts(allocations, SIZE_MAX);
    for (int i = 0; i < 40; i++) {
        headers_add(&headers, "Name", "value");
    }
    memory_is_back();
    enough = !headers.failed;
    assert_int_equal(headers.count == 40, enough);
    headers_release(&headers);
    return enough;
}

static void headers_add_without_memory(void **state)
{
    size_t allocations = 0;

    (void)state;
    while (!adds_with(allocations)) {
        allocations++;
    }
    assert_int_equal(allocations, 40 + 3); /* the list grows to 16, 32, 64 */
}

/* The list owns it, even if there is no room for it. */
static void headers_add_field_without_memory(void **state)
{
    struct headers headers;
    char *owned = exact_copy(OCTETS("ab"));

    (void)state;
    headers_init(&headers);
    memory_lasts(0, SIZE_MAX);
    headers_add_field(&headers, (struct header){owned, 1, owned + 1, 1, owned});
    assert_true(headers.failed);
    assert_int_equal(headers.count, 0);
    memory_is_back();
    headers_add(&headers, "A", "b"); /* it sticks */
    assert_int_equal(headers.count, 0);
    assert_true(headers.failed);
    headers_release(&headers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_init_is_empty),
        cmocka_unit_test(headers_release_twice),
        cmocka_unit_test(headers_add_copies),
        cmocka_unit_test(headers_add_field_points_at_the_original),
        cmocka_unit_test(headers_add_field_takes_what_is_owned),
        cmocka_unit_test(headers_add_keeps_the_order_of_many),
        cmocka_unit_test(headers_find_in_any_case_the_first),
        cmocka_unit_test(headers_add_without_memory),
        cmocka_unit_test(headers_add_field_without_memory),
    };

    return run_all(tests);
}
