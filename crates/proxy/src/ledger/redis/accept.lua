-- ARGV: the time that the ledger has seen, the time as it is, today, this month. Whatever counts on later days counts now, too.
if redis.call('GET', P .. 'clock') ~= ARGV[1] then
  return 'changed'
end
if redis.call('ZCARD', P .. 'sending') > 0 then
  return 'busy'
end
local now, today, month = ARGV[2], ARGV[3], ARGV[4]
local start = string.len(P .. 'total:') + 1
for _, key in ipairs(redis.call('KEYS', P .. 'total:*')) do
  local window = string.sub(key, start)
  local day, whose = string.match(window, '^(%d%d%d%d%-%d%d%-%d%d)(/.*)$')
  local counts
  if day then
    counts = day > today and today .. whose
  else
    local later, all = string.match(window, '^(%d%d%d%d%-%d%d)(/.*)$')
    counts = later and later > month and month .. all
  end
  local spent = counts and tonumber(redis.call('HGET', key, 'spent') or 0)
  if spent and spent > 0 then
    redis.call('HINCRBY', P .. 'total:' .. counts, 'spent', string.format('%.0f', spent))
    redis.call('PEXPIRE', P .. 'total:' .. counts, 62 * 24 * 3600000)
  end
end
for _, flights in ipairs(redis.call('KEYS', P .. 'flights*')) do
  for _, name in ipairs(redis.call('ZRANGEBYSCORE', flights, '(' .. now, '+inf')) do
    redis.call('ZADD', flights, now, name)
  end
end
redis.call('SET', P .. 'clock', now)
return 'accepted'
