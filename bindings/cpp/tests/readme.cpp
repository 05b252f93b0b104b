// Calls the functions of README.md's examples: readme.sh puts them before this file.
#include <cassert>
#include <iostream>

static std::vector<std::string> sent;

void send(const std::string &method, const std::string &url, const std::string &json) {
  sent.push_back(method + " " + url.substr(0, url.find('?')) + " " + json);
}

int main() {
  std::vector<pusher::signer> signers;
  signers.emplace_back(R"({"appId":"3","cluster":"eu","key":"k","secret":"s"})");
  const pusher::signer &signer = signers[0];

  const std::string type = "application/x-www-form-urlencoded", user = R"({"id":"12345"})";
  assert(user_auth(signer, user, type, "a=b&socket_id=1.2") ==
         signer.authenticate_user("1.2", user));
  try {
    user_auth(signer, user, type, "");
    assert(false);
  } catch (const pusher::error &error) {
    assert(error.code() == PUSHER_ERROR_SOCKET_ID && error.http_status() == 403);
  }

  const std::string member = R"({"user_id":"alice"})";
  assert(channel_auth(signer, "alice", member, "1.2", "presence-lobby") ==
         signer.authorize_channel("1.2", "presence-lobby", member));
  assert(channel_auth(signer, "alice", member, "1.2", "private-user-alice") ==
         signer.authorize_channel("1.2", "private-user-alice"));
  try {
    channel_auth(signer, "alice", member, "1.2", "private-user-bob");
    assert(false);
  } catch (const pusher::error &error) {
    assert(error.code() == PUSHER_ERROR_CHANNEL);
  }

  notify(signer);
  const std::string app = "POST https://api-eu.pusher.com/apps/3";
  const std::string news =
      R"({"name":"published","data":"{\"title\":\"Hello\"}","channel":"news"})";
  const std::string both =
      R"({"name":"published","channels":["news","sports"],"data":"{\"id\":1}"})";
  const std::string reminder =
      R"({"name":"reminder","data":"{\"in\":5}","channel":"#server-to-user-alice"})";
  assert(sent.size() == 4);
  assert(sent[0] == app + "/events " + news);
  assert(sent[1] == app + "/events " + both);
  assert(sent[2] == app + "/events " + reminder);
  assert(sent[3] == app + "/users/bob/terminate_connections {}");

  assert(!is_genuine(signers, "k", std::string(64, '0'), "{}"));
}
