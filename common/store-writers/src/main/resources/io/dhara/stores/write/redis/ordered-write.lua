-- Merges feature groups of one entity key into its stored value, the newest event time first.
-- One atomic step: two writers of one key never lose each other's groups, a replay changes nothing,
-- an older write never replaces a newer one.
--
-- KEYS[1]    the entity's key
-- ARGV[1]    now, epoch milliseconds: groups expired by then are left out
-- ARGV[2..]  three per group: group id, write time (int64 LE, micros), block
--
-- Answers 1: merged, 2: the stored value could not be taken apart and was replaced; or an error
-- whose first word is Redis's own code (WRONGTYPE, OOM, ...).
--
-- The value (docs/formats/psdb.md, "CSDB"): byte 1, then entries (uint16 LE group id, uint16 LE
-- length, block) ascending by id. The last entry has the reserved id 65535 and holds the write times:
-- per group uint16 LE id, int64 LE micros. Readers which do not know that id skip it by its length.
--
-- Lua compares strings by locale (strcoll), so nothing here compares strings by order.

local byte, sub = string.byte, string.sub
local pack, unpack_at = struct.pack, struct.unpack

local VALUE_LAYOUT = 1
local TIMES_ID = 65535
local TIME_ENTRY = 10 -- bytes: id and micros
local MAX_TIMES = 6553 -- entries that fit a length of 16 bits
local BLOCK_HEADER = 9
local UNKNOWN_TIME = string.rep('\0', 8) -- of a group whose writer kept no event time

-- Write times by group id. A broken entry counts as no times: the groups are kept all the same.
local function parse_times(bytes)
  local times = {}
  if #bytes % TIME_ENTRY == 0 then
    for at = 1, #bytes, TIME_ENTRY do
      times[(unpack_at('<I2', bytes, at))] = sub(bytes, at + 2, at + TIME_ENTRY - 1)
    end
  end
  return times
end

-- Blocks and write times by group id, or nil when the entries do not fill the value exactly.
local function parse(value)
  local blocks, times = {}, {}
  local size = #value
  if size == 0 or byte(value, 1) ~= VALUE_LAYOUT then
    return nil
  end
  local at = 2
  while at <= size do
    if at + 3 > size then
      return nil
    end
    local id, length = unpack_at('<I2I2', value, at)
    local last = at + 3 + length
    if last > size then
      return nil
    end
    local bytes = sub(value, at + 4, last)
    if id == TIMES_ID then
      times = parse_times(bytes)
    elseif length >= BLOCK_HEADER then -- shorter: "known to be missing", or broken beyond reading
      blocks[id] = bytes
    end
    at = last + 1
  end
  return blocks, times
end

-- Epoch seconds of the 40 bits in bytes 3..7 of a block header, 0 for never: the first four bytes
-- are (packed / 256) LE, the fifth is packed % 256; packed = year << 26 | day of year << 17 | second
-- of day. All of it is exact in a double.
local function expiry(block)
  local high, low = unpack_at('<I4B', block, 3)
  local packed = high * 256 + low
  if packed == 0 then
    return 0
  end
  local second = packed % 131072
  local day = math.floor(packed / 131072) % 512
  local before = math.floor(packed / 67108864) - 1
  local leap_days = math.floor(before / 4) - math.floor(before / 100) + math.floor(before / 400)
  -- An instant before 1970 is long past; 0 would mean never.
  return math.max(1, (before * 365 + leap_days + day - 719162) * 86400 + second)
end

-- Unsigned byte order.
local function greater_bytes(a, b)
  for i = 1, math.min(#a, #b) do
    local x, y = byte(a, i), byte(b, i)
    if x ~= y then
      return x > y
    end
  end
  return #a > #b
end

-- Whether the write (time, block) goes before the stored one; of equal times the greater block.
local function goes_before(time, block, stored_time, stored_block)
  if time == stored_time then
    return block ~= stored_block and greater_bytes(block, stored_block)
  end
  local low, high = unpack_at('<I4i4', time)
  local stored_low, stored_high = unpack_at('<I4i4', stored_time)
  if high ~= stored_high then
    return high > stored_high
  end
  return low > stored_low
end

local stored = redis.pcall('GET', KEYS[1])
if type(stored) == 'table' then
  return stored
end

local answer = 1
local blocks, times = {}, {}
if stored then
  blocks, times = parse(stored)
  if not blocks then
    blocks, times = {}, {}
    answer = 2
  end
end

for i = 2, #ARGV, 3 do
  local id, time, block = tonumber(ARGV[i]), ARGV[i + 1], ARGV[i + 2]
  local old = blocks[id]
  if not old or goes_before(time, block, times[id] or UNKNOWN_TIME, old) then
    blocks[id] = block
    times[id] = time
  end
end

local now_millis = tonumber(ARGV[1])
local ids, latest, forever = {}, 0, false
for id, block in pairs(blocks) do
  local ends = expiry(block)
  if ends == 0 then
    forever = true
    ids[#ids + 1] = id
  elseif now_millis <= ends * 1000 then
    latest = math.max(latest, ends)
    ids[#ids + 1] = id
  end
end
table.sort(ids)

local known_times = {}
local parts = { string.char(VALUE_LAYOUT) }
for _, id in ipairs(ids) do
  local block, time = blocks[id], times[id]
  parts[#parts + 1] = pack('<I2I2', id, #block)
  parts[#parts + 1] = block
  if time and time ~= UNKNOWN_TIME then
    known_times[#known_times + 1] = pack('<I2', id) .. time
  end
end
if #known_times > MAX_TIMES then
  return redis.error_reply('TOOMANY feature groups under one key: at most ' .. MAX_TIMES)
end
if #known_times > 0 then
  parts[#parts + 1] = pack('<I2I2', TIMES_ID, #known_times * TIME_ENTRY)
  parts[#parts + 1] = table.concat(known_times)
end

local result
if #ids == 0 then
  result = redis.pcall('DEL', KEYS[1])
elseif forever then
  result = redis.pcall('SET', KEYS[1], table.concat(parts))
else
  result = redis.pcall('SET', KEYS[1], table.concat(parts), 'EXAT', string.format('%.0f', latest))
end
if type(result) == 'table' and result.err then
  return result
end
return answer
