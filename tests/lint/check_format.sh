#!/usr/bin/env bash
# Fails when clang-format-22 would change a file; --fix lets it.
# usage: check_format.sh [--root=DIR] [--fix]
set -euo pipefail
root=$(dirname "${BASH_SOURCE[0]}")/../..
mode=(--dry-run -Werror)
for argument in "$@"; do
  case $argument in
  --root=*) root=${argument#--root=} ;;
  --fix) mode=(-i) ;;
  *) echo "unknown argument '$argument'" >&2; exit 1 ;;
  esac
done
cd "$root"
git ls-files -z --cached --others --exclude-standard -- '*.h' '*.c' '*.cpp' '*.cc' |
  xargs -0 -r -n 1 sh -c 'test ! -f "$0" || printf "%s\0" "$0"' |
  xargs -0 -r -n 32 -P "$(nproc)" clang-format-22 "${mode[@]}"
