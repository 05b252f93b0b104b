//go:build cgo

package pusherauth

// #include "calls.h"
import "C"

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// UserData describes a user to Pusher, for [Signer.AuthenticateUser].
//
// Pusher accepts ids of A-Z a-z 0-9 _ - = @ , . ; and rejects others at sign-in. Map other ids,
// such as "auth0|abc123", to these characters, for example with [encoding/base64.RawURLEncoding].
type UserData struct {
	ID        string   `json:"id"`
	UserInfo  any      `json:"user_info,omitempty"` // shown to other members of presence channels
	Watchlist []string `json:"watchlist,omitempty"` // ids of users whose online status the user sees
}

// MemberData describes a member of a presence channel to the other members, for
// [Signer.AuthorizeChannel].
type MemberData struct {
	UserID   string `json:"user_id"`
	UserInfo any    `json:"user_info,omitempty"`
}

// MarshalJSON encodes u. The error is [ErrUserInvalid] if the id is not UTF-8, which encoding/json
// would turn into another id.
func (u UserData) MarshalJSON() ([]byte, error) {
	if !utf8.ValidString(u.ID) {
		return nil, ErrUserInvalid
	}
	type plain UserData
	return json.Marshal(plain(u))
}

// MarshalJSON encodes m. The error is [ErrChannelData] if the id is not UTF-8, which encoding/json
// would turn into another id.
func (m MemberData) MarshalJSON() ([]byte, error) {
	if !utf8.ValidString(m.UserID) {
		return nil, ErrChannelData
	}
	type plain MemberData
	return json.Marshal(plain(m))
}

// AuthenticateUser returns the response that authenticates the user of the connection
// socketID. It is the complete body of the HTTP response: do not encode it as JSON again.
//
// socketID is the parameter socket_id that pusher-js sends. user is a JSON object with the key
// "id", a non-empty string: a [UserData], or any other value that [json.Marshal] encodes as such. A
// string, []byte or [json.RawMessage] is JSON already, and is signed byte for byte.
func (s *Signer) AuthenticateUser(socketID string, user any) ([]byte, error) {
	userJSON, err := toText(user)
	if err != nil {
		return nil, fmt.Errorf("cannot encode the user as JSON: %w", err)
	}
	return s.write(len(socketID)+len(userJSON), func(signer C.uintptr_t, out output) C.int32_t {
		return C.authenticate_user(signer, socketID, userJSON, out.start, out.size)
	})
}

// AuthorizeChannel returns the response that authorizes the connection socketID to subscribe to
// channel. It is the complete body of the HTTP response. Check first that the user may subscribe.
//
// socketID and channel are the parameters socket_id and channel_name that pusher-js sends. The
// channel is a private, presence or encrypted one. member is for presence channels: a JSON object
// with the key "user_id", a non-empty string or an integer, in one of the forms that
// [Signer.AuthenticateUser] takes, such as a [MemberData]. It is nil for other channels. It can be
// nil for a presence channel if the connection has signed in: Pusher then uses that user.
func (s *Signer) AuthorizeChannel(socketID, channel string, member any) ([]byte, error) {
	var channelData string
	if member != nil {
		var err error
		if channelData, err = toText(member); err != nil {
			return nil, fmt.Errorf("cannot encode the member as JSON: %w", err)
		}
		if channelData == "" {
			return nil, ErrChannelData // in C, this would mean nil
		}
	}
	inputLen := len(socketID) + len(channel) + len(channelData)
	return s.write(inputLen, func(signer C.uintptr_t, out output) C.int32_t {
		return C.authorize_channel(signer, socketID, channel, channelData, out.start, out.size)
	})
}
