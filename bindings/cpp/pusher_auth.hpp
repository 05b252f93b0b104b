// pusher_auth.hpp - server-side authentication for Pusher Channels in C++17 and later: users,
// channels, requests, events and webhooks.
//
// A header-only layer over pusher_auth.h, which documents what is accepted and what is returned.
//
//     const pusher::signer signer(R"({"key":"278d425bdf160c739803","secret":"…"})");
//     std::string body = signer.authenticate_user("1234.1234", R"({"id":"12345"})");
//
// `body` is the complete HTTP response body; send it unmodified, as application/json.
//
// All text is UTF-8. The functions read their string_view arguments during the call only; a view
// needs no terminating NUL. Every function that returns a string or takes a config throws
// pusher::error on invalid input.

#ifndef PUSHER_AUTH_HPP
#define PUSHER_AUTH_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "pusher_auth.h"

namespace pusher {

// error is thrown for invalid input. what() is the library's message for the code: it says what to
// do and contains no part of the input.
class error : public std::runtime_error {
public:
  explicit error(std::int32_t code) : std::runtime_error(pusher_error_message(code)), code_(code) {}

  // Returns the code, one of the PUSHER_ERROR_* constants of pusher_auth.h.
  std::int32_t code() const noexcept { return code_; }

  // Returns the name of the code, such as "PUSHER_ERROR_SOCKET_ID".
  const char *name() const noexcept { return pusher_error_name(code_); }

  // Returns the status of an endpoint's response: 400, 401 or 403 if the request is invalid, and
  // otherwise 500. Then the message is for your log, not for the client.
  int http_status() const noexcept {
    switch (code_) {
    case PUSHER_ERROR_PARAMETERS:
    case PUSHER_ERROR_PARAMETER_MISSING:
      return 400;
    case PUSHER_ERROR_WEBHOOK_KEY:
    case PUSHER_ERROR_WEBHOOK_SIGNATURE:
      return 401;
    case PUSHER_ERROR_SOCKET_ID:
    case PUSHER_ERROR_CHANNEL:
    case PUSHER_ERROR_CALLBACK:
      return 403;
    default:
      return 500;
    }
  }

private:
  std::int32_t code_;
};

// webhook_too_old is thrown for a webhook that is genuine but older than the limit.
class webhook_too_old : public std::runtime_error {
public:
  webhook_too_old() : std::runtime_error("the webhook is older than the limit: ignore it") {}
};

// request is a signed request to the REST API, for your HTTP client. Send it within 600 seconds,
// with the body unmodified as application/json.
struct request {
  std::string method, url, body;
};

namespace detail {

// Calls write(buffer, size), and returns as many bytes as it reports. Throws its error.
template<class Write> std::string with_buffer(std::size_t size, Write write) {
  std::int32_t n = 0;
  std::string out;
#ifdef __cpp_lib_string_resize_and_overwrite
  out.resize_and_overwrite(size, [&](char *data, std::size_t) {
    n = write(data, size);
    return n < 0 ? std::size_t{0} : static_cast<std::size_t>(n);
  });
#else
  out.resize(size);
  n = write(out.data(), size);
  out.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
#endif
  if (n < 0) throw error(n);
  return out;
}

// Returns the number that is the value of the member `time_ms` of a webhook itself, or -1. What
// clients can put into a webhook stands in strings, so only these and the depth matter.
inline std::int64_t webhook_time(std::string_view body) noexcept {
  constexpr std::string_view member = "\"time_ms\"", space = " \t\r\n";
  int depth = 0;
  for (std::size_t i = 0; i < body.size(); ++i) {
    if (body[i] == '{' || body[i] == '[') ++depth;
    if (body[i] == '}' || body[i] == ']') --depth;
    if (body[i] != '"') continue;
    const std::size_t start = i;
    for (++i; i < body.size() && body[i] != '"'; ++i)
      if (body[i] == '\\') ++i;
    if (depth != 1 || body.substr(start, member.size()) != member) continue;
    std::size_t at = body.find_first_not_of(space, i + 1);
    if (at == body.npos || body[at] != ':') continue;
    at = body.find_first_not_of(space, at + 1);
    std::int64_t time = -1;
    for (; at < body.size() && body[at] >= '0' && body[at] <= '9' && time < INT64_MAX / 10 - 1;
         ++at)
      time = (time < 0 ? 0 : time * 10) + (body[at] - '0');
    return time;
  }
  return -1;
}

} // namespace detail

// signer holds an app's credentials. Any number of threads can use one signer at the same time. It
// can be moved, not copied. A signer that was moved from throws PUSHER_ERROR_NULL_ARGUMENT when it
// is used. The destructor wipes the secret.
class signer {
public:
  // Reads the config: {"key":"…","secret":"…"} with the members of Pusher's Node library, or a
  // PUSHER_URL, https://KEY:SECRET@api-CLUSTER.pusher.com/apps/APP_ID. Throws
  // PUSHER_ERROR_CONFIG_* and PUSHER_ERROR_ENCRYPTION_KEY.
  explicit signer(std::string_view config) {
    pusher_signer *created = nullptr;
    if (const std::int32_t code = pusher_signer_new(config.data(), config.size(), &created);
        code < 0)
      throw error(code);
    signer_.reset(created);
  }

