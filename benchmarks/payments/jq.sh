# Usage: jq.sh IN OUT
exec jq -r -f "$(dirname "$0")/receipts.jq" "$1" > "$2"
