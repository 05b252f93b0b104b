// Tests of pusher_auth.hpp: `make test-cpp`. It reads the vectors from the project's root.
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
using std::string;
using namespace std::string_view_literals;
using std::chrono::milliseconds;

namespace {

const string secret = "7ad3773142a6692b25b8";
const string config = R"({"key":"278d425bdf160c739803","secret":")" + secret + "\"}";
const string app_config =
    R"({"appId":"3","cluster":"eu","key":"k","secret":"s",)"
    R"("encryptionMasterKeyBase64":"zyrm8pvV2C9fJcBfhyXzvxbJVN/H7QLmbe0xJi1GhPU="})";
const string user = R"({"id":"12345"})";
// https://pusher.com/docs/channels/library_auth_reference/auth-signatures/
const string response =
    R"({"auth":"278d425bdf160c739803:4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba",)"
    R"("user_data":"{\"id\":\"12345\"}"})";

// Returns the code that `call` throws, or 0. Checks what all errors have in common.
template<class Call> std::int32_t code_of(Call call) {
  try {
    call();
  } catch (const pusher::error &error) {
    CHECK(error.what() == string(pusher_error_message(error.code())));
    CHECK(error.name() == string(pusher_error_name(error.code())));
    CHECK(string(error.what()).find(secret) == string::npos);
    return error.code();
  }
  return 0;
}

// Makes a call of tests/vectors/calls.json.
string run(const string &call, const string &config_text, const json &args) {
  const auto text = [&](const char *name) { return args.at(name).get<string>(); };
  if (call == "request_parameter") {
    const auto value = pusher::request_parameter(text("content_type"), text("text"), text("name"));
    if (!value) throw pusher::error(PUSHER_ERROR_PARAMETER_MISSING);
    return *value;
  }
  if (call == "jsonp") return pusher::jsonp(text("callback"), text("response"));
  const pusher::signer signer(config_text);
  if (call == "signer_new") return "";
  if (call == "authenticate_user")
    return signer.authenticate_user(text("socket_id"), text("user_json"));
  if (call == "authorize_channel")
    return signer.authorize_channel(text("socket_id"), text("channel"), text("channel_data"));
  if (call == "request_url")
    return signer.request_url(text("method"), text("path"), text("query"), text("body"),
                              args.at("timestamp"));
  if (call == "terminate_user_url")
    return signer.terminate_user_url(text("user_id"), args.at("timestamp"));
  if (call == "event_body")
    return signer.event_body(text("channel"), text("name"), text("data"), text("socket_id"));
  if (call == "events_body") return signer.events_body(text("events_json"));
  if (call == "decrypt") return signer.decrypt(text("channel"), text("encrypted"));
  REQUIRE_MESSAGE(call == "verify_webhook", call);
  signer.verify_webhook(text("key"), text("signature"), text("body"));
  return "";
}

} // namespace

static_assert(!std::is_copy_constructible_v<pusher::signer>);
static_assert(!std::is_copy_assignable_v<pusher::signer>);
static_assert(std::is_nothrow_move_constructible_v<pusher::signer>);
static_assert(std::is_nothrow_move_assignable_v<pusher::signer>);
static_assert(!std::is_convertible_v<std::string_view, pusher::signer>);
static_assert(std::is_base_of_v<std::runtime_error, pusher::error>);

TEST_CASE("known answers") {
  std::ifstream file("tests/vectors/calls.json");
  REQUIRE_MESSAGE(file, "run this in the project's root");
  std::map<string, int> count;
  const json vectors = json::parse(file);
  for (const json &vector : vectors.at("calls")) {
    CAPTURE(vector.dump());
    const string call = vector.at("call");
    string result;
    const std::int32_t code =
        code_of([&] { result = run(call, vector.value("config", ""), vector.at("arguments")); });
    CHECK(code == vector.value("code", 0));
    CHECK(result == vector.value("result", ""));
    ++count[call];
  }
  for (const char *call :
       {"signer_new", "authenticate_user", "authorize_channel", "request_url", "terminate_user_url",
        "event_body", "decrypt", "verify_webhook", "request_parameter", "jsonp"})
    CHECK_MESSAGE(count[call] > 0, call);
}

TEST_CASE("a signer reads a PUSHER_URL") {
  const pusher::signer signer("https://k:s@api-eu.pusher.com/apps/3");
  CHECK(signer.request_url("GET", "/channels", "", "", 1) ==
        pusher::signer(app_config).request_url("GET", "/channels", "", "", 1));
  CHECK(code_of([] { pusher::signer{"https://k@api-eu.pusher.com/apps/3"}; }) ==
        PUSHER_ERROR_CONFIG_INVALID);
}

