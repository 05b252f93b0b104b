package pusherauth_test

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	pusherauth "github.com/pusher-auth/pusher-auth/bindings/go"
)

const masterKey = "OHRXNUZRTG5pUTFzQlFGd3J3N3Q2VFZFc0paZDEweVk="

type vector struct {
	Kind, Source, Key, Secret, Channel, Auth, Recomputed, Method, Path, Body, Signature string
	SocketID                                                                            string `json:"socket_id"`
	ChannelData                                                                         string `json:"channel_data"`
	AuthSignature                                                                       string `json:"auth_signature"`
	BodyMD5                                                                             string `json:"body_md5"`
	Timestamp                                                                           json.Number
	Params                                                                              map[string]string
	MasterKeyBase64                                                                     string `json:"master_key_base64"`
	SharedSecret                                                                        string `json:"shared_secret"`
}

func TestPublishedChannelsRequestsWebhooks(t *testing.T) {
	var file struct{ Vectors []vector }
	readVectors(t, "channels_requests_webhooks.json", &file)
	seen := map[string]int{}
	for _, v := range file.Vectors {
		c := pusherauth.Config{Key: v.Key, Secret: pusherauth.NewSecret(v.Secret), EncryptionMasterKeyBase64: pusherauth.NewSecret(masterKey)}
		presence := strings.HasPrefix(v.Channel, "presence-")
		switch {
		case v.Kind == "channel_auth" && strings.HasPrefix(v.Channel, "private-") && v.ChannelData == "", v.Kind == "presence_auth" && presence:
			var data any
			if v.ChannelData != "" {
				data = v.ChannelData
			}
			body, err := newSigner(t, c).AuthorizeChannel(v.SocketID, v.Channel, data)
			if err != nil {
				t.Errorf("%s: %v", v.Source, err)
				continue
			}
			var got struct {
				Auth        string
				ChannelData string `json:"channel_data"`
			}
			if err := json.Unmarshal(body, &got); err != nil {
				t.Fatal(err)
			}
			want := v.Auth
			if v.Recomputed != "" {
				want = v.Recomputed // where the page's own is wrong
			}
			if got.Auth != want || got.ChannelData != v.ChannelData {
				t.Errorf("%s: got %s", v.Source, body)
			}
		case v.Kind == "encrypted_shared_secret" && v.MasterKeyBase64 != "":
			c = pusherauth.Config{Key: "k", Secret: pusherauth.NewSecret("s"), EncryptionMasterKeyBase64: pusherauth.NewSecret(v.MasterKeyBase64)}
			body, err := newSigner(t, c).AuthorizeChannel("1.1", v.Channel, nil)
			want := `"shared_secret":"` + strings.TrimRight(v.SharedSecret, "=") + `="}`
			if err != nil || !strings.HasSuffix(string(body), want) {
				t.Errorf("%s: got %s, %v", v.Source, body, err)
			}
		case v.Kind == "rest_signature" && strings.HasPrefix(v.Path, "/apps/"):
			part := strings.SplitN(strings.TrimPrefix(v.Path, "/apps/"), "/", 2)
			c.AppID, c.Cluster = part[0], "eu"
			query := url.Values{}
			for name, value := range v.Params {
				query.Set(name, value)
			}
			seconds, err := v.Timestamp.Int64()
			if err != nil {
				t.Fatal(err)
			}
			signed, err := newSigner(t, c).SignRequestAt(v.Method, "/"+part[1], query, []byte(v.Body), time.Unix(seconds, 0))
			if err != nil || !strings.HasPrefix(signed, "https://api-eu.pusher.com"+v.Path+"?auth_key="+v.Key+"&") ||
				!strings.HasSuffix(signed, "&auth_signature="+v.AuthSignature) {
				t.Errorf("%s: got %s, %v", v.Source, signed, err)
			}
		case v.Kind == "webhook":
			key := v.Key
			if key == "" {
				key, c.Key = "any", "any"
			}
			signer := newSigner(t, c)
			if err := signer.VerifyWebhook(key, v.Signature, []byte(v.Body)); err != nil {
				t.Errorf("%s: %v", v.Source, err)
			}
			if err := signer.VerifyWebhook(key, v.Signature, []byte(v.Body+" ")); err != pusherauth.ErrWebhookSignature {
				t.Errorf("%s: %v", v.Source, err)
			}
			if err := signer.VerifyWebhook("other", v.Signature, []byte(v.Body)); err != pusherauth.ErrWebhookKey {
				t.Errorf("%s: %v", v.Source, err)
			}
		default:
			continue
		}
		seen[v.Kind]++
	}
	for _, kind := range []string{"channel_auth", "presence_auth", "encrypted_shared_secret", "rest_signature", "webhook"} {
		if seen[kind] == 0 {
			t.Errorf("no vector of kind %s", kind)
		}
	}
}

