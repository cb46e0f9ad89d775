# nwc - neural waveform speech codec. Each target installs what it needs (Debian 12, Swift 6.3).
.PHONY: all demo test lint bench train install docs clean

PREFIX ?= /usr/local
SPEECH ?=
VALID ?=
RUN ?= runs/default

all:
	Scripts/setup.sh
	swift build -c release

demo: ## Real speech through the built-in model: encode, decode, measure, draw
	Scripts/demo.sh

test: ## All tests
	Scripts/test.sh

lint: ## Format and file sizes
	Scripts/lint.sh

train: ## Reproduce the built-in model: make train SPEECH=folder VALID=folder
	@test -n "$(SPEECH)" || { echo "usage: make train SPEECH=folder-of-speech [VALID=folder]" >&2; exit 64; }
	Scripts/setup.sh
	swift build -c release --product nwc-train
	.build/release/nwc-train run Configs/default.json -o $(RUN) --train "$(SPEECH)" $(if $(VALID),--valid "$(VALID)")
	.build/release/nwc-train export $(RUN) $(RUN)/default.nwm --train "$(SPEECH)"

clean:
	rm -rf .build demo-output
