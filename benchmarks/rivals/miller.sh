#!/bin/sh
# W1 in Miller, part of the job: IH, CR and ID of every customer. There is no FH, and nothing is
# checked: a wrong date or amount is marked in place. Usage: miller.sh IN OUT
set -eu
exec mlr --icsv --ifs '|' --ojsonl -S put -q -f "$(dirname "$0")/miller.mlr" "$1" > "$2"
