-- ARGV: run, message, when it may be taken, how long it is kept. Unless it was acknowledged.
if redis.call('ZSCORE', P .. 'owed', ARGV[1]) then
  redis.call('SET', P .. 'owed:' .. ARGV[1], ARGV[2], 'PX', ARGV[4])
  redis.call('ZADD', P .. 'owed', ARGV[3], ARGV[1])
end
return 0
