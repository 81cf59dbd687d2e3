# rules.mk - of the Makefile: make grade, make grade-tests, make propagate.

FULL ?=

# What make grade needs of ours: the objects that stand in for those that a
# submission lacks, and a delegate_test that asks a delegate in another process.
REMOTE := $(patsubst tests/course/grade/%.c,$(BUILD)/unit/%.o,$(wildcard tests/course/grade/remote/*.c))

$(BUILD)/unit/remote/%.o: tests/course/grade/remote/%.c $(BUILD)/flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(COMPILE) $(UNIT_CFLAGS) $(UNIT_FLAGS) -iquote tests/unit -iquote stages/stage6 -c $< -o $@

$(BUILD)/grade/stage%/delegate_test: $(BUILD)/unit/stage%/delegate_test.o \
		$(filter-out %/driver.o,$(REMOTE)) $(BUILD)/unit/common.a
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(LINK) $(UNIT_FLAGS) $(call link_flags,tests/unit/delegate_test.c) $^ -lcmocka -o $@

# How a submission is compiled, for tests/course/grade.
GRADE_HOW = GRADE_COMPILE='$(filter-out -MMD -MP,$(COMPILE))' GRADE_SMALL='$(SMALL)' \
	GRADE_UNIT='$(UNIT_CFLAGS) $(UNIT_FLAGS)' GRADE_LINK='$(LINK)' PYTHONDONTWRITEBYTECODE=1

.PHONY: grade grade-programs grade-tests
grade-programs: stage-programs $(REMOTE) $(CHOSEN:%=$(BUILD)/grade/stage%/delegate_test)

grade: ## marks a folder, or each in a folder: STAGE=n DIR=path or BATCH=path [OUT=path]
	@tests/tools/install.sh test grade
	@$(if $(STAGE),,echo 'Which step is it for? Say STAGE=n; the stages are: $(STAGES)' >&2; exit 2)
	@$(MAKE) --no-print-directory -j$$(nproc 2>/dev/null || echo 2) grade-programs
	@$(GRADE_HOW) tests/course/grade/grade.py --stage '$(STAGE)' --build '$(BUILD)' $(if $(DIR),--dir "$$DIR") \
		$(if $(BATCH),--batch "$$BATCH") $(if $(OUT),--out "$$OUT")

grade-tests: ## marks a small class, most of it hostile: [FULL=1]
	@tests/tools/install.sh test grade
	@$(MAKE) --no-print-directory STAGE=2 grade-programs
	@PYTHONDONTWRITEBYTECODE=1 python3 tests/course/grade/model_test.py
	@PYTHONDONTWRITEBYTECODE=1 python3 tests/course/grade/untrusted_test.py
	@$(GRADE_HOW) FULL=$(FULL) python3 tests/course/grade/batch_test.py $(BUILD)

.PHONY: propagate
propagate: ## takes a fix in a stage to the later ones: FROM=n [SINCE=commit] [MARKERS=1]
	@tests/tools/propagate.py $(if $(FROM),'$(FROM)',--help) $(if $(SINCE),--since '$(SINCE)') \
		$(if $(MARKERS),--markers)
	@$(MAKE) --no-print-directory $(BUILD)/unit/stages_test
	@$(BUILD)/unit/stages_test
	@$(MAKE) --no-print-directory wire
