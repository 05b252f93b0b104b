//go:build cgo

// Package pusherauth is the server side of Pusher Channels: everything that needs the app's secret.
// It authenticates users, authorizes channel subscriptions, signs requests to the REST API,
// encrypts events and verifies webhooks. It makes no requests itself.
//
// [UserAuthHandler], [ChannelAuthHandler] and [WebhookHandler] are the HTTP endpoints that
// pusher-js and Pusher call. Programs with endpoints of their own call the methods of [Signer].
//
// # Building
//
// The package is a binding of the C library pusher_auth, which cgo finds through pkg-config. After
// the library's "make install", "go build" works. To use a checkout without installing it, run
// "make" there and name the directory of the build:
//
//	PKG_CONFIG_PATH=/path/to/pusher-auth/target/release go build
//
// If pkg-config reports "Package pusher_auth was not found", the library is not installed, or
// PKG_CONFIG_PATH names another directory.
package pusherauth

// #cgo pkg-config: pusher_auth
// #include "calls.h"
import "C"

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"sync"
	"unicode/utf8"
	"unsafe"
)

// Config holds an app's credentials, as the Pusher dashboard shows them. Key and Secret are
// required. AppID is required for [Signer.RequestURL], and EncryptionMasterKeyBase64 for encrypted
// channels.
//
// Printing a Config, or encoding it as JSON, does not reveal its secrets.
type Config struct {
	AppID   string `json:"appId,omitempty"`
	Key     string `json:"key"`
	Secret  Secret `json:"-"`
	Cluster string `json:"cluster,omitempty"`

	EncryptionMasterKeyBase64 Secret `json:"-"`

	// Host, Port and Path are the address of the REST API if it is not Pusher's own. Path is a
	// prefix before /apps. DisableTLS is for a server on the same machine.
	Host       string `json:"host,omitempty"`
	Port       int    `json:"port,omitempty"`
	Path       string `json:"path,omitempty"`
	DisableTLS bool   `json:"-"`
}

// Secret is text that is not revealed by formatting. [NewSecret] makes one.
type Secret struct {
	// fmt calls no methods of unexported fields. It prints a pointer as its address.
	text *string
}

// NewSecret returns text as a Secret.
func NewSecret(text string) Secret { return Secret{&text} }

// String returns a placeholder.
func (s Secret) String() string { return "[secret]" }

// GoString returns a placeholder.
func (s Secret) GoString() string { return "[secret]" }

func (s Secret) reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// A Signer signs for one app. Any number of goroutines can use it at once.
type Signer struct {
	mu     sync.RWMutex // read-locked while C uses the signer, write-locked while C frees it
	signer *C.pusher_signer
}

// New returns a signer for the app that config describes. Close it when it is no longer needed: the
// garbage collector does not free it.
func New(config Config) (*Signer, error) {
	// encoding/json replaces invalid UTF-8. The signer would then sign with another secret.
	if !utf8.ValidString(config.Secret.reveal()) {
		return nil, ErrConfigSecret
	}
	text, err := json.Marshal(struct {
		Config
		Secret                    string `json:"secret"`
		EncryptionMasterKeyBase64 string `json:"encryptionMasterKeyBase64,omitempty"`
		UseTLS                    bool   `json:"useTLS"`
	}{
		config, config.Secret.reveal(), config.EncryptionMasterKeyBase64.reveal(),
		!config.DisableTLS,
	})
	if err != nil {
		return nil, err
	}
	defer func() {
		for i := range text {
			text[i] = 0
		}
	}()
	return NewFromString(view(text))
}

// NewFromString returns a signer for the app that config describes: either a PUSHER_URL or the JSON
// object that Pusher's Node library takes.
//
//	https://KEY:SECRET@api-eu.pusher.com/apps/APP_ID
//	{"appId":"…","key":"…","secret":"…","cluster":"eu","useTLS":true}
func NewFromString(config string) (*Signer, error) {
	s := new(Signer)
	if code := C.signer_new(config, &s.signer); code < 0 {
		return nil, Error(code)
	}
	return s, nil
}

