# Builds, runs, installs and tests pusher-auth. `make help` lists the targets.

CARGO ?= cargo
CC ?= cc
GO ?= go
CFLAGS ?= -O2
CXXFLAGS ?= -O2
WARNINGS := -Wall -Wextra -Wpedantic -Werror

# cargo's output. Below it, static/ has the static library that users get.
RELEASE := $(or $(CARGO_TARGET_DIR),target)/$(if $(CARGO_BUILD_TARGET),$(CARGO_BUILD_TARGET)/)release
RELEASE_PATH := $(if $(filter /%,$(RELEASE)),,$(CURDIR)/)$(RELEASE)
STATIC := $(RELEASE)/static/libpusher_auth.a
NEEDS := tools/install-deps.sh --check

# The app and the user in Pusher's documentation. Set your own app to sign for it.
PUSHER_CONFIG ?= {"key":"278d425bdf160c739803","secret":"7ad3773142a6692b25b8"}
SOCKET_ID ?= 1234.1234
USER_JSON ?= {"id":"12345"}

export RELEASE PUSHER_CONFIG SOCKET_ID USER_JSON

.PHONY: all build run install uninstall clean help
all: build ## build the library (the default)
build:
	$(CARGO) build --release --locked
	@tools/after-build.sh

run: build ## print the signed response for a user; PUSHER_CONFIG, SOCKET_ID, USER_JSON
	$(CC) $(CFLAGS) -std=c99 $(WARNINGS) -Iinclude examples/c/sign.c "$(STATIC)" -o "$(RELEASE)/sign"
	@"$(RELEASE)/sign" "$$SOCKET_ID" "$$USER_JSON"

# Under sudo, install what the user has built: root may have no cargo.
install: $(if $(and $(SUDO_UID),$(shell test -e "$(STATIC)" && echo built)),,build) ## install; tools/install.sh lists PREFIX, DESTDIR and other variables
	@tools/install.sh

uninstall: ## remove what `make install` installed, of any version
	@tools/install.sh --uninstall

clean: ## remove target/
	$(CARGO) clean

help: ## list the targets
	@sed -n 's/^\([a-z][a-z0-9 -]*\):.*## \(.*\)/\1\t\2/p' Makefile examples/Makefile tools/Makefile | \
	  while IFS="$$(printf '\t')" read -r names what; do printf '  %-34s %s\n' "$$names" "$$what"; done

# ---- Tests. Only `make deps`, `make test` and `make ci` install anything. ----

.PHONY: deps test check lint format generate
TEST_DEPS := core endpoints request official ffi
DEPS ?= $(TEST_DEPS) lint
deps: ## install what the tests and linters need; DEPS="GROUP..." for others
	tools/install-deps.sh $(DEPS)

test: ## install missing tools, then test the library, the bindings and the servers
	tools/install-deps.sh $(TEST_DEPS)
	@$(MAKE) --no-print-directory build test-rust test-cpp test-go test-php test-ffi test-official test-endpoints

check: ## format, lints, unit tests, vectors, harness, generated files; under three minutes
	@$(NEEDS) core
	tools/lint.sh --available
	$(CARGO) test --locked --features generate --lib --test vectors --test harness --test generated

lint: ## run all formatters and linters
	@$(NEEDS) lint
	tools/lint.sh

format: ## format all sources
	@$(NEEDS) lint
	tools/lint.sh --fix

generate: ## rewrite the generated files: header, declarations, tables, constants
	UPDATE_GENERATED=1 $(CARGO) test --locked --features generate --test generated

.PHONY: test-rust test-docs test-cpp test-go test-php test-ffi test-official test-endpoints
test-rust: build ## test the library: C harness, vectors, memory, cost, ABI, documents
	@$(NEEDS) core
	$(CARGO) test --locked

# Not part of `make test`, since it installs Caddy and systemd.
test-docs: build ## test the documents with nginx, Caddy, systemd, CMake, Meson and pusher-js
	@$(NEEDS) docs endpoints request
	$(CARGO) test --locked --test docs -- --include-ignored
	@$(MAKE) --no-print-directory programs requests
	node tests/run.mjs tests/docs/guide.test.mjs

test-cpp: build ## test the C++ binding
	@$(NEEDS) endpoints-cpp
	for std in c++17 c++20 c++23; do \
	  $(CXX) -fsanitize=address,undefined -fno-sanitize-recover=all -std=$$std $(WARNINGS) -Wconversion -Iinclude -Ibindings/cpp \
	    bindings/cpp/tests/pusher_auth_test.cpp "$(STATIC)" -pthread -o "$(RELEASE)/test-cpp" && \
	  "$(RELEASE)/test-cpp" || exit 1; done
	bindings/cpp/tests/readme.sh

# pkg-config finds the library in target/, even if another one is installed.
GO_HERE := PKG_CONFIG_PATH="$(RELEASE_PATH)" $(GO)
GO_STATICCHECK := if command -v go-staticcheck >/dev/null; then PKG_CONFIG_PATH="$(RELEASE_PATH)" go-staticcheck ./...; fi
test-go: build ## test the Go binding and examples
	@$(NEEDS) endpoints-go
	for folder in bindings/go examples/go; do \
	  (cd $$folder && $(GO_HERE) vet ./... && $(GO_STATICCHECK) && $(GO_HERE) test -race -count=1 ./...) || exit 1; done

PHP_HERE := LD_LIBRARY_PATH="$(RELEASE_PATH)"
test-php: build ## test the PHP binding
	@$(NEEDS) endpoints-php
	composer validate --strict --no-interaction bindings/php/composer.json
	$(PHP_HERE) phpunit -c bindings/php

test-ffi: build ## test the examples in other languages
	@$(NEEDS) ffi
	$(PHP_HERE) bindings/ffi/test.sh

test-official: build ## compare with the official libraries for Node and Python on random inputs
	@$(NEEDS) official
	$(PHP_HERE) target/bench/venv/bin/python tests/official/official.py

test-endpoints: ## test the endpoints; ENDPOINT=c, cpp, go or php for one, ONLY=PATTERN for some tests
	@$(NEEDS) endpoints request
	@$(MAKE) --no-print-directory programs requests
	node tests/run.mjs tests/endpoints/$(or $(ENDPOINT),*).test.mjs

# ---- The examples: serve-c, minimal-go, request-php and the like. ----

include examples/Makefile

# ---- Everything else: packages, browsers, fuzzers, benchmarks. ----

ELSEWHERE := abi bench ci clean-cache cross deb demo deny dist e2e e2e-clients e2e-sockudo fuzz fuzz-coverage fuzz-smoke \
  load msrv portable reproducible sanitize test-conan test-container test-deb test-dist test-packages test-portable
.PHONY: $(ELSEWHERE)
$(ELSEWHERE):
	@$(MAKE) --no-print-directory -f tools/Makefile $@