TEST_CASE("requests") {
  const pusher::signer signer(app_config);
  const auto path_of = [](const string &url) { return url.substr(0, url.find('?')); };
  const string app = "https://api-eu.pusher.com/apps/3";

  pusher::request request = signer.trigger("my-channel", "my-event", R"({"a":1})", "1.2");
  CHECK(request.method == "POST");
  CHECK(path_of(request.url) == app + "/events");
  json body = json::parse(request.body);
  CHECK(body.at("name") == "my-event");
  CHECK(body.at("data") == R"({"a":1})");
  CHECK(body.at("socket_id") == "1.2");

  request = signer.trigger(R"({"name":"e","channels":["a","b"],"data":{"x":1}})");
  CHECK(path_of(request.url) == app + "/events");
  CHECK(json::parse(request.body).at("channels").size() == 2);

  request = signer.trigger_batch(R"({"batch":[{"name":"e","channel":"a","data":"x"}]})");
  CHECK(path_of(request.url) == app + "/batch_events");
  CHECK(json::parse(request.body).at("batch").size() == 1);

  request = signer.send_to_user("alice", "e", "{}");
  CHECK(path_of(request.url) == app + "/events");
  CHECK(request.body.find("#server-to-user-alice") != string::npos);

  request = signer.terminate_user_connections("auth0|abc123");
  CHECK(request.method == "POST");
  CHECK(path_of(request.url) == app + "/users/auth0%7Cabc123/terminate_connections");
  CHECK(request.body == "{}");

  // The signature is over the body that is sent.
  request = signer.trigger("my-channel", "my-event", "{}");
  const auto value_of = [&](const string &name) {
    const auto at = request.url.find(name + "=") + name.size() + 1;
    return request.url.substr(at, request.url.find('&', at) - at);
  };
  CHECK(request.url == signer.request_url("POST", "/events", "", request.body,
                                          std::stoll(value_of("auth_timestamp"))));

  CHECK(code_of([&] { (void)signer.trigger("a b", "e", ""); }) == PUSHER_ERROR_CHANNEL);
  CHECK(code_of([&] { (void)signer.trigger("a", "", ""); }) == PUSHER_ERROR_EVENT);
  CHECK(code_of([&] { (void)signer.trigger("a", "e", "", "1"); }) == PUSHER_ERROR_SOCKET_ID);
  CHECK(code_of([&] { (void)signer.trigger("{}"); }) == PUSHER_ERROR_EVENT);
  CHECK(code_of([&] { (void)signer.terminate_user_connections(".."); }) == PUSHER_ERROR_REQUEST);
  CHECK(code_of([] { (void)pusher::signer(config).trigger("a", "e", ""); }) ==
        PUSHER_ERROR_CONFIG_APP);
}

TEST_CASE("encrypted events") {
  const pusher::signer signer(app_config);
  const string channel = "private-encrypted-a", data = "Hello! \u2028 " + string(5000, '"');
  CHECK(signer.decrypt(channel, signer.encrypt(channel, data)) == data);
  CHECK(signer.decrypt(channel, signer.encrypt(channel, {})).empty());
  CHECK(signer.encrypt(channel, data) != signer.encrypt(channel, data)); // another nonce
  const json body = json::parse(signer.event_body(channel, "e", data));
  CHECK(signer.decrypt(channel, body.at("data").get<string>()) == data);

  const string encrypted = signer.encrypt(channel, data);
  CHECK(code_of([&] { (void)signer.decrypt("private-encrypted-b", encrypted); }) ==
        PUSHER_ERROR_DECRYPTION);
  CHECK(code_of([&] { (void)signer.decrypt(channel, "{}"); }) == PUSHER_ERROR_DECRYPTION);
  CHECK(code_of([&] { (void)signer.encrypt("private-a", data); }) == PUSHER_ERROR_CHANNEL);
  CHECK(code_of([&] { (void)pusher::signer(config).encrypt(channel, data); }) ==
        PUSHER_ERROR_ENCRYPTION_KEY);
}

