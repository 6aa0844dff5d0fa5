-- A walk through string: positions, captures, replacements.
print(("hello"):sub(2, -2), ("hello"):sub(-3), ("hello"):sub(10) == "", ("x"):rep(3, "-"), ("abc"):reverse(), ("aBc"):upper(), ("aBc"):lower(), #("é"))
print(("hello world"):find("o w"), ("hello"):find("l+"), ("hello"):find("(l)(l)"), ("a.b"):find(".", 1, true), ("hello"):find("xyz"))
print(("key = value"):match("^(%w+)%s*=%s*(%w+)$"), ("2024-05-06"):match("(%d+)-(%d+)-(%d+)"), ("[[x]]"):match("%[%[(.-)%]%]"), ("f(a(b)c)d"):match("%b()"))
print(("abc"):gsub("%w", "%0%0"), ("abc"):gsub("", "-"), ("hello world"):gsub("o", "0", 1), ("a b"):gsub("(%w) (%w)", "%2 %1"))
print(("$name is $age"):gsub("%$(%w+)", { name = "Bob", age = 42 }), ("abc"):gsub("b", function() return false end))
print(("abc"):byte(1, -1), string.char(72, 105), ("x"):byte(10), ("THE (quick) fox"):find("%((%a+)%)"))
for k, v in ("a=1, b=2"):gmatch("(%w+)=(%w+)") do print(k, v) end
for w in ("one two"):gmatch("%a+") do print(w) end
print(2^53 == 2^53 + 1, tonumber("0x1F"), tonumber("  12  "), tonumber("1e1") == 10, tonumber("12a"), tonumber("z", 36), tonumber("8", 8))
print("a" < "b", "a" < "B", "" < "a", "a\0b" < "a\0c", "10" + 5 == 15, "3" * "4" == 12, 10 .. 20)
assert(("x"):rep(0) == "" and ("x"):rep(-1) == "")
