-- A walk through table.
local t = { 1, 2, 3 }
table.insert(t, 4) table.insert(t, 1, 0)
print(table.concat(t, ","), table.remove(t), table.remove(t, 1), #t, table.concat(t, ",", 2, 3), table.concat({}, "x"))
print(table.unpack({ 1, 2, 3 }, 2)) print(table.unpack({ 1, nil, 3 }, 1, 3))
local p = table.pack(nil, 2, nil)
print(p.n, p[2], #table.pack())
print(table.concat(table.move({ 1, 2, 3 }, 1, 3, 2), ","), table.concat(table.move({ 1, 2, 3 }, 2, 3, 1), ","), table.concat(table.move({ 1, 2 }, 1, 2, 3, { 9, 9 }), ","))
local words = { "pear", "Apple", "fig", "banana" }
table.sort(words) print(table.concat(words, " "))
table.sort(words, function(a, b) return #a < #b or #a == #b and a < b end) print(table.concat(words, " "))
print(pcall(table.concat, { 1, {}, 3 })) print(pcall(table.insert, { 1 }, 5, 2)) print(pcall(table.insert, { 1 }))
print(pcall(table.sort, { 3, "x", 1 }) == false, #{ 1, 2, nil }, next({}, nil))
assert(table.remove({}) == nil)
