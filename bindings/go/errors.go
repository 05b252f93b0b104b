//go:build cgo

package pusherauth

// #include <pusher_auth.h>
import "C"

import "errors"

// Error is one of the library's error codes. Every error that the library finds is one of the constants below, as it is or wrapped:
// ask for one with [errors.Is], or for the code with [errors.As].
type Error int32

// The codes, with the values that the header pusher_auth.h gives them.
const (
	ErrNullArgument        Error = C.PUSHER_ERROR_NULL_ARGUMENT
	ErrBufferTooSmall      Error = C.PUSHER_ERROR_BUFFER_TOO_SMALL
	ErrConfigInvalid       Error = C.PUSHER_ERROR_CONFIG_INVALID
	ErrConfigKey           Error = C.PUSHER_ERROR_CONFIG_KEY
	ErrConfigSecret        Error = C.PUSHER_ERROR_CONFIG_SECRET
	ErrSocketID            Error = C.PUSHER_ERROR_SOCKET_ID
	ErrUserInvalid         Error = C.PUSHER_ERROR_USER_INVALID
	ErrUserIDMissing       Error = C.PUSHER_ERROR_USER_ID_MISSING
	ErrUserIDNotString     Error = C.PUSHER_ERROR_USER_ID_NOT_STRING
	ErrUserIDEmpty         Error = C.PUSHER_ERROR_USER_ID_EMPTY
	ErrUserDuplicateMember Error = C.PUSHER_ERROR_USER_DUPLICATE_MEMBER
	ErrCallback            Error = C.PUSHER_ERROR_CALLBACK
	ErrTooLarge            Error = C.PUSHER_ERROR_TOO_LARGE
	ErrInternal            Error = C.PUSHER_ERROR_INTERNAL
	ErrResponseInvalid     Error = C.PUSHER_ERROR_RESPONSE_INVALID
	ErrEncryptionKey       Error = C.PUSHER_ERROR_ENCRYPTION_KEY
	ErrChannel             Error = C.PUSHER_ERROR_CHANNEL
	ErrChannelData         Error = C.PUSHER_ERROR_CHANNEL_DATA
	ErrConfigApp           Error = C.PUSHER_ERROR_CONFIG_APP
	ErrRequest             Error = C.PUSHER_ERROR_REQUEST
	ErrWebhookKey          Error = C.PUSHER_ERROR_WEBHOOK_KEY
	ErrWebhookSignature    Error = C.PUSHER_ERROR_WEBHOOK_SIGNATURE
)

// ErrClosed is the error of a [Signer] that is used after its Close.
var ErrClosed = errors.New("the signer is closed")

// Error returns the library's message for the code, which says what to do about it. It holds nothing of the input.
func (e Error) Error() string {
	return C.GoString(C.pusher_error_message(C.int32_t(e)))
}
