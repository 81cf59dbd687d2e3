/* answers.c - what it takes to escape text, and to make an answer. */
#include "subjects.h"

#include "http/html.h"
#include "http/page.h"
#include "http/response.h"

static void prepare_text(void)
{
    struct buffer text;

    buffer_init(&text);
    for (size_t i = 0; i < 20; i++) {
        buffer_append_string(&text, "Ordinary words, and <markup> now & then, "
                                    "some caf\xC3\xA9s. ");
    }
    input_take(&text, 0);
}

static bool escape_text(void)
{
    struct buffer page;
    bool right;

    buffer_init(&page);
    html_append(&page, input.data, input.length);
    right = !page.failed && page.length > input.length;
    buffer_release(&page);
    return right;
}

/* The page of stage 2. */
static void make_page(struct response *response)
{
    response_init(response);
    page_begin(response, 200, "hello");
    buffer_append_string(&response->content, "<h1>hello, world</h1>\n");
    page_end(response);
}

static bool write_head(const struct response *response, struct buffer *head)
{
    bool is_valid = response_is_valid(response);

    buffer_init(head);
    response_write_head(response, 784111777, head);
    return is_valid && !head->failed;
}

/* The head goes in front of the content, as in a short answer. */
static bool make_answer(void)
{
    struct response response;
    struct buffer head;
    bool right;

    make_page(&response);
    right = write_head(&response, &head);
    buffer_prepend(&response.content, head.data, head.length);
    right = right && !response.content.failed;
    buffer_release(&head);
    response_release(&response);
    return right;
}

/* The page whose head is written; it is made once, and kept to the end. */
static struct response made;

static bool write_answer_head(void)
{
    struct buffer head;
    bool right = write_head(&made, &head);

    buffer_release(&head);
    return right;
}

static void prepare_answer(void)
{
    input.length = 1; /* the unit is an answer */
}

static void prepare_answer_head(void)
{
    prepare_answer();
    make_page(&made);
}

const struct subject answer_subjects[] = {
    {"escaping", prepare_text, escape_text},
    {"answer-head", prepare_answer_head, write_answer_head},
    {"answer", prepare_answer, make_answer},
    {.name = NULL},
};
