// A Pusher user authentication endpoint in C++, on cpp-httplib and nlohmann/json.
//
//   PORT             where to listen, on 127.0.0.1
//   PUSHER_CONFIG    {"key":"…","secret":"…"}
//   ALLOWED_ORIGINS  sites on other origins that may ask, comma-separated: https://example.com
//
// The part that matters is authenticate(): who the user is comes from the session, and from nothing
// that the request says.
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <thread>

#include <httplib.h>
#include <nlohmann/json.hpp>
#include <pusher_auth.hpp>

using httplib::Params, httplib::Request, httplib::Response;

namespace {

constexpr std::size_t max_body = 8192, max_sessions = 1024;

// Yours come from a database.
const std::map<std::string, std::string> users{
    {"alice", R"({"id":"alice","user_info":{"name":"Alice \"Ally\" Müller 🌍","address":{"city":"Zürich"}},"watchlist":["bob"]})"},
    {"bob", R"({"id":"bob","user_info":{"name":"Bob","address":{"city":"O'Fallon"}},"watchlist":["alice"]})"},
};

// ---- Sessions ----

std::string random_token() {
  std::array<unsigned char, 32> bytes;
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    std::abort(); // a token that can be guessed is worse than no server
  std::string token;
  for (unsigned byte : bytes) token += {"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]};
  return token;
}

// Takes the same time wherever the two differ, so that a token cannot be guessed bit by bit.
bool token_equals(const std::string &token, std::string_view given) {
  if (token.size() != given.size()) return false;
  volatile unsigned char difference = 0;
  for (std::size_t i = 0; i < token.size(); ++i)
    difference = static_cast<unsigned char>(difference | (token[i] ^ given[i]));
  return difference == 0;
}

struct session {
  std::string user, id = random_token(), csrf_token = random_token();
};

class session_table {
public:
  session add(const std::string &user) {
    const std::lock_guard lock(mutex_);
    if (sessions_.size() == max_sessions) sessions_.pop_front();
    return sessions_.emplace_back(session{user});
  }

  std::optional<session> find(std::string_view id) const {
    const std::lock_guard lock(mutex_);
    std::optional<session> found;
    for (const session &s : sessions_)
      if (token_equals(s.id, id)) found = s;
    return found;
  }

private:
  mutable std::mutex mutex_;
  std::deque<session> sessions_;
};

// ---- Requests ----

std::string cookie(const Request &req, const std::string &name) {
  std::istringstream cookies(req.get_header_value("Cookie"));
  for (std::string one; std::getline(cookies >> std::ws, one, ';');)
    if (one.rfind(name + '=', 0) == 0) return one.substr(name.size() + 1);
  return "";
}

std::string parameter(const Params &params, const std::string &name) {
  const auto found = params.find(name);
  return found == params.end() ? "" : found->second;
}

// The parameters in a form or a JSON object; nothing where it is neither.
std::optional<Params> parse_body(const Request &req, const std::string &body) {
  std::string type = req.get_header_value("Content-Type");
  type.resize(std::min(type.size(), type.find_first_of("; ")));
  for (char &c : type) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));

  Params params;
  if (type == "application/x-www-form-urlencoded") {
    // What cpp-httplib does for req.params, which would mix in those of the URL.
    httplib::detail::parse_query_text(body, params);
    return params;
  }
  if (type == "application/json") {
    const auto json = nlohmann::json::parse(body, nullptr, false);
    if (!json.is_object()) return {};
    for (const auto &[name, value] : json.items())
      if (value.is_string()) params.emplace(name, value.get<std::string>());
    return params;
  }
  return {};
}

// ---- Answers ----

void answer(Response &res, int status, const std::string &body, const char *type = "text/plain") {
  res.status = status;
  res.set_content(body, type);
}

class endpoint {
public:
  endpoint(std::string_view config, const std::string &allowed_origins) : signer_(config) {
    std::istringstream origins(allowed_origins);
    for (std::string origin; std::getline(origins, origin, ',');)
      if (!origin.empty()) allowed_origins_.insert(origin);
  }

  void serve(const Request &req, Response &res, const std::optional<std::string> &body) {
    const bool at_login = req.path == "/login", get = req.method == "GET", post = req.method == "POST";
    if (!at_login && req.path != "/pusher/user-auth") return answer(res, 404, "not found");
    if (!at_login && req.method == "OPTIONS") return preflight(req, res);
    if (!post && (at_login || !get)) {
      res.set_header("Allow", at_login ? "POST" : "GET, POST, OPTIONS");
      return answer(res, 405, "method not allowed");
    }
    if (!body) return answer(res, 413, "body too large");
    at_login ? login(req, res, *body) : authenticate(req, res, *body);
  }

  // On errors too, so that the page can see their status.
  void add_cors_headers(const Request &req, Response &res) const {
    if (!is_allowed(req)) return;
    res.set_header("Access-Control-Allow-Origin", req.get_header_value("Origin"));
    res.set_header("Access-Control-Allow-Credentials", "true");
  }

private:
  bool is_allowed(const Request &req) const { return allowed_origins_.count(req.get_header_value("Origin")) > 0; }

  void preflight(const Request &req, Response &res) const {
    if (!is_allowed(req)) return answer(res, 403, "origin not allowed");
    res.status = 204;
    res.set_header("Access-Control-Allow-Methods", "GET, POST");
    res.set_header("Access-Control-Allow-Headers", "Content-Type, X-CSRF-Token");
    res.set_header("Access-Control-Max-Age", "600");
  }

