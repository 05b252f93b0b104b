package main

import (
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"io"
	"log"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	pusherauth "github.com/pusher-auth/pusher-auth/bindings/go"
)

// users is a placeholder for your database.
var users = map[string]pusherauth.UserData{
	"alice": newUser("alice", `Alice "Ally" Müller 🌍`, "Zürich", "bob"),
	"bob":   newUser("bob", "Bob", "O'Fallon", "alice"),
}

func newUser(id, name, city string, watchlist ...string) pusherauth.UserData {
	info := map[string]any{"name": name, "address": map[string]string{"city": city}}
	return pusherauth.UserData{ID: id, UserInfo: info, Watchlist: watchlist}
}

// sameSites has the cookie's attributes for each value of COOKIE_SAMESITE.
var sameSites = map[string]string{"": "Lax", "Lax": "Lax", "None": "None; Secure; Partitioned"}

type session struct {
	user                       pusherauth.UserData
	id, accessToken, csrfToken string
	expires                    time.Time
}

// sessions keeps sessions in memory. A login replaces the oldest, so that their number is limited.
type sessions struct {
	sameSite string
	mu       sync.Mutex
	all      [10000]session
	count    int
}

func (s *sessions) add(user pusherauth.UserData) (session, error) {
	var random [3][30]byte
	for i := range random { // before the lock, because this can fail
		// Since Go 1.24, rand.Read ends the program instead of returning an error.
		if _, err := io.ReadFull(rand.Reader, random[i][:]); err != nil {
			return session{}, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	slot := s.count % len(s.all)
	s.count++
	// A token begins with its slot, so one comparison in constant time finds it.
	token := func(i int) string { return fmt.Sprintf("%04x%x", slot, random[i]) }
	s.all[slot] = session{user, token(0), token(1), token(2), time.Now().Add(time.Hour)}
	return s.all[slot], nil
}

// find returns the session whose token is given, or the zero session.
func (s *sessions) find(given string, token func(session) string) session {
	var slot int
	if _, err := fmt.Sscanf(given, "%4x", &slot); err != nil || slot < 0 || slot >= len(s.all) {
		return session{}
	}
	s.mu.Lock()
	found := s.all[slot]
	s.mu.Unlock()
	isSame := subtle.ConstantTimeCompare([]byte(token(found)), []byte(given)) == 1
	if !isSame || time.Now().After(found.expires) {
		return session{}
	}
	return found
}

// forRequest returns the session of the request's access token, or without one of its cookie.
func (s *sessions) forRequest(r *http.Request) session {
	if hasAccessToken(r) {
		_, token, _ := strings.Cut(strings.Join(r.Header["Authorization"], " "), " ")
		return s.find(token, func(s session) string { return s.accessToken })
	}
	var ids []string
	for _, pair := range strings.Split(strings.Join(r.Header["Cookie"], ";"), ";") {
		if name, id, ok := strings.Cut(strings.Trim(pair, " \t"), "="); ok && name == "session" {
			ids = append(ids, id)
		}
	}
	if len(ids) != 1 { // an attacker on a sibling domain can add a second cookie
		return session{}
	}
	return s.find(ids[0], func(s session) string { return s.id })
}

func (s *sessions) csrfToken(r *http.Request) string { return s.forRequest(r).csrfToken }

func (s *sessions) user(r *http.Request) (any, error) {
	if session := s.forRequest(r); session.id != "" {
		return session.user, nil
	}
	return nil, nil
}

var bearer = regexp.MustCompile(`(?i)^Bearer(\s|$)`)

// hasAccessToken reports whether the session comes from a header that browsers do not send by
// themselves. If there are several, none is valid.
func hasAccessToken(r *http.Request) bool {
	headers := r.Header["Authorization"]
	return len(headers) > 1 || len(headers) == 1 && bearer.MatchString(headers[0])
}

// logIn is a placeholder for your login, which requires more than a name.
func (s *sessions) logIn(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 8192))
	if err != nil {
		http.Error(w, "the body is too large or incomplete", http.StatusRequestEntityTooLarge)
		return
	}
	types := r.Header["Content-Type"]
	name, err := pusherauth.RequestParameter(strings.Join(types, ""), string(body), "user")
	if err != nil || len(types) != 1 || types[0] == "" {
		http.Error(w, "the parameter user is missing or malformed", http.StatusBadRequest)
		return
	}
	user, ok := users[name]
	if !ok {
		http.Error(w, "unknown user", http.StatusForbidden)
		return
	}
	created, err := s.add(user)
	if err != nil {
		log.Print(err)
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Set-Cookie", "session="+created.id+"; Path=/; HttpOnly; SameSite="+s.sameSite)
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"id":%q,"csrf_token":%q,"access_token":%q}`,
		user.ID, created.csrfToken, created.accessToken)
}
