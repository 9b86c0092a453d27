-- Changes one entry of the distributed cache in one atomic step, so that a fill which was overtaken by
-- a write never stores what it read before it.
--
-- KEYS[1]  the entry's key
-- ARGV[1]  what to do:
--
-- written  groups were written to the store: drop all blocks, remember the write times as floors
--   ARGV[2]   life of the floors, milliseconds
--   ARGV[3..] two per group: group id, write time (int64 LE, micros)
-- fill     store what was read from the store, but for groups with a later floor
--   ARGV[2]   life of the entry, milliseconds, 0 for no end
--   ARGV[3]   least life of the entry, milliseconds
--   ARGV[4]   server time (int64 LE, micros): blocks filled before it are dropped
--   ARGV[5]   the blocks, as a value
--
-- The value is a CSDB (docs/formats/psdb.md): byte 1, then entries (uint16 LE group id, uint16 LE
-- length, block) ascending by id, length 0 for "nothing stored". The last entry has the reserved id
-- 65535 and holds times: per group uint16 LE id, int64 LE micros; under 65535 when the oldest block of
-- this value was filled, by the server's clock.

local byte, sub = string.byte, string.sub
local pack, unpack_at = struct.pack, struct.unpack

local VALUE_LAYOUT = 1
local TIMES_ID = 65535
local TIME_ENTRY = 10 -- bytes: id and micros
local NO_TIME = string.rep('\0', 8)

local function parse_times(bytes)
  local times = {}
  if #bytes % TIME_ENTRY == 0 then
    for at = 1, #bytes, TIME_ENTRY do
      times[(unpack_at('<I2', bytes, at))] = sub(bytes, at + 2, at + TIME_ENTRY - 1)
    end
  end
  return times
end

-- Blocks and times by group id; none of a value that cannot be taken apart.
local function parse(value)
  local blocks, times = {}, {}
  if not value or byte(value, 1) ~= VALUE_LAYOUT then
    return blocks, times
  end
  local at, size = 2, #value
  while at <= size do
    if at + 3 > size then
      return {}, {}
    end
    local id, length = unpack_at('<I2I2', value, at)
    if at + 3 + length > size then
      return {}, {}
    end
    local bytes = sub(value, at + 4, at + 3 + length)
    if id == TIMES_ID then
      times = parse_times(bytes)
    else
      blocks[id] = bytes
    end
    at = at + 4 + length
  end
  return blocks, times
end

-- A Lua number is a double, so the 64 bits are compared as two halves.
local function is_later(time, other)
  local low, high = unpack_at('<I4i4', time)
  local other_low, other_high = unpack_at('<I4i4', other)
  if high ~= other_high then
    return high > other_high
  end
  return low > other_low
end

local function now()
  local time = redis.call('TIME')
  local micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
  local high = math.floor(micros / 4294967296)
  return pack('<I4I4', micros - high * 4294967296, high)
end

local function sorted_ids(by_id)
  local ids = {}
  for id in pairs(by_id) do
    ids[#ids + 1] = id
  end
  table.sort(ids)
  return ids
end

local function write(blocks, times, life)
  local parts = { string.char(VALUE_LAYOUT) }
  for _, id in ipairs(sorted_ids(blocks)) do
    parts[#parts + 1] = pack('<I2I2', id, #blocks[id])
    parts[#parts + 1] = blocks[id]
  end
  local known = {}
  for _, id in ipairs(sorted_ids(times)) do
    known[#known + 1] = pack('<I2', id) .. times[id]
  end
  parts[#parts + 1] = pack('<I2I2', TIMES_ID, #known * TIME_ENTRY)
  parts[#parts + 1] = table.concat(known)
  if life > 0 then
    return redis.call('SET', KEYS[1], table.concat(parts), 'PX', string.format('%.0f', life))
  end
  return redis.call('SET', KEYS[1], table.concat(parts))
end

local function written(times)
  times[TIMES_ID] = nil
  for i = 3, #ARGV, 2 do
    local id, time = tonumber(ARGV[i]), ARGV[i + 1]
    if is_later(time, times[id] or NO_TIME) then
      times[id] = time
    end
  end
  return write({}, times, tonumber(ARGV[2]))
end

local function fill(blocks, times)
  local life, least_life, oldest = tonumber(ARGV[2]), tonumber(ARGV[3]), times[TIMES_ID]
  if next(blocks) and oldest and is_later(oldest, ARGV[4]) then
    local left = redis.call('PTTL', KEYS[1])
    if left > 0 and (life == 0 or left < life) then
      life = left
    end
  else
    blocks = {}
    times[TIMES_ID] = now()
  end
  local read, read_times = parse(ARGV[5])
  for id, block in pairs(read) do
    local time, floor = read_times[id] or NO_TIME, times[id] or NO_TIME
    if not is_later(floor, time) then
      blocks[id] = block
      if time ~= NO_TIME then
        times[id] = time
      end
    end
  end
  if life > 0 then
    life = math.max(life, least_life)
  end
  return write(blocks, times, life)
end

local blocks, times = parse(redis.call('GET', KEYS[1]))
if ARGV[1] == 'written' then
  return written(times)
end
return fill(blocks, times)
