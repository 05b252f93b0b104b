// pusher_auth.hpp - what takes the secret of a Pusher Channels app, for C++17 and later: user
// authentication, channel authorization, signed requests to the REST API, webhooks.
//
// A thin layer over pusher_auth.h, which has the rules on what is accepted and what comes out.
//
//     const pusher::signer signer(R"({"key":"278d425bdf160c739803","secret":"7ad3773142a6692b25b8"})");
//     std::string body = signer.authenticate_user("1234.1234", R"({"id":"12345"})");
//
// `body` is the whole HTTP response body: send it as it is, as application/json.
//
// Text is UTF-8 throughout. Views are read during the call only, and need no NUL at their end.
// A default-constructed view is an empty string.

#ifndef PUSHER_AUTH_HPP
#define PUSHER_AUTH_HPP

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "pusher_auth.h"

namespace pusher {

// error: what every function here throws when it refuses its input. what() is the library's own
// message for the code: it says what to do, and never holds any of the input.
class error : public std::runtime_error {
public:
  explicit error(std::int32_t code) : std::runtime_error(pusher_error_message(code)), code_(code) {}

  // code: one of the PUSHER_ERROR_* constants of pusher_auth.h.
  std::int32_t code() const noexcept { return code_; }

private:
  std::int32_t code_;
};

namespace detail {

// Gives `write` a string of `size` bytes to fill, and keeps as many as it says it wrote.
template <class Write> std::string written(std::size_t size, Write write) {
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

} // namespace detail

// signer: an app's credentials, read and checked once. Any number of threads may use one signer at
// the same time. It can be moved, not copied; a signer that was moved from throws
// PUSHER_ERROR_NULL_ARGUMENT when used, until another is assigned to it. Its destructor wipes the
// secret.
class signer {
public:
  // signer: from the object that Pusher's Node library takes, {"key":"…","secret":"…"}. Throws
  // PUSHER_ERROR_CONFIG_*.
  explicit signer(std::string_view config) : config_size_(config.size()) {
    // The C function would stop at a NUL, and sign with only a part of what was meant.
    if (config.find('\0') != config.npos) throw error(PUSHER_ERROR_CONFIG_INVALID);
    std::string terminated(config);
    pusher_signer *created = nullptr;
    const std::int32_t code = pusher_signer_new(terminated.c_str(), &created);
    for (volatile char &c : terminated) c = 0; // it holds the secret; volatile, so that it is done
    if (code < 0) throw error(code);
    signer_.reset(created);
  }

  // authenticate_user: the response to a client that connected as `socket_id` and is to be signed
  // in as `user_json`, a JSON object with a non-empty string "id". Who the user is must come from
  // your session, never from the request. Throws PUSHER_ERROR_SOCKET_ID, which is the client's
  // fault, and PUSHER_ERROR_USER_*, which is yours.
  std::string authenticate_user(std::string_view socket_id, std::string_view user_json) const {
    const std::size_t bound = pusher_response_bound(config_size_, user_json.size());
    return detail::written(bound, [&](char *out, std::size_t size) {
      return pusher_signer_authenticate_user(signer_.get(), socket_id.data(), socket_id.size(),
                                             user_json.data(), user_json.size(), out, size);
    });
  }

  // authorize_channel: the response to a client that connected as `socket_id` and may join
  // `channel`, which begins with "private-" or "presence-". Whether it may is yours to decide,
  // before this call. `channel_data` is for presence channels alone: a JSON object with a
  // "user_id"; none where the user is signed in. Throws PUSHER_ERROR_SOCKET_ID and
  // PUSHER_ERROR_CHANNEL, which are the client's fault, PUSHER_ERROR_CHANNEL_DATA and
  // PUSHER_ERROR_ENCRYPTION_KEY, which are yours.
  std::string authorize_channel(std::string_view socket_id, std::string_view channel,
                                std::string_view channel_data = {}) const {
    const std::size_t bound = pusher_response_bound(config_size_, channel_data.size());
    return detail::written(bound, [&](char *out, std::size_t size) {
      return pusher_signer_authorize_channel(signer_.get(), socket_id.data(), socket_id.size(), channel.data(),
                                             channel.size(), channel_data.data(), channel_data.size(), out, size);
    });
  }

  // sign_request: the URL of a signed request to Pusher's REST API, for your HTTP client: send
  // `method` and `body` with it, as application/json. `path` is below the app, such as "/events",
  // and `query` is name=value pairs with "&" between them. `timestamp` is when, in Unix seconds; 0 is
  // now. Throws PUSHER_ERROR_CONFIG_APP and PUSHER_ERROR_REQUEST.
  std::string sign_request(std::string_view method, std::string_view path, std::string_view query = {},
                           std::string_view body = {}, std::int64_t timestamp = 0) const {
    // The C function would stop at a NUL, and sign only a part of what was meant.
    for (const std::string_view text : {method, path, query})
      if (text.find('\0') != text.npos) throw error(PUSHER_ERROR_REQUEST);
    const std::string m(method), p(path), q(query);
    return detail::written(config_size_ + path.size() + query.size() + 256, [&](char *out, std::size_t size) {
      return pusher_signer_sign_request(signer_.get(), m.c_str(), p.c_str(), q.c_str(), body.data(), body.size(),
                                        timestamp, out, size);
    });
  }

  // verify_webhook: returns if the webhook is Pusher's. `key` and `signature` are its headers
  // X-Pusher-Key and X-Pusher-Signature, empty where they are missing, and `body` is its body, byte
  // for byte. Compares in constant time. Throws PUSHER_ERROR_WEBHOOK_KEY and
  // PUSHER_ERROR_WEBHOOK_SIGNATURE.
  void verify_webhook(std::string_view key, std::string_view signature, std::string_view body) const {
    const std::int32_t code = pusher_signer_verify_webhook(signer_.get(), key.data(), key.size(), signature.data(),
                                                           signature.size(), body.data(), body.size());
    if (code < 0) throw error(code);
  }

private:
  struct free_signer {
    void operator()(pusher_signer *s) const noexcept { pusher_signer_free(s); }
  };
  std::unique_ptr<pusher_signer, free_signer> signer_;
  std::size_t config_size_;
};

// jsonp: the script that a JSONP endpoint answers with: `callback` called with `response`, which is
// what authenticate_user returned. Send it as "application/javascript; charset=utf-8". Throws
// PUSHER_ERROR_CALLBACK, which is the client's fault, and PUSHER_ERROR_RESPONSE_INVALID.
inline std::string jsonp(std::string_view callback, std::string_view response) {
  // The C function would stop at a NUL, and let through what comes after it unchecked.
  if (callback.find('\0') != callback.npos) throw error(PUSHER_ERROR_CALLBACK);
  if (response.find('\0') != response.npos) throw error(PUSHER_ERROR_RESPONSE_INVALID);
  const std::string terminated_callback(callback), terminated_response(response);
  return detail::written(2 * response.size() + callback.size() + 8, [&](char *out, std::size_t size) {
    return pusher_jsonp(terminated_callback.c_str(), terminated_response.c_str(), out, size);
  });
}

// version: of the library that is loaded; PUSHER_AUTH_VERSION is that of the header.
inline std::string_view version() noexcept { return pusher_version(); }

} // namespace pusher

#endif
