//go:build cgo

package pusherauth

// #include "calls.h"
import "C"

import (
	"fmt"
	"unicode/utf8"
)

// Event is an event of a batch, for [Signer.TriggerBatchBody].
type Event struct {
	Channel  string `json:"channel"`
	Name     string `json:"name"`
	Data     any    `json:"data"`                // encoded as by Signer.TriggerBody
	SocketID string `json:"socket_id,omitempty"` // a connection that does not receive the event
	Info     string `json:"info,omitempty"`      // attributes of the channel for the response
}

// TriggerBody returns the body of POST /events that triggers an event on a channel. On channels
// that begin with "private-encrypted-", data is encrypted.
//
// data is sent as text: a string, []byte or [json.RawMessage] as it is, any other value as its
// encoding by [json.Marshal]. pusher-js parses text that is JSON. socketID is the connection that
// does not receive the event, or "".
func (s *Signer) TriggerBody(channel, name string, data any, socketID string) ([]byte, error) {
	text, err := eventData(data)
	if err != nil {
		return nil, err
	}
	inputLen := len(channel) + len(name) + len(text) + len(socketID)
	return s.write(inputLen, func(signer C.uintptr_t, out output) C.int32_t {
		return C.event_body(signer, channel, name, text, socketID, out.start, out.size)
	})
}

// SendToUserBody returns the body of POST /events that sends an event to all connections of a user.
// data is encoded as by [Signer.TriggerBody].
func (s *Signer) SendToUserBody(userID, name string, data any) ([]byte, error) {
	return s.TriggerBody("#server-to-user-"+userID, name, data, "")
}

// TriggerMultiBody returns the body of POST /events that triggers an event on up to 100 channels.
// data and socketID have the meaning that they have for [Signer.TriggerBody]. An encrypted channel
// must be the only one.
func (s *Signer) TriggerMultiBody(
	channels []string, name string, data any, socketID string,
) ([]byte, error) {
	text, err := eventData(data)
	if err != nil {
		return nil, err
	}
	if !utf8.ValidString(name) { // encoding/json would replace bytes
		return nil, ErrEvent
	}
	return s.EventsBody(struct {
		Name     string   `json:"name"`
		Channels []string `json:"channels"`
		Data     string   `json:"data"`
		SocketID string   `json:"socket_id,omitempty"`
	}{name, channels, text, socketID})
}

// TriggerBatchBody returns the body of POST /batch_events that triggers up to 10 events. It encrypts
// the data of events on encrypted channels.
func (s *Signer) TriggerBatchBody(batch []Event) ([]byte, error) {
	events := append([]Event{}, batch...)
	for i := range events {
		text, err := eventData(events[i].Data)
		if err != nil {
			return nil, err
		}
		if !utf8.ValidString(events[i].Name) {
			return nil, ErrEvent
		}
		events[i].Data = text
	}
	return s.EventsBody(map[string][]Event{"batch": events})
}

// EventsBody returns the body of POST /events or POST /batch_events for events in the form of
// Pusher's REST API: {"name":…,"channels":[…],"data":…} or
// {"batch":[{"name":…,"channel":…,"data":…},…]}. It encrypts the data of encrypted channels, and
// does not change members other than data. events is a value that [json.Marshal] encodes, or JSON
// as a string, []byte or [json.RawMessage].
func (s *Signer) EventsBody(events any) ([]byte, error) {
	eventsJSON, err := toText(events)
	if err != nil {
		return nil, fmt.Errorf("cannot encode the events as JSON: %w", err)
	}
	return s.write(len(eventsJSON), func(signer C.uintptr_t, out output) C.int32_t {
		return C.events_body(signer, eventsJSON, out.start, out.size)
	})
}

// Encrypt returns data encrypted for a channel that begins with "private-encrypted-", as the JSON
// object that pusher-js decrypts. data is text in UTF-8. Do not pass the result to
// [Signer.TriggerBody] and the other methods for events: they encrypt data themselves.
func (s *Signer) Encrypt(channel string, data []byte) ([]byte, error) {
	return s.write(len(channel)+len(data), func(signer C.uintptr_t, out output) C.int32_t {
		return C.encrypt(signer, channel, view(data), out.start, out.size)
	})
}

// Decrypt returns the data that [Signer.Encrypt], or another of Pusher's libraries, encrypted for
// the channel. The error is [ErrDecryption] if encrypted is malformed, has been changed, or belongs
// to another channel or key.
func (s *Signer) Decrypt(channel string, encrypted []byte) ([]byte, error) {
	return s.write(len(channel)+len(encrypted), func(signer C.uintptr_t, out output) C.int32_t {
		return C.decrypt(signer, channel, view(encrypted), out.start, out.size)
	})
}

// eventData returns data as the text that is sent.
func eventData(data any) (string, error) {
	text, err := toText(data)
	if err != nil {
		return "", fmt.Errorf("cannot encode the event's data as JSON: %w", err)
	}
	if !utf8.ValidString(text) {
		return "", ErrEvent
	}
	return text, nil
}
