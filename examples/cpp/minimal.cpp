// The smallest endpoint that is right, in C++: POST /pusher/user-auth on Boost.Beast. It has no CORS headers and no
// JSONP, so that only pages of its own origin can read the answer; with those you need CSRF tokens too: endpoint.cpp
// has all. Run it with PUSHER_CONFIG and PORT.
#include <utility> // Boost 1.74 uses it unsaid

#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <cstdlib>
#include <pusher_auth.hpp>

namespace asio = boost::asio;
namespace http = boost::beast::http;
using request = http::request<http::string_body>;

// Yours: the user of the request's session as JSON, "" where nobody is signed in.
static std::string session_user(const request &req) { return req[http::field::cookie] == "session=demo" ? R"({"id":"12345"})" : ""; }

static http::response<http::string_body> answer(const pusher::signer &signer, const request &req) try {
  const std::string user = session_user(req), form = "&" + req.body() + "&", name = "&socket_id=";
  const auto at = form.find(name) + name.size();
  if (user.empty() || at < name.size() || req.method() != http::verb::post || req.target() != "/pusher/user-auth")
    return {http::status::forbidden, 11, "forbidden"};
  http::response<http::string_body> res(http::status::ok, 11, signer.authenticate_user(form.substr(at, form.find('&', at) - at), user));
  res.set(http::field::content_type, "application/json");
  return res;
} catch (const pusher::error &error) {
  return {http::status::forbidden, 11, error.what()};
}

// One request for each connection, in ten seconds.
static asio::awaitable<void> serve(const pusher::signer &signer, boost::beast::tcp_stream stream) {
  boost::beast::flat_buffer buffer;
  http::request_parser<http::string_body> parser;
  parser.body_limit(8192);
  stream.expires_after(std::chrono::seconds(10));
  co_await http::async_read(stream, buffer, parser, asio::use_awaitable);
  auto res = answer(signer, parser.get());
  res.keep_alive(false);
  res.prepare_payload();
  co_await http::async_write(stream, res, asio::use_awaitable);
}

static asio::awaitable<void> listen(const pusher::signer &signer, asio::ip::tcp::acceptor acceptor) {
  for (boost::system::error_code error;;) {
    auto socket = co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (!error) asio::co_spawn(acceptor.get_executor(), serve(signer, boost::beast::tcp_stream(std::move(socket))), asio::detached);
  }
}

int main() {
  const char *const config = std::getenv("PUSHER_CONFIG"), *const port = std::getenv("PORT");
  const pusher::signer signer(config == nullptr ? "" : config);
  asio::io_context io(1);
  const asio::ip::tcp::endpoint address(asio::ip::address_v4::loopback(), static_cast<unsigned short>(std::atoi(port == nullptr ? "8000" : port)));
  asio::co_spawn(io, listen(signer, asio::ip::tcp::acceptor(io, address)), asio::detached);
  io.run();
}
