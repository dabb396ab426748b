-- ARGV: name, state, outcome, whether its money is free again, id of the run, run, what is owed for it, how long a debt is kept, claim.
-- An outcome that is told twice must not be that of the next submit under the same name.
if redis.call('HGET', P .. 'record:' .. ARGV[1], 'claim') ~= ARGV[9] then
  return 0
end
local settled = settle(ARGV[1], ARGV[2], ARGV[3], ARGV[4] == '1', ARGV[5], ARGV[6])
if settled == 1 and ARGV[7] ~= '' then
  redis.call('SET', P .. 'owed:' .. ARGV[5], ARGV[7], 'PX', ARGV[8])
  redis.call('ZADD', P .. 'owed', 0, ARGV[5])
end
return settled
