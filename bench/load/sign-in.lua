-- Makes wrk send the sign-in request, at most REQUESTS times, and prints the result as JSON.
local left = tonumber(os.getenv("REQUESTS"))
local headers = { ["Content-Type"] = "application/x-www-form-urlencoded", Cookie = os.getenv("COOKIE") }
local built

function init()
  built = wrk.format("POST", "/pusher/user-auth", headers, os.getenv("BODY"))
end

function request()
  left = left - 1
  if left < 0 then wrk.thread:stop() end
  return built
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format('\n{"requests":%d,"microseconds":%d,"errors":%d,"p50":%f,"p99":%f}\n', summary.requests, summary.duration,
    e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50), latency:percentile(99)))
end
