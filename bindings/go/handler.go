//go:build cgo

package pusherauth

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"log"
	"net/http"
	"strings"
)

// UserAuthHandler is the endpoint that pusher-js asks when a page calls pusher.signin(), that of its userAuthentication.endpoint.
// Signer, User and CSRFToken are needed ([NewUserAuthHandler] says which is missing); as long as the rest is zero, only pages of the
// same origin can use it, by POST.
//
// The handler answers
//   - POST with a form, as pusher-js sends it, or with a JSON object, of 8 KB at most;
//   - GET with a callback, which is JSONP, if that is on;
//   - OPTIONS, by which a browser asks whether a page of another origin may send certain headers.
//
// with the signature (200) or a plain reason (403, 405, 413). The request's parameters are socket_id, csrf_token and callback; others
// are left alone, but none is given twice.
//
// Left to the application are the login and its session, rate limits, and the timeouts of [http.Server], which it should set.
type UserAuthHandler struct {
	// Signer signs the users in.
	Signer *Signer

	// User returns who the request's session belongs to, as [Signer.AuthenticateUser] takes it, and nil where nobody is signed
	// in. Take it from the session, never from the request's parameters: those are anyone's to choose. An error says
	// that it could not be found out (500).
	User func(r *http.Request) (user any, err error)

	// CSRFToken returns the token that is bound to the request's session, such as the page got when its visitor logged in. The
	// page presents it in the header X-CSRF-Token or the parameter csrf_token (pusher-js: headers, params), and the handler
	// compares the two in constant time. It is asked only where User gave a user; "", no token, refuses the request.
	CSRFToken func(r *http.Request) string

	// CSRFExempt says that the request needs no such token, because its session was found by what no other site can have a browser
	// send, such as the header Authorization. Nil is never.
	CSRFExempt func(r *http.Request) bool

	// AllowedOrigins are the other origins whose pages may ask, with the visitor's cookies, each as the browser spells it:
	// "https://app.example.com". There are no wildcards.
	AllowedOrigins []string

	// JSONP also answers GET, with a script, for pages with pusher-js's transport "jsonp". Their CSRF token is in the URL, which
	// tends to end up in logs.
	JSONP bool

	// ErrorLog takes the reasons of the responses with status 500, which visitors are not told; nil is the log package's logger.
	ErrorLog *log.Logger
}

// NewUserAuthHandler returns h, or an error that says what it lacks. A handler that was not made by it is as good, but says so only
// when it is asked: in its log, with status 500.
func NewUserAuthHandler(h UserAuthHandler) (*UserAuthHandler, error) {
	if err := h.endpoint().complete(); err != nil {
		return nil, err
	}
	return &h, nil
}

func (h *UserAuthHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.endpoint().serve(w, r) }

func (h *UserAuthHandler) endpoint() *endpoint {
	return &endpoint{
		name: "UserAuthHandler", signer: h.Signer, user: h.User, csrfToken: h.CSRFToken, csrfExempt: h.CSRFExempt,
		origins: h.AllowedOrigins, jsonp: h.JSONP, errorLog: h.ErrorLog,
		respond: func(_ *http.Request, user any, params parameters) ([]byte, error) {
			response, err := h.Signer.AuthenticateUser(params["socket_id"], user)
			if err == ErrSocketID { // itself, not wrapped: that would be an error of the application's
				err = refusal{http.StatusForbidden, err.Error()}
			}
			return response, err
		},
	}
}

// ChannelAuthHandler is the endpoint that pusher-js asks when a page subscribes to a private, presence or encrypted channel, that of
// its channelAuthorization.endpoint. Signer, User, CSRFToken and Authorize are needed.
//
// It answers what [UserAuthHandler] does; the request has the parameter channel_name beside the others. The fields are as there.
type ChannelAuthHandler struct {
	Signer     *Signer
	User       func(r *http.Request) (user any, err error)
	CSRFToken  func(r *http.Request) string
	CSRFExempt func(r *http.Request) bool

	// Authorize says whether user, which is what User returned, may join channel: any private or presence channel, well-formed
	// or not, whose name the visitor chose. For a presence channel, member is who they are to the others, as
	// [Signer.AuthorizeChannel] takes it, or nil where they are signed in, and for all other channels nil.
	Authorize func(r *http.Request, user any, channel string) (member any, ok bool, err error)

	AllowedOrigins []string
	JSONP          bool
	ErrorLog       *log.Logger
}

// NewChannelAuthHandler returns h, or an error that says what it lacks, like [NewUserAuthHandler].
func NewChannelAuthHandler(h ChannelAuthHandler) (*ChannelAuthHandler, error) {
	if err := h.endpoint().complete(); err != nil {
		return nil, err
	}
	return &h, nil
}

func (h *ChannelAuthHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.endpoint().serve(w, r)
}

