package pusherauth_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
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

// newHandler returns a handler for the visitor whose session cookie is "alice". The CSRF token is
// "right+&".
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

// wantHeaders checks headers. "" means that the header must be missing.
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
	jsonBody, _ := json.Marshal(
		map[string]any{"socket_id": "1234.5678", "csrf_token": "right+&", "other": []int{1}},
	)
	for name, r := range map[string]*http.Request{
		"form": post(form, "socket_id=1234.5678&csrf_token=right%2B%26"),
		"form, charset": post(
			form+"; charset=UTF-8", "socket_id=1234.5678&csrf_token=right%2B%26",
		),
		"form, more parameters": post(
			form, "a=b&socket_id=1234.5678&csrf_token=right%2B%26&c=%zz&d",
		),
		"JSON":                post("application/json", string(jsonBody)),
		"JSON, charset":       post("Application/JSON; charset=utf-8", string(jsonBody)),
		"token in the header": with(post(form, "socket_id=1234.5678"), "X-CSRF-Token", "right+&"),
		"header before form": with(
			post(form, "socket_id=1234.5678&csrf_token=wrong"), "X-CSRF-Token", "right+&",
		),
		"largest body": with(
			post(form, "socket_id=1234.5678&x="+strings.Repeat("x", 8192-22)), "X-CSRF-Token",
			"right+&",
		),
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
				"Content-Type": "application/json", "Cache-Control": "no-store",
				"X-Content-Type-Options": "nosniff", "Vary": "Origin",
				"Access-Control-Allow-Origin": "",
			})
		})
	}
}

func TestHandlerJSONP(t *testing.T) {
	response := serve(
		newHandler(t),
		get("callback=Pusher.auth_callbacks%5B'1'%5D&socket_id=1.2&csrf_token=right%2B%26"),
	)
	want := `/**/Pusher.auth_callbacks['1']({"auth":"` + signature(
		secret, config.Key, "1.2", `{"id":"alice"}`,
	) + `","user_data":"{\"id\":\"alice\"}"});`
	if text := readAll(t, response); response.StatusCode != 200 || text != want {
		t.Errorf("%s: got %s, want %s", response.Status, text, want)
	}
	wantHeaders(t, response, map[string]string{
		"Content-Type":           "application/javascript; charset=utf-8",
		"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Vary": "Origin",
	})
}