func TestAuthorizeChannelRefuses(t *testing.T) {
	signer := newSigner(t, config)
	for _, c := range []struct {
		socketID, channel string
		data              any
		want              error
	}{
		{"1.1:", "private-a", nil, pusherauth.ErrSocketID},
		{"1.1", ":user::{}", nil, pusherauth.ErrChannel},
		{"1.1", "public", nil, pusherauth.ErrChannel},
		{"1.1", "private-a\x00", nil, pusherauth.ErrChannel},
		{"1.1", "private-a", map[string]string{"user_id": "1"}, pusherauth.ErrChannelData},
		{"1.1", "presence-a", "", pusherauth.ErrChannelData},
		{"1.1", "presence-a", []byte{}, pusherauth.ErrChannelData},
		{"1.1", "presence-a", map[string]string{}, pusherauth.ErrChannelData},
		{"1.1", "private-encrypted-a", nil, pusherauth.ErrEncryptionKey},
	} {
		if body, err := signer.AuthorizeChannel(c.socketID, c.channel, c.data); body != nil || !errors.Is(err, c.want) {
			t.Errorf("%q: got %s, %v", c.channel, body, err)
		}
	}
	if _, err := signer.AuthorizeChannel("1.1", "presence-a", func() {}); err == nil {
		t.Error("a function encodes as JSON")
	}
}

