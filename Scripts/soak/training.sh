# Part of Scripts/soak.sh: training of two phases that is killed and resumed ends with the same numbers in its checkpoint.
mkdir "$work/speech"
sox -t raw -r 16000 -c 1 -b 16 -e signed "$work/in.raw" "$work/speech/a.flac"
# As many steps as a kill leaves time for, and some more.
steps=$((60 * kills))
cat > "$work/small.json" <<JSON
{"name": "small", "seed": 1, "network": {"hop": 160, "framesPerBlock": 2, "bands": 20, "envelopeContext": 8, "rateKnots": 3,
 "modules": [{"context": 8, "decoderBlocks": 1, "encoderBlocks": 1, "hidden": 8, "local": 4, "noiseFilling": true}]},
 "phases": [{"name": "first", "steps": $((steps / 2)), "layers": 1, "learningRate": 0.001, "finalLearningRate": 0.0001},
  {"name": "second", "steps": $((steps - steps / 2)), "layers": 1, "learningRate": 0.0005, "finalLearningRate": 0.0001, "hardSymbols": true,
   "randomSigns": true, "warmup": 20}],
 "loss": {"exponent": 0.6, "lambda": 0.03, "lambdaSlope": 0.5, "mel": 0.3, "prefix": 0.3, "weightedSNR": 1},
 "averageDecay": 0.99, "batch": 4, "beta1": 0.9, "beta2": 0.99, "checkpointEvery": 5, "clip": 0.3, "highestLevel": -14, "highestRate": 50,
 "lowestLevel": -42, "lowestRate": 3, "segmentFrames": 50, "shards": 2, "validateEvery": 1000000}
JSON
train() { "$bin/nwc-train" "$@" --train "$work/speech" > "$work/log" 2>&1; }
microseconds() { echo "${EPOCHREALTIME/./}"; }
began=$(microseconds)
train run "$work/small.json" -o "$work/whole" || { tail "$work/log"; fail "training"; }
whole=$(($(microseconds) - began))
# A run that is complete only starts up when it is resumed.
began=$(microseconds)
train resume "$work/whole" || { tail "$work/log"; fail "resuming"; }
startup=$(($(microseconds) - began))
# At most 40 steps behind the start, so that the last kill comes before the last step.
span=$((startup + whole / steps * 40))
begin=(run "$work/small.json" -o "$work/cut")
RANDOM=9 killed=0 trials=0 complete=0
while [ $killed -lt "$kills" ] && [ $complete -lt 3 ] && [ $trials -lt $((4 * kills)) ]; do
    trials=$((trials + 1))
    "$bin/nwc-train" "${begin[@]}" --train "$work/speech" > "$work/log" 2>&1 &
    child=$!
    delay=$((RANDOM * (span / 1000) / 32768))
    sleep "$((delay / 1000)).$(printf %03d $((delay % 1000)))"
    if kill -KILL "$child" 2>/dev/null; then killed=$((killed + 1)); fi
    if wait "$child" 2>/dev/null; then complete=$((complete + 1)); fi
    if [ -e "$work/cut/checkpoint.nwck" ]; then begin=(resume "$work/cut"); else rm -rf "$work/cut"; fi
done
train "${begin[@]}" || { tail "$work/log"; fail "resuming"; }
# Step, random state, weights, moments of the optimiser and averages, all in full precision; but for the time it took, and the length of that in JSON.
numbers() { tail -c +17 "$1/checkpoint.nwck" | LC_ALL=C sed -E 's/"secondsTrained":[-+.0-9eE]+//'; }
cmp <(numbers "$work/whole") <(numbers "$work/cut") || fail "training killed $killed times ended with another checkpoint"
for run in whole cut; do
    "$bin/nwc-train" export "$work/$run" "$work/$run.nwm" --train "$work/speech" > "$work/log" 2>&1 || { tail "$work/log"; fail "export"; }
done
cmp "$work/whole.nwm" "$work/cut.nwm" || fail "training killed $killed times gave another model file"
echo "training: killed $killed times in $steps steps of two phases and resumed, the same checkpoint and model file"
