# nwc - neural waveform codec. Each target installs what it needs (Debian 12, Swift 6.3).
.PHONY: all demo test fuzz soak sanitize-address sanitize-thread sanitize-undefined lint bench train train-post-filter train-denoiser train-audio train-small install uninstall docs clean check-arm64 \
	check-report check-metrics check-inputs check-python check-tensorboard install-library wheel dist deb check-distribution check-mpi

PREFIX ?= /usr/local
DESTDIR ?=
PROGRAMS := $(shell cat Scripts/programs)
BUILT := $(PROGRAMS:%=.build/release/%)
OBJECTS := .build/release/libnwc-objects.a
STAGE := .build/stage
BIN := $(DESTDIR)$(PREFIX)/bin
SHARE := $(DESTDIR)$(PREFIX)/share
LIB := $(DESTDIR)$(PREFIX)/lib
INCLUDE := $(DESTDIR)$(PREFIX)/include
SECONDS ?= 60
SOAK ?=
TESTS ?=
SPEECH ?=
NOISE ?=
VALID ?=
VALID_NOISE ?=
export SANITIZER RUNS REPEAT
RUN ?= runs/default

all:
	Scripts/setup.sh
	swift build -c release

demo: ## Real speech through the built-in model: encode, decode, measure, draw
	Scripts/demo.sh

test: ## All tests
	Scripts/test.sh

fuzz: ## Every parser under libFuzzer: make fuzz [SECONDS=60, for each] [SANITIZER=none] [RUNS=executions]
	Scripts/fuzz.sh $(SECONDS)

soak: ## The long checks, hours: make soak [SOAK="signals=100 hours=1 ..."]
	Scripts/soak.sh $(SOAK)

# Builds of their own, in release mode with symbols. Arguments of swift test: make sanitize-address TESTS="--filter CMRLCodecTests"
sanitize-address sanitize-thread sanitize-undefined: sanitize-%: ## All tests under a sanitizer
	Scripts/sanitize.sh $* $(TESTS)

lint: ## Format, width of lines, file sizes, imports against the manifest, links of documents
	Scripts/lint.sh

train: ## Reproduce the built-in model: make train SPEECH=folder NOISE=folder VALID=folder
	@test -n "$(SPEECH)" -a -n "$(NOISE)" || { echo "usage: make train SPEECH=folder-of-speech NOISE=folder-of-noise [VALID=folder]" >&2; exit 64; }
	Scripts/setup.sh
	swift build -c release --product nwc-train
	.build/release/nwc-train run Configs/default.json -o $(RUN) --train "$(SPEECH)" --noise "$(NOISE)" $(if $(VALID),--valid "$(VALID)")
	.build/release/nwc-train export $(RUN) $(RUN)/default.nwm --train "$(SPEECH)"

train-post-filter: ## Reproduce the built-in post-filter: make train-post-filter SPEECH=folder NOISE=folder VALID=folder
	@test -n "$(SPEECH)" -a -n "$(NOISE)" || { echo "usage: make train-post-filter SPEECH=folder-of-speech NOISE=folder-of-noise [VALID=folder]" >&2; exit 64; }
	Scripts/setup.sh
	swift build -c release --product nwc-train
	.build/release/nwc-train run Configs/post-filter.json -o $(RUN) --train "$(SPEECH)" --noise "$(NOISE)" $(if $(VALID),--valid "$(VALID)")
	.build/release/nwc-train export $(RUN) $(RUN)/post-filter.nwm --train "$(SPEECH)"

train-denoiser: ## Reproduce the built-in denoiser: make train-denoiser SPEECH=folder NOISE=folder [VALID=folder] [VALID_NOISE=folder]
	@test -n "$(SPEECH)" -a -n "$(NOISE)" || { echo "usage: make train-denoiser SPEECH=folder-of-speech NOISE=folder-of-noise [VALID=folder] [VALID_NOISE=folder]" >&2; exit 64; }
	Scripts/setup.sh
	swift build -c release --product nwc-train
	.build/release/nwc-train run Configs/denoiser.json -o $(RUN) --train "$(SPEECH)" --noise "$(NOISE)" $(if $(VALID),--valid "$(VALID)") $(if $(VALID_NOISE),--valid-noise "$(VALID_NOISE)")
	.build/release/nwc-train export $(RUN) $(RUN)/denoiser.nwm --train "$(SPEECH)"

