/*
 * pusher_auth.h - server-side authentication for Pusher Channels
 *
 * The functions authenticate users, authorize channels, sign requests to the REST API, write and
 * encrypt events, and verify webhooks. They send nothing: use the HTTP server and client that your
 * program has.
 *
 * A browser with pusher-js calls signin(). pusher-js then sends POST /pusher/user-auth with
 * socket_id=1234.1234 to your server. Your server responds with status 200 and the body that
 * pusher_authenticate_user writes, or with status 403 if nobody is logged in.
 *
 * EXAMPLE
 *
 *   #include <pusher_auth.h>
 *   #include <stdio.h>
 *
 *   int main(void) {
 *     const char *config = "{\"key\":\"278d425bdf160c739803\",\"secret\":\"7ad3773142a6692b25b8\"}";
 *     char response[1024];
 *     int32_t n = pusher_authenticate_user(config, "1234.1234", "{\"id\":\"12345\"}",
 *                                          response, sizeof response);
 *     if (n < 0) {
 *       fprintf(stderr, "%s\n", pusher_error_message(n));
 *       return 1;
 *     }
 *     puts(response);
 *     return 0;
 *   }
 *
 * It prints:
 *
 *   {"auth":"278d425bdf160c739803:4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba","user_data":"{\"id\":\"12345\"}"}
 *
 * This is the complete response body. Send it unmodified, as application/json; do not encode it as
 * JSON again. https://pusher.com/docs/channels/server_api/authenticating-users/
 *
 * RULES FOR ALL FUNCTIONS
 *
 * Results: A result of 0 or more is success: the length of the output without its terminating NUL,
 *   or 0 if the function has no output. A negative result is a PUSHER_ERROR_* code. The check n < 0
 *   is sufficient.
 * Order of errors: If several arguments are invalid, NULL pointers are reported first, then the
 *   arguments in order, then the buffer size.
 * Buffers: The output ends with a NUL, and the buffer's size must include it. Nothing is written
 *   past that size. On an error, a buffer of at least one byte holds the empty string. Input and
 *   output must not overlap.
 * Strings: pusher_authenticate_user takes NUL-terminated strings. All other functions take a pointer
 *   and a length in bytes. If the length is 0, the pointer is ignored and can be NULL.
 * NULL: Signers, buffers, and strings of at least one byte must not be NULL. Otherwise the function
 *   returns PUSHER_ERROR_NULL_ARGUMENT. Exceptions are stated at the function.
 * Impossible lengths: If a length is larger than half of the address space, the function returns
 *   PUSHER_ERROR_TOO_LARGE.
 * Memory: The library keeps no pointer to its arguments after a call. Only pusher_signer_new
 *   allocates an object for the caller; free it with pusher_signer_free.
 * Threads: All functions can be called from any thread. Any number of threads can use the same
 *   pusher_signer at once. The library has no global state and starts no thread.
 * Output: The library prints nothing, with two exceptions. If memory runs out, Rust's runtime prints
 *   a line and aborts the process. If a bug causes a panic, the runtime prints the panic, and the
 *   function returns PUSHER_ERROR_INTERNAL.
 * fork: A signer can be used in the child. Each process frees its own copy.
 * Cost: The time of each function is linear in the length of its input, except that sorting n keys
 *   of an object, or n names of a query, takes n log n.
 *
 * CONFIG
 *
 * The config is either a JSON object as Pusher's Node library takes it:
 *   {"appId":"1","key":"...","secret":"...","cluster":"eu","useTLS":true}
 * or a PUSHER_URL:
 *   https://KEY:SECRET@api-eu.pusher.com/apps/APP_ID
 *
 * key       Required. Printable ASCII without : " and \
 * secret    Required. Not empty, and without a line break at the end.
 * appId     A number, or a string of letters, digits, - and _. Required only for request URLs.
 * host      The host of the REST API. The default is api-CLUSTER.pusher.com. Without a cluster it is
 *           api.pusherapp.com.
 * cluster   Pusher's cluster, such as eu.
 * port      A string or a number from 1 to 65535.
 * path      A prefix before /apps, such as that of a proxy. It is not signed.
 * useTLS    true for https, false for http. The default is https.
 * scheme    "https" or "http". It counts if useTLS is missing.
 * encrypted true for https, false for http. It counts if useTLS and scheme are missing.
 * encryptionMasterKeyBase64
 *           The base64 of 32 random bytes. Required only for encrypted channels.
 *
 * A member that is null counts as missing. A member that is the empty string counts as missing, too,
 * unless it is key, secret or encryptionMasterKeyBase64. Unknown members are ignored. A duplicate key
 * or a value of the wrong type is PUSHER_ERROR_CONFIG_INVALID.
 *
 * In a URL, the port and a path before /apps are optional. Percent-encode the characters of key and
 * secret that the URL syntax reserves.
 *
 * The whole config is validated when it is read. If several members are invalid, the error reported
 * is the first of: PUSHER_ERROR_CONFIG_INVALID, PUSHER_ERROR_CONFIG_KEY, PUSHER_ERROR_CONFIG_SECRET,
 * PUSHER_ERROR_CONFIG_APP, PUSHER_ERROR_ENCRYPTION_KEY.
 *
 * SOCKET ID
 *
 * The socket id identifies the client's connection. It comes from the client and must be ASCII
 * digits, a dot, ASCII digits. The library rejects anything else. This check is the security
 * boundary: without it, a client could choose what is signed.
 *
 * USER
 *
 * The user is one JSON object (RFC 8259) in UTF-8 with an "id", a non-empty string. Duplicate
 * top-level keys are rejected. Keys are compared after unescaping. Other members, such as
 * "user_info" and "watchlist", can have any value. The user is signed and returned verbatim. Take
 * the user from your session, never from the request.
 *
 * Pusher accepts ids of A-Z a-z 0-9 ; , . @ = _ - and rejects all others when the client signs in.
 * Self-hosted servers, such as soketi, accept any id. If your ids can have other characters, such as
 * auth0|abc123, encode each id before you use it, for example as base64url.
 * https://pusher.com/docs/channels/using_channels/user-authentication/
 *
 * SECRETS
 *
 * No error message contains the secret. A pusher_signer holds the master key, and an HMAC state
 * that is derived from the secret. pusher_signer_free overwrites both. All copies that the library
 * makes elsewhere, on its heap and in its stack frames, are overwritten before the function returns.
 *
 * On x86-64 and AArch64, pusher_authenticate_user, pusher_signer_new, pusher_signer_free and the
 * functions that use the master key also clear the registers that a call may change. When the
 * other functions return, registers still hold HMAC states, until other code overwrites them.
 *
 * Overwrite your own copy of the config yourself.
 */
