# A threaded HTTP/1.1 server in C, in six stages. `make help` lists what to do.

.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules

# ---- What may be set on the command line ------------------------------------

STAGE ?=
INTERFACE ?= 127.0.0.1
PORT ?= 8080
SANITIZE ?=
PORTABLE ?=
ONLY ?=
CFLAGS ?= -O2 -g
V ?=

comma := ,
BUILD ?= build$(if $(PORTABLE),/portable)$(if $(SANITIZE),/$(subst $(comma),-,$(SANITIZE)))

# ---- Flags ------------------------------------------------------------------

STANDARD := -std=c17
WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wshadow
FEATURES := $(if $(PORTABLE),-D_POSIX_C_SOURCE=200809L -DPORTABLE,-D_GNU_SOURCE)
INCLUDES := -iquote common/http -iquote common/net
COMPILE = $(CC) $(STANDARD) $(WARNINGS) $(FEATURES) $(INCLUDES) $(CPPFLAGS) \
	$(CFLAGS) -pthread -MMD -MP
LINK = $(CC) $(CFLAGS) $(LDFLAGS) -pthread
sanitizers = -fsanitize=$(1) -fno-sanitize-recover=all -fno-omit-frame-pointer
ifneq ($(SANITIZE),)
override CFLAGS += $(call sanitizers,$(SANITIZE))
endif
# Hardening flags that this compiler takes; not together with sanitizers.
ifeq ($(SANITIZE)$(if $(filter-out clean help diff,$(or $(MAKECMDGOALS),all)),,x),)
HARDENING_FILE := $(BUILD)/hardening-$(shell echo '$(CC) $(CFLAGS)' | cksum | cut -d' ' -f1)
$(HARDENING_FILE): tests/tools/hardening_flags.sh
	@mkdir -p $(@D)
	@tests/tools/hardening_flags.sh $(CC) $(CFLAGS) > $@
include $(HARDENING_FILE)
endif
UNIT_SANITIZE ?= $(if $(SANITIZE),,address,undefined)
UNIT_CFLAGS ?= -O1
# With _FORTIFY_SOURCE, which some compilers set by themselves, calls have other
# names than those that --wrap replaces.
UNIT_FLAGS := -U_FORTIFY_SOURCE
ifneq ($(UNIT_SANITIZE),)
UNIT_FLAGS += $(call sanitizers,$(UNIT_SANITIZE))
endif

Q := $(if $(V),,@)
say = @$(if $(V),true,printf '  %-7s %s\n' '$(1)' '$(patsubst $(CURDIR)/%,%,$(2))')

# ---- Files ------------------------------------------------------------------