  // ---- Endpoints ----

  // Authenticates a user: returns the response to a client that connected as `socket_id`.
  // `user_json` is a JSON object with a non-empty string "id". Take the user from your session,
  // never from the request. Throws PUSHER_ERROR_SOCKET_ID, which is the client's error, and
  // PUSHER_ERROR_USER_*.
  std::string authenticate_user(std::string_view socket_id, std::string_view user_json) const {
    return with_bound(socket_id.size() + user_json.size(), [&](char *out, std::size_t size) {
      return pusher_signer_authenticate_user(signer_.get(), socket_id.data(), socket_id.size(),
                                             user_json.data(), user_json.size(), out, size);
    });
  }

  // Authorizes a channel subscription: returns the response to a client that connected as
  // `socket_id`. `channel` begins with "private-" or "presence-". Decide before this call whether
  // the client may join it. `channel_data` is for presence channels: a JSON object with "user_id".
  // It may be empty if the connection has signed in. Throws PUSHER_ERROR_SOCKET_ID and
  // PUSHER_ERROR_CHANNEL, which are the client's errors, PUSHER_ERROR_CHANNEL_DATA and
  // PUSHER_ERROR_ENCRYPTION_KEY.
  std::string authorize_channel(std::string_view socket_id, std::string_view channel,
                                std::string_view channel_data = {}) const {
    const std::size_t length = socket_id.size() + channel.size() + channel_data.size();
    return with_bound(length, [&](char *out, std::size_t size) {
      return pusher_signer_authorize_channel(signer_.get(), socket_id.data(), socket_id.size(),
                                             channel.data(), channel.size(), channel_data.data(),
                                             channel_data.size(), out, size);
    });
  }

  // ---- Requests: each returns what to send with an HTTP client ----

  // Triggers an event on one channel. `data` is any text, usually JSON. It is encrypted on channels
  // that begin with "private-encrypted-". `socket_id` excludes a connection. Throws
  // PUSHER_ERROR_CHANNEL, PUSHER_ERROR_EVENT, PUSHER_ERROR_SOCKET_ID and PUSHER_ERROR_CONFIG_APP.
  request trigger(std::string_view channel, std::string_view name, std::string_view data,
                  std::string_view socket_id = {}) const {
    return post("/events", event_body(channel, name, data, socket_id));
  }

  // Triggers an event on up to 100 channels: {"name":…,"channels":[…],"data":…}. Throws
  // PUSHER_ERROR_EVENT, PUSHER_ERROR_CHANNEL and PUSHER_ERROR_CONFIG_APP.
  request trigger(std::string_view event_json) const {
    return post("/events", events_body(event_json));
  }

