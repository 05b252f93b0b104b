// What the C++ layer adds to the C library: `make test-cpp`, which runs this in the project's root.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>
#include <pusher_auth.hpp>

using nlohmann::json;
using namespace std::string_view_literals;

namespace {

const std::string config = R"({"key":"278d425bdf160c739803","secret":"7ad3773142a6692b25b8"})";
const std::string user = R"({"id":"12345"})";
// https://pusher.com/docs/channels/library_auth_reference/auth-signatures/
const std::string response =
    R"({"auth":"278d425bdf160c739803:4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba",)"
    R"("user_data":"{\"id\":\"12345\"}"})";

json vectors(const std::string &name, const std::string &member) {
  std::ifstream file("tests/vectors/" + name + ".json");
  REQUIRE_MESSAGE(file, "tests/vectors is read from the project's root");
  return json::parse(file).at(member);
}

json vectors(const std::string &name) { return vectors(name, name); }

// The code that `call` throws; its message is the library's and has none of the secret.
template <class Call> std::int32_t code_of(Call call) {
  try {
    call();
  } catch (const pusher::error &error) {
    CHECK(error.what() == std::string(pusher_error_message(error.code())));
    CHECK(std::string_view(error.what()).find("7ad3773142a6692b25b8") == std::string_view::npos);
    return error.code();
  }
  return 0;
}

} // namespace

static_assert(!std::is_copy_constructible_v<pusher::signer> && !std::is_copy_assignable_v<pusher::signer>);
static_assert(std::is_nothrow_move_constructible_v<pusher::signer>);
static_assert(std::is_nothrow_move_assignable_v<pusher::signer>);
static_assert(!std::is_convertible_v<std::string_view, pusher::signer>, "a string is not a signer by accident");
static_assert(std::is_base_of_v<std::runtime_error, pusher::error>);

TEST_CASE("signs as published") {
  for (const json &vector : vectors("user_auth")) {
    CAPTURE(vector.at("source"));
    const std::string key = vector.at("key"), secret = vector.at("secret"), user_data = vector.at("user_data");
    const pusher::signer signer(json{{"key", key}, {"secret", secret}}.dump());
    const std::string body = signer.authenticate_user(std::string(vector.at("socket_id")), user_data);
    // JSON objects of nlohmann are in order of the names, as the response is.
    CHECK(body == json{{"auth", vector.at("auth")}, {"user_data", user_data}}.dump());
    if (vector.contains("response")) CHECK(body == std::string(vector.at("response")));
  }
}

TEST_CASE("refuses what the library refuses, with its code") {
  const pusher::signer signer(config);
  for (const json &vector : vectors("reject")) {
    CAPTURE(vector.dump());
    const std::string value = vector.at("value");
    if (vector.at("field") == "socket_id") {
      CHECK(code_of([&] { (void)signer.authenticate_user(value, user); }) == PUSHER_ERROR_SOCKET_ID);
    } else {
      const std::int32_t code = code_of([&] { (void)signer.authenticate_user("1.1", value); });
      CHECK(code <= PUSHER_ERROR_USER_INVALID);
      CHECK(code >= PUSHER_ERROR_USER_DUPLICATE_MEMBER);
    }
  }
  CHECK(code_of([&] { (void)signer.authenticate_user("1.1", R"({"id":1})"); }) == PUSHER_ERROR_USER_ID_NOT_STRING);
  CHECK(code_of([] { pusher::signer{"["}; }) == PUSHER_ERROR_CONFIG_INVALID);
  CHECK(code_of([] { pusher::signer{""}; }) == PUSHER_ERROR_CONFIG_INVALID);
  CHECK(code_of([] { pusher::signer{std::string_view{}}; }) == PUSHER_ERROR_CONFIG_INVALID);
  CHECK(code_of([] { pusher::signer{R"({"secret":"7ad3773142a6692b25b8"})"}; }) == PUSHER_ERROR_CONFIG_KEY);
  CHECK(code_of([] { pusher::signer{R"({"key":"k","secret":""})"}; }) == PUSHER_ERROR_CONFIG_SECRET);
}

