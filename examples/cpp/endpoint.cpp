// The full example endpoint in C++, on Boost.Beast and simdjson:
//
//   POST /pusher/user-auth   authenticates the user; GET does so for JSONP
//   POST /pusher/auth        authorizes a channel; GET does so for JSONP
//   POST /pusher/webhook     receives Pusher's webhooks
//   POST /login              is a placeholder for your application's login
//   GET  /health             responds as long as the server runs
//
//   BIND, PORT               the address to listen on; BIND is 127.0.0.1 by default
//   PUSHER_URL               https://KEY:SECRET@api-CLUSTER.pusher.com/apps/APP_ID: the app,
//   PUSHER_CONFIG            or as JSON; PUSHER_URL_FILE, PUSHER_CONFIG_FILE: or in a file
//   ALLOWED_ORIGINS          other origins that may send requests, comma-separated
//   COOKIE_SAMESITE          None if pages of another site send requests, over https; otherwise Lax
//
// The part to copy is authenticate() and authorize(): the session determines the user, and nothing
// in the request does. One thread serves all requests, so no data needs a lock.
#include <sys/random.h>

#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iomanip>
#include <map>
#include <ranges>
#include <sstream>
#include <vector>

#include <pusher_auth.hpp>
#include <simdjson.h>

#include "server.hpp"

