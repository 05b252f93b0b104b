package pusherauth_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	pusherauth "github.com/pusher-auth/pusher-auth/bindings/go"
)

const form = "application/x-www-form-urlencoded"

// newHandler serves the visitor whose cookie says alice, and nobody else. Her CSRF token is "right+&".
func newHandler(t *testing.T) *pusherauth.UserAuthHandler {
	return &pusherauth.UserAuthHandler{
		Signer: newSigner(t, config),
		User: func(r *http.Request) (any, error) {
			if cookie, err := r.Cookie("session"); err == nil && cookie.Value == "alice" {
				return map[string]string{"id": "alice"}, nil
			}
			return nil, nil
		},
		CSRFToken:      func(*http.Request) string { return "right+&" },
		AllowedOrigins: []string{"https://app.example.com", "http://localhost:3000"},
		JSONP:          true,
	}
}

func post(contentType, body string) *http.Request {
	r := httptest.NewRequest("POST", "/pusher/user-auth", strings.NewReader(body))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	r.AddCookie(&http.Cookie{Name: "session", Value: "alice"})
	return r
}

func get(query string) *http.Request {
	r := httptest.NewRequest("GET", "/pusher/user-auth?"+query, nil)
	r.AddCookie(&http.Cookie{Name: "session", Value: "alice"})
	return r
}

func with(r *http.Request, header, value string) *http.Request {
	r.Header.Set(header, value)
	return r
}

