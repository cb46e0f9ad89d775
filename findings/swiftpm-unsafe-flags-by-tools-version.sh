#!/usr/bin/env bash
# SwiftPM 6.3.1: whether a package with `unsafeFlags` can be used by version depends on the tools
# version that this package's own manifest declares.
#
# Expected: "unsafeFlags" bar a package from being a dependency by version, as the documentation of
#   PackageDescription says ("targets that use unsafe build flags cannot be used as dependencies").
# Seen: with `swift-tools-version: 6.1` or lower in the dependency the build is refused ("the target
#   'CLib' in product 'Lib' contains unsafe build flags"); with 6.2 or higher it builds, without a
#   warning. The tools version of the package that depends on it, 5.9 or 6.2, changes nothing.
# Matters: a package with kernels in C may keep its optimisation flags and be used by version, as
#   long as nobody lowers its tools version for older compilers; and a manifest that is raised to
#   6.2 hands its flags to every program that uses it.
#
# Output seen: dependency 5.9, 6.0, 6.1: refused; 6.2, 6.3: built (each for programs of 5.9 and 6.2)
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
command -v swift >/dev/null && command -v git >/dev/null || skip "needs swift and git"
[[ $(swift --version 2>&1) == *"Swift version 6.3.1 "* ]] || skip "needs Swift 6.3.1"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

mkdir -p library/Sources/Lib library/Sources/CLib/include
echo 'int f(void);' >library/Sources/CLib/include/f.h
printf '#include "f.h"\nint f(void) { return 3; }\n' >library/Sources/CLib/f.c
printf 'import CLib\npublic func g() -> Int32 { f() }\n' >library/Sources/Lib/Lib.swift
cat >library/rest <<'CODE'
import PackageDescription
let package = Package(
    name: "library",
    products: [.library(name: "Lib", targets: ["Lib"])],
    targets: [
        .target(name: "CLib", cSettings: [.unsafeFlags(["-O3"])]),
        .target(name: "Lib", dependencies: ["CLib"]),
    ]
)
CODE
failed=0
while read -r want tools own; do
    # A folder for each, so that no cache takes one for the other.
    cp -r library "library-$tools-$own"
    (
        cd "library-$tools-$own"
        { echo "// swift-tools-version: $tools"; cat rest; } >Package.swift
        git init -q
        git add Package.swift Sources
        git -c user.name=x -c user.email=x@localhost commit -q -m x
        git tag 1.0.0
    )
    mkdir -p "program-$tools-$own/Sources/program"
    printf 'import Lib\nprint(g())\n' >"program-$tools-$own/Sources/program/main.swift"
    cat >"program-$tools-$own/Package.swift" <<CODE
// swift-tools-version: $own
import PackageDescription
let package = Package(
    name: "program",
    dependencies: [.package(url: "file://$work/library-$tools-$own", from: "1.0.0")],
    targets: [
        .executableTarget(
            name: "program",
            dependencies: [.product(name: "Lib", package: "library-$tools-$own")])
    ]
)
CODE
    got=built
    swift build --package-path "program-$tools-$own" --cache-path "$work/cache" >log 2>&1 || {
        got=refused
        grep -q "contains unsafe build flags" log || { cat log >&2; exit 1; }
    }
    echo "dependency of tools version $tools, program of $own: $got"
    [ "$got" = "$want" ] || { echo "  was $want when this was written" >&2; failed=1; }
done <<'LIST'
refused 5.9 6.2
refused 6.0 6.2
refused 6.1 5.9
refused 6.1 6.2
built 6.2 5.9
built 6.2 6.2
built 6.3 6.2
LIST
exit $failed
