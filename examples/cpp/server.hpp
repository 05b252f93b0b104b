// A small HTTP server on Boost.Beast, for endpoints without a proxy in front. It bounds the memory
// and the time of every connection.
#ifndef SERVER_HPP
#define SERVER_HPP

#include <utility> // Boost 1.74 lacks it

#include <array>
#include <charconv>
#include <chrono>
#include <csignal>
#include <functional>
#include <iostream>
#include <iterator>
#include <limits>
#include <list>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <boost/version.hpp>
#if BOOST_VERSION < 108000
#define BOOST_BEAST_USE_STD_STRING_VIEW // later, Beast's own one converts
#endif
#include <boost/asio.hpp>
#include <boost/beast.hpp>

namespace server {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp, std::string, std::string_view;
using request = http::request<http::string_body>;
using response = http::response<http::string_body>;

constexpr std::size_t max_head = 16'384, max_connections = 1000, max_of_address = 512;
// From the connection or the last response to the end of this response.
constexpr auto request_time = std::chrono::seconds(10);

inline string_view path_of(const request &req) {
  return req.target().substr(0, req.target().find('?'));
}

inline string_view query_of(const request &req) {
  return req.target().substr(std::min(path_of(req).size() + 1, req.target().size()));
}

// Returns the header's value. Returns nothing if it is missing, and "\n" if there are several.
inline std::optional<string_view> header(const request &req, string_view name) {
  const auto count = req.count(name);
  if (count == 0) return {};
  return count == 1 ? req[name] : "\n";
}

// What responds to requests. A request with a body over its limit comes without the body.
struct application {
  std::function<std::size_t(string_view path)> body_limit; // 8,192 bytes if it is empty
  std::function<response(const request &, bool is_too_large)> handle;
};

class listener {
public:
  listener(application app, tcp::acceptor acceptor)
      : app_(std::move(app)), acceptor_(std::move(acceptor)) {}

  asio::awaitable<void> listen() {
    asio::steady_timer timer(acceptor_.get_executor());
    for (;;) {
      beast::error_code error;
      auto token = asio::redirect_error(asio::use_awaitable, error);
      tcp::socket socket = co_await acceptor_.async_accept(token);
      if (!error) {
        const asio::ip::address address = socket.remote_endpoint(error).address();
        make_room(address);
        connections_.push_back({beast::tcp_stream(std::move(socket)), address});
        const auto added = std::prev(connections_.end());
        asio::co_spawn(acceptor_.get_executor(), serve(added), asio::detached);
      } else if (error != asio::error::no_descriptors || !close_oldest(nullptr)) {
        timer.expires_after(std::chrono::milliseconds(100));
        co_await timer.async_wait(token);
      }
    }
  }

private:
  struct connection {
    beast::tcp_stream stream;
    asio::ip::address address;
    string input{};
  };
  using iterator = std::list<connection>::iterator;

  // At a limit, closes the connection whose request is the oldest.
  void make_room(const asio::ip::address &address) {
    std::size_t all = 0, same = 0;
    for (const connection &c : connections_)
      if (c.stream.socket().is_open()) ++all, same += c.address == address;
    if (same >= max_of_address)
      close_oldest(&address);
    else if (all >= max_connections)
      close_oldest(nullptr);
  }

  // Closes the oldest connection, or that of an address. Returns false if there is none.
  bool close_oldest(const asio::ip::address *address) {
    for (connection &c : connections_)
      if (c.stream.socket().is_open() && (address == nullptr || c.address == *address))
        return c.stream.close(), true;
    return false;
  }

  asio::awaitable<void> serve(iterator c) {
    try {
      do {
        connections_.splice(connections_.end(), connections_, c);
        c->stream.expires_after(request_time);
      } while (co_await serve_request(*c));
      // A client that is still sending would lose the response if the connection were closed.
      c->stream.socket().shutdown(tcp::socket::shutdown_send);
      for (std::array<char, 4096> dropped;;)
        co_await c->stream.async_read_some(asio::buffer(dropped), asio::use_awaitable);
    } catch (const boost::system::system_error &) { // the client, the deadline or close_oldest()
    }
    connections_.erase(c);
  }

