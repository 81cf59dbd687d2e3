#!/usr/bin/env bash
# tests/course/start.sh STAGE DIR SENTENCE - makes a folder to work on a step in.
#
# DIR gets the sources of the stage before; for step 1, those of stage 1 without
# delegate.c. webserve.h is that of the step: it declares and documents the
# functions to write. There is a Makefile, so that `make`, `make run` and `make
# test` work in the folder, and a TODO.md, which says in SENTENCE and a few lines
# what to do.
#
# Writes nothing if DIR exists and is not empty.
set -u

cd "$(dirname "$0")/../.." || exit 2

refuse() {
    echo "make start: $1" >&2
    exit 2
}

# What to do in the step, and in which files.
work_of() {
    case $1 in
    1) cat <<'END' ;;
Write `delegate.c`. It has the function `delegate`, which answers every request
with the same page; `webserve.h` says what it is given and what it returns. The
server does not call it yet: only the unit tests do.
END
    2) cat <<'END' ;;
In `webserve.c`, let the loop call `delegate` instead of making the page itself.
If `delegate` fails, the client gets a 500.
END
    3) cat <<'END' ;;
In `webserve.c`, extract what the loop does with one client into a function,
`handle_connection`, in a new file, `handle_connection.c`. It may have helpers of
its own, for example one that receives the head of the request and one that sends
the answer. The socket is closed in `handle_connection`, and nowhere else.
`post_refusal` moves along. Nothing changes for the client.
END
    4) cat <<'END' ;;
In `webserve.c`, extract what `main` does after reading its arguments into a
function, `serve`, in a new file, `serve.c`. The functions that `serve` needs move
along with it. Nothing changes for the client.
END
    5) cat <<'END' ;;
In `delegate.c`, let the page show the path and the pairs of the query, escaped,
as it did before step 2: `hello, PATH`, and `key=KEY; value=VALUE; ` for each pair,
with any markup between. In `common`, `http/page.h` makes the frame, `http/html.h`
escapes, and `http/form.h` has the pairs.
END
    6) cat <<'END' ;;
In `handle_connection.c`, let `request_check` accept a POST (the second argument
says so; see `common/http/request.h`), receive its content, and parse it as form
data. `content_begin` and `content_add` in `common/http/content.h` say when the
content is complete, by its length or in chunks. `common/net/exchange.h` has
`exchange_expect_content`, which sends a client the 100 that it may be waiting for;
`exchange_room` and `exchange_received`, which belong before and after each `recv`,
as for the head; and `exchange_decode`, which parses.

- `exchange.content` is the content for `content_begin` and `content_add`. When it
  is complete, its bytes are in `exchange.content.octets`, without the chunks' sizes.
- What came with the head begins at `received.data + request.length`. Add that first.
- `exchange.piece` is the buffer to receive the rest into. Empty it after each
  `content_add`: set its `length` to 0.
- `exchange.post_data` is the form to decode the content into.
- `delegate` is called with `"POST"` as the `request_type` of a POST, and its form.
- `post_refusal` is deleted; otherwise the compiler warns that it is not used.

In `delegate.c`, show that data after that of the query, in the same form, under its
own heading.
END
    esac
}

write_todo() {
    cat <<END
# Step $1

$2

$(work_of "$1")

- \`make\` builds the server here, \`make run\` starts it on port 8080.
- \`make test\` says which tests are red, and which one to look at first. At the
  start, the red ones are those of this step. When all graded tests are green, the
  step is done. (Tests that are not graded are about what only this project's own
  servers do.)
- \`webserve.h\` has the contract of each function. It can stay as it is.
- The walkthrough of the step is \`docs/stage$1.md\` of the project.
END
}

# No path is a target or a prerequisite, so paths may contain spaces.
write_makefile() {
    cat <<END
# make, make run and make test for step $1. WEBSERVE is the project's folder; if
# it has moved: make WEBSERVE=path

WEBSERVE ?= $2
STAGE := $1
END
    cat <<'END'
INTERFACE ?= 127.0.0.1
PORT ?= 8080
CFLAGS ?= -O2 -g
# make run SANITIZE=address, or thread: the compiler looks for mistakes as it runs
SANITIZE ?=
PROGRAM := webserve$(if $(SANITIZE),-$(SANITIZE))
FLAGS := -std=c17 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wconversion -Wshadow

.PHONY: all run test clean project
all: project
	@if [ ! -e $(PROGRAM) ] || [ -n "$$(find . -maxdepth 1 -name '*.[ch]' -newer $(PROGRAM))" ] || \
		[ "$(WEBSERVE)/build/common.a" -nt $(PROGRAM) ]; then \
		echo '  CC      $(PROGRAM)'; \
		$(CC) $(FLAGS) $(CFLAGS) $(if $(SANITIZE),-fsanitize=$(SANITIZE)) -pthread -iquote "$(WEBSERVE)/common" \
			./*.c "$(WEBSERVE)/build/common.a" -o $(PROGRAM); \
	fi

project:
	@[ -e "$(WEBSERVE)/tests/course/check.sh" ] || { \
		echo "The project is not in $(WEBSERVE). Say where it is: make WEBSERVE=path" >&2; exit 2; }
	@$(MAKE) --no-print-directory -s -C "$(WEBSERVE)" build/common.a

run: all
	@exec ./$(PROGRAM) '$(INTERFACE)' '$(PORT)'

test: project
	@$(MAKE) --no-print-directory -C "$(WEBSERVE)" test STAGE=$(STAGE) DIR="$(CURDIR)"

clean:
	rm -f webserve webserve-*
END
}

[ $# = 3 ] || refuse 'usage: tests/course/start.sh STAGE DIR SENTENCE'
stage=$1
folder=$2
stages=$(echo stages/stage* | sed 's|stages/stage||g')
[ -n "$stage" ] || refuse "which step? Say STAGE=n; the stages are: $stages"
case " $stages " in
*" $stage "*) ;;
*) refuse "there is no stage '$stage'. The stages are: $stages" ;;
esac
[ -n "$folder" ] || refuse 'which folder? Say DIR=path'
if [ -e "$folder" ] || [ -L "$folder" ]; then
    if [ ! -d "$folder" ] || [ -n "$(ls -A "$folder")" ]; then
        refuse "'$folder' exists and is not empty; nothing was written."
    fi
fi
mkdir -p "$folder" || exit 2
project=$(realpath --relative-to="$folder" . 2>/dev/null) || project=$PWD

if [ "$stage" = 1 ]; then
    cp stages/stage1/webserve.c "$folder" || exit 2
else
    cp "stages/stage$((stage - 1))"/*.c "$folder" || exit 2
fi
cp "stages/stage$stage/webserve.h" "$folder" &&
    write_makefile "$stage" "$project" >"$folder/Makefile" &&
    write_todo "$stage" "$3" >"$folder/TODO.md" || exit 2
echo "$folder is ready for step $stage: read TODO.md, then type make test there."
