// A request to Pusher's REST API in C++, with libcurl: an event for a user, the end of their connections.
//
//   request POST /events '{"name":"news","channels":["#server-to-user-alice"],"data":"{}"}'
//   request POST /users/alice/terminate_connections '{}'
//   request GET /channels
//
// PUSHER_CONFIG is {"appId":"…","key":"…","secret":"…","cluster":"…"}. Prints the answer.
#include <cstdlib>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

#include <curl/curl.h>
#include <pusher_auth.hpp>

namespace {

// The ten lines: signs the request for now, and sends it.
void request(const pusher::signer &signer, const std::string &method, const std::string &path, const std::string &body) {
  const std::string url = signer.sign_request(method, path, "", body);
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), curl_easy_cleanup);
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(
      curl_slist_append(nullptr, "Content-Type: application/json"), curl_slist_free_all);
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, method.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  if (!body.empty()) curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, 10L);
  const CURLcode result = curl_easy_perform(curl.get()); // which prints the answer, unless told otherwise
  if (result != CURLE_OK) throw std::runtime_error(curl_easy_strerror(result));
}

} // namespace

int main(int argc, char **argv) try {
  if (argc < 3) {
    std::cerr << "usage: " << argv[0] << " METHOD PATH [BODY]\n";
    return 2;
  }
  const char *const config = std::getenv("PUSHER_CONFIG");
  request(pusher::signer(config == nullptr ? "" : config), argv[1], argv[2], argc > 3 ? argv[3] : "");
  return 0;
} catch (const std::exception &error) {
  std::cerr << error.what() << '\n';
  return 1;
}
