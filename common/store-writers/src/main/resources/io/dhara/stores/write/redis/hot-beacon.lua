-- Looks after one part's field of the beacon, which says what readers may trust of this server.
--
-- KEYS[1]  the beacon, a hash: per part of the job '<owner> <generation> <parts> <whole> <form> <server>',
--          and 'version', which changes with every change that matters to readers
-- ARGV[1]  'claim' (the first look), 'look', 'take' or 'establish'
-- ARGV[2]  part; ARGV[3] parts; ARGV[4] form of the keys
-- ARGV[5]  owner: number of the attempt of the job; the first look of an attempt ('claim') gets one that is
--          greater than the last, whatever the clocks of the two machines say
-- ARGV[6]  generation (take, establish)
-- ARGV[7]  TTL of the beacon, ms: shorter than that of markers, so that it does not outlive them
--
-- look answers { 'absent' | 'building' | 'whole', generation, greatest generation of all parts, owner };
-- take and establish answer { 'done' | 'refused' }. An attempt that was replaced gets the error FENCED.

local op, part, parts, form = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local owner, generation, ttl = ARGV[5], ARGV[6], ARGV[7]

-- Of this process: after a restart or a change of primary it is another. Dragonfly has no run_id.
local server = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
    or string.match(redis.call('INFO', 'replication'), 'master_replid:(%w+)')
if not server then
  return redis.error_reply('NOSERVERID this server says neither run_id nor master_replid in INFO')
end

local function parsed(value)
  local o, g, p, w, f, s = string.match(value, '^(%d+) (%d+) (%d+) (%d) (%S+) (%S+)$')
  return o and { owner = o, generation = g, parts = p, whole = w, form = f, server = s }
end

local stored = redis.call('HGET', KEYS[1], part)
local mine = stored and parsed(stored)
if mine and op == 'claim' and tonumber(mine.owner) >= tonumber(owner) then
  owner = string.format('%.0f', tonumber(mine.owner) + 1)
end
if mine and tonumber(mine.owner) > tonumber(owner) then
  return redis.error_reply('FENCED a newer attempt of the job writes part ' .. part)
end

local function write(whole)
  local value = table.concat({ owner, generation, parts, whole, form, server }, ' ')
  local version = table.concat({ owner, generation, part, whole }, '-')
  redis.call('HSET', KEYS[1], part, value, 'version', version)
  redis.call('PEXPIRE', KEYS[1], ttl)
end

local same = mine and mine.parts == parts and mine.form == form and mine.server == server

if op == 'look' or op == 'claim' then
  local greatest = '0'
  local all = redis.call('HGETALL', KEYS[1])
  for i = 2, #all, 2 do
    local other = parsed(all[i])
    if other and tonumber(other.generation) > tonumber(greatest) then
      greatest = other.generation
    end
  end
  if not same then
    return { 'absent', '0', greatest, owner }
  end
  if mine.owner ~= owner then
    generation = mine.generation
    write(mine.whole)
  end
  redis.call('PEXPIRE', KEYS[1], ttl)
  return { mine.whole == '1' and 'whole' or 'building', mine.generation, greatest, owner }
end

if op == 'take' then
  for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
    local number = tonumber(field)
    if number and number >= tonumber(parts) then -- of a job with more parts
      redis.call('HDEL', KEYS[1], field)
    end
  end
  write('0')
  return { 'done' }
end

if not same or mine.generation ~= generation then
  return { 'refused' }
end
write('1')
return { 'done' }