TEST_CASE("authorizes channels, signs requests and verifies webhooks as published") {
  std::map<std::string, int> seen;
  for (const json &vector : vectors("channels_requests_webhooks", "vectors")) {
    CAPTURE(vector.at("source"));
    const auto text = [&](const char *name) {
      const auto found = vector.find(name);
      return found != vector.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    const std::string kind = text("kind"), channel = text("channel"), path = text("path");
    json app{{"key", text("key")}, {"secret", text("secret")}};
    if (kind == "presence_auth" || (kind == "channel_auth" && channel.rfind("private-", 0) == 0)) {
      if (text("channel_data").empty() == (channel.rfind("presence-", 0) == 0)) continue;
      app["encryptionMasterKeyBase64"] = "OHRXNUZRTG5pUTFzQlFGd3J3N3Q2VFZFc0paZDEweVk=";
      const json body = json::parse(pusher::signer(app.dump()).authorize_channel(text("socket_id"), channel, text("channel_data")));
      CHECK(body.at("auth") == (text("recomputed").empty() ? text("auth") : text("recomputed")));
      CHECK(body.value("channel_data", "") == text("channel_data"));
    } else if (kind == "encrypted_shared_secret" && !text("master_key_base64").empty()) {
      app = {{"key", "k"}, {"secret", "s"}, {"encryptionMasterKeyBase64", text("master_key_base64")}};
      const json body = json::parse(pusher::signer(app.dump()).authorize_channel("1.1", channel));
      CHECK(body.at("shared_secret").get<std::string>().substr(0, 43) == text("shared_secret").substr(0, 43));
    } else if (kind == "rest_signature" && path.rfind("/apps/", 0) == 0) {
      const std::size_t end = path.find('/', 6);
      app["appId"] = path.substr(6, end - 6);
      std::string query;
      for (const auto &[name, value] : vector.at("params").items())
        query += (query.empty() ? "" : "&") + name + "=" + value.get<std::string>();
      const std::string url = pusher::signer(app.dump()).sign_request(text("method"), path.substr(end), query, text("body"),
                                                                      std::stoll(text("timestamp")));
      CHECK(url.rfind("https://api.pusherapp.com" + path + "?", 0) == 0);
      CHECK(url.substr(url.size() - 64) == text("auth_signature"));
    } else if (kind == "webhook") {
      if (text("key").empty()) app["key"] = "any";
      const pusher::signer signer(app.dump());
      const std::string key = app.at("key"), body = text("body");
      CHECK(code_of([&] { signer.verify_webhook(key, text("signature"), body); }) == 0);
      CHECK(code_of([&] { signer.verify_webhook(key, text("signature"), body + " "); }) == PUSHER_ERROR_WEBHOOK_SIGNATURE);
      CHECK(code_of([&] { signer.verify_webhook(key, {}, body); }) == PUSHER_ERROR_WEBHOOK_SIGNATURE);
      CHECK(code_of([&] { signer.verify_webhook({}, text("signature"), body); }) == PUSHER_ERROR_WEBHOOK_KEY);
    } else {
      continue;
    }
    ++seen[kind];
  }
  for (const char *kind : {"channel_auth", "presence_auth", "encrypted_shared_secret", "rest_signature", "webhook"})
    CHECK_MESSAGE(seen[kind] > 0, kind);
}

TEST_CASE("refuses channels and requests, with the library's code") {
  const pusher::signer signer(config), api(R"({"key":"k","secret":"s","appId":1})");
  const auto channel = [&](std::string_view name, std::string_view data = {}) {
    return code_of([&] { (void)signer.authorize_channel("1.1", name, data); });
  };
  CHECK(channel(":user::{\"id\":\"admin\"}") == PUSHER_ERROR_CHANNEL);
  CHECK(channel("private-a\0"sv) == PUSHER_ERROR_CHANNEL);
  CHECK(channel({}) == PUSHER_ERROR_CHANNEL);
  CHECK(channel("private-a", R"({"user_id":1})") == PUSHER_ERROR_CHANNEL_DATA);
  CHECK(channel("presence-a", "{}") == PUSHER_ERROR_CHANNEL_DATA);
  CHECK(channel("private-encrypted-a") == PUSHER_ERROR_ENCRYPTION_KEY);
  const auto request = [&](const pusher::signer &by, std::string_view method, std::string_view path, std::string_view query = {}) {
    return code_of([&] { (void)by.sign_request(method, path, query); });
  };
  CHECK(request(signer, "GET", "/channels") == PUSHER_ERROR_CONFIG_APP);
  CHECK(request(api, "GET", "/channels") == 0);
  CHECK(request(api, "GET\0"sv, "/channels") == PUSHER_ERROR_REQUEST);
  CHECK(request(api, "GET", "/channels\0/x"sv) == PUSHER_ERROR_REQUEST);
  CHECK(request(api, "GET", "/channels", "a=1\0"sv) == PUSHER_ERROR_REQUEST);
  CHECK(request(api, "GET", "/users/a b") == PUSHER_ERROR_REQUEST);
}

TEST_CASE("reads a view to its end and no further") {
  const std::string text = "<" + config + "|1234.1234|" + user + ">";
  const auto part = [&](std::size_t from, std::size_t size) { return std::string_view(text).substr(from, size); };
  const pusher::signer signer(part(1, config.size()));
  const std::size_t socket_id = config.size() + 2;
  CHECK(signer.authenticate_user(part(socket_id, 9), part(socket_id + 10, user.size())) == response);

  CHECK(code_of([&] { (void)signer.authenticate_user(part(socket_id, 10), user); }) == PUSHER_ERROR_SOCKET_ID);
  CHECK(code_of([&] { (void)signer.authenticate_user({}, user); }) == PUSHER_ERROR_SOCKET_ID);
  CHECK(code_of([&] { (void)signer.authenticate_user("1.1", {}); }) == PUSHER_ERROR_USER_INVALID);
}

TEST_CASE("refuses a NUL, and does not stop at it") {
  const pusher::signer signer(config);
  CHECK(code_of([&] { (void)signer.authenticate_user("1.1\0"sv, user); }) == PUSHER_ERROR_SOCKET_ID);
  CHECK(code_of([&] { (void)signer.authenticate_user("1.1\0::user::{}"sv, user); }) == PUSHER_ERROR_SOCKET_ID);
  CHECK(code_of([&] { (void)signer.authenticate_user("1.1", user + '\0'); }) == PUSHER_ERROR_USER_INVALID);
  CHECK(code_of([] { pusher::signer{config + '\0'}; }) == PUSHER_ERROR_CONFIG_INVALID);
  CHECK(code_of([] { (void)pusher::jsonp("a\0;alert(1)"sv, response); }) == PUSHER_ERROR_CALLBACK);
  CHECK(code_of([] { (void)pusher::jsonp("a\0"sv, response); }) == PUSHER_ERROR_CALLBACK);
  CHECK(code_of([] { (void)pusher::jsonp("a", response + '\0'); }) == PUSHER_ERROR_RESPONSE_INVALID);
}

TEST_CASE("a signer moves, and is empty afterwards") {
  pusher::signer first(config);
  pusher::signer second(std::move(first));
  CHECK(second.authenticate_user("1234.1234", user) == response);
  CHECK(code_of([&] { (void)first.authenticate_user("1234.1234", user); }) == PUSHER_ERROR_NULL_ARGUMENT);

  pusher::signer third(R"({"key":"other","secret":"other"})");
  third = std::move(second);
  CHECK(third.authenticate_user("1234.1234", user) == response);
  CHECK(code_of([&] { (void)second.authenticate_user("1234.1234", user); }) == PUSHER_ERROR_NULL_ARGUMENT);
  first = std::move(third);
  CHECK(first.authenticate_user("1234.1234", user) == response);

  std::vector<pusher::signer> many;
  for (int i = 0; i < 10; ++i) many.emplace_back(config);
  for (const pusher::signer &signer : many) CHECK(signer.authenticate_user("1234.1234", user) == response);
}

TEST_CASE("large users come through whole") {
  const pusher::signer signer(config);
  const std::string large = json{{"id", "1"}, {"text", std::string(1 << 20, '"')}}.dump();
  const json body = json::parse(signer.authenticate_user("1.1", large));
  CHECK(body.at("user_data") == large);
}

TEST_CASE("threads share a signer") {
  const pusher::signer signer(config);
  std::vector<int> right(8);
  std::vector<std::thread> threads;
  for (int &count : right)
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) count += signer.authenticate_user("1234.1234", user) == response;
    });
  for (std::thread &thread : threads) thread.join();
  CHECK(right == std::vector<int>(8, 1000));
}

