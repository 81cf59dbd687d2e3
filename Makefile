# A threaded HTTP/1.1 server in C, in six stages. `make help` lists the commands.
# The first rules build a stage; the others test it, grade it, and show it.

STAGES := $(sort $(patsubst stages/stage%,%,$(wildcard stages/stage*)))
ifneq ($(filter-out $(STAGES),$(STAGE)),)
$(error There is no stage '$(filter-out $(STAGES),$(STAGE))'. The stages are: $(STAGES))
endif
CHOSEN := $(or $(STAGE),$(STAGES))
LATEST := $(or $(STAGE),$(lastword $(STAGES)))
COMMON := $(wildcard common/*/*.c)
comma := ,
BUILD ?= build$(if $(PORTABLE),/portable)$(if $(SANITIZE),/$(subst $(comma),-,$(SANITIZE)))
SERVERS := $(CHOSEN:%=$(BUILD)/stage%/webserve)
ALL_SERVERS := $(STAGES:%=$(BUILD)/stage%/webserve)

##@ To learn

.PHONY: all run
all: $(SERVERS) ## builds all stages, or one: [STAGE=n]
	printf 'To run %s:  make run%s\n' '$(if $(STAGE),it,the last stage)' \
		'$(if $(STAGE), STAGE=$(STAGE))$(if $(filter command,$(origin BUILD)), BUILD=$(BUILD))'

INTERFACE ?= 127.0.0.1
PORT ?= 8080
run: $(BUILD)/stage$(LATEST)/webserve ## builds and runs a stage: [STAGE=6] [INTERFACE=127.0.0.1] [PORT=8080]
	exec $< '$(INTERFACE)' '$(PORT)'

# A server is linked from the objects of its stage and the library of common/.
.SECONDEXPANSION:
stage_objects = $(patsubst stages/%.c,$(BUILD)/%.o,$(wildcard stages/stage$(1)/*.c))
$(BUILD)/stage%/webserve: $$(call stage_objects,$$*) $(BUILD)/common.a
	$(call link,$(HARDENING_LINK))

$(BUILD)/stage%.o: stages/stage%.c $(BUILD)/flags
	$(call compile,$(HARDENING))

$(BUILD)/common.a: $(COMMON:%.c=$(BUILD)/%.o)
%.a:
	$(call say,AR,$@)
	rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/common/%.o: common/%.c $(BUILD)/flags
	$(call compile,$(HARDENING))

# ---- How it is compiled -----------------------------------------------------

CFLAGS ?= -O2 -g
FEATURES := $(if $(PORTABLE),-D_POSIX_C_SOURCE=200809L -DPORTABLE,-D_GNU_SOURCE)
COMPILE = $(CC) -std=c17 -Wall -Wextra -Wpedantic -Wconversion -Wshadow \
	$(FEATURES) -iquote common $(CPPFLAGS) $(CFLAGS) \
	-pthread -MMD -MP
LINK = $(CC) $(CFLAGS) $(LDFLAGS) -pthread
sanitizers = -fsanitize=$(1) -fno-sanitize-recover=all -fno-omit-frame-pointer
override CFLAGS += $(if $(SANITIZE),$(call sanitizers,$(SANITIZE)))

# Hardening flags that this compiler takes; not together with sanitizers, and not
# for what compiles nothing.
ifneq ($(if $(SANITIZE),,$(filter-out bench-report clean diff handout help propagate start walk,$(or $(MAKECMDGOALS),all))),)
HARDENING_FILE := $(BUILD)/hardening-$(shell echo '$(CC) $(CFLAGS)' | cksum | cut -d' ' -f1)
$(HARDENING_FILE): tests/tools/hardening_flags.sh
	@mkdir -p $(@D)
	@tests/tools/hardening_flags.sh $(CC) $(CFLAGS) > $@
include $(HARDENING_FILE)
endif

# When the flags change, or a file of common/ is added or deleted, everything is built
# again.
MADE_WITH = $(COMPILE) $(LINK) $(HARDENING) $(UNIT_FLAGS) $(COMMON)
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(MADE_WITH)' | cmp -s - $@ || echo '$(MADE_WITH)' > $@

.PHONY: FORCE
.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules --no-print-directory

# $(call needs,GROUP...,TARGET...): installs what is missing, then builds.
define needs
tests/tools/install.sh $(1)
+$(if $(2),$(MAKE) $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$$(nproc 2>/dev/null || echo 2)) $(2),:)
endef

# One line says what is built; with V=1, whole commands are shown instead.
ifeq ($(V),)
.SILENT:
endif
say = @$(if $(V),,printf '  %-7s %s\n' '$(1)' '$(patsubst $(CURDIR)/%,%,$(2))';) mkdir -p $(@D)

# $(call compile,FLAGS,WHAT FOR), $(call link,FLAGS): the recipes of most rules.
define compile
$(call say,CC,$(strip $< $(2)))
$(COMPILE) $(1) -c $< -o $@
endef
define link
$(call say,LINK,$@)
$(LINK) $^ $(1) -o $@
endef

# ---- The unit tests: they and what is linked into them have sanitizers ------

UNIT_SANITIZE ?= $(if $(SANITIZE),,address,undefined)
UNIT_CFLAGS ?= -O1
# With _FORTIFY_SOURCE, which some compilers set by themselves, calls have other
# names than those that --wrap replaces.
UNIT_FLAGS := $(UNIT_CFLAGS) -U_FORTIFY_SOURCE $(if $(UNIT_SANITIZE),$(call sanitizers,$(UNIT_SANITIZE)))
TEST_FLAGS := $(UNIT_FLAGS) -U_GNU_SOURCE -D_GNU_SOURCE
# A test, or a header that it includes, says in a comment which calls it wraps.
UNIT_LINK = $(UNIT_FLAGS) $$(tests/unit/link_flags.sh tests/unit/$(@F).c) -lcmocka

# tests/unit/NAME*_test.c is built for each stage that has NAME here: a function
# of the assignment that has a file of its own, and in stage 2, which calls
# delegate, the program. All other tests are built once.
UNITS_OF_1 := delegate
UNITS_OF_2 := delegate webserve
UNITS_OF_3 := delegate handle_connection
UNITS_OF_4 := delegate handle_connection serve
UNITS_OF_5 := $(UNITS_OF_4)
UNITS_OF_6 := $(UNITS_OF_4)
units_of = $(basename $(notdir $(wildcard $(UNITS_OF_$(1):%=tests/unit/%*_test.c))))
COMMON_UNITS := $(filter-out $(foreach stage,$(STAGES),$(call units_of,$(stage))),\
	$(basename $(notdir $(wildcard tests/unit/*_test.c))))
UNIT_PROGRAMS := $(COMMON_UNITS:%=$(BUILD)/unit/%)
STAGE_UNIT_PROGRAMS := $(foreach stage,$(CHOSEN),\
	$(addprefix $(BUILD)/unit/stage$(stage)/,$(call units_of,$(stage))))

unit_objects = $(patsubst $(BUILD)/%,$(BUILD)/unit/%,$(filter-out %/webserve.o,$(call stage_objects,$(1))))
$(BUILD)/unit/stage%_test: $(BUILD)/unit/stage%_test.o $$(call unit_objects,$$(*D)) $(BUILD)/unit/common.a
	$(call link,$(UNIT_LINK))

$(BUILD)/unit/stage%_test.o: tests/unit/$$(*F)_test.c $(BUILD)/flags
	$(call compile,$(TEST_FLAGS) -DSTAGE=$(*D) -iquote stages/stage$(*D),(stage $(*D)))

$(BUILD)/unit/stage%.o: stages/stage%.c $(BUILD)/flags
	$(call compile,$(UNIT_FLAGS),(unit))

$(BUILD)/unit/%_test: $(BUILD)/unit/tests/%_test.o $(BUILD)/unit/common.a
	$(call link,$(UNIT_LINK))

$(BUILD)/unit/tests/%.o: tests/unit/%.c $(BUILD)/flags
	$(call compile,$(TEST_FLAGS))

$(BUILD)/unit/common.a: $(COMMON:%.c=$(BUILD)/unit/%.o) \
		$(patsubst tests/unit/%.c,$(BUILD)/unit/tests/%.o,$(wildcard tests/unit/support*.c))

$(BUILD)/unit/common/%.o: common/%.c $(BUILD)/flags
	$(call compile,$(UNIT_FLAGS),(unit))

# ---- What the tests need ----------------------------------------------------

# The same servers with smaller limits, so that tests need not wait for long.
SMALL := -DALLOWANCE_MS=600 -DALLOWANCE_BYTES_PER_SECOND=500 \
	-DDRAIN_SILENCE_MS=300 -DDRAIN_MOST_MS=1000 -DTHREADS_MOST=8 \
	-DMEMORY_BUDGET=200000 -DHELD_FREELY=1000
.PHONY: small-servers four-servers hasty-servers
small-servers: LIMITS := $(SMALL)
four-servers: LIMITS := -DTHREADS_MOST=4
hasty-servers: LIMITS := -DALLOWANCE_MS=600 -DALLOWANCE_MOST_MS=1500 -DDRAIN_SILENCE_MS=300
small-servers four-servers hasty-servers:
	$(MAKE) BUILD=$(BUILD)/$(@:-servers=) CPPFLAGS='$(CPPFLAGS) $(LIMITS)' \
		$(CHOSEN:%=$(BUILD)/$(@:-servers=)/stage%/webserve)

# The same servers, linked with something of the tests: `stand_in` calls a delegate
# that says what it is called with (stage 1 calls none), and in `short` each call that
# sends takes only a part. Of two functions with a name, the first counts.
STAND_IN_LINK := -Wl,-z,muldefs
SHORT_LINK := -Wl,--wrap=send,--wrap=sendmsg,--wrap=__sendmsg64,--wrap=write,--wrap=writev
LINKED_SERVERS := $(patsubst %,$(BUILD)/stand_in/stage%/webserve,$(filter-out 1,$(CHOSEN))) \
	$(CHOSEN:%=$(BUILD)/short/stage%/webserve)
$(BUILD)/stand_in/stage%/webserve: $(BUILD)/stand_in/stage%/delegate.o \
		$$(call stage_objects,$$*) $(BUILD)/common.a
	$(call link,$(HARDENING_LINK) $(STAND_IN_LINK))

$(BUILD)/stand_in/stage%/delegate.o: tests/http/stand_in_delegate.c $(BUILD)/flags
	$(call compile,$(HARDENING) -DSTAGE=$* -iquote stages/stage$*,(stage $*))

$(BUILD)/short/stage%/webserve: $(BUILD)/short/sends.o $$(call stage_objects,$$*) $(BUILD)/common.a
	$(call link,$(HARDENING_LINK) $(SHORT_LINK))

$(BUILD)/short/sends.o: tests/http/short_sends.c $(BUILD)/flags
	$(call compile,$(HARDENING))

# And in `live`, the stage's calls are recorded as they happen.
RECORD_LINK := -Wl,--wrap=accept,--wrap=accept4 \
	-Wl,--wrap=recv,--wrap=recvfrom,--wrap=recvmsg,--wrap=__recvmsg64 \
	-Wl,--wrap=read,--wrap=readv,--wrap=send,--wrap=sendto \
	-Wl,--wrap=sendmsg,--wrap=__sendmsg64,--wrap=write,--wrap=writev \
	-Wl,--wrap=shutdown,--wrap=close,--wrap=pthread_create,--wrap=delegate
$(BUILD)/live/stage%/webserve: $(BUILD)/live/record.o $$(call stage_objects,$$*) $(BUILD)/common.a
	$(call link,$(HARDENING_LINK) $(RECORD_LINK))

$(BUILD)/live/record.o: docs/tools/live/record.c $(BUILD)/flags
	$(call compile,$(HARDENING))

TOOLS := $(BUILD)/tools/raw_client
$(TOOLS): $(wildcard tests/tools/raw_client/*.[ch]) $(BUILD)/flags
	$(call say,CC,$@)
	$(filter-out -MMD -MP,$(COMPILE)) -U_GNU_SOURCE -D_GNU_SOURCE $(filter %.c,$^) -o $@

CONFINE := $(BUILD)/tools/confine
$(CONFINE): tests/course/grading/confine.c $(BUILD)/flags
	$(call say,CC,$@)
	$(filter-out -MMD -MP,$(COMPILE)) -U_GNU_SOURCE -D_GNU_SOURCE $< -o $@

.PHONY: test-programs stage-programs
test-programs: stage-programs $(UNIT_PROGRAMS)
stage-programs: $(SERVERS) $(TOOLS) $(STAGE_UNIT_PROGRAMS) $(LINKED_SERVERS) small-servers

# ---- Learning ---------------------------------------------------------------

.PHONY: test start watch diff walk trace live
test: ## runs the tests of all stages: [STAGE=n] [ONLY=ids] [DIR=a folder of your own]
ifeq ($(origin DIR),command line)
	$(call needs,test,$(if $(STAGE),stage-programs))
	$(SUBMISSION) tests/course/check.py '$(BUILD)' '$(STAGE)' "$$DIR"
else
	$(call needs,test,test-programs)
	tests/tools/run_tests.py $(BUILD) $(CHOSEN) $(if $(ONLY),--ids $(ONLY))
endif

start: ## makes a folder for your work on a step: STAGE=n DIR=path
	tests/tools/install.sh python
	tests/course/start.py '$(STAGE)' "$$DIR"

watch: ## tests a folder each time you save, until a test is red: STAGE=n DIR=path
	tests/tools/install.sh watch || echo 'make watch goes on without them, a little slower.'
	$(call needs,test,$(if $(STAGE),stage-programs $(BEFORE)))
	$(SUBMISSION) exec tests/course/watch_folder.py '$(BUILD)' '$(STAGE)' "$$DIR" '$(BEFORE)'

# The server that a step begins with; that of step 1 answers as stage 1 does.
BEFORE = $(BUILD)/stage$(shell expr $(LATEST) - 1 '|' 1)/webserve

diff: ## shows what a step changed, and which lines only moved: [STAGE=6]
	tests/tools/install.sh python
	docs/tools/step_diff.py $(LATEST)

walk: ## shows a step on the terminal, a screen at a time: [STAGE=1]
	tests/tools/install.sh walk
	exec docs/tools/walk.py $(BUILD) $(or $(STAGE),1)

trace: ## draws what the threads do in a real run, as SVG: [STAGE=6]
	$(call needs,live,$(BUILD)/live/stage$(LATEST)/webserve)
	docs/tools/live/trace.py $(BUILD) $(LATEST)

LIVE_PORT ?= 8081
live: ## shows the threads in a browser, as they work: [STAGE=6] [DIR=a folder of your own] [INTERFACE=127.0.0.1]
ifeq ($(origin DIR),command line)
	$(call needs,live,$(BUILD)/live/record.o $(BUILD)/common.a)
	mkdir -p $(BUILD)/live/own
	$(filter-out -MMD -MP,$(COMPILE)) "$$DIR"/*.c $(BUILD)/live/record.o $(BUILD)/common.a \
		$(RECORD_LINK) -o $(BUILD)/live/own/webserve
else
	$(call needs,live,$(BUILD)/live/stage$(LATEST)/webserve)
endif
	exec docs/tools/live/live.py $(BUILD)/live/$(if $(filter command,$(origin DIR)),own,stage$(LATEST))/webserve \
		'$(INTERFACE)' '$(PORT)' '$(LIVE_PORT)'

##@ To teach

.PHONY: grade handout slides site
grade: ## grades a folder, or a batch of them: STAGE=n DIR=path or BATCH=path [OUT=path] [HOSTS=file]
	$(if $(STAGE),,echo 'Which step is it for? Say STAGE=n; the stages are: $(STAGES)' >&2; exit 2)
	$(call needs,test grade,grade-programs)
	$(SUBMISSION) tests/course/grade.py --stage '$(STAGE)' --build '$(BUILD)' $(if $(DIR),--dir "$$DIR") \
		$(if $(BATCH),--batch "$$BATCH") $(if $(OUT),--out "$$OUT") \
		$(if $(HOSTS),--hosts "$$HOSTS") $(if $(WORKER),--worker "$$WORKER")

# How a submission is compiled and linked; and a delegate_test that asks a delegate
# in another process.
SUBMISSION = COMPILE='$(filter-out -MMD -MP,$(COMPILE))' LINK='$(LINK)' \
	STAND_IN_LINK='$(STAND_IN_LINK)' SHORT_LINK='$(SHORT_LINK)' \
	UNIT_CFLAGS='$(UNIT_FLAGS)' PYTHONDONTWRITEBYTECODE=1
DRIVER := $(patsubst tests/course/grading/%.c,$(BUILD)/unit/%.o,$(wildcard tests/course/grading/delegate_driver/*.c))
.PHONY: grade-programs
grade-programs: stage-programs $(CONFINE) $(DRIVER) $(CHOSEN:%=$(BUILD)/grade/stage%/delegate_test)

$(BUILD)/unit/delegate_driver/%.o: tests/course/grading/delegate_driver/%.c $(BUILD)/flags
	$(call compile,$(UNIT_FLAGS) -iquote tests/unit -iquote stages/stage6)

$(BUILD)/grade/stage%/delegate_test: $(BUILD)/unit/stage%/delegate_test.o \
		$(filter-out %/driver.o,$(DRIVER)) $(BUILD)/unit/common.a
	$(call link,$(UNIT_LINK))

handout: ## makes a folder and a zip for students, without solutions: STAGE=n [OUT=path]
	tests/tools/install.sh handout
	$(SUBMISSION) tests/course/handout.py '$(BUILD)' '$(STAGE)' "$$OUT"

slides: ## makes the slides, one HTML file per deck, in build/slides
	tests/tools/install.sh slides
	docs/tools/slides/slides.py $(BUILD)/slides

SITE_PORT ?= 8000
site: $(BUILD)/wire/step6.txt ## makes a web site of the documents, and a PDF, in build/site: [PREVIEW=1]
	tests/tools/install.sh site
	docs/site/build.sh $(BUILD)
	$(if $(PREVIEW),python3 -m http.server --bind 127.0.0.1 --directory $(BUILD)/site $(SITE_PORT))

# What make wire found with the servers as they are now.
$(BUILD)/wire/step6.txt: $(ALL_SERVERS) $(TOOLS) $(wildcard tests/wire/*.py tests/wire/corpus/*)
	$(call say,WIRE,$(BUILD)/wire)
	tests/tools/install.sh python
	tests/wire/replay.py $(BUILD) >/dev/null

##@ To change the project

FUZZ_SECONDS ?= 60

.PHONY: wire mistakes faults fuzz load bench check docs help clean
wire: $(ALL_SERVERS) $(TOOLS) ## shows what changes on the wire from stage to stage
	tests/tools/install.sh python
	tests/wire/replay.py $(BUILD)

mistakes: ## plants known mistakes, and the tests must catch each: [STAGE=n] [ONLY=name] [FULL=1]
	$(call needs,test,test-programs)
	tests/tools/run_mistakes.py $(BUILD) --folder tests/mistakes/wrong | grep -qE '^([0-9]+) mistakes, \1 failed' || \
		{ echo 'Each mistake in tests/mistakes/wrong should fail.' >&2; exit 1; }
	tests/tools/run_mistakes.py $(BUILD) $(CHOSEN) --only '$(ONLY)' $(if $(FULL),--full) $(if $(V),--verbose)

faults: ## makes each call that can fail fail once: [STAGE=n]
	tests/tools/install.sh python
	tests/faults/run_sweep.py $(BUILD) $(CHOSEN)

fuzz: ## feeds made-up input to the parsers and to whole stages: [FUZZ_SECONDS=60]
	tests/tools/install.sh fuzz
	tests/fuzz/run_fuzzers.py $(BUILD) $(FUZZ_SECONDS)

load: ## tests with thousands of slow or hostile clients: [STAGE=n]
	$(call needs,test load,$(SERVERS) $(TOOLS) four-servers hasty-servers)
	tests/tools/run_tests.py $(BUILD) $(CHOSEN) --suite tests/load --jobs 1

bench: ## compares speed and memory with other servers: [QUICK=1]
	PATH="$$PATH:/usr/sbin" tests/tools/install.sh peers || echo 'make bench goes on with the servers that are there.'
	$(call needs,bench,$(ALL_SERVERS) $(TOOLS))
	QUICK=$(QUICK) tests/tools/bench/measure.py $(BUILD)
	tests/tools/bench/bench_report.py terminal $(BUILD)

check: ## checks the sources: compilers, format, linters, limits of the style
	tests/tools/install.sh check
	BUILD='$(BUILD)' tests/tools/check_sources.py

docs: $(BUILD)/wire/step6.txt $(BUILD)/red/fencepost.txt ## checks the documents, and runs their commands
	tests/tools/install.sh test docs
	docs/tools/excerpts.py $(BUILD) --check
	docs/tools/six_stages.py --check
	docs/tools/check_names.py
	docs/tools/check_minutes.py
	docs/tools/times.py --check
	docs/tools/check_walkthroughs.py
	docs/tools/step_parts.py $(BUILD)
	docs/tools/shown_commands.py $(BUILD)

help: ## shows this list
	awk -F ':.*## ' '/^##@ / { print "\n" substr($$0, 5) } \
		/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1 == "all" ? "" : $$1, $$2 }' Makefile
	printf '\nThe stages are: %s. The rest is in docs/contributing.md.\n' '$(STAGES)'

clean: ## removes everything that was built
	rm -rf build

# Commands that you need rarely; docs/contributing.md describes them.
include tests/tools/contributing.mk

# What includes which header, as the compiler found it.
-include $(wildcard $(addprefix $(BUILD)/,common/*/*.d stage*/*.d stand_in/*/*.d short/*.d live/*.d unit/*/*.d unit/common/*/*.d))
