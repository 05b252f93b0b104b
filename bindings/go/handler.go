//go:build cgo

package pusherauth

import (
	"bytes"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"log"
	"mime"
	"net/http"
	"net/url"
)

// maxBody is what a request's body may hold, in bytes; pusher-js sends some 30.
const maxBody = 8192

// UserAuthHandler is the authentication endpoint of pusher-js, the handler of its userAuthentication.endpoint. Signer, User and
// CSRFToken are needed; as long as the rest is zero, only pages of the same origin can use it, by POST.
//
// The handler answers
//   - POST with a form, as pusher-js sends it, or with a JSON object, of 8 KB at most;
//   - GET with a callback, which is JSONP, if that is on;
//   - OPTIONS, by which a browser asks whether a page of another origin may send the header X-CSRF-Token.
//
// with the signature (200) or a plain reason (403, 405, 413). The request's parameters are socket_id, csrf_token and callback; others
// are left alone.
//
// Left to the application are the login and its session, rate limits, and the timeouts of [http.Server], which it should set.
type UserAuthHandler struct {
	// Signer signs the users in.
	Signer *Signer

	// User returns who the request's session belongs to, as [Signer.AuthenticateUser] takes it, and nil where nobody is signed
	// in. Take it from the session's cookie, never from the request's parameters: those are anyone's to choose. An error says
	// that it could not be found out (500).
	User func(r *http.Request) (user any, err error)

	// CSRFToken returns the token that is bound to the request's session, such as the page got when its visitor logged in. The
	// page presents it in the header X-CSRF-Token or the parameter csrf_token (pusher-js: headers, params), and the handler
	// compares the two in constant time. It is asked only where User gave a user; "", no token, refuses the request.
	CSRFToken func(r *http.Request) string

	// AllowedOrigins are the other origins whose pages may ask, with the visitor's cookies, each as the browser spells it:
	// "https://app.example.com". There are no wildcards.
	AllowedOrigins []string

	// JSONP also answers GET, with a script, for pages with pusher-js's transport "jsonp". Their CSRF token is in the URL, which
	// tends to end up in logs.
	JSONP bool

	// ErrorLog takes the reasons of the responses with status 500, which visitors are not told; nil is the log package's logger.
	ErrorLog *log.Logger
}

// refusal is the reason of a response with status 403.
type refusal string

func (r refusal) Error() string { return string(r) }

func (h *UserAuthHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Add("Vary", "Origin")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	origin := r.Header.Get("Origin")
	allowed := h.allows(origin)
	if allowed { // On refusals too: a page that may not read the response does not learn even its status.
		header.Set("Access-Control-Allow-Origin", origin)
		header.Set("Access-Control-Allow-Credentials", "true")
	}
	methods := "POST"
	if h.JSONP {
		methods = "GET, POST"
	}

	switch {
	case r.Method == http.MethodPost, r.Method == http.MethodGet && h.JSONP:
		h.answer(w, r)
	case r.Method == http.MethodOptions && allowed:
		header.Set("Access-Control-Allow-Methods", methods)
		header.Set("Access-Control-Allow-Headers", "Content-Type, X-CSRF-Token")
		header.Set("Access-Control-Max-Age", "600")
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodOptions:
		http.Error(w, "origin not allowed", http.StatusForbidden)
	default:
		header.Set("Allow", methods+", OPTIONS")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
	}
}

func (h *UserAuthHandler) allows(origin string) bool {
	for _, allowed := range h.AllowedOrigins {
		if origin == allowed && origin != "" {
			return true
		}
	}
	return false
}

func (h *UserAuthHandler) answer(w http.ResponseWriter, r *http.Request) {
	response, err := h.respond(w, r)
	var refused refusal
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil:
		w.Header().Set("Content-Type", "application/json")
		if r.Method == http.MethodGet {
			w.Header().Set("Content-Type", "application/javascript; charset=utf-8") // else the page's own charset
		}
		w.Write(response)
	case errors.As(err, &tooLarge):
		http.Error(w, "the body is too large", http.StatusRequestEntityTooLarge)
	case errors.As(err, &refused), errors.Is(err, ErrSocketID), errors.Is(err, ErrCallback):
		http.Error(w, err.Error(), http.StatusForbidden)
	default:
		logf := log.Printf
		if h.ErrorLog != nil {
			logf = h.ErrorLog.Printf
		}
		logf("pusherauth: %v", err)
		http.Error(w, "internal error", http.StatusInternalServerError)
	}
}

// respond returns the response's body. Where several things are wrong, the order of the checks decides which one is told.
func (h *UserAuthHandler) respond(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return nil, err
	} else if err != nil {
		return nil, refusal("the body did not arrive")
	}
	r.Body = io.NopCloser(bytes.NewReader(body)) // so that the application's functions may still parse the form

	user, err := h.User(r)
	if err != nil {
		return nil, err
	}
	if user == nil {
		return nil, refusal("not signed in")
	}

	params, err := parameters(r, body)
	if err != nil {
		return nil, err
	}
	presented := params.Get("csrf_token")
	if header, ok := r.Header["X-Csrf-Token"]; ok {
		presented = header[0]
	}
	token := h.CSRFToken(r)
	if token == "" || subtle.ConstantTimeCompare([]byte(presented), []byte(token)) != 1 {
		return nil, refusal("missing or wrong CSRF token")
	}

	if r.Method == http.MethodPost {
		return h.Signer.AuthenticateUser(params.Get("socket_id"), user)
	}
	callback := params.Get("callback")
	if _, err := JSONP(callback, []byte("{}")); err != nil { // before the socket id
		return nil, err
	}
	response, err := h.Signer.AuthenticateUser(params.Get("socket_id"), user)
	if err != nil {
		return nil, err
	}
	return JSONP(callback, response)
}

// parameters returns those of the query for GET, and those of the body alone for POST.
func parameters(r *http.Request, body []byte) (url.Values, error) {
	if r.Method == http.MethodGet {
		return r.URL.Query(), nil
	}
	mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch mediaType {
	case "application/x-www-form-urlencoded":
		r.ParseForm() // leaves out what does not decode, as Query does; does nothing where the application has done it
		return r.PostForm, nil
	case "application/json":
		var members map[string]any
		if json.Unmarshal(body, &members) != nil {
			return nil, refusal("the body is not a JSON object")
		}
		params := url.Values{}
		for name, value := range members {
			if text, ok := value.(string); ok {
				params.Set(name, text)
			}
		}
		return params, nil
	default:
		return nil, refusal("the body must be a form or a JSON object, and its Content-Type must say so")
	}
}
