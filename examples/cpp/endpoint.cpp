// The full example endpoint in C++, on Boost.Beast (server.hpp). `routes` lists its paths, and
// docs/guide/endpoints.md its responses and settings. The part to copy is sign() and authorize():
// the session determines the user, and nothing in the request does.
#include <cstdlib>
#include <fstream>
#include <numeric>
#include <set>
#include <unistd.h>
#include <vector>

#include <boost/algorithm/hex.hpp>
#include <boost/algorithm/string.hpp>
#include <nlohmann/json.hpp>
#include <pusher_auth.hpp>
#include <simdjson.h>

#include "server.hpp"

namespace http = server::http;
using nlohmann::json, server::request, server::response, std::string, std::string_view;
using std::chrono::steady_clock;

// A placeholder for your database.
const json users = json::parse(R"({
  "alice": {"id": "alice", "watchlist": ["bob"],
            "user_info": {"name": "Alice \"Ally\" Müller 🌍", "address": {"city": "Zürich"}}},
  "bob": {"id": "bob", "watchlist": ["alice"],
          "user_info": {"name": "Bob", "address": {"city": "O'Fallon"}}}
})");

struct session {
  string user, id, access_token, csrf_token;
  steady_clock::time_point expires;
};

// A token begins with its session's index; the other 60 digits are random.
static string new_token(std::size_t index) {
  string bytes(32, '\0');
  if (getentropy(bytes.data(), bytes.size()) != 0) std::abort(); // a token must not be predictable
  bytes[0] = static_cast<char>(index >> 8);
  bytes[1] = static_cast<char>(index);
  return boost::algorithm::hex_lower(bytes);
}

// Compares tokens in constant time, so that one cannot be guessed byte by byte.
static bool equals(string_view a, string_view b) {
  return a.size() == b.size() && std::transform_reduce(a.begin(), a.end(), b.begin(), 0,
                                                       std::bit_or(), std::bit_xor()) == 0;
}

// Returns the header's value: "" if it is missing, and "\n" if there are several.
static string header(const request &req, const char *name) {
  return req.count(name) > 1 ? "\n" : string(req[name]);
}

static string path_of(const request &req) {
  return string(req.target().substr(0, req.target().find('?')));
}

// Returns the parameter of the body or, for JSONP, of the query.
static std::optional<string> parameter(const request &req, string_view name) {
  const string type = header(req, "Content-Type"), target(req.target());
  if (req.method() == http::verb::get)
    return pusher::request_parameter("", target.substr(target.find('?') + 1), name);
  return pusher::request_parameter(type.empty() ? "none" : type, req.body(), name); // "" is a query
}

// Returns the cookie `session`, or an empty string if there is none, or more than one.
static string session_cookie(const request &req) {
  std::vector<string> cookies;
  boost::split(cookies, header(req, "Cookie"), boost::is_any_of(";"));
  for (string &cookie : cookies) boost::trim(cookie);
  std::erase_if(cookies, [](const string &cookie) { return !cookie.starts_with("session="); });
  return cookies.size() == 1 ? cookies[0].substr(8) : "";
}

static response reply(int status, const string &body, const std::map<string, string> &more = {}) {
  response res(http::int_to_status(status), 11, body);
  if (!body.empty()) res.set("Content-Type", "text/plain");
  for (const auto &[name, value] : more) res.set(name, value);
  return res;
}

