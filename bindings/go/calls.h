/*
 * The library's functions with parameters of type Go string, which C reads in place. Before Go
 * 1.20, only C can get a string's pointer. The signer is a number, because cgo checks pointers at
 * every call.
 */
#include <pusher_auth.h>

#define TEXT(string) _GoStringPtr(string), _GoStringLen(string)
#define SIGNER (const pusher_signer *)signer

static inline int32_t signer_new(_GoString_ config, pusher_signer **signer) {
  return pusher_signer_new(TEXT(config), signer);
}

static inline int32_t authenticate_user(uintptr_t signer, _GoString_ socket_id,
                                        _GoString_ user_json, char *response, size_t size) {
  return pusher_signer_authenticate_user(SIGNER, TEXT(socket_id), TEXT(user_json), response, size);
}

static inline int32_t authorize_channel(uintptr_t signer, _GoString_ socket_id, _GoString_ channel,
                                        _GoString_ channel_data, char *response, size_t size) {
  return pusher_signer_authorize_channel(SIGNER, TEXT(socket_id), TEXT(channel), TEXT(channel_data),
                                         response, size);
}

static inline int32_t verify_webhook(uintptr_t signer, _GoString_ key, _GoString_ signature,
                                     _GoString_ body) {
  return pusher_signer_verify_webhook(SIGNER, TEXT(key), TEXT(signature), TEXT(body));
}

static inline int32_t request_url(uintptr_t signer, _GoString_ method, _GoString_ path,
                                  _GoString_ query, _GoString_ body, int64_t timestamp, char *url,
                                  size_t size) {
  return pusher_signer_request_url(SIGNER, TEXT(method), TEXT(path), TEXT(query), TEXT(body),
                                   timestamp, url, size);
}

static inline int32_t terminate_user_url(uintptr_t signer, _GoString_ user_id, int64_t timestamp,
                                         char *url, size_t size) {
  return pusher_signer_terminate_user_url(SIGNER, TEXT(user_id), timestamp, url, size);
}

static inline int32_t event_body(uintptr_t signer, _GoString_ channel, _GoString_ name,
                                 _GoString_ data, _GoString_ socket_id, char *body, size_t size) {
  return pusher_signer_event_body(SIGNER, TEXT(channel), TEXT(name), TEXT(data), TEXT(socket_id),
                                  body, size);
}

static inline int32_t events_body(uintptr_t signer, _GoString_ events_json, char *body,
                                  size_t size) {
  return pusher_signer_events_body(SIGNER, TEXT(events_json), body, size);
}

static inline int32_t encrypt(uintptr_t signer, _GoString_ channel, _GoString_ data,
                              char *encrypted, size_t size) {
  return pusher_signer_encrypt(SIGNER, TEXT(channel), TEXT(data), encrypted, size);
}

static inline int32_t decrypt(uintptr_t signer, _GoString_ channel, _GoString_ encrypted,
                              char *data, size_t size) {
  return pusher_signer_decrypt(SIGNER, TEXT(channel), TEXT(encrypted), data, size);
}

static inline int32_t request_parameter(_GoString_ content_type, _GoString_ text, _GoString_ name,
                                        char *value, size_t size) {
  return pusher_request_parameter(TEXT(content_type), TEXT(text), TEXT(name), value, size);
}

static inline int32_t jsonp(_GoString_ callback, _GoString_ response, char *script, size_t size) {
  return pusher_jsonp(TEXT(callback), TEXT(response), script, size);
}
