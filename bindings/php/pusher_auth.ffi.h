#define FFI_SCOPE "PUSHER_AUTH"
#define FFI_LIB "libpusher_auth.so.0"

/* What of pusher_auth.h this package calls, in the C that PHP reads; it wants the two lines above first.
   php-fpm: ffi.preload = this file. */

typedef struct pusher_signer pusher_signer;

int32_t pusher_signer_new(const char *config, pusher_signer **signer);

int32_t pusher_signer_authenticate_user(const pusher_signer *signer,
                                        const char *socket_id, size_t socket_id_len,
                                        const char *user_json, size_t user_json_len,
                                        char *response, size_t response_size);

void pusher_signer_free(pusher_signer *signer);

int32_t pusher_jsonp(const char *callback, const char *response, char *script, size_t script_size);

size_t pusher_response_bound(size_t config_len, size_t user_json_len);

const char *pusher_error_message(int32_t code);