  // Stands for your application's own login, which asks for more than a name.
  void login(const Request &req, Response &res, const std::string &body) {
    const std::string user = parameter(parse_body(req, body).value_or(Params{}), "user");
    if (users.count(user) == 0) return answer(res, 403, "unknown user");
    const session s = sessions_.add(user);
    res.set_header("Set-Cookie", "session=" + s.id + "; Path=/; HttpOnly; SameSite=Lax");
    answer(res, 200, R"({"id":")" + user + R"(","csrf_token":")" + s.csrf_token + R"("})", "application/json");
  }

  void authenticate(const Request &req, Response &res, const std::string &body) const {
    const auto session = sessions_.find(cookie(req, "session"));
    if (!session) return answer(res, 403, "not signed in");

    const bool jsonp = req.method == "GET";
    const auto params = jsonp ? req.params : parse_body(req, body);
    if (!params) return answer(res, 403, "the body must be a form or a JSON object");

    // Without this, any site could have its own socket signed in as the visitor.
    const std::string csrf_token = req.has_header("X-CSRF-Token") ? req.get_header_value("X-CSRF-Token")
                                                                  : parameter(*params, "csrf_token");
    if (!token_equals(session->csrf_token, csrf_token)) return answer(res, 403, "missing or wrong CSRF token");

    try {
      const std::string response = signer_.authenticate_user(parameter(*params, "socket_id"), users.at(session->user));
      if (!jsonp) return answer(res, 200, response, "application/json");
      answer(res, 200, pusher::jsonp(parameter(*params, "callback"), response), "application/javascript; charset=utf-8");
      res.set_header("X-Content-Type-Options", "nosniff");
    } catch (const pusher::error &error) {
      // What the client sent is refused; anything else is a mistake of ours.
      if (error.code() != PUSHER_ERROR_SOCKET_ID && error.code() != PUSHER_ERROR_CALLBACK) throw;
      answer(res, 403, error.what());
    }
  }

  const pusher::signer signer_;
  std::set<std::string> allowed_origins_;
  session_table sessions_;
};

std::string env(const char *name) {
  const char *value = std::getenv(name);
  return value == nullptr ? "" : value;
}

int run() {
  endpoint app(env("PUSHER_CONFIG"), env("ALLOWED_ORIGINS"));

  httplib::Server server;
  // A connection holds a thread while it is open: enough of them that some can stall.
  server.new_task_queue = [] { return new httplib::ThreadPool(256); };
  server.set_keep_alive_max_count(10'000).set_read_timeout(10).set_write_timeout(10).set_tcp_nodelay(true);
  // Not SO_REUSEPORT, cpp-httplib's default, by which two servers would share the port unnoticed.
  socket_t listening = INVALID_SOCKET;
  server.set_socket_options([&](socket_t socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    listening = socket;
  });
  // cpp-httplib would cut an answer to the Range that a client asks for; it is the whole body or nothing.
  server.set_pre_routing_handler([](const Request &req, Response &) {
    const_cast<Request &>(req).ranges.clear();
    return httplib::Server::HandlerResponse::Unhandled;
  });
  server.set_default_headers({{"Vary", "Origin"}, {"Cache-Control", "no-store"}});
  server.set_post_routing_handler([&](const Request &req, Response &res) { app.add_cors_headers(req, res); });
  server.set_exception_handler([](const Request &, Response &res, std::exception_ptr thrown) {
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception &error) {
      std::cerr << error.what() << std::endl;
    }
    answer(res, 500, "internal error");
  });

  const auto serve = [&](const Request &req, Response &res) { app.serve(req, res, ""); };
  // Reads the body itself: cpp-httplib's own limit does not hold for chunked ones. What is over the
  // limit is read and dropped, so that the client gets its answer.
  const auto serve_body = [&](const Request &req, Response &res, const httplib::ContentReader &read) {
    std::string body;
    const auto keep = [&](const char *data, std::size_t size) {
      if (body.size() <= max_body) body.append(data, size);
      return true;
    };
    const bool has_body = req.has_header("Content-Length") || req.has_header("Transfer-Encoding");
    const bool multipart = req.is_multipart_form_data();
    if (has_body && !(multipart ? read([](const auto &) { return true; }, keep) : read(keep)))
      return answer(res, 400, "broken body");
    app.serve(req, res, body.size() > max_body ? std::nullopt : std::optional(body));
  };
  server.Get(".*", serve).Options(".*", serve);
  server.Post(".*", serve_body).Put(".*", serve_body).Patch(".*", serve_body).Delete(".*", serve_body);

  const int port = std::atoi(env("PORT").c_str());
  if (port < 1 || port > 65535) throw std::runtime_error("PORT: a number from 1 to 65535");
  if (!server.bind_to_port("127.0.0.1", port)) throw std::runtime_error("cannot listen on port " + env("PORT"));
  listen(listening, SOMAXCONN); // cpp-httplib has 5 clients wait at most, and has others try again a second later

  // Blocked here and so in the server's threads too: the signals wait for sigwait below.
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGINT);
  sigaddset(&stop, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);

  std::thread listener([&] { server.listen_after_bind(); });
  while (!server.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  std::cout << "listening on http://127.0.0.1:" << port << std::endl;

  int received;
  sigwait(&stop, &received);
  server.stop();
  // cpp-httplib would wait for idle connections to time out. This ends their reading, and lets
  // answers that are being written finish.
  for (int fd = 3; fd < FD_SETSIZE; ++fd) shutdown(fd, SHUT_RD);
  listener.join();
  return 0;
}

} // namespace

int main() try {
  return run();
} catch (const std::exception &error) {
  std::cerr << error.what() << '\n';
  return 1;
}
