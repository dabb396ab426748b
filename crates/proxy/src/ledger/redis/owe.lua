-- ARGV: run, debt, when it may be taken up, how long it is kept. Unless it was paid.
if redis.call('ZSCORE', P .. 'owed', ARGV[1]) then
  redis.call('SET', P .. 'owed:' .. ARGV[1], ARGV[2], 'PX', ARGV[4])
  redis.call('ZADD', P .. 'owed', ARGV[3], ARGV[1])
end
return 0
