/* support_delegate.c - a delegate that belongs to the test; see
 * support_delegate.h. */
#include "support_delegate.h"

#include "http/form.h"
#include "http/headers.h"

size_t delegate_calls;
bool delegate_got_a_full_response;
char delegate_got[8192];
size_t delegate_got_length;
int (*delegate_answers)(struct response *response);

static void note(const char *text, size_t length)
{
    if (length < sizeof delegate_got - delegate_got_length) {
        memcpy(delegate_got + delegate_got_length, text, length);
        delegate_got_length += length;
        delegate_got[delegate_got_length] = '\0';
    }
}

static void note_string(const char *text)
{
    text = text == NULL ? "NULL" : text;
    note(text, strlen(text));
}

static void note_form(const char *name, const struct form *form)
{
    note_string(name);
    if (form == NULL) {
        note_string("NULL");
    } else if (form->count == 0) {
        note_string("empty");
    }
    for (size_t i = 0; form != NULL && i < form->count; i++) {
        const struct form_pair pair = form_pair(form, i);

        note_string(i == 0 ? "" : ",");
        note(pair.key, pair.key_length);
        note_string("=");
        note(pair.value, pair.value_length);
    }
    note_string("\n");
}

STANDS_IN_FOR(int, delegate, const char *request_type, const char *path,
              const struct headers *received_headers,
              const struct form *get_data, const struct form *post_data,
              struct response *response);

int __wrap_delegate(const char *request_type, const char *path,
                    const struct headers *received_headers,
                    const struct form *get_data, const struct form *post_data,
                    struct response *response)
{
    delegate_calls++;
    if (delegate_answers == NULL) {
        return __real_delegate(request_type, path, received_headers, get_data,
                               post_data, response);
    }
    note_string(request_type);
    note_string(" ");
    note_string(path);
    note_string("\n");
    for (size_t i = 0; i < received_headers->count; i++) {
        const struct header *field = &received_headers->fields[i];

        note(field->name, field->name_length);
        note_string("=");
        note(field->value, field->value_length);
        note_string("\n");
    }
    note_form("get:", get_data);
    note_form("post:", post_data);
    delegate_got_a_full_response = response->code != 0 ||
                                   response->headers.count > 0 ||
                                   response->content.length > 0;
    return delegate_answers(response);
}

static int answer_hello(struct response *response)
{
    response->code = 200;
    headers_add(&response->headers, "Content-Type", "text/plain");
    buffer_append_string(&response->content, "hello");
    return 0;
}

int set_up_delegate(void **state)
{
    (void)state;
    memory_is_back();
    delegate_answers = answer_hello;
    return 0;
}

void open_octets(const char *request, size_t length)
{
    open_client(request, length);
    delegate_calls = 0;
    delegate_got_a_full_response = false;
    delegate_got_length = 0;
    delegate_got[0] = '\0';
}

void open_request(const char *request)
{
    open_octets(request, strlen(request));
}

void check_request(const struct request_row *row)
{
    const char *content;

    handle();
    check_handled(row->request);
    assert_row_times(row->request, "delegate was called", delegate_calls, 1);
    assert_row_octets(row->request, "what delegate was given", delegate_got,
                      delegate_got_length, row->got);
    assert_row_that(row->request, !delegate_got_a_full_response,
                    "the response that delegate is given is not empty");
    content = check_answer(row->request, "HTTP/1.1 200 OK", !row->head);
    assert_row_octets(row->request, "the content of the answer", content,
                      strlen(content), row->head ? "" : "hello");
}
