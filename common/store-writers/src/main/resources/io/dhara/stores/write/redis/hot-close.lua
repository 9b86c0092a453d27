-- Removes a user's marker and sets after a flush, if no newer session has taken them over.
--
-- KEYS[1] the marker, the rest the user's sets; ARGV[1] the epoch that was flushed
--
-- Answers 1 if they were removed, 0 if there is no marker or it has another epoch.

if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then
  return 0
end
redis.call('DEL', unpack(KEYS))
return 1
