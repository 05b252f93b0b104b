# pusher-auth for C people: make, make run, make test, make install. README.md explains them.

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
PKGCONFIGDIR ?= $(LIBDIR)/pkgconfig
CMAKEDIR ?= $(LIBDIR)/cmake/pusher_auth
MANDIR ?= $(PREFIX)/share/man

CARGO ?= cargo
CC ?= cc
CFLAGS ?= -O2
CXXFLAGS ?= -O2
WARNINGS = -Wall -Wextra -Wpedantic -Werror

VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml)
SONAME := libpusher_auth.so.$(firstword $(subst ., ,$(VERSION)))
RELEASE := $(or $(CARGO_TARGET_DIR),target)/$(if $(CARGO_BUILD_TARGET),$(CARGO_BUILD_TARGET)/)release

# What the examples run with: Pusher's documented app and user, unless you say otherwise.
export PUSHER_CONFIG ?= {"key":"278d425bdf160c739803","secret":"7ad3773142a6692b25b8"}
export SOCKET_ID ?= 1234.1234
export USER_JSON ?= {"id":"12345"}
export PORT ?= 8000
export ALLOWED_ORIGINS ?=
export COOKIE_SAMESITE ?=

.PHONY: all run install uninstall test lint header clean serve-c serve-cpp test-cpp test-endpoints serve-go test-go \
  e2e e2e-parts e2e-sockudo demo

# The shared library, and what the archive needs besides.
define INSTALL_SHARED
	install -m 755 $(RELEASE)/libpusher_auth.so $(DESTDIR)$(LIBDIR)/libpusher_auth.so.$(VERSION)
	ln -sf libpusher_auth.so.$(VERSION) $(DESTDIR)$(LIBDIR)/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(LIBDIR)/libpusher_auth.so
endef
PRIVATE_LIBS := -lpthread -ldl -lm

ifneq (,$(findstring -windows-,$(CARGO_BUILD_TARGET)))
define INSTALL_SHARED
	install -d $(DESTDIR)$(BINDIR)
	install -m 755 $(RELEASE)/pusher_auth.dll $(DESTDIR)$(BINDIR)
	install -m 644 $(RELEASE)/libpusher_auth.dll.a $(DESTDIR)$(LIBDIR)
endef
PRIVATE_LIBS := -lntdll
endif

all:
	$(CARGO) build --release --locked
	ln -sf libpusher_auth.so $(RELEASE)/$(SONAME)
	sed -e 's|@LIBDIR@|$(abspath $(RELEASE))|; s|@INCLUDEDIR@|$(CURDIR)/include|; s|@VERSION@|$(VERSION)|; s|@PRIVATE_LIBS@|$(PRIVATE_LIBS)|' \
	  -e 's|^Libs:|& -Wl,-rpath,$${libdir}|; /@PREFIX@/d' bindings/c/pusher_auth.pc.in > $(RELEASE)/pusher_auth-uninstalled.pc

run: all
	$(CC) $(CFLAGS) -std=c99 $(WARNINGS) -Iinclude examples/c/sign.c $(RELEASE)/libpusher_auth.a -o $(RELEASE)/sign
	@$(RELEASE)/sign "$$SOCKET_ID" "$$USER_JSON"

# What is installed names its own place only as seen from where it stands itself, so that all of PREFIX can be moved:
# $(call filled,FOLDER,THE SAME FOLDER IN THE FILE'S OWN TERMS), a sed that says where things are.
up = $(patsubst %/,%,$(subst / ,/,$(patsubst %,../,$(subst /, ,$(1:$(PREFIX)/%=%)))))
filled = sed -e 's|@PREFIX@|$(if $(filter $(PREFIX)/%,$(1)),$(2)/$(call up,$(1)),$(PREFIX))|' \
  -e 's|@LIBDIR@|$(LIBDIR:$(PREFIX)/%=$${prefix}/%)|; s|@INCLUDEDIR@|$(INCLUDEDIR:$(PREFIX)/%=$${prefix}/%)|' \
  -e 's|@BINDIR@|$(BINDIR:$(PREFIX)/%=$${prefix}/%)|; s|@PRIVATE_LIBS@|$(PRIVATE_LIBS)|' \
  -e 's|@VERSION@|$(VERSION)|; s|@SONAME@|$(SONAME)|'
FUNCTIONS := ${shell sed -n 's/^[^/ ].*[ *]\(pusher_[a-z_]*\)(.*/\1/p' include/pusher_auth.h}