  // Triggers up to 10 events: {"batch":[{"name":…,"channel":…,"data":…}, …]}. Throws
  // PUSHER_ERROR_EVENT, PUSHER_ERROR_CHANNEL and PUSHER_ERROR_CONFIG_APP.
  request trigger_batch(std::string_view batch_json) const {
    return post("/batch_events", events_body(batch_json));
  }

  // Sends an event to all connections of a user. Throws PUSHER_ERROR_CHANNEL, PUSHER_ERROR_EVENT
  // and PUSHER_ERROR_CONFIG_APP.
  request send_to_user(std::string_view user_id, std::string_view name,
                       std::string_view data) const {
    return trigger("#server-to-user-" + std::string(user_id), name, data);
  }

  // Terminates all connections of a user. Throws PUSHER_ERROR_REQUEST and PUSHER_ERROR_CONFIG_APP.
  request terminate_user_connections(std::string_view user_id) const {
    return {"POST", terminate_user_url(user_id), "{}"};
  }

  // ---- Parts of requests ----

  // Returns the signed URL of a request to the REST API. `path` is below the app, such as
  // "/channels"; `query` is name=value pairs with "&" between them. `timestamp` is in Unix seconds;
  // 0 is now. Throws PUSHER_ERROR_CONFIG_APP and PUSHER_ERROR_REQUEST.
  std::string request_url(std::string_view method, std::string_view path,
                          std::string_view query = {}, std::string_view body = {},
                          std::int64_t timestamp = 0) const {
    return with_bound(method.size() + path.size() + query.size(), [&](char *out, std::size_t size) {
      return pusher_signer_request_url(signer_.get(), method.data(), method.size(), path.data(),
                                       path.size(), query.data(), query.size(), body.data(),
                                       body.size(), timestamp, out, size);
    });
  }

  // Returns the signed URL that terminates a user's connections. Send POST with the body {}.
  std::string terminate_user_url(std::string_view user_id, std::int64_t timestamp = 0) const {
    return with_bound(user_id.size(), [&](char *out, std::size_t size) {
      return pusher_signer_terminate_user_url(signer_.get(), user_id.data(), user_id.size(),
                                              timestamp, out, size);
    });
  }

  // Returns the body of POST /events for one channel; see trigger.
  std::string event_body(std::string_view channel, std::string_view name, std::string_view data,
                         std::string_view socket_id = {}) const {
    const std::size_t length = channel.size() + name.size() + data.size() + socket_id.size();
    return with_bound(length, [&](char *out, std::size_t size) {
      return pusher_signer_event_body(signer_.get(), channel.data(), channel.size(), name.data(),
                                      name.size(), data.data(), data.size(), socket_id.data(),
                                      socket_id.size(), out, size);
    });
  }

  // Returns the body of POST /events or /batch_events; see trigger and trigger_batch.
  std::string events_body(std::string_view events_json) const {
    return with_bound(events_json.size(), [&](char *out, std::size_t size) {
      return pusher_signer_events_body(signer_.get(), events_json.data(), events_json.size(), out,
                                       size);
    });
  }

  // Encrypts data for a channel that begins with "private-encrypted-". event_body and events_body
  // do so themselves. Throws PUSHER_ERROR_CHANNEL and PUSHER_ERROR_ENCRYPTION_KEY.
  std::string encrypt(std::string_view channel, std::string_view data) const {
    return with_bound(channel.size() + data.size(), [&](char *out, std::size_t size) {
      return pusher_signer_encrypt(signer_.get(), channel.data(), channel.size(), data.data(),
                                   data.size(), out, size);
    });
  }

  // Decrypts the data of such a channel, for example of a webhook's client event. Throws
  // PUSHER_ERROR_DECRYPTION, PUSHER_ERROR_CHANNEL and PUSHER_ERROR_ENCRYPTION_KEY.
  std::string decrypt(std::string_view channel, std::string_view encrypted) const {
    return with_bound(channel.size() + encrypted.size(), [&](char *out, std::size_t size) {
      return pusher_signer_decrypt(signer_.get(), channel.data(), channel.size(), encrypted.data(),
                                   encrypted.size(), out, size);
    });
  }

  // ---- Webhooks ----

