//go:build cgo

// Package pusherauth does what takes the secret of an app of Pusher Channels: it signs users in, lets clients into private, presence and
// encrypted channels, signs requests to Pusher's REST API and tells whether a webhook is Pusher's. It makes no requests itself.
//
// [UserAuthHandler] and [ChannelAuthHandler] are the endpoints that pusher-js asks, and [WebhookHandler] the one that Pusher calls.
// Programs that have their own call the methods of [Signer].
//
// # Building
//
// The package is a binding of the C library pusher_auth, which cgo finds through pkg-config. After the library's "make install",
// a plain "go build" works. To use a checkout's own build without installing it, run "make" there and name the folder of that build:
//
//	PKG_CONFIG_PATH=/path/to/pusher-auth/target/release go build
//
// Where pkg-config says that "Package pusher_auth was not found", the library is not installed, or PKG_CONFIG_PATH does not name where.
package pusherauth

/*
#cgo pkg-config: pusher_auth
#include <pusher_auth.h>

// What a response takes at most: so much, and so much for each byte of the user. Constants, to spare each signature a call for it.
enum {
	bound_base = PUSHER_RESPONSE_BOUND(0, 0),
	bound_per_config_byte = PUSHER_RESPONSE_BOUND(1, 0) - PUSHER_RESPONSE_BOUND(0, 0),
	bound_per_user_byte = PUSHER_RESPONSE_BOUND(0, 1) - PUSHER_RESPONSE_BOUND(0, 0),
};

// Only C may look inside a Go string before Go 1.20. The signer comes as a number because cgo's check of a pointer to C's memory,
// which is not needed, takes a tenth of the call's time.
static inline int32_t authenticate_user(uintptr_t signer, _GoString_ socket_id,
                                        const char *user_json, size_t user_json_len,
                                        char *response, size_t response_size) {
	return pusher_signer_authenticate_user((const pusher_signer *)signer, _GoStringPtr(socket_id), _GoStringLen(socket_id),
	                                       user_json, user_json_len, response, response_size);
}

static inline int32_t authorize_channel(uintptr_t signer, _GoString_ socket_id, _GoString_ channel,
                                        const char *channel_data, size_t channel_data_len,
                                        char *response, size_t response_size) {
	return pusher_signer_authorize_channel((const pusher_signer *)signer, _GoStringPtr(socket_id), _GoStringLen(socket_id),
	                                       _GoStringPtr(channel), _GoStringLen(channel),
	                                       channel_data, channel_data_len, response, response_size);
}

static inline int32_t sign_request(uintptr_t signer, const char *method, const char *path, const char *query,
                                   const char *body, size_t body_len, int64_t timestamp, char *url, size_t url_size) {
	return pusher_signer_sign_request((const pusher_signer *)signer, method, path, query, body, body_len, timestamp, url, url_size);
}

static inline int32_t verify_webhook(uintptr_t signer, _GoString_ key, _GoString_ signature, const char *body, size_t body_len) {
	return pusher_signer_verify_webhook((const pusher_signer *)signer, _GoStringPtr(key), _GoStringLen(key),
	                                    _GoStringPtr(signature), _GoStringLen(signature), body, body_len);
}
*/
import "C"

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
	"unsafe"
)

// Config holds an app's credentials, as the Pusher dashboard shows them. Key and Secret are needed; AppID for [Signer.SignRequest], and
// EncryptionMasterKeyBase64 for encrypted channels.
//
// It is encoded as JSON, and printed, without what is secret.
type Config struct {
	AppID   string `json:"appId,omitempty"`
	Key     string `json:"key"`
	Secret  Secret `json:"-"`
	Cluster string `json:"cluster,omitempty"`

	EncryptionMasterKeyBase64 Secret `json:"-"`

	// Where the REST API is, if not at Pusher: a server of your own. DisableTLS is for one on the same machine.
	Host       string `json:"host,omitempty"`
	Port       int    `json:"port,omitempty"`
	DisableTLS bool   `json:"-"`
}

// Secret is text that no formatting shows, wherever in a value it stands. [NewSecret] makes one.
type Secret struct{ text *string } // fmt calls no method of what is in an unexported field; of a pointer it prints the address

// NewSecret returns text as a Secret.
func NewSecret(text string) Secret { return Secret{&text} }

// String does not return the text.
func (s Secret) String() string { return "[secret]" }

// GoString does not return the text.
func (s Secret) GoString() string { return "[secret]" }

func (s Secret) reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// A Signer signs for one app. It may be used by any number of goroutines at once.
type Signer struct {
	mu        sync.RWMutex // held for reading while C uses the signer, for writing while C frees it
	signer    *C.pusher_signer
	configLen int
}

