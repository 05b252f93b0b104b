package pusherauth_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	pusherauth "github.com/pusher-auth/pusher-auth/bindings/go"
)

func webhook(body string) *http.Request {
	r := httptest.NewRequest("POST", "/pusher/webhook", strings.NewReader(body))
	r.Header.Set("X-Pusher-Key", config.Key)
	r.Header.Set("X-Pusher-Signature", hmacHex(secret, body))
	return r
}

func TestWebhookHandler(t *testing.T) {
	var got []pusherauth.WebhookEvent
	h := &pusherauth.WebhookHandler{Signers: []*pusherauth.Signer{newSigner(t, config)}}
	h.Handle = func(_ *http.Request, w *pusherauth.Webhook) error {
		if w.TimeMs != 1327078148132 {
			t.Error(w.TimeMs)
		}
		got = append(got, w.Events...)
		return nil
	}
	sent := `{"time_ms":1327078148132,"events":[` + strings.Join([]string{
		`{"name":"member_added","channel":"presence-a","user_id":"alice"}`,
		`{"name":"client_event","channel":"presence-b","event":"client-x","data":"{}",` +
			`"socket_id":"1.2","user_id":"bob"}`,
		`{"name":"member_removed","channel":"presence-a","user_id":"alice"}`,
		`{"name":"channel_occupied","channel":"c"}`,
		`{"name":"channel_vacated","channel":"c"}`,
		`{"name":"cache_miss","channel":"cache-d"}`,
		`{"name":"subscription_count","channel":"e","subscription_count":3}`,
		`{"name":"subscription_count","channel":"e","subscription_count":"4"}`,
		// Other servers send data as JSON instead of a string, and null for missing members.
		`{"name":"client_event","channel":"private-b","event":"client-x","data":{"a": [1]},` +
			`"socket_id":"1.2","user_id":null}`,
		`{"name":"member_added","channel":"presence-a","user_id":12345678901234567890}`,
		`{"name":"to_come","channel":{}}`,
	}, ",") + `]}`
	response := serve(h, webhook(sent))
	if text := readAll(t, response); response.StatusCode != 200 || text != "ok\n" {
		t.Error(response.Status, text)
	}
	want := []pusherauth.WebhookEvent{
		{Name: "member_added", Channel: "presence-a", UserID: "alice"},
		{
			Name: "client_event", Channel: "presence-b", UserID: "bob", Event: "client-x",
			Data: "{}", SocketID: "1.2",
		},
		{Name: "member_removed", Channel: "presence-a", UserID: "alice"},
		{Name: "channel_occupied", Channel: "c"},
		{Name: "channel_vacated", Channel: "c"},
		{Name: "cache_miss", Channel: "cache-d"},
		{Name: "subscription_count", Channel: "e", SubscriptionCount: 3},
		{Name: "subscription_count", Channel: "e", SubscriptionCount: 4},
		{
			Name: "client_event", Channel: "private-b", Event: "client-x", Data: `{"a": [1]}`,
			SocketID: "1.2",
		},
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
	for _, body := range []string{
		"", "x", "[1]", `{"time_ms":1}`, `{"events":1}`, `{"events":null}`, `{"events":[]`,
		`{"Events":[]}`,
		`{"events":[]} {"events":[]}`, `{"events":[] []}`, `{"events":[],"a":[}`, `{"events":[],"a":"}`,
	} {
		if response := serve(h, webhook(body)); response.StatusCode != 400 {
			t.Error(body, response.Status)
		}
	}
	if response := serve(h, webhook(strings.Repeat(" ", 256<<10+1))); response.StatusCode != 413 {
		t.Error(response.Status)
	}
	if response := serve(h, httptest.NewRequest("GET", "/", nil)); response.StatusCode != 405 ||
		response.Header.Get("Allow") != "POST" {
		t.Error(response.Status)
	}
	if len(got) != len(want) {
		t.Errorf("handled %d events", len(got))
	}
}

// receive signs a body and passes it to ReceiveWebhook.
func receive(
	body string, maxAge time.Duration, signers ...*pusherauth.Signer,
) (*pusherauth.Webhook, error) {
	return pusherauth.ReceiveWebhook(webhook(body).Header, []byte(body), maxAge, signers...)
}

// Clients choose the data of client events. No data hide the other events.
func TestWebhooksAreParsedLeniently(t *testing.T) {
	signer := newSigner(t, config)
	deep := strings.Repeat("[", 20000) + strings.Repeat("]", 20000)
	for event, want := range map[string]string{
		`{"name":"client_event","data":"\ud83d"}`:            "\ufffd",
		`{"name":"client_event","data":"\ud83d\ude00"}`:      "😀",
		`{"name":"client_event","data":{"a":"\ud83d"}}`:      `{"a":"\ud83d"}`,
		`{"name":"client_event","data":1e999}`:               "1e999",
		`{"name":"client_event","data":[1e999]}`:             "[1e999]",
		`{"name":"client_event","data":{"a":1,"a":2}}`:       `{"a":1,"a":2}`,
		`{"name":"client_event","data":"1","data":"2"}`:      "2",
		`{"name":"client_event","data":null}`:                "",
		`{"name":"client_event"}`:                            "",
		`{"name":"client_event","data":true,"unknown":1e99}`: "true",
		`{"name":"client_event","data":"\u0000"}`:            "\x00",
		"{\"name\":\"client_event\",\"data\":\"\xff\"}":      "\ufffd",
		`{"name":"client_event","data":` + deep + `}`:        deep,
		`{"name":"client_event","data":{"a":` + deep + `}}`:  `{"a":` + deep + `}`,
		`{"name":"client_event","data":"]}\"\\"}`:            "]}\"\\",
		` { "name" : "client_event" , "data" : [ 1 , 2 ] } `: "[ 1 , 2 ]",
		`{"name":"client_event","Data":"1"}`:                 "",
		`{"name":"client_event","subscription_count":1e999}`: "",
		`{"name":"client_event","subscription_count":{}}`:    "",
		`{"name":"client_event","channel":5}`:                "",
	} {
		got, err := receive(
			`{"time_ms":1,"events":[{"name":"before"},`+event+`,{"name":"after"}]}`, 0, signer,
		)
		if err != nil || len(got.Events) != 3 {
			t.Errorf("%.100s: got %v, %v", event, got, err)
			continue
		}
		if got.Events[0].Name != "before" || got.Events[1].Data != want ||
			got.Events[2].Name != "after" {
			t.Errorf("%.100s: got %.100v", event, got.Events)
		}
	}
	for _, event := range []string{"5", "null", `"a"`, "[]", "1e999", "true"} { // no objects
		got, err := receive(
			`{"time_ms":1,"events":[{"name":"before"},`+event+`,{"name":"after"}]}`, 0, signer,
		)
		if err != nil || len(got.Events) != 2 || got.Events[1].Name != "after" {
			t.Errorf("%s: got %v, %v", event, got, err)
		}
	}
	for text, want := range map[string]int64{
		"1.5": 1, "-1": 0, `"1"`: 0, "null": 0, "1e999": 0, "{}": 0, "1e3": 1000, "1e300": 0,
		"1327078148132": 1327078148132, `1,"time_ms":2`: 2,
	} {
		got, err := receive(`{"time_ms":`+text+`,"events":[],"unknown":"\ud800"}`, 0, signer)
		if err != nil || got.TimeMs != want {
			t.Errorf("%s: got %v, %v", text, got, err)
		}
	}
}

func TestWebhookAge(t *testing.T) {
	signer := newSigner(t, config)
	sent := func(age time.Duration) string {
		return fmt.Sprintf(`{"time_ms":%d,"events":[]}`, time.Now().Add(-age).UnixMilli())
	}
	for _, body := range []string{sent(0), sent(9 * time.Minute), sent(-time.Hour)} {
		if _, err := receive(body, 10*time.Minute, signer); err != nil {
			t.Errorf("%s: %v", body, err)
		}
	}
	for _, body := range []string{
		sent(11 * time.Minute), `{"events":[]}`, `{"time_ms":"now","events":[]}`,
		`{"time_ms":1e999,"events":[]}`,
	} {
		got, err := receive(body, 10*time.Minute, signer)
		if got != nil || err != pusherauth.ErrWebhookTooOld {
			t.Errorf("%s: %v", body, err)
		}
		if _, err := receive(body, 0, signer); err != nil {
			t.Errorf("%s without a limit: %v", body, err)
		}
	}
	h := &pusherauth.WebhookHandler{
		Signers: []*pusherauth.Signer{signer}, MaxAge: time.Minute,
		Handle: func(*http.Request, *pusherauth.Webhook) error { return nil },
	}
	if response := serve(h, webhook(sent(0))); response.StatusCode != 200 {
		t.Error(response.Status)
	}
	if response := serve(h, webhook(sent(2*time.Minute))); response.StatusCode != 401 {
		t.Error(response.Status)
	}
}

func TestWebhookTokens(t *testing.T) {
	const body = `{"time_ms":1,"events":[]}`
	good := newSigner(t, config)
	other := newSigner(t, pusherauth.Config{Key: "other", Secret: pusherauth.NewSecret("s")})
	sameKey := newSigner(t, pusherauth.Config{Key: config.Key, Secret: pusherauth.NewSecret("old")})
	closed := newSigner(t, config)
	closed.Close()
	for i, c := range []struct {
		signers []*pusherauth.Signer
		want    error
	}{
		{[]*pusherauth.Signer{other, good}, nil},
		{[]*pusherauth.Signer{sameKey, other, good, other}, nil},
		{[]*pusherauth.Signer{closed, good}, nil},
		{nil, pusherauth.ErrWebhookKey},
		{[]*pusherauth.Signer{other}, pusherauth.ErrWebhookKey},
		{[]*pusherauth.Signer{sameKey, other}, pusherauth.ErrWebhookSignature},
		{[]*pusherauth.Signer{closed}, pusherauth.ErrClosed},
	} {
		if _, err := receive(body, 0, c.signers...); err != c.want {
			t.Errorf("%d: got %v, want %v", i, err, c.want)
		}
	}
}

func TestWebhooksAreDecrypted(t *testing.T) {
	signer := newEncryptingSigner(t)
	const channel, data = "private-encrypted-a", `{"text":"🌍"}`
	encrypted, err := signer.Encrypt(channel, []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	event := func(channel, data string) string {
		return fmt.Sprintf(
			`{"name":"client_event","channel":%q,"event":"client-b","data":%s}`, channel, data,
		)
	}
	body := `{"time_ms":1,"events":[` + strings.Join([]string{
		event(channel, fmt.Sprintf("%q", encrypted)), event(channel, string(encrypted)), event(
			"private-encrypted-b", string(encrypted),
		),
		event(channel, `"text"`), event(
			"private-a", string(encrypted),
		), `{"name":"channel_occupied","channel":"private-encrypted-a"}`,
	}, ",") + `]}`
	got, err := receive(body, 0, signer)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		data string
		err  error
	}{
		{data, nil}, {data, nil}, {"", pusherauth.ErrDecryption}, {"", pusherauth.ErrDecryption},
		{string(encrypted), nil}, {"", nil},
	} {
		if event := got.Events[i]; event.Data != want.data || event.Err != want.err {
			t.Errorf("event %d: got %+v", i, event)
		}
	}
	if got, err := receive(body, 0, newSigner(t, config)); err != nil ||
		got.Events[0].Err != pusherauth.ErrEncryptionKey {
		t.Errorf("without a master key: %+v, %v", got, err)
	}
}

// ReceiveWebhook and encoding/json agree on all valid values of the JSON Parsing Test Suite.
func TestLenientParsingAgreesWithEncodingJSON(t *testing.T) {
	text, err := os.ReadFile("../../tests/vectors/json_test_suite.json")
	if err != nil {
		t.Fatal(err)
	}
	var suite any
	if err := json.Unmarshal(text, &suite); err != nil {
		t.Fatal(err)
	}
	signer := newSigner(t, config)
	compared := 0
	var visit func(value any)
	visit = func(value any) {
		switch value := value.(type) {
		case map[string]any:
			for _, member := range value {
				visit(member)
			}
		case []any:
			for _, element := range value {
				visit(element)
			}
		case string:
			if !json.Valid([]byte(value)) {
				return
			}
			want := ""
			if err := json.Unmarshal([]byte(value), &want); err != nil && value != "null" {
				want = strings.Trim(value, " \t\r\n")
			}
			got, err := receive(
				`{"events":[{"data":`+value+`},{"name":"after"}],"time_ms":1}`, 0, signer,
			)
			if err != nil || len(got.Events) != 2 || got.Events[0].Data != want ||
				got.Events[1].Name != "after" {
				t.Errorf("%.100q: got %+v, %v, want %.100q", value, got, err, want)
			}
			compared++
		}
	}
	visit(suite)
	if compared < 90 {
		t.Errorf("compared only %d values", compared)
	}
}

// ReceiveWebhook either returns a webhook or ErrWebhookInvalid, and does not panic.
func FuzzWebhook(f *testing.F) {
	for _, seed := range []string{
		`{"time_ms":1,"events":[{"name":"a","data":"\ud83d"},5,{"data":[1e999]}]}`,
		`{"events":[{"a":"\\`, `{"events":[}`,
		`{"a","events":[]}`, `{"events":[],}`, `{,}`, `{"events":[,]}`, `{"events":["]}`, `{5:5}`,
		`{"events":[{]}]}`, `{}}`, `{"events":[]]}`,
	} {
		f.Add(seed)
	}
	signer := newSigner(f, config)
	f.Fuzz(func(t *testing.T, body string) {
		got, err := receive(body, 0, signer)
		if (got == nil) == (err == nil) || err != nil && err != pusherauth.ErrWebhookInvalid {
			t.Errorf("got %v, %v", got, err)
		}
		var valid struct{ Events []struct{} }
		if strings.Contains(body, `"events":[{`) && json.Unmarshal([]byte(body), &valid) == nil &&
			len(valid.Events) > 0 && err != nil {
			t.Errorf("%q is valid: %v", body, err)
		}
	})
}
