package pusherauth_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sort"
	"strings"
	"testing"
	"time"

	pusherauth "github.com/pusher-auth/pusher-auth/bindings/go"
)

// A vector is one call of tests/vectors/calls.json. README.md in that folder describes the format.
type vector struct {
	Call, Config, Source string
	Arguments            map[string]any
	Result               *string
	Code                 *int
}

func (v vector) text(name string) string {
	text, ok := v.Arguments[name].(string)
	if !ok {
		panic(fmt.Sprintf("%s has no text %s", v.Call, name))
	}
	return text
}

func (v vector) time() time.Time { return time.Unix(int64(v.Arguments["timestamp"].(float64)), 0) }

// run calls the Go function for v.
func (v vector) run(t *testing.T) (result string, err error) {
	switch v.Call {
	case "request_parameter":
		return pusherauth.RequestParameter(v.text("content_type"), v.text("text"), v.text("name"))
	case "jsonp":
		script, err := pusherauth.JSONP(v.text("callback"), []byte(v.text("response")))
		return string(script), err
	}
	signer, err := pusherauth.NewFromString(v.Config)
	if err != nil {
		return "", err
	}
	defer signer.Close()
	var body []byte
	switch v.Call {
	case "signer_new":
	case "authenticate_user":
		body, err = signer.AuthenticateUser(v.text("socket_id"), v.text("user_json"))
	case "authorize_channel":
		var member any
		if data := v.text("channel_data"); data != "" {
			member = data
		}
		body, err = signer.AuthorizeChannel(v.text("socket_id"), v.text("channel"), member)
	case "verify_webhook":
		err = signer.VerifyWebhook(v.text("key"), v.text("signature"), []byte(v.text("body")))
	case "request_url":
		query := url.Values{}
		for _, pair := range strings.FieldsFunc(
			v.text("query"), func(c rune) bool { return c == '&' },
		) {
			name, value, _ := strings.Cut(pair, "=")
			query.Add(name, value)
		}
		return signer.RequestURL(
			v.text("method"), v.text("path"), query, []byte(v.text("body")), v.time(),
		)
	case "terminate_user_url":
		return signer.TerminateUserConnectionsURL(v.text("user_id"), v.time())
	case "event_body":
		body, err = signer.TriggerBody(
			v.text("channel"), v.text("name"), v.text("data"), v.text("socket_id"),
		)
	case "events_body":
		body, err = signer.EventsBody(v.text("events_json"))
	case "decrypt":
		body, err = signer.Decrypt(v.text("channel"), []byte(v.text("encrypted")))
	default:
		t.Fatalf("unknown call %s", v.Call)
	}
	return string(body), err
}

func TestVectors(t *testing.T) {
	text, err := os.ReadFile("../../tests/vectors/calls.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Calls []vector }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Calls) < 100 {
		t.Fatalf("%d calls", len(file.Calls))
	}
	for i, v := range file.Calls {
		got, err := v.run(t)
		var code pusherauth.Error
		errors.As(err, &code)
		want, wantCode := "", 0
		if v.Result != nil {
			want = *v.Result
		}
		if v.Code != nil {
			wantCode = *v.Code
		}
		if v.Call == "request_url" { // url.Values has no order
			got, want = sortQuery(got), sortQuery(want)
		}
		if got != want || int(code) != wantCode || (err != nil) != (wantCode != 0) {
			t.Errorf("call %d, %s (%s): got %q, %v", i, v.Call, v.Source, got, err)
		}
	}
}

func sortQuery(address string) string {
	path, query, _ := strings.Cut(address, "?")
	pairs := strings.Split(query, "&")
	sort.Strings(pairs)
	return path + "?" + strings.Join(pairs, "&")
}

// The constants are exactly the codes of the library, with its names.
func TestErrorsHaveNamesAndMessages(t *testing.T) {
	generated, err := os.ReadFile("errors_generated.go")
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for code := pusherauth.Error(-1); ; code-- {
		name := code.Name()
		if !strings.Contains(string(generated), "Error = C."+name+"\n") {
			break
		}
		count++
		if code.Error() == "" || code.Error() == pusherauth.Error(-1000).Error() {
			t.Errorf("%s: %s", name, code.Error())
		}
	}
	constants := strings.Count(string(generated), "Error = C.PUSHER_ERROR_")
	if count != constants {
		t.Errorf("%d of %d constants have a name in the library", count, constants)
	}
	if got := pusherauth.ErrUserIDNotString.Name(); got != "PUSHER_ERROR_USER_ID_NOT_STRING" {
		t.Errorf("got %s", got)
	}
	if got := pusherauth.ErrUserIDNotString.Error(); !strings.Contains(got, `{"id":"12345"}`) {
		t.Errorf("got %s", got)
	}
}
