"""Conan's recipe: `conan create tools/packaging`. It packages what `make install` installs."""

import os
import re

from conan import ConanFile
from conan.tools.files import copy, load


class PusherAuth(ConanFile):
    name = "pusher-auth"
    license = "MIT OR Apache-2.0"
    description = "Server-side authentication for Pusher Channels"
    settings = "os", "arch", "compiler", "build_type"

    @property
    def _sources(self):
        return os.path.join(self.recipe_folder, "..", "..")

    def set_version(self):
        self.version = re.search(
            r'^version = "(.*)"', load(self, os.path.join(self._sources, "Cargo.toml")), re.M
        )[1]

    def export_sources(self):
        for pattern in (
            "Cargo.*",
            "Makefile",
            "*.md",
            "LICENSE-*",
            "build.rs",
            "cbindgen.toml",
            "src/*",
            "include/*",
            "tools/*",
            "bindings/c/*.in",
            "bindings/cpp/pusher_auth.hpp",
            "examples/Makefile",
            "examples/c/sign.c",
            "docs/guide/*",
            "tests/generated/*",
        ):
            copy(self, pattern, self._sources, self.export_sources_folder)

    def build(self):
        self.run("make", cwd=self.source_folder)

    def package(self):
        self.run(f'make install PREFIX=/ DESTDIR="{self.package_folder}"', cwd=self.source_folder)
        copy(self, "LICENSE-*", self.source_folder, os.path.join(self.package_folder, "licenses"))

    def package_info(self):
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = ["lib/cmake/pusher_auth"]
        self.cpp_info.libs = ["pusher_auth"]
