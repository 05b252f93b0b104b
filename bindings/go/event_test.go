package pusherauth_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	pusherauth "github.com/pusher-auth/pusher-auth/bindings/go"
)

const masterKey = "OHRXNUZRTG5pUTFzQlFGd3J3N3Q2VFZFc0paZDEweVk="

func newEncryptingSigner(t testing.TB) *pusherauth.Signer {
	c := config
	c.EncryptionMasterKeyBase64 = pusherauth.NewSecret(masterKey)
	return newSigner(t, c)
}

// decode parses a JSON object.
func decode(t *testing.T, body []byte) (value map[string]any) {
	t.Helper()
	if err := json.Unmarshal(body, &value); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return value
}

func TestEventDataIsSentAsText(t *testing.T) {
	signer := newSigner(t, config)
	for _, c := range []struct {
		data any
		want string
	}{
		{"text", "text"},
		{`{"a": 1}`, `{"a": 1}`},
		{[]byte("bytes"), "bytes"},
		{json.RawMessage(`{"a":[1]}`), `{"a":[1]}`},
		{map[string]string{"a": "<&>"}, `{"a":"\u003c\u0026\u003e"}`},
		{"<&>\u2028\"\\\n🌍", "<&>\u2028\"\\\n🌍"},
		{12, "12"},
		{nil, "null"},
		{"", ""},
		{strings.Repeat("\"", 50000), strings.Repeat("\"", 50000)},
	} {
		single, err := signer.TriggerBody("a", "b", c.data, "")
		if err != nil {
			t.Fatalf("%.40v: %v", c.data, err)
		}
		if got := decode(t, single)["data"]; got != c.want {
			t.Errorf("%.40v: got %.40v", c.data, got)
		}
		multi, err := signer.TriggerMultiBody([]string{"a", "b"}, "b", c.data, "1.1")
		if err != nil {
			t.Fatalf("%.40v: %v", c.data, err)
		}
		if got := decode(t, multi); got["data"] != c.want || got["socket_id"] != "1.1" {
			t.Errorf("%.40v: got %.40v", c.data, got)
		}
		batch, err := signer.TriggerBatchBody(
			[]pusherauth.Event{{Channel: "a", Name: "b", Data: c.data}},
		)
		if err != nil {
			t.Fatalf("%.40v: %v", c.data, err)
		}
		if got := decode(t, batch)["batch"].([]any)[0].(map[string]any)["data"]; got != c.want {
			t.Errorf("%.40v: got %.40v", c.data, got)
		}
	}
}

func TestTriggerBatchBodyDoesNotChangeTheBatch(t *testing.T) {
	batch := []pusherauth.Event{
		{
			Channel: "a", Name: "b", Data: map[string]int{"c": 1}, SocketID: "1.1",
			Info: "user_count",
		},
	}
	body, err := newSigner(t, config).TriggerBatchBody(batch)
	const want = `{"batch":[{"channel":"a","name":"b","data":"{\"c\":1}","socket_id":"1.1","info":"user_count"}]}`
	if err != nil || string(body) != want {
		t.Errorf("got %s, %v", body, err)
	}
	if _, ok := batch[0].Data.(map[string]int); !ok {
		t.Errorf("the caller's batch is %v", batch)
	}
}

