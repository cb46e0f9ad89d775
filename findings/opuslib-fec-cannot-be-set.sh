#!/usr/bin/env bash
# opuslib 3.0.1 (PyPI): `encoder.inband_fec = 1` raises TypeError; every other setting of the
# encoder works the same way and takes its value.
#
# Expected: as `packet_loss_perc`, `dtx`, `vbr`, `complexity`, whose assignments reach libopus.
# Seen: TypeError "ctl_set ... missing 1 required positional argument: 'value'", for 1 and True;
#   reading gives 0. The call below it, `opuslib.api.encoder.encoder_ctl(state,
#   opuslib.api.ctl.set_inband_fec, 1)`, works.
# Matters: a program that catches errors of optional settings runs a packet-loss test of Opus
#   without FEC (and `packet_loss_perc` alone switches none on).
#
# Output seen: packet_loss_perc 20 dtx 1 vbr 0; inband_fec TypeError, 0; by encoder_ctl 1
set -euo pipefail
export LC_ALL=C
skip() { echo "skipped: $*" >&2; exit 77; }
version() { dpkg-query -W -f '${Version}' "$1" 2>/dev/null || true; }
[[ $(version libopus0) == 1.3.1* ]] || skip "needs Debian's libopus0 1.3.1"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv && venv/bin/pip install -q --no-cache-dir opuslib==3.0.1 ||
    skip "cannot install opuslib==3.0.1"
venv/bin/python - <<'CODE'
import sys
import opuslib
import opuslib.api.ctl
import opuslib.api.encoder

encoder = opuslib.Encoder(16000, 1, opuslib.APPLICATION_VOIP)
as_described = True
for name, value in (("packet_loss_perc", 20), ("dtx", 1), ("vbr", 0)):
    setattr(encoder, name, value)
    print(name, getattr(encoder, name))
    as_described &= getattr(encoder, name) == value
try:
    encoder.inband_fec = 1
    as_described = False
except TypeError as error:
    print("inband_fec TypeError", error)
before = encoder.inband_fec
opuslib.api.encoder.encoder_ctl(encoder.encoder_state, opuslib.api.ctl.set_inband_fec, 1)
print("inband_fec", before, "by encoder_ctl", encoder.inband_fec)
sys.exit(not (as_described and before == 0 and encoder.inband_fec == 1))
CODE
