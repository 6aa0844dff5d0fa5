#!/bin/sh
# Keeps a file with the addresses of Agora's notification service up to date; for cron, before a reload of nginx or nftables.
#
#   workflows/allowlist.sh /etc/nginx/agora_allow.conf nginx; [ $? -eq 3 ] && nginx -s reload
#   workflows/allowlist.sh /etc/nftables.d/agora.nft nftables; [ $? -eq 3 ] && nft -f /etc/nftables.d/agora.nft
#
# Needs kosmo on the path (or its name in KOSMO) and credentials in the environment.
# Exit codes: 0 nothing changed, 3 the file changed, 1 the addresses are not available and the file is unchanged.
set -u

file=${1:?"which file? allowlist.sh <file> [plain|cidr|nginx|nftables]"}
format=${2:-nginx}
[ -d "$file" ] && { echo "$file is a folder: name a file in it" >&2; exit 1; }
# If the file is a link, its target is replaced.
[ -L "$file" ] && file=$(readlink -f "$file")

new=$(mktemp "$file.XXXXXX") || exit 1
trap 'rm -f "$new"' EXIT
${KOSMO:-kosmo} integrations:lua "$(dirname "$0")/notification_ips.lua" --arg "format=$format" > "$new" || exit 1
cmp -s "$new" "$file" && exit 0
chmod 644 "$new" && mv "$new" "$file" || exit 1
exit 3