TEST_CASE("webhooks of several tokens, and their age") {
  // pusher-http-node's tests
  const string body =
      R"({"time_ms":1403175510755,"events":[{"channel":"test_channel","name":"channel_vacated"}]})";
  const string signature = "c17257e92037cd7de407ebc1ed174ceb7b2e518db127f44411b9ffc4f5b28cc5";
  std::vector<pusher::signer> signers;
  signers.emplace_back(R"({"key":"123456789","secret":"the new one"})");
  signers.emplace_back(R"({"key":"other","secret":"tofu"})");
  signers.emplace_back(R"({"key":"123456789","secret":"tofu"})");
  CHECK(&pusher::verify_webhook(signers, "123456789", signature, body) == &signers[2]);
  CHECK(code_of([&] { (void)pusher::verify_webhook(signers, "x", signature, body); }) ==
        PUSHER_ERROR_WEBHOOK_KEY);
  CHECK(code_of([&] { (void)pusher::verify_webhook(signers, "other", signature, body + " "); }) ==
        PUSHER_ERROR_WEBHOOK_SIGNATURE);
  CHECK(code_of([&] { (void)pusher::verify_webhook(signers, "123456789", {}, body); }) ==
        PUSHER_ERROR_WEBHOOK_SIGNATURE);
  signers.clear();
  CHECK(code_of([&] { (void)pusher::verify_webhook(signers, "123456789", signature, body); }) ==
        PUSHER_ERROR_WEBHOOK_KEY);

  signers.emplace_back(R"({"key":"123456789","secret":"tofu"})");
  const auto sent = std::chrono::system_clock::time_point(milliseconds(1403175510755));
  const auto verify = [&](milliseconds max_age, milliseconds age) {
    (void)pusher::verify_webhook(signers, "123456789", signature, body, max_age, sent + age);
  };
  CHECK_NOTHROW(verify(milliseconds(300'000), milliseconds(300'000)));
  CHECK_THROWS_AS(verify(milliseconds(300'000), milliseconds(300'001)), pusher::webhook_too_old);
  CHECK_NOTHROW(verify(milliseconds(0), milliseconds(-1))); // the clocks may differ
  CHECK_NOTHROW(verify(milliseconds::max(), milliseconds(1'000'000'000'000)));
}

TEST_CASE("the time of a webhook is its own member, a number") {
  for (const auto &[body, time] : std::map<string, std::int64_t>{
           {R"({"time_ms":5})", 5},
           {"{ \"events\" : [ ] ,\n \"time_ms\" : 5 }", 5},
           {R"({"events":[{"time_ms":1,"data":"\"time_ms\":2}"}],"time_ms":5})", 5},
           {R"({"a":"\\","time_ms":5})", 5},
           {R"({"a":"}]\"","time_ms":5})", 5},
           {R"({"a":"time_ms","time_ms":5})", 5},
           {R"({"time_ms":"5"})", -1},
           {R"({"time_ms":-5})", -1},
           {R"({"time_ms":null})", -1},
           {R"({"time_ms")", -1},
           {R"({"time_ms":)", -1},
           {R"([{"time_ms":5}])", -1},
           {R"({"events":[{"time_ms":5}]})", -1},
           {R"({"xtime_ms":5,"time_msx":6})", -1},
           {"\"\\", -1},
           {"", -1},
       }) {
    CAPTURE(body);
    CHECK(pusher::detail::webhook_time(body) == time);
  }
  CHECK(pusher::detail::webhook_time(R"({"time_ms":99999999999999999999999})") > 0);
}

TEST_CASE("parameters") {
  CHECK(pusher::request_parameter("", "a=1&b=%C3%BC+2", "b") == "\u00fc 2");
  CHECK(pusher::request_parameter("application/json", R"({"b":"\u0000"})", "b") == string(1, '\0'));
  CHECK(pusher::request_parameter("", "a=1", "b") == std::nullopt);
  CHECK(pusher::request_parameter("", {}, "b") == std::nullopt);
  CHECK(pusher::request_parameter("", "b=", "b") == "");
  for (const char *text : {"b=1&b=1", "a=1&a=2&b=1", "b=%ff"})
    CHECK(code_of([&] { (void)pusher::request_parameter("", text, "b"); }) ==
          PUSHER_ERROR_PARAMETERS);
  CHECK(code_of([] { (void)pusher::request_parameter("text/plain", "b=1", "b"); }) ==
        PUSHER_ERROR_PARAMETERS);
}

TEST_CASE("a view is read to its end and no further") {
  const string text = "<" + config + "|1234.1234|" + user + ">";
  const auto part = [&](std::size_t from, std::size_t n) {
    return std::string_view(text).substr(from, n);
  };
  const pusher::signer signer(part(1, config.size()));
  const std::size_t socket_id = config.size() + 2;
  CHECK(signer.authenticate_user(part(socket_id, 9), part(socket_id + 10, user.size())) ==
        response);

  CHECK(code_of([&] { (void)signer.authenticate_user(part(socket_id, 10), user); }) ==
        PUSHER_ERROR_SOCKET_ID);
  CHECK(code_of([&] { (void)signer.authenticate_user({}, user); }) == PUSHER_ERROR_SOCKET_ID);
  CHECK(code_of([&] { (void)signer.authenticate_user("1.1", {}); }) == PUSHER_ERROR_USER_INVALID);
  CHECK(code_of([] { pusher::signer{std::string_view{}}; }) == PUSHER_ERROR_CONFIG_INVALID);
}

