-- What the steps of the ledger share. Every key lies under one prefix; a step is one script, so it happens as a whole or not at all.
local P = 'likeness:'

local function total(window)
  local found = redis.call('HMGET', P .. 'total:' .. window, 'spent', 'held')
  return tonumber(found[1] or 0) + tonumber(found[2] or 0)
end

-- Gives a submit its outcome, once: the money that it held is spent, or free again.
local function settle(name, state, outcome, is_free, run_id, run)
  if redis.call('ZREM', P .. 'sending', name) == 0 then
    return 0
  end
  local record = P .. 'record:' .. name
  local found = redis.call('HMGET', record, 'amount', 'user', 'w1', 'w2', 'w3')
  local amount, user = tonumber(found[1]), found[2]
  for i = 3, 5 do
    local window = P .. 'total:' .. found[i]
    redis.call('HINCRBY', window, 'held', -amount)
    if not is_free then
      redis.call('HINCRBY', window, 'spent', amount)
    end
  end
  redis.call('HSET', record, 'state', state, 'outcome', outcome)
  if run_id ~= '' then
    redis.call('SET', P .. 'run:' .. run_id, run, 'PX', 60 * 24 * 3600000)
  else
    redis.call('ZREM', P .. 'flights:' .. user, name)
    redis.call('ZREM', P .. 'flights', name)
  end
  return 1
end

-- Time does not go back.
local function clock(now)
  local latest = tonumber(redis.call('GET', P .. 'clock') or 0)
  if now > latest then
    redis.call('SET', P .. 'clock', string.format('%.0f', now))
    return now
  end
  return latest
end
