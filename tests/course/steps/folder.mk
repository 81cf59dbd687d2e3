# make, make run, make test, make watch and make live for step @STEP@. WEBSERVE is the
# project's folder. If it has moved, say make WEBSERVE=path. If you may not write there,
# say make BUILD=path: what the project builds goes to that folder.

WEBSERVE ?= @PROJECT@
BUILD ?= build
COMMON := $(if $(filter /%,$(BUILD)),$(BUILD),$(WEBSERVE)/$(BUILD))/common.a
STAGE := @STEP@
INTERFACE ?= 127.0.0.1
PORT ?= 8080
CFLAGS ?= -O2 -g
# With SANITIZE=address, or thread, make run looks for mistakes while the server runs.
SANITIZE ?=
PROGRAM := webserve$(if $(SANITIZE),-$(SANITIZE))
FLAGS := -std=c17 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wconversion -Wshadow

.PHONY: all run test watch live clean project
all: project
	@if [ ! -e $(PROGRAM) ] || [ -n "$$(find . -maxdepth 1 -name '*.[ch]' -newer $(PROGRAM))" ] || \
		[ "$(COMMON)" -nt $(PROGRAM) ]; then \
		echo '  CC      $(PROGRAM)'; \
		$(CC) $(FLAGS) $(CFLAGS) $(if $(SANITIZE),-fsanitize=$(SANITIZE)) -pthread -iquote "$(WEBSERVE)/common" \
			./*.c "$(COMMON)" -o $(PROGRAM); \
	fi

project:
	@[ -e "$(WEBSERVE)/tests/course/check.py" ] || { \
		echo "The project is not in $(WEBSERVE). Say where it is: make WEBSERVE=path" >&2; exit 2; }
	@$(MAKE) --no-print-directory -s -C "$(WEBSERVE)" BUILD="$(BUILD)" SANITIZE= "$(BUILD)/common.a"

run: all
	@exec ./$(PROGRAM) '$(INTERFACE)' '$(PORT)'

test watch: project
	@$(MAKE) --no-print-directory -C "$(WEBSERVE)" $@ STAGE=$(STAGE) DIR="$(CURDIR)"

live: project
	@$(MAKE) --no-print-directory -C "$(WEBSERVE)" live DIR="$(CURDIR)" INTERFACE='$(INTERFACE)' PORT='$(PORT)'

clean:
	rm -f webserve webserve-*
