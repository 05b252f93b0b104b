//go:build cgo

package pusherauth

// #include "calls.h"
import "C"

import (
	"bytes"
	"encoding/json"
	"log"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxWebhook limits a webhook's body, in bytes.
const maxWebhook = 256 << 10

// Webhook is a notification from Pusher.
type Webhook struct {
	TimeMs int64 // when Pusher sent it, in Unix milliseconds; 0 if it has no valid time
	Events []WebhookEvent
}

// WebhookEvent is an event of a [Webhook]. Its name determines which fields are set:
// https://pusher.com/docs/channels/server_api/webhooks/#events
type WebhookEvent struct {
	Name              string // such as member_added
	Channel           string
	UserID            string
	Event             string
	Data              string // of a client event; decrypted unless Err is set
	SocketID          string
	SubscriptionCount int

	// Err is [ErrDecryption] or [ErrEncryptionKey] if the data on an encrypted channel cannot be
	// decrypted.
	Err error
}

// VerifyWebhook returns nil if a webhook is from Pusher. It compares in constant time. key and
// signature are the headers X-Pusher-Key and X-Pusher-Signature, or "" if they are missing. body is
// the request's body, byte for byte. The error is [ErrWebhookKey] or [ErrWebhookSignature].
// [ReceiveWebhook] and [WebhookHandler] also check the age, decrypt and parse.
func (s *Signer) VerifyWebhook(key, signature string, body []byte) error {
	return s.use(func(signer C.uintptr_t) C.int32_t {
		return C.verify_webhook(signer, key, signature, view(body))
	})
}

// ReceiveWebhook verifies, parses and decrypts a webhook, given the header and body of its request.
//
// It takes one signer for each of the app's tokens, or for each app. The webhook is invalid if no
// signer verifies it (the error is [ErrWebhookKey] or [ErrWebhookSignature]), if it is older than
// maxAge, unless that is 0 ([ErrWebhookTooOld]), or if its body is not a JSON object with events
// ([ErrWebhookInvalid]).
//
// Parsing is lenient otherwise, because clients choose some of the contents. A value of an unusual
// type is kept as JSON text, the last of several duplicate keys counts, and events that are not
// objects are ignored.
func ReceiveWebhook(
	header http.Header, body []byte, maxAge time.Duration, signers ...*Signer,
) (*Webhook, error) {
	key := singleHeader(header, "X-Pusher-Key")
	signature := singleHeader(header, "X-Pusher-Signature")
	err := error(ErrWebhookKey)
	for _, signer := range signers {
		switch signerErr := signer.VerifyWebhook(key, signature, body); signerErr {
		case nil:
			return parseWebhook(body, maxAge, signer)
		case ErrWebhookKey:
		default:
			err = signerErr
		}
	}
	return nil, err
}

func parseWebhook(body []byte, maxAge time.Duration, signer *Signer) (*Webhook, error) {
	members, ok := jsonMembers(body)
	if !ok {
		return nil, ErrWebhookInvalid
	}
	events, ok := splitJSON(members["events"], '[', ']')
	if !ok {
		return nil, ErrWebhookInvalid
	}
	var ms float64
	if json.Unmarshal(members["time_ms"], &ms) != nil || ms < 0 || ms > 1<<53 {
		ms = 0
	}
	webhook := &Webhook{TimeMs: int64(ms), Events: make([]WebhookEvent, 0, len(events))}
	if maxAge != 0 && time.Since(time.UnixMilli(webhook.TimeMs)) > maxAge {
		return nil, ErrWebhookTooOld
	}
	for _, text := range events {
		if event, ok := jsonMembers(text); ok {
			webhook.Events = append(webhook.Events, newWebhookEvent(event, signer))
		}
	}
	return webhook, nil
}

func newWebhookEvent(members map[string][]byte, signer *Signer) WebhookEvent {
	text := func(name string) string {
		value := members[name]
		var text string
		if json.Unmarshal(value, &text) != nil { // not a string; null is ""
			return string(value)
		}
		return text
	}
	count, _ := strconv.Atoi(text("subscription_count"))
	event := WebhookEvent{
		Name: text("name"), Channel: text("channel"), UserID: text("user_id"),
		Event: text("event"), Data: text("data"), SocketID: text("socket_id"),
		SubscriptionCount: count,
	}
	if event.Data != "" && strings.HasPrefix(event.Channel, "private-encrypted-") {
		data, err := signer.Decrypt(event.Channel, []byte(event.Data))
		event.Data, event.Err = string(data), err
	}
	return event
}

// jsonMembers returns the members of a JSON object by their exact names. The last of several
// duplicate keys counts.
func jsonMembers(object []byte) (members map[string][]byte, ok bool) {
	parts, ok := splitJSON(object, '{', '}')
	if !ok || len(parts)%2 != 0 {
		return nil, false
	}
	members = make(map[string][]byte, len(parts)/2)
	for i := 0; i < len(parts); i += 2 {
		var name string
		if json.Unmarshal(parts[i], &name) != nil {
			return nil, false
		}
		members[name] = parts[i+1]
	}
	return members, true
}

// splitJSON splits an array into elements, or an object into alternating keys and values. Unlike
// encoding/json, it accepts any depth: one deeply nested value must not hide the others.
func splitJSON(text []byte, first, last byte) (parts [][]byte, ok bool) {
	text = bytes.TrimSpace(text)
	end := len(text) - 1
	if end < 1 || text[0] != first || text[end] != last {
		return nil, false
	}
	depth, start, inString := 0, 1, false
	for i := 0; i <= end; i++ {
		switch c := text[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			if depth--; depth == 0 && i != end {
				return nil, false
			}
		case depth == 1 && (c == ',' || c == ':'):
			parts = append(parts, bytes.TrimSpace(text[start:i]))
			start = i + 1
		}
	}
	if rest := bytes.TrimSpace(text[start:end]); len(rest) > 0 || len(parts) > 0 {
		parts = append(parts, rest)
	}
	return parts, depth == 0 && !inString
}

// WebhookHandler is the endpoint that Pusher sends webhooks to, by POST. It responds with 200 if
// Handle returns nil, with 401 if the webhook is too old or not from Pusher, with 400 if the body
// is not a JSON object with events, and with 413 if it is larger than 256 KB.
type WebhookHandler struct {
	// Signers verify webhooks: one for each of the app's tokens, or for each app. At least one is
	// required.
	Signers []*Signer

	// MaxAge limits the age of webhooks, so that nobody can send a recorded one again later. It
	// should be more than 5 minutes: for that time, Pusher repeats a webhook whose response is not
	// 2xx. If MaxAge is 0, there is no limit.
	MaxAge time.Duration

	// Handle processes a webhook. It is required. An error is logged, and the response is 500.
	// Pusher then sends the webhook again.
	Handle func(r *http.Request, webhook *Webhook) error

	// ErrorLog logs the reasons of responses with status 500. If it is nil, [log.Default] is used.
	ErrorLog *log.Logger
}

// NewWebhookHandler returns h, or an error that names a required field that is missing, like
// [NewUserAuthHandler].
func NewWebhookHandler(h WebhookHandler) (*WebhookHandler, error) {
	if err := h.check(); err != nil {
		return nil, err
	}
	return &h, nil
}

func (h *WebhookHandler) check() error {
	complete := len(h.Signers) > 0
	for _, signer := range h.Signers {
		complete = complete && signer != nil
	}
	return missingField("WebhookHandler",
		field{"Signers", complete}, field{"Handle", h.Handle != nil})
}

// ServeHTTP implements [http.Handler].
func (h *WebhookHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if r.Method != http.MethodPost {
		methodNotAllowed(w, "POST")
		return
	}
	if err := h.handle(w, r); err != nil {
		writeError(w, err, h.ErrorLog)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Write([]byte("ok\n"))
}

func (h *WebhookHandler) handle(w http.ResponseWriter, r *http.Request) error {
	if err := h.check(); err != nil {
		return err
	}
	body, err := readBody(w, r, maxWebhook)
	if err != nil {
		return err
	}
	webhook, err := ReceiveWebhook(r.Header, body, h.MaxAge, h.Signers...)
	switch err {
	case nil:
		return h.Handle(r, webhook)
	case ErrWebhookKey, ErrWebhookSignature, ErrWebhookTooOld:
		return rejection{http.StatusUnauthorized, err.Error()}
	case ErrWebhookInvalid:
		return rejection{http.StatusBadRequest, err.Error()}
	}
	return err
}
