"""Builds this project with the Conan package: `conan create --test-folder tests/packages`."""

import os

from conan import ConanFile
from conan.tools.build import can_run
from conan.tools.cmake import CMake, CMakeToolchain, cmake_layout


class Consumer(ConanFile):
    settings = "os", "arch", "compiler", "build_type"

    def requirements(self):
        self.requires(self.tested_reference_str)

    def layout(self):
        cmake_layout(self)

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.user_presets_path = False
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure({"EXAMPLES": os.environ["EXAMPLES"]})
        cmake.build()

    def test(self):
        if can_run(self):
            for program in ("c-shared", "cpp-shared", "c-static", "cpp-static"):
                self.run(os.path.join(self.cpp.build.bindir, program))