# By sudo, what is built: root's cargo is another one, or none.
install: $(if $(and $(SUDO_UID),$(wildcard $(RELEASE)/libpusher_auth.a)),,all)
	install -d $(DESTDIR)$(INCLUDEDIR) $(DESTDIR)$(LIBDIR) $(DESTDIR)$(PKGCONFIGDIR) $(DESTDIR)$(CMAKEDIR) $(DESTDIR)$(MANDIR)/man3
	install -m 644 include/pusher_auth.h bindings/cpp/pusher_auth.hpp $(DESTDIR)$(INCLUDEDIR)
	install -m 644 $(RELEASE)/libpusher_auth.a $(DESTDIR)$(LIBDIR)
	$(INSTALL_SHARED)
	$(call filled,$(PKGCONFIGDIR),$${pcfiledir}) bindings/c/pusher_auth.pc.in > $(DESTDIR)$(PKGCONFIGDIR)/pusher_auth.pc
	for file in config config-version; do \
	  $(call filled,$(CMAKEDIR),$${here}) bindings/c/pusher_auth-$$file.cmake.in > $(DESTDIR)$(CMAKEDIR)/pusher_auth-$$file.cmake || exit 1; done
	awk -v version=$(VERSION) -v date=$$(sed -n 's/^## $(VERSION) - //p' CHANGELOG.md) -f tools/packaging/man.awk \
	  include/pusher_auth.h > $(DESTDIR)$(MANDIR)/man3/pusher_auth.3
	for name in $(FUNCTIONS); do ln -sf pusher_auth.3 $(DESTDIR)$(MANDIR)/man3/$$name.3 || exit 1; done

uninstall:
	rm -f $(DESTDIR)$(INCLUDEDIR)/pusher_auth.h $(DESTDIR)$(INCLUDEDIR)/pusher_auth.hpp $(DESTDIR)$(PKGCONFIGDIR)/pusher_auth.pc \
	  $(DESTDIR)$(BINDIR)/pusher_auth.dll $(DESTDIR)$(LIBDIR)/libpusher_auth.dll.a \
	  $(DESTDIR)$(LIBDIR)/libpusher_auth.a $(DESTDIR)$(LIBDIR)/libpusher_auth.so \
	  $(DESTDIR)$(LIBDIR)/$(SONAME) $(DESTDIR)$(LIBDIR)/libpusher_auth.so.$(VERSION) \
	  $(DESTDIR)$(CMAKEDIR)/pusher_auth-config.cmake $(DESTDIR)$(CMAKEDIR)/pusher_auth-config-version.cmake \
	  $(foreach name,pusher_auth $(FUNCTIONS),$(DESTDIR)$(MANDIR)/man3/$(name).3)
	rmdir $(DESTDIR)$(CMAKEDIR) 2>/dev/null || :

test: all
	tools/install-deps.sh core endpoints
	$(CARGO) test --locked -- --show-output
	$(MAKE) test-cpp test-go test-php test-official test-endpoints

lint:
	tools/install-deps.sh core lint
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets -- -D warnings
	for std in c99 c11 c17; do \
	  $(CC) -x c -std=$$std $(WARNINGS) -fsyntax-only include/pusher_auth.h || exit 1; done
	for std in c++11 c++17 c++20; do \
	  $(CXX) -x c++ -std=$$std $(WARNINGS) -fsyntax-only include/pusher_auth.h || exit 1; done

# The endpoints: make serve-c PORT=8000, until Ctrl-C.
$(RELEASE)/libpusher_auth.a: all
	@:

$(RELEASE)/endpoint-c: examples/c/endpoint.c include/pusher_auth.h $(RELEASE)/libpusher_auth.a
	tools/install-deps.sh endpoints-c
	$(CC) $(CFLAGS) -std=c11 $(WARNINGS) -Iinclude examples/c/endpoint.c $(RELEASE)/libpusher_auth.a \
	  $$(pkg-config --cflags --libs libmicrohttpd jansson) -o $@

serve-c: $(RELEASE)/endpoint-c
	@$(RELEASE)/endpoint-c

$(RELEASE)/endpoint-cpp: examples/cpp/endpoint.cpp bindings/cpp/pusher_auth.hpp include/pusher_auth.h $(RELEASE)/libpusher_auth.a
	tools/install-deps.sh endpoints-cpp
	$(CXX) $(CXXFLAGS) -std=c++20 $(WARNINGS) -Iinclude -Ibindings/cpp examples/cpp/endpoint.cpp $(RELEASE)/libpusher_auth.a \
	  $$(pkg-config --cflags nlohmann_json) -pthread -o $@

serve-cpp: $(RELEASE)/endpoint-cpp
	@$(RELEASE)/endpoint-cpp

