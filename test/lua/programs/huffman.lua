-- Huffman codes, longest first, decoded again.
local text = "she sells sea shells on the sea shore"
local freq = {}
for c in text:gmatch(".") do freq[c] = (freq[c] or 0) + 1 end
local nodes = {}
for c, n in pairs(freq) do nodes[#nodes + 1] = { n = n, c = c, key = c } end
while #nodes > 1 do
  table.sort(nodes, function(a, b) if a.n ~= b.n then return a.n > b.n end return a.key > b.key end)
  local a, b = table.remove(nodes), table.remove(nodes)
  nodes[#nodes + 1] = { n = a.n + b.n, left = a, right = b, key = a.key .. b.key }
end
local codes = {}
local function assign(n, code) if n.c then codes[n.c] = code else assign(n.left, code .. "0") assign(n.right, code .. "1") end end
assign(nodes[1], "")
local bits = text:gsub(".", codes)
local out, n = {}, nodes[1]
for b in bits:gmatch(".") do n = b == "0" and n.left or n.right if n.c then out[#out + 1] = n.c n = nodes[1] end end
assert(table.concat(out) == text)
print(#bits, codes[" "], codes.s, codes.r)
