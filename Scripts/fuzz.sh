#!/usr/bin/env bash
# Fuzzes every parser with libFuzzer and the address sanitizer: Scripts/fuzz.sh [SECONDS [ENTRY...]]
# SECONDS for each entry, 60 unless given. Entries: stream checked-stream model checked-model sound sound-pipe configuration.
# Corpora stay in .build-fuzz/corpus; a finding is left in .build-fuzz/findings and fails the script.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
shift || true
entries=("$@")
[ ${#entries[@]} -gt 0 ] || entries=(stream checked-stream model checked-model sound sound-pipe configuration)
Scripts/setup.sh
swift build -c release --package-path Fuzzing --scratch-path .build-fuzz --product nwc-fuzz \
    -Xswiftc -sanitize=fuzzer,address -Xcc -fsanitize=address -Xcc -fno-omit-frame-pointer
fuzz=.build-fuzz/release/nwc-fuzz
failed=0
for entry in "${entries[@]}"; do
    corpus=.build-fuzz/corpus/$entry findings=.build-fuzz/findings/$entry
    mkdir -p "$corpus" "$findings"
    case "$entry" in
        *stream) seeds=(TestVectors/codec/*.nwc TestVectors/bitstream/*.nwc TestVectors/broken/*stream.*) length=8192 ;;
        *model) seeds=(TestVectors/codec/tiny.nwm TestVectors/bitstream/small.nwm TestVectors/broken/*model.*) length=100000 ;;
        sound*) seeds=(TestVectors/broken/sound.*) length=8192 ;;
        configuration) seeds=(Configs/*.json TestVectors/broken/configuration.*) length=8192 ;;
        *) echo "fuzz: no entry $entry" >&2; exit 64 ;;
    esac
    for seed in "${seeds[@]}"; do [ "$(stat -c %s "$seed")" -gt "$length" ] || cp "$seed" "$corpus/"; done
    log=$findings/log.txt
    # No input may make a parser take more than 1 GB. Swift's own report of a crash takes minutes.
    if NWC_FUZZ_ENTRY=$entry SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=0 \
        "$fuzz" "$corpus" -max_total_time="$seconds" -max_len="$length" -timeout=20 -rss_limit_mb=1024 -artifact_prefix="$findings/" \
        -print_final_stats=1 > "$log" 2>&1; then
        echo "$entry: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") executions, nothing found"
    else
        failed=1
        echo "$entry: FOUND, see $log:" >&2
        grep -m 5 -E "Fatal error|ERROR|SUMMARY|Test unit written" "$log" >&2 || tail -n 5 "$log" >&2
    fi
done
exit $failed
