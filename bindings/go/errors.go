//go:build cgo

package pusherauth

// #include <pusher_auth.h>
import "C"

import "errors"

// Error is an error code of the C library: one of the constants. Functions return it as it is or
// wrapped. Compare it with [errors.Is], and get the code with [errors.As].
type Error int32

// Error returns the library's message, which says what to do. It contains no input.
func (e Error) Error() string { return C.GoString(C.pusher_error_message(C.int32_t(e))) }

// Name returns the code's name in C, such as "PUSHER_ERROR_SOCKET_ID".
func (e Error) Name() string { return C.GoString(C.pusher_error_name(C.int32_t(e))) }

// These errors are not codes of the C library.
var (
	// ErrClosed is returned by the methods of a [Signer] after Close.
	ErrClosed = errors.New("the signer is closed")

	// ErrWebhookTooOld is returned for a webhook that is older than the limit, or has no valid
	// time.
	ErrWebhookTooOld = errors.New("the webhook is too old")

	// ErrWebhookInvalid is returned for a webhook with a valid signature whose body is not a JSON
	// object with events.
	ErrWebhookInvalid = errors.New("the webhook is not a JSON object with events")
)
