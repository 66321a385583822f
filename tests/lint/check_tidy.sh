#!/usr/bin/env bash
# Runs clang-tidy-22 on changed sources: those that differ from origin/main, or
# those of the newest commit; at most 16, for each costs seconds.
# usage: check_tidy.sh [--root=DIR] [--build=DIR] [--all] [--fix]
set -euo pipefail
root=$(dirname "${BASH_SOURCE[0]}")/../..
build=build/dev
all=
options=(--quiet)
for argument in "$@"; do
  case $argument in
  --root=*) root=${argument#--root=} ;;
  --build=*) build=${argument#--build=} ;;
  --all) all=1 ;;
  --fix) options+=(--fix) ;;
  *) echo "unknown argument '$argument'" >&2; exit 1 ;;
  esac
done
cd "$root"
sources=('*.c' '*.cpp')
if [[ -n $all ]]; then
  mapfile -t files < <(git ls-files -- "${sources[@]}")
else
  base=$(git merge-base HEAD origin/main 2>/dev/null || git rev-parse HEAD)
  # In a clone of main itself nothing differs: take the newest commit.
  [[ $base != "$(git rev-parse HEAD)" ]] || base=$(git rev-parse -q --verify HEAD~1 || printf '' | git hash-object -t tree --stdin)
  mapfile -t files < <(git diff --name-only --diff-filter=AM "$base" -- "${sources[@]}" && git ls-files --others --exclude-standard -- "${sources[@]}")
fi
found=${#files[@]}
((found)) || { echo "no source changed"; exit 0; }
[[ -n $all ]] || files=("${files[@]:0:16}")
echo "checking ${#files[@]} of $found changed sources"
flags=(-p "$build")
[[ -f $build/compile_commands.json ]] || flags=(--extra-arg=-std=c++17)
status=0
printf '%s\0' "${files[@]}" |
  xargs -0 -n 1 -P "$(nproc)" sh -c 'clang-tidy-22 "$@" 2>/dev/null' tidy "${options[@]}" "${flags[@]}" || status=1
exit "$status"
