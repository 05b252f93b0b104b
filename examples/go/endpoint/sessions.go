package main

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	maxSessions = 10000
	sessionTime = time.Hour
)

// user is what Pusher is told about somebody: the info is shown to the others in presence channels, and the watchlist names those
// whose coming and going they hear of.
type user struct {
	id        string
	info      userInfo
	watchlist []string
}

type userInfo struct {
	Name    string  `json:"name"`
	Address address `json:"address"`
}

type address struct {
	City string `json:"city"`
}

// Yours come from a database.
var users = map[string]user{
	"alice": {"alice", userInfo{`Alice "Ally" Müller 🌍`, address{"Zürich"}}, []string{"bob"}},
	"bob":   {"bob", userInfo{"Bob", address{"O'Fallon"}}, []string{"alice"}},
}

func (u user) signIn() any {
	return map[string]any{"id": u.id, "user_info": u.info, "watchlist": u.watchlist}
}

func (u user) member() any { return map[string]any{"user_id": u.id, "user_info": u.info} }

type session struct {
	user                       user
	id, accessToken, csrfToken string
	expires                    time.Time
}

// sessions are held in memory, so many of them that a client that logs in again and again does not fill it.
type sessions struct {
	cookie http.Cookie // without its value

	mu    sync.Mutex
	all   [maxSessions]session // a ring: the oldest gives way
	count int
}

func newSessions(sameSite string) (*sessions, error) {
	s := &sessions{cookie: http.Cookie{Name: "session", Path: "/", HttpOnly: true}}
	switch sameSite {
	case "", "Lax":
		s.cookie.SameSite = http.SameSiteLaxMode
	case "None":
		s.cookie.SameSite = http.SameSiteNoneMode
		s.cookie.Secure = true
	default:
		return nil, errors.New("COOKIE_SAMESITE: Lax or None")
	}
	return s, nil
}

// newToken begins with its session's place in the ring; the other 60 digits are random.
func newToken(place int) string {
	b := make([]byte, 32)
	if _, err := rand.Read(b); err != nil {
		panic(err) // a token that can be guessed is worse than no server
	}
	b[0], b[1] = byte(place>>8), byte(place)
	return hex.EncodeToString(b)
}

func (s *sessions) find(token func(*session) string, given string) (session, bool) {
	if len(given) != 64 {
		return session{}, false
	}
	place, err := strconv.ParseUint(given[:4], 16, 16)
	if err != nil || place >= maxSessions {
		return session{}, false
	}
	s.mu.Lock()
	found := s.all[place]
	s.mu.Unlock()
	ok := subtle.ConstantTimeCompare([]byte(token(&found)), []byte(given)) == 1
	return found, ok && time.Now().Before(found.expires)
}

// of returns the session that the request's cookie names, or its access token where it has one.
func (s *sessions) of(r *http.Request) (session, bool) {
	if len(r.Header["Authorization"]) > 1 {
		return session{}, false
	}
	if isBearer(r) {
		_, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		return s.find(func(s *session) string { return s.accessToken }, strings.TrimLeft(token, " "))
	}
	var ids []string
	for _, pair := range strings.Split(strings.Join(r.Header["Cookie"], ";"), ";") {
		if name, id, ok := strings.Cut(strings.Trim(pair, " \t"), "="); ok && name == "session" {
			ids = append(ids, id)
		}
	}
	if len(ids) != 1 {
		return session{}, false
	}
	return s.find(func(s *session) string { return s.id }, ids[0])
}

// isBearer reports whether the request has an access token: no browser sends that unless the page has it do so.
func isBearer(r *http.Request) bool {
	scheme, _, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.EqualFold(scheme, "Bearer")
}

func (s *sessions) csrfToken(r *http.Request) string {
	session, _ := s.of(r)
	return session.csrfToken
}

// logIn asks for more than a name in your application.
func (s *sessions) logIn(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", "POST")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 8192))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		http.Error(w, "the body is too large", http.StatusRequestEntityTooLarge)
		return
	}
	types := r.Header["Content-Type"]
	mediaType, _, _ := strings.Cut(strings.ToLower(strings.Join(types, ",")), ";")
	form, _ := url.ParseQuery(string(body))
	user, ok := users[form.Get("user")]
	for _, values := range form {
		ok = ok && len(values) == 1
	}
	if !ok || len(types) != 1 || strings.Trim(mediaType, " \t") != "application/x-www-form-urlencoded" {
		http.Error(w, "unknown user", http.StatusForbidden)
		return
	}

	s.mu.Lock()
	place := s.count % maxSessions
	s.count++
	new := session{user, newToken(place), newToken(place), newToken(place), time.Now().Add(sessionTime)}
	s.all[place] = new
	s.mu.Unlock()

	cookie := s.cookie
	cookie.Value = new.id
	text := cookie.String()
	if cookie.Secure {
		text += "; Partitioned" // which net/http knows since Go 1.23
	}
	w.Header().Set("Set-Cookie", text)
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]string{"id": user.id, "csrf_token": new.csrfToken, "access_token": new.accessToken})
}