  // Returns whether another request may follow.
  asio::awaitable<bool> serve_request(connection &c) {
    beast::error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    const auto limited = [&] { return asio::dynamic_buffer(c.input, 2 * max_head); };
    const std::size_t size =
        co_await asio::async_read_until(c.stream, limited(), "\r\n\r\n", token);
    const string_view raw_head(c.input.data(), size);
    // Beast joins folded lines. A server in front may read them differently.
    const bool is_folded =
        raw_head.find("\r\n ") != raw_head.npos || raw_head.find("\r\n\t") != raw_head.npos;
    if (error == asio::error::not_found || (!error && is_folded)) error = http::error::bad_field;
    auto buffer = limited(); // bounds chunk sizes, extensions and trailers, too
    http::request_parser<http::string_body> parser;
    parser.header_limit(max_head);
    parser.body_limit(std::numeric_limits<std::uint64_t>::max()); // until the path is known
    if (!error) co_await http::async_read_header(c.stream, buffer, parser, token);
    request &req = parser.get();
    const auto head = req.base();
    const std::size_t limit = app_.body_limit ? app_.body_limit(path_of(req)) : 8192;
    bool is_too_large = !error && parser.content_length().value_or(0) > limit;
    if (!error && is_ambiguous(req)) error = http::error::bad_field;
    if (!error && !is_too_large) {
      parser.body_limit(limit);
      if (beast::iequals(req[http::field::expect], "100-continue")) {
        http::response<http::empty_body> go_on(http::status::continue_, 11);
        co_await http::async_write(c.stream, go_on, asio::use_awaitable);
      }
      co_await http::async_read(c.stream, buffer, parser, token);
      is_too_large = error == http::error::body_limit;
      req.base() = head; // Beast has added the trailers
    }
    if (is_too_large) error = {}, req.body().clear();
    if (error == http::error::end_of_stream || error == http::error::partial_message ||
        (error && error.category() != make_error_code(http::error::bad_field).category()))
      throw boost::system::system_error(error);

    response res = error ? response(http::status::bad_request, 11, "bad request")
                         : app_.handle(req, is_too_large);
    if (error) std::cerr << "- - 400 bad request\n";
    const bool is_last = error || is_too_large || parser.chunked() || !req.keep_alive();
    res.keep_alive(!is_last);
    if (res.result() != http::status::no_content) res.content_length(res.body().size());
    if (req.method() == http::verb::head) res.body().clear();
    co_await http::async_write(c.stream, res, asio::use_awaitable);
    co_return !is_last;
  }

  // Returns whether a server in front may read the length of the body differently from Beast.
  static bool is_ambiguous(const request &req) {
    const auto length = header(req, "Content-Length"), encoding = header(req, "Transfer-Encoding");
    const auto host = header(req, "Host");
    if (host ? *host == "\n" : req.version() == 11) return true;
    if (length) return encoding || length->find_first_not_of("0123456789") != length->npos;
    return encoding && (req.version() != 11 || !beast::iequals(*encoding, "chunked"));
  }

  application app_;
  tcp::acceptor acceptor_;
  std::list<connection> connections_; // by the begin of their requests
};

// Serves requests until SIGINT or SIGTERM.
inline void run(application app, const string &ip, const string &port) {
  unsigned short number = 0;
  std::from_chars(port.data(), port.data() + port.size(), number);
  if (number == 0) throw std::runtime_error("PORT must be a number from 1 to 65535");
  asio::io_context io(1);
  asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&](const beast::error_code &, int) { io.stop(); });
  std::signal(SIGPIPE, SIG_IGN);
  beast::error_code error;
  const tcp::endpoint address(asio::ip::make_address(ip, error), number);
  if (error) throw std::runtime_error("BIND must be an IP address");
  listener listener(std::move(app), tcp::acceptor(io, address));
  asio::co_spawn(io, listener.listen(), asio::detached);
  std::cout << "listening on http://" << address << std::endl;
  io.run();
}

} // namespace server

#endif