namespace {

namespace http = server::http;
using server::header, server::path_of, server::request, server::response, std::string,
    std::string_view;
using steady = std::chrono::steady_clock;

constexpr std::size_t max_body = 8192, max_webhook = 256 * 1024, max_sessions = 10'000;
constexpr auto session_time = std::chrono::hours(1);

// A placeholder for your database.
struct user {
  string json, member; // for user authentication, for presence channels
  user(const string &id, const string &info, const string &watchlist)
      : json(R"({"id":")" + id + R"(","user_info":)" + info + R"(,"watchlist":)" + watchlist + "}"),
        member(R"({"user_id":")" + id + R"(","user_info":)" + info + "}") {}
};
const std::map<string, user> users{
    {"alice",
     {"alice", R"({"name":"Alice \"Ally\" Müller 🌍","address":{"city":"Zürich"}})", R"(["bob"])"}},
    {"bob", {"bob", R"({"name":"Bob","address":{"city":"O'Fallon"}})", R"(["alice"])"}},
};

// ---- Sessions ----

constexpr std::size_t token_size = 64;

// A token begins with its session's index; the other 60 digits are random.
string new_token(std::size_t index) {
  std::array<unsigned char, token_size / 2 - 2> bytes;
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    std::abort(); // a predictable token is worse than no server
  std::ostringstream token;
  token << std::hex << std::setfill('0') << std::setw(4) << index;
  for (const unsigned byte : bytes) token << std::setw(2) << byte;
  return token.str();
}

// Compares in constant time, so that a token cannot be guessed byte by byte.
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
  // Replaces the oldest session if the table is full.
  const session &add(string_view user) {
    const std::size_t i = count_++ % max_sessions;
    const auto expires = steady::now() + session_time;
    return sessions_[i] = {string(user), new_token(i), new_token(i), new_token(i), expires};
  }

  // Finds a session by its `id` or `access_token`.
  const session *find(string session::*token, string_view given) const {
    std::size_t i = max_sessions;
    if (given.size() == token_size) std::from_chars(given.data(), given.data() + 4, i, 16);
    if (i >= max_sessions || !token_equals(sessions_[i].*token, given)) return nullptr;
    return steady::now() < sessions_[i].expires ? &sessions_[i] : nullptr;
  }

private:
  std::vector<session> sessions_{max_sessions};
  std::size_t count_ = 0;
};

// ---- Requests ----

// Returns the parameter of the body or, for JSONP, of the query.
std::optional<string> find_parameter(const request &req, string_view name) {
  if (req.method() == http::verb::get)
    return pusher::request_parameter("", server::query_of(req), name);
  const string_view type = header(req, "Content-Type").value_or("");
  return pusher::request_parameter(type.empty() ? "none" : type, req.body(), name); // "" is a query
}

string parameter(const request &req, string_view name) {
  if (auto value = find_parameter(req, name)) return *std::move(value);
  throw pusher::error(PUSHER_ERROR_PARAMETER_MISSING);
}

string_view trim(string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  text.remove_suffix(text.size() - (text.find_last_not_of(" \t") + 1));
  return text;
}

// Returns the cookie `session`, or an empty string if there is none, or more than one.
string_view session_cookie(const request &req) {
  std::vector<string_view> found;
  const auto [begin, end] = req.equal_range(http::field::cookie);
  for (auto field = begin; field != end; ++field)
    for (const auto part : string_view(field->value()) | std::views::split(';'))
      if (const string_view pair = trim({part.begin(), part.end()}); pair.starts_with("session="))
        found.push_back(pair.substr(8));
  return found.size() == 1 ? found[0] : string_view();
}

response text(unsigned status, string body, const char *type = "text/plain") {
  response res;
  res.result(status);
  res.set(http::field::content_type, type);
  res.body() = std::move(body);
  return res;
}

class endpoint {
public:
  endpoint(string_view config, string_view allowed_origins, string_view same_site)
      : signer_(config), allowed_origins_("," + string(allowed_origins) + ",") {
    if (same_site == "None")
      cookie_attributes_ = "SameSite=None; Secure; Partitioned";
    else if (same_site != "Lax")
      throw std::runtime_error("COOKIE_SAMESITE must be Lax or None");
  }

  // Responds to a request, whose body was not read if it is too large.
  response handle(const request &req, bool is_too_large) {
    const string origin(header(req, "Origin").value_or(""));
    const bool is_allowed = !origin.empty() && origin.find(',') == string::npos &&
                            allowed_origins_.find("," + origin + ",") != string::npos;
    response res;
    try {
      res = route(req, is_too_large, is_allowed);
    } catch (const pusher::error &error) {
      res = respond_to(error);
    }
    if (res.result_int() >= 400)
      std::cerr << req.method_string() << ' ' << path_of(req).substr(0, 200) << ' '
                << res.result_int() << ' ' << res.body() << '\n';
    res.set(http::field::cache_control, "no-store");
    res.set(http::field::vary, "Origin");
    res.set("X-Content-Type-Options", "nosniff");
    if (is_allowed) { // on errors too, so that the page sees their status
      res.set(http::field::access_control_allow_origin, origin);
      res.set(http::field::access_control_allow_credentials, "true");
    }
    return res;
  }

private:
  static response respond_to(const pusher::error &error) {
    const std::int32_t code = error.code();
    if (code == PUSHER_ERROR_CHANNEL) return text(403, "not allowed");
    if (code == PUSHER_ERROR_SOCKET_ID || code == PUSHER_ERROR_CALLBACK)
      return text(403, error.what());
    if (code == PUSHER_ERROR_PARAMETERS || code == PUSHER_ERROR_PARAMETER_MISSING)
      return text(400, error.what());
    if (code == PUSHER_ERROR_WEBHOOK_KEY || code == PUSHER_ERROR_WEBHOOK_SIGNATURE)
      return text(401, error.what());
    std::cerr << error.what() << '\n'; // not the client's error
    return text(500, "internal error");
  }

  // Paths and methods must match exactly.
  response route(const request &req, bool is_too_large, bool is_allowed) {
    const string_view path = path_of(req);
    const bool signs = path == "/pusher/user-auth" || path == "/pusher/auth";
    const string_view allow = signs                                           ? "GET, POST, OPTIONS"
                              : path == "/health"                             ? "GET"
                              : path == "/login" || path == "/pusher/webhook" ? "POST"
                                                                              : "";
    const string method(req.method_string());
    if (allow.empty()) return text(404, "not found");
    if ((" " + string(allow) + ",").find(" " + method + ",") == string::npos) {
      response res = text(405, "method not allowed");
      res.set(http::field::allow, allow);
      return res;
    }
    if (method == "OPTIONS") return preflight(is_allowed);
    if (is_too_large) return text(413, "body too large");
    if (path == "/health") return text(200, "ok");
    if (path == "/login") return login(req);
    return signs ? sign(req) : receive_webhook(req);
  }

  static response preflight(bool is_allowed) {
    if (!is_allowed) return text(403, "origin not allowed");
    response res;
    res.result(204);
    res.set(http::field::access_control_allow_methods, "GET, POST");
    res.set(http::field::access_control_allow_headers, "Authorization, Content-Type, X-CSRF-Token");
    res.set(http::field::access_control_max_age, "600");
    return res;
  }

  // Your application requires more than a name.
  response login(const request &req) {
    const string user = parameter(req, "user");
    if (users.count(user) == 0) return text(403, "unknown user");
    const session &s = sessions_.add(user);
    const string body = R"({"id":")" + user + R"(","csrf_token":")" + s.csrf_token +
                        R"(","access_token":")" + s.access_token + "\"}";
    response res = text(200, body, "application/json");
    res.set(http::field::set_cookie,
            "session=" + s.id + "; Path=/; HttpOnly; " + cookie_attributes_);
    return res;
  }

  // Finds the session of the access token or, if there is none, of the cookie. Browsers send an
  // access token only if the page's code does, so such a request needs no CSRF token.
  const session *current_session(const request &req, bool &is_bearer) const {
    const string_view authorization = header(req, "Authorization").value_or("");
    const string_view scheme = authorization.substr(0, authorization.find_first_of(" \t"));
    is_bearer = server::beast::iequals(scheme, "Bearer");
    if (is_bearer && authorization.substr(0, 7).ends_with(' '))
      return sessions_.find(&session::access_token, authorization.substr(7));
    if (is_bearer || authorization == "\n") return nullptr;
    return sessions_.find(&session::id, session_cookie(req));
  }

  response sign(const request &req) const {
    bool is_bearer;
    const session *const session = current_session(req, is_bearer);
    if (session == nullptr) return text(403, "not signed in");
    const auto socket_id = find_parameter(req, "socket_id"); // throws if any is malformed

    // Otherwise any site could have its own connection authenticated as the visitor.
    const auto token = header(req, "X-CSRF-Token");
    if (!is_bearer &&
        !token_equals(session->csrf_token, token ? string(*token) : parameter(req, "csrf_token")))
      return text(403, "missing or wrong CSRF token");

    const bool is_jsonp = req.method() == http::verb::get;
    const string callback = is_jsonp ? parameter(req, "callback") : "";
    if (!socket_id) throw pusher::error(PUSHER_ERROR_PARAMETER_MISSING);
    const string body = path_of(req) == "/pusher/auth"
                            ? authorize(session->user, *socket_id, parameter(req, "channel_name"))
                            : authenticate(session->user, *socket_id);
    if (!is_jsonp) return text(200, body, "application/json");
    return text(200, pusher::jsonp(callback, body), "application/javascript; charset=utf-8");
  }

  string authenticate(const string &user, const string &socket_id) const {
    return signer_.authenticate_user(socket_id, users.at(user).json);
  }

  // Your application decides who may join which channel, and as whom.
  string authorize(const string &user, const string &socket_id, const string &channel) const {
    if (channel == "presence-lobby")
      return signer_.authorize_channel(socket_id, channel, users.at(user).member);
    if (channel != "private-user-" + user && channel != "private-encrypted-lobby" &&
        channel != "presence-signin") // Pusher knows its members: they have signed in
      throw pusher::error(PUSHER_ERROR_CHANNEL);
    return signer_.authorize_channel(socket_id, channel);
  }

  response receive_webhook(const request &req) const {
    signer_.verify_webhook(header(req, "X-Pusher-Key").value_or(""),
                           header(req, "X-Pusher-Signature").value_or(""), req.body());
    // simdjson reads only what is asked for. A client can put unpaired surrogates, 1e999 and
    // duplicate keys into its event, which must not cost the other events.
    simdjson::ondemand::parser parser;
    simdjson::ondemand::document webhook;
    simdjson::ondemand::array events;
    const simdjson::padded_string body(req.body());
    if (parser.iterate(body).get(webhook) || webhook["events"].get_array().get(events))
      return text(400, "not a webhook");
    for (auto event : events) {
      string line;
      for (const string_view member : {"name", "channel", "user_id"})
        if (string_view value; !event.find_field_unordered(member).raw_json_token().get(value))
          line += (line.empty() ? "\"" : ",\"") + string(member) + "\":" + string(trim(value));
      std::cout << "webhook {" << line << '}' << std::endl;
    }
    return text(200, "ok");
  }

  const pusher::signer signer_;
  const string allowed_origins_; // with commas around each
  string cookie_attributes_ = "SameSite=Lax";
  session_table sessions_;
};

// ---- Settings ----

string setting(const char *name, const string &otherwise = "") {
  const char *value = std::getenv(name);
  return value == nullptr || *value == '\0' ? otherwise : value;
}

auto body_limit(string_view path) { return path == "/pusher/webhook" ? max_webhook : max_body; }

string read_app() {
  for (const char *name : {"PUSHER_URL_FILE", "PUSHER_CONFIG_FILE"})
    if (const string path = setting(name); !path.empty()) {
      std::ifstream file(path, std::ios::binary);
      if (!file) throw std::runtime_error(string(name) + ": cannot open the file");
      std::ostringstream text;
      text << file.rdbuf();
      return text.str().substr(0, text.str().size() - text.str().ends_with('\n'));
    }
  return setting("PUSHER_URL", setting("PUSHER_CONFIG"));
}

} // namespace

int main() try {
  endpoint app(read_app(), setting("ALLOWED_ORIGINS"), setting("COOKIE_SAMESITE", "Lax"));
  server::run({body_limit, std::bind_front(&endpoint::handle, &app)}, setting("BIND", "127.0.0.1"),
              setting("PORT"));
} catch (const std::exception &error) {
  std::cerr << error.what() << '\n';
  return 1;
}
