// The minimal endpoint in C++: POST /pusher/user-auth on Boost.Beast (server.hpp), for pages of its
// own origin. PUSHER_CONFIG and PORT configure it. CORS and JSONP need CSRF tokens: endpoint.cpp.
#include <cstdlib>

#include <pusher_auth.hpp>

#include "server.hpp"

using server::request, server::response, server::error_code;
namespace http = server::http;

// Your session: returns the user as JSON, or "" if nobody is logged in.
static std::string session_user(const request &req) {
  return req["Cookie"] == "session=demo" ? R"({"id":"12345"})" : "";
}

static response respond(const pusher::signer &signer, const request &req, error_code error) try {
  const std::string user = session_user(req), type(req["Content-Type"]);
  if (error || req.method() != http::verb::post || req.target() != "/pusher/user-auth" ||
      user.empty() || type.empty())
    return {http::status::forbidden, 11, "forbidden"};
  const auto socket_id = pusher::request_parameter(type, req.body(), "socket_id");
  response res(http::status::ok, 11, signer.authenticate_user(socket_id.value_or(""), user));
  res.set("Content-Type", "application/json");
  return res;
} catch (const pusher::error &reason) {
  return {http::status::forbidden, 11, reason.what()};
}

int main() try {
  const char *const config = std::getenv("PUSHER_CONFIG"), *const port = std::getenv("PORT");
  const pusher::signer signer(config == nullptr ? "" : config);
  server::run([&](const auto &req, auto error) { return respond(signer, req, error); }, "127.0.0.1",
              port == nullptr ? "8000" : port);
} catch (const std::exception &error) {
  return std::cerr << error.what() << '\n', 1;
}