func TestEventErrors(t *testing.T) {
	signer := newEncryptingSigner(t)
	eleven := make([]pusherauth.Event, 11)
	for i := range eleven {
		eleven[i] = pusherauth.Event{Channel: "a", Name: "b", Data: "c"}
	}
	if _, err := signer.TriggerBatchBody(eleven[:10]); err != nil {
		t.Error(err)
	}
	for i, c := range []struct {
		call func() ([]byte, error)
		want error
	}{
		{
			func() ([]byte, error) { return signer.TriggerBody("a b", "b", "c", "") },
			pusherauth.ErrChannel,
		},
		{
			func() ([]byte, error) { return signer.TriggerBody("a", "", "c", "") },
			pusherauth.ErrEvent,
		},
		{
			func() ([]byte, error) { return signer.TriggerBody("a", "b", "\x00", "") },
			pusherauth.ErrEvent,
		},
		{
			func() ([]byte, error) { return signer.TriggerBody("a", "b", "\xff", "") },
			pusherauth.ErrEvent,
		},
		{
			func() ([]byte, error) { return signer.TriggerBody("a", "b", "c", "x") },
			pusherauth.ErrSocketID,
		},
		{
			func() ([]byte, error) { return signer.SendToUserBody("", "b", "c") },
			pusherauth.ErrChannel,
		},
		{
			func() ([]byte, error) { return signer.TriggerMultiBody(nil, "b", "c", "") },
			pusherauth.ErrEvent,
		},
		{
			func() ([]byte, error) {
				return signer.TriggerMultiBody([]string{"a"}, "\xff", "c", "")
			},
			pusherauth.ErrEvent,
		},
		{
			func() ([]byte, error) {
				return signer.TriggerMultiBody([]string{"a"}, "b", "\xff", "")
			},
			pusherauth.ErrEvent,
		},
		{func() ([]byte, error) {
			return signer.TriggerMultiBody([]string{"a", "private-encrypted-b"}, "b", "c", "")
		}, pusherauth.ErrEvent},
		{func() ([]byte, error) { return signer.TriggerBatchBody(eleven) }, pusherauth.ErrEvent},
		{func() ([]byte, error) {
			return signer.TriggerBatchBody([]pusherauth.Event{{Channel: "a", Name: "\xff"}})
		}, pusherauth.ErrEvent},
		{func() ([]byte, error) { return signer.EventsBody("{}") }, pusherauth.ErrEvent},
		{
			func() ([]byte, error) { return signer.Encrypt("private-a", []byte("c")) },
			pusherauth.ErrChannel,
		},
		{
			func() ([]byte, error) { return signer.Encrypt("private-encrypted-a", []byte("\xff")) },
			pusherauth.ErrEvent,
		},
		{
			func() ([]byte, error) { return signer.Decrypt("private-encrypted-a", []byte("{}")) },
			pusherauth.ErrDecryption,
		},
		{func() ([]byte, error) {
			return newSigner(t, config).TriggerBody("private-encrypted-a", "b", "c", "")
		}, pusherauth.ErrEncryptionKey},
	} {
		if body, err := c.call(); body != nil || err != c.want {
			t.Errorf("%d: got %s, %v, want %v", i, body, err, c.want)
		}
	}
	var unsupported *json.UnsupportedTypeError
	_, single := signer.TriggerBody("a", "b", func() {}, "")
	_, multi := signer.TriggerMultiBody([]string{"a"}, "b", func() {}, "")
	_, batch := signer.TriggerBatchBody(
		[]pusherauth.Event{{Channel: "a", Name: "b", Data: func() {}}},
	)
	_, events := signer.EventsBody(func() {})
	for _, err := range []error{single, multi, batch, events} {
		if !errors.As(err, &unsupported) {
			t.Errorf("a function: %v", err)
		}
	}
}

func TestEncryptedEvents(t *testing.T) {
	signer := newEncryptingSigner(t)
	const channel, data = "private-encrypted-a", `{"text":"Hello, 🌍"}`
	single, err := signer.TriggerBody(channel, "b", data, "")
	if err != nil {
		t.Fatal(err)
	}
	batch, err := signer.TriggerBatchBody(
		[]pusherauth.Event{
			{Channel: channel, Name: "b", Data: data}, {Channel: "a", Name: "b", Data: data},
		},
	)
	if err != nil {
		t.Fatal(err)
	}
	events := decode(t, batch)["batch"].([]any)
	if got := events[1].(map[string]any)["data"]; got != data {
		t.Errorf("the other event is %v", got)
	}
	for i, encrypted := range []any{decode(t, single)["data"], events[0].(map[string]any)["data"]} {
		got, err := signer.Decrypt(channel, []byte(fmt.Sprint(encrypted)))
		if err != nil || string(got) != data {
			t.Errorf("%d: %s is %s, %v", i, encrypted, got, err)
		}
	}
	first, err1 := signer.Encrypt(channel, []byte(data))
	second, err2 := signer.Encrypt(channel, []byte(data))
	if err1 != nil || err2 != nil || bytes.Equal(first, second) {
		t.Errorf("encrypted twice: %s, %s, %v, %v", first, second, err1, err2)
	}
	if _, err := signer.Decrypt("private-encrypted-b", first); err != pusherauth.ErrDecryption {
		t.Errorf("another channel: %v", err)
	}
	long := bytes.Repeat([]byte("🌍\n"), 5000)
	encrypted, err := signer.Encrypt(channel, long)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := signer.Decrypt(channel, encrypted); err != nil || !bytes.Equal(got, long) {
		t.Errorf("got %d bytes, %v", len(got), err)
	}
}
