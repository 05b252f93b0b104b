// The endpoints that Pusher Channels asks of a server, in C++, on Boost.Beast and nlohmann/json:
//
//   /pusher/user-auth  signs the user in
//   /pusher/auth       lets the user into channels
//   /pusher/webhook    hears from Pusher what happens there
//   /login             stands for your application's own
//
//   PORT             where to listen, on 127.0.0.1
//   PUSHER_CONFIG    {"key":"…","secret":"…","encryptionMasterKeyBase64":"…"}
//   ALLOWED_ORIGINS  sites on other origins that may ask, comma-separated: https://example.com
//   COOKIE_SAMESITE  None where pages of another site ask, over https; else Lax
//
// The parts that matter are authenticate() and authorize(): who the user is comes from the session,
// and from nothing that the request says. One thread serves everything, so nothing here needs a lock.
#include <sys/random.h>

#include <utility> // Boost 1.74 uses it unsaid

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <nlohmann/json.hpp>
#include <pusher_auth.hpp>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp, nlohmann::json, std::string, std::string_view;
using request = http::request<http::string_body>;
using response = http::response<http::string_body>;
using steady = std::chrono::steady_clock;

constexpr std::size_t max_header = 16'384, max_body = 8192, max_webhook = 256 * 1024, max_depth = 2048;
constexpr std::size_t max_sessions = 10'000, max_connections = 1000, max_connections_per_address = 512;
constexpr auto session_time = std::chrono::hours(1);
// From the connection or the answer before to the end of this answer.
constexpr auto request_time = std::chrono::seconds(10);