func (h *ChannelAuthHandler) endpoint() *endpoint {
	e := &endpoint{
		name: "ChannelAuthHandler", signer: h.Signer, user: h.User, csrfToken: h.CSRFToken, csrfExempt: h.CSRFExempt,
		origins: h.AllowedOrigins, jsonp: h.JSONP, errorLog: h.ErrorLog,
		respond: func(r *http.Request, user any, params parameters) ([]byte, error) {
			channel := params["channel_name"]
			member, ok, err := h.Authorize(r, user, channel)
			if err != nil {
				return nil, err
			}
			if !ok {
				return nil, refusal{http.StatusForbidden, "not allowed to join this channel"}
			}
			response, err := h.Signer.AuthorizeChannel(params["socket_id"], channel, member)
			if err == ErrSocketID || err == ErrChannel {
				err = refusal{http.StatusForbidden, err.Error()}
			}
			return response, err
		},
	}
	if h.Authorize == nil {
		e.respond = nil
	}
	return e
}

// endpoint is what the two have in common.
type endpoint struct {
	name       string
	signer     *Signer
	user       func(r *http.Request) (any, error)
	csrfToken  func(r *http.Request) string
	csrfExempt func(r *http.Request) bool
	origins    []string
	jsonp      bool
	errorLog   *log.Logger
	respond    func(r *http.Request, user any, params parameters) ([]byte, error)
}

// refusal is the visitor's fault: its reason is the response. Every other error is the application's, whatever it wraps.
type refusal struct {
	status int
	reason string
}

func (r refusal) Error() string { return r.reason }

func (e *endpoint) complete() error {
	return lacks(e.name, field{"Signer", e.signer != nil}, field{"User", e.user != nil}, field{"CSRFToken", e.csrfToken != nil},
		field{"Authorize", e.respond != nil})
}

type field struct {
	name string
	set  bool
}

func lacks(handler string, needed ...field) error {
	for _, f := range needed {
		if !f.set {
			return fmt.Errorf("pusherauth: %s.%s is nil", handler, f.name)
		}
	}
	return nil
}

func (e *endpoint) serve(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Add("Vary", "Origin")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	origin, allowed := e.origin(r)
	if allowed { // On refusals too: a page that may not read the response does not learn even its status.
		header.Set("Access-Control-Allow-Origin", origin)
		header.Set("Access-Control-Allow-Credentials", "true")
	}
	methods := "POST"
	if e.jsonp {
		methods = "GET, POST"
	}

	switch {
	case r.Method == http.MethodPost, r.Method == http.MethodGet && e.jsonp:
		e.answer(w, r)
	case r.Method == http.MethodOptions && allowed:
		header.Set("Access-Control-Allow-Methods", methods)
		header.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, X-CSRF-Token")
		header.Set("Access-Control-Max-Age", "600")
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodOptions:
		http.Error(w, "origin not allowed", http.StatusForbidden)
	default:
		header.Set("Allow", methods+", OPTIONS")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
	}
}

func (e *endpoint) origin(r *http.Request) (origin string, allowed bool) {
	origin = only(r, "Origin")
	for _, one := range e.origins {
		allowed = allowed || origin == one && origin != ""
	}
	return origin, allowed
}

func (e *endpoint) answer(w http.ResponseWriter, r *http.Request) {
	response, err := e.response(w, r)
	if err == nil {
		w.Header().Set("Content-Type", "application/json")
		if r.Method == http.MethodGet {
			w.Header().Set("Content-Type", "application/javascript; charset=utf-8") // else the page's own charset
		}
		w.Write(response)
		return
	}
	fail(w, err, e.errorLog)
}

// fail answers with the reason of a refusal, and logs every other error.
func fail(w http.ResponseWriter, err error, errorLog *log.Logger) {
	if refused, ok := err.(refusal); ok {
		http.Error(w, refused.reason, refused.status)
		return
	}
	logf := log.Printf
	if errorLog != nil {
		logf = errorLog.Printf
	}
	logf("pusherauth: %v", strings.TrimPrefix(err.Error(), "pusherauth: "))
	http.Error(w, "internal error", http.StatusInternalServerError)
}

// response returns the response's body. Where several things are wrong, the order of the checks decides which one is told.
func (e *endpoint) response(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if err := e.complete(); err != nil {
		return nil, err
	}
	body, err := readBody(w, r, maxParameters)
	if err != nil {
		return nil, err
	}
	user, err := e.user(r)
	if err != nil {
		return nil, err
	}
	if user == nil {
		return nil, refusal{http.StatusForbidden, "not signed in"}
	}
	params, err := parseParameters(r, body)
	if err != nil {
		return nil, err
	}
	if e.csrfExempt == nil || !e.csrfExempt(r) {
		presented := params["csrf_token"]
		if r.Header["X-Csrf-Token"] != nil {
			presented = only(r, "X-Csrf-Token")
		}
		token := e.csrfToken(r)
		if token == "" || subtle.ConstantTimeCompare([]byte(presented), []byte(token)) != 1 {
			return nil, refusal{http.StatusForbidden, "missing or wrong CSRF token"}
		}
	}

	if r.Method == http.MethodPost {
		return e.respond(r, user, params)
	}
	callback := params["callback"]
	if _, err := JSONP(callback, []byte("{}")); err == ErrCallback { // before what else there may be
		return nil, refusal{http.StatusForbidden, err.Error()}
	} else if err != nil {
		return nil, err
	}
	response, err := e.respond(r, user, params)
	if err != nil {
		return nil, err
	}
	return JSONP(callback, response)
}

var errTooLarge = refusal{http.StatusRequestEntityTooLarge, "the body is too large"}

func asRefusal(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return errTooLarge
	}
	return refusal{http.StatusForbidden, "the body did not arrive"}
}