train-small: ## Reproduce the built-in small model and its post-filter: make train-small SPEECH=folder NOISE=folder [VALID=folder]
	@test -n "$(SPEECH)" -a -n "$(NOISE)" || { echo "usage: make train-small SPEECH=folder-of-speech NOISE=folder-of-noise [VALID=folder]" >&2; exit 64; }
	Scripts/setup.sh
	swift build -c release --product nwc-train
	.build/release/nwc-train compress Configs/small.json -o $(RUN) --train "$(SPEECH)" --noise "$(NOISE)" $(if $(VALID),--valid "$(VALID)")
	.build/release/nwc-train export $(RUN) $(RUN)/small.nwm --train "$(SPEECH)"
	.build/release/nwc-train export Training/post-filter $(RUN)/small-post-filter.nwm --codec $(RUN)/small.nwm --bits 5 --train "$(SPEECH)"

train-audio: ## Reproduce the built-in full-band model: make train-audio MUSIC=folder [VALID=folder]
	@test -n "$(MUSIC)" || { echo "usage: make train-audio MUSIC=folder-of-music-and-speech [VALID=folder]" >&2; exit 64; }
	Scripts/setup.sh
	swift build -c release --product nwc-train
	.build/release/nwc-train run Configs/audio.json -o $(RUN) --train "$(MUSIC)" $(if $(VALID),--valid "$(VALID)")
	.build/release/nwc-train export $(RUN) $(RUN)/audio.nwm --train "$(MUSIC)"

bench: ## Speed of training and of the codec against references in the same run: make bench [SPEECH=file] [PROTOTYPE=file]
	Scripts/bench.sh $(if $(SPEECH),--speech "$(SPEECH)") $(if $(PROTOTYPE),--prototype "$(PROTOTYPE)")

check-arm64: ## Kernels and codec of arm64 in emulation, bit for bit against this machine; fetches 0.9 GB once
	Scripts/check-arm64.sh

check-report: ## The page of nwc-eval report in headless Chromium: make check-report [PAGE=file]
	Scripts/check-report.sh $(PAGE)

check-metrics: ## Measures and BD-rate against independent implementations: make check-metrics SPEECH=folder
	@test -n "$(SPEECH)" || { echo "usage: make check-metrics SPEECH=folder-of-speech" >&2; exit 64; }
	Scripts/check-metrics.sh "$(SPEECH)"

check-tensorboard: ## Event files of nwc-train plot --tensorboard, read by the package tensorboard, which it fetches
	Scripts/check-tensorboard.sh

check-inputs: ## Sound files of all kinds, made by real tools, as files and through pipes; writes the table of Docs/inputs.md
	Scripts/check-inputs.sh

wheel: ## The Python binding with the library inside, in .build/wheel
	Scripts/wheel.sh .build/wheel

check-python: ## The wheel in a fresh environment: its tests, its types, two threads; fetches numpy, soxr and mypy
	Scripts/check-python.sh

dist: ## Static programs for x86-64 Linux as a tarball in .build/packages
	Scripts/dist.sh .build/packages

deb: ## Debian packages (nwc, libnwc0, libnwc-dev) in .build/packages
	Scripts/deb.sh .build/packages

check-distribution: ## Both on a bare Debian 12 and alone; fetches 60 MB: make check-distribution [REPEAT=1, from two folders]
	Scripts/check-distribution.sh

check-mpi: ## Training over Open MPI and MPICH, which it installs; lost and stopped ranks
	Scripts/check-mpi.sh

docs: ## HTML documentation of the library modules in .build/docs
	Scripts/docs.sh .build/docs