# The smallest endpoints: make minimal-c PORT=8000, until Ctrl-C.
.PHONY: minimal-c minimal-cpp minimal-go minimal-php

$(RELEASE)/minimal-c: examples/c/minimal.c include/pusher_auth.h $(RELEASE)/libpusher_auth.a
	tools/install-deps.sh endpoints-c
	$(CC) $(CFLAGS) -std=c11 $(WARNINGS) -Iinclude examples/c/minimal.c $(RELEASE)/libpusher_auth.a \
	  $$(pkg-config --cflags --libs libevent) -o $@

$(RELEASE)/minimal-cpp: examples/cpp/minimal.cpp bindings/cpp/pusher_auth.hpp include/pusher_auth.h $(RELEASE)/libpusher_auth.a
	tools/install-deps.sh endpoints-cpp
	$(CXX) $(CXXFLAGS) -std=c++20 $(WARNINGS) -Iinclude -Ibindings/cpp examples/cpp/minimal.cpp $(RELEASE)/libpusher_auth.a \
	  -pthread -o $@

$(RELEASE)/minimal-go: $(wildcard bindings/go/*.go examples/go/minimal/*.go) bindings/go/go.mod include/pusher_auth.h $(RELEASE)/libpusher_auth.a
	tools/install-deps.sh core endpoints-go
	$(GO_HERE) build -buildvcs=false -o $(abspath $@) ./minimal

minimal-c minimal-cpp minimal-go: minimal-%: $(RELEASE)/minimal-%
	@$(RELEASE)/$@

minimal-php: all
	tools/install-deps.sh core endpoints-php
	@$(PHP_HERE) exec php -d ffi.enable=true -S 127.0.0.1:$(PORT) examples/php/minimal.php

# A request to Pusher's REST API: make request-c METHOD=POST REQUEST=/users/alice/terminate_connections BODY='{}'.
export METHOD ?= GET
export REQUEST ?= /channels
export BODY ?=
.PHONY: request-c request-cpp request-go request-php

$(RELEASE)/request-c: examples/c/request.c include/pusher_auth.h $(RELEASE)/libpusher_auth.a
	tools/install-deps.sh request-c
	$(CC) $(CFLAGS) -std=c99 $(WARNINGS) -Iinclude examples/c/request.c $(RELEASE)/libpusher_auth.a \
	  $$(pkg-config --cflags --libs libcurl) -o $@

$(RELEASE)/request-cpp: examples/cpp/request.cpp bindings/cpp/pusher_auth.hpp include/pusher_auth.h $(RELEASE)/libpusher_auth.a
	tools/install-deps.sh request-c
	$(CXX) $(CXXFLAGS) -std=c++17 $(WARNINGS) -Iinclude -Ibindings/cpp examples/cpp/request.cpp $(RELEASE)/libpusher_auth.a \
	  $$(pkg-config --cflags --libs libcurl) -o $@

$(RELEASE)/request-go: $(wildcard bindings/go/*.go examples/go/request/*.go) bindings/go/go.mod include/pusher_auth.h $(RELEASE)/libpusher_auth.a
	tools/install-deps.sh core endpoints-go
	$(GO_HERE) build -buildvcs=false -o $(abspath $@) ./request

request-c request-cpp request-go: request-%: $(RELEASE)/request-%
	@$(RELEASE)/$@ "$$METHOD" "$$REQUEST" "$$BODY"

request-php: all
	tools/install-deps.sh endpoints-php request-php
	@$(PHP_HERE) php examples/php/request.php "$$METHOD" "$$REQUEST" "$$BODY"

test-cpp: all
	tools/install-deps.sh endpoints-cpp
	for std in c++17 c++20 c++23; do \
	  $(CXX) -fsanitize=address -std=$$std $(WARNINGS) -Wconversion -Iinclude -Ibindings/cpp \
	    bindings/cpp/tests/pusher_auth_test.cpp $(RELEASE)/libpusher_auth.a -pthread -o $(RELEASE)/test-cpp && \
	  $(RELEASE)/test-cpp || exit 1; done

# Go finds the library through pkg-config: here it finds that of this folder, installed or not.
GO ?= go
GO_HERE = cd bindings/go && PKG_CONFIG_PATH="$(abspath $(RELEASE))" $(GO)

$(RELEASE)/endpoint-go: $(wildcard bindings/go/*.go examples/go/endpoint/*.go) bindings/go/go.mod include/pusher_auth.h $(RELEASE)/libpusher_auth.a
	tools/install-deps.sh core endpoints-go
	$(GO_HERE) build -buildvcs=false -o $(abspath $@) ./endpoint

serve-go: $(RELEASE)/endpoint-go
	@$(RELEASE)/endpoint-go

test-go: all
	tools/install-deps.sh core endpoints-go
	@unformatted=$$(gofmt -l bindings/go) && [ -z "$$unformatted" ] || { echo "gofmt would change: $$unformatted" >&2; exit 1; }
	$(GO_HERE) vet ./...
	$(GO_HERE) test -race -count=1 ./...

# PHP loads the library when it runs, so it must know where that is while it is not installed.
PHP_HERE = LD_LIBRARY_PATH="$(abspath $(RELEASE))"
.PHONY: serve-php test-php

serve-php: all
	tools/install-deps.sh core endpoints-php
	@$(PHP_HERE) exec examples/php/endpoint/serve.sh

test-php: all
	tools/install-deps.sh core endpoints-php
	composer validate --strict --no-interaction bindings/php/composer.json
	$(PHP_HERE) phpunit -c bindings/php

# Holds the library to the official ones for Node and Python, over random inputs.
.PHONY: test-official
test-official: all
	tools/install-deps.sh official
	$(MAKE) -C bench official
	LD_LIBRARY_PATH="$(abspath $(RELEASE))" target/bench/venv/bin/python tests/official/official.py

# End to end: pusher-js in Chromium signs in through each endpoint, and the server verifies it.
export ENDPOINTS ?= c cpp go php
E2E := node --test-reporter=./e2e/reporter.mjs tests/e2e/signin.test.mjs
E2E_CLIENTS := node --test-reporter=./e2e/reporter.mjs tests/e2e/clients.test.mjs
SOCKUDO := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/pusher-auth/sockudo-5.2.0

# By an npm that can replace a package from git, as Debian's own cannot.
tests/e2e/node_modules/.package-lock.json: tests/e2e/package-lock.json
	tools/install-deps.sh e2e
	npm exec --yes -- npm@10.9.9 --prefix e2e ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

e2e-parts: all tests/e2e/node_modules/.package-lock.json
	tools/install-deps.sh core endpoints e2e

# Against soketi.
e2e: e2e-parts
	$(E2E)
	$(E2E_CLIENTS)

# What README and docs/clients.md say of pages, and the code that they show.
.PHONY: e2e-clients
e2e-clients: e2e-parts
	$(E2E_CLIENTS)

# Against Sockudo, what depends on the server.
e2e-sockudo: e2e-parts $(SOCKUDO)/bin/sockudo
	SOCKUDO=$(SOCKUDO)/bin/sockudo $(E2E)

$(SOCKUDO)/bin/sockudo:
	@echo "Sockudo 5.2.0 is built now, once: this takes 20 minutes. It is kept in $(SOCKUDO)."
	tools/install-deps.sh sockudo
	CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
	  $(CARGO) install sockudo --version 5.2.0 --no-default-features --features local --locked --root $(SOCKUDO)

# The endpoint in C, soketi and a page to look at, until Ctrl-C.
demo: e2e-parts
	node tests/e2e/demo.mjs

# Holds all four endpoints to the same behaviour; ENDPOINT=c, cpp, go or php for one.
test-endpoints: all
	tools/install-deps.sh core endpoints
	node --test --test-reporter=spec tests/endpoints/minimal.test.mjs
	node --test --test-reporter=spec tests/endpoints/endpoint.test.mjs

# How the endpoints bear a load, beside Express: docs/performance.md.
.PHONY: load
bench/load/node_modules/.package-lock.json: bench/load/package-lock.json
	tools/install-deps.sh load
	cd load && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

load: all bench/load/node_modules/.package-lock.json
	tools/install-deps.sh core endpoints load
	node bench/load/load.mjs

# Writes include/pusher_auth.h anew from the doc comments.
header:
	UPDATE_HEADER=1 $(CARGO) test --locked --test artifact header

clean:
	$(CARGO) clean

# How fast it is: docs/performance.md.
.PHONY: bench
bench:
	tools/install-deps.sh core bench
	$(MAKE) all install PREFIX=$(abspath target/bench/installed)
	$(MAKE) -C bench

# What it withstands: docs/assurance.md.
.PHONY: fuzz fuzz-smoke fuzz-coverage nightly sanitize deny abi msrv
FUZZ ?= call object jsonp channel request
FUZZ_SECONDS ?= 1200
FUZZ_BUILT = target/x86_64-unknown-linux-gnu/coverage/x86_64-unknown-linux-gnu/release

# Their length is bounded since hifijson, one of the judges, takes some stack for each level of nesting.
# Each target for FUZZ_SECONDS, or the ones named: make fuzz FUZZ=jsonp FUZZ_SECONDS=60.
fuzz: nightly
	tools/install-deps.sh core fuzz
	for target in $(FUZZ); do \
	  mkdir -p fuzz/corpus/$$target && \
	  $(CARGO) +nightly fuzz run $$target fuzz/corpus/$$target fuzz/seeds/$$target -- \
	    -dict=fuzz/json.dict -max_len=2048 -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 || exit 1; done

fuzz-smoke:
	$(MAKE) fuzz FUZZ_SECONDS=30

# What of src/ the inputs found so far reach.
fuzz-coverage: nightly
	tools/install-deps.sh core fuzz coverage
	for target in $(FUZZ); do \
	  $(CARGO) +nightly fuzz coverage $$target --llvm-path /usr/lib/llvm-19/bin \
	    fuzz/corpus/$$target fuzz/seeds/$$target || exit 1; done
	llvm-profdata-19 merge -o fuzz/coverage/all.profdata $(FUZZ:%=fuzz/coverage/%/coverage.profdata)
	llvm-cov-19 report --instr-profile=fuzz/coverage/all.profdata $(FUZZ:%=--object=$(FUZZ_BUILT)/%) --ignore-filename-regex='registry|rustc|fuzz_targets'

nightly:
	@$(CARGO) +nightly --version >/dev/null 2>&1 || \
	  { echo "this needs a nightly compiler: rustup toolchain install nightly" >&2; exit 1; }

sanitize:
	tools/sanitize.sh

# With the oldest compiler that Cargo.toml promises.
msrv:
	tools/msrv.sh

# Writes tests/abi/abi.txt anew, where docs/abi.md allows it.
abi:
	UPDATE_ABI=1 $(CARGO) test --locked --test abi

deny:
	tools/install-deps.sh deny
	$(CARGO) deny --locked check licenses bans sources

# Builds against what is installed as others would: docs/installing.md.
.PHONY: test-packages
test-packages: all
	tools/install-deps.sh core packages
	tests/packages/run.sh

# Archives of the sources and of what is built for each target, in target/dist: docs/installing.md. TARGETS="…" takes
# only these, of the built ones.
.PHONY: dist test-dist cross
TARGETS ?= x86_64-unknown-linux-gnu aarch64-unknown-linux-gnu armv7-unknown-linux-gnueabihf i686-unknown-linux-gnu \
  s390x-unknown-linux-gnu x86_64-unknown-linux-musl x86_64-pc-windows-gnu
dist:
	@tools/install-deps.sh dist
	@tools/packaging/dist.sh $(TARGETS)

test-dist:
	tools/install-deps.sh core packages
	tests/packages/dist.sh

# Tries them on each of these machines: docs/platforms.md.
cross: dist
	tools/cross.sh $(TARGETS)

# Debian's packages of it, in target/dist as well. Cargo is the user's own, so only what needs root is done by root.
.PHONY: deb test-deb
AS_ROOT = $(if $(filter-out 0,$(shell id -u)),sudo)
deb:
	$(MAKE) dist TARGETS=
	$(AS_ROOT) tools/packaging/deb.sh

test-deb: deb
	$(AS_ROOT) tests/packages/deb.sh

# Conan's recipe, tried with the same programs.
.PHONY: test-conan
CONAN := target/conan/bin/conan
$(CONAN):
	tools/install-deps.sh core packages conan
	python3 -m venv target/conan
	target/conan/bin/pip install --quiet conan==2.34.0

test-conan: $(CONAN)
	mkdir -p target/conan/examples && tests/packages/examples.sh target/conan/examples
	export CONAN_HOME=$(abspath target/conan/home) EXAMPLES=$(abspath target/conan/examples) && \
	$(CONAN) profile detect --force && \
	$(CONAN) create packaging --test-folder $(abspath tests/packages) -c tools.cmake.cmake_layout:test_folder=$(abspath target/conan/test)

# What is distributed, in target/portable: docs/release.md.
.PHONY: portable test-portable reproducible
portable:
	tools/portable.sh

# The C harness, the published answers and the look at the artifact, on that one.
test-portable: portable
	tools/install-deps.sh core
	PORTABLE=$$(tools/portable.sh sh -c 'echo $$CARGO_TARGET_DIR/$$CARGO_BUILD_TARGET/release') \
	  $(CARGO) test --locked --test artifact --test c_harness --test suites --test vectors

# Builds it in two folders and compares.
reproducible:
	tools/reproducible.sh
