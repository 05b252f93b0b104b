-- pusher-auth in LuaJIT by its ffi, with the declarations in pusher_auth.ffi.h.

local ffi = require("ffi")
local folder = arg[0]:match("^(.*)/") or "."
ffi.cdef(assert(io.open(folder .. "/../../include/pusher_auth.ffi.h")):read("*a"))
local lib = ffi.load("libpusher_auth.so.1")

local pusher_error = { __tostring = function(e) return e.name .. ": " .. e.message end }

-- Passes strings with their lengths, and raises errors.
local function call(f, ...)
  local values, n = {}, 0
  for _, value in ipairs({ ... }) do
    n = n + 1
    values[n] = value
    if type(value) == "string" then
      n = n + 1
      values[n] = #value
    end
  end
  local result = f(unpack(values, 1, n))
  if result < 0 then
    local name = ffi.string(lib.pusher_error_name(result))
    local message = ffi.string(lib.pusher_error_message(result))
    error(setmetatable({ code = result, name = name, message = message }, pusher_error))
  end
  return result
end

local function new_signer(config)
  local signer = ffi.new("pusher_signer *[1]")
  call(lib.pusher_signer_new, config, signer)
  return ffi.gc(signer[0], lib.pusher_signer_free)
end

local function text(size, f, ...)
  local values, buffer = { ... }, ffi.new("char[?]", size)
  values[#values + 1] = buffer
  values[#values + 1] = size
  return ffi.string(buffer, call(f, unpack(values)))
end

local function sign(signer, f, ...)
  return text(lib.pusher_signer_bound(signer, #table.concat({ ... })), f, signer, ...)
end

local signer = new_signer(os.getenv("PUSHER_CONFIG"))
local channel = "private-encrypted-bla"
print(sign(signer, lib.pusher_signer_authenticate_user, "1234.1234", '{"id":"12345"}'))
print(sign(signer, lib.pusher_signer_authorize_channel, "1234.1234", channel, ""))
local event = sign(signer, lib.pusher_signer_event_body, channel, "news", '{"hello":"🌍"}', "")
-- LuaJIT has no JSON parser, but the library reads a member that is a string.
local data = text(#event + 1, lib.pusher_request_parameter, "application/json", event, "data")
print(sign(signer, lib.pusher_signer_decrypt, channel, data))

local token = new_signer('{"key":"key","secret":"secret"}')
local signature = "2677ad3e7c090b2fa2c0fb13020d66d5420879b8316eb356a2d60fb9073bc778"
local verify = lib.pusher_signer_verify_webhook
call(verify, token, "key", signature, '{"hello":"world"}')
print(select(2, pcall(call, verify, token, "key", signature, '{"hello":"World"}')))
