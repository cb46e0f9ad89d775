#!/usr/bin/env bash
# Fuzzes every parser with libFuzzer: Scripts/fuzz.sh [SECONDS [ENTRY...]]
# SECONDS for each entry, 60 unless given; RUNS=N in the environment: that many executions instead. Entries: stream checked-stream played-stream packets
# model checked-model changed-model patch checked-patch sound sound-pipe configuration checkpoint (Tests/HostileInput says what each is).
# SANITIZER=address (the default) or none: several times as fast, and Swift's own checks of bounds and overflow stay.
# NWC_FUZZ_BUILT=FILE: that program, nothing is built; it must have been built for the sanitizer.
# Corpora stay in .build-fuzz/corpus; a finding is left in .build-fuzz/findings and fails the script.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60} sanitizer=${SANITIZER:-address} runs=${RUNS:-}
shift || true
entries=("$@")
[ ${#entries[@]} -gt 0 ] || entries=(stream checked-stream played-stream packets model checked-model changed-model patch checked-patch sound sound-pipe configuration checkpoint)
case "$sanitizer" in
    address) export NWC_FUZZ=fuzzer,address NWC_KERNEL_FLAGS="-fsanitize=address -fno-omit-frame-pointer" ;;
    none) export NWC_FUZZ=fuzzer ;;
    *) echo "fuzz: SANITIZER is address or none" >&2; exit 64 ;;
esac
fuzz=${NWC_FUZZ_BUILT:-.build-fuzz/$sanitizer/release/nwc-fuzz}
if [ -z "${NWC_FUZZ_BUILT:-}" ]; then
    Scripts/setup.sh
    swift build -c release --package-path Fuzzing --scratch-path ".build-fuzz/$sanitizer" --product nwc-fuzz
fi
failed=0
for entry in "${entries[@]}"; do
    corpus=.build-fuzz/corpus/$entry findings=.build-fuzz/findings/$entry
    mkdir -p "$corpus" "$findings"
    # Longer inputs take longer and find little: what a parser decides by lies at the beginning of a record. LENGTH=N sets another limit.
    case "$entry" in
        *stream) seeds=(TestVectors/codec/*.nwc TestVectors/bitstream/*.nwc TestVectors/broken/*stream.*) length=256 ;;
        packets) seeds=(TestVectors/broken/packets.*) length=256 ;;
        changed-model) seeds=(TestVectors/broken/changed-model.*) length=64 ;;
        *model) seeds=(TestVectors/bitstream/small.nwm TestVectors/broken/*model.*) length=2048 ;;
        *patch) seeds=(TestVectors/broken/*patch.*) length=256 ;;
        sound*) seeds=(TestVectors/broken/sound.*) length=512 ;;
        configuration) seeds=(Configs/*.json TestVectors/broken/configuration.*) length=2048 ;;
        checkpoint) seeds=(TestVectors/broken/checkpoint.*) length=2048 ;;
        *) echo "fuzz: no entry $entry" >&2; exit 64 ;;
    esac
    length=${LENGTH:-$length}
    for seed in "${seeds[@]}"; do [ "$(stat -c %s "$seed")" -gt "$length" ] || cp "$seed" "$corpus/"; done
    if [ -n "$runs" ]; then limit=-runs=$runs; else limit=-max_total_time=$seconds; fi
    log=$findings/log-$sanitizer.txt
    # No input may make a parser take more than 1 GB. Swift's own report of a crash takes minutes. libmpg123 talks about every bad frame: not into the log.
    if NWC_FUZZ_ENTRY=$entry SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=0 \
        "$fuzz" "$corpus" "$limit" -max_len="$length" -timeout=20 -rss_limit_mb=1024 -artifact_prefix="$findings/" -reload=0 \
        -print_final_stats=1 2>&1 | grep -a -v -E '^(\[src/libmpg123|Note: |Warning: |$)' > "$log"; then
        echo "$entry: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") executions, nothing found"
    else
        failed=1
        echo "$entry: FOUND, see $log:" >&2
        grep -m 5 -E "Fatal error|ERROR|SUMMARY|Test unit written" "$log" >&2 || tail -n 5 "$log" >&2
    fi
done
exit $failed
