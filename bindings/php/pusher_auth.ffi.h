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

int32_t pusher_signer_authorize_channel(const pusher_signer *signer,
                                        const char *socket_id, size_t socket_id_len,
                                        const char *channel, size_t channel_len,
                                        const char *channel_data, size_t channel_data_len,
                                        char *response, size_t response_size);

int32_t pusher_signer_sign_request(const pusher_signer *signer,
                                   const char *method, const char *path, const char *query,
                                   const char *body, size_t body_len,
                                   int64_t timestamp,
                                   char *url, size_t url_size);

int32_t pusher_signer_verify_webhook(const pusher_signer *signer,
                                     const char *key, size_t key_len,
                                     const char *signature, size_t signature_len,
                                     const char *body, size_t body_len);

void pusher_signer_free(pusher_signer *signer);

int32_t pusher_jsonp(const char *callback, const char *response, char *script, size_t script_size);

size_t pusher_response_bound(size_t config_len, size_t user_json_len);

const char *pusher_error_message(int32_t code);
