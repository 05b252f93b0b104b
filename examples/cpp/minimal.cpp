// The minimal endpoint in C++: POST /pusher/user-auth on Boost.Beast (server.hpp), for pages of its
// own origin. PUSHER_CONFIG and PORT configure it. CORS and JSONP need CSRF tokens: endpoint.cpp.
#include <cstdlib>

#include <pusher_auth.hpp>

#include "server.hpp"

using server::request, server::response, server::header;

// Your session: returns the user as JSON, or "" if nobody is logged in.
static std::string session_user(const request &req) {
  return header(req, "Cookie") == "session=demo" ? R"({"id":"12345"})" : "";
}

static response respond(const pusher::signer &signer, const request &req) try {
  const std::string user = session_user(req), type(header(req, "Content-Type").value_or(""));
  if (req.method_string() != "POST" || server::path_of(req) != "/pusher/user-auth" ||
      user.empty() || type.empty())
    return {server::http::status::forbidden, 11, "forbidden"};
  const auto socket_id = pusher::request_parameter(type, req.body(), "socket_id");
  response res(server::http::status::ok, 11,
               signer.authenticate_user(socket_id.value_or(""), user));
  res.set("Content-Type", "application/json");
  return res;
} catch (const pusher::error &error) {
  return {server::http::status::forbidden, 11, error.what()};
}

int main() try {
  const char *const config = std::getenv("PUSHER_CONFIG"), *const port = std::getenv("PORT");
  const pusher::signer signer(config == nullptr ? "" : config);
  const auto handle = [&](const request &req, bool) { return respond(signer, req); };
  server::run({{}, handle}, "127.0.0.1", port == nullptr ? "8000" : port);
} catch (const std::exception &error) {
  return std::cerr << error.what() << '\n', 1;
}
