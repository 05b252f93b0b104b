# pusher-auth for C people: make, make run, make test, make install. README.md explains them.

PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
PKGCONFIGDIR ?= $(LIBDIR)/pkgconfig

CARGO ?= cargo
CC ?= cc
CFLAGS ?= -O2
CXXFLAGS ?= -O2
WARNINGS = -Wall -Wextra -Wpedantic -Werror

VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml)
SONAME := libpusher_auth.so.$(firstword $(subst ., ,$(VERSION)))
RELEASE := $(or $(CARGO_TARGET_DIR),target)/release

# What the examples run with: Pusher's documented app and user, unless you say otherwise.
export PUSHER_CONFIG ?= {"key":"278d425bdf160c739803","secret":"7ad3773142a6692b25b8"}
export SOCKET_ID ?= 1234.1234
export USER_JSON ?= {"id":"12345"}
export PORT ?= 8000
export ALLOWED_ORIGINS ?=

.PHONY: all run install uninstall test lint header clean serve-c serve-cpp test-cpp

all:
	$(CARGO) build --release --locked
	ln -sf libpusher_auth.so $(RELEASE)/$(SONAME)

run: all
	$(CC) $(CFLAGS) -std=c99 $(WARNINGS) -Iinclude bindings/c/sign.c $(RELEASE)/libpusher_auth.a -o $(RELEASE)/sign
	@$(RELEASE)/sign "$$SOCKET_ID" "$$USER_JSON"

install: all
	install -d $(DESTDIR)$(INCLUDEDIR) $(DESTDIR)$(LIBDIR) $(DESTDIR)$(PKGCONFIGDIR)
	install -m 644 include/pusher_auth.h $(DESTDIR)$(INCLUDEDIR)
	install -m 644 $(RELEASE)/libpusher_auth.a $(DESTDIR)$(LIBDIR)
	install -m 755 $(RELEASE)/libpusher_auth.so $(DESTDIR)$(LIBDIR)/libpusher_auth.so.$(VERSION)
	ln -sf libpusher_auth.so.$(VERSION) $(DESTDIR)$(LIBDIR)/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(LIBDIR)/libpusher_auth.so
	sed -e 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|; s|@INCLUDEDIR@|$(INCLUDEDIR)|; s|@VERSION@|$(VERSION)|' \
	  pusher_auth.pc.in > $(DESTDIR)$(PKGCONFIGDIR)/pusher_auth.pc

uninstall:
	rm -f $(DESTDIR)$(INCLUDEDIR)/pusher_auth.h $(DESTDIR)$(PKGCONFIGDIR)/pusher_auth.pc \
	  $(DESTDIR)$(LIBDIR)/libpusher_auth.a $(DESTDIR)$(LIBDIR)/libpusher_auth.so \
	  $(DESTDIR)$(LIBDIR)/$(SONAME) $(DESTDIR)$(LIBDIR)/libpusher_auth.so.$(VERSION)

test: all
	scripts/install-deps.sh core endpoints
	$(CARGO) test --locked

lint:
	scripts/install-deps.sh core
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets -- -D warnings
	for std in c99 c11 c17; do \
	  $(CC) -x c -std=$$std $(WARNINGS) -fsyntax-only include/pusher_auth.h || exit 1; done
	for std in c++11 c++17 c++20; do \
	  $(CXX) -x c++ -std=$$std $(WARNINGS) -fsyntax-only include/pusher_auth.h || exit 1; done

# The endpoints: make serve-c PORT=8000, until Ctrl-C.
$(RELEASE)/libpusher_auth.a: all
	@:

$(RELEASE)/endpoint-c: bindings/c/endpoint.c include/pusher_auth.h $(RELEASE)/libpusher_auth.a
	scripts/install-deps.sh core endpoints-c
	$(CC) $(CFLAGS) -std=c11 $(WARNINGS) -Iinclude bindings/c/endpoint.c $(RELEASE)/libpusher_auth.a \
	  $$(pkg-config --cflags --libs libmicrohttpd jansson) -o $@

serve-c: $(RELEASE)/endpoint-c
	@$(RELEASE)/endpoint-c

$(RELEASE)/endpoint-cpp: bindings/cpp/endpoint.cpp bindings/cpp/pusher_auth.hpp include/pusher_auth.h $(RELEASE)/libpusher_auth.a
	scripts/install-deps.sh core endpoints-cpp
	$(CXX) $(CXXFLAGS) -std=c++17 $(WARNINGS) -Iinclude -Ibindings/cpp bindings/cpp/endpoint.cpp $(RELEASE)/libpusher_auth.a \
	  $$(pkg-config --cflags --libs cpp-httplib nlohmann_json) -pthread -o $@

serve-cpp: $(RELEASE)/endpoint-cpp
	@$(RELEASE)/endpoint-cpp

test-cpp: all
	scripts/install-deps.sh core endpoints-cpp
	for std in c++17 c++20 c++23; do \
	  $(CXX) $(CXXFLAGS) -std=$$std $(WARNINGS) -Wconversion -Iinclude -Ibindings/cpp \
	    bindings/cpp/tests/pusher_auth_test.cpp $(RELEASE)/libpusher_auth.a -pthread -o $(RELEASE)/test-cpp && \
	  $(RELEASE)/test-cpp || exit 1; done

# Writes include/pusher_auth.h anew from the doc comments.
header:
	UPDATE_HEADER=1 $(CARGO) test --locked --test artifact header

clean:
	$(CARGO) clean