func serve(h http.Handler, r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func readAll(t *testing.T, response *http.Response) string {
	t.Helper()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// wantHeaders checks headers; "" stands for one that must not be there.
func wantHeaders(t *testing.T, response *http.Response, headers map[string]string) {
	t.Helper()
	for name, want := range headers {
		if got := strings.Join(response.Header.Values(name), "|"); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestHandlerSigns(t *testing.T) {
	const userJSON = `{"id":"alice"}`
	want := signature(secret, config.Key, "1234.5678", userJSON)
	jsonBody, _ := json.Marshal(map[string]any{"socket_id": "1234.5678", "csrf_token": "right+&", "other": []int{1}})
	for name, r := range map[string]*http.Request{
		"form":                  post(form, "socket_id=1234.5678&csrf_token=right%2B%26"),
		"form, charset":         post(form+"; charset=UTF-8", "socket_id=1234.5678&csrf_token=right%2B%26"),
		"form, more parameters": post(form, "a=b&socket_id=1234.5678&csrf_token=right%2B%26&c=%zz&d"),
		"JSON":                  post("application/json", string(jsonBody)),
		"JSON, charset":         post("Application/JSON; charset=utf-8", string(jsonBody)),
		"token in the header":   with(post(form, "socket_id=1234.5678"), "X-CSRF-Token", "right+&"),
		"header before form":    with(post(form, "socket_id=1234.5678&csrf_token=wrong"), "X-CSRF-Token", "right+&"),
		"largest body":          with(post(form, "socket_id=1234.5678&x="+strings.Repeat("x", 8192-22)), "X-CSRF-Token", "right+&"),
	} {
		t.Run(name, func(t *testing.T) {
			response := serve(newHandler(t), r)
			text := readAll(t, response)
			if response.StatusCode != 200 {
				t.Fatalf("%s: %s", response.Status, text)
			}
			if got := parse(t, []byte(text)); got.Auth != want || got.UserData != userJSON {
				t.Errorf("got %s", text)
			}
			wantHeaders(t, response, map[string]string{
				"Content-Type": "application/json", "Cache-Control": "no-store", "Vary": "Origin", "Access-Control-Allow-Origin": "",
			})
		})
	}
}

func TestHandlerJSONP(t *testing.T) {
	response := serve(newHandler(t), get("callback=Pusher.auth_callbacks%5B'1'%5D&socket_id=1.2&csrf_token=right%2B%26"))
	want := `/**/Pusher.auth_callbacks['1']({"auth":"` + signature(secret, config.Key, "1.2", `{"id":"alice"}`) + `","user_data":"{\"id\":\"alice\"}"});`
	if text := readAll(t, response); response.StatusCode != 200 || text != want {
		t.Errorf("%s: got %s, want %s", response.Status, text, want)
	}
	wantHeaders(t, response, map[string]string{
		"Content-Type": "application/javascript; charset=utf-8", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Vary": "Origin",
	})
}

func TestHandlerRefuses(t *testing.T) {
	const good = "socket_id=1.2&csrf_token=right%2B%26"
	stranger := post(form, good)
	stranger.Header.Del("Cookie")
	inQuery := post(form, "csrf_token=right%2B%26")
	inQuery.URL.RawQuery = "socket_id=1.2"
	broken := post(form, "")
	broken.Body = io.NopCloser(io.MultiReader(strings.NewReader(good), failingReader{}))
	longNoType := post("", strings.Repeat("x", 8193))
	longNoType.Header.Del("Cookie")

	socketID := pusherauth.ErrSocketID.Error()
	callback := pusherauth.ErrCallback.Error()
	const csrf = "missing or wrong CSRF token"
	const bodyType = "the body must be a form or a JSON object, and its Content-Type must say so"
	for name, c := range map[string]struct {
		r      *http.Request
		status int
		reason string
	}{
		"no session":              {stranger, 403, "not signed in"},
		"no CSRF token":           {post(form, "socket_id=1.2"), 403, csrf},
		"wrong CSRF token":        {post(form, "socket_id=1.2&csrf_token=wrong"), 403, csrf},
		"part of the CSRF token":  {post(form, "socket_id=1.2&csrf_token=right"), 403, csrf},
		"header before parameter": {with(post(form, good), "X-CSRF-Token", ""), 403, csrf},
		"CSRF before socket id":   {post(form, "socket_id=x"), 403, csrf},
		"no socket id":            {post(form, "csrf_token=right%2B%26"), 403, socketID},
		"newline in socket id":    {post(form, strings.Replace(good, "1.2", "1.2%0A", 1)), 403, socketID},
		"NUL in socket id":        {post(form, strings.Replace(good, "1.2", "1.2%00", 1)), 403, socketID},
		"parameters of the query": {inQuery, 403, socketID},
		"no body":                 {post(form, ""), 403, csrf},
		"no type":                 {post("", good), 403, bodyType},
		"text":                    {post("text/plain", good), 403, bodyType},
		"JSON called a form":      {post(form, `{"socket_id":"1.2","csrf_token":"right+&"}`), 403, csrf},
		"form called JSON":        {post("application/json", good), 403, "the body is not a JSON object"},
		"JSON array":              {post("application/json", `["socket_id"]`), 403, "the body is not a JSON object"},
		"JSON null":               {post("application/json", `null`), 403, "the body is not a JSON object"},
		"JSON, twice":             {post("application/json", `{} {}`), 403, "the body is not a JSON object"},
		"JSON, other types":       {post("application/json", `{"socket_id":1.2,"csrf_token":"right+&"}`), 403, socketID},
		"JSON, other case":        {post("application/json", `{"Socket_ID":"1.2","csrf_token":"right+&"}`), 403, socketID},
		"body broken off":         {broken, 403, "the body did not arrive"},
		"body too large":          {post(form, strings.Repeat("x", 8193)), 413, "the body is too large"},
		"size before the rest":    {longNoType, 413, "the body is too large"},
		"JSONP, no CSRF token":    {get("callback=f&socket_id=1.2"), 403, csrf},
		"JSONP, no callback":      {get(good), 403, callback},
		"JSONP, bad callback":     {get(good + "&callback=alert(1)"), 403, callback},
		"callback, then socket":   {get("csrf_token=right%2B%26&callback=a%00"), 403, callback},
		"JSONP, no socket id":     {get("csrf_token=right%2B%26&callback=a"), 403, socketID},
		"HEAD":                    {httptest.NewRequest("HEAD", "/", nil), 405, "method not allowed"},
		"DELETE":                  {httptest.NewRequest("DELETE", "/", nil), 405, "method not allowed"},
	} {
		t.Run(name, func(t *testing.T) {
			response := serve(newHandler(t), with(c.r, "Origin", "http://localhost:3000"))
			text := readAll(t, response)
			if response.StatusCode != c.status || text != c.reason+"\n" {
				t.Errorf("%s: got %q, want %d: %q", response.Status, text, c.status, c.reason)
			}
			wantHeaders(t, response, map[string]string{
				"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store", "Vary": "Origin",
				"Access-Control-Allow-Origin": "http://localhost:3000", "Access-Control-Allow-Credentials": "true",
			})
			if c.status == 405 {
				wantHeaders(t, response, map[string]string{"Allow": "GET, POST, OPTIONS"})
			}
		})
	}
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestHandlerWithoutToken(t *testing.T) {
	h := newHandler(t)
	h.CSRFToken = func(*http.Request) string { return "" }
	for _, r := range []*http.Request{post(form, "socket_id=1.2"), with(post(form, "socket_id=1.2&csrf_token="), "X-CSRF-Token", "")} {
		if response := serve(h, r); response.StatusCode != 403 {
			t.Errorf("got %s", response.Status)
		}
	}
}

func TestHandlerWithoutJSONP(t *testing.T) {
	h := newHandler(t)
	h.JSONP = false
	response := serve(h, get("callback=f&socket_id=1.2&csrf_token=right%2B%26"))
	if response.StatusCode != 405 {
		t.Errorf("got %s", response.Status)
	}
	wantHeaders(t, response, map[string]string{"Allow": "POST, OPTIONS"})
}

func TestHandlerPreflight(t *testing.T) {
	none := map[string]string{
		"Access-Control-Allow-Origin": "", "Access-Control-Allow-Credentials": "", "Access-Control-Allow-Methods": "",
		"Access-Control-Allow-Headers": "", "Access-Control-Max-Age": "", "Vary": "Origin", "Cache-Control": "no-store",
	}
	h := newHandler(t)
	h.AllowedOrigins = append(h.AllowedOrigins, "") // as a careless split of an empty list leaves it
	for _, origin := range []string{"", "*", "null", "https://evil.example", "https://app.example.com.evil.example", "http://app.example.com"} {
		r := httptest.NewRequest("OPTIONS", "/pusher/user-auth", nil)
		if origin != "" {
			r.Header.Set("Origin", origin)
		}
		response := serve(h, r)
		if response.StatusCode != 403 {
			t.Errorf("%q: got %s", origin, response.Status)
		}
		wantHeaders(t, response, none)
	}

	response := serve(h, with(httptest.NewRequest("OPTIONS", "/pusher/user-auth", nil), "Origin", "https://app.example.com"))
	if response.StatusCode != 204 || readAll(t, response) != "" {
		t.Errorf("got %s", response.Status)
	}
	wantHeaders(t, response, map[string]string{
		"Access-Control-Allow-Origin": "https://app.example.com", "Access-Control-Allow-Credentials": "true",
		"Access-Control-Allow-Methods": "GET, POST", "Access-Control-Allow-Headers": "Authorization, Content-Type, X-CSRF-Token",
		"Access-Control-Max-Age": "600", "Vary": "Origin", "Cache-Control": "no-store",
	})
}

// What is not the visitor's fault is status 500, and the reason goes to the log alone.
func TestHandlerFails(t *testing.T) {
	var logged bytes.Buffer
	for name, c := range map[string]struct {
		change func(h *pusherauth.UserAuthHandler)
		reason string
	}{
		"no answer from the session store": {func(h *pusherauth.UserAuthHandler) {
			h.User = func(*http.Request) (any, error) { return nil, errors.New("store down") }
		}, "store down"},
		"user without id": {func(h *pusherauth.UserAuthHandler) {
			h.User = func(*http.Request) (any, error) { return struct{}{}, nil }
		}, pusherauth.ErrUserIDMissing.Error()},
		"closed signer": {func(h *pusherauth.UserAuthHandler) { h.Signer.Close() }, pusherauth.ErrClosed.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHandler(t)
			logged.Reset()
			h.ErrorLog = log.New(&logged, "", 0)
			c.change(h)
			response := serve(h, post(form, "socket_id=1.2&csrf_token=right%2B%26"))
			if text := readAll(t, response); response.StatusCode != 500 || text != "internal error\n" {
				t.Errorf("%s: %s", response.Status, text)
			}
			if want := "pusherauth: " + c.reason + "\n"; logged.String() != want {
				t.Errorf("logged %q, want %q", logged.String(), want)
			}
		})
	}
}

// Middleware that reads the form first, and a User that reads it afterwards, both get along with the handler.
func TestHandlerSharesTheForm(t *testing.T) {
	h := newHandler(t)
	user := h.User
	seen := url.Values{}
	h.User = func(r *http.Request) (any, error) {
		seen.Add("socket_id", r.PostFormValue("socket_id"))
		return user(r)
	}
	for _, before := range []func(*http.Request){func(*http.Request) {}, func(r *http.Request) { r.ParseForm() }} {
		r := post(form, "socket_id=1.2&csrf_token=right%2B%26")
		before(r)
		if response := serve(h, r); response.StatusCode != 200 {
			t.Errorf("%s: %s", response.Status, readAll(t, response))
		}
	}
	if got := strings.Join(seen["socket_id"], " "); got != "1.2 1.2" {
		t.Errorf("User saw %q", got)
	}
}
