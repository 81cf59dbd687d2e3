# The Makefile above this folder calls this one. It builds the part of the project that
# the tests of step @STEP@ need, and runs them.

BUILD ?= build
COMPILE := @COMPILE@
LINK := @LINK@
UNIT_CFLAGS := @UNIT_CFLAGS@
STAND_IN_LINK := @STAND_IN_LINK@
SHORT_LINK := @SHORT_LINK@
export COMPILE LINK UNIT_CFLAGS STAND_IN_LINK SHORT_LINK
export PYTHONDONTWRITEBYTECODE := 1

COMMON := $(wildcard common/*/*.c)
SUPPORT := $(wildcard tests/unit/support*.c)
UNITS := $(filter-out %/webserve_test.c,$(wildcard tests/unit/*_test.c))
STAGE_FLAGS := -DSTAGE=@STEP@ -iquote stages/stage@STEP@
UNIT_FLAGS := $(UNIT_CFLAGS) -U_GNU_SOURCE -D_GNU_SOURCE
PROGRAMS := $(BUILD)/common.a $(BUILD)/unit/common.a $(BUILD)/tools/raw_client \
	$(BUILD)/short/sends.o $(BUILD)/before/webserve \
	$(if $(wildcard tests/http/stand_in_delegate.c),$(BUILD)/stand_in/stage@STEP@/delegate.o) \
	$(UNITS:tests/unit/%.c=$(BUILD)/unit/stage@STEP@/%.o)

.SILENT:
.PHONY: test watch programs
test:
	tests/tools/install.sh test
	$(build_programs)
	tests/course/check.py $(BUILD) '$(STAGE)' "$$DIR"

watch:
	tests/tools/install.sh watch || echo 'make watch goes on without them, a little slower.'
	tests/tools/install.sh test
	$(build_programs)
	exec tests/course/watch_folder.py $(BUILD) '$(STAGE)' "$$DIR" $(BUILD)/before/webserve

build_programs = +$(MAKE) $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$$(nproc 2>/dev/null || echo 2)) programs

programs: $(PROGRAMS)

$(BUILD)/common.a: $(COMMON:%.c=$(BUILD)/%.o)
$(BUILD)/unit/common.a: $(COMMON:%.c=$(BUILD)/unit/%.o) $(SUPPORT:tests/unit/%.c=$(BUILD)/unit/tests/%.o)
%.a:
	rm -f $@
	$(AR) rcs $@ $^

# $(call compile,FLAGS)
define compile
printf '  CC      %s\n' '$<'
mkdir -p $(@D)
$(COMPILE) $(1) -c $< -o $@
endef
HEADERS := $(wildcard common/*/*.h tests/unit/*.h stages/*/*.h)
$(BUILD)/common/%.o: common/%.c $(HEADERS)
	$(call compile)
$(BUILD)/unit/common/%.o: common/%.c $(HEADERS)
	$(call compile,$(UNIT_CFLAGS))
$(BUILD)/unit/tests/%.o: tests/unit/%.c $(HEADERS)
	$(call compile,$(UNIT_FLAGS))
$(BUILD)/unit/stage@STEP@/%.o: tests/unit/%.c $(HEADERS)
	$(call compile,$(UNIT_FLAGS) $(STAGE_FLAGS))
$(BUILD)/stand_in/stage@STEP@/delegate.o: tests/http/stand_in_delegate.c $(HEADERS)
	$(call compile,$(STAGE_FLAGS))
$(BUILD)/short/sends.o: tests/http/short_sends.c
	$(call compile)
$(BUILD)/before/webserve: $(wildcard before/*.c) $(BUILD)/common.a
	mkdir -p $(@D)
	$(COMPILE) -iquote before $^ -o $@
$(BUILD)/tools/raw_client: $(wildcard tests/tools/raw_client/*.[ch])
	mkdir -p $(@D)
	$(COMPILE) -U_GNU_SOURCE -D_GNU_SOURCE $(filter %.c,$^) -o $@