#ifndef PUSHER_AUTH_H
#define PUSHER_AUTH_H

/* Generated by `make generate` from src/pusher_auth.h.in and src. Do not edit. */

#include <stddef.h>
#include <stdint.h>

/* The version of this header. PUSHER_AUTH_VERSION_NUMBER has a byte for each part. */
#define PUSHER_AUTH_VERSION "1.0.0"
#define PUSHER_AUTH_VERSION_NUMBER 0x010000

/* pusher_response_bound as a macro, for static buffers. It wraps around beyond SIZE_MAX. */
#define PUSHER_RESPONSE_BOUND(config_len, user_json_len) \
  ((size_t)(config_len) + 2 * (size_t)(user_json_len) + 92)

/* The compiler warns if the result of a function marked with this is ignored. */
#if defined(__GNUC__)
#define PUSHER_MUST_USE __attribute__((warn_unused_result))
#else
#define PUSHER_MUST_USE
#endif

/* On Windows, calls work with the DLL and with the static library. If you define PUSHER_DLL, each
 * call saves a jump, but calls work with the DLL only. */
#if defined(_WIN32) && defined(PUSHER_DLL)
#define PUSHER_API __declspec(dllimport)
#else
#define PUSHER_API
#endif

/* The error codes. They keep their values; new ones are appended. */
typedef enum pusher_error {
  // A pointer that must not be NULL is NULL.
  PUSHER_ERROR_NULL_ARGUMENT = -1,
  // The result and its terminating NUL do not fit into the buffer.
  PUSHER_ERROR_BUFFER_TOO_SMALL = -2,
  // The config is neither a JSON object with unique keys and valid types, nor a PUSHER_URL.
  PUSHER_ERROR_CONFIG_INVALID = -3,
  // The config's "key" is missing, or has a byte that is : " \ or not printable ASCII.
  PUSHER_ERROR_CONFIG_KEY = -4,
  // The config's "secret" is missing or empty, or ends in a line break.
  PUSHER_ERROR_CONFIG_SECRET = -5,
  // The socket id is not digits, a dot, digits.
  PUSHER_ERROR_SOCKET_ID = -6,
  // The user is not one JSON object in UTF-8.
  PUSHER_ERROR_USER_INVALID = -7,
  // The user has no "id".
  PUSHER_ERROR_USER_ID_MISSING = -8,
  // The user's "id" is not a string: {"id":"12345"} is valid, {"id":12345} is not.
  PUSHER_ERROR_USER_ID_NOT_STRING = -9,
  // The user's "id" is the empty string.
  PUSHER_ERROR_USER_ID_EMPTY = -10,
  // The user has a duplicate key.
  PUSHER_ERROR_USER_DUPLICATE_MEMBER = -11,
  // The JSONP callback is not a path such as Pusher.auth_callbacks['1'], or is too long.
  PUSHER_ERROR_CALLBACK = -12,
  // The result would not fit into an int32_t, or a length is larger than any object can be.
  PUSHER_ERROR_TOO_LARGE = -13,
  // A bug in this library: a panic was caught.
  PUSHER_ERROR_INTERNAL = -14,
  // The response for JSONP is not one JSON object in UTF-8.
  PUSHER_ERROR_RESPONSE_INVALID = -15,
  // The config's "encryptionMasterKeyBase64" is missing, or is not the base64 of 32 bytes.
  PUSHER_ERROR_ENCRYPTION_KEY = -16,
  // The channel's name is not valid for this function.
  PUSHER_ERROR_CHANNEL = -17,
  // The channel data are not an object with a "user_id", or are passed for a non-presence channel.
  PUSHER_ERROR_CHANNEL_DATA = -18,
  // The config's "appId" is missing or invalid, or the address of the REST API is invalid.
  PUSHER_ERROR_CONFIG_APP = -19,
  // The method, path, query, timestamp or user id cannot be signed.
  PUSHER_ERROR_REQUEST = -20,
  // The webhook is for another app: its X-Pusher-Key is not the config's key.
  PUSHER_ERROR_WEBHOOK_KEY = -21,
  // Pusher did not send the webhook: its X-Pusher-Signature is missing or invalid.
  PUSHER_ERROR_WEBHOOK_SIGNATURE = -22,
  // The name, data, channels or shape of an event are invalid.
  PUSHER_ERROR_EVENT = -23,
  // The encrypted data are malformed or modified, or belong to another channel or master key.
  PUSHER_ERROR_DECRYPTION = -24,
  // The system provided no random bytes, which encryption requires.
  PUSHER_ERROR_RANDOM = -25,
  // The parameters are not what the content type says, are not UTF-8, or have a duplicate name.
  PUSHER_ERROR_PARAMETERS = -26,
  // The request has no parameter of this name.
  PUSHER_ERROR_PARAMETER_MISSING = -27,
} pusher_error;