// One thread serves all requests, so no member needs a lock.
struct endpoint {
  const pusher::signer signer;
  const string same_site;
  std::set<string> origins{};
  std::vector<session> sessions{10'000}; // a login replaces the oldest one
  std::size_t logins = 0;

  response handle(const request &req, server::error_code error) {
    const string origin = header(req, "Origin");
    const bool is_allowed = !origin.empty() && origins.contains(origin);
    response res = route(req, error, is_allowed);
    if (res.result_int() >= 400)
      std::cerr << req.method_string() << ' ' << path_of(req).substr(0, 200) << ' '
                << res.result_int() << ' ' << res.body() << '\n';
    if (res.result_int() == 500) res.body() = "internal error"; // the reason is only for the log
    res.set("Cache-Control", "no-store");
    res.set("Vary", "Origin");
    res.set("X-Content-Type-Options", "nosniff");
    if (is_allowed) { // on errors too, so that the page sees their status
      res.set("Access-Control-Allow-Origin", origin);
      res.set("Access-Control-Allow-Credentials", "true");
    }
    return res;
  }

  response route(const request &req, server::error_code error, bool is_allowed) try {
    if (error && error != http::error::body_limit) return reply(400, "bad request");
    const auto found = routes.find(path_of(req));
    if (found == routes.end()) return reply(404, "not found");
    const auto &[methods, max_body, respond] = found->second;
    const string method(req.method_string());
    if ((" " + methods + ",").find(" " + method + ",") == string::npos)
      return reply(405, "method not allowed", {{"Allow", methods}});
    if (method == "OPTIONS" && !is_allowed) return reply(403, "origin not allowed");
    if (method == "OPTIONS")
      return reply(204, "",
                   {{"Access-Control-Allow-Methods", "GET, POST"},
                    {"Access-Control-Allow-Headers", "Authorization, Content-Type, X-CSRF-Token"},
                    {"Access-Control-Max-Age", "600"}});
    if (error || req.body().size() > max_body) return reply(413, "body too large");
    return respond(*this, req);
  } catch (const std::bad_optional_access &) {
    return reply(400, pusher_error_message(PUSHER_ERROR_PARAMETER_MISSING));
  } catch (const pusher::error &reason) {
    return reply(reason.http_status(), reason.what());
  }

  // Your application requires more than a name.
  response login(const request &req) {
    const string user = parameter(req, "user").value();
    if (!users.contains(user)) return reply(403, "unknown user");
    const std::size_t i = logins++ % sessions.size();
    const auto expires = steady_clock::now() + std::chrono::hours(1);
    const session &s = sessions[i] = {user, new_token(i), new_token(i), new_token(i), expires};
    const json body{{"id", user}, {"csrf_token", s.csrf_token}, {"access_token", s.access_token}};
    const string attributes = same_site == "None" ? "None; Secure; Partitioned" : "Lax";
    const string cookie = "session=" + s.id + "; Path=/; HttpOnly; SameSite=" + attributes;
    return reply(200, body.dump(), {{"Content-Type", "application/json"}, {"Set-Cookie", cookie}});
  }

  // Finds a session by its `id` or `access_token`.
  const session *find(string session::*token, const string &given) const {
    const unsigned long index = std::strtoul(given.substr(0, 4).c_str(), nullptr, 16);
    const session &found = sessions[index % sessions.size()];
    const bool is_valid = equals(found.*token, given) && steady_clock::now() < found.expires;
    return is_valid ? &found : nullptr;
  }

  response sign(const request &req) {
    // Browsers send an access token only if the page's code does, so it needs no CSRF token.
    const string authorization = header(req, "Authorization");
    const string scheme = authorization.substr(0, authorization.find_first_of(" \t"));
    const bool is_bearer = boost::iequals(scheme, "Bearer");
    const session *const session =
        is_bearer ? find(&session::access_token, boost::ierase_first_copy(authorization, "Bearer "))
                  : find(&session::id, session_cookie(req));
    if (session == nullptr || authorization == "\n") return reply(403, "not signed in");
    const auto socket_id = parameter(req, "socket_id"); // throws if any parameter is malformed

    // Otherwise any site could have its own connection authenticated as the visitor.
    const bool has_header = req.count("X-CSRF-Token") > 0;
    if (!is_bearer &&
        !equals(session->csrf_token,
                has_header ? header(req, "X-CSRF-Token") : parameter(req, "csrf_token").value()))
      return reply(403, "missing or wrong CSRF token");

    const bool is_jsonp = req.method() == http::verb::get;
    const string callback = is_jsonp ? parameter(req, "callback").value() : "";
    const string body =
        path_of(req) == "/pusher/auth"
            ? authorize(session->user, socket_id.value(), parameter(req, "channel_name").value())
            : signer.authenticate_user(socket_id.value(), users[session->user].dump());
    if (body.empty()) return reply(403, "not allowed");
    if (!is_jsonp) return reply(200, body, {{"Content-Type", "application/json"}});
    return reply(200, pusher::jsonp(callback, body),
                 {{"Content-Type", "application/javascript; charset=utf-8"}});
  }

  // Your application decides who may join which channel, and as whom. Returns "" for the others.
  string authorize(const string &user, const string &socket_id, const string &channel) const {
    const json member{{"user_id", user}, {"user_info", users[user]["user_info"]}};
    if (channel == "presence-lobby")
      return signer.authorize_channel(socket_id, channel, member.dump());
    if (channel == "private-user-" + user || channel == "private-encrypted-lobby" ||
        channel == "presence-signin") // Pusher knows its members: they have signed in
      return signer.authorize_channel(socket_id, channel);
    return "";
  }

  response webhook(const request &req) {
    signer.verify_webhook(header(req, "X-Pusher-Key"), header(req, "X-Pusher-Signature"),
                          req.body());
    // simdjson reads only what is asked for. A client can put unpaired surrogates, 1e999 and
    // duplicate keys into its event, which must not cost the other events.
    simdjson::ondemand::parser parser;
    const simdjson::padded_string body(req.body());
    auto document = parser.iterate(body);
    auto events = document["events"].get_array();
    if (events.error()) return reply(400, "not a webhook");
    for (auto event : events) {
      string line;
      for (const string member : {"name", "channel", "user_id"})
        if (string_view value; !event.find_field_unordered(member).raw_json_token().get(value))
          line += (line.empty() ? "\"" : ",\"") + member + "\":" + boost::trim_copy(string(value));
      std::cout << "webhook {" << line << '}' << std::endl;
    }
    return reply(200, "ok");
  }

  using handler = std::function<response(endpoint &, const request &)>;
  const std::map<string, std::tuple<string, std::size_t, handler>> routes{
      {"/pusher/user-auth", {"GET, POST, OPTIONS", 8192, &endpoint::sign}}, // GET is for JSONP
      {"/pusher/auth", {"GET, POST, OPTIONS", 8192, &endpoint::sign}},
      {"/pusher/webhook", {"POST", server::max_body, &endpoint::webhook}},
      {"/login", {"POST", 8192, &endpoint::login}}, // a placeholder for your application's
      {"/health", {"GET", 8192, [](auto &, auto &) { return reply(200, "ok"); }}},
  };
};

static string setting(const string &name, const string &otherwise = "") {
  const char *const value = std::getenv(name.c_str());
  return value == nullptr || *value == '\0' ? otherwise : value;
}

static string read_app() {
  const string name = setting("PUSHER_URL_FILE").empty() ? "PUSHER_CONFIG_FILE" : "PUSHER_URL_FILE";
  if (setting(name).empty()) return setting("PUSHER_URL", setting("PUSHER_CONFIG"));
  string app;
  if (!std::getline(std::ifstream(setting(name)), app, '\0'))
    throw std::runtime_error(name + " cannot be read");
  return boost::trim_right_copy(app);
}

int main() try {
  endpoint app{pusher::signer(read_app()), setting("COOKIE_SAMESITE", "Lax")};
  if (app.same_site != "Lax" && app.same_site != "None")
    throw std::runtime_error("COOKIE_SAMESITE must be Lax or None");
  boost::split(app.origins, setting("ALLOWED_ORIGINS"), boost::is_any_of(","));
  server::run(std::bind_front(&endpoint::handle, &app), setting("BIND", "127.0.0.1"),
              setting("PORT"));
} catch (const std::exception &error) {
  return std::cerr << error.what() << '\n', 1;
}
