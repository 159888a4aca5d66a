#!/usr/bin/env bash
# Reads all users, four requests at a time, and writes them as NDJSON.
set -euo pipefail

read_part() {
	local from=$1 below=$2 more=true body folder
	folder=$(mktemp -d)
	trap 'rm -r "$folder"' RETURN
	body=$folder/page.json
	while [ "$more" = true ]; do
		curl --noproxy '*' -sSfg -H "Authorization: Bearer $MUSTER_TOKEN" -o "$body" \
			"$MUSTER_BASE_URL/v1/system/users/any?sort=id&limit=1000&cursor_start=$from&filter=id{lt:$below}"
		jq -c '.collection[]' "$body" >>"$folder/rows"
		read -r from more < <(jq -r '"\(.meta.cursor_start) \(.has_more)"' "$body")
	done
	flock "$0" cat "$folder/rows"
}

workers=()
for w in 0 1 2 3; do
	read_part $((1 + RIVAL_USERS * w / 4)) $((1 + RIVAL_USERS * (w + 1) / 4)) &
	workers+=($!)
done
for worker in "${workers[@]}"; do
	wait "$worker"
done
