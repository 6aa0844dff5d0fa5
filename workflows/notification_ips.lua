-- For nftables, the content of two sets is replaced, which must exist; workflows/allowlist.sh keeps a file up to date with this script.
--   nft add set inet filter agora_notifications '{ type ipv4_addr; }'; nft add set inet filter agora_notifications6 '{ type ipv6_addr; }'
local input = workflow {
  description = "Print the addresses of Agora's notification service as a sorted allowlist, one on each line.",
  input = {
    format = { type = "string", enum = { "plain", "cidr", "nginx", "nftables" }, default = "plain", description = "Form of the list." },
  },
  calls = { "agora.get_notification_ips" },
}

local all, v4, v6 = {}, {}, {}
for _, host in ipairs(app.integrations.agora.get_notification_ips({}).data.service.hosts) do all[#all + 1] = host.primaryIP end
-- An empty list would shut Agora out.
if #all == 0 then error("Agora named no address", 0) end
table.sort(all)
for _, ip in ipairs(all) do
  local list = ip:find(":", 1, true) and v6 or v4
  list[#list + 1] = ip
end

if input.format == "nftables" then
  for i, addresses in ipairs({ v4, v6 }) do
    local set = i == 1 and "agora_notifications" or "agora_notifications6"
    print("flush set inet filter " .. set)
    if #addresses > 0 then print("add element inet filter " .. set .. " { " .. table.concat(addresses, ", ") .. " }") end
  end
else
  local form = ({ plain = "%s", cidr = "%s%s", nginx = "allow %s;" })[input.format]
  for _, ip in ipairs(all) do print(form:format(ip, ip:find(":", 1, true) and "/128" or "/32")) end
end
