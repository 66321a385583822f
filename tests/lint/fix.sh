#!/usr/bin/env bash
# Repairs what the lints can repair; run them afterwards to see what is left.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
./check_format.sh --fix
