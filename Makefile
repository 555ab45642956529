# The front door. Everything works on a fresh Debian 12: each target first
# installs what it needs and is missing (tools/setup-debian.sh). How things are built:
# meson.build.
#
#   make build      the server, build/muster
#   make run        builds and starts it: nothing to configure
#   make check      tests, style, sanitizers, on SQLite and PostgreSQL
#   make check-all  the same, and fuzzing, valgrind, clang
#   make bench      benchmarks; they print figures and never fail
#   make bench-peers  the same, and smtp-source where Postfix is installed
#   make scale      three processes on one PostgreSQL share the work
#   make fuzz       fuzz all parsers, FUZZ_SECONDS each (default 60)
#   make format     one form for all sources and spec files
#   make lint       clang-tidy and clang-format, changes nothing

BUILD ?= build
FUZZ_SECONDS ?= 60

.PHONY: build run check check-all bench bench-peers scale fuzz format lint setup setup-run

build: $(BUILD)/build.ninja
	ninja -C $(BUILD) muster

$(BUILD)/build.ninja: | setup-run
	meson setup $(BUILD)

setup-run:
	@tools/setup-debian.sh run

setup:
	@tools/setup-debian.sh check

run: build
	$(BUILD)/muster serve

check: setup
	tools/run_checks check

check-all: setup
	tools/run_checks all --fuzz-seconds $(FUZZ_SECONDS)

bench: setup build
	ninja -C $(BUILD)
	tools/bench $(BUILD) --write docs/performance.md

bench-peers: setup build
	ninja -C $(BUILD)
	tools/bench $(BUILD) --peers

scale: setup build
	ninja -C $(BUILD) test/smtp_sink
	tools/scale $(BUILD)

fuzz: setup
	tools/run_checks fuzz --fuzz-seconds $(FUZZ_SECONDS)

format: setup
	git ls-files '*.c' '*.h' | xargs clang-format -i
	python3 tools/format_specs.py src/api/spec

lint: setup build
	git ls-files '*.c' '*.h' | xargs clang-format --dry-run --Werror
	git ls-files 'src/*.c' | grep -v '_test\.c$$' | \
		xargs -P 2 -n 8 clang-tidy -p $(BUILD) --quiet
