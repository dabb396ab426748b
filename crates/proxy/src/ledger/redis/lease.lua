-- ARGV: now, the farthest time that is meant, until when what is taken belongs to the caller, how many at most
local owed = P .. 'owed'
local due = redis.call('ZRANGEBYSCORE', owed, '-inf', ARGV[1], 'LIMIT', 0, ARGV[4])
-- Written by a clock that was set back since.
for _, run in ipairs(redis.call('ZRANGEBYSCORE', owed, '(' .. ARGV[2], '+inf', 'LIMIT', 0, ARGV[4])) do
  table.insert(due, run)
end
local taken = {}
for _, run in ipairs(due) do
  local json = redis.call('GET', P .. 'owed:' .. run)
  if json then
    redis.call('ZADD', owed, ARGV[3], run)
    table.insert(taken, json)
  else
    redis.call('ZREM', owed, run)
  end
end
return taken
