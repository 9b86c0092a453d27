-- Reads a user's marker and some of the sets as of one instant.
--
-- KEYS[1]      the marker; KEYS[2..1 + t] the sets; KEYS[2 + t], if given, the beacon
-- ARGV[1]      from, ARGV[2] to: scores, both included; ARGV[3] how many members of each set
-- ARGV[4..]    names of the sets
--
-- Answers { server, beacon version, evicted keys, state, generation, per set: { size, n, since, oldest
-- score, more, members and scores, newest first } }. What is not there is an empty string. Of members
-- with one score either all are answered or none: Redis orders them by bytes, we do not. 'more' is 1 if
-- there are members in range beyond those answered.

local from, to, wanted = ARGV[1], ARGV[2], tonumber(ARGV[3])
local sets = #ARGV - 3

local server = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
    or string.match(redis.call('INFO', 'replication'), 'master_replid:(%w+)')
    or ''
local version = KEYS[2 + sets] and redis.call('HGET', KEYS[2 + sets], 'version') or ''

local fields = { 'state', 'generation' }
for i = 1, sets do
  fields[#fields + 1] = 'n.' .. ARGV[3 + i]
  fields[#fields + 1] = 'since.' .. ARGV[3 + i]
end
local marker = redis.call('HMGET', KEYS[1], unpack(fields))
local evicted = '0'
if not marker[1] then -- then only evicted keys could be missing
  evicted = string.match(redis.call('INFO', 'stats'), 'evicted_keys:(%d+)') or '0'
end

local answer = { server, version, evicted, marker[1] or '', marker[2] or '' }
for i = 1, sets do
  local key = KEYS[1 + i]
  local n = marker[1 + 2 * i] or ''
  local size, oldest, more, found = redis.call('ZCARD', key), '', 0, {}
  if size > 0 then
    found = redis.call(
      'ZREVRANGEBYSCORE', key, to, from, 'WITHSCORES', 'LIMIT', 0, wanted + 1)
    local last = #found
    if last > 2 * wanted then
      local cut = found[last]
      if found[last - 2] == cut then -- one score on both sides of the cut
        while last > 0 and found[last] == cut do
          found[last], found[last - 1] = nil, nil
          last = last - 2
        end
        for _, member in ipairs(redis.call('ZRANGEBYSCORE', key, cut, cut)) do
          found[last + 1], found[last + 2] = member, cut
          last = last + 2
        end
        local below = redis.call('ZREVRANGEBYSCORE', key, '(' .. cut, from, 'LIMIT', 0, 1)
        more = #below > 0 and 1 or 0
      else
        found[last], found[last - 1] = nil, nil
        more = 1
      end
    end
    if string.sub(n, -1) == '+' then
      oldest = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2]
    end
  end
  answer[5 + i] = { size, n, marker[2 + 2 * i] or '', oldest, more, found }
end
return answer