TEST_CASE("jsonp calls the callback with the response") {
  CHECK(pusher::jsonp("Pusher.auth_callbacks['1']", response) ==
        "/**/Pusher.auth_callbacks['1'](" + response + ");");
  CHECK(pusher::jsonp("a", "{\"\u2028\":\"\u2029\"}") == R"(/**/a({"\u2028":"\u2029"});)");
  std::string separators; // the most that a response can grow
  for (int i = 0; i < 1000; ++i) separators += "\u2028";
  const std::string script = pusher::jsonp("a", "{\"a\":\"" + separators + "\"}");
  CHECK(script.size() == 6000 + R"(/**/a({"a":""});)"sv.size());

  for (const char *callback : {"", "alert(1)", "a;b", "a b", "a\n"})
    CHECK(code_of([&] { (void)pusher::jsonp(callback, response); }) == PUSHER_ERROR_CALLBACK);
  CHECK(code_of([] { (void)pusher::jsonp({}, response); }) == PUSHER_ERROR_CALLBACK);
  CHECK(code_of([] { (void)pusher::jsonp("a", "[]"); }) == PUSHER_ERROR_RESPONSE_INVALID);
  CHECK(code_of([] { (void)pusher::jsonp("a", {}); }) == PUSHER_ERROR_RESPONSE_INVALID);
}

TEST_CASE("version and error speak for the library") {
  CHECK(pusher::version() == PUSHER_AUTH_VERSION);
  CHECK(pusher::error(PUSHER_ERROR_SOCKET_ID).code() == PUSHER_ERROR_SOCKET_ID);
  CHECK(pusher::error(12345).what() == std::string(pusher_error_message(12345)));
}
