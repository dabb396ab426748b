-- ARGV: name, user, record, now, memory, longest flight, until, amount, three windows, their limits, most runs of the user, most runs of all,
-- a name of this claim alone
local name, user, json = ARGV[1], ARGV[2], ARGV[3]
local now = clock(tonumber(ARGV[4]))
-- Given up by its server before it came here.
if redis.call('EXISTS', P .. 'void:' .. ARGV[17]) == 1 then
  return { 'void', string.format('%.0f', now) }
end
local memory, flight, amount = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[8])
local record = P .. 'record:' .. name
local known = redis.call('HMGET', record, 'state', 'at', 'record', 'outcome')
if known[1] and known[1] ~= 'unsent' then
  if known[1] == 'sending' or now - tonumber(known[2]) < memory then
    return { 'known', string.format('%.0f', now), known[3], known[4] or '' }
  end
end
for i = 1, 3 do
  if total(ARGV[8 + i]) + amount > tonumber(ARGV[11 + i]) then
    return { 'over', string.format('%.0f', now), tostring(i - 1) }
  end
end
local mine, all = P .. 'flights:' .. user, P .. 'flights'
for _, flights in ipairs({ mine, all }) do
  redis.call('ZREMRANGEBYSCORE', flights, '-inf', now - flight)
end
if redis.call('ZCARD', mine) >= tonumber(ARGV[15]) then
  return { 'over', string.format('%.0f', now), '3' }
end
if redis.call('ZCARD', all) >= tonumber(ARGV[16]) then
  return { 'over', string.format('%.0f', now), '4' }
end
for i = 1, 3 do
  local window = P .. 'total:' .. ARGV[8 + i]
  redis.call('HINCRBY', window, 'held', amount)
  redis.call('PEXPIRE', window, 62 * 24 * 3600000)
end
redis.call('ZADD', mine, now, name)
redis.call('ZADD', all, now, name)
redis.call('PEXPIRE', mine, 24 * 3600000)
redis.call('ZADD', P .. 'sending', ARGV[7], name)
redis.call('DEL', record)
redis.call('HSET', record, 'state', 'sending', 'at', string.format('%.0f', now), 'record', json, 'amount', ARGV[8],
  'user', user, 'w1', ARGV[9], 'w2', ARGV[10], 'w3', ARGV[11], 'claim', ARGV[17])
redis.call('PEXPIRE', record, memory + 3600000)
return { 'granted', string.format('%.0f', now) }
