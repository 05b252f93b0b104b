#!/usr/bin/env bash
# Prints a file with each @NAME@ replaced by its value: fill.sh FILE NAME=VALUE...
set -euo pipefail
text=$(cat "$1")
for pair in "${@:2}"; do
  text=${text//"@${pair%%=*}@"/"${pair#*=}"}
done
printf '%s\n' "$text"
