package main

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("no random bytes") }

// Without random bytes, a login fails. The next login works.
func TestLoginWithoutRandomBytes(t *testing.T) {
	sessions := &sessions{sameSite: "Lax"}
	logIn := func() *http.Response {
		r := httptest.NewRequest("POST", "/login", strings.NewReader("user=alice"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		sessions.logIn(w, r)
		return w.Result()
	}
	original := rand.Reader
	rand.Reader = brokenReader{}
	broken := logIn()
	rand.Reader = original
	if broken.StatusCode != 500 || len(broken.Cookies()) != 0 {
		t.Errorf("%s, %v", broken.Status, broken.Cookies())
	}
	response := logIn()
	r := httptest.NewRequest("POST", "/pusher/user-auth", nil)
	for _, cookie := range response.Cookies() {
		r.AddCookie(cookie)
	}
	if user, err := sessions.user(r); err != nil || user == nil {
		t.Errorf("%s, %v, %v", response.Status, user, err)
	}
}

func TestSessionsExpireAndAreReplaced(t *testing.T) {
	sessions := new(sessions)
	id := func(s session) string { return s.id }
	first, err := sessions.add(users["alice"])
	if err != nil || sessions.find(first.id, id).user.ID != "alice" {
		t.Fatal(err)
	}
	for _, given := range []string{
		"", "0000", first.id[1:], first.id + "0", " " + first.id, first.accessToken,
		"ffff" + first.id[4:], "-001" + first.id[4:],
	} {
		if sessions.find(given, id).id != "" {
			t.Errorf("%q is a session", given)
		}
	}
	sessions.all[0].expires = time.Now().Add(-time.Second)
	if sessions.find(first.id, id).id != "" {
		t.Error("the session does not expire")
	}
	sessions.all[0].expires = time.Now().Add(time.Hour)
	for range sessions.all {
		if _, err := sessions.add(users["bob"]); err != nil {
			t.Fatal(err)
		}
	}
	if sessions.find(first.id, id).id != "" {
		t.Error("the oldest session is not replaced")
	}
}