func TestSignRequest(t *testing.T) {
	c := config
	c.AppID, c.Host, c.Port, c.DisableTLS = "42", "127.0.0.1", 6001, true
	signer := newSigner(t, c)
	body := []byte(`{"name":"news"}`)
	signed, err := signer.SignRequestAt("POST", "/users/alice/events", url.Values{"b": {"2"}, "a": {"1"}}, body, time.Unix(1400000000, 0))
	digest := md5.Sum(body)
	query := "a=1&auth_key=" + c.Key + "&auth_timestamp=1400000000&auth_version=1.0&b=2&body_md5=" + hex.EncodeToString(digest[:])
	path := "/apps/42/users/alice/events"
	want := hmacHex(secret, "POST\n"+path+"\n"+query)
	if err != nil || !strings.HasPrefix(signed, "http://127.0.0.1:6001"+path+"?") || !strings.HasSuffix(signed, "&auth_signature="+want) {
		t.Errorf("got %s, %v", signed, err)
	}

	before := time.Now().Unix()
	signed, err = signer.SignRequest("GET", "/channels", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := url.Parse(signed)
	var at int64
	if _, err := fmt.Sscan(parsed.Query().Get("auth_timestamp"), &at); err != nil || at < before || at > time.Now().Unix() {
		t.Errorf("%s: %v", signed, err)
	}

	for _, request := range []struct {
		method, path string
		query        url.Values
		at           time.Time
	}{
		{"post", "/events", nil, time.Now()},
		{"POST", "events", nil, time.Now()},
		{"POST", "/users/a b/events", nil, time.Now()},
		{"POST", "/users/a\x00/events", nil, time.Now()},
		{"GET", "/channels", url.Values{"a": {"1", "2"}}, time.Now()},
		{"GET", "/channels", url.Values{"a": {"1&b=2"}}, time.Now()},
		{"GET", "/channels", url.Values{"a=1&b": {"2"}}, time.Now()},
		{"GET", "/channels", url.Values{"auth_key": {"1"}}, time.Now()},
		{"GET", "/channels", nil, time.Time{}},
		{"GET", "/channels", nil, time.Unix(0, 0)},
	} {
		if signed, err := signer.SignRequestAt(request.method, request.path, request.query, nil, request.at); signed != "" || err != pusherauth.ErrRequest {
			t.Errorf("%+v: got %s, %v", request, signed, err)
		}
	}
	if _, err := newSigner(t, config).SignRequest("GET", "/channels", nil, nil); err != pusherauth.ErrConfigApp {
		t.Error(err)
	}
}

func TestClosedSignerDoesNothing(t *testing.T) {
	signer := newSigner(t, config)
	signer.Close()
	_, channel := signer.AuthorizeChannel("1.1", "private-a", nil)
	_, request := signer.SignRequest("GET", "/channels", nil, nil)
	for _, err := range []error{channel, request, signer.VerifyWebhook("k", "s", nil)} {
		if err != pusherauth.ErrClosed {
			t.Error(err)
		}
	}
}

func newChannelHandler(t *testing.T) *pusherauth.ChannelAuthHandler {
	user := newHandler(t)
	return &pusherauth.ChannelAuthHandler{
		Signer: user.Signer, User: user.User, CSRFToken: user.CSRFToken, AllowedOrigins: user.AllowedOrigins, JSONP: true,
		Authorize: func(_ *http.Request, user any, channel string) (any, bool, error) {
			id := user.(map[string]string)["id"]
			switch channel {
			case "private-" + id, ":odd:":
				return nil, true, nil
			case "presence-all":
				return map[string]any{"user_id": id}, true, nil
			case "presence-broken":
				return nil, true, pusherauth.ErrChannel
			}
			return nil, false, nil
		},
	}
}

func TestChannelHandler(t *testing.T) {
	h := newChannelHandler(t)
	h.ErrorLog = log.New(io.Discard, "", 0)
	const rest = "&socket_id=1.2&csrf_token=right%2B%26"
	auth := func(text string) string { return config.Key + ":" + hmacHex(secret, text) }
	for body, want := range map[string]string{
		"channel_name=private-alice" + rest: `{"auth":"` + auth("1.2:private-alice") + `"}`,
		"channel_name=presence-all" + rest: `{"auth":"` + auth(`1.2:presence-all:{"user_id":"alice"}`) +
			`","channel_data":"{\"user_id\":\"alice\"}"}`,
	} {
		response := serve(h, post(form, body))
		if text := readAll(t, response); response.StatusCode != 200 || text != want {
			t.Errorf("%s: %s %s", body, response.Status, text)
		}
		response = serve(h, get(body+"&callback=f"))
		if text := readAll(t, response); response.StatusCode != 200 || text != "/**/f("+want+");" {
			t.Errorf("%s: %s %s", body, response.Status, text)
		}
	}
	for body, want := range map[string]struct {
		status int
		reason string
	}{
		"channel_name=private-bob" + rest:                             {403, "not allowed to join this channel"},
		rest[1:]:                                                      {403, "not allowed to join this channel"},
		"channel_name=:odd:" + rest:                                   {403, pusherauth.ErrChannel.Error()},
		"channel_name=presence-broken" + rest:                         {500, "internal error"},
		"channel_name=private-alice&socket_id=1.2":                    {403, "missing or wrong CSRF token"},
		"channel_name=private-alice&csrf_token=right%2B%26":           {403, pusherauth.ErrSocketID.Error()},
		"channel_name=private-alice&channel_name=private-bob" + rest:  {403, "a parameter is given twice"},
		"channel_name=private-alice&channel%5Fname=private-bo" + rest: {403, "a parameter is given twice"},
	} {
		response := serve(h, post(form, body))
		if text := readAll(t, response); response.StatusCode != want.status || text != want.reason+"\n" {
			t.Errorf("%s: %s %s", body, response.Status, text)
		}
	}
	stranger := post(form, "channel_name=private-alice"+rest)
	stranger.Header.Del("Cookie")
	if response := serve(h, stranger); response.StatusCode != 403 {
		t.Error(response.Status)
	}
}

func TestHandlerParameters(t *testing.T) {
	const good = "socket_id=1.2&csrf_token=right%2B%26"
	deep := func(levels int) string { return strings.Repeat("[", levels) + strings.Repeat("]", levels) }
	inJSON := func(more string) string { return `{"socket_id":"1.2","csrf_token":"right+&"` + more + `}` }
	for _, c := range []struct {
		contentType, body string
		status            int
	}{
		{form, good + "&a=%zz&b=1;a=2&c&=d&&", 200},
		{form, good + "&socket_id=1.2", 403},
		{form, good + "&socket%5Fid=1.2", 403},
		{form, good + "&a&a=1", 403},
		{form, good + "&a=%zz&a=1", 403},
		{form, "socket_id%00x=1.2&csrf_token=right%2B%26", 403},
		{form, "socket.id=1.2&csrf_token=right%2B%26", 403},
		{form, "socket_id=1.2;csrf_token=right%2B%26", 403},
		{"application/json", inJSON(`,"a":{"b":[{"c":1},{"c":2}]},"d":null`), 200},
		{"application/json", inJSON(`,"a":` + deep(2047)), 200},
		{"application/json", inJSON(`,"a":` + deep(2048)), 403},
		{"application/json", inJSON(`,"socket_id":"1.2"`), 403},
		{"application/json", inJSON(`,"socket_\u0069d":"1.2"`), 403},
		{"application/json", inJSON(`,"a":{"b":1,"b":2}`), 403},
		{"application/json", inJSON(`,"a":[{"b":1,"b":2}]`), 403},
		{"application/json", inJSON(`,"a":"\ud83d"`), 403},
		{"application/json", inJSON(`,"a":{"\u0000":1}`), 403},
		{form + "; a=b; a=c", good, 200},
		{form + " ;", good, 200},
		{form + " x", good, 403},
		{form + ", " + form, good, 403},
		{"application/json", inJSON(`,"a":"\ud83d\ude00 \ufffd �"`), 200},
		{"application/json", inJSON(",\"a\":\"\xff\""), 403},
		{"application/json", inJSON(`,"a":1e999`), 403},
		{"application/json", inJSON(`,"a":12345678901234567890`), 200},
		{"application/json", " " + inJSON("") + " ", 200},
		{"application/json", inJSON("") + "x", 403},
		{"application/json", "\ufeff" + inJSON(""), 403},
		{"application/json", "", 403},
	} {
		response := serve(newHandler(t), post(c.contentType, c.body))
		if response.StatusCode != c.status {
			t.Errorf("%.100s: %s: %s", c.body, response.Status, readAll(t, response))
		}
	}
	twice := post(form, good)
	twice.Header.Add("Content-Type", form)
	tokens := post(form, good)
	tokens.Header["X-Csrf-Token"] = []string{"right+&", "right+&"}
	for _, r := range []*http.Request{twice, tokens} {
		if response := serve(newHandler(t), r); response.StatusCode != 403 {
			t.Error(response.Status)
		}
	}
}

func TestBearerNeedsNoCSRFToken(t *testing.T) {
	h := newHandler(t)
	h.CSRFExempt = func(r *http.Request) bool { return r.Header.Get("Authorization") != "" }
	if response := serve(h, with(post(form, "socket_id=1.2"), "Authorization", "Bearer x")); response.StatusCode != 200 {
		t.Error(response.Status)
	}
	if response := serve(h, post(form, "socket_id=1.2")); response.StatusCode != 403 {
		t.Error(response.Status)
	}
}

// What the application lacks or returns is its own, whatever it wraps: the visitor is told nothing.
func TestHandlersFailAlone(t *testing.T) {
	wrapping := func(err error) func(*http.Request) (any, error) {
		return func(*http.Request) (any, error) { return nil, fmt.Errorf("the session: %w", err) }
	}
	whole, channel := newHandler(t), newChannelHandler(t)
	hook := &pusherauth.WebhookHandler{Signer: whole.Signer, Handle: func(*http.Request, *pusherauth.Webhook) error { return pusherauth.ErrWebhookKey }}
	for name, c := range map[string]struct {
		handler http.Handler
		logged  string
	}{
		"wrapped socket id": {func() http.Handler { h := *whole; h.User = wrapping(pusherauth.ErrSocketID); return &h }(), "the session: " + pusherauth.ErrSocketID.Error()},
		"socket id":         {func() http.Handler { h := *channel; h.User = wrapping(pusherauth.ErrChannel); return &h }(), "the session: " + pusherauth.ErrChannel.Error()},
		"wrapped size":      {func() http.Handler { h := *whole; h.User = wrapping(&http.MaxBytesError{}); return &h }(), "the session: http: request body too large"},
		"marshaler": {func() http.Handler {
			h := *whole
			h.User = func(*http.Request) (any, error) { return failing{}, nil }
			return &h
		}(), "the user does not encode as JSON"},
		"no Signer":            {func() http.Handler { h := *whole; h.Signer = nil; return &h }(), "UserAuthHandler.Signer is nil"},
		"no User":              {func() http.Handler { h := *whole; h.User = nil; return &h }(), "UserAuthHandler.User is nil"},
		"no CSRFToken":         {func() http.Handler { h := *whole; h.CSRFToken = nil; return &h }(), "UserAuthHandler.CSRFToken is nil"},
		"no Authorize":         {func() http.Handler { h := *channel; h.Authorize = nil; return &h }(), "ChannelAuthHandler.Authorize is nil"},
		"no Handle":            {&pusherauth.WebhookHandler{Signer: whole.Signer}, "WebhookHandler.Handle is nil"},
		"no Signer in webhook": {&pusherauth.WebhookHandler{Handle: hook.Handle}, "WebhookHandler.Signer is nil"},
		"webhook":              {hook, pusherauth.ErrWebhookKey.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			var logged bytes.Buffer
			logger := log.New(&logged, "", 0)
			r := post(form, "socket_id=1.2&csrf_token=right%2B%26&channel_name=private-alice")
			switch h := c.handler.(type) {
			case *pusherauth.UserAuthHandler:
				h.ErrorLog = logger
			case *pusherauth.ChannelAuthHandler:
				h.ErrorLog = logger
			case *pusherauth.WebhookHandler:
				h.ErrorLog = logger
				r = webhook(`{"time_ms":1,"events":[]}`)
			}
			response := serve(c.handler, r)
			if text := readAll(t, response); response.StatusCode != 500 || text != "internal error\n" {
				t.Errorf("%s: %s", response.Status, text)
			}
			if !strings.HasPrefix(logged.String(), "pusherauth: "+c.logged) {
				t.Errorf("logged %q", logged.String())
			}
		})
	}
	if _, err := pusherauth.NewUserAuthHandler(pusherauth.UserAuthHandler{}); err == nil || err.Error() != "pusherauth: UserAuthHandler.Signer is nil" {
		t.Error(err)
	}
	if _, err := pusherauth.NewChannelAuthHandler(pusherauth.ChannelAuthHandler{Signer: whole.Signer, User: whole.User, CSRFToken: whole.CSRFToken}); err == nil {
		t.Error("Authorize is not missed")
	}
	if _, err := pusherauth.NewWebhookHandler(pusherauth.WebhookHandler{}); err == nil {
		t.Error("Handle is not missed")
	}
	if h, err := pusherauth.NewUserAuthHandler(*whole); err != nil || serve(h, post(form, "socket_id=1.2&csrf_token=right%2B%26")).StatusCode != 200 {
		t.Error(err)
	}
	if h, err := pusherauth.NewChannelAuthHandler(*channel); h == nil || err != nil {
		t.Error(err)
	}
	if h, err := pusherauth.NewWebhookHandler(*hook); h == nil || err != nil {
		t.Error(err)
	}
	noBody := post(form, "")
	noBody.Body = nil
	if response := serve(whole, noBody); response.StatusCode != 403 {
		t.Error(response.Status)
	}
}

