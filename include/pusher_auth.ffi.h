typedef enum pusher_error {
  PUSHER_ERROR_NULL_ARGUMENT = -1,
  PUSHER_ERROR_BUFFER_TOO_SMALL = -2,
  PUSHER_ERROR_CONFIG_INVALID = -3,
  PUSHER_ERROR_CONFIG_KEY = -4,
  PUSHER_ERROR_CONFIG_SECRET = -5,
  PUSHER_ERROR_SOCKET_ID = -6,
  PUSHER_ERROR_USER_INVALID = -7,
  PUSHER_ERROR_USER_ID_MISSING = -8,
  PUSHER_ERROR_USER_ID_NOT_STRING = -9,
  PUSHER_ERROR_USER_ID_EMPTY = -10,
  PUSHER_ERROR_USER_DUPLICATE_MEMBER = -11,
  PUSHER_ERROR_CALLBACK = -12,
  PUSHER_ERROR_TOO_LARGE = -13,
  PUSHER_ERROR_INTERNAL = -14,
  PUSHER_ERROR_RESPONSE_INVALID = -15,
  PUSHER_ERROR_ENCRYPTION_KEY = -16,
  PUSHER_ERROR_CHANNEL = -17,
  PUSHER_ERROR_CHANNEL_DATA = -18,
  PUSHER_ERROR_CONFIG_APP = -19,
  PUSHER_ERROR_REQUEST = -20,
  PUSHER_ERROR_WEBHOOK_KEY = -21,
  PUSHER_ERROR_WEBHOOK_SIGNATURE = -22,
  PUSHER_ERROR_EVENT = -23,
  PUSHER_ERROR_DECRYPTION = -24,
  PUSHER_ERROR_RANDOM = -25,
  PUSHER_ERROR_PARAMETERS = -26,
  PUSHER_ERROR_PARAMETER_MISSING = -27,
} pusher_error;

typedef struct pusher_signer pusher_signer;
int32_t pusher_authenticate_user(const char *config, const char *socket_id, const char *user_json, char *response, size_t response_size);
int32_t pusher_signer_new(const char *config, size_t config_len, pusher_signer **signer);
void pusher_signer_free(pusher_signer *signer);
size_t pusher_signer_bound(const pusher_signer *signer, size_t input_len);
int32_t pusher_signer_authenticate_user(const pusher_signer *signer, const char *socket_id, size_t socket_id_len, const char *user_json, size_t user_json_len, char *response, size_t response_size);
int32_t pusher_signer_authorize_channel(const pusher_signer *signer, const char *socket_id, size_t socket_id_len, const char *channel, size_t channel_len, const char *channel_data, size_t channel_data_len, char *response, size_t response_size);
int32_t pusher_signer_verify_webhook(const pusher_signer *signer, const char *key, size_t key_len, const char *signature, size_t signature_len, const char *body, size_t body_len);
int32_t pusher_signer_request_url(const pusher_signer *signer, const char *method, size_t method_len, const char *path, size_t path_len, const char *query, size_t query_len, const char *body, size_t body_len, int64_t timestamp, char *url, size_t url_size);
int32_t pusher_signer_terminate_user_url(const pusher_signer *signer, const char *user_id, size_t user_id_len, int64_t timestamp, char *url, size_t url_size);
int32_t pusher_signer_event_body(const pusher_signer *signer, const char *channel, size_t channel_len, const char *name, size_t name_len, const char *data, size_t data_len, const char *socket_id, size_t socket_id_len, char *body, size_t body_size);
int32_t pusher_signer_events_body(const pusher_signer *signer, const char *events_json, size_t events_json_len, char *body, size_t body_size);
int32_t pusher_signer_encrypt(const pusher_signer *signer, const char *channel, size_t channel_len, const char *data, size_t data_len, char *encrypted, size_t encrypted_size);
int32_t pusher_signer_decrypt(const pusher_signer *signer, const char *channel, size_t channel_len, const char *encrypted, size_t encrypted_len, char *data, size_t data_size);
int32_t pusher_request_parameter(const char *content_type, size_t content_type_len, const char *text, size_t text_len, const char *name, size_t name_len, char *value, size_t value_size);
int32_t pusher_jsonp(const char *callback, size_t callback_len, const char *response, size_t response_len, char *script, size_t script_size);
size_t pusher_response_bound(size_t config_len, size_t user_json_len);
const char *pusher_error_name(int32_t code);
const char *pusher_error_message(int32_t code);
const char *pusher_version(void);
