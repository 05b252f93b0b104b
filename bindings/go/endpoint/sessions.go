package main

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
)

// user is what Pusher is told about somebody: user_info is shown to the others in presence channels, and the watchlist names those whose
// coming and going they hear of.
type user struct {
	ID        string   `json:"id"`
	UserInfo  userInfo `json:"user_info"`
	Watchlist []string `json:"watchlist"`
}

type userInfo struct {
	Name    string  `json:"name"`
	Address address `json:"address"`
}

type address struct {
	City string `json:"city"`
}

var users = map[string]user{
	"alice": {"alice", userInfo{`Alice "Ally" Müller 🌍`, address{"Zürich"}}, []string{"bob"}},
	"bob":   {"bob", userInfo{"Bob", address{"O'Fallon"}}, []string{"alice"}},
}

type session struct {
	user      user
	csrfToken string
}

// sessions are held in memory, so many of them that a client that logs in again and again does not fill it.
type sessions struct {
	mu   sync.Mutex
	byID map[string]session
	ids  [10000]string // a ring: a new session takes the place of the oldest
	next int
}

func newSessions() *sessions {
	return &sessions{byID: map[string]session{}}
}

// of returns the session that the request's cookie names.
func (s *sessions) of(r *http.Request) (session, bool) {
	cookie, err := r.Cookie("session")
	if err != nil {
		return session{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.byID[cookie.Value]
	return found, ok
}

// logIn stands in for the application's own login, which would ask for more than a name.
func (s *sessions) logIn(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", "POST")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 8192)
	var tooLarge *http.MaxBytesError
	if errors.As(r.ParseForm(), &tooLarge) {
		http.Error(w, "the body is too large", http.StatusRequestEntityTooLarge)
		return
	}
	user, ok := users[r.PostForm.Get("user")]
	if !ok {
		http.Error(w, "unknown user", http.StatusForbidden)
		return
	}

	id, csrfToken := randomHex(), randomHex()
	s.mu.Lock()
	delete(s.byID, s.ids[s.next])
	s.byID[id] = session{user, csrfToken}
	s.ids[s.next] = id
	s.next = (s.next + 1) % len(s.ids)
	s.mu.Unlock()

	// Over https, a cookie that is Secure too.
	http.SetCookie(w, &http.Cookie{Name: "session", Value: id, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]string{"id": user.ID, "csrf_token": csrfToken})
}

func randomHex() string {
	b := make([]byte, 32)
	if _, err := rand.Read(b); err != nil {
		panic(err)
	}
	return hex.EncodeToString(b)
}
