# contributing.mk - commands that you need rarely, to change the project. The Makefile
# includes it, and docs/contributing.md describes each command.

.PHONY: excerpts symptoms variants grade-tests handout-tests watch-tests walk-tests live-tests matrix mutants propagate races soak \
	instructions coverage bench-report site-check compile_commands.json

excerpts: $(BUILD)/wire/step6.txt $(BUILD)/red/fencepost.txt # puts code, differences and mistakes into the documents
	tests/tools/install.sh docs
	docs/tools/excerpts.py $(BUILD)
	docs/tools/six_stages.py

# What docs/testing.md shows of red tests comes from a run, too.
$(BUILD)/red/fencepost.txt: $(BUILD)/wire/step6.txt \
		$(wildcard tests/mistakes/*.md tests/http/* tests/unit/* tests/tools/suite/*.py)
	$(call needs,test grade,test-programs)
	tests/tools/run_mistakes.py $(BUILD) --shown-in docs/testing.md

symptoms: $(BUILD)/common.a # types the commands of all mistakes, which must show them: [STAGE=n] [ONLY=name]
	tests/tools/install.sh test
	tests/tools/check_symptoms.py $(BUILD) $(STAGE) $(ONLY)

variants: # tests correct servers that are built in other ways than ours
	$(call needs,test,stage-programs)
	$(SUBMISSION) tests/course/run_right_servers.py '$(BUILD)'

grade-tests: # grades a small class, most of it hostile: [FULL=1]
	$(call needs,test grade,STAGE=2 grade-programs)
	tests/course/submission/collect_test.py
	tests/course/submission/taking_test.py
	tests/course/submission/diagnosis/diagnosis_test.py $(BUILD)
	tests/course/grading/score_test.py
	tests/course/grading/scheduling_test.py
	$(SUBMISSION) FULL=$(FULL) tests/course/grading/batch_test.py $(BUILD)

# `make test` runs in the hand-outs of two steps, or of those that are asked for.
handout-tests: # checks the hand-outs: no solutions, and tests that work: [STAGE=n]
	tests/tools/install.sh test handout
	tests/course/handout_test.py $(or $(STAGE),2 5)

watch-tests: # saves in a folder that make watch tests, on a terminal, and ends it in each way
	$(call needs,test watch,STAGE=2 stage-programs)
	BUILD='$(BUILD)' tests/course/watch_test.py

walk-tests: $(ALL_SERVERS) # runs make walk on two terminal sizes, and make diff without color
	tests/tools/install.sh walk
	docs/tools/walk_test.py

live-tests: $(STAGES:%=$(BUILD)/live/stage%/webserve) # tests make live in a browser: [PICTURES=folder]
	tests/tools/install.sh site
	docs/site/node_packages.sh $(BUILD)/site-work
	node docs/tools/live/live_test.mjs $(BUILD)/live $(BUILD)/site-work $(PICTURES)

matrix: # checks that the tests of each step pass after it, and fail before it: [STAGE=n]
	$(call needs,test,stage-programs)
	$(SUBMISSION) tests/course/matrix.py '$(BUILD)' $(CHOSEN)

MUTANT_SECONDS ?= 600
mutants: # changes the sources at random, and counts what is caught
	$(call needs,test,test-programs)
	MUTANT_SECONDS=$(MUTANT_SECONDS) tests/tools/run_mutants.py $(BUILD)

propagate: # takes a fix in a stage to the later ones: FROM=n [SINCE=commit] [MARKERS=1]
	tests/tools/install.sh python
	$(if $(FROM),,echo 'Which stage has the fix? Say FROM=n; the stages are: $(STAGES)' >&2; exit 2)
	tests/tools/propagate.py '$(FROM)' $(if $(SINCE),--since '$(SINCE)') $(if $(MARKERS),--markers)
	tests/tools/check_stages.py
	$(MAKE) wire

races: # runs the threads under valgrind's helgrind and DRD: [STAGE=n]
	tests/tools/install.sh test races
	tests/tools/races.py $(BUILD)/plain $(CHOSEN)

SOAK_SECONDS ?= 180
soak: $(SERVERS) $(TOOLS) # loads a server for minutes; its memory must stay flat: [STAGE=n]
	tests/tools/install.sh test bench
	tests/load/soak.py $(BUILD) $(SOAK_SECONDS) $(CHOSEN)

instructions: # counts what the parsers take, and compares it with their budgets
	tests/tools/install.sh instructions
	tests/tools/instructions/count.py $(BUILD)

coverage: # shows which lines and branches the tests reach
	tests/tools/install.sh test coverage
	tests/tools/coverage.py $(BUILD)/coverage $(STAGES)

bench-report: # puts the figures of the last `make bench` into docs/performance.md
	tests/tools/bench/bench_report.py page $(BUILD)

site-check: site # looks at the site in a browser: links, requests, accessibility
	tests/tools/install.sh browser
	node docs/site/playground/replay.mjs $(BUILD)
	node docs/site/playground/check.mjs $(BUILD)/site/playground $(BUILD)/site-work
	node docs/site/check_pages.mjs $(BUILD)/site $(BUILD)/site-work

# How each file is compiled, for editors (clangd).
command = printf '{"directory": "%s", "file": "%s", "command": "%s"},\n' '$(CURDIR)' '$(2)' '$(1) -c $(2)'; 
compile_commands.json:
	{ $(foreach file,$(COMMON) $(wildcard stages/*/*.c),$(call command,$(COMPILE),$(file))) \
		$(foreach file,$(wildcard $(addsuffix /*.c,tests/* tests/*/* tests/*/*/* docs/* docs/*/*)),\
			$(call command,$(COMPILE) $(TEST_FLAGS) -iquote stages/stage6 -DSTAGE=6 -iquote tests/unit,$(file))) } | sed '1s/^/[/; $$s/,$$/]/' > $@
