-- Prints the addresses of Agora's notification service as an allowlist, one a line, sorted.
--
--   kosmo integrations:lua workflows/notification_ips.lua > allowlist.txt
--
-- input.format  "plain" (default), "nginx" (allow …;) or "cidr" (…/32)

local formats = {
  plain = function(ip) return ip end,
  nginx = function(ip) return "allow " .. ip .. ";" end,
  cidr = function(ip) return ip .. (ip:find(":") and "/128" or "/32") end,
}
local format = formats[input.format or "plain"] or error("input.format is one of plain, nginx, cidr", 0)

local addresses = {}
for _, host in ipairs(app.integrations.agora.get_notification_ips({}).data.service.hosts) do
  addresses[#addresses + 1] = host.primaryIP
end
table.sort(addresses)
for _, ip in ipairs(addresses) do print(format(ip)) end
