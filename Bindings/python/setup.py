"""What pyproject.toml cannot say: the version, from where the library has it, and that a wheel with the
library inside is for one platform and for every Python 3."""
import pathlib
import re

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel

here = pathlib.Path(__file__).parent
source = (here / "../../Sources/CMRLCodec/LibraryVersion.swift").read_text()
version = re.findall(r'static let text = "([0-9.]+)"', source)[0]


class WithLibrary(Distribution):
    """Files of one platform, where the library is among them."""

    def has_ext_modules(self):
        return (here / "nwc/libnwc.so.0").exists()


class Wheel(bdist_wheel):
    def get_tag(self):
        _, _, platform = super().get_tag()
        return "py3", "none", platform


setup(version=version, distclass=WithLibrary, cmdclass={"bdist_wheel": Wheel})