type failing struct{}

func (failing) MarshalJSON() ([]byte, error) { return nil, pusherauth.ErrSocketID }

func TestUserAsJSON(t *testing.T) {
	for _, user := range []any{`{"id": "alice"}`, []byte(`{"id": "alice"}`), json.RawMessage(`{"id": "alice"}`)} {
		h := newHandler(t)
		h.User = func(*http.Request) (any, error) { return user, nil }
		response := serve(h, post(form, "socket_id=1.2&csrf_token=right%2B%26"))
		if text := readAll(t, response); !strings.Contains(text, `"user_data":"{\"id\": \"alice\"}"`) {
			t.Errorf("%T: %s %s", user, response.Status, text)
		}
	}
}

func webhook(body string) *http.Request {
	r := httptest.NewRequest("POST", "/pusher/webhook", strings.NewReader(body))
	r.Header.Set("X-Pusher-Key", config.Key)
	r.Header.Set("X-Pusher-Signature", hmacHex(secret, body))
	return r
}

func TestWebhookHandler(t *testing.T) {
	var got []pusherauth.WebhookEvent
	h := &pusherauth.WebhookHandler{Signer: newSigner(t, config), Handle: func(_ *http.Request, w *pusherauth.Webhook) error {
		if w.TimeMs != 1327078148132 {
			t.Error(w.TimeMs)
		}
		got = append(got, w.Events...)
		return nil
	}}
	const sent = `{"time_ms":1327078148132,"events":[{"name":"member_added","channel":"presence-a","user_id":"alice"},` +
		`{"name":"client_event","channel":"presence-b","event":"client-x","data":"{}","socket_id":"1.2","user_id":"bob"},` +
		`{"name":"member_removed","channel":"presence-a","user_id":"alice"},{"name":"channel_occupied","channel":"c"},` +
		`{"name":"channel_vacated","channel":"c"},{"name":"cache_miss","channel":"cache-d"},` +
		`{"name":"subscription_count","channel":"e","subscription_count":3},{"name":"subscription_count","channel":"e","subscription_count":"4"},` +
		// As Pusher-compatible servers send it: what the client sent as it is, and what there is not as null.
		`{"name":"client_event","channel":"private-b","event":"client-x","data":{"a": [1]},"socket_id":"1.2","user_id":null},` +
		`{"name":"member_added","channel":"presence-a","user_id":12345678901234567890},{"name":"to_come","channel":{}}]}`
	response := serve(h, webhook(sent))
	if text := readAll(t, response); response.StatusCode != 200 || text != "ok\n" {
		t.Error(response.Status, text)
	}
	want := []pusherauth.WebhookEvent{
		{Name: "member_added", Channel: "presence-a", UserID: "alice"},
		{Name: "client_event", Channel: "presence-b", UserID: "bob", Event: "client-x", Data: "{}", SocketID: "1.2"},
		{Name: "member_removed", Channel: "presence-a", UserID: "alice"},
		{Name: "channel_occupied", Channel: "c"},
		{Name: "channel_vacated", Channel: "c"},
		{Name: "cache_miss", Channel: "cache-d"},
		{Name: "subscription_count", Channel: "e", SubscriptionCount: 3},
		{Name: "subscription_count", Channel: "e", SubscriptionCount: 4},
		{Name: "client_event", Channel: "private-b", Event: "client-x", Data: `{"a": [1]}`, SocketID: "1.2"},
		{Name: "member_added", Channel: "presence-a", UserID: "12345678901234567890"},
		{Name: "to_come", Channel: "{}"},
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %+v", got)
	}

	changed := webhook(sent)
	changed.Body = io.NopCloser(strings.NewReader(strings.Replace(sent, "alice", "alicf", 1)))
	twice := webhook(sent)
	twice.Header.Add("X-Pusher-Signature", twice.Header.Get("X-Pusher-Signature"))
	unsigned := webhook(sent)
	unsigned.Header.Del("X-Pusher-Signature")
	stranger := webhook(sent)
	stranger.Header.Del("X-Pusher-Key")
	for _, r := range []*http.Request{changed, twice, unsigned, stranger} {
		if response := serve(h, r); response.StatusCode != 401 {
			t.Error(response.Status)
		}
	}
	for _, body := range []string{"[1]", `{"events":[],"events":[]}`} {
		if response := serve(h, webhook(body)); response.StatusCode != 400 {
			t.Error(body, response.Status)
		}
	}
	if response := serve(h, webhook(strings.Repeat(" ", 256<<10+1))); response.StatusCode != 413 {
		t.Error(response.Status)
	}
	if response := serve(h, httptest.NewRequest("GET", "/", nil)); response.StatusCode != 405 || response.Header.Get("Allow") != "POST" {
		t.Error(response.Status)
	}
	if len(got) != len(want) {
		t.Errorf("handled %d events", len(got))
	}
}