STAGES := $(sort $(patsubst stages/stage%,%,$(wildcard stages/stage*)))
COMMON := $(wildcard common/*/*.c)
UNITS := $(wildcard tests/unit/*_test.c)
# A unit of one of the assignment's functions is built for each stage that has
# the function; it names the stages in a line of its own.
stages_of = $(shell sed -n 's|^/\* stages: \(.*\) \*/$$|\1|p' $(1))
STAGE_UNITS := $(foreach unit,$(UNITS),$(if $(call stages_of,$(unit)),$(unit)))
COMMON_UNITS := $(filter-out $(STAGE_UNITS),$(UNITS))

ifneq ($(STAGE),)
ifneq ($(filter-out $(STAGES),$(STAGE)),)
$(error There is no stage '$(filter-out $(STAGES),$(STAGE))'. The stages are: $(STAGES))
endif
endif
CHOSEN := $(or $(STAGE),$(STAGES))

stage_objects = $(patsubst stages/%.c,$(BUILD)/%.o,$(wildcard stages/stage$(1)/*.c))
SERVERS := $(CHOSEN:%=$(BUILD)/stage%/webserve)

# ---- Building ---------------------------------------------------------------

# What `make help` lists is no file.
.PHONY: FORCE $(shell sed -n 's/^\([a-z-]*\):.*[#][#] .*/\1/p' $(firstword $(MAKEFILE_LIST)))

.DEFAULT_GOAL := all
all: $(SERVERS) ## builds all stages, or one with STAGE=n
	@printf 'To run %s:  make run%s\n' \
		'$(if $(STAGE),it,the last stage)' '$(if $(STAGE), STAGE=$(STAGE))'

# Changed flags build everything anew.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(COMPILE) $(LINK) $(HARDENING) $(UNIT_FLAGS) $(COMMON)' | cmp -s - $@ || \
		echo '$(COMPILE) $(LINK) $(HARDENING) $(UNIT_FLAGS) $(COMMON)' > $@

$(BUILD)/common/%.o: common/%.c $(BUILD)/flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(COMPILE) $(HARDENING) -c $< -o $@

$(BUILD)/stage%.o: stages/stage%.c $(BUILD)/flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(COMPILE) $(HARDENING) -c $< -o $@

$(BUILD)/common.a: $(COMMON:%.c=$(BUILD)/%.o)
	$(call say,AR,$@)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

define server
$(BUILD)/stage$(1)/webserve: $(call stage_objects,$(1)) $(BUILD)/common.a
	$$(call say,LINK,$$@)
	$$(Q)$$(LINK) $$(HARDENING_LINK) $$^ -o $$@
endef
$(foreach stage,$(STAGES),$(eval $(call server,$(stage))))

run: STAGE := $(or $(STAGE),$(lastword $(STAGES)))
run: ## builds and runs a stage: [STAGE=6] [INTERFACE=127.0.0.1] [PORT=8080]
	@$(MAKE) --no-print-directory BUILD=$(BUILD) $(BUILD)/stage$(STAGE)/webserve
	@exec $(BUILD)/stage$(STAGE)/webserve '$(INTERFACE)' '$(PORT)'

# ---- Tests ------------------------------------------------------------------

# The units, and all that is linked into them, are built with sanitizers.
$(BUILD)/unit/common/%.o: common/%.c $(BUILD)/flags
	$(call say,CC,$< (unit))
	@mkdir -p $(@D)
	$(Q)$(COMPILE) $(UNIT_CFLAGS) $(UNIT_FLAGS) -c $< -o $@

$(BUILD)/unit/stage%.o: stages/stage%.c $(BUILD)/flags
	$(call say,CC,$< (unit))
	@mkdir -p $(@D)
	$(Q)$(COMPILE) $(UNIT_CFLAGS) $(UNIT_FLAGS) -c $< -o $@

$(BUILD)/unit/tests/%.o: tests/unit/%.c $(BUILD)/flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(COMPILE) -U_GNU_SOURCE -D_GNU_SOURCE $(UNIT_CFLAGS) $(UNIT_FLAGS) -c $< -o $@

$(BUILD)/unit/common.a: $(COMMON:%.c=$(BUILD)/unit/%.o) \
		$(patsubst tests/unit/%.c,$(BUILD)/unit/tests/%.o,$(wildcard tests/unit/support*.c))
	$(call say,AR,$@)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

# A test, or a header that it includes, names the flags that it is linked with
# (--wrap) in a line of its own.
link_flags = $$(tests/unit/link_flags.sh $(1))

$(BUILD)/unit/%_test: $(BUILD)/unit/tests/%_test.o $(BUILD)/unit/common.a
	$(call say,LINK,$@)
	$(Q)$(LINK) $(UNIT_FLAGS) $(call link_flags,tests/unit/$*_test.c) $^ \
		-lcmocka -o $@

define stage_unit
$(BUILD)/unit/stage$(1)/$(2).o: tests/unit/$(2).c $(BUILD)/flags
	$$(call say,CC,$$< (stage $(1)))
	@mkdir -p $$(@D)
	$$(Q)$$(COMPILE) -U_GNU_SOURCE -D_GNU_SOURCE $$(UNIT_CFLAGS) $$(UNIT_FLAGS) -DSTAGE=$(1) -iquote stages/stage$(1) -c $$< -o $$@

$(BUILD)/unit/stage$(1)/$(2): $(BUILD)/unit/stage$(1)/$(2).o \
		$(filter-out %/webserve.o,$(patsubst stages/%.c,$(BUILD)/unit/%.o,$(wildcard stages/stage$(1)/*.c))) \
		$(BUILD)/unit/common.a
	$$(call say,LINK,$$@)
	$$(Q)$$(LINK) $$(UNIT_FLAGS) $$(call link_flags,tests/unit/$(2).c) $$^ \
		-lcmocka -o $$@

STAGE_UNIT_PROGRAMS_$(1) += $(BUILD)/unit/stage$(1)/$(2)
endef
$(foreach unit,$(STAGE_UNITS),$(foreach stage,$(call stages_of,$(unit)),\
	$(eval $(call stage_unit,$(stage),$(basename $(notdir $(unit)))))))

UNIT_PROGRAMS = $(COMMON_UNITS:tests/unit/%.c=$(BUILD)/unit/%)
STAGE_UNIT_PROGRAMS = $(foreach stage,$(CHOSEN),$(STAGE_UNIT_PROGRAMS_$(stage)))

TOOLS := $(BUILD)/tools/raw_client

$(BUILD)/tools/raw_client: $(wildcard tests/tools/raw_client/*.[ch]) $(BUILD)/flags
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(filter-out -MMD -MP,$(COMPILE)) -U_GNU_SOURCE -D_GNU_SOURCE $(filter %.c,$^) -o $@

# The same servers with small limits, so that tests need not wait for long.
SMALL := -DALLOWANCE_MS=600 -DALLOWANCE_BYTES_PER_SECOND=500 \
	-DDRAIN_SILENCE_MS=300 -DDRAIN_MOST_MS=1000 -DTHREADS_MOST=8 \
	-DMEMORY_BUDGET=200000 -DHELD_FREELY=1000

.PHONY: test-programs stage-programs small-servers
test-programs: stage-programs $(UNIT_PROGRAMS)
stage-programs: $(SERVERS) $(TOOLS) $(STAGE_UNIT_PROGRAMS) small-servers

small-servers:
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/small CPPFLAGS='$(CPPFLAGS) $(SMALL)' \
		$(CHOSEN:%=$(BUILD)/small/stage%/webserve)

test: ## runs the tests of all stages: [STAGE=n] [DIR=a folder of your own]
	@tests/tools/install.sh test
ifeq ($(origin DIR),command line)
	@$(if $(STAGE),$(MAKE) --no-print-directory -s -j$$(nproc 2>/dev/null || echo 2) stage-programs)
	@$(SUBMISSION) tests/course/check.py '$(BUILD)' '$(STAGE)' "$$DIR"
else
	@$(MAKE) --no-print-directory $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$$(nproc 2>/dev/null || echo 2)) test-programs
	@tests/tools/run.py $(BUILD) $(CHOSEN)
endif

# ---- Somebody's own folder (tests/course) -----------------------------------

# How a submission is built.
SUBMISSION = COMPILE='$(filter-out -MMD -MP,$(COMPILE))' LINK='$(LINK)' \
	SERVER_CFLAGS='$(HARDENING)' SERVER_LDFLAGS='$(HARDENING_LINK)' SMALL_CFLAGS='$(SMALL)' \
	UNIT_CFLAGS='$(UNIT_CFLAGS) $(UNIT_FLAGS)' PYTHONDONTWRITEBYTECODE=1

# A delegate_test that asks the delegate in another process, for the marks.
DRIVER := $(patsubst tests/course/grading/%.c,$(BUILD)/unit/%.o,$(wildcard tests/course/grading/delegate_driver/*.c))

$(BUILD)/unit/delegate_driver/%.o: tests/course/grading/delegate_driver/%.c $(BUILD)/flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(COMPILE) $(UNIT_CFLAGS) $(UNIT_FLAGS) -iquote tests/unit -iquote stages/stage6 -c $< -o $@

$(BUILD)/grade/stage%/delegate_test: $(BUILD)/unit/stage%/delegate_test.o \
		$(filter-out %/driver.o,$(DRIVER)) $(BUILD)/unit/common.a
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(LINK) $(UNIT_FLAGS) $(call link_flags,tests/unit/delegate_test.c) $^ -lcmocka -o $@

.PHONY: grade-programs
grade-programs: stage-programs $(DRIVER) $(CHOSEN:%=$(BUILD)/grade/stage%/delegate_test)

grade: ## marks a folder, or each in a folder: STAGE=n DIR=path or BATCH=path [OUT=path]
	@tests/tools/install.sh test grade
	@$(if $(STAGE),,echo 'Which step is it for? Say STAGE=n; the stages are: $(STAGES)' >&2; exit 2)
	@$(MAKE) --no-print-directory -j$$(nproc 2>/dev/null || echo 2) grade-programs
	@$(SUBMISSION) tests/course/grade.py --stage '$(STAGE)' --build '$(BUILD)' $(if $(DIR),--dir "$$DIR") \
		$(if $(BATCH),--batch "$$BATCH") $(if $(OUT),--out "$$OUT")

FULL ?=
grade-tests: ## marks a small class, most of it hostile: [FULL=1]
	@tests/tools/install.sh test grade
	@$(MAKE) --no-print-directory STAGE=2 grade-programs
	@PYTHONDONTWRITEBYTECODE=1 tests/course/submission/taking_test.py
	@PYTHONDONTWRITEBYTECODE=1 tests/course/grading/marks_test.py
	@$(SUBMISSION) FULL=$(FULL) tests/course/grading/batch_test.py $(BUILD)

variants: ## right servers, made in other ways than ours, pass every graded test
	@tests/tools/install.sh test
	@$(foreach stage,4 5 6,$(MAKE) --no-print-directory -s STAGE=$(stage) stage-programs &&) :
	@$(SUBMISSION) tests/course/variants.py '$(BUILD)'

.PHONY: propagate
propagate: ## takes a fix in a stage to the later ones: FROM=n [SINCE=commit] [MARKERS=1]
	@tests/tools/propagate.py $(if $(FROM),'$(FROM)',--help) $(if $(SINCE),--since '$(SINCE)') \
		$(if $(MARKERS),--markers)
	@$(MAKE) --no-print-directory $(BUILD)/unit/stages_test
	@$(BUILD)/unit/stages_test
	@$(MAKE) --no-print-directory wire

# With few threads, and with little time.
FOUR := -DTHREADS_MOST=4
HASTY := -DALLOWANCE_MS=600 -DALLOWANCE_MOST_MS=1500 -DDRAIN_SILENCE_MS=300

load: ## thousands of clients at once, slow and hostile ones: [STAGE=n]
	@tests/tools/install.sh test load
	@$(MAKE) --no-print-directory $(SERVERS) $(TOOLS)
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/four \
		CPPFLAGS='$(CPPFLAGS) $(FOUR)' $(CHOSEN:%=$(BUILD)/four/stage%/webserve)
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/hasty \
		CPPFLAGS='$(CPPFLAGS) $(HASTY)' $(CHOSEN:%=$(BUILD)/hasty/stage%/webserve)
	@tests/tools/run.py $(BUILD) $(CHOSEN) --suite tests/load --jobs 1

SOAK_SECONDS ?= 180
soak: ## load for long, looks whether memory stays flat: [SOAK_SECONDS=180] [STAGE=n]
	@tests/tools/install.sh test bench
	@$(MAKE) --no-print-directory $(SERVERS) $(TOOLS)
	@tests/load/soak.sh $(BUILD) $(SOAK_SECONDS) $(CHOSEN)

mistakes: ## plants known mistakes; the tests must catch each: [STAGE=n] [ONLY=name] [FULL=1]
	@tests/tools/install.sh test
	@$(MAKE) --no-print-directory test-programs
	@tests/tools/mistakes.py $(CHOSEN) --only '$(ONLY)' $(if $(FULL),--full) $(if $(V),--verbose)

matrix: ## the tests of each step pass after it, and fail before it: [STAGE=n]
	@tests/tools/install.sh test
	@$(MAKE) --no-print-directory stage-programs
	@$(SUBMISSION) tests/course/matrix.py '$(BUILD)' $(CHOSEN)

MUTANT_SECONDS ?= 600
mutants: ## changes the sources at random, counts what is caught: [MUTANT_SECONDS=600]
	@tests/tools/install.sh test
	@$(MAKE) --no-print-directory test-programs
	@MUTANT_SECONDS=$(MUTANT_SECONDS) tests/tools/mutate.py

# Without sanitizers, which have checks and threads of their own; and a few
# clients are a rush, since valgrind is slow.
RUSHING := -DRUSH_LEAST=5
PLAIN := build/plain$(if $(PORTABLE),/portable)
SHARED_UNITS := $(basename $(notdir $(wildcard \
	$(addprefix tests/unit/,$(addsuffix _*test.c,budget deadlines log main_thread pool)))))
races: ## valgrind's helgrind and DRD on the threads: [STAGE=n]
	@tests/tools/install.sh test races
	@$(MAKE) --no-print-directory BUILD=$(PLAIN) UNIT_SANITIZE= SANITIZE= \
		CPPFLAGS='$(CPPFLAGS) $(RUSHING)' small-servers \
		$(PLAIN)/tools/raw_client $(SHARED_UNITS:%=$(PLAIN)/unit/%)
	@tests/tools/races.sh $(PLAIN) $(CHOSEN)

torture: ## makes each call that can fail fail, once: [STAGE=n]
	@tests/faults/run.sh $(BUILD) $(CHOSEN)

FUZZ_SECONDS ?= 60
fuzz: ## the fuzzers, for so many seconds each: [FUZZ_SECONDS=60]
	@tests/tools/install.sh fuzz
	@tests/fuzz/run.sh $(BUILD) $(FUZZ_SECONDS)

instructions: ## counts what the parsers take, against their budgets
	@tests/tools/install.sh instructions
	@tests/tools/instructions/count.sh $(BUILD)

wire: $(STAGES:%=$(BUILD)/stage%/webserve) $(TOOLS) ## what changes on the wire from stage to stage
	@tests/wire/replay.sh $(BUILD)

# What docs/testing.md shows of red tests comes from a run, too.
$(BUILD)/red/fencepost.txt: $(BUILD)/wire/step6.txt $(wildcard tests/mistakes/*.md)
	@tests/tools/install.sh test grade
	@$(MAKE) --no-print-directory test-programs
	@tests/tools/mistakes.py --shown-in docs/testing.md --build $(BUILD)

weave: $(BUILD)/wire/step6.txt $(BUILD)/red/fencepost.txt ## puts code, differences and mistakes into the documents
	@tests/tools/install.sh docs
	@docs/tools/weave.py $(BUILD)

docs: $(BUILD)/wire/step6.txt $(BUILD)/red/fencepost.txt ## holds the documents against the code, and runs their commands
	@tests/tools/install.sh test docs
	@docs/tools/weave.py $(BUILD) --check
	@docs/tools/names.py
	@docs/tools/parts.py $(BUILD)
	@docs/tools/balance.sh $(BUILD)
	@docs/tools/commands.sh $(BUILD)

symptoms: $(BUILD)/common.a ## types the commands of all mistakes, which must show them: [STAGE=n] [ONLY=name]
	@tests/tools/install.sh test
	@tests/tools/symptoms.py $(BUILD) $(STAGE) $(ONLY)

# The servers, the units and the fault sweep, all counted together.
COVERAGE := build/coverage
coverage: ## which lines and branches the tests reach
	@tests/tools/install.sh test coverage
	@tests/tools/coverage.sh $(COVERAGE) $(STAGES)

# Other servers, and the floors, for the stages to be measured beside.
BENCH_PROGRAMS = $(addprefix $(BUILD)/bench/,floor copy_floor ask \
	$(if $(wildcard /usr/include/microhttpd.h /usr/local/include/microhttpd.h),microhttpd))
$(BUILD)/bench/microhttpd: LDLIBS := -lmicrohttpd
$(BUILD)/bench/%: tests/tools/bench/%.c $(wildcard tests/tools/bench/listening.*) $(BUILD)/flags
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(filter-out -MMD -MP,$(COMPILE)) -U_GNU_SOURCE -D_GNU_SOURCE $(filter %.c,$^) $(LDLIBS) -o $@

.PHONY: bench-programs
bench-programs: $(STAGES:%=$(BUILD)/stage%/webserve) $(TOOLS) $(BENCH_PROGRAMS)

QUICK ?=
bench: ## speed and memory beside other servers, 25 minutes; QUICK=1 takes one
	@tests/tools/install.sh bench
	@PATH="$$PATH:/usr/sbin" tests/tools/install.sh peers instructions || echo 'make bench goes on with those that are there.'
	@$(MAKE) --no-print-directory BUILD=$(BUILD) bench-programs
	@QUICK=$(QUICK) tests/tools/bench/run.py $(BUILD)
	@tests/tools/bench/report.py terminal $(BUILD)

bench-report: ## puts the figures of the last `make bench` into docs/performance.md
	@tests/tools/bench/report.py page $(BUILD)

check: ## compilers, format, linters, and the limits of the style
	@tests/tools/install.sh check
	@tests/tools/check.sh

# ---- Reading ----------------------------------------------------------------

# The heading of make diff, and of the TODO.md that make start writes.
STEP_1 := Write delegate: it returns constant data, and it is not called yet.
STEP_2 := Let the server call delegate, so that every page is the constant one.
STEP_3 := Extract handle_connection from the loop that each thread runs.
STEP_4 := Extract serve from main, which then only starts it.
STEP_5 := Let delegate show the URL and the query, as the server did in stage 1.
STEP_6 := Let handle_connection read POST data, and delegate show it.

diff: STAGE := $(or $(STAGE),$(lastword $(STAGES)))
diff: ## shows what step n changed: STAGE=n, moved lines shown as moved
	@docs/tools/diff.sh $(STAGE) '$(STEP_$(STAGE))'

trace: STAGE := $(or $(STAGE),$(lastword $(STAGES)))
trace: ## draws what the threads do in a real run, as SVG: [STAGE=n]
	@tests/tools/install.sh trace
	@$(MAKE) --no-print-directory BUILD=$(BUILD) $(BUILD)/stage$(STAGE)/webserve
	@docs/tools/trace/run.sh $(BUILD) $(STAGE)

walk: STAGE := $(or $(STAGE),1)
walk: ## the step on the terminal, a screen at a time: [STAGE=n]
	@tests/tools/install.sh walk
	@$(MAKE) --no-print-directory BUILD=$(BUILD) STAGE= all >/dev/null
	@docs/tools/parts.py $(BUILD) >/dev/null
	@docs/tools/walk.py $(BUILD) $(STAGE)

PREVIEW ?=
SITE_PORT ?= 8000
# The site shows what make wire found, with the servers as they are.
$(BUILD)/wire/step6.txt: $(STAGES:%=$(BUILD)/stage%/webserve) $(TOOLS)
	$(call say,WIRE,$(BUILD)/wire)
	@tests/wire/replay.sh $(BUILD) >/dev/null

site: $(BUILD)/wire/step6.txt ## the documents as a web site, in build/site; PREVIEW=1 shows it
	@tests/tools/install.sh site
	@docs/site/build.sh $(BUILD)
	@$(if $(PREVIEW),python3 -m http.server --bind 127.0.0.1 --directory $(BUILD)/site $(SITE_PORT),:)

site-check: site ## looks at the site in a browser: links, requests, accessibility
	@tests/tools/install.sh browser
	@docs/tools/site_check/run.sh $(BUILD)

start: ## a folder to work on a step in: STAGE=n DIR=path
	@tests/course/start.py '$(STAGE)' "$$DIR" '$(STEP_$(STAGE))'

help: ## shows this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(filter Makefile %.mk,$(MAKEFILE_LIST)) | \
		awk -F'|' '{ sub(/ all$$/, "", $$1); printf "%-19s %s\n", $$1, $$2 }'
	@printf 'The stages are: %s\n' '$(STAGES)'

clean: ## removes all that was built
	rm -rf build

# Not those of copies of the project, which name the same files.
-include $(shell find $(BUILD) -path '$(BUILD)/mistakes' -prune -o -path '$(BUILD)/matrix' -prune \
	-o -path '$(BUILD)/mutants' -prune -o -name '*.d' -print 2>/dev/null)