// New returns a signer with the app's credentials. Close it when it is no longer needed.
func New(config Config) (*Signer, error) {
	// JSON would have other characters in the place of bytes that are no UTF-8, and sign with a secret that nobody else has.
	if !utf8.ValidString(config.Secret.reveal()) {
		return nil, ErrConfigSecret
	}
	configJSON, err := json.Marshal(struct {
		Config
		Secret                    string `json:"secret"`
		EncryptionMasterKeyBase64 string `json:"encryptionMasterKeyBase64,omitempty"`
		UseTLS                    bool   `json:"useTLS"`
	}{config, config.Secret.reveal(), config.EncryptionMasterKeyBase64.reveal(), !config.DisableTLS})
	if err != nil {
		return nil, err
	}
	defer wipe(configJSON)
	return NewJSON(configJSON)
}

// NewJSON is [New] with the configuration as JSON text, the object that Pusher's Node library takes:
//
//	{"appId":"…","key":"…","secret":"…","cluster":"eu","useTLS":true}
func NewJSON(config []byte) (*Signer, error) {
	text, ok := cString(config)
	if !ok {
		return nil, ErrConfigInvalid
	}
	defer wipe(unsafe.Slice((*byte)(unsafe.Pointer(text)), len(config)))
	s := &Signer{configLen: len(config)}
	if code := C.pusher_signer_new(text, &s.signer); code < 0 {
		return nil, Error(code)
	}
	return s, nil
}

// Close frees the signer and wipes the library's copy of the secret. It waits for the calls that are under way; later ones return
// [ErrClosed]. Closing again does nothing. The error is always nil.
func (s *Signer) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	C.pusher_signer_free(s.signer)
	s.signer = nil
	return nil
}

// AuthenticateUser returns the response that signs a connection in as user: the whole body of the HTTP response, not to be encoded again.
//
// socketID is what pusher-js sent. user is or becomes a JSON object with an "id" that is a non-empty string: a string, []byte or
// [json.RawMessage] is JSON already and is signed as it is, byte for byte; all else is encoded by the rules of [json.Marshal], by which
// <, > and & become escapes, which mean the same, and bytes that are no UTF-8 become U+FFFD.
func (s *Signer) AuthenticateUser(socketID string, user any) ([]byte, error) {
	userJSON, err := toJSON(user)
	if err != nil {
		return nil, fmt.Errorf("the user does not encode as JSON: %w", err)
	}
	return s.AuthenticateUserJSON(socketID, userJSON)
}

// AuthenticateUserJSON is [Signer.AuthenticateUser] with the user as JSON text, which is signed as it is, byte for byte.
func (s *Signer) AuthenticateUserJSON(socketID string, userJSON []byte) ([]byte, error) {
	return s.respond(len(userJSON), func(signer C.uintptr_t, response *C.char, size C.size_t) C.int32_t {
		return C.authenticate_user(signer, socketID, chars(userJSON), C.size_t(len(userJSON)), response, size)
	})
}

// AuthorizeChannel returns the response that lets a client into a private, presence or encrypted channel: the whole body of the HTTP
// response. Whether it may join is for the caller to decide, before this call.
//
// socketID and channel are what pusher-js sent as socket_id and channel_name. channelData is for presence channels alone, who the member
// is to the others: it is or becomes a JSON object, like the user of [Signer.AuthenticateUser], with a "user_id", a non-empty string
// or an integer, and mostly a "user_info". It is nil for all other channels, and where the user is signed in, which tells it.
func (s *Signer) AuthorizeChannel(socketID, channel string, channelData any) ([]byte, error) {
	var data []byte
	if channelData != nil {
		var err error
		if data, err = toJSON(channelData); err != nil {
			return nil, fmt.Errorf("the channel data do not encode as JSON: %w", err)
		}
		if len(data) == 0 {
			return nil, ErrChannelData // to C these would be none
		}
	}
	return s.respond(len(data), func(signer C.uintptr_t, response *C.char, size C.size_t) C.int32_t {
		return C.authorize_channel(signer, socketID, channel, chars(data), C.size_t(len(data)), response, size)
	})
}

// SignRequest returns the URL of a request to Pusher's REST API, signed for some minutes from now; query may be nil. Send method and body
// with it, the body as application/json:
//
//	body := []byte(`{"name":"news","channels":["#server-to-user-alice"],"data":"{}"}`)
//	url, err := signer.SignRequest("POST", "/events", nil, body)
//	…
//	response, err := http.Post(url, "application/json", bytes.NewReader(body))
//
// path is below the app, such as "/users/alice/terminate_connections". Nothing in it or in query is escaped: an id of a user that it
// names must be of letters, digits and -._~!$&'()*+,;=:@ alone, else the error is [ErrRequest].
func (s *Signer) SignRequest(method, path string, query url.Values, body []byte) (string, error) {
	return s.SignRequestAt(method, path, query, body, time.Now())
}

