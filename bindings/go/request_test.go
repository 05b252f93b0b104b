package pusherauth_test

import (
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	pusherauth "github.com/pusher-auth/pusher-auth/bindings/go"
)

func TestAuthorizeChannelRejects(t *testing.T) {
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
		body, err := signer.AuthorizeChannel(c.socketID, c.channel, c.data)
		if body != nil || !errors.Is(err, c.want) {
			t.Errorf("%q: got %s, %v", c.channel, body, err)
		}
	}
	if _, err := signer.AuthorizeChannel("1.1", "presence-a", func() {}); err == nil {
		t.Error("a function was encoded as JSON")
	}
	_, err := signer.AuthorizeChannel("1.1", "presence-a", pusherauth.MemberData{UserID: "\xff"})
	if !errors.Is(err, pusherauth.ErrChannelData) {
		t.Errorf("invalid UTF-8: %v", err)
	}
}

func TestRequestURL(t *testing.T) {
	c := config
	c.AppID, c.Host, c.Port, c.DisableTLS = "42", "127.0.0.1", 6001, true
	signer := newSigner(t, c)
	body := []byte(`{"name":"news"}`)
	signed, err := signer.RequestURL(
		"POST", "/users/alice/events", url.Values{"b": {"2"}, "a": {"1"}}, body,
		time.Unix(1400000000, 0),
	)
	digest := md5.Sum(body)
	query := "a=1&auth_key=" + c.Key + "&auth_timestamp=1400000000&auth_version=1.0&b=2&body_md5=" +
		hex.EncodeToString(digest[:])
	path := "/apps/42/users/alice/events"
	want := hmacHex(secret, "POST\n"+path+"\n"+query)
	if err != nil || !strings.HasPrefix(signed, "http://127.0.0.1:6001"+path+"?") ||
		!strings.HasSuffix(signed, "&auth_signature="+want) {
		t.Errorf("got %s, %v", signed, err)
	}

	before := time.Now().Unix()
	signed, err = signer.RequestURL("GET", "/channels", nil, nil, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := url.Parse(signed)
	if err != nil {
		t.Fatal(err)
	}
	var at int64
	if _, err := fmt.Sscan(parsed.Query().Get("auth_timestamp"), &at); err != nil || at < before ||
		at > time.Now().Unix() {
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
		{"GET", "/channels", nil, time.Unix(0, 0)},
		{"GET", "/channels", nil, time.Unix(-1, 0)},
		{"GET", "/channels", url.Values{"info": {"user_count", "subscription_count"}}, time.Now()},
	} {
		signed, err := signer.RequestURL(
			request.method, request.path, request.query, nil, request.at,
		)
		if signed != "" || err != pusherauth.ErrRequest {
			t.Errorf("%+v: got %s, %v", request, signed, err)
		}
	}
	if _, err := newSigner(t, config).RequestURL("GET", "/channels", nil, nil, time.Now()); err != pusherauth.ErrConfigApp {
		t.Error(err)
	}
}

func TestTerminateUserConnectionsURL(t *testing.T) {
	c := config
	c.AppID, c.Cluster = "42", "eu"
	signer := newSigner(t, c)
	signed, err := signer.TerminateUserConnectionsURL("Ünal Ö|/..", time.Now())
	const want = "https://api-eu.pusher.com/apps/42/users/%C3%9Cnal%20%C3%96%7C%2F../terminate_connections?"
	if err != nil || !strings.HasPrefix(signed, want) {
		t.Errorf("got %s, %v", signed, err)
	}
	// The result of a small input can be larger than the pooled buffer.
	signed, err = signer.TerminateUserConnectionsURL(strings.Repeat("|", 2000), time.Now())
	if err != nil || !strings.Contains(signed, strings.Repeat("%7C", 2000)) {
		t.Errorf("got %d bytes, %v", len(signed), err)
	}
	for _, id := range []string{"", ".", ".."} {
		signed, err := signer.TerminateUserConnectionsURL(id, time.Now())
		if signed != "" || err != pusherauth.ErrRequest {
			t.Errorf("%q: got %s, %v", id, signed, err)
		}
	}
	if _, err := signer.TerminateUserConnectionsURL("alice", time.Unix(0, 0)); err != pusherauth.ErrRequest {
		t.Error(err)
	}
}

func TestClosedSigner(t *testing.T) {
	signer := newSigner(t, config)
	signer.Close()
	_, channel := signer.AuthorizeChannel("1.1", "private-a", nil)
	_, request := signer.RequestURL("GET", "/channels", nil, nil, time.Now())
	_, terminate := signer.TerminateUserConnectionsURL("a", time.Now())
	_, event := signer.TriggerBody("a", "b", "c", "")
	_, batch := signer.TriggerBatchBody(nil)
	_, encrypted := signer.Encrypt("private-encrypted-a", nil)
	_, decrypted := signer.Decrypt("private-encrypted-a", nil)
	webhook := signer.VerifyWebhook("k", "s", nil)
	for i, err := range []error{
		channel, request, terminate, event, batch, encrypted, decrypted, webhook,
	} {
		if err != pusherauth.ErrClosed {
			t.Errorf("%d: %v", i, err)
		}
	}
}
