-- Parts of a URL, escapes and queries.
local function unescape(s) return (s:gsub("+", " "):gsub("%%(%x%x)", function(h) return string.char(tonumber(h, 16)) end)) end
local function escape(s) return (s:gsub("[^%w%-._~]", function(c) return ("%%%02X"):format(c:byte()) end)) end
local function parse(url)
  local u = {}
  url = url:gsub("#(.*)$", function(f) u.fragment = f return "" end)
  url = url:gsub("%?(.*)$", function(q) u.query = q return "" end)
  u.scheme, url = url:match("^(%a[%w+.-]*):(.*)$")
  u.authority, u.path = url:match("^//([^/]*)(.*)$")
  if u.authority then u.host, u.port = u.authority:match("^(.-):?(%d*)$") end
  return u
end
local u = parse "https://example.org:8443/a/b%20c?x=1&y=a+b%26&z=#top"
assert(u.host == "example.org" and u.port == "8443")
print(u.scheme, u.host, u.port, unescape(u.path), u.fragment)
for k, v in u.query:gmatch("([^&=]+)=([^&=]*)") do print(k, unescape(v)) end
print(escape("a b&c/é"), unescape(escape("100% ü")) == "100% ü")