func TestHandlerRejects(t *testing.T) {
	const good = "socket_id=1.2&csrf_token=right%2B%26"
	stranger := post(form, good)
	stranger.Header.Del("Cookie")
	inQuery := post(form, "csrf_token=right%2B%26")
	inQuery.URL.RawQuery = "socket_id=1.2"
	broken := post(form, "")
	broken.Body = io.NopCloser(io.MultiReader(strings.NewReader(good), failingReader{}))
	twoTypes := post(form, good)
	twoTypes.Header.Add("Content-Type", form)
	longNoType := post("", strings.Repeat("x", 8193))
	longNoType.Header.Del("Cookie")

	socketID := pusherauth.ErrSocketID.Error()
	callback := pusherauth.ErrCallback.Error()
	const csrf = "missing or wrong CSRF token"
	malformed, missing := pusherauth.ErrParameters.Error(), pusherauth.ErrParameterMissing.Error()
	for name, c := range map[string]struct {
		r      *http.Request
		status int
		reason string
	}{
		"no session":              {stranger, 403, "not signed in"},
		"no CSRF token":           {post(form, "socket_id=1.2"), 400, missing},
		"wrong CSRF token":        {post(form, "socket_id=1.2&csrf_token=wrong"), 403, csrf},
		"part of the CSRF token":  {post(form, "socket_id=1.2&csrf_token=right"), 403, csrf},
		"header before parameter": {with(post(form, good), "X-CSRF-Token", ""), 403, csrf},
		"CSRF before socket id":   {post(form, "socket_id=x&csrf_token"), 403, csrf},
		"form before CSRF":        {post(form, "socket_id=x&csrf_token&a=1&a=1"), 400, malformed},
		"query before CSRF": {
			with(get("callback=f&a=1&a=1"), "X-CSRF-Token", "wrong"), 400, malformed,
		},
		"no socket id":    {post(form, "csrf_token=right%2B%26"), 400, missing},
		"empty socket id": {post(form, "socket_id&csrf_token=right%2B%26"), 403, socketID},
		"newline in socket id": {
			post(form, strings.Replace(good, "1.2", "1.2%0A", 1)), 403, socketID,
		},
		"NUL in socket id": {
			post(form, strings.Replace(good, "1.2", "1.2%00", 1)), 403, socketID,
		},
		"parameters of the query": {inQuery, 400, missing},
		"no body":                 {post(form, ""), 400, missing},
		"no type":                 {post("", good), 400, malformed},
		"two types":               {twoTypes, 400, malformed},
		"text":                    {post("text/plain", good), 400, malformed},
		"JSON called a form": {
			post(form, `{"socket_id":"1.2","csrf_token":"right+&"}`), 400, missing,
		},
		"form called JSON": {post("application/json", good), 400, malformed},
		"JSON array":       {post("application/json", `["socket_id"]`), 400, malformed},
		"JSON null":        {post("application/json", `null`), 400, malformed},
		"JSON, twice":      {post("application/json", `{} {}`), 400, malformed},
		"JSON, other types": {
			post("application/json", `{"socket_id":1.2,"csrf_token":"right+&"}`), 400, malformed,
		},
		"JSON, other case": {
			post("application/json", `{"Socket_ID":"1.2","csrf_token":"right+&"}`), 400, missing,
		},
		"body broken off": {broken, 400, "the body is incomplete"},
		"body too large": {
			post(form, strings.Repeat("x", 8193)), 413, "the body is too large",
		},
		"size before the rest":     {longNoType, 413, "the body is too large"},
		"JSONP, no CSRF token":     {get("callback=f&socket_id=1.2"), 400, missing},
		"JSONP, no callback":       {get(good), 400, missing},
		"JSONP, bad callback":      {get(good + "&callback=alert(1)"), 403, callback},
		"socket id, then callback": {get("csrf_token=right%2B%26&callback=a%00"), 400, missing},
		"JSONP, no socket id":      {get("csrf_token=right%2B%26&callback=a"), 400, missing},
		"HEAD": {
			httptest.NewRequest("HEAD", "/", nil), 405, "method not allowed",
		},
		"DELETE": {
			httptest.NewRequest("DELETE", "/", nil), 405, "method not allowed",
		},
	} {
		t.Run(name, func(t *testing.T) {
			response := serve(newHandler(t), with(c.r, "Origin", "http://localhost:3000"))
			text := readAll(t, response)
			if response.StatusCode != c.status || text != c.reason+"\n" {
				t.Errorf("%s: got %q, want %d: %q", response.Status, text, c.status, c.reason)
			}
			wantHeaders(t, response, map[string]string{
				"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store",
				"Vary":                             "Origin",
				"Access-Control-Allow-Origin":      "http://localhost:3000",
				"Access-Control-Allow-Credentials": "true",
			})
			if c.status == 405 {
				wantHeaders(t, response, map[string]string{"Allow": "GET, POST, OPTIONS"})
			}
		})
	}
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// A nil pointer in an interface is not nil in Go, but it is no user either.
func TestHandlerWithoutUser(t *testing.T) {
	h := newHandler(t)
	for _, user := range []any{nil, (*pusherauth.UserData)(nil), map[string]any(nil)} {
		h.User = func(*http.Request) (any, error) { return user, nil }
		response := serve(h, post(form, "socket_id=1.2&csrf_token=right%2B%26"))
		if text := readAll(t, response); response.StatusCode != 403 || text != "not signed in\n" {
			t.Errorf("%T: %s %s", user, response.Status, text)
		}
	}
}

func TestHandlerWithoutToken(t *testing.T) {
	h := newHandler(t)
	h.CSRFToken = func(*http.Request) string { return "" }
	for _, r := range []*http.Request{
		post(form, "socket_id=1.2&csrf_token="), with(
			post(form, "socket_id=1.2&csrf_token="), "X-CSRF-Token", "",
		),
	} {
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
		"Access-Control-Allow-Origin": "", "Access-Control-Allow-Credentials": "",
		"Access-Control-Allow-Methods": "",
		"Access-Control-Allow-Headers": "", "Access-Control-Max-Age": "", "Vary": "Origin",
		"Cache-Control": "no-store",
	}
	h := newHandler(t)
	h.AllowedOrigins = append(h.AllowedOrigins, "") // the result of splitting an empty setting
	for _, origin := range []string{
		"", "*", "null", "https://evil.example", "https://app.example.com.evil.example",
		"http://app.example.com",
	} {
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

	response := serve(
		h,
		with(
			httptest.NewRequest("OPTIONS", "/pusher/user-auth", nil), "Origin",
			"https://app.example.com",
		),
	)
	if response.StatusCode != 204 || readAll(t, response) != "" {
		t.Errorf("got %s", response.Status)
	}
	wantHeaders(t, response, map[string]string{
		"Access-Control-Allow-Origin":      "https://app.example.com",
		"Access-Control-Allow-Credentials": "true",
		"Access-Control-Allow-Methods":     "GET, POST",
		"Access-Control-Allow-Headers":     "Authorization, Content-Type, X-CSRF-Token",
		"Access-Control-Max-Age":           "600", "Vary": "Origin", "Cache-Control": "no-store",
	})
}

// Errors that the visitor did not cause have status 500. Their reason is only in the log.
func TestHandlerErrorsAre500(t *testing.T) {
	var logged bytes.Buffer
	for name, c := range map[string]struct {
		change func(h *pusherauth.UserAuthHandler)
		reason string
	}{
		"session store that fails": {func(h *pusherauth.UserAuthHandler) {
			h.User = func(*http.Request) (any, error) { return nil, errors.New("store down") }
		}, "store down"},
		"user without id": {func(h *pusherauth.UserAuthHandler) {
			h.User = func(*http.Request) (any, error) { return struct{}{}, nil }
		}, pusherauth.ErrUserIDMissing.Error()},
		"closed signer": {
			func(h *pusherauth.UserAuthHandler) { h.Signer.Close() }, pusherauth.ErrClosed.Error(),
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHandler(t)
			logged.Reset()
			h.ErrorLog = log.New(&logged, "", 0)
			c.change(h)
			response := serve(h, post(form, "socket_id=1.2&csrf_token=right%2B%26"))
			text := readAll(t, response)
			if response.StatusCode != 500 || text != "internal error\n" {
				t.Errorf("%s: %s", response.Status, text)
			}
			if want := "pusherauth: " + c.reason + "\n"; logged.String() != want {
				t.Errorf("logged %q, want %q", logged.String(), want)
			}
		})
	}
}

// Middleware can parse the form before the handler, and User can parse it again.
func TestHandlerKeepsTheBodyReadable(t *testing.T) {
	h := newHandler(t)
	user := h.User
	seen := url.Values{}
	h.User = func(r *http.Request) (any, error) {
		seen.Add("socket_id", r.PostFormValue("socket_id"))
		return user(r)
	}
	for _, before := range []func(*http.Request){
		func(*http.Request) {}, func(r *http.Request) { r.ParseForm() },
	} {
		r := post(form, "socket_id=1.2&csrf_token=right%2B%26")
		before(r)
		if response := serve(h, r); response.StatusCode != 200 {
			t.Errorf("%s: %s", response.Status, readAll(t, response))
		}
	}
	if got := strings.Join(seen["socket_id"], " "); got != "1.2 1.2" {
		t.Errorf("User read %q", got)
	}
}

func newChannelHandler(t *testing.T) *pusherauth.ChannelAuthHandler {
	user := newHandler(t)
	return &pusherauth.ChannelAuthHandler{
		Signer: user.Signer, User: user.User, CSRFToken: user.CSRFToken,
		AllowedOrigins: user.AllowedOrigins, JSONP: true,
		Authorize: func(_ *http.Request, user any, channel string) (any, bool, error) {
			id := user.(map[string]string)["id"]
			switch channel {
			case "private-" + id, ":odd:":
				return nil, true, nil
			case "presence-all":
				return map[string]any{"user_id": id}, true, nil
			case "presence-broken":
				return nil, true, pusherauth.ErrChannel
			}
			return nil, false, nil
		},
	}
}

func TestChannelHandler(t *testing.T) {
	h := newChannelHandler(t)
	h.ErrorLog = log.New(io.Discard, "", 0)
	const rest = "&socket_id=1.2&csrf_token=right%2B%26"
	auth := func(text string) string { return config.Key + ":" + hmacHex(secret, text) }
	for body, want := range map[string]string{
		"channel_name=private-alice" + rest: `{"auth":"` + auth("1.2:private-alice") + `"}`,
		"channel_name=presence-all" + rest: `{"auth":"` + auth(
			`1.2:presence-all:{"user_id":"alice"}`,
		) +
			`","channel_data":"{\"user_id\":\"alice\"}"}`,
	} {
		response := serve(h, post(form, body))
		if text := readAll(t, response); response.StatusCode != 200 || text != want {
			t.Errorf("%s: %s %s", body, response.Status, text)
		}
		response = serve(h, get(body+"&callback=f"))
		if text := readAll(t, response); response.StatusCode != 200 || text != "/**/f("+want+");" {
			t.Errorf("%s: %s %s", body, response.Status, text)
		}
	}
	malformed, missing := pusherauth.ErrParameters.Error(), pusherauth.ErrParameterMissing.Error()
	for body, want := range map[string]struct {
		status int
		reason string
	}{
		"channel_name=private-bob" + rest:     {403, "not allowed"},
		rest[1:]:                              {400, missing},
		"channel_name=:odd:" + rest:           {403, "not allowed"},
		"channel_name=presence-broken" + rest: {500, "internal error"},
		"channel_name=private-alice&csrf_token&socket_id=1.2": {
			403, "missing or wrong CSRF token",
		},
		"channel_name=private-alice&socket_id=1.2":          {400, missing},
		"channel_name=private-alice&csrf_token=right%2B%26": {400, missing},
		"channel_name=private-alice&socket_id&csrf_token=right%2B%26": {
			403, pusherauth.ErrSocketID.Error(),
		},
		"channel_name=private-alice&channel_name=private-bob" + rest:  {400, malformed},
		"channel_name=private-alice&channel%5Fname=private-bo" + rest: {400, malformed},
	} {
		response := serve(h, post(form, body))
		text := readAll(t, response)
		if response.StatusCode != want.status || text != want.reason+"\n" {
			t.Errorf("%s: %s %s", body, response.Status, text)
		}
	}
	stranger := post(form, "channel_name=private-alice"+rest)
	stranger.Header.Del("Cookie")
	if response := serve(h, stranger); response.StatusCode != 403 {
		t.Error(response.Status)
	}
}

func TestCSRFExempt(t *testing.T) {
	h := newHandler(t)
	h.CSRFExempt = func(r *http.Request) bool { return r.Header.Get("Authorization") != "" }
	response := serve(h, with(post(form, "socket_id=1.2"), "Authorization", "Bearer x"))
	if response.StatusCode != 200 {
		t.Error(response.Status)
	}
	if response := serve(h, post(form, "socket_id=1.2&csrf_token")); response.StatusCode != 403 {
		t.Error(response.Status)
	}
}

// A missing field, or an error that the application returns, has status 500, whatever error it
// wraps. The response does not contain the reason.
func TestApplicationErrorsAre500(t *testing.T) {
	wrapping := func(err error) func(*http.Request) (any, error) {
		return func(*http.Request) (any, error) { return nil, fmt.Errorf("the session: %w", err) }
	}
	user, channel := newHandler(t), newChannelHandler(t)
	hook := &pusherauth.WebhookHandler{
		Signers: []*pusherauth.Signer{user.Signer},
		Handle:  func(*http.Request, *pusherauth.Webhook) error { return pusherauth.ErrWebhookKey },
	}
	for name, c := range map[string]struct {
		handler http.Handler
		logged  string
	}{
		"wrapped socket id": {
			func() http.Handler {
				h := *user
				h.User = wrapping(pusherauth.ErrSocketID)
				return &h
			}(),
			"the session: " + pusherauth.ErrSocketID.Error(),
		},
		"socket id": {
			func() http.Handler {
				h := *channel
				h.User = wrapping(pusherauth.ErrChannel)
				return &h
			}(),
			"the session: " + pusherauth.ErrChannel.Error(),
		},
		"wrapped size": {
			func() http.Handler {
				h := *user
				h.User = wrapping(&http.MaxBytesError{})
				return &h
			}(),
			"the session: http: request body too large",
		},
		"marshaler": {func() http.Handler {
			h := *user
			h.User = func(*http.Request) (any, error) { return failing{}, nil }
			return &h
		}(), "cannot encode the user as JSON"},
		"no Signer": {
			func() http.Handler { h := *user; h.Signer = nil; return &h }(),
			"UserAuthHandler.Signer is missing",
		},
		"no User": {
			func() http.Handler { h := *user; h.User = nil; return &h }(),
			"UserAuthHandler.User is missing",
		},
		"no CSRFToken": {
			func() http.Handler { h := *user; h.CSRFToken = nil; return &h }(),
			"UserAuthHandler.CSRFToken is missing",
		},
		"no Authorize": {
			func() http.Handler { h := *channel; h.Authorize = nil; return &h }(),
			"ChannelAuthHandler.Authorize is missing",
		},
		"no Handle": {
			&pusherauth.WebhookHandler{Signers: hook.Signers}, "WebhookHandler.Handle is missing",
		},
		"no Signer in webhook": {
			&pusherauth.WebhookHandler{Handle: hook.Handle}, "WebhookHandler.Signers is missing",
		},
		"nil Signer in webhook": {
			&pusherauth.WebhookHandler{Signers: []*pusherauth.Signer{nil}, Handle: hook.Handle},
			"WebhookHandler.Signers is missing",
		},
		"webhook": {hook, pusherauth.ErrWebhookKey.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			var logged bytes.Buffer
			logger := log.New(&logged, "", 0)
			r := post(form, "socket_id=1.2&csrf_token=right%2B%26&channel_name=private-alice")
			switch h := c.handler.(type) {
			case *pusherauth.UserAuthHandler:
				h.ErrorLog = logger
			case *pusherauth.ChannelAuthHandler:
				h.ErrorLog = logger
			case *pusherauth.WebhookHandler:
				h.ErrorLog = logger
				r = webhook(`{"time_ms":1,"events":[]}`)
			}
			response := serve(c.handler, r)
			text := readAll(t, response)
			if response.StatusCode != 500 || text != "internal error\n" {
				t.Errorf("%s: %s", response.Status, text)
			}
			if !strings.HasPrefix(logged.String(), "pusherauth: "+c.logged) {
				t.Errorf("logged %q", logged.String())
			}
		})
	}
	_, err := pusherauth.NewUserAuthHandler(pusherauth.UserAuthHandler{})
	if err == nil || err.Error() != "pusherauth: UserAuthHandler.Signer is missing" {
		t.Error(err)
	}
	if _, err := pusherauth.NewChannelAuthHandler(pusherauth.ChannelAuthHandler{Signer: user.Signer, User: user.User, CSRFToken: user.CSRFToken}); err == nil {
		t.Error("a missing Authorize is accepted")
	}
	if _, err := pusherauth.NewWebhookHandler(pusherauth.WebhookHandler{}); err == nil {
		t.Error("a missing Handle is accepted")
	}
	h, err := pusherauth.NewUserAuthHandler(*user)
	if err != nil ||
		serve(h, post(form, "socket_id=1.2&csrf_token=right%2B%26")).StatusCode != 200 {
		t.Error(err)
	}
	if h, err := pusherauth.NewChannelAuthHandler(*channel); h == nil || err != nil {
		t.Error(err)
	}
	if h, err := pusherauth.NewWebhookHandler(*hook); h == nil || err != nil {
		t.Error(err)
	}
	noBody := post(form, "")
	noBody.Body = nil
	if response := serve(user, noBody); response.StatusCode != 400 {
		t.Error(response.Status)
	}
}

type failing struct{}

func (failing) MarshalJSON() ([]byte, error) { return nil, pusherauth.ErrSocketID }

func TestUserAsJSON(t *testing.T) {
	for _, user := range []any{
		`{"id": "alice"}`, []byte(`{"id": "alice"}`), json.RawMessage(`{"id": "alice"}`),
	} {
		h := newHandler(t)
		h.User = func(*http.Request) (any, error) { return user, nil }
		response := serve(h, post(form, "socket_id=1.2&csrf_token=right%2B%26"))
		text := readAll(t, response)
		if !strings.Contains(text, `"user_data":"{\"id\": \"alice\"}"`) {
			t.Errorf("%T: %s %s", user, response.Status, text)
		}
	}
}
