// Sends requests to Pusher's REST API in C++, with libcurl:
//
//   request trigger CHANNEL EVENT DATA   triggers an event on a channel
//   request send USER_ID EVENT DATA      sends an event to a user
//   request terminate USER_ID            terminates a user's connections
//   request METHOD PATH [BODY]           sends any other request: request GET /channels
//
// PUSHER_URL or PUSHER_CONFIG describes the app. Prints the status and the body of the response.
// The exit status is 0 only if the status is 200.
#include <cstdlib>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <curl/curl.h>
#include <pusher_auth.hpp>

namespace {

// Sends a request. Returns the status of the response and prints its body.
long send(const pusher::request &request) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                 curl_easy_cleanup);
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(
      curl_slist_append(nullptr, "Content-Type: application/json"), curl_slist_free_all);
  curl_easy_setopt(curl.get(), CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, request.method.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, 10L);
  if (!request.body.empty()) curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, request.body.c_str());
  const CURLcode result = curl_easy_perform(curl.get()); // prints the response's body
  if (result != CURLE_OK) throw std::runtime_error(curl_easy_strerror(result));
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  return status;
}

std::string setting(const char *name) {
  const char *value = std::getenv(name);
  return value == nullptr ? "" : value;
}

} // namespace

int main(int argc, char **argv) try {
  const std::vector<std::string> args(argv + 1, argv + argc);
  const std::string app = setting("PUSHER_URL"), command = args.empty() ? "" : args[0];
  const pusher::signer signer(app.empty() ? setting("PUSHER_CONFIG") : app);
  pusher::request request;
  if (command == "trigger" && args.size() == 4)
    request = signer.trigger(args[1], args[2], args[3]);
  else if (command == "send" && args.size() == 4)
    request = signer.send_to_user(args[1], args[2], args[3]);
  else if (command == "terminate" && args.size() == 2)
    request = signer.terminate_user_connections(args[1]);
  else if (args.size() == 2)
    request = {command, signer.request_url(command, args[1]), ""};
  else if (args.size() == 3)
    request = {command, signer.request_url(command, args[1], "", args[2]), args[2]};
  else
    throw std::runtime_error("usage: request trigger|send|terminate|METHOD ARGUMENTS");
  const long status = send(request);
  std::cout << '\n' << status << '\n';
  return status == 200 ? 0 : 1;
} catch (const std::exception &error) {
  std::cerr << error.what() << '\n';
  return 1;
}
