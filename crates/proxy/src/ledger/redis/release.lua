-- ARGV: name, claim, outcome, how long a claim stays void. For a claim whose confirmation was lost, so that nothing was sent for it. It may still be on
-- its way to us: then it finds itself void.
redis.call('SET', P .. 'void:' .. ARGV[2], '1', 'PX', ARGV[4])
if redis.call('HGET', P .. 'record:' .. ARGV[1], 'claim') == ARGV[2] then
  return settle(ARGV[1], 'unsent', ARGV[3], true, '', '')
end
return 0
