-- Adds interactions to a user's sorted sets and keeps the user's marker. One atomic step.
--
-- Above this text the writer puts its layout: NAMES and LIMITS of the user's sets, TTL in ms.
--
-- KEYS[1]    the marker; KEYS[1 + i] the set NAMES[i]
-- ARGV[1]    'add', 'continue' (an add; the marker must be there) or 'load' (history)
-- ARGV[2]    epoch of the session
-- ARGV[3]    generation of the part of the job
-- ARGV[4]    now, epoch ms
-- ARGV[5..]  per set that gets members: its number i, how many, the oldest score, then score and
--            member of each
--
-- Answers the state of the marker afterwards, or 'refused' for a load that is out of date.
--
-- The marker is a hash: state (loading, hot, lost), epoch, generation, renewed (ms); per set n.<NAME>:
-- how many members it must have, with '+' once older ones were left out; since.<NAME>: the oldest score
-- added, other than as history. n is counted on from the last n and never taken from the set alone:
-- a set that was evicted and has begun again must not look whole.

local RENEW_AFTER = TTL / 8
local CHUNK = 2000 -- scores and members per ZADD: Lua cannot unpack many thousands

local op, epoch, generation, now = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local marker = KEYS[1]

local wanted = { 'state', 'epoch', 'generation', 'renewed' }
local blocks = {}
local at = 5
while at <= #ARGV do
  local block = { set = tonumber(ARGV[at]), count = tonumber(ARGV[at + 1]), since = ARGV[at + 2] }
  block.first = at + 3
  block.name = NAMES[block.set]
  block.key = KEYS[1 + block.set]
  at = block.first + 2 * block.count
  blocks[#blocks + 1] = block
  wanted[#wanted + 1] = 'n.' .. block.name
  wanted[#wanted + 1] = 'since.' .. block.name
end

local known = redis.call('HMGET', marker, unpack(wanted))
local state, old_epoch, old_generation, renewed = known[1], known[2], known[3], known[4]

if op == 'load'
    and (state ~= 'loading' or old_epoch ~= epoch or old_generation ~= generation) then
  return 'refused'
end

local changes = {}
local function set(field, value)
  changes[#changes + 1] = field
  changes[#changes + 1] = value
end

-- An older generation (a writer that was replaced) never takes a marker over; its members are united.
local left_behind = false
local taken_over = not state or tonumber(generation) > tonumber(old_generation)
if taken_over then
  local lost = not state and op == 'continue'
  state = lost and 'lost' or 'loading'
  if not old_epoch or tonumber(epoch) > tonumber(old_epoch) then
    old_epoch = epoch
  end
  set('state', state)
  set('epoch', old_epoch)
  set('generation', generation)
  left_behind = redis.call('EXISTS', unpack(KEYS, 2)) > 0 -- by an older generation
  for i, name in ipairs(left_behind and NAMES or {}) do
    local size = redis.call('ZCARD', KEYS[1 + i])
    if size > 0 then
      set('n.' .. name, size)
    end
    for b, block in ipairs(blocks) do
      if block.set == i then
        known[3 + 2 * b] = size > 0 and tostring(size)
        known[4 + 2 * b] = false
      end
    end
  end
  if known[1] then
    redis.call('DEL', marker) -- after the last command that a key of a foreign kind could fail
  end
elseif tonumber(epoch) > tonumber(old_epoch) then
  set('epoch', epoch)
  if state == 'lost' and op == 'add' then -- what was lost belonged to an earlier session
    state = 'loading'
    set('state', state)
  end
end

local begun = {}
for b, block in ipairs(blocks) do
  local n_text, since = known[3 + 2 * b] or '0', known[4 + 2 * b]
  local before = tonumber((string.gsub(n_text, '%+', '', 1)))
  local left_out = string.sub(n_text, -1) == '+'
  local added = 0
  local last = block.first + 2 * block.count - 1
  for from = block.first, last, CHUNK do
    local to = math.min(from + CHUNK - 1, last)
    added = added + redis.call('ZADD', block.key, 'GT', unpack(ARGV, from, to))
  end
  local size = redis.call('ZCARD', block.key)
  if size ~= before + added then
    state = 'lost'
    set('state', state)
  end
  local limit = LIMITS[block.set]
  if size > limit then
    redis.call('ZREMRANGEBYRANK', block.key, 0, -(limit + 1))
    size = limit
    left_out = true
  elseif op == 'load' and block.count >= limit then
    left_out = true
  end
  local n = size .. (left_out and '+' or '')
  if n ~= n_text then
    set('n.' .. block.name, n)
  end
  if op ~= 'load' and (not since or tonumber(block.since) < tonumber(since)) then
    set('since.' .. block.name, block.since)
  end
  if before == 0 then
    begun[#begun + 1] = block.key
  end
end

if op == 'load' and state == 'loading' then
  state = 'hot'
  set('state', state)
end
renewed = not taken_over and tonumber(renewed)
local renew = not renewed or now < renewed or now - renewed >= RENEW_AFTER
if renew then
  set('renewed', ARGV[4])
end
if #changes > 0 then
  redis.call('HSET', marker, unpack(changes))
end
if renew then -- the marker first: it never outlives one of the sets
  redis.call('PEXPIRE', marker, TTL)
end
if renew and (left_behind or not taken_over) then
  begun = { unpack(KEYS, 2) }
end
for _, key in ipairs(begun) do
  redis.call('PEXPIRE', key, TTL)
end
return state
