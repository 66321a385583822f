#!/usr/bin/env bash
# Repairs what the lints can repair; run them afterwards to see what is left.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
status=0
for lint in check_names.py check_cmake_lists.py check_format.sh check_spelling.sh \
  check_diagnostics.py; do
  ./"$lint" --fix || status=1
done
exit "$status"
