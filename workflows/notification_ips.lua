-- Prints the addresses of Agora's notification service as a sorted allowlist, one on each line.
--
--   kosmo integrations:lua workflows/notification_ips.lua > allowlist.txt
--
-- input.format  "plain" (default), "cidr" (…/32), "nginx" (allow …;) or "nftables": the sets agora_notifications and
--               agora_notifications6 of the table inet filter, whose content is replaced. They must exist:
--                 nft add set inet filter agora_notifications '{ type ipv4_addr; }'
--                 nft add set inet filter agora_notifications6 '{ type ipv6_addr; }'
--
-- workflows/allowlist.sh keeps a file up to date with it.

if type(input) ~= "table" then error("the input must be a JSON object, not a " .. type(input) .. ": --arg format=nginx", 0) end

local function each_line(line_of)
  return function(addresses)
    for _, ip in ipairs(addresses) do print(line_of(ip)) end
  end
end

local function is_v6(ip) return ip:find(":", 1, true) ~= nil end

local formats = {
  plain = each_line(function(ip) return ip end),
  cidr = each_line(function(ip) return ip .. (is_v6(ip) and "/128" or "/32") end),
  nginx = each_line(function(ip) return "allow " .. ip .. ";" end),
  nftables = function(addresses)
    for _, set in ipairs({ { name = "agora_notifications", v6 = false }, { name = "agora_notifications6", v6 = true } }) do
      local elements = {}
      for _, ip in ipairs(addresses) do
        if is_v6(ip) == set.v6 then elements[#elements + 1] = ip end
      end
      print("flush set inet filter " .. set.name)
      if #elements > 0 then print("add element inet filter " .. set.name .. " { " .. table.concat(elements, ", ") .. " }") end
    end
  end,
}
local print_list = formats[input.format or "plain"] or error("input.format is one of plain, cidr, nginx, nftables", 0)

local addresses = {}
for _, host in ipairs(app.integrations.agora.get_notification_ips({}).data.service.hosts) do
  addresses[#addresses + 1] = host.primaryIP
end
-- Nothing at all would shut Agora out.
if #addresses == 0 then error("Agora named no address", 0) end
table.sort(addresses)
print_list(addresses)
