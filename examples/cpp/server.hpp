// Boost.Beast as a server that needs no proxy in front: it bounds the time and the memory of every
// connection. Each connection has one request, so nothing after a request can run as another one.
#pragma once

#include <charconv>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility> // Boost 1.74 lacks it

#include <boost/asio.hpp>
#include <boost/beast.hpp>

namespace server {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp, asio::use_awaitable, beast::error_code;
using request = http::request<http::string_body>;
using response = http::response<http::string_body>;

// Responds to a request. If there is an error, the request is malformed or over a limit.
using handler = std::function<response(const request &, error_code)>;

constexpr std::size_t max_head = 16'384, max_body = 256 * 1024, max_connections = 1000;
constexpr std::chrono::milliseconds max_time(10'000), retry_after(10);

// Throws if the client goes away or is too slow.
inline asio::awaitable<void> serve(std::shared_ptr<beast::tcp_stream> stream, handler handle) {
  stream->expires_after(max_time);
  beast::flat_static_buffer<max_head> buffer; // bounds chunk sizes, extensions and trailers, too
  http::request_parser<http::string_body> parser;
  parser.header_limit(max_head);
  parser.body_limit(max_body);
  error_code error;
  auto token = redirect_error(use_awaitable, error);
  co_await http::async_read_header(*stream, buffer, parser, token);
  request &req = parser.get();
  // Beast leaves these rules of HTTP to the server.
  if (!error && (req.count("Host") > 1 || (req.version() == 11 && req.count("Host") == 0) ||
                 (req.count("Transfer-Encoding") > 0 && !parser.chunked())))
    error = http::error::bad_field;
  if (!error && beast::iequals(req["Expect"], "100-continue"))
    co_await http::async_write(*stream, response(http::status::continue_, 11), use_awaitable);
  const auto head = req.base();
  if (!error) co_await http::async_read(*stream, buffer, parser, token);
  req.base() = head; // without trailers
  if (error == http::error::end_of_stream || !stream->socket().is_open()) co_return;

  response res = handle(req, error);
  res.keep_alive(false);
  res.prepare_payload();
  if (req.method() == http::verb::head) res.body().clear();
  co_await http::async_write(*stream, res, use_awaitable);
  // A client that is still sending would lose the response if the connection were closed.
  stream->socket().shutdown(tcp::socket::shutdown_send);
  for (buffer.clear();;) co_await stream->async_read_some(buffer.prepare(max_head), use_awaitable);
}

// At the limit, closes the oldest connection.
inline asio::awaitable<void> listen(tcp::acceptor acceptor, handler handle) {
  std::map<std::size_t, std::shared_ptr<beast::tcp_stream>> open; // the oldest is the first
  const auto executor = acceptor.get_executor();
  for (std::size_t number = 0;; ++number) {
    error_code error; // such as too many open files
    tcp::socket socket = co_await acceptor.async_accept(redirect_error(use_awaitable, error));
    if (!open.empty() && (error || open.size() >= max_connections))
      open.extract(open.begin()).mapped()->close();
    if (error) {
      co_await asio::steady_timer(executor, retry_after).async_wait(use_awaitable);
      continue;
    }
    const auto stream = open[number] = std::make_shared<beast::tcp_stream>(std::move(socket));
    co_spawn(executor, serve(stream, handle),
             [&open, number](std::exception_ptr) { open.erase(number); });
  }
}

// Serves requests until SIGINT or SIGTERM.
inline void run(handler handle, const std::string &ip, const std::string &port) {
  unsigned short number = 0;
  std::from_chars(port.data(), port.data() + port.size(), number);
  if (number == 0) throw std::runtime_error("PORT must be a number from 1 to 65535");
  error_code error;
  const tcp::endpoint address(asio::ip::make_address(ip, error), number);
  if (error) throw std::runtime_error("BIND must be an IP address");
  asio::io_context io(1);
  asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&](error_code, int) { io.stop(); });
  co_spawn(io, listen(tcp::acceptor(io, address), std::move(handle)), asio::detached);
  std::cout << "listening on http://" << address << std::endl;
  io.run();
}

} // namespace server