/* An app's config, ready for signing. */
typedef struct pusher_signer pusher_signer;

#ifdef __cplusplus
extern "C" {
#endif

// Authenticates a user in one call: writes the response body of an authentication endpoint. It reads
// the config each time; a server should create a pusher_signer instead.
//
// Parameters:
// - config: the app's credentials, see CONFIG.
// - socket_id: the socket_id that the client sent, see SOCKET ID.
// - user_json: the user, see USER.
// - response, response_size: the buffer and its size in bytes.
//   pusher_response_bound(strlen(config), strlen(user_json)) bytes are sufficient.
//
// Returns the length of the response, or an error.
//
// Client errors (respond with 403):
// - PUSHER_ERROR_SOCKET_ID
//
// Server errors (respond with 500):
// - PUSHER_ERROR_NULL_ARGUMENT: any argument is NULL.
// - PUSHER_ERROR_CONFIG_INVALID, PUSHER_ERROR_CONFIG_KEY, PUSHER_ERROR_CONFIG_SECRET,
//   PUSHER_ERROR_CONFIG_APP, PUSHER_ERROR_ENCRYPTION_KEY
// - PUSHER_ERROR_USER_INVALID, PUSHER_ERROR_USER_ID_MISSING, PUSHER_ERROR_USER_ID_NOT_STRING,
//   PUSHER_ERROR_USER_ID_EMPTY, PUSHER_ERROR_USER_DUPLICATE_MEMBER
// - PUSHER_ERROR_BUFFER_TOO_SMALL, PUSHER_ERROR_TOO_LARGE
//
// See: https://pusher.com/docs/channels/server_api/authenticating-users/
PUSHER_API
PUSHER_MUST_USE
int32_t pusher_authenticate_user(const char *config,
                                 const char *socket_id,
                                 const char *user_json,
                                 char *response,
                                 size_t response_size);

// Creates a signer: reads the config and prepares it for any number of calls.
//
// Parameters:
// - config, config_len: the app's credentials, see CONFIG, and their length in bytes. You can free
//   them after the call.
// - signer: receives the new signer, or NULL on an error.
//
// Returns 0, or an error.
//
// Server errors:
// - PUSHER_ERROR_NULL_ARGUMENT
// - PUSHER_ERROR_CONFIG_INVALID, PUSHER_ERROR_CONFIG_KEY, PUSHER_ERROR_CONFIG_SECRET,
//   PUSHER_ERROR_CONFIG_APP, PUSHER_ERROR_ENCRYPTION_KEY
// - PUSHER_ERROR_TOO_LARGE: config_len is impossible.
PUSHER_API
PUSHER_MUST_USE
int32_t pusher_signer_new(const char *config,
                          size_t config_len,
                          struct pusher_signer **signer);

// Frees a signer, and overwrites its secrets. No other thread may be using it.
//
// Parameters:
// - signer: from pusher_signer_new, and not freed yet. NULL is allowed and does nothing.
PUSHER_API void pusher_signer_free(struct pusher_signer *signer);

// Returns a buffer size in bytes that is sufficient for the output of every function of this signer.
//
// input_len is the total length of the strings that you pass to the function that writes the output.
// You need not count the body that is passed to pusher_signer_request_url.
//
// Parameters:
// - signer: from pusher_signer_new. For NULL the result is 0.
// - input_len: the total length in bytes.
//
// Returns the size, about 3 * input_len plus a constant. It includes the terminating NUL. If it does
// not fit into a size_t, the result is SIZE_MAX.
PUSHER_API
PUSHER_MUST_USE
size_t pusher_signer_bound(const struct pusher_signer *signer,
                           size_t input_len);

// Authenticates a user: writes the response body of an authentication endpoint, by default POST
// /pusher/user-auth. It allocates nothing if the user has at most 16 top-level keys, no key
// has escapes, and no member's value is deeper than {"a":1} or ["a"].
//
// Parameters:
// - signer: from pusher_signer_new.
// - socket_id, socket_id_len: the socket_id that the client sent, see SOCKET ID.
// - user_json, user_json_len: the user, see USER.
// - response, response_size: the buffer and its size in bytes.
//   pusher_signer_bound(signer, socket_id_len + user_json_len) bytes are sufficient.
//
// Returns the length of the response, or an error.
//
// Client errors (respond with 403):
// - PUSHER_ERROR_SOCKET_ID
//
// Server errors (respond with 500):
// - PUSHER_ERROR_NULL_ARGUMENT
// - PUSHER_ERROR_USER_INVALID, PUSHER_ERROR_USER_ID_MISSING, PUSHER_ERROR_USER_ID_NOT_STRING,
//   PUSHER_ERROR_USER_ID_EMPTY, PUSHER_ERROR_USER_DUPLICATE_MEMBER
// - PUSHER_ERROR_BUFFER_TOO_SMALL, PUSHER_ERROR_TOO_LARGE
//
// See: https://pusher.com/docs/channels/server_api/authenticating-users/
PUSHER_API
PUSHER_MUST_USE
int32_t pusher_signer_authenticate_user(const struct pusher_signer *signer,
                                        const char *socket_id,
                                        size_t socket_id_len,
                                        const char *user_json,
                                        size_t user_json_len,
                                        char *response,
                                        size_t response_size);

// Authorizes a subscription to a private, presence or encrypted channel: writes the response body of
// an authorization endpoint, by default POST /pusher/auth. Check before the call that the user may
// subscribe to the channel.
//
// The response is {"auth":"..."}. It also has "channel_data" if channel data are passed, and
// "shared_secret" if the channel begins with "private-encrypted-". This is a hash of the channel and
// the master key: base64(SHA-256(channel + master key)).
//
// Parameters:
// - signer: from pusher_signer_new.
// - socket_id, socket_id_len: the socket_id that the client sent, see SOCKET ID.
// - channel, channel_len: the channel_name that the client sent. It begins with "private-" or
//   "presence-", consists of A-Z a-z 0-9 ; , . @ = _ - and has at most 200 characters. Other names
//   are rejected: with them, a client could choose what is signed.
// - channel_data, channel_data_len: the member of a presence channel: one JSON object with
//   unique keys and a "user_id", a non-empty string or an integer. It is signed and returned
//   verbatim. Pass the length 0 for other channels. For a presence channel, pass 0 only if the
//   client has signed in: Pusher then takes the member from the signed-in user.
// - response, response_size: the buffer and its size in bytes. pusher_signer_bound(signer,
//   socket_id_len + channel_len + channel_data_len) bytes are sufficient.
//
// Returns the length of the response, or an error.
//
// Client errors (respond with 403):
// - PUSHER_ERROR_SOCKET_ID
// - PUSHER_ERROR_CHANNEL
//
// Server errors (respond with 500):
// - PUSHER_ERROR_NULL_ARGUMENT
// - PUSHER_ERROR_CHANNEL_DATA
// - PUSHER_ERROR_ENCRYPTION_KEY: the channel is encrypted, and the config has no master key. It is
//   reported after errors of the arguments.
// - PUSHER_ERROR_BUFFER_TOO_SMALL, PUSHER_ERROR_TOO_LARGE
//
// See: https://pusher.com/docs/channels/server_api/authorizing-users/
PUSHER_API
PUSHER_MUST_USE
int32_t pusher_signer_authorize_channel(const struct pusher_signer *signer,
                                        const char *socket_id,
                                        size_t socket_id_len,
                                        const char *channel,
                                        size_t channel_len,
                                        const char *channel_data,
                                        size_t channel_data_len,
                                        char *response,
                                        size_t response_size);

// Verifies that Pusher sent a webhook: that its signature is the HMAC-SHA256 of the body. The
// comparison takes constant time. Compare the webhook's "time_ms" with the clock yourself.
//
// Parameters:
// - signer: from pusher_signer_new.
// - key, key_len: the header X-Pusher-Key. The length is 0 if it is missing.
// - signature, signature_len: the header X-Pusher-Signature. The length is 0 if it is missing.
// - body, body_len: the request's body, exactly as it was received.
//
// Returns 0 if the webhook is valid, or an error. It allocates nothing.
//
// Client errors (respond with 401):
// - PUSHER_ERROR_WEBHOOK_KEY
// - PUSHER_ERROR_WEBHOOK_SIGNATURE
//
// Server errors (respond with 500):
// - PUSHER_ERROR_NULL_ARGUMENT
// - PUSHER_ERROR_TOO_LARGE: a length is impossible.
//
// See: https://pusher.com/docs/channels/server_api/webhooks/#authentication
PUSHER_API
PUSHER_MUST_USE
int32_t pusher_signer_verify_webhook(const struct pusher_signer *signer,
                                     const char *key,
                                     size_t key_len,
                                     const char *signature,
                                     size_t signature_len,
                                     const char *body,
                                     size_t body_len);

// Writes the signed URL of a request to Pusher's REST API. Send the request with your HTTP client: to
// this URL, with the method and the body that you passed, and with the type application/json.
//
// The URL consists of the REST API's address in the config, /apps/APP_ID, the path, and a query. It
// has auth_key, auth_timestamp, auth_version, body_md5 if there is a body, the pairs that you passed,
// and auth_signature. If query_len is 0, the function allocates nothing.
//
// Parameters:
// - signer: from pusher_signer_new, with "appId" in its config.
// - method, method_len: the method in upper case, such as POST.
// - path, path_len: the path below the app, such as /events: not /apps/1/events. It consists of
//   letters, digits, -._~!$&'()*+,;=:@ and %XX. Empty segments, the segments "." and "..", and
//   percent-encoded slashes, backslashes, dots and NUL are rejected: with them, an id in the path
//   could make it the path of another resource.
// - query, query_len: name=value pairs, separated by &. Names and values consist of letters, digits
//   and -._~!$()*,;:@/; only values can have =. Names must be unique. They must not be body_md5 or
//   begin with auth_, in upper or lower case.
// - body, body_len: the body that will be sent.
// - timestamp: Unix time in seconds; 0 is now. Pusher rejects a request whose time differs from
//   its own by more than 600 seconds.
// - url, url_size: the buffer and its size in bytes.
//   pusher_signer_bound(signer, method_len + path_len + query_len) bytes are sufficient.
//
// Returns the length of the URL, or an error.
//
// Server errors:
// - PUSHER_ERROR_NULL_ARGUMENT
// - PUSHER_ERROR_CONFIG_APP: the config has no "appId".
// - PUSHER_ERROR_REQUEST: method, path, query or timestamp are invalid.
// - PUSHER_ERROR_BUFFER_TOO_SMALL, PUSHER_ERROR_TOO_LARGE
//
// See: https://pusher.com/docs/channels/library_auth_reference/rest-api/
PUSHER_API
PUSHER_MUST_USE
int32_t pusher_signer_request_url(const struct pusher_signer *signer,
                                  const char *method,
                                  size_t method_len,
                                  const char *path,
                                  size_t path_len,
                                  const char *query,
                                  size_t query_len,
                                  const char *body,
                                  size_t body_len,
                                  int64_t timestamp,
                                  char *url,
                                  size_t url_size);

// Writes the signed URL of the request that terminates all connections of a user. Send POST with the
// body {} to it, as application/json.
//
// Parameters:
// - signer: from pusher_signer_new, with "appId" in its config.
// - user_id, user_id_len: the user's id in UTF-8. Characters other than letters, digits and
//   -._~!$&'()*+,;=:@ are percent-encoded. Pusher decodes them, and so do the self-hosted servers
//   Sockudo and Reverb. soketi does not: users with such ids stay connected. The ids . and .. are
//   rejected.
// - timestamp: Unix time in seconds; 0 is now.
// - url, url_size: the buffer and its size in bytes. pusher_signer_bound(signer, user_id_len)
//   bytes are sufficient.
//
// Returns the length of the URL, or an error.
//
// Server errors:
// - PUSHER_ERROR_NULL_ARGUMENT
// - PUSHER_ERROR_CONFIG_APP: the config has no "appId".
// - PUSHER_ERROR_REQUEST: user_id or timestamp are invalid.
// - PUSHER_ERROR_BUFFER_TOO_SMALL, PUSHER_ERROR_TOO_LARGE
//
// See: https://pusher.com/docs/channels/server_api/terminating-user-connections/
PUSHER_API
PUSHER_MUST_USE
int32_t pusher_signer_terminate_user_url(const struct pusher_signer *signer,
                                         const char *user_id,
                                         size_t user_id_len,
                                         int64_t timestamp,
                                         char *url,
                                         size_t url_size);

// Writes the body of POST /events, for an event on one channel or to one user. On a channel that
// begins with "private-encrypted-", the data are encrypted.
//
// Parameters:
// - signer: from pusher_signer_new.
// - channel, channel_len: #server-to-user-ID with the id of a user; or a channel of 1 to 200
//   characters A-Z a-z 0-9 ; , . @ = _ -
// - name, name_len: the event's name: 1 to 200 characters in UTF-8.
// - data, data_len: the event's data in UTF-8, usually JSON. The function encodes them as a
//   JSON string: do not encode them yourself. Pusher responds with 413 if they exceed the limit of
//   your plan, which is at least 10 KB. Name, data and the user's id must not contain characters
//   below U+0020 other than tab, LF and CR.
// - socket_id, socket_id_len: a connection that does not receive the event, usually that of the
//   sender; or the length 0.
// - body, body_size: the buffer and its size in bytes.
//   pusher_signer_bound(signer, channel_len + name_len + data_len + socket_id_len) bytes are
//   sufficient.
//
// Returns the length of the body, or an error.
//
// Server errors:
// - PUSHER_ERROR_NULL_ARGUMENT
// - PUSHER_ERROR_CHANNEL
// - PUSHER_ERROR_EVENT: name or data are invalid.
// - PUSHER_ERROR_SOCKET_ID
// - PUSHER_ERROR_ENCRYPTION_KEY: the channel is encrypted, and the config has no master key. It is
//   reported after errors of the arguments.
// - PUSHER_ERROR_BUFFER_TOO_SMALL, PUSHER_ERROR_TOO_LARGE
// - PUSHER_ERROR_RANDOM: the system provided no nonce. It is reported last.
//
// See: https://pusher.com/docs/channels/library_auth_reference/rest-api/#post-event-trigger-an-event
PUSHER_API
PUSHER_MUST_USE
int32_t pusher_signer_event_body(const struct pusher_signer *signer,
                                 const char *channel,
                                 size_t channel_len,
                                 const char *name,
                                 size_t name_len,
                                 const char *data,
                                 size_t data_len,
                                 const char *socket_id,
                                 size_t socket_id_len,
                                 char *body,
                                 size_t body_size);

// Writes the body of POST /events for up to 100 channels, or of POST /batch_events for up to 10
// events. On channels that begin with "private-encrypted-", the data are encrypted.
//
// Parameters:
// - signer: from pusher_signer_new.
// - events_json, events_json_len: one JSON object in UTF-8 with unique keys, either
//   {"name":...,"channels":[...],"data":...} or {"batch":[{"name":...,"channel":...,"data":...}]}.
//   Names and channels are as for pusher_signer_event_body. If "data" is a string, it is sent
//   unchanged. Any other value is converted to a string, its JSON text. Other members, such as
//   "socket_id" and "info", are not checked and are sent verbatim. An event on an encrypted channel
//   must have no other channel.
// - body, body_size: the buffer and its size in bytes.
//   pusher_signer_bound(signer, events_json_len) bytes are sufficient.
//
// Returns the length of the body, or an error.
//
// Server errors:
// - PUSHER_ERROR_NULL_ARGUMENT
// - PUSHER_ERROR_EVENT: events_json is invalid, including its channels.
// - PUSHER_ERROR_ENCRYPTION_KEY: a channel is encrypted, and the config has no master key.
// - PUSHER_ERROR_BUFFER_TOO_SMALL, PUSHER_ERROR_TOO_LARGE
// - PUSHER_ERROR_RANDOM: the system provided no nonce.
//
// See: https://pusher.com/docs/channels/library_auth_reference/rest-api/#post-batch-events-trigger-multiple-events
PUSHER_API
PUSHER_MUST_USE
int32_t pusher_signer_events_body(const struct pusher_signer *signer,
                                  const char *events_json,
                                  size_t events_json_len,
                                  char *body,
                                  size_t body_size);

// Encrypts data for a channel that begins with "private-encrypted-": XSalsa20-Poly1305 (NaCl's
// secretbox) with the channel's shared secret and a random nonce. pusher_signer_event_body and
// pusher_signer_events_body do this by themselves.
//
// Parameters:
// - signer: from pusher_signer_new, with "encryptionMasterKeyBase64" in its config.
// - channel, channel_len: the channel.
// - data, data_len: the data in UTF-8, without characters below U+0020 other than tab, LF and CR.
// - encrypted, encrypted_size: the buffer for {"nonce":"<base64>","ciphertext":"<base64>"} and its
//   size in bytes. pusher_signer_bound(signer, channel_len + data_len) bytes are sufficient.
//
// Returns the length of the encrypted data, or an error.
//
// Server errors:
// - PUSHER_ERROR_NULL_ARGUMENT
// - PUSHER_ERROR_CHANNEL
// - PUSHER_ERROR_EVENT: the data are invalid.
// - PUSHER_ERROR_ENCRYPTION_KEY: the config has no master key. It is reported after errors of the
//   arguments.
// - PUSHER_ERROR_BUFFER_TOO_SMALL, PUSHER_ERROR_TOO_LARGE
// - PUSHER_ERROR_RANDOM: the system provided no nonce. It is reported last.
//
// See: https://pusher.com/docs/channels/using_channels/encrypted-channels/
PUSHER_API
PUSHER_MUST_USE
int32_t pusher_signer_encrypt(const struct pusher_signer *signer,
                              const char *channel,
                              size_t channel_len,
                              const char *data,
                              size_t data_len,
                              char *encrypted,
                              size_t encrypted_size);

// Decrypts data of a channel that begins with "private-encrypted-", such as those of a client event
// in a webhook.
//
// Parameters:
// - signer: from pusher_signer_new, with "encryptionMasterKeyBase64" in its config.
// - channel, channel_len: the channel.
// - encrypted, encrypted_len: {"nonce":"<base64>","ciphertext":"<base64>"}.
// - data, data_size: the buffer for the data and its size in bytes.
//   pusher_signer_bound(signer, channel_len + encrypted_len) bytes are sufficient.
//
// Returns the length of the data, which are UTF-8 and can contain NUL, or an error.
//
// Client errors:
// - PUSHER_ERROR_DECRYPTION
//
// Server errors:
// - PUSHER_ERROR_NULL_ARGUMENT
// - PUSHER_ERROR_CHANNEL
// - PUSHER_ERROR_ENCRYPTION_KEY: the config has no master key. It is reported after errors of the
//   arguments and before PUSHER_ERROR_DECRYPTION.
// - PUSHER_ERROR_BUFFER_TOO_SMALL, PUSHER_ERROR_TOO_LARGE
//
// See: https://pusher.com/docs/channels/using_channels/encrypted-channels/
PUSHER_API
PUSHER_MUST_USE
int32_t pusher_signer_decrypt(const struct pusher_signer *signer,
                              const char *channel,
                              size_t channel_len,
                              const char *encrypted,
                              size_t encrypted_len,
                              char *data,
                              size_t data_size);

// Reads one parameter of a request, such as "socket_id" or "channel_name".
//
// Forms and query strings are decoded as the URL standard requires. An invalid % stands for itself.
// Every name must be unique after decoding, since programs disagree on which of two equal names
// counts.
//
// Parameters:
// - content_type, content_type_len: the header Content-Type, application/x-www-form-urlencoded or
//   application/json, each with or without parameters such as charset=utf-8. The length is 0 for a
//   query string.
// - text, text_len: the request's body, or its query string without the "?".
// - name, name_len: the parameter's name.
// - value, value_size: the buffer for the value and its size in bytes. text_len + 1 bytes are
//   sufficient.
//
// Returns the length of the value, or an error. The value is UTF-8. It comes from the client and can
// contain NUL, so pass it on with its length.
//
// Client errors (respond with 400):
// - PUSHER_ERROR_PARAMETERS: content_type is unsupported, the text does not match it or is not
//   UTF-8, a name is duplicate, or the value in a JSON object is not a string.
// - PUSHER_ERROR_PARAMETER_MISSING
//
// Server errors (respond with 500):
// - PUSHER_ERROR_NULL_ARGUMENT
// - PUSHER_ERROR_BUFFER_TOO_SMALL, PUSHER_ERROR_TOO_LARGE
//
// See: https://url.spec.whatwg.org/#application/x-www-form-urlencoded
PUSHER_API
PUSHER_MUST_USE
int32_t pusher_request_parameter(const char *content_type,
                                 size_t content_type_len,
                                 const char *text,
                                 size_t text_len,
                                 const char *name,
                                 size_t name_len,
                                 char *value,
                                 size_t value_size);

// Writes the script with which a JSONP endpoint responds: an empty comment, then callback(response);
//
// pusher-js sends GET with a callback if its transport is "jsonp". Send the script as
// "application/javascript; charset=utf-8" with "X-Content-Type-Options: nosniff".
//
// Any site can include the script with the visitor's cookies: check a CSRF token before the call.
//
// Parameters:
// - callback, callback_len: the callback that the client sent, at most 128 bytes: an ASCII
//   identifier followed by .identifier, [digits], ['name'] or ["name"] parts. A name consists of
//   letters, digits and _.
// - response, response_len: one JSON object, for example the output of
//   pusher_signer_authenticate_user.
// - script, script_size: the buffer and its size in bytes. callback_len + 2 * response_len + 8
//   bytes are sufficient.
//
// Returns the length of the script, or an error.
//
// Client errors (respond with 403):
// - PUSHER_ERROR_CALLBACK
//
// Server errors (respond with 500):
// - PUSHER_ERROR_NULL_ARGUMENT
// - PUSHER_ERROR_RESPONSE_INVALID
// - PUSHER_ERROR_BUFFER_TOO_SMALL, PUSHER_ERROR_TOO_LARGE
PUSHER_API
PUSHER_MUST_USE
int32_t pusher_jsonp(const char *callback,
                     size_t callback_len,
                     const char *response,
                     size_t response_len,
                     char *script,
                     size_t script_size);

// Returns a buffer size in bytes that is sufficient for the response of pusher_authenticate_user.
// For static buffers, use the macro PUSHER_RESPONSE_BOUND.
//
// Parameters:
// - config_len: the length of the config in bytes.
// - user_json_len: the length of the user in bytes.
//
// Returns the size, including the terminating NUL. If it does not fit into a size_t, the result is
// SIZE_MAX.
PUSHER_API PUSHER_MUST_USE size_t pusher_response_bound(size_t config_len, size_t user_json_len);

// Returns the name of an error code, such as "PUSHER_ERROR_SOCKET_ID".
//
// Parameters:
// - code: the result of a function.
//
// Returns a static string, never NULL: "PUSHER_OK" for 0 or more, "PUSHER_ERROR_UNKNOWN" for an
// unknown code.
PUSHER_API PUSHER_MUST_USE const char *pusher_error_name(int32_t code);

// Returns an English message that says what to do about an error code. It contains no input.
//
// Parameters:
// - code: the result of a function.
//
// Returns a static string, never NULL.
PUSHER_API PUSHER_MUST_USE const char *pusher_error_message(int32_t code);

// Returns the version of the loaded library. PUSHER_AUTH_VERSION is the version of the header.
//
// Returns a static string, never NULL.
PUSHER_API PUSHER_MUST_USE const char *pusher_version(void);

#ifdef __cplusplus
}
#endif

#endif /* PUSHER_AUTH_H */
