/**
 * What one exchange with the store does, each in one script, so that replicas never interleave. All of them measure by the
 * store's clock, in microseconds. `need` is what requests wait for, `least` the smallest of them, `ahead` what the replica would
 * like to have besides: of that it gets no more than its share of half of what is left, so that the others find some, too.
 * They answer [granted, wait in ms, slot, expires in ms, used by all].
 */
const CLOCK = `
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000000 + tonumber(t[2])
`;

const GRANT = `
local granted = 0
if need > 0 and room >= least then granted = math.min(need, math.floor(room)) end
if granted >= need then
  granted = granted + math.max(0, math.min(ahead, math.floor((room - granted) / (2 * replicas))))
end
local isShort = granted < need
`;

/**
 * A bucket (GCRA), or places where it does not fill (perMs 0). What replicas hold and have not used is part of what the
 * bucket can hold: so whatever they keep for later, no more than capacity + rate · t is ever used within a time t.
 */
export const BUCKET_SCRIPT = `
local replica, capacity, perMs, ttlMs = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local held, returned, replicas = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local need, least, ahead = tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])
${CLOCK}
local level, at, others = capacity, now, 0
local stored = redis.call('HGETALL', KEYS[1])
for i = 1, #stored, 2 do
  local field, value = stored[i], stored[i + 1]
  if field == 'level' then level = tonumber(value)
  elseif field == 'at' then at = tonumber(value)
  elseif field ~= replica then
    local units, expires = string.match(value, '^(%S+) (%S+)$')
    if tonumber(expires) > now then others = others + tonumber(units)
    else redis.call('HDEL', KEYS[1], field) end
  end
end
local room = capacity - others - held
if perMs > 0 then
  room = math.min(room, level + math.max(0, now - at) / 1000 * perMs + returned)
end
${GRANT}
local wait = 0
if isShort and perMs > 0 then wait = math.max(1, math.ceil((least - (room - granted)) / perMs)) end
if held + granted > 0 then
  redis.call('HSET', KEYS[1], replica, string.format('%.0f %.0f', held + granted, now + ttlMs * 1000))
else
  redis.call('HDEL', KEYS[1], replica)
end
redis.call('HSET', KEYS[1], 'level', string.format('%.17g', room - granted), 'at', string.format('%.0f', now))
local full = 0
if perMs > 0 then full = math.max(0, capacity - (room - granted)) / perMs end
redis.call('PEXPIRE', KEYS[1], math.ceil(full + ttlMs) + 1000)
local used = others + held + granted
if perMs > 0 then used = capacity - (room - granted) end
return { granted, wait, 0, ttlMs, string.format('%.17g', used) }
`;

/** A window made of slots: no more than the capacity in any so many of them. Units are of the slot in which they were granted. */
export const WINDOW_SCRIPT = `
local capacity, slotUs, slots = tonumber(ARGV[1]), tonumber(ARGV[2]) * 1000, tonumber(ARGV[3])
local slot, returned, replicas = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local need, least, ahead = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
${CLOCK}
local current = math.floor(now / slotUs)
local used, oldest = 0, current
local stored = redis.call('HGETALL', KEYS[1])
for i = 1, #stored, 2 do
  local of = tonumber(stored[i])
  if of <= current - slots then
    redis.call('HDEL', KEYS[1], stored[i])
  else
    used = used + tonumber(stored[i + 1])
    oldest = math.min(oldest, of)
  end
end
-- A replica's own part has fractions of units; HINCRBY takes whole ones.
returned = math.floor(returned)
if returned < 0 then slot = current end
if returned ~= 0 and slot > current - slots then
  redis.call('HINCRBY', KEYS[1], string.format('%.0f', slot), string.format('%.0f', -returned))
  used = used - returned
end
local room = capacity - used
${GRANT}
local wait = 0
if isShort then wait = math.max(1, math.ceil(((oldest + slots) * slotUs - now) / 1000)) end
if granted > 0 then
  redis.call('HINCRBY', KEYS[1], string.format('%.0f', current), string.format('%.0f', granted))
end
redis.call('PEXPIRE', KEYS[1], math.ceil(slots * slotUs / 1000) + 1000)
local left = math.floor(((current + 1) * slotUs - now) / 1000)
return { granted, wait, current, left, string.format('%.0f', used + granted) }
`;

/** Tells that a replica is there, and how many are. ARGV: replica, how long it counts in ms. */
export const REPLICAS_SCRIPT = `
${CLOCK}
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - tonumber(ARGV[2]) * 1000))
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.call('ZCARD', KEYS[1])
`;
