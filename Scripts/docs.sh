#!/usr/bin/env bash
# HTML documentation of the library modules, by the toolchain's own symbol-graph extractor and DocC; no package plugin needed.
# Usage: Scripts/docs.sh FOLDER. Serve it with any web server, for example: python3 -m http.server --directory FOLDER
set -euo pipefail
target=${1:?usage: Scripts/docs.sh FOLDER}
cd "$(dirname "$0")/.."
tools=$(dirname "$(readlink -f "$(command -v swift)")")
for tool in docc swift-symbolgraph-extract; do
    if [ ! -x "$tools/$tool" ]; then
        echo "docs: $tool is missing from the Swift toolchain in $tools; install a complete toolchain from swift.org" >&2
        exit 1
    fi
done
swift build -c release
bin=$(swift build -c release --show-bin-path)
triple=$(swiftc -print-target-info | sed -n 's/.*"unversionedTriple": "\(.*\)".*/\1/p')
work=.build/symbol-graphs
rm -rf "$work" "$target"
mkdir -p "$work" "$target"
includes=()
for map in Sources/*/module.modulemap "$bin"/*.build/module.modulemap; do includes+=(-Xcc "-fmodule-map-file=$map"); done
# Every library module written in Swift; programs have no interface.
modules=()
for folder in Sources/*/; do
    module=$(basename "$folder")
    if [[ $module != nwc-* && -n $(find "$folder" -name '*.swift' -print -quit) ]]; then modules+=("$module"); fi
done
archives=()
for module in "${modules[@]}"; do
    mkdir -p "$work/$module"
    # The public face is made of another module's types.
    reexported=()
    [ "$module" != NWC ] || reexported=(-experimental-allowed-reexported-modules=CMRLCodec)
    "$tools/swift-symbolgraph-extract" -module-name "$module" -target "$triple" -I "$bin/Modules" "${includes[@]}" "${reexported[@]}" \
        -minimum-access-level public -skip-inherited-docs -output-dir "$work/$module"
    # Articles, where the module has some.
    catalogue=()
    [ ! -d "Sources/$module/$module.docc" ] || catalogue=("Sources/$module/$module.docc")
    "$tools/docc" convert "${catalogue[@]}" --additional-symbol-graph-dir "$work/$module" --fallback-display-name "$module" \
        --fallback-bundle-identifier "nwc.$module" --transform-for-static-hosting --output-path "$work/$module.doccarchive" > "$work/$module.log" 2>&1 || {
        cat "$work/$module.log" >&2
        exit 1
    }
    archives+=("$work/$module.doccarchive")
done
rm -rf "$target"
"$tools/docc" merge "${archives[@]}" --synthesized-landing-page-name nwc --output-path "$target"
echo "Documentation: $target/index.html (open it through a web server, at /documentation)"
