#!/usr/bin/env bash
# The library as other programs meet it: the snippets run, and a fresh package that depends on this
# one by its path builds and runs the README's first block of Swift as it stands there. Another one
# depends on it by version: SwiftPM refuses unsafe flags there, below tools version 6.2.
# Usage: Scripts/check-package.sh, after `swift build -c release --build-tests`, which builds the
# snippets.
#
# The fresh package is built in this package's build folder, where all but the example itself lies
# already. SwiftPM keeps the plan of the package that was built there last: it is told to make a new
# one, and makes one again for this package because the example's manifest is gone then.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    echo "check-package: $*" >&2
    exit 1
}
bin=$(swift build -c release --show-bin-path)

snippets=()
for snippet in Snippets/*.swift; do
    name=$(basename "$snippet" .swift)
    [ "$bin/$name" -nt "$snippet" ] || fail "$name is not built"
    output=$("$bin/$name") || fail "$name ends with $?"
    [[ $output == *[1-9]* ]] || fail "$name says: $output"
    snippets+=("$name")
done

# manifest FOLDER DEPENDENCY: a program like the README's, and a target that needs nothing.
manifest() {
    mkdir -p "$1/Sources/example" "$1/Sources/plain"
    awk '/^```swift$/ { inside = 1; next } /^```$/ { if (inside) exit } inside' README.md \
        > "$1/Sources/example/main.swift"
    echo 'let nothing = 0' > "$1/Sources/plain/plain.swift"
    cat > "$1/Package.swift" << MANIFEST
// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "example",
    dependencies: [.package($2)],
    targets: [
        .executableTarget(
            name: "example", dependencies: [.product(name: "NWC", package: "nwc")]),
        .target(name: "plain"),
    ]
)
MANIFEST
    [ ! -e Package.resolved ] || cp Package.resolved "$1/"
}

manifest "$work/path" "name: \"nwc\", path: \"$root\""
rm -f "$bin/example"
swift build -c release --package-path "$work/path" --scratch-path "$root/.build" \
    --disable-build-manifest-caching --product example > "$work/log" 2>&1 ||
    fail "the README's example: $(cat "$work/log")"
output=$("$bin/example") || fail "the README's example ends with $?"
[[ $output =~ ^[1-9][0-9]*\ bytes,\ 16000\ samples\ at\ 16000\ Hz$ ]] ||
    fail "the README's example says: $output"

git clone -q --bare . "$work/nwc"
git -C "$work/nwc" tag 1.0.0
manifest "$work/version" "url: \"file://$work/nwc\", from: \"1.0.0\""
# Everything is planned, which is when flags are looked at, and next to nothing built.
swift build -c release --package-path "$work/version" --target plain > "$work/log" 2>&1 ||
    fail "by version: $(cat "$work/log")"
echo "check-package: ${snippets[*]}; README's example: $output; usable by version"
