// cpp.cpp - calls the C++ binding.

#include <pusher_auth.hpp>

#include <cstring>

#include "worker.h"

static int run(const char *user, size_t user_len, long calls, char *response, size_t) {
  static const pusher::signer signer(getenv("PUSHER_CONFIG"));
  static const std::string_view socket_id = getenv("SOCKET_ID");
  std::string written;
  for (long i = 0; i < calls; i++) {
    written = signer.authenticate_user(socket_id, std::string_view(user, user_len));
  }
  std::strcpy(response, written.c_str());
  return 0;
}

int main() { return serve(run); }