// NewFromEnv returns a signer for the app that the environment describes. It reads the first of
// these variables that is not empty:
//
//	PUSHER_URL_FILE     the name of a file with a URL, as NewFromString takes it
//	PUSHER_CONFIG_FILE  the name of a file with a JSON object
//	PUSHER_URL          the URL
//	PUSHER_CONFIG       the JSON object
//
// One newline at the end of a file is ignored. An error names the variable, but does not reveal its
// value.
func NewFromEnv() (*Signer, error) {
	names := []string{"PUSHER_URL_FILE", "PUSHER_CONFIG_FILE", "PUSHER_URL", "PUSHER_CONFIG"}
	for _, name := range names {
		config := os.Getenv(name)
		if config == "" {
			continue
		}
		if strings.HasSuffix(name, "_FILE") {
			text, err := os.ReadFile(config)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			config = strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
		}
		signer, err := NewFromString(config)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return signer, nil
	}
	return nil, errors.New("the config is missing: set one of " + strings.Join(names, ", "))
}

// Close frees the signer and wipes the library's copy of the secret. It waits for calls in
// progress. Later calls return [ErrClosed]. Closing a signer again does nothing. The error is
// always nil.
func (s *Signer) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	C.pusher_signer_free(s.signer)
	s.signer = nil
	return nil
}

// output is a buffer for a result.
type output struct {
	start *C.char
	size  C.size_t
}

// use calls f with the signer, which cannot be closed during the call.
func (s *Signer) use(f func(signer C.uintptr_t) C.int32_t) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.signer == nil {
		return ErrClosed
	}
	if code := f(C.uintptr_t(uintptr(unsafe.Pointer(s.signer)))); code < 0 {
		return Error(code)
	}
	return nil
}

// write returns what f writes. inputLen is the total length of the strings that f passes to C.
func (s *Signer) write(inputLen int, f func(signer C.uintptr_t, out output) C.int32_t) (
	written []byte, err error,
) {
	err = s.use(func(signer C.uintptr_t) (code C.int32_t) {
		bound := func() C.size_t { return C.pusher_signer_bound(s.signer, C.size_t(inputLen)) }
		written, code = write(inputLen, bound, func(out output) C.int32_t { return f(signer, out) })
		return code
	})
	return written, err
}

// Results of usual size are written to a pooled buffer and copied from there. This avoids computing
// the bound and allocating it.
const pooledSize = 4096

var pool = sync.Pool{New: func() any { return new([pooledSize]byte) }}

// maxSize is the size of the largest result: its length is an int32_t.
const maxSize = math.MaxInt32

// write returns what f writes, and the code that f returns. bound returns a size that is enough.
func write(inputLen int, bound func() C.size_t, f func(out output) C.int32_t) ([]byte, C.int32_t) {
	if inputLen < pooledSize/2 {
		buffer := pool.Get().(*[pooledSize]byte)
		defer pool.Put(buffer)
		code := f(output{(*C.char)(unsafe.Pointer(buffer)), pooledSize})
		if code >= 0 {
			return append([]byte{}, buffer[:code]...), code
		}
		if Error(code) != ErrBufferTooSmall {
			return nil, code
		}
	}
	size := bound()
	if size > maxSize {
		size = maxSize
	}
	buffer := make([]byte, size)
	code := f(output{(*C.char)(unsafe.Pointer(&buffer[0])), C.size_t(len(buffer))})
	if code < 0 {
		return nil, code
	}
	return buffer[:code], code
}

// view returns b as a string without a copy. b must not change while the string is in use.
func view(b []byte) string { return *(*string)(unsafe.Pointer(&b)) }

// toText returns value itself if it is text, and otherwise its encoding as JSON.
func toText(value any) (string, error) {
	switch text := value.(type) {
	case string:
		return text, nil
	case []byte:
		return view(text), nil
	case json.RawMessage:
		return view(text), nil
	}
	encoded, err := json.Marshal(value)
	return view(encoded), err
}

// Version returns the version of the C library, such as "1.0.0".
func Version() string { return C.GoString(C.pusher_version()) }