  // Verifies a webhook. `key` and `signature` are the headers X-Pusher-Key and X-Pusher-Signature,
  // empty if they are missing; `body` is the request's body, byte for byte. The comparison takes
  // constant time. Throws PUSHER_ERROR_WEBHOOK_KEY and PUSHER_ERROR_WEBHOOK_SIGNATURE.
  void verify_webhook(std::string_view key, std::string_view signature,
                      std::string_view body) const {
    const std::int32_t code =
        pusher_signer_verify_webhook(signer_.get(), key.data(), key.size(), signature.data(),
                                     signature.size(), body.data(), body.size());
    if (code < 0) throw error(code);
  }

private:
  template<class Write> std::string with_bound(std::size_t length, Write write) const {
    return detail::with_buffer(pusher_signer_bound(signer_.get(), length), write);
  }

  request post(std::string_view path, std::string body) const {
    std::string url = request_url("POST", path, {}, body);
    return {"POST", std::move(url), std::move(body)};
  }

  struct free_signer {
    void operator()(pusher_signer *s) const noexcept { pusher_signer_free(s); }
  };
  std::unique_ptr<pusher_signer, free_signer> signer_;
};

// Verifies a webhook that may be signed with any of several tokens, for example while a secret is
// being replaced, and returns the signer of its token. `signers` is a range of signers.
//
// Throws what signer::verify_webhook throws, and webhook_too_old if the member time_ms of the
// webhook is missing or more than `max_age` before `now`.
template<class Signers>
const signer &
verify_webhook(const Signers &signers, std::string_view key, std::string_view signature,
               std::string_view body,
               std::chrono::milliseconds max_age = std::chrono::milliseconds::max(),
               std::chrono::system_clock::time_point now = std::chrono::system_clock::now()) {
  error failure(PUSHER_ERROR_WEBHOOK_KEY);
  for (const signer &candidate : signers) {
    try {
      candidate.verify_webhook(key, signature, body);
    } catch (const error &reason) {
      if (reason.code() != PUSHER_ERROR_WEBHOOK_KEY) failure = reason;
      continue;
    }
    if (max_age == std::chrono::milliseconds::max()) return candidate;
    const std::int64_t sent = detail::webhook_time(body);
    const auto now_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
    if (sent < 0 || now_ms.count() - sent > max_age.count()) throw webhook_too_old();
    return candidate;
  }
  throw failure;
}

// Reads a parameter of a request: of a form or a JSON object, as `content_type` says, or of a query
// string if `content_type` is empty. Returns nothing if there is no parameter of this name. Throws
// PUSHER_ERROR_PARAMETERS if the text is malformed, has a name twice, or the value is not a string.
inline std::optional<std::string> request_parameter(std::string_view content_type,
                                                    std::string_view text, std::string_view name) {
  std::string value(text.size() + 1, '\0');
  const std::int32_t n =
      pusher_request_parameter(content_type.data(), content_type.size(), text.data(), text.size(),
                               name.data(), name.size(), value.data(), value.size());
  if (n == PUSHER_ERROR_PARAMETER_MISSING) return std::nullopt;
  if (n < 0) throw error(n);
  value.resize(static_cast<std::size_t>(n));
  return value;
}

// Returns the script that a JSONP endpoint responds with: a call of `callback` with `response`,
// which authenticate_user or authorize_channel returned. Send it as "application/javascript;
// charset=utf-8". Throws PUSHER_ERROR_CALLBACK, which is the client's error, and
// PUSHER_ERROR_RESPONSE_INVALID.
inline std::string jsonp(std::string_view callback, std::string_view response) {
  const std::size_t bound = callback.size() + 2 * response.size() + 8;
  return detail::with_buffer(bound, [&](char *out, std::size_t size) {
    return pusher_jsonp(callback.data(), callback.size(), response.data(), response.size(), out,
                        size);
  });
}

// Returns the version of the library that is loaded. PUSHER_AUTH_VERSION is that of the header.
inline std::string_view version() noexcept { return pusher_version(); }

} // namespace pusher

#endif
