-- ARGV: name, state, outcome, whether its money is free again, id of the run, run, the message about it, how long a message is kept, claim.
-- An outcome that is told twice must not be that of the next submit under the same name.
if redis.call('HGET', P .. 'record:' .. ARGV[1], 'claim') ~= ARGV[9] then
  return 0
end
local record = P .. 'record:' .. ARGV[1]
local is_unknown = redis.call('HGET', record, 'state') == 'unknown'
local settled = settle(ARGV[1], ARGV[2], ARGV[3], ARGV[4] == '1', ARGV[5], ARGV[6])
-- Given up as unknown meanwhile: its money stays spent, and what became of it is known after all.
if settled == 0 and is_unknown and ARGV[2] == 'answered' then
  redis.call('HSET', record, 'state', ARGV[2], 'outcome', ARGV[3])
  if ARGV[5] ~= '' then
    redis.call('SET', P .. 'run:' .. ARGV[5], ARGV[6], 'PX', 60 * 24 * 3600000)
  end
  settled = 1
end
if settled == 1 and ARGV[7] ~= '' then
  redis.call('SET', P .. 'owed:' .. ARGV[5], ARGV[7], 'PX', ARGV[8])
  redis.call('ZADD', P .. 'owed', 0, ARGV[5])
end
return settled
