//go:build cgo

// Package pusherauth signs users in to Pusher Channels: it makes the answer of the endpoint
// that pusher-js asks when a page calls pusher.signin().
//
// [UserAuthHandler] is that endpoint, complete. A program that has its own calls [Signer.AuthenticateUser].
//
// # Building
//
// The package is a binding of the C library pusher_auth, which cgo finds through pkg-config. After the library's "make install",
// a plain "go build" works. To use a checkout's own build without installing it, run "make" there and name the folder of that build:
//
//	PKG_CONFIG_PATH=/path/to/pusher-auth/target/release go build
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
*/
import "C"

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sync"
	"unicode/utf8"
	"unsafe"
)

// Config holds an app's credentials, as the Pusher dashboard shows them. Key and Secret are needed.
type Config struct {
	AppID   string `json:"appId,omitempty"`
	Key     string `json:"key"`
	Secret  string `json:"secret"`
	Cluster string `json:"cluster,omitempty"`
}

// Format writes the key alone, whatever the verb, so that a Config in a log does not give the secret away.
func (c Config) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "pusherauth.Config{Key:%q}", c.Key)
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
	if !utf8.ValidString(config.Secret) {
		return nil, ErrConfigSecret
	}
	configJSON, err := json.Marshal(config)
	if err != nil {
		return nil, err
	}
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
// socketID is what pusher-js sent. user must become a JSON object with an "id" that is a non-empty string, by the rules of
// [json.Marshal]: <, > and & become escapes, which mean the same, and bytes that are no UTF-8 become U+FFFD. Text that is
// JSON already goes to [Signer.AuthenticateUserJSON].
func (s *Signer) AuthenticateUser(socketID string, user any) ([]byte, error) {
	userJSON, err := json.Marshal(user)
	if err != nil {
		return nil, fmt.Errorf("the user does not encode as JSON: %w", err)
	}
	return s.AuthenticateUserJSON(socketID, userJSON)
}

// AuthenticateUserJSON is [Signer.AuthenticateUser] with the user as JSON text, which is signed as it is, byte for byte.
func (s *Signer) AuthenticateUserJSON(socketID string, userJSON []byte) ([]byte, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.signer == nil {
		return nil, ErrClosed
	}
	signer := C.uintptr_t(uintptr(unsafe.Pointer(s.signer)))
	response := make([]byte, C.bound_base+C.bound_per_config_byte*s.configLen+C.bound_per_user_byte*len(userJSON))
	n := C.authenticate_user(signer, socketID, chars(userJSON), C.size_t(len(userJSON)), chars(response), C.size_t(len(response)))
	if n < 0 {
		return nil, Error(n)
	}
	return response[:n], nil
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