TEST_CASE("a NUL is a character like any other") {
  const pusher::signer signer(config), api(app_config);
  const auto authenticate = [&](std::string_view socket_id, std::string_view user_json) {
    return code_of([&] { (void)signer.authenticate_user(socket_id, user_json); });
  };
  const auto request = [&](std::string_view method, std::string_view path, std::string_view query) {
    return code_of([&] { (void)api.request_url(method, path, query); });
  };
  CHECK(authenticate("1.1\0"sv, user) == PUSHER_ERROR_SOCKET_ID);
  CHECK(authenticate("1.1\0::user::{}"sv, user) == PUSHER_ERROR_SOCKET_ID);
  CHECK(authenticate("1.1", user + '\0') == PUSHER_ERROR_USER_INVALID);
  CHECK(code_of([] { pusher::signer{config + '\0'}; }) == PUSHER_ERROR_CONFIG_INVALID);
  CHECK(request("GET", "/channels", "") == 0);
  CHECK(request("GET\0"sv, "/channels", "") == PUSHER_ERROR_REQUEST);
  CHECK(request("GET", "/channels\0/x"sv, "") == PUSHER_ERROR_REQUEST);
  CHECK(request("GET", "/channels", "a=1\0"sv) == PUSHER_ERROR_REQUEST);
  CHECK(code_of([] { (void)pusher::jsonp("a\0;alert(1)"sv, response); }) == PUSHER_ERROR_CALLBACK);
  CHECK(code_of([] { (void)pusher::jsonp("a", response + '\0'); }) ==
        PUSHER_ERROR_RESPONSE_INVALID);
}

TEST_CASE("a signer moves, and is empty afterwards") {
  pusher::signer first(config);
  pusher::signer second(std::move(first));
  CHECK(second.authenticate_user("1234.1234", user) == response);
  CHECK(code_of([&] { (void)first.authenticate_user("1234.1234", user); }) ==
        PUSHER_ERROR_NULL_ARGUMENT);
  CHECK(code_of([&] { first.verify_webhook("k", "s", "b"); }) == PUSHER_ERROR_NULL_ARGUMENT);

  pusher::signer third(R"({"key":"other","secret":"other"})");
  third = std::move(second);
  CHECK(third.authenticate_user("1234.1234", user) == response);
  first = std::move(third);
  CHECK(first.authenticate_user("1234.1234", user) == response);
}

TEST_CASE("long texts fit the buffers") {
  const pusher::signer signer(config), api(app_config);
  const string quotes(1 << 20, '"');
  const string large = json{{"id", "1"}, {"text", quotes}}.dump();
  CHECK(json::parse(signer.authenticate_user("1.1", large)).at("user_data") == large);
  CHECK(json::parse(api.event_body("a", "e", quotes)).at("data") == quotes);
  CHECK(api.terminate_user_url(string(1 << 16, '|')).size() > 3 << 16);
  string separators; // the most that a response can grow
  for (int i = 0; i < 1000; ++i) separators += "\u2028";
  const string script = pusher::jsonp("a", "{\"a\":\"" + separators + "\"}");
  CHECK(script.size() == 6000 + R"(/**/a({"a":""});)"sv.size());
}

TEST_CASE("threads share a signer") {
  const pusher::signer signer(config);
  std::vector<int> right(8);
  std::vector<std::thread> threads;
  for (int &count : right)
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i)
        count += signer.authenticate_user("1234.1234", user) == response;
    });
  for (std::thread &thread : threads) thread.join();
  CHECK(right == std::vector<int>(8, 1000));
}

TEST_CASE("errors have the status of an endpoint's response") {
  const std::map<int, std::vector<std::int32_t>> codes{
      {400, {-26, -27}},
      {401, {-21, -22}},
      {403, {-6, -12, -17}},
      {500, {-1,  -2,  -3,  -4,  -5,  -7,  -8,  -9,  -10, -11,
             -13, -14, -15, -16, -18, -19, -20, -23, -24, -25}},
  };
  for (const auto &[status, all] : codes)
    for (const std::int32_t code : all) CHECK(pusher::error(code).http_status() == status);
}

TEST_CASE("version and errors are the library's") {
  CHECK(pusher::version() == PUSHER_AUTH_VERSION);
  CHECK(pusher::error(PUSHER_ERROR_SOCKET_ID).code() == PUSHER_ERROR_SOCKET_ID);
  CHECK(pusher::error(PUSHER_ERROR_SOCKET_ID).name() == "PUSHER_ERROR_SOCKET_ID"sv);
  CHECK(pusher::error(12345).what() == string(pusher_error_message(12345)));
}