# `make install` builds what is missing first; after `make .build/stage/complete` it only copies, so that root needs no Swift.
install: $(STAGE)/complete install-library ## Programs, manual pages, completions, C library, licences: make install [PREFIX=/usr/local] [DESTDIR=]
	install -d "$(BIN)" "$(SHARE)/man/man1" "$(SHARE)/bash-completion/completions" "$(SHARE)/zsh/site-functions" "$(SHARE)/fish/vendor_completions.d"
	install -m 755 $(PROGRAMS:%=$(STAGE)/bin/%) "$(BIN)"
	install -d "$(SHARE)/doc/nwc"
	install -m 644 LICENSE LICENSES.md "$(SHARE)/doc/nwc"
	install -m 644 $(PROGRAMS:%=$(STAGE)/man/%.1) "$(SHARE)/man/man1"
	install -m 644 $(PROGRAMS:%=$(STAGE)/completions/bash/%) "$(SHARE)/bash-completion/completions"
	install -m 644 $(PROGRAMS:%=$(STAGE)/completions/zsh/_%) "$(SHARE)/zsh/site-functions"
	install -m 644 $(PROGRAMS:%=$(STAGE)/completions/fish/%.fish) "$(SHARE)/fish/vendor_completions.d"

install-library: $(STAGE)/lib/nwc.pc ## The C library alone
	install -d "$(LIB)/pkgconfig" "$(INCLUDE)"
	install -m 644 $(STAGE)/lib/libnwc.so.*.*.* $(STAGE)/lib/libnwc.a "$(LIB)"
	ln -sf "$$(basename $(STAGE)/lib/libnwc.so.*.*.*)" "$(LIB)/libnwc.so.0"
	ln -sf libnwc.so.0 "$(LIB)/libnwc.so"
	install -m 644 $(STAGE)/lib/nwc.h "$(INCLUDE)"
	{ echo "prefix=$(PREFIX)"; cat $(STAGE)/lib/nwc.pc; } > "$(LIB)/pkgconfig/nwc.pc"

uninstall: ## Removes what install put there
	cd "$(BIN)" 2>/dev/null && rm -f $(PROGRAMS) || true
	rm -f "$(SHARE)/doc/nwc/LICENSE" "$(SHARE)/doc/nwc/LICENSES.md"
	rmdir "$(SHARE)/doc/nwc" 2>/dev/null || true
	cd "$(SHARE)/man/man1" 2>/dev/null && rm -f $(PROGRAMS:%=%.1) || true
	cd "$(SHARE)/bash-completion/completions" 2>/dev/null && rm -f $(PROGRAMS) || true
	cd "$(SHARE)/zsh/site-functions" 2>/dev/null && rm -f $(PROGRAMS:%=_%) || true
	cd "$(SHARE)/fish/vendor_completions.d" 2>/dev/null && rm -f $(PROGRAMS:%=%.fish) || true
	rm -f "$(LIB)"/libnwc.so* "$(LIB)/libnwc.a" "$(LIB)/pkgconfig/nwc.pc" "$(INCLUDE)/nwc.h"

$(BUILT) &:
	Scripts/setup.sh
	swift build -c release

$(OBJECTS):
	Scripts/setup.sh
	swift build -c release --product nwc-objects

# Written last by the script.
$(STAGE)/lib/nwc.pc: $(OBJECTS) Scripts/c-library.sh Sources/CNWC/nwc.h
	Scripts/c-library.sh $(STAGE)/lib

# Hashes of modules, in which their folder counts, and of the program with them: nothing reads them.
$(STAGE)/complete: $(BUILT)
	install -d $(STAGE)/bin
	for program in $(PROGRAMS); do strip --remove-section=.swift_modhash --remove-section=.note.gnu.build-id -o "$(STAGE)/bin/$$program" ".build/release/$$program" || exit 1; done
	Scripts/man.sh $(STAGE)/man
	Scripts/completions.sh $(STAGE)/completions
	touch $@

clean:
	rm -rf .build .build-* demo-output