// Yours come from a database.
struct user {
  string info, watchlist; // as JSON
};
const std::map<string, user> users{
    {"alice", {R"({"name":"Alice \"Ally\" Müller 🌍","address":{"city":"Zürich"}})", R"(["bob"])"}},
    {"bob", {R"({"name":"Bob","address":{"city":"O'Fallon"}})", R"(["alice"])"}},
};

// For the sign-in, and for presence channels.
string user_json(const string &id) {
  return R"({"id":")" + id + R"(","user_info":)" + users.at(id).info + R"(,"watchlist":)" + users.at(id).watchlist + "}";
}
string member_json(const string &id) { return R"({"user_id":")" + id + R"(","user_info":)" + users.at(id).info + "}"; }

// ---- Sessions ----

constexpr std::size_t token_size = 64;

// Begins with its session's place in the table; the other 60 digits are random.
string new_token(std::size_t place) {
  std::array<unsigned char, token_size / 2> bytes;
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    std::abort(); // a token that can be guessed is worse than no server
  bytes[0] = static_cast<unsigned char>(place >> 8);
  bytes[1] = static_cast<unsigned char>(place);
  string token;
  for (unsigned byte : bytes) token += {"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]};
  return token;
}

// Takes the same time wherever the two differ, so that a token cannot be guessed bit by bit.
bool token_equals(string_view token, string_view given) {
  if (token.size() != token_size || given.size() != token_size) return false;
  volatile unsigned char difference = 0;
  for (std::size_t i = 0; i < token_size; ++i)
    difference = static_cast<unsigned char>(difference | (token[i] ^ given[i]));
  return difference == 0;
}

struct session {
  string user, id, access_token, csrf_token;
  steady::time_point expires;
};

class session_table {
public:
  const session &add(const string &user) {
    const std::size_t place = count_++ % max_sessions; // the oldest gives way
    return sessions_[place] = {user, new_token(place), new_token(place), new_token(place), steady::now() + session_time};
  }

  // By the cookie's `id` or the `access_token`.
  const session *find(string session::*token, string_view given) const {
    std::size_t place = max_sessions;
    std::from_chars(given.data(), given.data() + std::min<std::size_t>(given.size(), 4), place, 16);
    if (place >= max_sessions || !token_equals(sessions_[place].*token, given)) return nullptr;
    return steady::now() < sessions_[place].expires ? &sessions_[place] : nullptr;
  }

private:
  std::vector<session> sessions_{max_sessions};
  std::size_t count_ = 0;
};

// ---- Requests ----

string_view view(beast::string_view text) { return {text.data(), text.size()}; }

string_view path_of(const request &req) { return view(req.target()).substr(0, view(req.target()).find('?')); }

// Nothing where there is no such header, or more than one.
std::optional<string_view> header(const request &req, string_view name) {
  const beast::string_view field(name.data(), name.size());
  if (req.count(field) != 1) return {};
  return view(req[field]);
}

string_view trimmed(string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  text.remove_suffix(text.size() - (text.find_last_not_of(" \t") + 1));
  return text;
}

// All cookies of that name.
std::vector<string_view> cookies(const request &req, string_view name) {
  std::vector<string_view> found;
  const auto [begin, end] = req.equal_range(http::field::cookie);
  for (auto field = begin; field != end; ++field)
    for (string_view rest = view(field->value()); !rest.empty();) {
      const string_view pair = trimmed(rest.substr(0, rest.find(';')));
      rest.remove_prefix(std::min(rest.find(';'), rest.size() - 1) + 1);
      if (const auto equal = pair.find('='); equal != pair.npos && pair.substr(0, equal) == name)
        found.push_back(pair.substr(equal + 1));
    }
  return found;
}

using parameters = std::unordered_map<string, string>;

string_view parameter(const parameters &params, const string &name) {
  const auto found = params.find(name);
  return found == params.end() ? string_view() : found->second;
}

// Decodes a part of a form. What is no escape stands for itself.
string decoded(string_view text) {
  string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    const char *const digits = text.data() + i + 1;
    if (text[i] == '%' && text.size() - i > 2 && std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

// Nothing where a name is given twice.
std::optional<parameters> parse_form(string_view form) {
  parameters params;
  while (!form.empty()) {
    const string_view pair = form.substr(0, form.find('&'));
    form.remove_prefix(std::min(pair.size() + 1, form.size()));
    const auto equal = std::min(pair.find('='), pair.size());
    const string_view value = pair.substr(std::min(equal + 1, pair.size()));
    if (!pair.empty() && !params.emplace(decoded(pair.substr(0, equal)), decoded(value)).second) return {};
  }
  return params;
}

// Refuses what parsers read in different ways: names given twice or with a NUL, depth without bound. Keeps the strings
// of the object itself.
class strict_json : public json::json_sax_t {
public:
  parameters strings;

  bool start_object(std::size_t) override { return enter(); }
  bool start_array(std::size_t) override { return !names_.empty() && enter(); }
  bool end_object() override { return leave(); }
  bool end_array() override { return leave(); }
  bool key(string_t &name) override {
    name_ = name;
    return name.find('\0') == name.npos && names_.back().insert(name).second;
  }
  bool string(string_t &value) override {
    if (names_.size() == 1) strings.emplace(name_, value);
    return !names_.empty();
  }
  bool null() override { return !names_.empty(); }
  bool boolean(bool) override { return !names_.empty(); }
  bool number_integer(number_integer_t) override { return !names_.empty(); }
  bool number_unsigned(number_unsigned_t) override { return !names_.empty(); }
  bool number_float(number_float_t, const string_t &) override { return !names_.empty(); }
  bool binary(binary_t &) override { return false; }
  bool parse_error(std::size_t, const string_t &, const json::exception &) override { return false; }

private:
  using string_t = json::string_t;

  bool enter() { return (names_.emplace_back(), names_.size() <= max_depth); }
  bool leave() { return (names_.pop_back(), true); }

  string_t name_;
  std::vector<std::unordered_set<string_t>> names_;
};

// The strings of a JSON object; nothing where it is none. nlohmann's parser ends at a NUL and skips a
// byte order mark.
std::optional<parameters> parse_json(const string &text) {
  strict_json found;
  if (text.find('\0') != text.npos || text.rfind("\xEF\xBB\xBF", 0) == 0 || !json::sax_parse(text, &found)) return {};
  return std::move(found.strings);
}

std::optional<parameters> parse_body(const request &req) {
  const string_view header_value = header(req, "Content-Type").value_or("");
  const string type(trimmed(header_value.substr(0, header_value.find(';'))));
  if (beast::iequals(type, "application/x-www-form-urlencoded")) return parse_form(req.body());
  if (beast::iequals(type, "application/json")) return parse_json(req.body());
  return {};
}

// ---- Answers ----

response answer(unsigned status, string body, const char *type = "text/plain") {
  response res;
  res.result(status);
  res.set(http::field::content_type, type);
  res.body() = std::move(body);
  return res;
}

class endpoint {
public:
  endpoint(string_view config, const string &allowed_origins, const string &same_site) : signer_(config) {
    std::istringstream origins(allowed_origins);
    for (string origin; std::getline(origins, origin, ',');)
      if (!origin.empty()) allowed_origins_.insert(origin);
    if (same_site == "None")
      cookie_attributes_ = "SameSite=None; Secure; Partitioned";
    else if (!same_site.empty() && same_site != "Lax")
      throw std::runtime_error("COOKIE_SAMESITE: Lax or None");
  }

  // Paths count as they are spelled. A body that is too large was not read.
  response serve(const request &req, bool too_large) {
    const auto origin = header(req, "Origin");
    const bool allowed = origin && allowed_origins_.count(string(*origin)) > 0;
    response res;
    try {
      res = route(req, too_large, allowed);
    } catch (const std::exception &error) {
      std::cerr << error.what() << std::endl;
      res = answer(500, "internal error");
    }
    res.set(http::field::cache_control, "no-store");
    res.set(http::field::vary, "Origin");
    if (allowed) { // on errors too, so that the page can see their status
      res.set(http::field::access_control_allow_origin, req[http::field::origin]);
      res.set(http::field::access_control_allow_credentials, "true");
    }
    return res;
  }

private:
  response route(const request &req, bool too_large, bool origin_allowed) {
    const string_view path = path_of(req);
    const bool signs = path == "/pusher/user-auth" || path == "/pusher/auth";
    const bool get = req.method() == http::verb::get, post = req.method() == http::verb::post;
    if (!signs && path != "/login" && path != "/pusher/webhook") return answer(404, "not found");
    if (signs && req.method() == http::verb::options) return preflight(origin_allowed);
    if (!post && !(signs && get)) {
      response res = answer(405, "method not allowed");
      res.set(http::field::allow, signs ? "GET, POST, OPTIONS" : "POST");
      return res;
    }
    if (too_large) return answer(413, "body too large");
    return path == "/login" ? login(req) : path == "/pusher/webhook" ? webhook(req) : sign(req, path == "/pusher/auth");
  }

  static response preflight(bool origin_allowed) {
    if (!origin_allowed) return answer(403, "origin not allowed");
    response res;
    res.result(204);
    res.set(http::field::access_control_allow_methods, "GET, POST");
    res.set(http::field::access_control_allow_headers, "Authorization, Content-Type, X-CSRF-Token");
    res.set(http::field::access_control_max_age, "600");
    return res;
  }

  // Asks for more than a name in your application.
  response login(const request &req) {
    const string user(parameter(parse_body(req).value_or(parameters{}), "user"));
    if (users.count(user) == 0) return answer(403, "unknown user");
    const session &s = sessions_.add(user);
    const nlohmann::ordered_json body{{"id", user}, {"csrf_token", s.csrf_token}, {"access_token", s.access_token}};
    response res = answer(200, body.dump(), "application/json");
    res.set(http::field::set_cookie, "session=" + s.id + "; Path=/; HttpOnly; " + cookie_attributes_);
    return res;
  }

  // Of the cookie, or of an access token where there is one: no browser sends that unless the page has it do so.
  const session *current_session(const request &req, bool &is_bearer) const {
    const auto authorization = header(req, "Authorization").value_or("");
    const string_view scheme = authorization.substr(0, authorization.find(' '));
    is_bearer = beast::iequals({scheme.data(), scheme.size()}, "Bearer");
    if (req.count(http::field::authorization) > 1) return nullptr;
    if (is_bearer) return sessions_.find(&session::access_token, trimmed(authorization.substr(scheme.size())));
    const auto ids = cookies(req, "session");
    return ids.size() == 1 ? sessions_.find(&session::id, ids[0]) : nullptr;
  }

  response sign(const request &req, bool for_channel) const {
    bool is_bearer;
    const session *const session = current_session(req, is_bearer);
    if (session == nullptr) return answer(403, "not signed in");

    const bool jsonp = req.method() == http::verb::get;
    const string_view target = view(req.target());
    const auto params = jsonp ? parse_form(target.substr(std::min(target.find('?'), target.size() - 1) + 1)) : parse_body(req);
    if (!params) return answer(403, "the parameters must be a form or a JSON object, each given once");

    // Without this, any site could have its own socket signed in as the visitor.
    const string_view csrf_token = req.count("X-CSRF-Token") > 0 ? header(req, "X-CSRF-Token").value_or("")
                                                                 : parameter(*params, "csrf_token");
    if (!is_bearer && !token_equals(session->csrf_token, csrf_token)) return answer(403, "missing or wrong CSRF token");

    try {
      const string body = for_channel ? authorize(*params, session->user) : authenticate(*params, session->user);
      if (!jsonp) return answer(200, body, "application/json");
      response res = answer(200, pusher::jsonp(parameter(*params, "callback"), body), "application/javascript; charset=utf-8");
      res.set("X-Content-Type-Options", "nosniff");
      return res;
    } catch (const pusher::error &error) {
      switch (error.code()) {
      case PUSHER_ERROR_SOCKET_ID:
      case PUSHER_ERROR_CALLBACK:
      case PUSHER_ERROR_CHANNEL: return answer(403, error.what()); // what the client sent
      default: throw; // a mistake of ours
      }
    }
  }

  string authenticate(const parameters &params, const string &user) const {
    return signer_.authenticate_user(parameter(params, "socket_id"), user_json(user));
  }

  // Who may join which channel, and as whom, is your application's to say.
  string authorize(const parameters &params, const string &user) const {
    const string_view socket_id = parameter(params, "socket_id"), channel = parameter(params, "channel_name");
    if (channel == "presence-lobby") return signer_.authorize_channel(socket_id, channel, member_json(user));
    if (channel != "private-user-" + user && channel != "private-encrypted-lobby" &&
        channel != "presence-signin") // whose members are who they signed in as
      throw pusher::error(PUSHER_ERROR_CHANNEL);
    return signer_.authorize_channel(socket_id, channel);
  }

  response webhook(const request &req) const {
    try {
      signer_.verify_webhook(header(req, "X-Pusher-Key").value_or(""), header(req, "X-Pusher-Signature").value_or(""), req.body());
    } catch (const pusher::error &) {
      return answer(401, "not Pusher's");
    }
    const json webhook = parse_json(req.body()) ? json::parse(req.body()) : json();
    if (!webhook.contains("events") || !webhook["events"].is_array()) return answer(400, "not a webhook");
    for (const json &event : webhook["events"]) {
      nlohmann::ordered_json told = nlohmann::ordered_json::object();
      for (const char *name : {"name", "channel"})
        if (event.contains(name)) told[name] = event[name];
      std::cout << "webhook " << told.dump() << '\n';
    }
    std::cout.flush();
    return answer(200, "ok");
  }

  const pusher::signer signer_;
  std::set<string> allowed_origins_;
  string cookie_attributes_ = "SameSite=Lax";
  session_table sessions_;
};

// ---- Connections ----

// Beast lets these pass; where a server in front reads them in another way, a part of this request is
// the next one to it.
bool is_ambiguous(const request &req) {
  const auto encodings = req.count(http::field::transfer_encoding), lengths = req.count(http::field::content_length);
  const auto hosts = req.count(http::field::host);
  return hosts > 1 || (hosts == 0 && req.version() == 11) || encodings + lengths > 1 ||
         (encodings == 1 && (req.version() != 11 || !beast::iequals(req[http::field::transfer_encoding], "chunked")));
}

asio::awaitable<void> converse(beast::tcp_stream &stream, endpoint &app) {
  beast::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  beast::flat_buffer buffer;
  for (bool last = false; !last;) {
    stream.expires_after(request_time);
    http::request_parser<http::string_body> parser;
    parser.header_limit(max_header);
    parser.body_limit(std::numeric_limits<std::uint64_t>::max()); // until the path is known
    co_await http::async_read_header(stream, buffer, parser, token);
    request &req = parser.get();
    const auto headers = req.base();
    const std::size_t limit = path_of(req) == "/pusher/webhook" ? max_webhook : max_body;
    bool too_large = false;
    if (!error && !is_ambiguous(req)) {
      parser.body_limit(limit);
      too_large = parser.content_length().value_or(0) > limit;
      if (!too_large && req.version() == 11 && beast::iequals(req[http::field::expect], "100-continue")) {
        http::response<http::empty_body> go_on(http::status::continue_, req.version());
        co_await http::async_write(stream, go_on, token);
      }
      if (!too_large) co_await http::async_read(stream, buffer, parser, token);
      req.base() = headers; // to which Beast adds what comes after a chunked body
      too_large = too_large || error == http::error::body_limit;
      if (too_large) error = {};
    } else if (!error) {
      error = http::error::bad_field;
    }
    const bool is_http_error = error.category() == make_error_code(http::error::bad_field).category();
    if (error && (!is_http_error || error == http::error::end_of_stream || error == http::error::partial_message)) co_return;

    response res = error ? answer(error == http::error::header_limit ? 431 : 400, "bad request") : app.serve(req, too_large);
    last = error || too_large || !req.keep_alive();
    res.version(req.version());
    res.keep_alive(!last);
    if (res.result() != http::status::no_content) res.content_length(res.body().size());
    if (req.method() == http::verb::head) res.body().clear();
    co_await http::async_write(stream, res, token);
    if (error && !is_http_error) co_return;
  }
  // Closing at once would take the answer from a client that is still sending.
  stream.socket().shutdown(tcp::socket::shutdown_send, error);
  for (std::array<char, 4096> dropped; !error;) co_await stream.async_read_some(asio::buffer(dropped), token);
}

class server {
public:
  server(endpoint &app, tcp::acceptor acceptor) : app_(app), acceptor_(std::move(acceptor)) {}

  asio::awaitable<void> listen() {
    for (;;) {
      beast::error_code error;
      tcp::socket socket = co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, error));
      const asio::ip::address address = error ? asio::ip::address() : socket.remote_endpoint(error).address();
      if (error || connections_ >= max_connections || per_address_[address] >= max_connections_per_address) continue;
      ++connections_, ++per_address_[address];
      asio::co_spawn(acceptor_.get_executor(), serve(beast::tcp_stream(std::move(socket)), address), asio::detached);
    }
  }

private:
  asio::awaitable<void> serve(beast::tcp_stream stream, asio::ip::address address) {
    try {
      co_await converse(stream, app_);
    } catch (const std::exception &error) {
      std::cerr << error.what() << std::endl;
    }
    --connections_;
    if (--per_address_[address] == 0) per_address_.erase(address);
  }

  endpoint &app_;
  tcp::acceptor acceptor_;
  std::size_t connections_ = 0;
  std::map<asio::ip::address, std::size_t> per_address_;
};

string env(const char *name) {
  const char *value = std::getenv(name);
  return value == nullptr ? "" : value;
}

int run() {
  endpoint app(env("PUSHER_CONFIG"), env("ALLOWED_ORIGINS"), env("COOKIE_SAMESITE"));
  const int port = std::atoi(env("PORT").c_str());
  if (port < 1 || port > 65535) throw std::runtime_error("PORT: a number from 1 to 65535");

  asio::io_context io(1);
  asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&](const beast::error_code &, int) { io.stop(); });
  std::signal(SIGPIPE, SIG_IGN);

  server server(app, tcp::acceptor(io, {asio::ip::address_v4::loopback(), static_cast<unsigned short>(port)}));
  asio::co_spawn(io, server.listen(), asio::detached);
  std::cout << "listening on http://127.0.0.1:" << port << std::endl;
  io.run();
  return 0;
}

} // namespace

int main() try {
  return run();
} catch (const std::exception &error) {
  std::cerr << error.what() << '\n';
  return 1;
}
