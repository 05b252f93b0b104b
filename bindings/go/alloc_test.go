package pusherauth_test

import (
	"net/url"
	"testing"
	"time"

	pusherauth "github.com/pusher-auth/pusher-auth/bindings/go"
)

// A call allocates only its result, and in RequestURL the encoded query.
func TestAllocations(t *testing.T) {
	signer := newEncryptingSigner(t)
	var user, member any = []byte(documentedUser), []byte(`{"user_id":"12345"}`)
	body := []byte(`{"time_ms":1,"events":[]}`)
	response := []byte(documentedResponse)
	encrypted, err := signer.Encrypt("private-encrypted-a", body)
	if err != nil {
		t.Fatal(err)
	}
	requests := newSigner(
		t, pusherauth.Config{AppID: "1", Key: "key", Secret: pusherauth.NewSecret("secret")},
	)
	query := url.Values{"info": {"user_count"}}
	signature := hmacHex(secret, string(body))
	now := time.Now()
	for name, c := range map[string]struct {
		call func() error
		want float64
	}{
		"AuthenticateUser": {
			func() error { _, err := signer.AuthenticateUser("1.1", user); return err }, 1,
		},
		"AuthorizeChannel": {
			func() error { _, err := signer.AuthorizeChannel("1.1", "private-a", nil); return err },
			1,
		},
		"AuthorizeChannel, presence": {func() error {
			_, err := signer.AuthorizeChannel("1.1", "presence-a", member)
			return err
		}, 1},
		"VerifyWebhook": {
			func() error { return signer.VerifyWebhook(config.Key, signature, body) }, 0,
		},
		"RequestURL": {
			func() error {
				_, err := requests.RequestURL("POST", "/events", nil, body, now)
				return err
			},
			1,
		},
		"RequestURL, query": {
			func() error {
				_, err := requests.RequestURL("GET", "/channels", query, nil, now)
				return err
			},
			5,
		},
		"TerminateUserConnectionsURL": {func() error {
			_, err := requests.TerminateUserConnectionsURL("alice", now)
			return err
		}, 1},
		"TriggerBody": {
			func() error { _, err := signer.TriggerBody("a", "b", user, ""); return err }, 1,
		},
		"Encrypt": {
			func() error { _, err := signer.Encrypt("private-encrypted-a", body); return err }, 1,
		},
		"Decrypt": {
			func() error { _, err := signer.Decrypt("private-encrypted-a", encrypted); return err },
			1,
		},
		"RequestParameter": {func() error {
			_, err := pusherauth.RequestParameter(form, "a=1&socket_id=1.1", "socket_id")
			return err
		}, 1},
		"JSONP": {func() error { _, err := pusherauth.JSONP("f", response); return err }, 1},
	} {
		if err := c.call(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := testing.AllocsPerRun(200, func() { c.call() }); got > c.want {
			t.Errorf("%s allocates %v times, more than %v", name, got, c.want)
		}
	}
}
