#!/usr/bin/env bash
# Fails when codespell knows better, in texts and in file names; --fix lets it.
# usage: check_spelling.sh [--root=DIR] [--fix]
set -euo pipefail
root=$(dirname "${BASH_SOURCE[0]}")/../..
options=()
for argument in "$@"; do
  case $argument in
  --root=*) root=${argument#--root=} ;;
  --fix) options+=(--write-changes) ;;
  *) echo "unknown argument '$argument'" >&2; exit 1 ;;
  esac
done
# Words of this project that are other words' typos, in lower case.
ignored=mis,nd,ro,te,ue,fo,ba,hist,inout,parm,aline,olt,allright
cd "$root"
git ls-files -z --cached --others --exclude-standard -- ':!LICENSE' ':!*.npy' ':!*.png' ':!*.safetensors' |
  xargs -0 -r -n 1 sh -c 'test ! -f "$0" || printf "%s\\0" "$0"' |
  xargs -0 -r codespell --check-filenames --quiet-level=2 \
    --ignore-words-list="$ignored" "${options[@]}"
