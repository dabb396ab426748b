-- ARGV: now, outcome. Settles what servers left behind that died.
local dead = redis.call('ZRANGEBYSCORE', P .. 'sending', '-inf', '(' .. ARGV[1])
for _, name in ipairs(dead) do
  settle(name, 'unknown', ARGV[2], false, '', '')
end
return #dead