// SignRequestAt is [Signer.SignRequest] at another time than now. Pusher refuses what is ten minutes off.
func (s *Signer) SignRequestAt(method, path string, query url.Values, body []byte, at time.Time) (string, error) {
	pairs := ""
	for name, values := range query {
		for _, value := range values { // of one name more than one, which the library refuses
			if strings.Contains(name+value, "&") { // which would make two pairs of one
				return "", ErrRequest
			}
			if pairs != "" {
				pairs += "&"
			}
			pairs += name + "=" + value
		}
	}
	methodText, ok1 := cString(method)
	pathText, ok2 := cString(path)
	queryText, ok3 := cString(pairs)
	timestamp := at.Unix()
	if !ok1 || !ok2 || !ok3 || timestamp <= 0 { // 0 would be now
		return "", ErrRequest
	}
	signed, err := s.write(s.configLen+len(path)+len(pairs)+256, func(signer C.uintptr_t, out *C.char, size C.size_t) C.int32_t {
		return C.sign_request(signer, methodText, pathText, queryText, chars(body), C.size_t(len(body)), C.int64_t(timestamp), out, size)
	})
	return string(signed), err
}

// VerifyWebhook tells, in constant time, whether a webhook is Pusher's; nil says that it is. key and signature are the headers
// X-Pusher-Key and X-Pusher-Signature, "" where they are missing, and body is the request's, byte for byte. [WebhookHandler] does more.
func (s *Signer) VerifyWebhook(key, signature string, body []byte) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.signer == nil {
		return ErrClosed
	}
	if code := C.verify_webhook(s.number(), key, signature, chars(body), C.size_t(len(body))); code < 0 {
		return Error(code)
	}
	return nil
}

// respond has write fill a buffer in which every response to JSON of so many bytes has room.
func (s *Signer) respond(jsonLen int, write func(signer C.uintptr_t, out *C.char, size C.size_t) C.int32_t) ([]byte, error) {
	return s.write(C.bound_base+C.bound_per_config_byte*s.configLen+C.bound_per_user_byte*jsonLen, write)
}

// write has call fill a buffer of size bytes, and keeps the signer from being closed meanwhile.
func (s *Signer) write(size int, call func(signer C.uintptr_t, out *C.char, size C.size_t) C.int32_t) ([]byte, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.signer == nil {
		return nil, ErrClosed
	}
	out := make([]byte, size)
	n := call(s.number(), chars(out), C.size_t(size))
	if n < 0 {
		return nil, Error(n)
	}
	return out[:n], nil
}

func (s *Signer) number() C.uintptr_t { return C.uintptr_t(uintptr(unsafe.Pointer(s.signer))) }

// toJSON encodes value, unless it is JSON text already.
func toJSON(value any) ([]byte, error) {
	switch text := value.(type) {
	case string:
		return []byte(text), nil
	case []byte:
		return text, nil
	case json.RawMessage:
		return text, nil
	}
	return json.Marshal(value)
}

func wipe(secret []byte) {
	for i := range secret {
		secret[i] = 0
	}
}

// JSONP returns the script that hands response to callback, for a page that asks by JSONP. Serve it as
// "application/javascript; charset=utf-8" with "X-Content-Type-Options: nosniff", and only to requests with a CSRF token: any
// site can include a script.
func JSONP(callback string, response []byte) ([]byte, error) {
	callbackText, ok := cString(callback)
	if !ok {
		return nil, ErrCallback
	}
	responseText, ok := cString(response)
	if !ok {
		return nil, ErrResponseInvalid
	}
	script := make([]byte, len(callback)+2*len(response)+8)
	n := C.pusher_jsonp(callbackText, responseText, chars(script), C.size_t(len(script)))
	if n < 0 {
		return nil, Error(n)
	}
	return script[:n], nil
}

// cString returns s with the NUL at its end that the functions without a length ask for; not ok where s holds one, where C would cut it.
func cString[T string | []byte](s T) (text *C.char, ok bool) {
	b := make([]byte, len(s)+1)
	copy(b, s)
	return chars(b), bytes.IndexByte(b, 0) == len(s)
}

// chars returns b as C sees it. With the length beside it, no copy and no NUL is needed.
func chars(b []byte) *C.char {
	if len(b) == 0 {
		return nil
	}
	return (*C.char)(unsafe.Pointer(&b[0]))
}
