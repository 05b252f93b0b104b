//go:build cgo

package pusherauth

import (
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"strconv"
)

// maxWebhook is what a webhook's body may take, in bytes.
const maxWebhook = 256 << 10

// Webhook is what Pusher says has happened, in one request.
type Webhook struct {
	TimeMs int64          `json:"time_ms"` // when it was sent, in Unix milliseconds
	Events []WebhookEvent `json:"events"`
}

// WebhookEvent is one thing that has happened. Which fields are set depends on its name:
// https://pusher.com/docs/channels/server_api/webhooks/#events
type WebhookEvent struct {
	Name              string // channel_occupied, channel_vacated, member_added, member_removed, client_event, cache_miss, subscription_count
	Channel           string
	UserID            string // an id that is a number, in its digits
	Event             string
	Data              string // as the client sent it: text, or JSON
	SocketID          string
	SubscriptionCount int
}

// UnmarshalJSON takes a number or an object for text too: Pusher-compatible servers pass on what the client sent as it is.
func (e *WebhookEvent) UnmarshalJSON(data []byte) error {
	var sent struct {
		Name     text `json:"name"`
		Channel  text `json:"channel"`
		UserID   text `json:"user_id"`
		Event    text `json:"event"`
		Data     text `json:"data"`
		SocketID text `json:"socket_id"`
		Count    text `json:"subscription_count"`
	}
	if err := json.Unmarshal(data, &sent); err != nil {
		return err
	}
	count, _ := strconv.Atoi(string(sent.Count)) // 0 where there is none
	*e = WebhookEvent{
		string(sent.Name), string(sent.Channel), string(sent.UserID), string(sent.Event), string(sent.Data), string(sent.SocketID), count,
	}
	return nil
}

// text is what a JSON string stands for, nothing for null, and any other JSON value as it is written.
type text string

func (t *text) UnmarshalJSON(data []byte) error {
	if data[0] == '"' || string(data) == "null" {
		return json.Unmarshal(data, (*string)(t))
	}
	*t = text(data)
	return nil
}

// ParseWebhook returns the events of a webhook whose signature [Signer.VerifyWebhook] has found right.
func ParseWebhook(body []byte) (*Webhook, error) {
	if _, err := parseJSON(body); err != nil {
		return nil, errors.New("pusherauth: a webhook that is not one JSON object, each member given once")
	}
	webhook := new(Webhook)
	if err := json.Unmarshal(body, webhook); err != nil {
		return nil, err
	}
	if webhook.Events == nil {
		return nil, errors.New("pusherauth: a webhook without events")
	}
	return webhook, nil
}

// WebhookHandler is an endpoint that Pusher sends webhooks to, by POST. It answers with status 401 to what is not Pusher's, 413 to more
// than 256 KB, and else by what Handle returns.
type WebhookHandler struct {
	// Signer verifies. It is needed.
	Signer *Signer

	// Handle takes what has happened; it is needed. After an error, and the status 500 that comes of it, Pusher sends the webhook
	// again for some minutes. Whoever has seen a webhook can send it again too: its TimeMs says how old it is.
	Handle func(r *http.Request, webhook *Webhook) error

	// ErrorLog takes the reasons of the responses with status 500; nil is the log package's logger.
	ErrorLog *log.Logger
}

// NewWebhookHandler returns h, or an error that says what it lacks, like [NewUserAuthHandler].
func NewWebhookHandler(h WebhookHandler) (*WebhookHandler, error) {
	if err := h.complete(); err != nil {
		return nil, err
	}
	return &h, nil
}

func (h *WebhookHandler) complete() error {
	return lacks("WebhookHandler", field{"Signer", h.Signer != nil}, field{"Handle", h.Handle != nil})
}

func (h *WebhookHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", "POST")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	if err := h.handle(w, r); err != nil {
		fail(w, err, h.ErrorLog)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Write([]byte("ok\n"))
}

func (h *WebhookHandler) handle(w http.ResponseWriter, r *http.Request) error {
	if err := h.complete(); err != nil {
		return err
	}
	body, err := readBody(w, r, maxWebhook)
	if err != nil {
		return err
	}
	err = h.Signer.VerifyWebhook(only(r, "X-Pusher-Key"), only(r, "X-Pusher-Signature"), body)
	if err == ErrWebhookKey || err == ErrWebhookSignature {
		return refusal{http.StatusUnauthorized, err.Error()}
	} else if err != nil {
		return err
	}
	webhook, err := ParseWebhook(body)
	if err != nil {
		return refusal{http.StatusBadRequest, "the webhook is not the JSON that it should be"}
	}
	return h.Handle(r, webhook)
}

// only returns a header that is there once, and else "".
func only(r *http.Request, name string) string {
	if values := r.Header[name]; len(values) == 1 {
		return values[0]
	}
	return ""
}
