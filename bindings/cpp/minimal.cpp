// The smallest endpoint that is right, in C++: POST /pusher/user-auth on Boost.Beast. It has no CORS headers and no
// JSONP, so that only pages of its own origin can read the answer; with those you need CSRF tokens too: endpoint.cpp
// has all. Run it with PUSHER_CONFIG and PORT.
#include <utility> // Boost 1.74 uses it unsaid

#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <cstdlib>
#include <pusher_auth.hpp>
#include <sstream>

namespace asio = boost::asio;
namespace http = boost::beast::http;
using request = http::request<http::string_body>;

// Yours: the user of the request's session as JSON, "" where nobody is signed in.
static std::string session_user(const request &req) { return req[http::field::cookie] == "session=demo" ? R"({"id":"12345"})" : ""; }

static std::string socket_id(const request &req) {
  std::istringstream form(req.body());
  for (std::string field; std::getline(form, field, '&');)
    if (field.rfind("socket_id=", 0) == 0) return field.substr(10);
  return "";
}

static http::response<http::string_body> answer(const pusher::signer &signer, const request &req) try {
  const std::string user = req.method() == http::verb::post && req.target() == "/pusher/user-auth" ? session_user(req) : "";
  http::response<http::string_body> res(user.empty() ? http::status::forbidden : http::status::ok, req.version());
  res.body() = user.empty() ? "forbidden" : signer.authenticate_user(socket_id(req), user);
  res.set(http::field::content_type, user.empty() ? "text/plain" : "application/json");
  return res;
} catch (const pusher::error &error) {
  return {http::status::forbidden, req.version(), error.what()};
}

// One request for each connection, which has ten seconds.
static asio::awaitable<void> serve(const pusher::signer &signer, boost::beast::tcp_stream stream) {
  boost::beast::flat_buffer buffer;
  request req;
  stream.expires_after(std::chrono::seconds(10));
  co_await http::async_read(stream, buffer, req, asio::use_awaitable);
  auto res = answer(signer, req);
  res.keep_alive(false);
  res.prepare_payload();
  co_await http::async_write(stream, res, asio::use_awaitable);
}

static asio::awaitable<void> listen(const pusher::signer &signer, asio::ip::tcp::acceptor acceptor) {
  for (;;) {
    boost::beast::tcp_stream stream(co_await acceptor.async_accept(asio::use_awaitable));
    asio::co_spawn(acceptor.get_executor(), serve(signer, std::move(stream)), asio::detached); // which drops its errors
  }
}

int main() {
  const pusher::signer signer(std::getenv("PUSHER_CONFIG"));
  asio::io_context io(1);
  const auto port = static_cast<unsigned short>(std::atoi(std::getenv("PORT")));
  asio::co_spawn(io, listen(signer, asio::ip::tcp::acceptor(io, {asio::ip::address_v4::loopback(), port})), asio::detached);
  io.run();
}
