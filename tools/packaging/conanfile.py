"""Conan's recipe: `conan create packaging`. Gives what `make install` does, with the targets that its CMake files name."""

import os
import re

from conan import ConanFile
from conan.tools.files import copy, load


class PusherAuth(ConanFile):
    name = "pusher-auth"
    license = "MIT OR Apache-2.0"
    description = "What takes the app's secret on a Pusher Channels server"
    settings = "os", "arch", "compiler", "build_type"

    @property
    def _sources(self):
        return os.path.join(self.recipe_folder, "..")

    def set_version(self):
        self.version = re.search(r'^version = "(.*)"', load(self, os.path.join(self._sources, "Cargo.toml")), re.M)[1]

    def export_sources(self):
        for pattern in ("Cargo.*", "Makefile", "CHANGELOG.md", "LICENSE-*", "build.rs", "cbindgen.toml",
                        "src/*", "include/*", "tools/packaging/*", "bindings/cpp/pusher_auth.hpp"):
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
